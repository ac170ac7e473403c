"""GB/T 4754-2017: the whole table is there, and a cell finds its division."""

from __future__ import annotations

import pytest

from yuanzhi.registry.rules.industry import divisions, parse_division, sections


def test_the_table_is_complete():
    assert list(divisions()) == [f"{number:02d}" for number in range(1, 98)]
    assert "".join(sections()) == "ABCDEFGHIJKLMNOPQRST"
    sizes = dict.fromkeys(sections(), 0)
    for division in divisions().values():
        sizes[division.section] += 1
    assert list(sizes.values()) == [5, 7, 31, 3, 4, 2, 8, 2, 3, 4, 1, 2, 3, 4, 3, 1, 2, 5, 6, 1]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("65", "65"),
        ("I65", "65"),
        ("i65", "65"),
        ("I6513", "65"),
        ("6513", "65"),
        ("1", "01"),
        ("I65 软件和信息技术服务业", "65"),
        ("软件和信息技术服务业", "65"),
        ("互联网和相关服务", "64"),
        ("计算机、通信和其他电子设备制造业", "39"),
        ("计算机通信和其他电子设备制造业", "39"),
    ],
)
def test_a_cell_finds_its_division(text: str, code: str):
    reading = parse_division(text)
    assert reading.problem == ""
    assert reading.value.code == code


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("98", "没有大类 98"),
        ("00", "没有大类 00"),
        ("C65", "属于 I65 软件和信息技术服务业"),
        ("I", "是门类"),
        ("制造业", "是门类"),
        ("互联网+", "不在国民经济行业分类"),
    ],
)
def test_what_is_no_division_is_explained(text: str, words: str):
    reading = parse_division(text)
    assert reading.value is None
    assert words in reading.problem
