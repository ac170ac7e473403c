"""What comes of learning: what was learned, from how many cases, and how well it tells unseen ones."""

from __future__ import annotations

from dataclasses import dataclass

from .learned import Learned


@dataclass(frozen=True)
class Sample:
    """A closed case: what was said, and what it turned out to be."""

    title: str
    words: str
    label: str


@dataclass(frozen=True)
class Lesson:
    """`score`: macro-F1 over five folds, on cases that were not learned from."""

    learned: Learned
    cases: int
    score: float
