"""The few lines of plane geometry the demo's map needs.

A ring is a tuple of (x, y) points in metres, counter-clockwise, not repeating its first point.
`to_lonlat` closes it, as GeoJSON asks.
"""

from math import cos, hypot, radians

Point = tuple[float, float]
Ring = tuple[Point, ...]

METRES_PER_DEGREE = 111_320.0  # of latitude; of longitude at the equator (spherical earth, 6,378 km)


def area(ring: Ring) -> float:
    """Signed area in the square of the ring's unit; positive when counter-clockwise (shoelace formula)."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def centroid(ring: Ring) -> Point:
    """Centre of gravity of a simple ring."""
    total = area(ring)
    x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x0 * y1 - x1 * y0
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return x / (6 * total), y / (6 * total)


def contains(ring: Ring, point: Point) -> bool:
    """Whether the point lies inside the ring (even-odd rule; points on the edge may go either way)."""
    x, y = point
    inside = False
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            inside = not inside
    return inside


def convex_overlap(a: Ring, b: Ring, slack: float = 0.0) -> bool:
    """Whether two convex rings (metres) share a strip wider than `slack` (separating axis theorem)."""
    for ring in (a, b):
        for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
            nx, ny = y1 - y0, x0 - x1
            free = slack * hypot(nx, ny)
            of_a = [nx * x + ny * y for x, y in a]
            of_b = [nx * x + ny * y for x, y in b]
            if max(of_a) <= min(of_b) + free or max(of_b) <= min(of_a) + free:
                return False
    return True


def to_lonlat(ring: Ring, origin: Point) -> Ring:
    """The ring in WGS-84 (longitude, latitude), closed, to 0.1 m; `origin` is where (0, 0) lies."""
    lon0, lat0 = origin
    per_lon = METRES_PER_DEGREE * cos(radians(lat0))
    return tuple(
        (round(lon0 + x / per_lon, 6), round(lat0 + y / METRES_PER_DEGREE, 6)) for x, y in ring + ring[:1]
    )


def to_metres(ring: Ring, origin: Point) -> Ring:
    """The inverse of `to_lonlat`: an open ring in metres around `origin`."""
    lon0, lat0 = origin
    per_lon = METRES_PER_DEGREE * cos(radians(lat0))
    return tuple(((lon - lon0) * per_lon, (lat - lat0) * METRES_PER_DEGREE) for lon, lat in ring[:-1])
