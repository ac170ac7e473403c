"""Pasted messages: a row for each way in which chat programs copy."""

import pytest

from yuanzhi.cases.reading import full_names, is_named, pieces, read_message

CHATS = [
    # pasted → words, speaker, label, phones
    ("尾款 38 万拖了五个月", "尾款 38 万拖了五个月", "", "", ()),
    ("张三 11:32\n尾款拖了五个月", "尾款拖了五个月", "张三", "", ()),
    ("张三 11:32:05\n尾款拖了五个月\n能不能帮忙问问", "尾款拖了五个月\n能不能帮忙问问", "张三", "", ()),
    ("张三 2026/11/24 11:32\n尾款拖了", "尾款拖了", "张三", "", ()),
    ("张三 2026年11月24日 11:32\n尾款拖了", "尾款拖了", "张三", "", ()),
    ("张三 昨天 22:10\n尾款拖了", "尾款拖了", "张三", "", ()),
    ("张三  下午 3:05\n尾款拖了", "尾款拖了", "张三", "", ()),
    ("张三  星期三 15:05\n尾款拖了", "尾款拖了", "张三", "", ()),
    ("2026-11-24 11:32 张三\n尾款拖了", "尾款拖了", "张三", "", ()),
    ("张三:\n尾款拖了", "尾款拖了", "张三", "", ()),
    ("张三：\n尾款拖了", "尾款拖了", "张三", "", ()),
    ("张三：尾款拖了五个月", "尾款拖了五个月", "张三", "", ()),
    ("张三（云图数视） 11:32\n尾款拖了", "尾款拖了", "张三", "云图数视", ()),
    ("张三-云图数视 11:32\n尾款拖了", "尾款拖了", "张三", "云图数视", ()),
    ("张三 11:32\n尾款拖了\n\n张三 11:33\n打我 13800001234", "尾款拖了\n打我 13800001234", "张三", "", ("13800001234",)),
    ("林知夏 11:31\n您说\n张三 11:32\n尾款拖了", "林知夏：您说\n张三：尾款拖了", "张三", "", ()),
    ("—————  2026-11-24  —————\n\n张三  11:32\n\n尾款拖了\n[图片]", "尾款拖了", "张三", "", ()),
    ("张三 11:32\n@林知夏\u2005尾款拖了", "尾款拖了", "张三", "", ()),
    ("电话：13800001234\n地址：5幢603", "电话：13800001234\n地址：5幢603", "", "", ("13800001234",)),
    ("问题：\n电梯坏了", "问题：\n电梯坏了", "", "", ()),
    ("会议 14:30", "会议 14:30", "", "", ()),
    ("下午 3:30 来一趟", "下午 3:30 来一趟", "", "", ()),
    ("", "", "", "", ()),
]  # fmt: skip


@pytest.mark.parametrize(("pasted", "words", "speaker", "label", "phones"), CHATS)
def test_what_was_pasted_is_understood(pasted, words, speaker, label, phones):
    found = read_message(pasted, me="林知夏")
    assert (found.words, found.speaker, found.label, found.phones) == (words, speaker, label, phones)


def test_nothing_typed_is_lost_whatever_it_is():
    for text in ("张三 11:32", "a" * 9000, "：：：\n：", "\n\n\n", "[图片]", "12:30\n12:31"):
        assert read_message(text).words or not text.strip()


def test_a_long_paste_is_read_in_a_moment():
    assert read_message("尾款" * 20_000).phones == ()
    assert read_message(("张" * 40 + " 1" + "\n") * 300).words


def test_names_in_a_text():
    assert full_names("我们是杭州云图科技有限公司，楼下是禾一生物有限公司") == [
        "我们是杭州云图科技有限公司",
        "楼下是禾一生物有限公司",
    ]
    assert "云图" in pieces("我们云图的尾款") and "ABB" in pieces("ABB的人")
    assert len(pieces("云" * 5000)) <= 900


@pytest.mark.parametrize(
    ("name", "text", "named"),
    [
        ("云图", "我们云图的尾款", True),
        ("云图", "云图科技说电梯坏了", True),
        ("云图", "在白云图书馆开会", False),
        ("衡图软件", "衡图软件想报高企", True),
        ("半亩", "想租半亩地", False),
        ("微澜", "张三（微澜）", False),
        ("微澜", "微澜", True),
    ],
)
def test_short_names_count_where_they_stand_as_names(name, text, named):
    assert is_named(name, text) is named
