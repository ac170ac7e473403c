"""Who borders whom. Parks within a street's width of each other are neighbours; where an outline is missing,
the Delaunay triangulation of the centres (its long edges pruned) stands in. The result is always connected:
islands are tied to the nearest park, because a grid member crosses the river by the nearest bridge."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from scipy.spatial import Delaunay, QhullError, cKDTree

from .model import Park

STREET = 45.0  # metres between two outlines that face each other across a main street
LONG_EDGE = 1.8  # Delaunay edges beyond so many median lengths cross other land

Pair = tuple[int, int]


def to_metres(
    points: Iterable[tuple[float, float]], origin: tuple[float, float]
) -> tuple[tuple[float, float], ...]:
    """(longitude, latitude) in degrees → metres east and north of `origin`, good to 0.1 % within a few km."""
    east = 111_320.0 * math.cos(math.radians(origin[1]))
    return tuple(((lon - origin[0]) * east, (lat - origin[1]) * 110_574.0) for lon, lat in points)


def borders(parks: Sequence[Park], street: float = STREET) -> tuple[tuple[int | str, int | str], ...]:
    """Pairs of park ids that border each other; connected, sorted, each pair once. Outlines are in metres."""
    if len(parks) < 2:
        return ()
    pairs = _facing(parks, street)
    if any(len(park.polygon) < 3 for park in parks):
        bare = {i for i, park in enumerate(parks) if len(park.polygon) < 3}
        pairs |= {pair for pair in _delaunay(parks) if bare & set(pair)}
    pairs |= _bridges(parks, pairs)
    return tuple((parks[a].id, parks[b].id) for a, b in sorted(pairs))


def gap(a: Park, b: Park) -> float:
    """Metres between two outlines (0 when they touch or overlap); centres stand in for missing outlines."""
    ra, rb = _ring(a), _ring(b)
    if _crosses(ra, rb):
        return 0.0
    return float(min(_to_segments(ra, rb), _to_segments(rb, ra)))


def _ring(park: Park) -> np.ndarray:
    if len(park.polygon) < 3:
        return np.array([[park.x, park.y]])
    ring = np.asarray(park.polygon, float)
    return ring[:-1] if len(ring) > 3 and np.array_equal(ring[0], ring[-1]) else ring


def _to_segments(points: np.ndarray, ring: np.ndarray) -> float:
    """Shortest way from any of the points to any side of the ring."""
    start, side = ring, np.roll(ring, -1, axis=0) - ring
    length = np.maximum((side**2).sum(1), 1e-12)
    along = ((points[:, None] - start) * side).sum(2) / length
    foot = start + np.clip(along, 0, 1)[..., None] * side
    return float(np.sqrt(((points[:, None] - foot) ** 2).sum(2)).min())


def _crosses(a: np.ndarray, b: np.ndarray) -> bool:
    """Do two sides cross, or does one ring hold a corner of the other?"""
    p, r = a[:, None], (np.roll(a, -1, axis=0) - a)[:, None]
    q, s = b[None], (np.roll(b, -1, axis=0) - b)[None]

    def turn(u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]

    sides = (turn(r, q - p) * turn(r, q + s - p) < 0) & (turn(s, p - q) * turn(s, p + r - q) < 0)
    return bool(sides.any()) or _inside(a[0], b) or _inside(b[0], a)


def _inside(point: np.ndarray, ring: np.ndarray) -> bool:
    if len(ring) < 3:
        return False
    x, y = point
    end = np.roll(ring, -1, axis=0)
    spans = (ring[:, 1] > y) != (end[:, 1] > y)
    rise = np.where(spans, end[:, 1] - ring[:, 1], 1.0)
    at = ring[:, 0] + (y - ring[:, 1]) / rise * (end[:, 0] - ring[:, 0])
    return bool(np.count_nonzero(spans & (x < at)) % 2)


def _facing(parks: Sequence[Park], street: float) -> set[Pair]:
    """Pairs of outlines within a street of each other; only outlines whose circles come near are measured."""
    rings = [_ring(park) for park in parks]
    middles = np.array([(ring.min(0) + ring.max(0)) / 2 for ring in rings])
    radius = np.array([np.sqrt(((r - m) ** 2).sum(1)).max() for r, m in zip(rings, middles, strict=True)])
    tree = cKDTree(middles)
    pairs = set()
    for a in range(len(parks)):
        for b in tree.query_ball_point(middles[a], radius[a] + radius.max() + street):
            near = np.hypot(*(middles[a] - middles[b])) <= radius[a] + radius[b] + street
            if a < b and near and gap(parks[a], parks[b]) <= street:
                pairs.add((a, b))
    return pairs


def _delaunay(parks: Sequence[Park]) -> set[Pair]:
    points = np.array([(park.x, park.y) for park in parks])
    try:
        triangles = (
            Delaunay(points, qhull_options="QJ").simplices if len(points) > 3 else [range(len(points))]
        )
    except QhullError:  # all on one line; the bridges will string them up
        return set()
    pairs = {(int(min(a, b)), int(max(a, b))) for t in triangles for a in t for b in t if a != b}
    length = {pair: math.dist(points[pair[0]], points[pair[1]]) for pair in pairs}
    longest = LONG_EDGE * float(np.median(list(length.values())))
    return {pair for pair in pairs if length[pair] <= longest}


def _bridges(parks: Sequence[Park], pairs: set[Pair]) -> set[Pair]:
    """The shortest extra pairs that make the whole one piece."""
    root = list(range(len(parks)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for a, b in pairs:
        root[find(a)] = find(b)
    if len({find(i) for i in range(len(parks))}) == 1:
        return set()
    centre = np.array([(park.x, park.y) for park in parks])
    first, second = np.triu_indices(len(parks), 1)
    far = np.hypot(*(centre[first] - centre[second]).T)
    added = set()
    for at in np.argsort(
        far, kind="stable"
    ):  # centres decide: a bridge is between parks, not between corners
        a, b = int(first[at]), int(second[at])
        if find(a) != find(b):
            root[find(a)] = find(b)
            added.add((a, b))
    return added
