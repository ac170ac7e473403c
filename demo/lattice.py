"""The lattice of streets on which the demo community is drawn.

Parks start as cells of the lattice; some cells are merged, some halved, so that plots differ in size. The
lattice is bent a little and turned, so that it does not look ruled. Because the cells tile it, plots can't
overlap, and the outline of any set of cells (a grid, the whole community) is what is left when shared edges
cancel.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import cos, pi, radians, sin, sqrt
from random import Random

from demo import polygons
from demo.polygons import Point, Ring

Cell = tuple[int, int, int, int]  # u0, u1, v0, v1 in half blocks
Tick = tuple[int, int]


@dataclass(frozen=True)
class Lattice:
    """Ticks (metres, centred on 0) of half blocks, and how they are bent. Even ticks are streets."""

    us: tuple[float, ...]
    vs: tuple[float, ...]
    canal: int | None  # the tick of `vs` along which the canal runs

    def bend(self, u: float, v: float) -> Point:
        width, height = self.us[-1] - self.us[0], self.vs[-1] - self.vs[0]
        s, t = u / width, v / height
        x = width * (s * (1 + 0.12 * t) + 0.018 * sin(2 * pi * t))
        y = height * (t * (1 - 0.10 * s) + 0.030 * sin(1.8 * pi * s))
        turn = radians(-11)
        return x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)

    def outline(self, cells: Sequence[Cell]) -> Ring:
        """Outer ring in metres around the cells."""
        rings = [tuple(self.bend(self.us[u], self.vs[v]) for u, v in loop) for loop in loops(cells)]
        return max(rings, key=polygons.area)

    def plot(self, cell: Cell) -> Ring:
        """The four corners in metres of a cell without its share of the streets around it."""
        u0, u1, v0, v1 = cell
        left, right = self.us[u0] + self.verge(u0), self.us[u1] - self.verge(u1)
        low, high = self.vs[v0] + self.verge(v0, True), self.vs[v1] - self.verge(v1, True)
        return tuple(self.bend(u, v) for u, v in ((left, low), (right, low), (right, high), (left, high)))

    def verge(self, tick: int, along: bool = False) -> float:
        """Half the width in metres of what runs along a tick: lane, street, avenue, canal with banks."""
        if along and tick == self.canal:
            return 30.0
        if tick % 2:
            return 6.0
        return 16.0 if tick % 6 == 0 else 11.0

    def strip(self, tick: int, along: bool, half_width: float, overhang: float) -> Ring:
        """A band in metres along a whole tick, `overhang` metres longer than the lattice at both ends."""
        at, run = (self.vs[tick], self.us) if along else (self.us[tick], self.vs)
        stops = (run[0] - overhang, *run[1:-1], run[-1] + overhang)
        if along:
            return tuple(self.bend(u, at - half_width) for u in stops) + tuple(
                self.bend(u, at + half_width) for u in reversed(stops)
            )
        return tuple(self.bend(at + half_width, v) for v in stops) + tuple(
            self.bend(at - half_width, v) for v in reversed(stops)
        )


def lattice(rng: Random, columns: int, rows: int, target_m2: float) -> Lattice:
    """Ticks of uneven blocks, scaled so that the bent outline has exactly the wanted area."""

    def ticks(count: int) -> list[float]:
        at, out = 0.0, [0.0]
        for _ in range(count):
            block = rng.uniform(0.8, 1.3)
            out += [at + block * rng.uniform(0.44, 0.56), at + block]
            at += block
        return [tick - at / 2 for tick in out]

    us, vs = ticks(columns), ticks(rows)
    canal = 2 * (rows // 2) if rows > 1 else None
    if canal:  # the canal takes ground: give it a wider gap
        vs = [v + (0.25 if i > canal else 0.125 if i == canal else 0.0) for i, v in enumerate(vs)]
        middle = (vs[0] + vs[-1]) / 2
        vs = [v - middle for v in vs]
    whole = (0, 2 * columns, 0, 2 * rows)
    scale = sqrt(target_m2 / polygons.area(Lattice(tuple(us), tuple(vs), canal).outline([whole])))
    return Lattice(tuple(u * scale for u in us), tuple(v * scale for v in vs), canal)


def cells(rng: Random, columns: int, rows: int, plots: int, canal: int | None) -> list[Cell]:
    """Blocks, some merged in pairs and some halved, until there are exactly `plots` of them; north first."""
    out: list[Cell] = [(2 * c, 2 * c + 2, 2 * r, 2 * r + 2) for r in range(rows) for c in range(columns)]
    for _ in range(len(out) // 14):
        pairs = [
            (a, b)
            for a in out
            for b in out
            if a[1] - a[0] == b[1] - b[0] == 2 and a[1] == b[0] and a[2:] == b[2:] and a[3] - a[2] == 2
        ]
        a, b = rng.choice(pairs)
        out = [cell for cell in out if cell not in (a, b)] + [(a[0], b[1], a[2], a[3])]
    while len(out) < plots:
        u0, u1, v0, v1 = whole = rng.choice([c for c in out if c[1] - c[0] == 2 and c[3] - c[2] == 2])
        out.remove(whole)
        if rng.random() < 0.5:
            out += [(u0, u0 + 1, v0, v1), (u0 + 1, u1, v0, v1)]
        else:
            out += [(u0, u1, v0, v0 + 1), (u0, u1, v0 + 1, v1)]
    return sorted(out, key=lambda c: (-c[2], c[0]))


def loops(cells: Sequence[Cell]) -> list[list[Tick]]:
    """Rings of ticks around the cells: their edges, less those that two share. Holes are rings too."""
    edges: set[tuple[Tick, Tick]] = set()
    for edge in (edge for cell in cells for edge in _edges(cell)):
        if edge[::-1] in edges:
            edges.remove(edge[::-1])
        else:
            edges.add(edge)
    leaving: dict[Tick, list[Tick]] = defaultdict(list)
    for start, end in sorted(edges):
        leaving[start].append(end)
    out = []
    for start in sorted(leaving):
        while leaving[start]:
            ring, at = [start], leaving[start].pop()
            while at != start:
                # Where two corners meet, the left turn stays on the same ring.
                before = ring[-1]
                ahead = leaving[at]
                onward = max(ahead, key=partial(_turn, before, at))
                ahead.remove(onward)
                ring.append(at)
                at = onward
            out.append(ring)
    return out


def _turn(before: Tick, at: Tick, to: Tick) -> int:
    """1 for a left turn, 0 straight on, -1 for a right turn."""
    return (at[0] - before[0]) * (to[1] - at[1]) - (at[1] - before[1]) * (to[0] - at[0])


def _edges(cell: Cell) -> list[tuple[Tick, Tick]]:
    """Unit edges of a cell, counter-clockwise: an edge shared by neighbours is each other's reverse."""
    u0, u1, v0, v1 = cell
    corners = (
        [(u, v0) for u in range(u0, u1)]
        + [(u1, v) for v in range(v0, v1)]
        + [(u, v1) for u in range(u1, u0, -1)]
        + [(u0, v) for v in range(v1, v0, -1)]
    )
    return list(zip(corners, corners[1:] + corners[:1], strict=True))
