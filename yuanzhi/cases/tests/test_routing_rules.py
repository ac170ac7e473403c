"""The engine of routing rules: what fits, what doesn't, what can't be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.cases.routing import Condition, Need, Rule, first_match, holds, judge, said, say, words_of

MAKING, BUILDING = "C", "E"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("尾款、欠款，回款", ["尾款", "欠款", "回款"]),
        ("尾款,欠款;回款；货款", ["尾款", "欠款", "回款", "货款"]),
        ("尾款 欠款\n回款／货款|工程款", ["尾款", "欠款", "回款／货款", "工程款"]),
        ("、、尾款、、尾款，", ["尾款"]),
        ("", []),
        ("  ", []),
    ],
)
def test_words_are_read_as_people_type_them(typed, words):
    assert words_of(typed) == words


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        (("尾款", "欠款"), "他们的欠款和尾款都没给", "尾款"),
        (("ＷＩＦＩ",), "wifi 断了", "ＷＩＦＩ"),
        (("CNC",), "ｃｎｃ设备进不来", "CNC"),
        (("尾款",), "尾 款", ""),
        ((), "尾款", ""),
    ],
)
def test_words_are_found_however_they_are_written(words, text, found):
    assert said(words, text) == found


@pytest.mark.parametrize(
    ("condition", "facts", "truth"),
    [
        (Condition("headcount", "ge", 100), {"headcount": 100}, True),
        (Condition("headcount", "ge", 100), {"headcount": 99}, False),
        (Condition("headcount", "lt", "100"), {"headcount": 99}, True),
        (Condition("headcount", "ge", 100), {}, None),
        (Condition("headcount", "ge", 100), {"headcount": None}, None),
        (Condition("headcount", "ge", 0), {"headcount": 0}, True),
        (Condition("headcount", "ge", "很多"), {"headcount": 5}, None),
        (Condition("capital", "ge", "1000.5"), {"capital": "1000.50"}, True),
        (Condition("section", "in", ["C", "E"]), {"section": "E"}, True),
        (Condition("section", "not_in", ["C", "E"]), {"section": "E"}, False),
        (Condition("section", "not_in", ["C"]), {"section": ""}, None),
        (Condition("scale", "in", []), {"scale": "small"}, False),
        (Condition("abnormal", "is"), {"abnormal": True}, True),
        (Condition("abnormal", "is"), {"abnormal": False}, False),
        (Condition("abnormal", "is_not"), {"abnormal": False}, True),
        (Condition("abnormal", "is"), {}, None),
        (Condition("moon", "is"), {"moon": True}, None),
    ],
)
def test_a_wish_about_an_enterprise(condition, facts, truth):
    assert holds(condition, facts) is truth


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (Condition("headcount", "ge", 100), "从业人数不少于 100 人"),
        (Condition("months_in", "lt", 12), "入驻时间少于 12 个月"),
        (Condition("section", "in", ["C", "E"]), "行业门类是制造业或建筑业"),
        (Condition("abnormal", "is"), "经营异常"),
        (Condition("abnormal", "is_not"), "没有经营异常"),
    ],
)
def test_a_wish_in_words(condition, text):
    assert say(condition, {"C": "制造业", "E": "建筑业"}) == text


def rule(**values):
    return Rule(**{"id": 1, "name": "欠款", "desk": 7, **values})


NEED = Need("尾款拖了五个月", channel="wechat", item=3, park=1, grid=2, facts={"headcount": 320})
NAMES = {"channel:wechat": "微信", "park:1": "海创园", "grid:2": "第二网格", "item:3": "欠款追讨"}


@pytest.mark.parametrize(
    ("wish", "need", "truth", "told"),
    [
        ({}, NEED, True, ()),
        ({"words": ("尾款",)}, NEED, True, ("说到“尾款”",)),
        ({"words": ("回款",)}, NEED, False, ()),
        ({"channels": frozenset({"wechat"})}, NEED, True, ("来自微信",)),
        ({"channels": frozenset({"qr"})}, NEED, False, ()),
        ({"item": 3}, NEED, True, ("事项是欠款追讨",)),
        ({"item": 4}, NEED, False, ()),
        ({"parks": frozenset({1, 9})}, NEED, True, ("园区是海创园",)),
        ({"grids": frozenset({2})}, NEED, True, ("网格是第二网格",)),
        (
            {"words": ("尾款",), "conditions": (Condition("headcount", "ge", 100),)},
            NEED,
            True,
            ("说到“尾款”", "从业人数不少于 100 人"),
        ),
        ({"parks": frozenset({1})}, Need("尾款"), None, ("园区",)),
        ({"item": 3}, Need("尾款"), None, ("事项",)),
        ({"conditions": (Condition("headcount", "ge", 1),)}, Need("尾款"), None, ("从业人数",)),
        # One part false: false, however much isn't known.
        ({"words": ("回款",), "parks": frozenset({1})}, Need("尾款"), False, ()),
    ],
)
def test_a_rule(wish, need, truth, told):
    finding = judge(rule(**wish), need, NAMES)
    assert finding.truth is truth
    assert (finding.unknown if truth is None else finding.because) == told


def test_the_first_that_fits_wins_and_says_why():
    rules = [
        rule(id=1, name="大企业", conditions=(Condition("capital", "ge", 1),)),
        rule(id=2, name="欠款", words=("尾款",)),
        rule(id=3, name="其余"),
    ]
    outcome = first_match(rules, NEED, NAMES)
    assert (outcome.rule.id, outcome.why) == (2, "规则“欠款”：说到“尾款”")
    assert outcome.undecided == ("规则“大企业”拿不准：不知道注册资本",)
    assert first_match(rules, Need("别的"), NAMES).why == "规则“其余”：其余的都归这里"
    assert first_match(rules[:2], Need("别的"), NAMES).rule is None


_wishes = st.fixed_dictionaries(
    {
        "words": st.sets(st.sampled_from(["尾款", "噪音", "学位"])).map(tuple),
        "parks": st.frozensets(st.integers(1, 3)),
        "channels": st.frozensets(st.sampled_from(["wechat", "qr"])),
        "conditions": st.lists(
            st.builds(Condition, st.just("headcount"), st.sampled_from(["ge", "lt"]), st.integers(0, 50)),
            max_size=2,
        ).map(tuple),
    }
)
_needs = st.builds(
    Need,
    st.sampled_from(["尾款没到", "噪音太大", "想要学位", "你好"]),
    channel=st.sampled_from(["", "wechat", "qr"]),
    park=st.none() | st.integers(1, 3),
    facts=st.fixed_dictionaries({"headcount": st.none() | st.integers(0, 50)}),
)


@given(_wishes, _needs, st.integers(1, 3), st.integers(0, 50))
def test_to_learn_more_never_turns_a_decided_rule(wish, need, park, headcount):
    """Three-valued, so monotone: filling in what isn't known changes only "unknown"."""
    before = judge(rule(**wish), need).truth
    known = Need(
        need.words,
        channel=need.channel or "qr",
        park=need.park or park,
        facts={"headcount": headcount if need.facts["headcount"] is None else need.facts["headcount"]},
    )
    after = judge(rule(**wish), known).truth
    assert after is not None
    assert before in (None, after)


@given(st.lists(_wishes, max_size=5), _needs)
def test_a_rule_that_does_not_fit_changes_nothing(wishes, need):
    rules = [rule(id=number, **wish) for number, wish in enumerate(wishes, 1)]
    fitting = [r for r in rules if judge(r, need).truth]
    assert first_match(rules, need).rule == first_match(fitting, need).rule == (fitting or [None])[0]
