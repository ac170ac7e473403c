"""Phone numbers: found in what people write around them, shown masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.rules.phones import LANDLINE, MOBILE, masked, parse_phones


@pytest.mark.parametrize(
    ("text", "shown", "hidden"),
    [
        ("13800001234", ["13800001234"], ["138****1234"]),
        (13800001234.0, ["13800001234"], ["138****1234"]),
        ("138 0000 1234", ["13800001234"], ["138****1234"]),
        ("+86 138-0000-1234", ["13800001234"], ["138****1234"]),
        ("8613800001234", ["13800001234"], ["138****1234"]),
        ("013800001234", ["13800001234"], ["138****1234"]),
        ("１３８００００１２３４", ["13800001234"], ["138****1234"]),
        ("张三 13800001234", ["13800001234"], ["138****1234"]),
        ("13800001234（王经理）", ["13800001234"], ["138****1234"]),
        ("0571-88885678", ["0571-88885678"], ["0571-****5678"]),
        ("(0571)88885678", ["0571-88885678"], ["0571-****5678"]),
        ("057188885678", ["0571-88885678"], ["0571-****5678"]),
        ("010-88885678", ["010-88885678"], ["010-****5678"]),
        ("0086-571-88885678", ["0571-88885678"], ["0571-****5678"]),
        ("88885678", ["0571-88885678"], ["0571-****5678"]),
        ("0571-88885678-801", ["0571-88885678 转 801"], ["0571-****5678"]),
        ("0571 88885678转801", ["0571-88885678 转 801"], ["0571-****5678"]),
        ("025-52345678 分机 12", ["025-52345678 转 12"], ["025-****5678"]),
        ("400-800-1234", ["4008001234"], ["****1234"]),
        ("+852 2345 6789", ["+85223456789"], ["+85****6789"]),
        ("13800001234/0571-88885678", ["13800001234", "0571-88885678"], ["138****1234", "0571-****5678"]),
        ("13800001234 13900005678", ["13800001234", "13900005678"], ["138****1234", "139****5678"]),
        ("010-88885678、66661234", ["010-88885678", "010-66661234"], ["010-****5678", "010-****1234"]),
        ("王13800001234，李13900005678", ["13800001234", "13900005678"], ["138****1234", "139****5678"]),
        ("13800001234;13800001234", ["13800001234"], ["138****1234"]),
    ],
)
def test_numbers_are_found_and_masked(text, shown: list[str], hidden: list[str]):
    reading = parse_phones(text, "0571")
    assert (reading.problem, reading.doubt) == ("", "")
    assert [phone.display() for phone in reading.value] == shown
    assert [phone.masked() for phone in reading.value] == hidden


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1380000123", "应是 11 位，填的是 10 位"),
        ("88885678", "缺区号"),
        ("110", "不像电话号码"),
        ("1.38E+10", "科学记数"),
        ("找王经理", "没有号码"),
        ("12345678901234567", "不像电话号码"),
    ],
)
def test_what_is_no_number_is_explained_without_giving_it_away(text: str, words: str):
    reading = parse_phones(text)
    assert reading.value is None
    assert words in reading.problem
    assert len(text) <= 6 or text not in reading.problem


def test_one_good_number_is_enough():
    reading = parse_phones("13800001234/12345")
    assert [phone.number for phone in reading.value] == ["13800001234"]
    assert "没有导入" in reading.doubt


@pytest.mark.parametrize("text", ["", "-", "无", "/"])
def test_a_blank_is_neither_a_value_nor_a_problem(text: str):
    assert parse_phones(text) == (None, "", "", False)


def test_kinds():
    mobile, landline = parse_phones("13800001234 / 0571-88885678").value
    assert (mobile.kind, landline.kind, landline.area) == (MOBILE, LANDLINE, "0571")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_mask_hides_the_middle(number: str):
    [phone] = parse_phones(number).value
    assert masked(phone) == f"{number[:3]}****{number[-4:]}"


@given(st.one_of(st.text(max_size=30), st.text("0123456789+-()/ 转", max_size=24)))
def test_anything_gets_an_answer_or_is_blank(text: str):
    reading = parse_phones(text)
    assert not (reading.value and reading.problem)
