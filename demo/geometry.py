"""Where the demo community lies: boundary, streets, a canal, park plots, buildings and grids.

All of it is invented; only the neighbourhood (near Cangqian street, Yuhang district, Hangzhou) exists.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random

from demo import polygons
from demo.lattice import Cell, Lattice, cells, lattice, loops
from demo.polygons import Point, Ring

ORIGIN: Point = (120.0, 30.28)
PLOT_SHARE_M2 = 1_400_000 / 62  # of the boundary's area, streets and canal included
STREET_NAMES_ACROSS = (
    "云溪路",
    "良睦街",
    "启真街",
    "绿汀路",
    "禾众街",
    "文澜路",
    "数谷街",
    "望溪路",
    "星桥街",
)
STREET_NAMES_ALONG = (
    "创景路",
    "余杭塘北路",
    "向往街",
    "龙舟路",
    "苕溪街",
    "时雨路",
    "海曙路",
    "仓兴街",
    "科园路",
)
CANAL_NAME = "云溪港"


@dataclass(frozen=True)
class Plot:
    """A park's ground. Rings are closed (longitude, latitude); areas in m²."""

    index: int
    cell: Cell
    outline: Ring
    centre: Point
    area_m2: float
    neighbours: tuple[int, ...]  # plots across a street; not those across the canal
    north_of_canal: bool
    street: str


@dataclass(frozen=True)
class Footprint:
    """A building seen from above."""

    plot: int
    letter: str
    outline: Ring
    footprint_m2: float
    floors: int
    height_m: float


@dataclass(frozen=True)
class Strip:
    """A street or the canal, for the background of the map."""

    name: str
    kind: str  # street | canal
    outline: Ring


@dataclass(frozen=True)
class Site:
    origin: Point
    boundary: Ring
    area_m2: float
    limits: tuple[str, str, str, str]  # 四至: the streets to the north, east, south, west
    plots: tuple[Plot, ...]
    footprints: tuple[Footprint, ...]
    strips: tuple[Strip, ...]
    lattice: Lattice

    def outline_of(self, plots: Sequence[int]) -> Ring:
        """Closed outline (longitude, latitude) of these plots' ground, streets to their middle included."""
        return polygons.to_lonlat(self.lattice.outline([self.plots[i].cell for i in plots]), self.origin)


