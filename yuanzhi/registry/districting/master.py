"""The linear (and integer) programme of exact.py over some columns, in HiGHS."""

from __future__ import annotations

import time
from itertools import combinations
from typing import TYPE_CHECKING

import highspy
import numpy as np

from .core import NOWHERE, bits

if TYPE_CHECKING:
    from .exact import Exact

ROUNDS = 40  # of cuts
CUTS = 60  # a round


class Master:
    """The linear (or integer) programme over some columns. HiGHS is asked for its status each time: after a
    fork or a change of threads elsewhere it can come back empty-handed without an error."""

    def __init__(self, exact: Exact, columns: list[tuple[int, int]], artificial: bool = True):
        self.exact, self.core = exact, exact.core
        self.highs = highspy.Highs()
        self.highs.silent()
        self.highs.setOptionValue("random_seed", 1)
        self.columns: list[tuple[int, int]] = []
        self.known: set[tuple[int, int]] = set()
        self._rows()
        self.artificial = 0
        if artificial:
            self._crutches()
        if artificial:
            for label, mask in columns:
                self.add(label, mask, exact.spread(mask))
        else:
            self._bulk(columns)

    def _rows(self) -> None:
        core, free = self.core, self.exact.free
        low = [1.0] * core.size
        high = [1.0] * core.size
        if not free:
            low += [1.0 if core.wanted == core.grids else 0.0] * core.grids
            high += [1.0] * core.grids
        low, high = [*low, float(core.wanted)], [*high, float(core.wanted)]
        if core.max_parks is not None:
            low, high = [*low, -highspy.kHighsInf], [*high, float(core.max_parks)]
        none = np.array([], np.int32)
        self.highs.addRows(len(low), np.array(low), np.array(high), 0, none, none, np.array([]))
        self.total = core.size + (0 if free else core.grids)

    def _crutches(self) -> None:
        """Dear columns that make the programme feasible while columns are missing."""
        for row in range(self.total + 1):
            for sign in (1.0, -1.0):
                self.highs.addCol(2000.0, 0.0, highspy.kHighsInf, 1, np.array([row]), np.array([sign]))
                self.artificial += 1

    def _entry(self, label: int, mask: int, common: float) -> tuple[float, list[int], list[float]]:
        core, index = self.core, list(bits(mask))
        toll = sum(self.exact.tolls[p] for p in index if core.today[p] != label)
        moved = sum(core.today[p] not in (NOWHERE, label) for p in index)
        if label != NOWHERE:
            index.append(core.size + label)
        index.append(self.total)
        value = [1.0] * len(index)
        if core.max_parks is not None and moved:
            index.append(self.total + 1)
            value.append(float(moved))
        return (common + toll) / self.exact.unit, index, value

    def add(self, label: int, mask: int, common: float) -> int:
        if (label, mask) in self.known:
            return 0
        self.known.add((label, mask))
        self.columns.append((label, mask))
        cost, index, value = self._entry(label, mask, common)
        self.highs.addCol(
            cost, 0.0, highspy.kHighsInf, len(index), np.array(index, np.int32), np.array(value)
        )
        return 1

    def _bulk(self, columns: list[tuple[int, int]]) -> None:
        entries = [self._entry(label, mask, self.exact.spread(mask)) for label, mask in columns]
        starts = np.cumsum([0] + [len(index) for _, index, _ in entries])
        index = np.concatenate([index for _, index, _ in entries]).astype(np.int32)
        value = np.concatenate([value for _, _, value in entries])
        cost, count = np.array([cost for cost, _, _ in entries]), len(columns)
        self.highs.addCols(
            count,
            cost,
            np.zeros(count),
            np.ones(count),
            len(index),
            starts[:-1].astype(np.int32),
            index,
            value,
        )
        self.columns = list(columns)

    def solve(self) -> tuple[float, np.ndarray, np.ndarray, float]:
        """(value, prices of parks, prices of labels incl. the price of one more grid, price of one more
        move)."""
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"HiGHS: {self.highs.modelStatusToString(self.highs.getModelStatus())}")
        dual = np.array(self.highs.getSolution().row_dual) * self.exact.unit
        size, total = self.core.size, self.total
        labels = dual[size:total] + dual[total] if not self.exact.free else dual[total : total + 1]
        moves = min(0.0, float(dual[total + 1])) if self.core.max_parks is not None else 0.0
        return self.highs.getInfo().objective_function_value * self.exact.unit, dual[:size], labels, moves

    def strengthen(self, cost: float, until: float) -> None:
        """Cuts on triples of rows, until the programme is whole or too dear; columns that can't beat `cost`
        go.

        Of the columns that serve two or more of three rows (parks or labels), any two collide, so one at most
        is chosen (subset-row cuts, Jepsen et al. 2008). With all columns listed they cost nothing, and where
        grids are packed tightly they close nearly the whole gap."""
        count = self.core.size + (0 if self.exact.free else self.core.grids)
        triples = np.array(list(combinations(range(count), 3)), np.int32).reshape(-1, 3)
        rows = np.zeros((len(self.columns), count), bool)
        for i, (label, mask) in enumerate(self.columns):
            rows[i, list(bits(mask))] = True
            if not self.exact.free:
                rows[i, self.core.size + label] = True
        for _ in range(ROUNDS):
            self.highs.run()
            if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal or time.monotonic() > until:
                return
            x, keep = self._shrink(cost)
            rows, x = rows[keep], x[keep]
            if not self._cut(rows, x, triples):
                break
        self.highs.run()  # columns may have gone, or rows come

    def whole(self) -> list[tuple[int, int]] | None:
        """The columns of the last solution if it is a whole one: then no integer programme is needed."""
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        x = np.array(self.highs.getSolution().col_value)
        if ((x > 1e-6) & (x < 1 - 1e-6)).any():
            return None
        return [self.columns[at] for at in np.flatnonzero(x > 0.5)]

    def cheapest(self, count: int) -> list[tuple[int, int]]:
        """The columns of least reduced cost, those in use first."""
        order = np.argsort(np.array(self.highs.getSolution().col_dual), kind="stable")[:count]
        return [self.columns[at] for at in order]

    def _shrink(self, cost: float) -> tuple[np.ndarray, np.ndarray]:
        """Drop the columns whose reduced cost rules them out → (values before, columns kept)."""
        solution = self.highs.getSolution()
        x, excess = np.array(solution.col_value), np.maximum(0.0, np.array(solution.col_dual))
        low = self.highs.getInfo().objective_function_value
        keep = low + excess <= cost / self.exact.unit * (1 + 1e-7) + 1e-6
        gone = np.flatnonzero(~keep).astype(np.int32)
        if keep.any() and len(gone) > len(x) // 20:
            self.highs.deleteCols(len(gone), gone)
            self.columns = [column for column, stays in zip(self.columns, keep, strict=True) if stays]
            return x, np.flatnonzero(keep)
        return x, np.arange(len(x))

    def _cut(self, rows: np.ndarray, x: np.ndarray, triples: np.ndarray) -> int:
        used = np.flatnonzero(x > 1e-6)
        if (x[used] > 1 - 1e-6).all():
            return 0
        part = rows[used].astype(np.int8)
        excess = x[used] @ (sum(part[:, triples[:, i]] for i in range(3)) >= 2) - 1
        worst = np.argsort(-excess, kind="stable")[:CUTS]
        worst = worst[excess[worst] > 0.02]
        for at in worst:
            index = np.flatnonzero(rows[:, triples[at]].sum(1) >= 2).astype(np.int32)
            self.highs.addRow(-highspy.kHighsInf, 1.0, len(index), index, np.ones(len(index)))
        return len(worst)

    def integer(self, seconds: float, first: list[tuple[int, int]] | None):
        """(status, chosen columns or None, dual bound)."""
        highs, count = self.highs, len(self.columns)
        kind = np.full(count, highspy.HighsVarType.kInteger)
        highs.changeColsIntegrality(count, np.arange(count, dtype=np.int32), kind)
        highs.setOptionValue("time_limit", seconds)
        highs.setOptionValue("mip_rel_gap", 0.0)
        highs.setOptionValue("mip_abs_gap", 0.4 / self.exact.unit if self.exact.charged else 1e-7)
        if first:
            solution, inside = highspy.HighsSolution(), set(first)
            solution.col_value = [1.0 if column in inside else 0.0 for column in self.columns]
            highs.setSolution(solution)
        highs.run()
        status, info = highs.getModelStatus(), highs.getInfo()
        found = None
        if info.primal_solution_status == 2:
            values = highs.getSolution().col_value
            found = [column for column, value in zip(self.columns, values, strict=True) if value > 0.5]
        return status, found, info.mip_dual_bound * self.exact.unit
