"""统一社会信用代码: taken when the check agrees, explained when it doesn't; no ID number is repeated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.rules.uscc import (
    ALPHABET,
    check_sign,
    check_uscc,
    is_plain_uscc,
    organisation_sign,
    registration_check,
)

GOOD = "91110000600037341L"  # the example of GB 32100


def made(head: str, body: str = "MA123456") -> str:
    """A valid code from department, kind and region."""
    code = head + body + organisation_sign(body)
    return code + check_sign(code)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.lower(),
        f"  {GOOD}\u200b",
        "9111 0000 6000 3734 1L",
        "911100-00-600037341L",
        "９１１１００００６０００３７３４１Ｌ",
        f"统一社会信用代码：{GOOD}",
        f"'{GOOD}",
    ],
)
def test_the_way_of_typing_makes_no_difference(text: str):
    code = check_uscc(text)
    assert (code.value, code.kind, code.problem, code.doubt) == (GOOD, "uscc", "", "")


@pytest.mark.parametrize("department", ["1", "5", "9", "A", "N", "Y"])
def test_every_managing_department_is_legal(department: str):
    code = check_uscc(made(f"{department}1330110"))
    assert (code.kind, code.doubt) == ("uscc", "")


def test_a_rare_department_and_a_wrong_organisation_code_are_only_doubted():
    assert "少见的登记管理部门" in check_uscc(made("Q1330110")).doubt
    body = "91330110MA1234561"[:16]
    wrong = body + next(sign for sign in "0123456789" if sign != organisation_sign(body[8:]))
    code = check_uscc(wrong + check_sign(wrong))
    assert code.value
    assert "组织机构代码" in code.doubt


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("", "blank", "没有填"),
        ("无", "blank", "没有填"),
        ("-", "blank", "没有填"),
        ("330106000012345", "old", "15 位旧注册号，三证合一后换成了 18 位"),
        ("3301061001234", "old", "13 位旧注册号"),
        ("33010672588888X", "old", "15 位的旧证号"),
        ("企独浙杭总字第000123号", "old", "外资企业的旧注册号"),
        ("600037341", "organisation", "9 位组织机构代码"),
        ("60003734-1", "organisation", "9 位组织机构代码"),
        (GOOD[:-1], "wrong", "填的是 17 位，少了 1 位"),
        (f"{GOOD[:5]}0{GOOD[5:]}7", "wrong", "填的是 20 位，多了 2 位"),
        (f"{GOOD}99", "wrong", f"其中 {GOOD} 通得过校验"),
        (GOOD[:-1] + "M", "wrong", "最后一位应是「L」，填的是「M」"),
        ("91110000600O37341L", "wrong", "第 12 位「O」不会出现在代码里"),
        ("91110000600O37341L", "wrong", f"是不是 {GOOD}？"),
        ("9111000060003734Z?", "wrong", "第 17 位「Z」、第 18 位「?」"),
        ("911100AA600037341L", "wrong", "第 3–8 位是登记地区"),
        ("9.11100006E+17", "wrong", "被表格软件当成了数字"),
        (911100006000373000.0, "wrong", "被表格软件当成了数字"),
        (330106000012345.0, "old", "15 位旧注册号"),
        ("杭州甲有限公司", "wrong", "里面有汉字"),
    ],
)
def test_what_is_no_code_is_explained(text, kind: str, words: str):
    code = check_uscc(text)
    assert (code.value, code.kind) == ("", kind)
    assert words in code.problem
    assert code.problem.endswith(("。", "？"))


def test_an_old_number_is_kept_for_the_register():
    assert check_uscc("330106000012345").old_code == "330106000012345"
    assert check_uscc("60003734-1").old_code == "600037341"


@pytest.mark.parametrize(
    "number", ["330106199001011234", "33010619900101123X", "330106900101123", " 3301061990 01011234"]
)
def test_a_persons_number_is_refused_and_not_repeated(number: str):
    code = check_uscc(number)
    assert (code.kind, code.private, code.value, code.old_code) == ("person", True, "", "")
    assert not any(sign.isdigit() for sign in code.problem.replace("18 位", ""))


def test_a_registration_number_with_a_day_in_it_is_no_person():
    head = "33010690010112"
    number = head + registration_check(head)
    assert check_uscc(number).kind == "old"


@given(st.text(ALPHABET, min_size=7, max_size=7), st.from_regex(r"[0-9]{6}", fullmatch=True), st.data())
def test_one_wrong_sign_never_passes(body: str, region: str, data):
    code = made(f"91{region}", f"M{body}")
    at = data.draw(st.integers(0, 17))
    wrong = data.draw(st.sampled_from([sign for sign in ALPHABET if sign != code[at]]))
    assert check_uscc(code) == (code, "uscc", "", "", "")
    assert is_plain_uscc(code)
    assert check_uscc(code[:at] + wrong + code[at + 1 :]).value == ""
    assert not is_plain_uscc(code[:at] + wrong + code[at + 1 :])


@given(st.one_of(st.text(max_size=40), st.integers(-(10**20), 10**20), st.floats()))
def test_anything_gets_an_answer(text):
    code = check_uscc(text)
    assert bool(code.value) != bool(code.problem)
