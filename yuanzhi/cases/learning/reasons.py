"""The words of a text that spoke for a label most: runs of signs all of whose pairs spoke for it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from .grams import SHIFT, plain

LONGEST_WORD = 4
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
    """The most telling word of each chain whose every pair speaks for the label; chains are cut at ties."""
    if run.isascii():
        score = sum(said.get((ord(a) << SHIFT) | ord(b), 0.0) for a, b in zip(run, run[1:], strict=False))
        return [(run, score)] if score > 0 else []
    speaks = [_pair(run, end, said) for end in range(1, len(run))]
    found, start = [], 0
    for end in range(len(run)):
        if end == len(run) - 1 or speaks[end] <= 0:
            if end > start:
                found.append(_best_word(run[start : end + 1], speaks[start:end], said))
            start = end + 1
    return found


def _best_word(chain: str, speaks: list[float], said: Mapping[int, float]) -> tuple[str, float]:
    """The part of a chain, two to four signs, that says most for its length: its edges often belong to the
    words beside it."""
    best = ("", 0.0, 0.0)
    for start in range(len(speaks)):
        for end in range(start + 1, min(start + LONGEST_WORD, len(speaks) + 1)):
            total = sum(speaks[start:end])
            dense = total / (end - start) ** 0.8
            if dense > best[1]:
                word = chain[start : end + 1]
                best = (word, dense, total + sum(said.get(ord(sign), 0.0) for sign in word))
    return best[0], best[2]


def _pair(run: str, end: int, said: Mapping[int, float]) -> float:
    first, second = run[end - 1], run[end]
    if first in _TIES or second in _TIES:
        return 0.0
    return said.get((ord(first) << SHIFT) | ord(second), 0.0)
