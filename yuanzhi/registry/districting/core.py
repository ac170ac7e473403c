"""The problem in the solvers' tongue: parks and grids as numbers from 0, sets of parks as bits of an
integer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .model import Limits, Problem

NOWHERE = -1  # a park without a grid today


@dataclass(frozen=True)
class Core:
    """`toll[p]` is what it costs that park p changes hands: its enterprises, and a fraction that is worth
    less than one enterprise however many parks move, so that among equals the fewest parks move. 0 where it
    has no grid."""

    loads: tuple[int, ...]
    tolls: tuple[int, ...]
    scale: int  # toll of one enterprise
    near: tuple[int, ...]  # near[p]: bits of the parks that border p
    today: tuple[int, ...]
    grids: int  # labels that may be used
    wanted: int  # labels that will be used
    ceiling: int
    pinned: frozenset[int]
    max_parks: int | None
    people: tuple[int, ...]  # enterprises, at least one: an empty park has a place on the map too
    places: tuple[tuple[float, float], ...]  # metres from the middle of all parks

    @property
    def size(self) -> int:
        return len(self.loads)

    def moved(self, part: Sequence[int]) -> list[int]:
        return [p for p, g in enumerate(self.today) if g not in (NOWHERE, part[p])]

    def toll(self, part: Sequence[int]) -> int:
        return sum(self.tolls[p] for p in self.moved(part))

    def members(self, part: Sequence[int]) -> list[int]:
        """Bits of the parks of each grid."""
        masks = [0] * self.grids
        for park, grid in enumerate(part):
            masks[grid] |= 1 << park
        return masks

    def spread(self, mask: int) -> float:
        """Moment of inertia of a grid: enterprises × square metres from their centre (Weaver and Hess,
        1963)."""
        weight = east = north = square = 0.0
        for park in bits(mask):
            (x, y), w = self.places[park], self.people[park]
            weight, east, north, square = (
                weight + w,
                east + w * x,
                north + w * y,
                square + w * (x * x + y * y),
            )
        return max(0.0, square - (east * east + north * north) / weight) if weight else 0.0

    def spreads(self, part: Sequence[int]) -> float:
        """Moment of inertia of all grids of a partition."""
        return sum(map(self.spread, self.members(part)))

    def sound(self, part: Sequence[int], with_ceiling: bool = True) -> bool:
        """Does a labelled partition keep every limit?"""
        masks = self.members(part)
        moved = self.moved(part)
        return (
            sum(map(bool, masks)) == self.wanted
            and all(self.connected(mask) for mask in masks if mask)
            and not self.pinned & set(moved)
            and (self.max_parks is None or len(moved) <= self.max_parks)
            and not (with_ceiling and max(map(self.weight, masks)) > self.ceiling)
        )

    def weight(self, mask: int) -> int:
        return sum(self.loads[p] for p in bits(mask))

    def reach(self, start: int, inside: int) -> int:
        """Bits reachable from the bits `start` without leaving `inside`."""
        seen = edge = start & inside
        while edge:
            wave = 0
            while edge:
                low = edge & -edge
                wave |= self.near[low.bit_length() - 1]
                edge ^= low
            edge = wave & inside & ~seen
            seen |= edge
        return seen

    def border(self, mask: int) -> int:
        """Bits outside `mask` that border it."""
        around = 0
        for park in bits(mask):
            around |= self.near[park]
        return around & ~mask

    def connected(self, mask: int) -> bool:
        return self.reach(mask & -mask, mask) == mask

    def pieces(self, mask: int) -> list[int]:
        """The connected pieces of a set of parks."""
        found = []
        while mask:
            piece = self.reach(mask & -mask, mask)
            found.append(piece)
            mask ^= piece
        return found


def bits(mask: int) -> Iterator[int]:
    """Positions of the set bits, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def build(problem: Problem, limits: Limits) -> Core:
    """Translate a validated problem."""
    parks = problem.parks
    at = {park.id: i for i, park in enumerate(parks)}
    label = {grid: g for g, grid in enumerate(problem.grids)}
    near = [0] * len(parks)
    for a, b in problem.edges:
        if a != b:
            near[at[a]] |= 1 << at[b]
            near[at[b]] |= 1 << at[a]
    today = tuple(label[problem.today[p.id]] if p.id in problem.today else NOWHERE for p in parks)
    scale = len(parks) + 1
    east, north = (sum(park.x for park in parks) / len(parks), sum(park.y for park in parks) / len(parks))
    return Core(
        loads=tuple(problem.load(park) for park in parks),
        tolls=tuple(0 if today[i] == NOWHERE else p.enterprises * scale + 1 for i, p in enumerate(parks)),
        scale=scale,
        near=tuple(near),
        today=today,
        grids=len(problem.grids),
        wanted=problem.wanted,
        ceiling=problem.ceiling(limits),
        pinned=frozenset(at[park] for park in limits.pinned),
        max_parks=limits.max_parks,
        people=tuple(max(1, park.enterprises) for park in parks),
        places=tuple((park.x - east, park.y - north) for park in parks),
    )
