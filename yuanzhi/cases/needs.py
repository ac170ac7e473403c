"""What somebody said, made ready to become a case. Pure: no clock, no database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.rules.phones import Phone, parse_phones

from .rules import title_of

LONGEST = 8000
_ANY_NUMBER = re.compile(r"(?<!\d)(?:1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}|0\d{2,3}[\s-]?\d{7,8})(?!\d)")


@dataclass(frozen=True)
class Need:
    """The words, cleaned; the title holds no phone number, the words not the one that is kept sealed."""

    words: str
    title: str
    channel: str
    speaker: str = ""
    phone: Phone | None = None
    is_confidential: bool = False


def need_of(
    *,
    words: str,
    title: str = "",
    channel: str = "desk",
    speaker: str = "",
    speaker_phone: str = "",
    is_confidential: bool = False,
) -> Need:
    """Raises Refused when nothing was said, too much, or the number is none."""
    said, headed = words.strip(), title.strip()
    if not said and not headed:
        raise Refused("企业说了什么还没写：原话最好，哪怕只记一句")
    if len(said) > LONGEST:
        raise Refused(f"原话最多 {LONGEST} 字，这里有 {len(said)} 字：请贴要紧的几段，其余的作为附件")
    phone = one_number(speaker_phone)
    if phone is not None:
        said = without(said, phone)
    # Titles go into the history, which can't forget: no number may stand in one.
    short = _ANY_NUMBER.sub("（电话）", headed or title_of(said))
    return Need(said, short[:80], channel, speaker.strip()[:40], phone, is_confidential)


def one_number(text: str) -> Phone | None:
    """The one number in a text; None when there is no text. Raises Refused."""
    if not text.strip():
        return None
    reading = parse_phones(text)
    if reading.problem or not reading.value:
        raise Refused(f"电话{reading.problem or '没看懂'}")
    if len(reading.value) > 1:
        raise Refused("这里只写一个电话：另一个请写在原话里")
    return reading.value[0]


def without(text: str, phone: Phone) -> str:
    """The text with this number masked, however it is spaced."""
    digits = phone.number.lstrip("+")
    spaced = r"[\s-]?".join(map(re.escape, digits))
    return re.sub(rf"(?<!\d){spaced}(?!\d)", phone.masked(), text)


def numbers_in(text: str) -> list[str]:
    """The phone numbers that stand in a text, in their order, each once."""
    return list(dict.fromkeys(re.sub(r"[\s-]", "", found) for found in _ANY_NUMBER.findall(text)))
