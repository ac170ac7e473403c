"""The 200 most awkward real names, each found by its initials, its pinyin and its own brand word.

The whole register of ../shared/data is indexed in one community. Awkward is measured, not chosen: `awkward`
sorts the names by nine kinds of difficulty and takes the hardest of each in turn, until there are 200.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from yuanzhi.registry.models import Community
from yuanzhi.registry.search import SearchDoc, brand, reindex, search
from yuanzhi.registry.search.names import parse

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "enterprises_hangzhou.csv.gz"
AWKWARD = 200
SHOWN = 8

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not REAL.exists(), reason="../shared/data/enterprises_hangzhou.csv.gz 不在，跳过真实名录的检索测试"
    ),
]


def plain(name: str) -> str:
    """What of a name can be typed: no brackets, no dashes."""
    return re.sub(r"[^\w〇]|_", "", name)


def behind_region(name: str) -> str:
    """云图科技有限公司, of 杭州云图科技有限公司 or 云图(杭州)科技有限公司."""
    cut = parse(name)[0]
    return cut.text[cut.starts[0] :]


def initials(text: str) -> str:
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


def pinyin(text: str) -> str:
    return "".join(lazy_pinyin(text, v_to_u=False)).lower()


def awkward(names: list[str]) -> list[str]:
    """The 200 most awkward names: of each of nine kinds the hardest in turn, without repeating any.

    Longest; shortest; bracketed; letters, digits or signs; most polyphones; rarest characters; a brand most
    others share; region in the middle; branches.
    """
    shared = Counter(map(brand, names))
    common = Counter(char for name in names for char in set(name))
    kinds = [
        lambda name: len(name),
        lambda name: -len(name),
        lambda name: len(re.findall(r"[()（）]", name)) * 100 + len(name),
        lambda name: len(re.findall(r"[^\u4e00-\u9fff()（）]", name)),
        lambda name: sum(PINYIN_DICT.get(ord(char), "").count(",") for char in brand(name)),
        lambda name: -min(common[char] for char in name),
        lambda name: shared[brand(name)],
        lambda name: ("杭州" in name[2:]) * 100 - len(name),
        lambda name: bool(re.search(r"公司.*(店|部|所|站|厅|行|处|亭)$", name)) * 100 - len(name),
    ]
    rows = [iter(sorted(names, key=lambda name, of=of: (-of(name), name))) for of in kinds]
    chosen: dict[str, None] = {}
    while len(chosen) < AWKWARD:
        for row in rows:
            name = next(name for name in row if name not in chosen)
            chosen[name] = None
    return list(chosen)[:AWKWARD]


@pytest.fixture(scope="module")
def names() -> list[str]:
    with gzip.open(REAL, "rt", encoding="utf-8-sig") as file:
        return [row["企业名称"] for row in csv.DictReader(file)]


@pytest.fixture
def register(db, names):
    Community.objects.create(id=1, name="真实名录", code="real")
    reindex(SearchDoc(key, 1, name) for key, name in enumerate(names, 1))
    return dict(enumerate(names, 1))


def missed(register: dict[int, str], typed: str, name: str) -> list[str] | None:
    """None where the name is among the first eight; else the names shown instead."""
    shown = [register[hit.id] for hit in search(typed, community_id=1, limit=SHOWN)]
    return None if name in shown else shown


def test_the_awkward_names_are_found(register, names, capsys):
    lost, ties = [], []
    for name in awkward(names):
        word = brand(name)
        for kind, typed in (
            ("initials of the name", initials(plain(name))),
            ("initials of the name without region", initials(behind_region(name))),
            ("pinyin of the name", pinyin(plain(name))),
            ("pinyin of the brand", pinyin(word)),
            ("brand", word),
        ):
            shown = missed(register, typed, name)
            if shown is None:
                continue
            # A tie is only one where everything shown instead has the very same claim to the word typed.
            same = [other for other in shown if _claims(kind, other, typed)]
            (ties if len(same) == SHOWN else lost).append((kind, typed, name, shown))
    with capsys.disabled():
        print(f"\n{AWKWARD} awkward names: {len(lost)} queries lost, {len(ties)} tied by an equal brand")
        for kind, typed, name, _ in ties:
            print(f"  tie: {kind} {typed} → {name}")
        for kind, typed, name, shown in lost:
            print(f"  lost: {kind} {typed} → {name}; shown {shown}")
    assert lost == []
    assert not [tie for tie in ties if tie[0] == "pinyin of the name"]


def _claims(kind: str, other: str, typed: str) -> bool:
    word = brand(other)
    if kind == "brand":
        return word == typed
    if kind == "pinyin of the brand":
        return pinyin(word) == typed
    return (
        initials(behind_region(other)) == typed
        if kind.endswith("region")
        else initials(plain(other)) == typed
    )


def test_brands_are_two_characters_or_more(names):
    short = [name for name in names if len(brand(name)) < 2]
    assert short == []


def test_a_tenth_of_the_whole_register_is_found_by_its_full_name_in_pinyin(register, names):
    lost = [name for name in names[::10] if missed(register, pinyin(plain(name)), name) is not None]
    assert lost == []


def test_a_tenth_of_the_whole_register_is_found_by_the_initials_of_its_full_name(register, names):
    lost = []
    for name in names[::10]:
        typed = initials(plain(name))
        shown = missed(register, typed, name)
        if shown is not None and not all(initials(plain(other)) == typed for other in shown):
            lost.append((typed, name, shown))
    assert lost == []
