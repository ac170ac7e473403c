"""Annealing over labelled partitions: every grid stays in one piece, one park (or a pair) changes grid at a
time.

It proves nothing. It gives the exact solvers a good first answer, and answers alone where a proof is out of
reach. Steps are counted, not timed, so that the same seed gives the same answer; the clock is only a brake.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from .core import NOWHERE, Core, bits
from .model import BALANCE, COMPACT, FEWEST


def relabel(core: Core, masks: Sequence[int]) -> list[int]:
    """Give each part a label so that the least toll is paid (an assignment problem). Pinned parks bind
    hardest."""
    masks = [mask for mask in masks if mask]
    kept = np.zeros((len(masks), core.grids))
    for row, mask in enumerate(masks):
        for park in bits(mask):
            if core.today[park] != NOWHERE:
                kept[row, core.today[park]] += core.tolls[park] + (1e12 if park in core.pinned else 0)
    part = [NOWHERE] * core.size
    for row, label in zip(*linear_sum_assignment(-kept), strict=True):
        for park in bits(masks[row]):
            part[park] = int(label)
    return part


def start(core: Core) -> list[int] | None:
    """Today's grids, cut into pieces where they are broken, merged and split until the number is right.

    None when the parks fall into more pieces than grids are wanted."""
    today = [sum(1 << p for p, g in enumerate(core.today) if g == grid) for grid in range(core.grids)]
    parts = [piece for mask in today for piece in core.pieces(mask)]
    parts += [1 << p for p, g in enumerate(core.today) if g == NOWHERE]
    while len(parts) > core.wanted:
        parts.sort(key=core.weight)
        for light in parts:
            around = core.border(light)
            if around:
                other = min((m for m in parts if m & around), key=core.weight)
                parts = [m for m in parts if m not in (light, other)] + [light | other]
                break
        else:
            return None
    while len(parts) < core.wanted:
        parts.sort(key=lambda m: (m.bit_count() > 1, core.weight(m)))
        parts += _split(core, parts.pop())
    return relabel(core, parts)


def _split(core: Core, mask: int) -> list[int]:
    """Cut a part of two or more parks into two connected parts of similar weight."""
    half, closest, half_mask = core.weight(mask) / 2, float("inf"), 0
    for seed in bits(mask):
        grown = 1 << seed
        while grown != mask:
            rest = mask ^ grown
            if core.connected(rest):
                off = abs(core.weight(grown) - half)
                if off < closest:
                    closest, half_mask = off, grown
            step = core.border(grown) & rest
            grown |= step & -step
    return [half_mask, mask ^ half_mask]  # a connected part always has a park whose loss leaves it connected


class Annealer:
    """One run. `energy` is what is being lowered; limits that are missed weigh in it so that a start which
    misses them is led back inside."""

    def __init__(self, core: Core, goal: str, seed: int):
        self.core, self.goal = core, goal
        self.rng = random.Random(seed)  # noqa: S311 - a search, not a secret
        self.mean = sum(core.loads) / core.wanted
        self.all_tolls = max(1, sum(core.tolls))
        self.spreads: dict[int, float] = {0: 0.0}
        self.unit = max(1.0, core.spread((1 << core.size) - 1)) / core.wanted

    def run(self, part: Sequence[int], steps: int, until: float) -> list[int]:
        """The best labelled partition met in `steps` tries (or before the clock reads `until`)."""
        rng = self.rng
        self._take(part)
        best, best_score = list(self.part), self._score()
        hot, cold = self._temperatures()
        for step in range(steps):
            if step % 256 == 0:
                heat = hot * (cold / hot) ** (step / steps)
                if time.monotonic() > until:
                    break
            change = self._propose()
            if not change:
                continue
            delta = self._delta(change)
            if delta <= 0 or rng.random() < math.exp(-delta / heat):
                self._apply(change)
                if delta < 0:
                    score = self._score()
                    if score < best_score:
                        best, best_score = list(self.part), score
        return best

    def _take(self, part: Sequence[int]) -> None:
        self.part = list(part)
        self.masks = self.core.members(part)
        self.loads = [self.core.weight(mask) for mask in self.masks]
        self.moved = len(self.core.moved(part))

    def _temperatures(self) -> tuple[float, float]:
        return {BALANCE: (0.05, 1e-5), FEWEST: (0.02, 1e-4), COMPACT: (0.02, 1e-4)}[self.goal]

    def _propose(self) -> list[tuple[int, int, int]]:
        """[(park, from, to)]: a park follows a neighbour, or two neighbours change places; [] when not
        allowed."""
        core, rng, part = self.core, self.rng, self.part
        park = rng.randrange(core.size)
        source = part[park]
        foreign = core.near[park] & ~self.masks[source]
        if not foreign:
            return []
        other = rng.choice(list(bits(foreign)))
        target = part[other]
        left = self.masks[source] ^ (1 << park)
        if rng.random() < 0.7:
            if not left or not core.connected(left):
                return []
            return [(park, source, target)]
        gone = self.masks[target] ^ (1 << other)
        if core.connected(left | 1 << other) and core.connected(gone | 1 << park):
            return [(park, source, target), (other, target, source)]
        return []

    def _delta(self, change: list[tuple[int, int, int]]) -> float:
        core = self.core
        (_, a, b), shift, extra, toll, moved = change[0], 0, 0.0, 0, self.moved
        flip = 0
        for park, source, target in change:
            shift += core.loads[park] if source == a else -core.loads[park]
            flip |= 1 << park
            home = core.today[park]
            if home != NOWHERE:
                step = (home == source) - (home == target)
                toll += step * core.tolls[park]
                moved += step
                if park in core.pinned:
                    extra += step
        if core.max_parks is not None:
            extra += (max(0, moved - core.max_parks) - max(0, self.moved - core.max_parks)) * 0.5
        before, after = (self.loads[a], self.loads[b]), (self.loads[a] - shift, self.loads[b] + shift)
        if self.goal == BALANCE:
            return extra + self._square(after) - self._square(before) + 1e-3 * toll / self.all_tolls
        extra += 4 * (self._excess(after) - self._excess(before))
        if self.goal == FEWEST:
            return extra + 2 * toll / self.all_tolls
        masks = self.masks
        gained = sum(map(self._spread, (masks[a] ^ flip, masks[b] ^ flip)))
        return extra + (gained - self._spread(masks[a]) - self._spread(masks[b])) / self.unit

    def _square(self, pair: tuple[int, int]) -> float:
        return sum((load / self.mean - 1) ** 2 for load in pair)

    def _excess(self, pair: tuple[int, int]) -> float:
        return sum(max(0, load - self.core.ceiling) for load in pair) / self.mean

    def _spread(self, mask: int) -> float:
        known = self.spreads.get(mask)
        if known is None:
            known = self.spreads[mask] = self.core.spread(mask)
        return known

    def _apply(self, change: list[tuple[int, int, int]]) -> None:
        for park, source, target in change:
            self.part[park] = target
            self.masks[source] ^= 1 << park
            self.masks[target] ^= 1 << park
            self.loads[source] -= self.core.loads[park]
            self.loads[target] += self.core.loads[park]
            home = self.core.today[park]
            if home != NOWHERE:
                self.moved += (home == source) - (home == target)

    def _score(self) -> tuple[float, float]:
        """Missed limits first, then the goal itself; exact where it decides what is handed back."""
        core, over = self.core, sum(max(0, load - self.core.ceiling) for load in self.loads)
        missed = over / self.mean if self.goal != BALANCE else 0.0
        if core.pinned:
            missed += sum(self.part[p] != core.today[p] for p in core.pinned)
        if core.max_parks is not None:
            missed += max(0, self.moved - core.max_parks)
        if self.goal == BALANCE:
            return missed, max(self.loads)
        if self.goal == FEWEST:
            return missed, core.toll(self.part)
        return missed, sum(map(self._spread, self.masks))


def anneal(
    core: Core, goal: str, seed: int, steps: int, until: float, first: Sequence[int] | None = None
) -> list[int] | None:
    """Best labelled partition found, not necessarily within the limits; None where not even a start exists.
    `until` is a reading of time.monotonic()."""
    first = start(core) if first is None else list(first)
    return None if first is None else Annealer(core, goal, seed).run(first, steps, until)
