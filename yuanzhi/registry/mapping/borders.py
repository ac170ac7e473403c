"""Where one grid ends and the next begins, found from the outlines of the parks alone: the line half-way
between parks of different grids (ridges of a Voronoi diagram of points along their outlines). Grids are whole
parks, so nobody has to draw or keep a second set of shapes. Pure; numpy and scipy are brought in when first
needed, because a process that never draws a map should not carry them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from .ground import Ground, Point, Ring, degrees, inside, metres

PACE = 12.0  # metres between two points along an outline
REACH = 70.0  # a border further than this from both parks crosses land of nobody
SMOOTH = 4.0  # metres a line may be straightened by
TINTS = 6


def grid_borders(ground: Ground, grid_of: Mapping[int, int] | None = None) -> list[Ring]:
    """Lines (degrees) between parks of different grids. `grid_of` {park: grid} stands in for today's."""
    lines = _chain(_ridges(ground, grid_of))
    return [degrees(_straighten(line), ground.origin) for line in lines]


def _grid_of(ground: Ground, grid_of: Mapping[int, int] | None) -> dict[int, int | None]:
    return {plot.pk: plot.grid if grid_of is None else grid_of.get(plot.pk) for plot in ground.plots}


def _ridges(ground: Ground, grid_of: Mapping[int, int] | None) -> list[tuple[Point, Point]]:
    import numpy as np
    from scipy.spatial import QhullError, Voronoi

    belongs = _grid_of(ground, grid_of)
    points, owner = [], []
    for plot in ground.plots:
        walked = list(_walk(metres(plot.ring, ground.origin)))
        points += walked
        owner += [belongs[plot.pk]] * len(walked)
    if len(set(owner)) < 2 or len(points) < 4:
        return []
    try:
        cells = Voronoi(np.array(points))
    except QhullError:
        return []
    edge = metres(ground.boundary, ground.origin)
    found = []
    for (a, b), (start, end) in zip(cells.ridge_points, cells.ridge_vertices, strict=True):
        if start < 0 or owner[a] == owner[b]:
            continue
        (px, py), (qx, qy) = cells.vertices[start], cells.vertices[end]
        p, q = (float(px), float(py)), (float(qx), float(qy))
        half = ((p[0] + q[0]) / 2, (p[1] + q[1]) / 2)
        if math.dist(half, points[a]) < REACH and (not edge or inside(half, edge)):
            found.append((p, q))
    return found


def _walk(ring: Ring):
    """Points along a ring, a pace apart; moved a hair so that no four of them lie on one circle."""
    for i, (a, b) in enumerate(zip(ring, [*ring[1:], ring[0]], strict=True)):
        count = max(1, math.ceil(math.dist(a, b) / PACE))
        for k in range(count):
            t = (k + 0.013 * ((i * 7 + k) % 5)) / count
            yield (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)


def _chain(ridges: list[tuple[Point, Point]]) -> list[Ring]:
    """Join pieces end to end, from junction to junction, so that dashes run on."""
    at: dict[Point, list[int]] = defaultdict(list)
    ends = [tuple((round(x, 3), round(y, 3)) for x, y in ridge) for ridge in ridges]
    for i, (a, b) in enumerate(ends):
        at[a].append(i)
        at[b].append(i)
    used: set[int] = set()

    def follow(start: Point, first: int) -> list[Point]:
        line, here, i = [start], start, first
        while i not in used:
            used.add(i)
            a, b = ends[i]
            here = b if here == a else a
            line.append(here)
            onward = [k for k in at[here] if k not in used]
            if len(at[here]) != 2 or not onward:
                break
            i = onward[0]
        return line

    lines = [follow(p, i) for p, around in at.items() if len(around) != 2 for i in around if i not in used]
    lines += [follow(ends[i][0], i) for i in range(len(ends)) if i not in used]  # closed around a grid
    return [tuple(line) for line in lines if len(line) > 1]


def _straighten(line: Ring, slack: float = SMOOTH) -> Ring:
    """Douglas and Peucker: leave out corners that hardly bend the line."""
    if len(line) < 3:
        return line
    (ax, ay), (bx, by) = line[0], line[-1]
    length = math.hypot(bx - ax, by - ay)

    def off(p: Point) -> float:
        if length == 0:
            return math.dist(p, line[0])
        return abs((bx - ax) * (ay - p[1]) - (ax - p[0]) * (by - ay)) / length

    far = max(range(1, len(line) - 1), key=lambda i: off(line[i]))
    if off(line[far]) <= slack:
        return (line[0], line[-1])
    return (*_straighten(line[: far + 1], slack)[:-1], *_straighten(line[far:], slack))


def tints(ground: Ground, *partitions: Mapping[int, int]) -> dict[int, int]:
    """{grid: tint 0 … 5} such that grids near each other differ: the most crowded first, the least used tint.

    Given several partitions {park: grid}, a grid keeps its tint in all of them; none means today's.
    """
    corners = {plot.pk: _half(metres(plot.ring, ground.origin)) for plot in ground.plots}
    parks = list(corners)
    pairs = [(a, b) for i, a in enumerate(parks) for b in parks[i + 1 :] if _close(corners[a], corners[b])]
    near: dict[int, set[int]] = defaultdict(set)
    for partition in partitions or (None,):
        belongs = {pk: grid for pk, grid in _grid_of(ground, partition).items() if grid is not None}
        for grid in belongs.values():
            near[grid]  # a grid without neighbours has a colour too
        for a, b in pairs:
            one, other = belongs.get(a), belongs.get(b)
            if one is not None and other is not None and one != other:
                near[one].add(other)
                near[other].add(one)
    given: dict[int, int] = {}
    for grid in sorted(near, key=lambda g: (-len(near[g]), g)):
        taken = [given[other] for other in near[grid] if other in given]
        spread = [sum(t == tint for t in given.values()) for tint in range(TINTS)]
        given[grid] = min(range(TINTS), key=lambda tint: (taken.count(tint), spread[tint], tint))
    return given


def _close(a: list[Point], b: list[Point]) -> bool:
    """Whether two outlines come within a wide street, judged by their corners and the middles of their
    sides."""
    return any(math.dist(p, q) < REACH for p in a for q in b)


def _half(ring: Ring) -> list[Point]:
    return [
        *ring,
        *(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)),
    ]
