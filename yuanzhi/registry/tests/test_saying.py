"""Amounts and codes as people say them, and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.rules.capital import parse_capital
from yuanzhi.registry.rules.saying import capital_text, say_capital, say_fact


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        (None, "CNY", ""),
        (Decimal(7_500_000), "CNY", "750 万元"),
        (Decimal(120_000_000), "CNY", "1.2 亿元"),
        (Decimal(50_000_000), "CNY", "5,000 万元"),
        (Decimal(1_000_000), "USD", "100 万美元"),
        (Decimal("1234567.89"), "CNY", "123.456789 万元"),
        (Decimal(8000), "HKD", "8,000 港元"),
        (Decimal(0), "CNY", "0 元"),
    ],
)
def test_capital(amount, currency, words):
    assert say_capital(amount, currency) == words


@given(st.integers(1, 10**13), st.sampled_from(["CNY", "USD", "HKD", "EUR", "JPY"]))
def test_what_a_form_shows_reads_back_the_same(cents, currency):
    amount = Decimal(cents) / 100
    reading = parse_capital(capital_text(amount, currency), unit=10_000)
    assert (reading.value.amount, reading.value.currency) == (amount, currency)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("status", "moved_out", "迁出"),
        ("division", "65", "软件和信息技术服务业"),
        ("division", "99", "99"),
        ("headcount", 1280, "1,280 人"),
        ("headcount", 0, "0 人"),
        ("is_abnormal", True, "列入经营异常"),
        ("is_abnormal", "False", "没有异常"),
        ("scale", "micro", "微型"),
        ("name", None, ""),
    ],
)
def test_facts_in_words(field, value, words):
    assert say_fact(field, value) == words
