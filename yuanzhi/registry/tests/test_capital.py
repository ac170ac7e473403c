"""注册资本 in the notations of real registers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.rules.capital import parse_capital, unit_of


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("750(万元人民币)", "7500000", "CNY"),
        ("750万", "7500000", "CNY"),
        ("5,000万元", "50000000", "CNY"),
        ("5，000万元", "50000000", "CNY"),
        ("1.2亿", "120000000", "CNY"),
        ("1亿2000万元", "120000000", "CNY"),
        ("1.5千万", "15000000", "CNY"),
        ("100万美元", "1000000", "USD"),
        ("US$ 100万", "1000000", "USD"),
        ("港币 300 万", "3000000", "HKD"),
        ("2,000(万香港元)", "20000000", "HKD"),
        ("30000(万日元)", "300000000", "JPY"),
        ("50(万欧元)", "500000", "EUR"),
        ("100万澳大利亚元", "1000000", "AUD"),
        ("新台币1000万元", "10000000", "TWD"),
        ("伍佰万元整", "5000000", "CNY"),
        ("壹仟贰佰万元整", "12000000", "CNY"),
        ("一亿三千万元", "130000000", "CNY"),
        ("叁拾万圆整", "300000", "CNY"),
        ("500.000000万人民币", "5000000", "CNY"),
        ("1000万人民币元", "10000000", "CNY"),
        ("人民币500万元整", "5000000", "CNY"),
        ("注册资本：500万元（人民币）", "5000000", "CNY"),
        ("５００万元", "5000000", "CNY"),
        ("RMB 500万", "5000000", "CNY"),
        ("¥5,000,000.00", "5000000", "CNY"),
        ("300000元", "300000", "CNY"),
        ("100美元", "100", "USD"),
        ("1000000 USD", "1000000", "USD"),
        ("50W", "500000", "CNY"),
        ("0.0123456万元", "123.46", "CNY"),
        ("0", "0", "CNY"),
        ("0万元", "0", "CNY"),
    ],
)
def test_a_notation_is_understood(text: str, amount: str, currency: str):
    reading = parse_capital(text)
    assert reading.problem == reading.doubt == ""
    assert reading.value == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["", "-", "—", "无", " ", "暂无"])
def test_a_blank_is_neither_a_value_nor_a_problem(text: str):
    assert parse_capital(text) == (None, "", "", False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("750", "看不出是元还是万元"),
        (750, "看不出是元还是万元"),
        ("500人民币", "看不出是元还是万元"),
        ("-500万", "是负数"),
        ("500-1000万", "看不懂"),
        ("500万股", "看不懂"),
        ("万元", "看不懂"),
        ("1.000.000,00元", "看不懂"),
        ("500万200万", "看不懂"),
        ("500万元人民币/70万美元", "两种币种"),
        ("$100万", "看不出是美元还是港元"),
        ("99999999999亿", "大得不像真的"),
        ("详见章程", "看不懂"),
    ],
)
def test_what_can_not_be_understood_is_explained(text, words: str):
    reading = parse_capital(text)
    assert reading.value is None
    assert words in reading.problem


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("注册资本（万元）", 10_000),
        ("注册资本(万元人民币)", 10_000),
        ("注册资金:万元", 10_000),
        ("注册资本 单位：万元", 10_000),
        ("注册资本（元）", 1),
        ("注册资本", 0),
        ("注册资金", 0),
    ],
)
def test_the_header_says_what_a_bare_number_counts(header: str, unit: int):
    assert unit_of(header) == unit


def test_a_bare_number_follows_its_header_and_an_unlikely_one_is_doubted():
    assert parse_capital(750, 10_000).value == (Decimal(7_500_000), "CNY")
    assert parse_capital("750", 1).value == (Decimal(750), "CNY")
    assert parse_capital("750万元", 10_000).value == (Decimal(7_500_000), "CNY")
    assert "是不是已经换成了元" in parse_capital(5_000_000, 10_000).doubt


@given(st.integers(0, 10**9), st.sampled_from([("元", 1), ("万元", 10**4), ("百万元", 10**6)]), st.booleans())
def test_any_amount_is_read_with_or_without_commas(number: int, unit, commas: bool):
    name, size = unit
    reading = parse_capital(f"{number:,}{name}" if commas else f"{number}{name}")
    if number * size < 10**15:
        assert reading.value == (Decimal(number * size), "CNY")
    else:
        assert reading.problem


@given(st.one_of(st.text(max_size=30), st.text("0123456789.,万亿千元美港币()-", max_size=12)))
def test_anything_gets_an_answer_or_is_blank(text: str):
    reading = parse_capital(text)
    assert not (reading.value and reading.problem)


@pytest.mark.parametrize("text", ["三万八", "两千五元", "八百六"])
def test_a_broken_off_number_is_not_guessed(text):
    """三万八 is 38,000 to whoever says it and 30,008 to whoever adds it up."""
    reading = parse_capital(text, 1)
    assert reading.value is None and "看不懂是多少钱" in reading.problem
