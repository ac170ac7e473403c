"""Before there is anything to learn from: the catalogue's own words. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ..routing import spelt, words_of

_NAME_JOINTS = "与和及、"


@dataclass(frozen=True)
class Entry:
    """What the catalogue says of one label: its name, how people call it, and its guide."""

    label: str
    name: str
    words: str = ""
    guide: str = ""


@dataclass(frozen=True)
class Found:
    """An entry that the words speak of, how strongly, and which words."""

    label: str
    score: float
    because: tuple[str, ...]


def by_catalogue(entries: Sequence[Entry], text: str, count: int = 3) -> list[Found]:
    """The entries of which a text speaks, the best first.

    A whole name or a word by which people call it counts most; a pair of signs that stands in few names,
    some; one from a guide, little. What many entries share says little for any.
    """
    plain = spelt(text)
    terms = {entry.label: _terms(entry) for entry in entries}
    shared = Counter(term for found in terms.values() for term in found)
    scored = []
    for entry in entries:
        said = {t: w / math.sqrt(shared[t]) for t, w in terms[entry.label].items() if t in plain}
        if said:
            best = sorted(said, key=lambda term: (-said[term], plain.index(term), -len(term)))
            because = [t for i, t in enumerate(best) if not any(t in other for other in best[:i])]
            score = sum(said[term] for term in because)
            scored.append(Found(entry.label, score, tuple(because[:3])))
    return sorted(scored, key=lambda found: -found.score)[:count]


def _terms(entry: Entry) -> dict[str, float]:
    terms: dict[str, float] = {}
    name = spelt(entry.name)
    for joint in _NAME_JOINTS:
        name = name.replace(joint, " ")
    for pair in _pairs(spelt(entry.guide)):
        terms[pair] = 0.15
    for part in name.split():
        for pair in _pairs(part):
            terms[pair] = 0.8
        if len(part) >= 2:
            terms[part] = 2.0
    for word in words_of(spelt(entry.words)):
        terms[word] = 2.0
    return terms


def _pairs(text: str) -> list[str]:
    return [a + b for a, b in zip(text, text[1:], strict=False) if _is_hanzi(a) and _is_hanzi(b)]


def _is_hanzi(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff"
