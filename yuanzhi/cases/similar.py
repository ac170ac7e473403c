"""Cases that say the same: which few pairs of signs stand for a text, and how alike two texts are. Pure.

Every text is known by a dozen of its pairs, chosen by their number's hash: two texts that share most of their
pairs share some of the chosen ones, whatever else they say (min-hash). Pairs that everybody uses are chosen
last, those of the title and of letters and figures first.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from .routing import spelt

CHOSEN = 12  # pairs by which a case is found
ASKED = 24  # pairs with which one looks for others: more than what is kept, so that little is missed
LONGEST = 3000
DUPLICATE = (
    0.5  # from this likeness on two cases of the same place or enterprise are shown as likely the same
)
ALIKE = 0.12  # and from this on, a solved one is worth a look

_PIECE = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")
# Signs that tie sentences together, and pairs that stand in every need: they tell nothing apart.
_TIES = frozenset(
    "的了是在我们你您他她它这那哪有没不也都就还和与及或把被让给对向从到为以于之其而但因所如若则又再已很太吗呢吧啊"
)
_USUAL = frozenset(
    [
        "请问",
        "咨询",
        "公司",
        "企业",
        "园区",
        "社区",
        "问题",
        "解决",
        "希望",
        "能否",
        "可以",
        "谢谢",
        "你好",
        "尊敬",
        "领导",
        "政府",
        "部门",
        "相关",
        "有关",
        "反映",
        "情况",
        "目前",
        "现在",
        "今年",
        "去年",
        "帮忙",
        "处理",
        "回复",
        "关于",
        "办理",
        "需要",
        "应该",
        "时候",
        "时间",
        "已经",
        "一直",
        "多次",
        "严重",
        "影响",
    ]
)


@dataclass(frozen=True)
class Marks:
    """A text ready to be compared: its telling pairs, each with its weight."""

    weights: dict[str, float]
    total: float

    @property
    def is_empty(self) -> bool:
        return not self.weights


def pairs(text: str) -> list[str]:
    """Pairs of neighbouring Hanzi and whole words of letters or figures, in order, with repetitions."""
    found: list[str] = []
    for piece in _PIECE.findall(spelt(text)[:LONGEST]):
        if piece[0] < "\u4e00":
            found.append(piece)
        elif len(piece) > 1:
            found += [a + b for a, b in zip(piece, piece[1:], strict=False)]
    return found


def weight(pair: str) -> float:
    """How much a pair tells: little where a sign only ties or everybody says it, more for letters."""
    if pair[0] < "\u4e00":
        return 1.5 if len(pair) > 1 else 0.2
    if pair in _USUAL:
        return 0.15
    ties = sum(sign in _TIES for sign in pair)
    return (1.0, 0.3, 0.05)[ties]


def marks_of(title: str, words: str) -> Marks:
    """A text's pairs with their weights, each counted once."""
    weights = {pair: weight(pair) for pair in pairs(f"{title}\n{words}")}
    return Marks(weights, sum(weights.values()))


def sign_of(pair: str) -> int:
    """A pair as the database keeps it: 31 bits."""
    return zlib.crc32(pair.encode()) & 0x7FFFFFFF


def signs_of(title: str, words: str, count: int = CHOSEN) -> list[int]:
    """The pairs by which a text is found, the most telling first; fewer for a short one."""
    headed = set(pairs(title))
    said = set(pairs(f"{title}\n{words}"))
    best = sorted(said, key=lambda pair: (_draw(pair, pair in headed), pair))
    return list(dict.fromkeys(sign_of(pair) for pair in best))[:count]


def _draw(pair: str, headed: bool) -> float:
    """A pair's lot: the same in every text, the smaller the heavier. The smallest are chosen."""
    chance = (zlib.crc32(b"lot" + pair.encode()) + 1) / (2**32 + 1)
    return -log(chance) / (weight(pair) * (2.0 if headed else 1.0))


def likeness(one: Marks, other: Marks) -> float:
    """How alike two texts are, 0 to 1: the shared weight against the mean of both and against the shorter.

    The second lets a short message find the long one that says the same and more; it needs some length to
    count, or any two words would.
    """
    if one.is_empty or other.is_empty:
        return 0.0
    short, long = sorted((one, other), key=lambda marks: len(marks.weights))
    shared = sum(value for pair, value in short.weights.items() if pair in long.weights)
    both = 2 * shared / (one.total + other.total)
    inside = shared / short.total * min(1.0, short.total / 16)
    return max(both, 0.5 * both + 0.5 * inside)


def closest(
    mine: Marks, others: Iterable[tuple[int, Marks]], *, least: float, limit: int
) -> list[tuple[int, float]]:
    """(id, likeness) of the most alike, from `least` on."""
    scored = [(pk, likeness(mine, marks)) for pk, marks in others]
    kept = [row for row in scored if row[1] >= least]
    return sorted(kept, key=lambda row: (-row[1], -row[0]))[:limit]
