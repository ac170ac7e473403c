"""The best partition with proof: a choice among all sets of parks that could be a grid (set partitioning).

Column (S, g): grid g is exactly the set S. Choose columns so that every park is covered once and the wanted
number of grids is used. What a column costs is a common part of S plus the tolls of its parks that are not in
g today: fewest = tolls alone; compact = moment of inertia of S, where g matters only if the number of moves
is limited.

1. Prices of the parks come from a linear programme over a few columns; the whole list is priced, the worst
   missing columns are added, until none is missing (column generation).
2. Any prices give a bound that holds for every partition (Lagrange). A column that would lift the bound above
   a known answer cannot be in a better one and is dropped for good.
3. HiGHS chooses among the few columns left, whose programme is first made tight (see master.py). Its answer
   is the best there is, not the best of a selection."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from .core import NOWHERE, Core, bits
from .master import Master
from .model import COMPACT, FEWEST
from .sets import Sets

ADD = 30  # columns a grid may gain in a round
ANY = "any"  # an inner goal: does any partition keep the limits? everything is free of charge
# Columns HiGHS gets: few at first, for an answer that rules out the rest.
STAGES = (1_500, 6_000, 25_000, 150_000)
SAMPLE = 150_000  # sets of the small first pool
SLACK = 1e-7  # relative: two sums of floats in different order


@dataclass
class Answer:
    """`part`: best labelled (or, for compact, unlabelled) partition as bits, None if none is known. `cost`
    and `bound` in tolls (fewest) or enterprise-square-metres (compact). `closed`: proved (without masks: none
    exists)."""

    masks: list[tuple[int, int]] | None  # (label or NOWHERE, bits)
    cost: float | None
    bound: float | None
    closed: bool


class Exact:
    """One question. `free`: labels don't matter, so a column is a set alone."""

    def __init__(self, core: Core, sets: Sets, goal: str, until: float, seed: int = 1):
        self.core, self.goal, self.until = core, goal, until
        self.rng = np.random.default_rng(seed)
        self.free = goal != FEWEST and core.max_parks is None
        self.labels = [NOWHERE] if self.free else list(range(core.grids))
        self.charged = goal == FEWEST
        self.tolls = np.array(core.tolls, float) if self.charged else np.zeros(core.size)
        self.counted = np.array([float(g != NOWHERE) for g in core.today])
        self.home = [np.array([float(t == g) for t in core.today]) for g in range(core.grids)]
        self.pins = [sum(1 << p for p in core.pinned if core.today[p] == g) for g in range(core.grids)]
        self.sets = self._legal(sets) if self.free else sets
        self.unit = core.scale if self.charged else max(1.0, core.spread((1 << core.size) - 1)) / 1000
        self.worst = {FEWEST: float(sum(core.tolls)), COMPACT: 1000 * self.unit, ANY: 1e-3 * self.unit}[goal]
        # Told of each better choice of columns, and of each better bound once there is a choice.
        self.heard: Callable[[list[tuple[int, int]], float | None], None] = lambda best, bound: None
        self._focus(self.sets)

    def _legal(self, sets: Sets) -> Sets:
        """Pinned parks of one grid stay together and away from those of others; then labels can follow."""
        good = np.ones(len(sets), bool)
        for pin in filter(None, self.pins):
            others = sum(self.pins) ^ pin
            good &= ~sets.meets(pin) | (sets.holds(pin) & ~sets.meets(others))
        return sets.take(np.flatnonzero(good))

    def _focus(self, pool: Sets) -> None:
        """Work on a pool of sets from here on."""
        self.pool = pool
        self.common = self._spread(pool) if self.goal == COMPACT else np.zeros(len(pool))
        self.barred = []
        for label in self.labels:
            others = 0 if label == NOWHERE else sum(self.pins) ^ self.pins[label]
            bad = None
            if label != NOWHERE and any(self.pins):
                bad = pool.meets(others) | ~pool.holds(self.pins[label])
            self.barred.append(bad)

    def _spread(self, pool: Sets) -> np.ndarray:
        w = np.array(self.core.people, float)
        x, y = np.array(self.core.places, float).T
        weight, east, north = pool.total(w), pool.total(w * x), pool.total(w * y)
        square = pool.total(w * (x * x + y * y))
        return np.maximum(0.0, square - (east**2 + north**2) / np.maximum(weight, 1))

    # -- prices and bounds

    def price(self, parks: np.ndarray, moves: float) -> Iterator[np.ndarray]:
        """For each label: what a set costs beyond the prices of its parks. `moves` ≤ 0: price of a move."""
        leave = self.tolls - moves * self.counted
        base = self.common + self.pool.total(leave - parks)
        for label, bad in zip(self.labels, self.barred, strict=True):
            value = base if label == NOWHERE else base - self.pool.total(leave * self.home[label])
            yield value if bad is None else np.where(bad, np.inf, value)

    def bound(self, parks: np.ndarray, moves: float, least: np.ndarray) -> float:
        """No partition made of the pool costs less. `least`: the lowest value of each label."""
        fixed = float(parks.sum()) + moves * (self.core.max_parks or 0)
        if self.free:
            return fixed + self.core.wanted * float(least[0])
        return fixed + float(np.sort(least)[: self.core.wanted].sum())

    def allowed(self, cost: float) -> float:
        """What a bound may reach before a column is dropped; a hair above, for sums of floats."""
        return min(cost * (1 + SLACK) + SLACK * self.unit, 1e300)

    def solve(self, hint: Sequence[int] | None) -> Answer:
        """`hint`: a labelled partition within all limits, or None. RuntimeError when HiGHS fails."""
        best = self._columns(hint) if hint is not None else None
        cost = self.cost(best) if best else np.inf
        lp = Master(self, best or [])
        low = -np.inf
        for pool in self._pools(lp):
            self._focus(pool)
            low, parks, moves = self._generate(lp, cost)
            if parks is None:
                return Answer(best, cost if best else None, None, False)
            low = min(low, cost)
            whole = low if pool is self.sets else None  # what a part of the list proves holds for that part
            if best:
                self.heard(best, whole)
            if pool is self.sets and best is None and low > self.worst * (1 + SLACK):
                return Answer(None, None, None, True)
            rows = self._survivors(parks, moves, cost)
            for few in STAGES if pool is self.sets else STAGES[:1]:
                chosen = (rows[0][:few], rows[1][:few])
                status, found, value, dual = self._choose(chosen, best, cost)
                if found and value < cost:
                    best, cost = found, value
                    self.heard(best, whole)
                if pool is self.sets and len(chosen[0]) == rows[2]:
                    return self._verdict(status, best, cost, low, dual)
                rows = self._survivors(parks, moves, cost)
        return Answer(best, cost if best else None, low, False)

    def _pools(self, lp: Master):
        """A long list is met in three ways: a sample first, for prices and an answer that are nearly right;
        then once through it in slices, the prices set anew after each; then as a whole."""
        if len(self.sets) > SAMPLE * 2:
            yield self.sets.take(np.sort(self._sample()))
            slices = len(self.sets) // SAMPLE
            for first in range(slices):
                if time.monotonic() > self.until:
                    break
                self._focus(self.sets.take(np.arange(first, len(self.sets), slices)))
                _, parks, labels, moves = lp.solve()
                for at, value in enumerate(self.price(parks, moves)):
                    self._enter(lp, at, value - labels[at])
        yield self.sets

    def _sample(self) -> np.ndarray:
        if self.free:
            return self.rng.choice(len(self.sets), SAMPLE, replace=False)
        tolls = np.array(self.core.tolls, float)
        kept = np.maximum.reduce([self.sets.total(tolls * home) for home in self.home])
        return np.argpartition(self.sets.total(tolls) - kept, SAMPLE)[:SAMPLE]  # least handed over

    def _verdict(self, status, best, cost: float, low: float, dual: float) -> Answer:
        if status == highspy.HighsModelStatus.kOptimal:
            return Answer(best, cost, cost, True)
        if status == highspy.HighsModelStatus.kInfeasible:
            return Answer(best, cost if best else None, cost if best else None, True)
        return Answer(best, cost if best else None, max(low, min(dual, cost)), False)

    def cost(self, columns: list[tuple[int, int]]) -> float:
        """Exact cost of a choice of columns."""
        if self.charged:
            return float(
                sum(self.core.tolls[p] for g, m in columns for p in bits(m) if self.core.today[p] != g)
            )
        return sum(map(self.spread, (mask for _, mask in columns)))

    def _whole(self, columns: list[tuple[int, int]]) -> bool:
        """Trust, but verify: every park once, the wanted number of grids, each label once."""
        masks, labels = [mask for _, mask in columns], [label for label, _ in columns]
        once = self.free or len(set(labels)) == len(labels)
        return once and len(masks) == self.core.wanted and sum(masks) == (1 << self.core.size) - 1

    def spread(self, mask: int) -> float:
        return self.core.spread(mask) if self.goal == COMPACT else 0.0

    def _columns(self, part: Sequence[int]) -> list[tuple[int, int]]:
        return [(NOWHERE if self.free else g, mask) for g, mask in enumerate(self.core.members(part)) if mask]

    def _generate(self, lp: Master, cost: float) -> tuple[float, np.ndarray | None, float]:
        """Add missing columns until none is missing from the pool; the pool shrinks as the bound rises.
        → (bound, the prices that gave it or None when time is up, price of a move)."""
        low, kept, kept_moves = -np.inf, None, 0.0
        for _ in range(400):
            if time.monotonic() > self.until:
                return low, None, 0.0
            value, parks, labels, moves = lp.solve()
            least, added, worth = [], 0, np.full(len(self.pool), np.inf)
            for at, price in enumerate(self.price(parks, moves)):
                least.append(price.min(initial=np.inf))
                added += self._enter(lp, at, price - labels[at])
                if np.isfinite(least[-1]):
                    np.minimum(worth, price - least[-1], out=worth)
            bound = self.bound(parks, moves, np.array(least))
            if bound > low or kept is None:
                low, kept, kept_moves = bound, parks, moves
            if value - low <= 1e-6 * max(self.unit, abs(value)) or not added:
                break
            alive = bound + worth <= self.allowed(cost)
            if np.count_nonzero(alive) < 0.6 * len(alive):
                self._focus(self.pool.take(np.flatnonzero(alive)))
        return low, kept, kept_moves

    def _enter(self, lp: Master, at: int, lack: np.ndarray) -> int:
        """Hand the programme the columns of a label it lacks most, and some others for variety."""
        wanted = ADD * (8 if self.free else 1)
        some = np.flatnonzero(lack < -1e-7 * self.unit)
        if len(some) > wanted * 6:
            some = some[np.argpartition(lack[some], wanted * 6)[: wanted * 6]]
        some = some[np.argsort(lack[some], kind="stable")]
        worst, rest = some[: wanted // 3], some[wanted // 3 :]
        if len(some) > wanted:
            rest = self.rng.choice(rest, wanted - wanted // 3, replace=False)
        rows = [int(row) for row in np.concatenate([worst, rest])]
        return sum(lp.add(self.labels[at], self.pool.mask(row), float(self.common[row])) for row in rows)

    def _survivors(self, parks: np.ndarray, moves: float, cost: float) -> tuple[np.ndarray, np.ndarray, int]:
        """(labels, rows, number of all) of the columns that could be in an answer better than `cost`, best
        first; no more of them than HiGHS would be given."""
        least = np.array([value.min(initial=np.inf) for value in self.price(parks, moves)])
        room = self.allowed(cost) - self.bound(parks, moves, least)
        labels, kept, worth, count = [], [], [], 0
        for at, value in enumerate(self.price(parks, moves)):
            rows = (
                np.flatnonzero(value - least[at] <= room) if np.isfinite(least[at]) else np.zeros(0, np.intp)
            )
            count += len(rows)
            if len(rows) > STAGES[-1]:
                rows = rows[np.argpartition(value[rows], STAGES[-1])[: STAGES[-1]]]
            labels.append(np.full(len(rows), at))
            kept.append(rows)
            worth.append(value[rows] - least[at] if len(rows) else value[rows])
        order = np.argsort(np.concatenate(worth), kind="stable")[: STAGES[-1]]
        return np.concatenate(labels)[order], np.concatenate(kept)[order], count

    def _choose(self, chosen, best, cost: float):
        """The best choice of the chosen columns (and those of `best`) → (status, columns, exact cost,
        bound)."""
        columns = [
            (self.labels[a], self.pool.mask(int(r))) for a, r in zip(chosen[0], chosen[1], strict=True)
        ]
        have = set(columns)
        return self._settle(columns + [column for column in best or [] if column not in have], best, cost)

    def _settle(self, columns: list[tuple[int, int]], best, cost: float):
        lp = Master(self, columns, artificial=False)
        lp.strengthen(cost, self.until)
        found = lp.whole()
        if found is None and len(lp.columns) > STAGES[0] + self.core.size:
            # A better answer rules out more columns; those of least reduced cost often hold it.
            _, first, value, _ = self._settle(lp.cheapest(STAGES[0]), None, cost)
            if first and value < cost:
                best, cost = first, value
                lp.strengthen(cost, self.until)
                found = lp.whole()
        if found is not None:
            status, dual = highspy.HighsModelStatus.kOptimal, self.cost(found)
        else:
            status, found, dual = lp.integer(max(0.5, self.until - time.monotonic()), best)
        if found is None:
            return status, best, cost, dual
        if not self._whole(found):
            raise RuntimeError("HiGHS: not a partition")
        return status, found, self.cost(found), dual
