"""Enterprise names: one spelling, one key, and a word about what looks wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.rules.names import check_name, name_key, normal_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("杭州某某科技有限公司", "杭州某某科技有限公司"),
        ("某某(杭州)科技有限公司", "某某（杭州）科技有限公司"),
        ("某某【杭州】科技有限公司", "某某（杭州）科技有限公司"),
        (" 杭州 某某\u200b科技\n有限公司 ", "杭州某某科技有限公司"),
        ("ＡＢＣ科技有限公司", "ABC科技有限公司"),
        ("杭州A B科技有限公司", "杭州A B科技有限公司"),
        ("ABC (China) Ltd.", "ABC (China) Ltd."),
        ("杭州某某有限公司。", "杭州某某有限公司"),
    ],
)
def test_a_name_is_kept_in_one_spelling(text: str, name: str):
    assert normal_name(text) == name
    assert check_name(text).value == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("某某(杭州)科技有限公司", "某某（杭州）科技 有限公司", True),
        ("Abc科技有限公司", "ＡＢＣ科技有限公司", True),
        ("安·信科技有限公司", "安信科技有限公司", True),
        ("杭州甲有限公司", "杭州乙有限公司", False),
        ("甲（杭州）有限公司", "甲（宁波）有限公司", False),
        ("甲有限公司", "甲股份有限公司", False),
    ],
)
def test_equal_names_share_a_key(one: str, other: str, same: bool):
    assert (name_key(one) == name_key(other)) is same


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("甲", "太短"),
        ("12345", "没有文字"),
        ("锟斤拷锟斤拷有限公司", "乱码"),
        ("杭州��有限公司", "乱码"),
        ("甲" * 201, "201 个字"),
    ],
)
def test_what_is_no_name_is_refused(text: str, problem: str):
    reading = check_name(text)
    assert reading.value is None
    assert problem in reading.problem


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("王小二", "像是人名"),
        ("利尔达", "像是简称"),
        ("杭州（甲有限公司", "括号不成对"),
        ("杭州甲\x07有限公司", "控制字符"),
        ("长城厂", ""),
        ("张小泉剪刀厂", ""),
        ("杭州某某企业管理合伙企业（有限合伙）", ""),
    ],
)
def test_what_looks_odd_is_doubted(text: str, doubt: str):
    reading = check_name(text)
    assert reading.value
    assert doubt in reading.doubt if doubt else reading.doubt == ""


def test_a_blank_is_neither_a_value_nor_a_problem():
    assert check_name(" ") == check_name("无") == (None, "", "", False)


@given(st.text(max_size=30))
def test_the_spelling_is_stable_and_keeps_the_key(text: str):
    name = normal_name(text)
    assert normal_name(name) == name
    assert name_key(name) == name_key(text)
