"""How alike two needs are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.cases.similar import (
    ASKED,
    CHOSEN,
    DUPLICATE,
    closest,
    likeness,
    marks_of,
    pairs,
    sign_of,
    signs_of,
    weight,
)

NEED = "三号楼地下车库充电桩坏了三个，报修电话打不通，员工下班回不了家"


@pytest.mark.parametrize(
    ("said", "same"),
    [
        (NEED, True),
        ("您好，" + NEED + "，谢谢", True),
        ("报修电话打不通，员工下班回不了家，三号楼地下车库充电桩坏了三个", True),
        ("3号楼地下车库的充电桩，坏了三个！报修电话打不通！", True),
        ("三号楼电梯坏了，报修电话打不通", False),
        ("尾款拖了五个月", False),
        ("", False),
    ],
)
def test_what_says_the_same(said, same):
    assert (likeness(marks_of("", NEED), marks_of("", said)) >= DUPLICATE) is same


def test_pairs_are_read_over_signs_and_spelling():
    assert pairs("ＷｉＦｉ 断了，B座") == ["wifi", "断了", "b"]
    assert pairs("，。！") == []
    assert weight("尾款") > weight("尾的") > weight("的了")
    assert weight("请问") < weight("尾款") < weight("wifi")


def test_the_signs_are_the_same_in_every_process():
    assert sign_of("尾款") == 0x7FFFFFFF & sign_of("尾款")
    assert signs_of("", "尾款拖了") == signs_of("", "尾款拖了")
    assert len(signs_of("", NEED)) == CHOSEN
    assert signs_of("", NEED, ASKED)[:CHOSEN] == signs_of("", NEED)
    assert signs_of("", "") == []


def test_the_closest_first_and_only_from_the_least_on():
    texts = [(1, marks_of("", "尾款拖了五个月")), (2, marks_of("", NEED)), (3, marks_of("", NEED + "，急"))]
    found = closest(marks_of("", NEED), texts, least=0.3, limit=5)
    assert [pk for pk, _ in found] == [3, 2]  # equally alike: the newer
    assert closest(marks_of("", NEED), texts, least=0.3, limit=1) == found[:1]


_texts = st.text(alphabet="尾款噪音学位消防车库的了在 ab1，。", max_size=60)


@given(_texts, _texts)
def test_likeness_is_a_share_and_the_same_both_ways(one, other):
    a, b = marks_of("", one), marks_of("", other)
    assert 0 <= likeness(a, b) <= 1 + 1e-9
    assert likeness(a, b) == pytest.approx(likeness(b, a))
    if not a.is_empty:
        assert likeness(a, a) == pytest.approx(1)


@given(_texts)
def test_signs_fit_the_column_and_repeat_nothing(text):
    signs = signs_of("", text, ASKED)
    assert len(signs) == len(set(signs)) <= ASKED
    assert all(0 <= sign < 2**31 for sign in signs)
