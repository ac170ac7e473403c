"""Conflicts of interest, who may be asked, and whose turn it is: readable tables."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanzhi.partners.rules import (
    ACTS_FOR,
    AGAINST,
    EMPLOYER,
    SHAREHOLDER,
    AskFact,
    Finding,
    Matter,
    OtherWork,
    Party,
    Standing,
    TieFact,
    Wanted,
    answering,
    conflicts,
    core_name,
    ending_soon,
    hindrance,
    in_turn,
    same_party,
    split_names,
)

TODAY = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 10, tzinfo=dt.UTC)
YUNTU = Party("杭州云图科技有限公司", 1, "91330110MA2AAAAA11")
HEYI = Party("杭州禾一生物有限公司", 2, "91330110MA2BBBBB22")
FIRM = Party("浙江衡砚律师事务所")
ME, COLLEAGUE = 10, 11

# -- who is meant: one name, the other, the same?
NAMES = [
    ("杭州云图科技有限公司", "云图科技（杭州）有限责任公司", True),
    ("杭州云图科技有限公司", "浙江省杭州市余杭区云图科技有限公司", True),
    ("杭州云图科技有限公司", "杭州云图科技有限公司滨江分公司", True),
    ("杭州云图科技有限公司", "云图科技", True),
    ("杭州云图科技有限公司", "云图", True),
    ("杭州云图科技有限公司", "ＹＵＮＴＵ", False),
    ("杭州云图科技有限公司", "上海云图传媒有限公司", False),
    ("杭州云图科技有限公司", "杭州禾一生物有限公司", False),
    ("张三", "张三", True),
    ("张三", "张三丰", False),
    ("张", "张", False),
    ("", "", False),
]


@pytest.mark.parametrize(("one", "other", "same"), NAMES)
def test_names(one, other, same):
    assert same_party(Party(one), Party(other)) is same
    assert same_party(Party(other), Party(one)) is same


def test_ids_and_codes_decide_before_names():
    assert not same_party(Party("云图", 1), Party("云图", 2))
    assert same_party(Party("云图", 1), Party("已改名", 1))
    assert same_party(Party("甲", uscc="X"), Party("乙", uscc="X"))
    assert not same_party(Party("云图", uscc="X"), Party("云图", uscc="Y"))
    assert same_party(Party("云图科技", 1), Party("杭州云图科技有限公司", uscc="X"))


def test_several_on_the_other_side():
    assert split_names("甲甲公司、张三；乙乙有限公司\n丙丙") == ["甲甲公司", "张三", "乙乙有限公司", "丙丙"]
    assert split_names(" ") == []
    assert core_name("云图科技（杭州）有限公司") == "云图科技"


# -- ties. The case helps 云图 against 禾一. (kind, to whom, whose, blocks, what is said)
OWN, FIRMS, OTHERS = ME, None, COLLEAGUE
TIES = [
    (ACTS_FOR, HEYI, OWN, True, "正在代理对方"),
    (ACTS_FOR, HEYI, FIRMS, True, "本机构正在代理对方"),
    (ACTS_FOR, HEYI, OTHERS, True, "同事翁书白正在代理对方"),
    (EMPLOYER, HEYI, OWN, True, "任职"),
    (EMPLOYER, HEYI, FIRMS, True, "本机构"),
    (EMPLOYER, HEYI, OTHERS, False, "同事翁书白"),
    (SHAREHOLDER, HEYI, OWN, True, "持有对方"),
    (SHAREHOLDER, HEYI, FIRMS, True, "持有对方"),
    (SHAREHOLDER, HEYI, OTHERS, False, "同事翁书白持有"),
    (AGAINST, HEYI, OWN, False, "也在代理别人告对方"),
    (ACTS_FOR, YUNTU, OWN, False, "本来就代理"),
    (ACTS_FOR, YUNTU, FIRMS, False, "本来就代理"),
    (AGAINST, YUNTU, OWN, True, "正在代理别人告杭州云图"),
    (AGAINST, YUNTU, FIRMS, True, "正在代理别人告杭州云图"),
    (AGAINST, YUNTU, OTHERS, True, "同事翁书白正在代理别人告"),
    (EMPLOYER, YUNTU, OWN, False, "先告诉企业"),
    (SHAREHOLDER, YUNTU, OWN, False, "先告诉企业"),
    (ACTS_FOR, Party("上海别家有限公司"), OWN, None, ""),
]


@pytest.mark.parametrize(("kind", "to", "whose", "blocks", "words"), TIES)
@pytest.mark.parametrize("known_by", ["id", "code", "name", "another name"])
def test_ties(kind, to, whose, blocks, words, known_by):
    told = {
        "id": Party("从前的名字", to.enterprise_id) if to.enterprise_id else to,
        "code": Party("从前的名字", uscc=to.uscc) if to.uscc else to,
        "name": Party(to.name),
        "another name": Party(core_name(to.name)),
    }[known_by]
    tie = TieFact(kind, told, whose, "翁书白" if whose == COLLEAGUE else "")
    found = conflicts(ME, FIRM, [tie], [], Matter(YUNTU, (HEYI,), TODAY))
    if blocks is None:
        assert found == []
    else:
        (finding,) = found
        assert finding.blocks is blocks
        assert (
            words.replace("杭州云图", told.name if kind == AGAINST and to is YUNTU else "") in finding.words
        )


# -- in force: since, until, holds today
FORCE = [
    (None, None, True),
    (dt.date(2020, 1, 1), None, True),
    (TODAY, TODAY, True),
    (dt.date(2020, 1, 1), dt.date(2026, 11, 23), False),
    (dt.date(2026, 11, 25), None, False),
]


@pytest.mark.parametrize(("since", "until", "holds"), FORCE)
def test_ties_hold_for_a_time(since, until, holds):
    tie = TieFact(ACTS_FOR, HEYI, ME, "", since, until)
    assert bool(conflicts(ME, FIRM, [tie], [], Matter(YUNTU, (HEYI,), TODAY))) is holds


# -- work on hand elsewhere: who has it, whom it helps, against whom, blocks
WORK = [
    (ME, HEYI, (), True),
    (COLLEAGUE, HEYI, (), True),
    (ME, Party("上海别家有限公司"), (YUNTU,), True),
    (COLLEAGUE, Party("上海别家有限公司"), (Party("云图科技"),), True),
    (ME, YUNTU, (HEYI,), False),
    (ME, Party("上海别家有限公司"), (HEYI,), False),
]


@pytest.mark.parametrize(("who", "helps", "against", "blocks"), WORK)
def test_work_for_the_other_side(who, helps, against, blocks):
    found = conflicts(ME, FIRM, [], [OtherWork(who, "翁书白", helps, against)], Matter(YUNTU, (HEYI,), TODAY))
    assert any(finding.blocks for finding in found) is blocks


def test_the_firm_itself_is_the_other_side():
    (finding,) = conflicts(ME, FIRM, [], [], Matter(YUNTU, (Party("衡砚律师事务所"),), TODAY))
    assert finding.blocks


# -- who may be asked: what is different, why not
ABLE = Standing(ME, "顾明", languages=("普通话", "英语"), specialities=("合同", "劳动"))
HINDERED = [
    ({}, Wanted(), ""),
    ({}, Wanted(language="英语"), ""),
    ({}, Wanted(language="日语"), "不会日语"),
    ({"is_active": False}, Wanted(), "不在列"),
    ({"firm_state": "suspended", "firm_why": "年审没过"}, Wanted(), "年审没过"),
    ({"firm_state": "candidate"}, Wanted(), "还没有认证"),
    ({"firm_state": "ended"}, Wanted(), "已退出"),
    ({"accredited_until": dt.date(2026, 11, 23)}, Wanted(), "机构认证 2026 年 11 月 23 日已到期"),
    ({"accredited_until": TODAY}, Wanted(), ""),
    ({"firm_licence_until": dt.date(2026, 1, 1)}, Wanted(), "机构执业许可"),
    ({"licence_until": dt.date(2026, 11, 23)}, Wanted(), "本人证书"),
    ({"open_load": 8}, Wanted(), "满了"),
    ({"open_load": 7}, Wanted(), ""),
    ({"asked_before": True}, Wanted(), "已经问过"),
    ({"findings": (Finding(True, "正在代理对方"),)}, Wanted(), "利益冲突"),
    ({"findings": (Finding(False, "本来就代理"),)}, Wanted(), ""),
]


@pytest.mark.parametrize(("changed", "wanted", "why"), HINDERED)
def test_who_may_be_asked(changed, wanted, why):
    said = hindrance(replace(ABLE, **changed), wanted, TODAY)
    assert (why in said) if why else said == ""


def days(number):
    return NOW - dt.timedelta(days=number)


# -- whose turn: the standings by what differs, the expected order of ids
TURNS = [
    (
        "asked longest ago",
        [{"last_asked": days(2)}, {"last_asked": days(9)}, {"last_asked": days(5)}],
        [2, 3, 1],
    ),
    ("never asked before all", [{"last_asked": days(900)}, {}], [2, 1]),
    ("on duty first", [{"last_asked": days(9)}, {"last_asked": days(1), "on_duty": True}], [2, 1]),
    (
        "two on hand weigh the wait to a third",
        [{"last_asked": days(9), "open_load": 2}, {"last_asked": days(4)}],
        [2, 1],
    ),
    (
        "a long wait outweighs some load",
        [{"last_asked": days(9), "open_load": 1}, {"last_asked": days(4)}],
        [1, 2],
    ),
    ("the lighter load between equals", [{"open_load": 1}, {}], [2, 1]),
    (
        "who knows the field before who is there",
        [{"on_duty": True, "specialities": ("股权",)}, {"specialities": ("劳动争议",)}],
        [2, 1],
    ),
    ("the conflicted never", [{"findings": (Finding(True, "x"),), "on_duty": True}, {}], [2]),
    ("the full never", [{"open_load": 8, "on_duty": True}, {}], [2]),
]


@pytest.mark.parametrize(("name", "changed", "order"), TURNS, ids=[row[0] for row in TURNS])
def test_turns(name, changed, order):
    wanted = Wanted(speciality="劳动")
    rows = [replace(ABLE, expert_id=number, **more) for number, more in enumerate(changed, 1)]
    assert [row.expert_id for row in in_turn(rows, wanted, NOW, TODAY)] == order


@settings(max_examples=60, deadline=None)
@given(experts=st.integers(2, 8), asks=st.integers(0, 60))
def test_the_rotation_is_fair(experts, asks):
    """Among equals nobody is asked twice more often than anybody else, whatever the number of asks."""
    rows = [replace(ABLE, expert_id=number) for number in range(1, experts + 1)]
    count = dict.fromkeys((row.expert_id for row in rows), 0)
    now = NOW
    for _ in range(asks):
        now += dt.timedelta(hours=3)
        first = in_turn(rows, Wanted(), now, TODAY)[0]
        count[first.expert_id] += 1
        rows = [replace(r, last_asked=now) if r.expert_id == first.expert_id else r for r in rows]
    assert max(count.values()) - min(count.values()) <= 1


# -- figures
def test_answering_says_its_parts():
    asks = [
        AskFact("accepted", 60),
        AskFact("accepted", 120),
        AskFact("declined", 30),
        AskFact("expired"),
        AskFact("withdrawn"),
        AskFact("asked"),
    ]
    found = answering(asks)
    assert (found.accepted, found.asked, found.percent, found.median_minutes, found.answered) == (
        2,
        4,
        50,
        60,
        3,
    )
    assert answering([]).percent is None


def test_ending_soon():
    assert ending_soon(TODAY, TODAY)
    assert ending_soon(TODAY + dt.timedelta(days=30), TODAY)
    assert not ending_soon(TODAY + dt.timedelta(days=31), TODAY)
    assert not ending_soon(TODAY - dt.timedelta(days=1), TODAY)
    assert not ending_soon(None, TODAY)
