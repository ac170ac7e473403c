"""`python -m demo.draw > map.svg`: draw the invented community, to look at it once after a change."""

from demo.plan import SEED, TODAY, CommunityPlan, community
from demo.polygons import Ring, to_metres

TINTS = ("e8c9a0", "bcd7e2", "d5c6e0", "c9dfc0", "ecc6c0", "dcdccf", "f0dfa8", "b9d9d0", "d8cfc4", "c7cfe8")


def svg(plan: CommunityPlan) -> str:
    """The community as an SVG picture, one metre to a user unit, north up; the higher, the darker."""
    site = plan.site

    def path(ring: Ring, style: str) -> str:
        points = " ".join(f"{x:.1f},{-y:.1f}" for x, y in to_metres(ring, site.origin))
        return f'<polygon points="{points}" style="{style}"/>'

    plot_of = {park.key: park.plot for park in plan.parks}
    out = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="-950 -900 1900 1800">']
    out += [path(s.outline, "fill:#fff" if s.kind == "street" else "fill:#cfe4ec") for s in site.strips]
    for k, grid in enumerate(plan.grids):
        plots = [plot_of[park] for park in grid.parks]
        out += [path(site.plots[i].outline, f"fill:#{TINTS[k % len(TINTS)]}") for i in plots]
        out.append(path(site.outline_of(plots), "fill:none;stroke:#666;stroke-dasharray:8 6;stroke-width:2"))
    for building in plan.buildings:
        shade = 85 - 2 * building.footprint.floors
        out.append(path(building.footprint.outline, f"fill:hsl(200 15% {shade}%);stroke:#555"))
    for park in plan.parks:
        (x, y), *_ = to_metres((site.plots[park.plot].centre,) * 2, site.origin)
        out.append(f'<text x="{x:.0f}" y="{-y:.0f}" font-size="20" text-anchor="middle">{park.name}</text>')
    out.append(path(site.boundary, "fill:none;stroke:#a33;stroke-width:3"))
    out.append("</svg>")
    return "\n".join(out)


if __name__ == "__main__":
    print(svg(community(0, 1, SEED, TODAY)))
