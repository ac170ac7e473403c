"""Single signs and pairs of signs as numbers: no vocabulary of words is needed, and none can be wrong.

A sign is its code point (below 2**21); a pair is first * 2**21 + second. So every pair has its own number, in
every process and version, and can be read back.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from ..routing import spelt

Codes = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]

SHIFT = 21
LONGEST = 2000  # signs of a text that are read; the rest of a very long one adds nothing but time
TITLE_COUNTS = 3  # a sign in the title counts as so many in the body
_NOISE = re.compile(r"\s+|\d+")


def plain(text: str) -> str:
    """As it is read: one spelling, no blanks; numbers say "a number" (amounts and phones teach nothing)."""
    return _NOISE.sub(lambda found: "0" if found.group()[0].isdigit() else "", spelt(text))[:LONGEST]


def codes(text: str) -> Codes:
    """The numbers of all signs and pairs of a text already plain, with repetitions."""
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    return np.concatenate([points, (points[:-1] << SHIFT) | points[1:]]) if len(points) else points


def spell(code: int) -> str:
    """The sign or pair behind a number."""
    first, second = int(code) >> SHIFT, int(code) & ((1 << SHIFT) - 1)
    return (chr(first) if first else "") + chr(second)


def counted(title: str, words: str) -> tuple[Codes, Weights]:
    """(numbers, ascending; how much each counts): 1 + log of how often, the title's thrice.

    A title that only repeats the beginning of the words, as the house makes it, is still a title.
    """
    head, body = codes(plain(title)), codes(plain(words))
    found, where = np.unique(np.concatenate([head, body]), return_inverse=True)
    often = np.bincount(where[: len(head)], minlength=len(found)) * TITLE_COUNTS
    often = often + np.bincount(where[len(head) :], minlength=len(found))
    return found, (1 + np.log(often)).astype(np.float32)