def site(
    rng: Random, plots: int = 62, buildings: int = 95, origin: Point = ORIGIN, twins: Sequence[int] = ()
) -> Site:
    """Draw a community of so many plots and buildings, 1.4 km² / 62 of ground per plot.

    `twins` are plots that must have at least two buildings. Raises ValueError where the buildings are
    fewer than that, or more than three to a plot.
    """
    if buildings < plots + len(set(twins)):
        raise ValueError(f"{plots} 个园区至少要 {plots + len(set(twins))} 幢楼，只给了 {buildings} 幢")
    if buildings > 3 * plots:
        raise ValueError(f"一个园区最多放 3 幢楼：{plots} 个园区放不下 {buildings} 幢")
    columns = max(1, round(sqrt(plots) * 0.89))
    rows = max(1, plots // columns)
    ground = lattice(rng, columns, rows, plots * PLOT_SHARE_M2)
    tiles = cells(rng, columns, rows, plots, ground.canal)
    rings = [ground.plot(cell) for cell in tiles]
    drawn = _plots(ground, tiles, rings, origin)
    counts = _buildings_per_plot([plot.area_m2 for plot in drawn], buildings, twins)
    footprints = tuple(
        footprint
        for plot, ring, count in zip(drawn, rings, counts, strict=True)
        for footprint in _footprints(rng, plot.index, ring, count, origin)
    )
    boundary = ground.outline(tiles)
    return Site(
        origin=origin,
        boundary=polygons.to_lonlat(boundary, origin),
        area_m2=round(polygons.area(boundary), 1),
        limits=(
            STREET_NAMES_ALONG[rows % len(STREET_NAMES_ALONG)],
            STREET_NAMES_ACROSS[columns % len(STREET_NAMES_ACROSS)],
            STREET_NAMES_ALONG[0],
            STREET_NAMES_ACROSS[0],
        ),
        plots=drawn,
        footprints=footprints,
        strips=_strips(ground, origin),
        lattice=ground,
    )


def _plots(ground: Lattice, tiles: Sequence[Cell], rings: Sequence[Ring], origin: Point) -> tuple[Plot, ...]:
    return tuple(
        Plot(
            index=i,
            cell=cell,
            outline=polygons.to_lonlat(ring, origin),
            centre=polygons.to_lonlat((polygons.centroid(ring),), origin)[0],
            area_m2=round(polygons.area(ring), 1),
            neighbours=tuple(j for j, other in enumerate(tiles) if _touch(cell, other, ground.canal)),
            north_of_canal=ground.canal is None or cell[2] >= ground.canal,
            street=STREET_NAMES_ACROSS[cell[0] // 2 % len(STREET_NAMES_ACROSS)],
        )
        for i, (cell, ring) in enumerate(zip(tiles, rings, strict=True))
    )


def partition(
    site: Site, load: Sequence[float], grids: int, rng: Random, uneven: float = 1.35
) -> list[list[int]]:
    """Contiguous groups of plots whose heaviest is about `uneven` times the mean load.

    The demo's grids grew by history, not by workload: of many random growths the one nearest to `uneven` is
    taken, so that districting has something to improve. No grid crosses the canal.
    """
    mean = sum(load) / grids
    best: list[list[int]] = []
    best_miss = float("inf")
    for _ in range(600):
        groups = _grow(site, grids, rng)
        if groups is None:
            continue
        loads = sorted(sum(load[i] for i in group) for group in groups)
        miss = abs(loads[-1] / mean - uneven) + max(0.0, 0.55 - loads[0] / mean)
        whole = miss < best_miss and all(len(loops([site.plots[i].cell for i in g])) == 1 for g in groups)
        if whole:
            best, best_miss = groups, miss
    return sorted(best, key=lambda group: (-max(site.plots[i].centre[1] for i in group), min(group)))


def _grow(site: Site, grids: int, rng: Random) -> list[list[int]] | None:
    """One random growth: seeds on both banks, then the smallest group that can still grow takes a plot."""
    banks: dict[bool, list[int]] = defaultdict(list)
    for plot in site.plots:
        banks[plot.north_of_canal].append(plot.index)
    north = round(grids * len(banks[True]) / len(site.plots))
    if banks[False]:
        north = min(max(north, 1), grids - 1)
    seeds = rng.sample(banks[True], min(north, len(banks[True])))
    seeds += rng.sample(banks[False], min(grids - len(seeds), len(banks[False])))
    if len(seeds) < grids:
        return None
    groups = [[seed] for seed in seeds]
    owner = {seed: k for k, seed in enumerate(seeds)}
    while len(owner) < len(site.plots):
        frontier = {
            k: sorted({n for i in group for n in site.plots[i].neighbours if n not in owner})
            for k, group in enumerate(groups)
        }
        open_groups = [k for k, near in frontier.items() if near]
        if not open_groups:
            return None
        k = min(open_groups, key=lambda k: (len(groups[k]), rng.random()))
        # Prefer the plot with most neighbours already inside: compact shapes, not snakes.
        inside = set(groups[k])
        pick = max(
            frontier[k], key=lambda i: (len(inside.intersection(site.plots[i].neighbours)), rng.random())
        )
        groups[k].append(pick)
        owner[pick] = k
    return [sorted(group) for group in groups]


def _touch(a: Cell, b: Cell, canal: int | None) -> bool:
    """Whether two cells face each other across a street for at least half a block; the canal parts."""
    if a == b:
        return False
    along_u = min(a[1], b[1]) - max(a[0], b[0])
    along_v = min(a[3], b[3]) - max(a[2], b[2])
    if along_u == 0 and along_v > 0:
        return True
    return along_v == 0 and along_u > 0 and max(a[2], b[2]) != canal


def _strips(lattice: Lattice, origin: Point) -> tuple[Strip, ...]:
    """Streets along all even ticks, reaching out of the community, and the canal."""
    strips = []
    for tick in range(0, len(lattice.us), 2):
        name = STREET_NAMES_ACROSS[tick // 2 % len(STREET_NAMES_ACROSS)]
        ring = lattice.strip(tick, False, lattice.verge(tick) - 3, 70)
        strips.append(Strip(name, "street", polygons.to_lonlat(ring, origin)))
    for tick in range(0, len(lattice.vs), 2):
        if tick == lattice.canal:
            continue
        name = STREET_NAMES_ALONG[tick // 2 % len(STREET_NAMES_ALONG)]
        ring = lattice.strip(tick, True, lattice.verge(tick, True) - 3, 70)
        strips.append(Strip(name, "street", polygons.to_lonlat(ring, origin)))
    if lattice.canal is not None:
        ring = lattice.strip(lattice.canal, True, 18, 130)
        strips.append(Strip(CANAL_NAME, "canal", polygons.to_lonlat(ring, origin)))
    return tuple(strips)


def _buildings_per_plot(areas: Sequence[float], buildings: int, twins: Sequence[int]) -> list[int]:
    """One each, two for twins, the rest to the plots with most ground per building; three at most."""
    counts = [2 if i in twins else 1 for i in range(len(areas))]
    for _ in range(buildings - sum(counts)):
        most = max(range(len(areas)), key=lambda i: (counts[i] < 3, areas[i] / counts[i], -i))
        counts[most] += 1
    return counts


def _footprints(rng: Random, plot: int, ring: Ring, count: int, origin: Point) -> list[Footprint]:
    """Right-angled buildings side by side along the longer side of a plot, each well inside it."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = ring
    wide = sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
    deep = sqrt((x3 - x0) ** 2 + (y3 - y0) ** 2)
    ex, ey = (x1 - x0) / wide, (y1 - y0) / wide
    letters = "ABCDEFG"
    out = []
    for k in range(count):
        slot = (k + 0.5) / count
        shift = rng.uniform(-0.05, 0.05) if count > 1 else 0.0
        a, b = (slot, 0.5 + shift) if wide >= deep else (0.5 + shift, 1 - slot)
        cx = (1 - b) * ((1 - a) * x0 + a * x1) + b * ((1 - a) * x3 + a * x2)
        cy = (1 - b) * ((1 - a) * y0 + a * y1) + b * ((1 - a) * y3 + a * y2)
        room_w, room_d = (wide / count, deep) if wide >= deep else (wide, deep / count)
        w = min(62.0, room_w * rng.uniform(0.5, 0.72))
        d = min(40.0, room_d * rng.uniform(0.5, 0.72))
        if rng.random() < 0.3:
            w, d = min(d, room_w * 0.72), min(w, room_d * 0.72)
        shape = _rectangle_or_l(rng, w, d)
        placed: Ring = ()
        for shrink in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5):
            placed = tuple(
                (cx + shrink * (u * ex - v * ey), cy + shrink * (u * ey + v * ex)) for u, v in shape
            )
            if all(polygons.contains(ring, point) for point in placed):
                break
        floors = 3 + int(26 * rng.betavariate(1.25, 2.1))
        out.append(
            Footprint(
                plot=plot,
                letter=letters[k],
                outline=polygons.to_lonlat(placed, origin),
                footprint_m2=round(polygons.area(placed), 1),
                floors=floors,
                height_m=round(floors * rng.choice((3.6, 3.8, 4.0, 4.2)) + 2.4, 1),
            )
        )
    return out


def _rectangle_or_l(rng: Random, w: float, d: float) -> Ring:
    """A rectangle of w × d metres around (0, 0), or an L that lacks one corner of it."""
    l, r, b, t = -w / 2, w / 2, -d / 2, d / 2  # noqa: E741
    if rng.random() < 0.65:
        return ((l, b), (r, b), (r, t), (l, t))
    u, v = l + w * rng.uniform(0.4, 0.6), b + d * rng.uniform(0.4, 0.6)
    if rng.random() < 0.5:
        return ((l, b), (r, b), (r, v), (u, v), (u, t), (l, t))
    return ((l, b), (r, b), (r, t), (u, t), (u, v), (l, v))
