"""The parts of an enterprise's name: region + brand 字号 + trade + organisation form. Pure.

Source of the order: 企业名称登记管理规定 (2020) article 6. Regions come from python-stdnum's table of
administrative divisions (historical names included), so that 余杭县, 余杭市 and 余杭区 are all known.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from . import words
from .pinyin import is_hanzi

TRADES = frozenset(words.TRADES.split())
FORMS = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|股份公司|集团公司|总公司|专业合作社|经济合作社|合作社|有限合伙|普通合伙|"
    r"特殊普通合伙|合伙企业|个人独资企业|事务所|公司)"
)
_WHOLE = {"中国", "中华", "全国", "国家"}  # not regions: part of the brand, 中国移动
# Short names of counties that are at least as often a brand; with 县/市 behind they are regions all the same.
_BRANDLIKE = {
    "东方",
    "和平",
    "平安",
    "大同",
    "新华",
    "长城",
    "永康",
    "光明",
    "长乐",
    "兴业",
    "金山",
    "宝山",
    "华安",
}
_ZONES = ("经济技术开发区", "高新技术产业开发区", "高新技术开发区", "经济开发区", "高新区", "开发区")
_SUFFIX = re.compile(
    r"(?:(?:..?族)+自治州|(?:..?族)+自治县|自治县|自治州|特别行政区|.{2,3}族自治区|自治区|地区|林区|省|市|县|区|盟|旗)$"
)
_TOWN = re.compile(r"[\u4e00-\u9fff]{2,3}?(?:街道|镇|乡)(?=..)")
_BRACKETED = re.compile(r"[(（\[【〔]([^)）\]】〕]*)[)）\]】〕]")


class Regions(NamedTuple):
    """Names of divisions with their codes: {"杭州": "3301", "浙江省": "33"}, {"余杭": {"330110"}}."""

    top: dict[str, str]  # provinces and cities, long and short
    full: frozenset[str]  # counties and districts with 县, 市, 区 …
    short: dict[str, set[str]]  # and without; these count only behind the city or province they belong to
    sizes: tuple[dict[str, tuple[int, ...]], ...]  # of each of these


@cache
def regions() -> Regions:
    """Read python-stdnum's table once; short names are the long ones without 省, 市, 区 …"""
    top: dict[str, str] = {}
    full: set[str] = set()
    short: dict[str, set[str]] = {}
    table = files("stdnum").joinpath("cn/loc.dat").read_text(encoding="utf-8")
    province = ""
    for code, kind, value in re.findall(r'^\s*(\d+) (province|county)="([^"]*)"', table, re.MULTILINE):
        province = code if kind == "province" else province
        whole = (code if kind == "province" else province + code).removesuffix("00").removesuffix("00")
        name = re.sub(r"^\[[^\]]*\]", "", value.split(",")[0]).strip()
        if not all(map(is_hanzi, name)) or len(name) < 3 or name in {"市辖区", "省直辖县级行政单位"}:
            continue
        brief = _SUFFIX.sub("", name)
        for form in {name, brief, name[:2] if name.endswith("自治区") else name}:
            if len(form) < 2:
                continue
            if len(whole) < 6:
                top.setdefault(form, whole)
            elif form == name:
                full.add(form)
            elif form not in _BRANDLIKE:
                short.setdefault(form, set()).add(whole)
    top["内蒙古"] = "15"
    return Regions(top, frozenset(full), short, (_sizes(top), _sizes(full), _sizes(short)))


@lru_cache(maxsize=50_000)
def normalise(text: str) -> str:
    """Half width, lower case, only Hanzi, letters and digits: "ＡＢＢ（中国）" → "abb中国"."""
    if text.isascii() or not all(map(is_hanzi, text)):
        text = unicodedata.normalize("NFKC", text).lower()
        return "".join(c for c in text if is_hanzi(c) or (c.isascii() and c.isalnum()))
    return text


def _sizes(words: Iterable[str], longest: int = 11) -> dict[str, tuple[int, ...]]:
    """How long the words are that begin with a character, the longest first: few characters begin any."""
    found: dict[str, set[int]] = {}
    for word in words:
        if 2 <= len(word) <= longest:
            found.setdefault(word[0], set()).add(len(word))
    return {char: tuple(sorted(sizes, reverse=True)) for char, sizes in found.items()}


