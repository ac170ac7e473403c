"""From figures to classes, words and a finding. Pure.

Four classes at most, cut where about four, seven and nine tenths of the parks lie below, at round numbers:
most parks stay quiet, and the few that stand out are seen at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CUTS = (0.4, 0.7, 0.9)
STEPS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Classes:
    """`starts`: the first value of each class from the second on, ascending; `unit` as in "8 件起"."""

    starts: tuple[int, ...]
    unit: str

    def step(self, value: float) -> int:
        """The class of a value, 0 … 3. With few classes the upper colours are left out."""
        return sum(value >= start for start in self.starts)

    @property
    def words(self) -> list[str]:
        """One for each class: "0–1", "2–4", "8 件起"."""
        edges = [0, *self.starts]
        words = [
            str(low) if high - low == 1 else f"{low}–{high - 1}"
            for low, high in zip(edges, edges[1:], strict=False)
        ]
        return [*words, f"{edges[-1]} {self.unit}起" if self.starts else f"都是 0 {self.unit}"]


def classes_of(values: Iterable[float], unit: str) -> Classes:
    """Classes for whole, non-negative figures."""
    ordered = sorted(values)
    if not ordered or ordered[-1] < 1:
        return Classes((), unit)
    starts: list[int] = []
    for cut in CUTS:
        value = ordered[min(len(ordered) - 1, math.floor(cut * len(ordered)))]
        start = _round(value) if _round(value) <= ordered[-1] else math.floor(value)
        start = max(start, (starts[-1] if starts else 0) + 1)
        if start <= ordered[-1]:
            starts.append(start)
    return Classes(tuple(starts), unit)


def _round(value: float) -> int:
    """To a number people say: 37 → 40, 141 → 140, 1,260 → 1,300."""
    if value < 10:
        return max(1, round(value))
    grain = 10 ** (math.floor(math.log10(value)) - 1)
    grain *= 5 if grain * 10 > value / 2 else 1  # 10 … 20 by five tenths would be too fine a word
    return max(1, round(value / grain) * grain)


@dataclass(frozen=True)
class Ranked:
    """A park in the list beside the map. `step` is its class."""

    pk: int
    name: str
    value: int
    step: int


def rank(names: Mapping[int, str], values: Mapping[int, float], classes: Classes) -> list[Ranked]:
    """All parks, the highest figure first; among equals in the order of `names`."""
    rows = [
        Ranked(pk, name, round(values.get(pk, 0)), classes.step(round(values.get(pk, 0))))
        for pk, name in names.items()
    ]
    return sorted(rows, key=lambda row: -row.value)


def concentration(rows: list[Ranked]) -> tuple[int, int, int]:
    """(fewest parks that hold at least half of all, how much they hold, all). (0, 0, 0) when there is
    nothing."""
    total, held = sum(row.value for row in rows), 0
    for count, row in enumerate(rows, 1):
        held += row.value
        if total and held * 2 >= total:
            return count, held, total
    return 0, 0, 0
