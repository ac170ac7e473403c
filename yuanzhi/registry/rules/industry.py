"""Industries: sections (A–T) and divisions (01–97) of GB/T 4754-2017 as data, and reading a cell."""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from .reading import Reading, is_blank, plain, quoted

DATA = Path(__file__).resolve().parent.parent / "data" / "industry_gbt4754_2017.csv"


class Division(NamedTuple):
    """code: two digits; section: one letter."""

    code: str
    name: str
    section: str
    section_name: str


@lru_cache(maxsize=1)
def divisions() -> dict[str, Division]:
    """The 97 divisions by code."""
    with DATA.open(encoding="utf-8") as file:
        return {row["code"]: Division(**row) for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def sections() -> dict[str, str]:
    """The 20 sections: letter → name."""
    return {item.section: item.section_name for item in divisions().values()}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Division]:
    return {_bare(item.name): item for item in divisions().values()}


def _bare(name: str) -> str:
    return re.sub(r"[、,和及\s]|业$", "", name)


@lru_cache(maxsize=4096)
def parse_division(value: str) -> Reading:
    """Reading of a Division from 65, I65, I6513, "软件和信息技术服务业"; a section alone is no division.

    A blank gives neither value nor problem.
    """
    text = plain(value)
    if is_blank(text):
        return Reading()
    if found := re.match(r"([A-T])?\s*[-_]?\s*(\d{1,4})(?!\d)", text, re.IGNORECASE):
        digits = found[2] if len(found[2]) > 1 else f"0{found[2]}"
        division = divisions().get(digits[:2])
        if division is None:
            return Reading(
                problem=f"{quoted(value)}：国民经济行业分类里没有大类 {digits[:2]}（应是 01–97）。"
            )
        if found[1] and found[1].upper() != division.section:
            right = f"{division.section}{division.code} {division.name}"
            return Reading(
                problem=f"{quoted(value)}：大类 {division.code} 属于 {right}，与门类字母不符。请核对。"
            )
        return Reading(division)
    bare = _bare(re.sub(r"^[A-T](?=[\u4e00-\u9fff])", "", text))
    if division := _by_name().get(bare):
        return Reading(division)
    for letter, name in sections().items():
        if bare in (_bare(name), letter):
            return Reading(problem=f"{quoted(value)}是门类，请填到大类，如「I65 软件和信息技术服务业」。")
    return Reading(
        problem=f"{quoted(value)}不在国民经济行业分类（GB/T 4754-2017）的大类里。请从模板的列表里选。"
    )