_TRADE_SIZES = _sizes(TRADES, 6)


def _longest(text: str, at: int, words: Container[str], sizes: dict[str, tuple[int, ...]]) -> int:
    for size in sizes.get(text[at : at + 1], ()):
        if text[at : at + size] in words and at + size <= len(text):
            return at + size
    return at


def _is_region(text: str) -> bool:
    return text == "中国" or (bool(text) and _skip_regions(text, 0, whole=True) == len(text))


def _skip_regions(text: str, at: int, *, whole: bool = False) -> int:
    """Where the name goes on after the regions it begins with (浙江杭州余杭 …); never past a trade word."""
    known = regions()
    begin, inside = at, ""
    for _ in range(4):
        city = _longest(text, at, known.top, known.sizes[0])
        after = max(city, _longest(text, at, known.full, known.sizes[1]))
        county = _longest(text, at, known.short, known.sizes[2])
        if county > after and any(code.startswith(inside) for code in known.short[text[at:county]]):
            after = county
        if at > begin:
            after = max(after, *(at + len(zone) for zone in _ZONES if text.startswith(zone, at)), after)
            town = _TOWN.match(text, at) if after == at else None
            after = town.end() if town else after
        if after == at or (not whole and not _brand_follows(text, after)):
            break
        inside = known.top.get(text[at:after], inside)
        at = after
    return at


def _brand_follows(text: str, at: int) -> bool:
    """A region is one only if two characters that are not yet the trade come behind: 永康|贸易 is a brand."""
    return len(text) - at >= 2 and _trade_at(text, at) == at and not text.startswith(("分公司", "支公司"), at)


def _trade_at(text: str, at: int) -> int:
    """End of a trade word at this place, or `at` where there is none."""
    return _longest(text, at, TRADES, _TRADE_SIZES)


class Name(NamedTuple):
    """One name cut up. `text` is normalised; `starts` are where a reader may begin, the brand first."""

    text: str
    starts: tuple[int, ...]
    brand_end: int


@lru_cache(maxsize=20_000)
def parse(raw: str) -> tuple[Name, ...]:
    """The readings of a name worth finding: without bracketed regions first, then as it is written.

    `text[starts[0]:brand_end]` is the brand. Further starts: the branch behind the first organisation form.
    """
    full = normalise(raw)
    plain = _BRACKETED.sub(lambda m: "" if _is_region(normalise(m[1])) else m[0], raw)
    text = normalise(plain) or full
    start = _skip_regions(text, 0)
    cut = Name(text, (start, *_branches(text, start)), _brand_end(text, start))
    if text == full:
        return (cut,)
    # With the region kept: 匠煮茶杭州餐饮 is what somebody types who copies without the brackets.
    same = full.startswith(text[start : cut.brand_end])
    return (cut, Name(full, (0,) if same else (), cut.brand_end - start if same else 0))


def as_brand(short: str) -> Name:
    """A short name given by hand, the whole of it a brand."""
    text = normalise(short)
    return Name(text, (0,), len(text))


def _branches(text: str, start: int) -> tuple[int, ...]:
    """Start of the branch's own words: 中国农业银行股份有限公司杭州|望江支行."""
    form = FORMS.search(text, start + 1)
    if not form or form.end() >= len(text) - 1:
        return ()
    own = _skip_regions(text, form.end())
    return (own,) if own < len(text) - 1 else ()


def _brand_end(text: str, start: int) -> int:
    first = start + (4 if text[start : start + 2] in _WHOLE else 2)
    form = FORMS.search(text, start + 1)
    last = form.start() if form else len(text)
    for at in range(min(first, last), last):
        if _trade_at(text, at) > at:
            return at
    if last == len(text) and len(text) - start > 4 and text[-1] in "厂店站社部行院所":
        last -= 1
    return max(last, start + 1)


def brand(name: str) -> str:
    """The brand 字号 of an enterprise name: without region, trade and organisation form.

    >>> brand("匠煮茶（杭州）餐饮管理有限公司")
    '匠煮茶'
    """
    cut = parse(name)[0]
    return cut.text[cut.starts[0] : cut.brand_end]
