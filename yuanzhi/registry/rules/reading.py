"""What was read from a text: a value, or why there is none. Shared by the readers of this folder."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

BLANKS = frozenset(
    ("", "-", "--", "—", "——", "/", "\\", "*", "n/a", "na", "none", "null", "nan")
    + ("无", "暂无", "没有", "未填", "未知", "不详", "空")
)
LONGEST_BLANK = 5  # shorter texts are worth comparing with BLANKS

_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060\ufeff\u00ad]")


class Reading(NamedTuple):
    """value: what was understood or None. problem: why it can't be taken. doubt: taken, but look again.

    private: the text itself must not be shown, stored or logged (it looks like a person's ID number).
    """

    value: Any = None
    problem: str = ""
    doubt: str = ""
    private: bool = False


def plain(text: str) -> str:
    """Half width, without invisible signs, trimmed."""
    if text.isascii():
        return text.strip()
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def is_blank(text: str) -> bool:
    """Whether a text says that there is nothing to say."""
    return text.strip().casefold() in BLANKS


def quoted(text: str, most: int = 40) -> str:
    """A text as shown inside a sentence."""
    return f"「{text[:most]}{'…' if len(text) > most else ''}」"
