"""Does this name answer what was typed, and how well? Pure.

The index only proposes; a candidate is shown if what was typed really stands in a name, in this order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from .names import Name, as_brand, parse
from .pinyin import LONGEST, SYLLABLES, is_hanzi, readings
from .tokens import CODE_GRAM, name_readings


class Why(IntEnum):
    """What a hit was found by, the better the smaller. The label is shown beside the hit."""

    BRAND = 0
    BRAND_START = 1
    BRAND_INITIALS = 2
    START_INITIALS = 3
    NAME_START = 4
    NAME = 5
    CODE = 6
    FORMER_NAME = 7
    PARK = 8
    SAME_SOUND = 9
    TYPO = 10

    @property
    def label(self) -> str:
        """A word or two in Chinese; empty where the name itself shows it."""
        return _LABELS.get(self, "")


_LABELS = {
    Why.CODE: "信用代码",
    Why.FORMER_NAME: "曾用名",
    Why.PARK: "所在园区",
    Why.SAME_SOUND: "同音字",
    Why.TYPO: "拼音相近",
}


@dataclass(frozen=True, slots=True)
class Hold:
    """Where a query was found in a name: characters [begin, end), and how many Hanzi only by their sound."""

    begin: int
    end: int
    slips: int
    initials: bool
    broken: bool  # the last syllable isn't typed to its end


def holds(typed: str, text: str, sounds: Sequence[tuple[str, ...]], at: int, slips: int) -> Hold | None:
    """Match `typed` from character `at` on; letters stand for syllables or initials. None where it fails."""
    dead: set[tuple[int, int, int]] = set()

    def walk(
        position: int, place: int, left: int, short: int, letters: int, broken: bool = False
    ) -> Hold | None:
        if position == len(typed):
            return Hold(at, place, slips - left, short == letters > 0, broken)
        if place == len(text) or (position, place, left) in dead:
            return None
        sign = typed[position]
        if sign == text[place]:
            found = walk(position + 1, place + 1, left, short, letters)
            if found:
                return found
        elif is_hanzi(sign):
            if left and set(readings(sign)) & set(sounds[place]):
                found = walk(position + 1, place + 1, left - 1, short, letters)
                if found:
                    return found
        else:
            for size, brief, open_ in _steps(typed, position, sounds[place]):
                found = walk(position + size, place + 1, left, short + brief, letters + 1, open_)
                if found:
                    return found
        dead.add((position, place, left))
        return None

    return walk(0, at, slips, 0, 0)


def _steps(typed: str, position: int, options: tuple[str, ...]) -> list[tuple[int, bool, bool]]:
    """How many letters one character may take up; only as its initial? as an unfinished syllable?"""
    steps = []
    rest = typed[position : position + LONGEST + 1]
    for sound in options:
        if rest.startswith(sound):
            steps.append((len(sound), False, False))
    for sound in options:
        if sound not in SYLLABLES:
            continue
        if 1 < len(rest) < len(sound) and sound.startswith(rest):
            steps.append((len(rest), False, True))
        if rest[0] == sound[0] and len(sound) > 1:
            steps.append((1, True, False))
        if sound[1:2] == "h" and rest.startswith(sound[:2]):
            steps.append((2, True, False))
    return list(dict.fromkeys(steps))


def grade(typed: str, names: Sequence[Name], slips: int = 0) -> Why | None:
    """How well a name answers a normalised term, or None; `slips` wrong Hanzi of the same sound may pass."""
    best: Why | None = None
    for name in names:
        sounds = name_readings(name)
        for at in range(len(name.text)):
            if not _may_begin(typed[0], name.text[at], sounds[at], slips):
                continue
            found = holds(typed, name.text, sounds, at, slips)
            if found:
                why = _why(name, found)
                best = why if best is None else min(best, why)
                if best == Why.BRAND:
                    return best
    return best


def _may_begin(sign: str, char: str, options: tuple[str, ...], slips: int) -> bool:
    """A quick look that saves most of the matching."""
    if sign == char:
        return True
    if is_hanzi(sign):
        return slips > 0
    return any(sound[0] == sign for sound in options)


def answer(typed: str, names: Sequence[str], slips: int = 0) -> Why | None:
    """The same for all that is known of an enterprise: [name, short name, code, former names …]."""
    name, short, code, *former = names
    found = [grade(typed, parse(name), slips)]
    if found[0] == Why.BRAND:
        return Why.BRAND
    if short:
        found.append(grade(typed, (as_brand(short),), slips))
    if typed.isascii() and len(typed) >= CODE_GRAM and typed in code.lower():
        found.append(Why.CODE)
    if any(grade(typed, parse(old), slips) is not None for old in former):
        found.append(Why.FORMER_NAME)
    return min((why for why in found if why is not None), default=None)


def _why(name: Name, found: Hold) -> Why:
    if found.slips:
        return Why.SAME_SOUND
    if name.starts and found.begin == name.starts[0]:
        if found.end == name.brand_end and not found.broken:
            return Why.BRAND_INITIALS if found.initials else Why.BRAND
        return Why.START_INITIALS if found.initials else Why.BRAND_START
    if found.begin in name.starts or found.begin == 0:
        return Why.NAME_START
    return Why.NAME
