"""The map as drawn by the server: an axonometric or flat picture of the ground as SVG paths. Pure.

A parallel projection: turned by `bearing`, tipped by `pitch`, so that heights stay heights and no park hides
another's size. Parks don't overlap, so painting them from far to near is enough (painter's order).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .ground import Ground, Plot, Point, Ring, area, metres, middle

WIDE = 1000.0  # width of the picture in its own units, whatever the size of the community
EDGE = 26.0  # left free around it
LIFT = 1.1  # buildings are drawn so much taller than true, so that six floors can be told from two


@dataclass(frozen=True)
class View:
    """`bearing`: degrees, the direction that is up; `pitch`: 0 looks straight down, 90 along the ground."""

    bearing: float
    pitch: float


FLAT = View(0, 0)
AXONOMETRIC = View(-27, 54)


@dataclass
class Wall:
    """One side of a building; `shade` is "a" (lit) or "b" (in the shade)."""

    path: str
    shade: str


@dataclass
class Solid:
    """A building: the walls one sees, then its roof."""

    walls: list[Wall]
    roof: str


@dataclass
class Lot:
    """A park: its plate, its buildings from far to near, where its name stands."""

    pk: int
    name: str
    plate: str
    x: float
    y: float
    grid: int | None
    solids: list[Solid] = field(default_factory=list)
    # What the page makes of it: css class, words for whoever can't see the colour, where a click leads.
    paint: str = ""
    said: str = ""
    url: str = ""


@dataclass
class Drawing:
    """Everything in painter's order. `box`: the viewBox."""

    box: str
    strips: list[tuple[str, str]]  # kind, path
    boundary: str
    lots: list[Lot]
    borders: list[str]
    marks: list[tuple[int, float, float]]  # number of a grid, where it stands
    is_flat: bool


def draw(
    ground: Ground, view: View, borders: Sequence[Ring] = (), grid_of: Mapping[int, int] | None = None
) -> Drawing:
    """Draw the ground as seen from `view`. `grid_of` {park: grid} stands in for today's grids."""
    lens = _Lens(ground, view)
    lots = [_lot(plot, lens) for plot in ground.plots]
    for lot in lots:
        lot.grid = lot.grid if grid_of is None else grid_of.get(lot.pk)
    order = {plot.pk: lens.depth(middle(metres(plot.ring, lens.origin))) for plot in ground.plots}
    return Drawing(
        box=lens.box,
        strips=[(strip.kind, lens.ring(strip.ring)) for strip in ground.strips],
        boundary=lens.ring(ground.boundary) if ground.boundary else "",
        lots=sorted(lots, key=lambda lot: -order[lot.pk]),
        borders=[lens.line(border) for border in borders],
        marks=_marks(ground, lots),
        is_flat=view.pitch == 0,
    )


def _marks(ground: Ground, lots: list[Lot]) -> list[tuple[int, float, float]]:
    """Each grid's number, at the park nearest to the middle of its parks."""
    found = []
    for grid, number in (ground.grids or {}).items():
        mine = [lot for lot in lots if lot.grid == grid]
        if mine:
            x, y = (sum(getattr(lot, axis) for lot in mine) / len(mine) for axis in "xy")
            best = min(mine, key=lambda lot: math.hypot(lot.x - x, lot.y - y))
            found.append((number, best.x, best.y))
    return found


class _Lens:
    """The projection, scaled to the picture."""

    def __init__(self, ground: Ground, view: View) -> None:
        self.origin = ground.origin
        turn, tip = math.radians(-view.bearing), math.radians(view.pitch)
        self.cos, self.sin = math.cos(turn), math.sin(turn)
        self.flat, self.rise = math.cos(tip), math.sin(tip) * LIFT
        self.scale, self.left, self.top = 1.0, 0.0, 0.0
        corners = [self.put(p) for ring in self._framed(ground) for p in metres(ring, self.origin)]
        tops = [
            self.put(p, block.height)
            for plot in ground.plots
            for block in plot.blocks
            for p in metres(block.ring, self.origin)
        ]
        points = corners + tops or [(0.0, 0.0)]
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        north, south = min(p[1] for p in points), max(p[1] for p in points)
        self.scale = WIDE / max(east - west, (south - north), 1.0)
        self.left, self.top = west * self.scale, north * self.scale
        wide, high = (east - west) * self.scale, (south - north) * self.scale
        self.box = f"{-EDGE:g} {-EDGE:g} {wide + 2 * EDGE:.0f} {high + 2 * EDGE:.0f}"

    @staticmethod
    def _framed(ground: Ground) -> list[Ring]:
        return [plot.ring for plot in ground.plots] + ([ground.boundary] if ground.boundary else [])

    def depth(self, p: Point) -> float:
        """How far away, in metres."""
        return p[1] * self.cos - p[0] * self.sin

    def put(self, p: Point, height: float = 0.0) -> Point:
        """Metres on the ground, and above it, to the picture."""
        x = p[0] * self.cos + p[1] * self.sin
        y = -self.depth(p) * self.flat - height * self.rise
        return (x * self.scale - self.left, y * self.scale - self.top)

    def path(self, points: Sequence[Point], closed: bool = True) -> str:
        return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + ("Z" if closed else "")

    def ring(self, ring: Ring) -> str:
        return self.path([self.put(p) for p in metres(ring, self.origin)])

    def line(self, ring: Ring) -> str:
        return self.path([self.put(p) for p in metres(ring, self.origin)], closed=False)


def _lot(plot: Plot, lens: _Lens) -> Lot:
    ring = metres(plot.ring, lens.origin)
    x, y = lens.put(middle(ring))
    blocks = [(metres(block.ring, lens.origin), block.height) for block in plot.blocks]
    blocks.sort(key=lambda block: -lens.depth(middle(block[0])))
    solids = [_solid(foot, height, lens) for foot, height in blocks]
    return Lot(
        plot.pk,
        plot.name,
        lens.path([lens.put(p) for p in ring]),
        round(x, 1),
        round(y, 1),
        plot.grid,
        solids,
    )


def _solid(foot: Ring, height: float, lens: _Lens) -> Solid:
    if area(foot) < 0:
        foot = foot[::-1]
    walls = []
    for a, b in zip(foot, [*foot[1:], foot[0]], strict=True):
        out = (b[1] - a[1], a[0] - b[0])  # points away from a ring that runs counter-clockwise
        if lens.rise <= 0 or lens.depth(out) >= 0:
            continue
        right = out[0] * lens.cos + out[1] * lens.sin
        corners = [lens.put(a), lens.put(b), lens.put(b, height), lens.put(a, height)]
        walls.append(
            (
                lens.depth(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)),
                Wall(lens.path(corners), "b" if right > 0 else "a"),
            )
        )
    walls.sort(key=lambda wall: -wall[0])
    roof = lens.path([lens.put(p, height if lens.rise > 0 else 0.0) for p in foot])
    return Solid([wall for _, wall in walls], roof)
