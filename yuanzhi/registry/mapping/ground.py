"""What lies where, as plain values: park plots with their blocks, streets and water, the community's
boundary.

Rings are open (the first corner is not repeated) and in degrees (longitude, latitude). Islands in polygons
are ignored: nobody draws a park with a hole. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Point = tuple[float, float]
Ring = tuple[Point, ...]

NORTH = 110_574.0  # metres in a degree of latitude
EAST = 111_320.0  # metres in a degree of longitude at the equator
STAND_IN = 35.0  # metres from the middle to the corner of a plot whose outline nobody has drawn


@dataclass(frozen=True)
class Block:
    """A building: footprint and height in metres."""

    pk: int
    name: str
    height: float
    ring: Ring


@dataclass(frozen=True)
class Plot:
    """A park on the map. `is_stand_in`: only its middle is known, the outline is a square around it."""

    pk: int
    name: str
    ring: Ring
    blocks: tuple[Block, ...] = ()
    grid: int | None = None
    is_stand_in: bool = False


@dataclass(frozen=True)
class Strip:
    """A street or a canal behind the parks: `kind` is "street" or "canal"."""

    kind: str
    name: str
    ring: Ring


@dataclass(frozen=True)
class Ground:
    """All there is to draw. `grids`: {id: number}."""

    plots: tuple[Plot, ...]
    strips: tuple[Strip, ...] = ()
    boundary: Ring = ()
    grids: Mapping[int, int] | None = None

    @property
    def origin(self) -> Point:
        """The middle of all parks, where the local plane touches."""
        points = [point for plot in self.plots for point in plot.ring] or list(self.boundary)
        if not points:
            return (0.0, 0.0)
        west, east = min(p[0] for p in points), max(p[0] for p in points)
        south, north = min(p[1] for p in points), max(p[1] for p in points)
        return ((west + east) / 2, (south + north) / 2)


def ring_of(geometry: Any) -> Ring:
    """The outer ring of a GeoJSON Polygon (the largest one of a MultiPolygon); () for anything else."""
    if not isinstance(geometry, Mapping):
        return ()
    shape, parts = geometry.get("type"), geometry.get("coordinates") or []
    try:
        rings = [parts[0]] if shape == "Polygon" else [p[0] for p in parts] if shape == "MultiPolygon" else []
        points = [tuple((float(x), float(y)) for x, y, *_ in ring) for ring in rings]
    except (TypeError, ValueError, IndexError):
        return ()
    best = max(points, key=lambda ring: abs(area(ring)), default=())
    if len(best) > 1 and best[0] == best[-1]:
        best = best[:-1]
    return best if len(best) > 2 else ()


def square(middle: Point, reach: float = STAND_IN) -> Ring:
    """A square of `reach` metres to each side around a point."""
    x, y = reach / (EAST * math.cos(math.radians(middle[1]))), reach / NORTH
    lng, lat = middle
    return ((lng - x, lat - y), (lng + x, lat - y), (lng + x, lat + y), (lng - x, lat + y))


def metres(ring: Sequence[Point], origin: Point) -> Ring:
    """Degrees to metres east and north of an origin; good to a thousandth within some kilometres."""
    east = EAST * math.cos(math.radians(origin[1]))
    return tuple(((x - origin[0]) * east, (y - origin[1]) * NORTH) for x, y in ring)


def degrees(ring: Sequence[Point], origin: Point) -> Ring:
    """The way back from `metres`."""
    east = EAST * math.cos(math.radians(origin[1]))
    return tuple((x / east + origin[0], y / NORTH + origin[1]) for x, y in ring)


def area(ring: Sequence[Point]) -> float:
    """Signed area, positive when the ring runs counter-clockwise, in the square of the unit."""
    return (
        sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2
        if ring
        else 0.0
    )


def middle(ring: Sequence[Point]) -> Point:
    """The centre of gravity of a ring (the mean of its corners when it has no area)."""
    twice = area(ring) * 2
    if abs(twice) < 1e-18:
        return (sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring))
    x0, y0 = ring[0]  # small numbers keep the sums exact
    x = y = twice = 0.0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        twice += cross
        x += (ax + bx - 2 * x0) * cross
        y += (ay + by - 2 * y0) * cross
    return (x0 + x / (3 * twice), y0 + y / (3 * twice))


def inside(point: Point, ring: Sequence[Point]) -> bool:
    """Whether a point lies in a ring (even-odd)."""
    x, y = point
    odd = False
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            odd = not odd
    return odd
