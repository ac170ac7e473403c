"""The small words of addresses: numbers in Hanzi, 幢 and 号楼, 座, 单元, floors and rooms."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from .numerals import hanzi_number

_HANZI = re.compile(r"[〇零一二三四五六七八九十百]+(?=幢|号|栋|座|单元|楼|层|室|#)")
_SPACE = re.compile(r"(?<=[0-9A-Z])\s+(?=[0-9A-Z])")
_TOWER = re.compile(r"第?([A-Z]?\d+[A-Z]?|[A-Z])(?:号楼|栋|#楼|#|号厂房|号幢|幢楼)")

_BUILDING = re.compile(
    r"([A-Z]?\d+[A-Z]?|[A-Z])(幢|座)|([东南西北主附辅前后中][楼幢座])|(?<![A-Z0-9])([A-Z])(?=\d{3,4}(?!\d)|楼)"
)
_ENTRANCE = re.compile(r"(\d+|[A-Z])单元")
_ROOM = re.compile(r"(?<![\d-])([A-Z]?-?\d{1,5}[A-Z]?(?:-[\dA-Z]{1,3})?)(?:[、,]\d+[A-Z]?)*(?:室|号房|号铺)")
_ROOM_AS_NUMBER = re.compile(r"(?<![\d-])(\d{3,5})号$")
_BARE_ROOM = re.compile(r"(?:^|[^\dA-Z-])(\d{3,4}(?:-\d{1,3})?|[A-Z]\d{3,4})(?:[、,/].*)?$")
_FLOOR = re.compile(r"(?:第)?(\d{1,3})(?:层|楼|F(?![A-Z0-9]))")
_BASEMENT = re.compile(r"地下(\d)?(?:层|楼|室)|负(\d)(?:层|楼)|B(\d)(?:层|楼)?(?![\d座幢])")


class Inside(NamedTuple):
    """Building (7幢, A幢), entrance 单元, room, floor (−1 the first below ground).

    guessed: the building is the letter of A1511, which may be part of the room instead.
    """

    building: str = ""
    entrance: str = ""
    room: str = ""
    floor: int | None = None
    guessed: bool = False


@lru_cache(maxsize=1024)
def _arabic(hanzi: str) -> str:
    if len(hanzi) > 1 and not set(hanzi) & set("十百"):
        return "".join(str("〇一二三四五六七八九".find(sign.replace("零", "〇"))) for sign in hanzi)
    number = hanzi_number(hanzi)
    return str(number) if number is not None else hanzi


def normal_address(text: str) -> str:
    """Half width, upper case, no spaces (a comma between numbers), Arabic numbers, 号楼 and 栋 as 幢."""
    text = unicodedata.normalize("NFKC", text).upper().strip()
    text = _SPACE.sub(",", text)
    if " " in text or "\n" in text or "\t" in text:
        text = "".join(text.split())
    for dash in "‐‑‒–—―−":
        if dash in text:
            text = text.replace(dash, "-")
    text = _HANZI.sub(lambda found: _arabic(found[0]), text)
    return _TOWER.sub(r"\1幢", text)


def normal_building(name: str) -> str:
    """The key of a building's name: 7号楼, 七栋 and 7# are 7幢; A楼 and A栋 are A幢; others stay."""
    text = normal_address(name)
    if re.fullmatch(r"[A-Z]?\d+[A-Z]?|[A-Z]", text):
        return f"{text}幢"
    if found := re.fullmatch(r"([A-Z])(座|楼)", text):
        return f"{found[1]}幢"
    if found := re.fullmatch(r"(\d+)(座|楼)", text):
        return f"{found[1]}幢"
    return text


def inside(text: str) -> Inside:
    """What a normal address says about the place within a park."""
    building, guessed = "", False
    if found := _BUILDING.search(text):
        building = found[3] or f"{found[1] or found[4]}幢"
        guessed = bool(found[4])
        text = text[found.end(4) :] if guessed else text[found.end() :]
    entrance = ""
    if found := _ENTRANCE.search(text):
        entrance = found[1]
        text = text[found.end() :]
    room = ""
    found = _ROOM.search(text) or _BARE_ROOM.search(text)
    if not found and building:
        found = _ROOM_AS_NUMBER.search(text)
    if found:
        room = found[1].lstrip("-")
    return Inside(building, entrance, room, _floor(text, room), guessed)


def _floor(text: str, room: str) -> int | None:
    if found := _BASEMENT.search(text):
        return -int(found[1] or found[2] or found[3] or 1)
    if found := _FLOOR.search(text):
        return int(found[1]) or None
    digits = re.match(r"[A-Z]?-?(\d{3,5})", room)
    return int(digits[1][:-2]) or None if digits else None
