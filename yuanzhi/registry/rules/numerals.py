"""Numbers in Hanzi: 伍佰万, 一千二百, 一亿三千万, 二〇一九."""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = {
    **dict(zip("〇一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    **dict(zip("○Ｏ０両两貳弍參陸兩", (0, 0, 0, 2, 2, 2, 2, 3, 6, 2), strict=True)),
}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GREAT = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
SIGNS = "".join([*DIGITS, *_TENS, *_GREAT])
_ALL = re.compile(f"[{SIGNS}]+")
# 三万八 means 38,000 to whoever says it and 30,008 to whoever adds it up: nobody should have to guess.
_BROKEN_OFF = re.compile(f"[{''.join([*list(_TENS)[2:], *_GREAT])}][{''.join(DIGITS)}]$")


def hanzi_number(text: str) -> Decimal | None:
    """The value of a number written in Hanzi with its units (二百零五 → 205), None for anything else.

    三万八 is None too: it may be 38,000 or 30,008.
    """
    if not text or not _ALL.fullmatch(text) or text[0] in _GREAT or _BROKEN_OFF.search(text):
        return None
    total = section = digit = 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in _TENS:
            section += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            unit = _GREAT[sign]
            section += digit
            # 一万亿 multiplies what stands before it, 一亿三千万 adds to it.
            total = (total + section) * unit if total and total < unit else total + (section or 1) * unit
            section = digit = 0
    return Decimal(total + section + digit)


def hanzi_digits(text: str) -> str:
    """Digit by digit: 二〇一九 → "2019"; "" when a sign is no digit."""
    return (
        "".join(str(DIGITS[sign]) for sign in text) if text and all(sign in DIGITS for sign in text) else ""
    )
