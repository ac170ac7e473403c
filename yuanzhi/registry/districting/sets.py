"""Every set of parks that could be a grid: in one piece and no heavier than the ceiling.

A grid of a community holds about five parks, so the sets can be listed (40,000 to a few million for 62
parks), each exactly once (Wernicke's ESU walk, breadth first, vectorised). With the list at hand, a partition
is a choice of sets, contiguity needs no constraint, and whatever is proved about the list is proved about the
community."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .core import Core

MANY = 6_000_000  # sets; beyond that memory and time are not what a page can wait for
WORD = 64


@dataclass(frozen=True)
class Sets:
    """`words[w, i]`: bits 64w … 64w+63 of set i."""

    words: np.ndarray
    size: int  # parks

    def __len__(self) -> int:
        return self.words.shape[1]

    def take(self, rows: np.ndarray) -> Sets:
        return Sets(np.ascontiguousarray(self.words[:, rows]), self.size)

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sum of a value per park over each set, by tables of sixteen parks."""
        result = np.zeros(len(self))
        for chunk in range(0, self.size, 16):
            part = values[chunk : chunk + 16]
            if np.any(part):
                table = np.zeros(1)
                for value in part:
                    table = np.concatenate([table, table + value])
                table = np.pad(table, (0, max(0, 65536 - len(table))))
                quarter = self.words[chunk // WORD].view("<u2")[chunk % WORD // 16 :: 4]
                result += table[quarter]
        return result

    def holds(self, mask: int) -> np.ndarray:
        """Which sets contain all parks of a mask?"""
        return np.logical_and.reduce(
            [(row & w) == w for row, w in zip(self.words, self._split(mask), strict=True)]
        )

    def meets(self, mask: int) -> np.ndarray:
        """Which sets contain any park of a mask?"""
        return np.logical_or.reduce(
            [(row & w) != 0 for row, w in zip(self.words, self._split(mask), strict=True)]
        )

    def mask(self, row: int) -> int:
        return sum(int(word) << (WORD * w) for w, word in enumerate(self.words[:, row]))

    def _split(self, mask: int) -> np.ndarray:
        return words_of(mask, self.words.shape[0])


def words_of(mask: int, count: int) -> np.ndarray:
    return np.array([mask >> (WORD * w) & (1 << WORD) - 1 for w in range(count)], dtype="<u8")


def connected_sets(core: Core, many: int = MANY) -> Sets | None:
    """All connected sets within the ceiling; None when there are more than `many` 64-bit words of them."""
    count = (core.size + WORD - 1) // WORD
    near = [words_of(mask, count)[:, None] for mask in core.near]
    upto = [words_of((2 << v) - 1, count)[:, None] for v in range(core.size)]
    one = [words_of(1 << v, count)[:, None] for v in range(core.size)]
    loads = np.array(core.loads)
    roots = [v for v in range(core.size) if loads[v] <= core.ceiling]
    if not roots:
        return Sets(np.zeros((count, 0), "<u8"), core.size)
    mask = np.hstack([one[v] for v in roots])
    seen = np.hstack([near[v] | upto[v] for v in roots])  # never to be offered again in this branch
    offer = np.hstack([near[v] & ~upto[v] for v in roots])
    load, found, total = loads[roots], [mask], mask.size
    while mask.size:
        parts = []
        for v in range(core.size):
            word, bit = divmod(v, WORD)
            fits = (offer[word] >> np.uint64(bit) & np.uint64(1)).astype(bool) & (
                load <= core.ceiling - loads[v]
            )
            rows = np.flatnonzero(fits)
            if rows.size:
                known = seen[:, rows]
                onward = (offer[:, rows] & ~upto[v]) | (near[v] & ~known)
                parts.append((mask[:, rows] | one[v], known | near[v], onward, load[rows] + loads[v]))
                total += rows.size * count
        if total > many:
            return None
        if not parts:
            break
        mask, seen, offer = (np.hstack([part[i] for part in parts]) for i in range(3))
        load = np.concatenate([part[3] for part in parts])
        found.append(mask)
    return Sets(np.ascontiguousarray(np.hstack(found)), core.size)
