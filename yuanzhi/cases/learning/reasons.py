"""The words of a text that spoke for a label most: runs of signs all of whose pairs spoke for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .grams import SHIFT, plain

LONGEST_WORD = 5
# Signs that tie a sentence together: no reason begins or ends with one, or spans one.
_TIES = frozenset(
    "的了是在我们你您他她它这那哪有没不也都就还和与及或把被让给对向从到为以于之其而但因所如若则又再已"
    "很太更最请问吗呢吧啊呀哦么什怎谁几个些点次年月日号时上下里外前后中一二三四五六七八九十两多少某各每并且"
)
_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z]{2,}")


def telling_words(title: str, words: str, said: Mapping[int, float], count: int) -> list[str]:
    """At most `count` words of the text, the most telling first. `said`: gram → what it says for it."""
    best: dict[str, float] = {}
    for text in (plain(title), plain(words)):
        for run in _RUN.findall(text):
            for word, score in _chains(run, said):
                best[word] = max(best.get(word, 0.0), score)
    chosen: list[str] = []
    for word in sorted(best, key=lambda w: (-best[w], w)):
        if len(chosen) == count:
            break
        if not any(word in other or other in word for other in chosen):
            chosen.append(word)
    return chosen


def _chains(run: str, said: Mapping[int, float]) -> list[tuple[str, float]]:
    """The longest chains of a run whose every pair speaks for the label, cut at ties and at five signs."""
    if run.isascii():
        score = sum(said.get((ord(a) << SHIFT) | ord(b), 0.0) for a, b in zip(run, run[1:], strict=False))
        return [(run, score)] if score > 0 else []
    found, start, total = [], 0, 0.0
    for end in range(1, len(run) + 1):
        here = _pair(run, end, said) if end < len(run) else 0.0
        if here > 0 and end - start < LONGEST_WORD:
            total += here
            continue
        if end - start >= 2 and total > 0:
            found.append((run[start:end], total + sum(said.get(ord(s), 0.0) for s in run[start:end])))
        start, total = end, 0.0
    return found


def _pair(run: str, end: int, said: Mapping[int, float]) -> float:
    first, second = run[end - 1], run[end]
    if first in _TIES or second in _TIES:
        return 0.0
    return said.get((ord(first) << SHIFT) | ord(second), 0.0)
