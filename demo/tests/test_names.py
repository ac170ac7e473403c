import re
from collections import Counter
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as reference

from demo.names import FULL, REGIONS, enterprises, scale, share, uscc
from demo.plan import TODAY
from demo.words import KNOWN, LISTED, STORY, TRADES

WEIGHTS_11714 = (3, 7, 9, 10, 5, 8, 4, 2)


@given(st.integers(0, 2_100_000), st.sampled_from(["91", "92", "12", "31", "51", "52"]))
def test_codes_pass_an_independent_check(serial, authority):
    assert reference.is_valid(uscc(authority, "330110", serial))


@given(st.integers(0, 2_100_000), st.sampled_from(["91", "N2", "A1", "Y1"]))
def test_the_body_inside_has_its_own_check_digit(serial, authority):
    code = uscc(authority, "330110", serial)
    body, check = code[8:16], code[16]
    total = sum(int(c, 36) * w for c, w in zip(body, WEIGHTS_11714, strict=True))
    value = 10 if check == "X" else int(check)
    assert (total + value) % 11 == 0
    assert body.startswith("DM")  # issued by nobody: it can't be a real enterprise's


def test_codes_do_not_repeat_within_a_city():
    assert len({uscc("91", "330110", n) for n in range(0, 2_000_000, 97)}) == len(range(0, 2_000_000, 97))


@pytest.mark.parametrize(
    ("heads", "size"),
    [(0, "micro"), (9, "micro"), (10, "small"), (99, "small"), (100, "medium"), (300, "large")],
)
def test_scale(heads, size):
    assert scale(heads) == size


def test_names_are_distinct_and_nobody_s(full):
    names = [e.name for e in full.enterprises]
    assert len(names) == len(set(names)) == FULL
    assert len({e.uscc for e in full.enterprises}) == FULL
    generated = [e for e in full.enterprises if not e.short_name]
    places = r"^(杭州市余杭区(仓前街道)?|杭州市?|浙江|上海|北京|深圳|宁波|苏州|某部驻)"
    stems = [re.sub(places, "", e.name) for e in generated]
    assert not [stem for stem in stems if stem[:2] in KNOWN]


def test_names_take_the_shapes_of_a_register(full):
    names = [e.name for e in full.enterprises]
    for shape, least in (
        (r"^杭州.+有限公司$", 4000), (r"^浙江.+有限公司$", 600), (r"^.{2,5}（杭州）.+有限公司$", 300),
        (r"（杭州）有限公司$", 200), (r"分公司$", 150), (r"合伙企业（有限合伙）$", 150),
        (r"股份有限公司$", 80),
        (r"（个体工商户）$", 100),
    ):  # fmt: skip
        assert sum(bool(re.search(shape, name)) for name in names) >= least, shape
    kinds = Counter(e.uscc[:2] for e in full.enterprises)
    assert {"91", "92", "12", "51", "52", "N2", "A1", "Y1"} == set(kinds)


def test_industry_agrees_with_the_trade_in_the_name(full):
    words = sorted(TRADES, key=lambda t: -len(t.word))
    checked = 0
    for e in full.enterprises:
        if e.former_names or e.parent or not re.fullmatch(r"杭州.{2}(.+)有限公司", e.name):
            continue
        trade = next((t for t in words if e.name == e.name[:4] + t.word + "有限公司"), None)
        if trade:
            assert e.industry == trade.industry, e.name
            assert e.scope.startswith("一般项目：")
            checked += 1
    assert checked > 2500


def test_qualifications_are_the_mission_s(full):
    counts = Counter(q.code for e in full.enterprises for q in e.qualifications)
    assert counts == {"listed": 6, "little_giant": 11, "specialised": 84, "high_tech": 287, "tech_sme": 650}
    assert {
        e.short_name for e in full.enterprises if any(q.code == "listed" for q in e.qualifications)
    } == LISTED
    for e in full.enterprises:
        codes = {q.code for q in e.qualifications}
        assert not codes or e.active
        assert "specialised" in codes or "little_giant" not in codes
        for q in e.qualifications:
            assert e.established < q.since <= TODAY, e.name
            assert q.until is None or q.until > q.since


def test_thirty_thousand_people_mostly_in_small_firms(full):
    heads = [e.headcount for e in full.enterprises if e.active and e.headcount is not None]
    assert 30_000 <= sum(heads) <= 36_000
    assert sorted(heads)[len(heads) // 2] <= 3
    assert max(heads) >= 300
    unknown = sum(e.headcount is None for e in full.enterprises)
    assert 0.01 < unknown / FULL < 0.04


def test_status_dates_and_blemishes(full):
    status = Counter(e.status for e in full.enterprises)
    assert status["active"] >= 8000
    assert all(status[s] > 0 for s in ("cancelled", "moved_out", "revoked"))
    assert 0.01 < sum(e.abnormal is not None for e in full.enterprises) / FULL < 0.025
    for e in full.enterprises:
        assert date(2000, 1, 1) < e.established < TODAY
        assert e.established.weekday() < 5 or e.kind == "分公司" or e.short_name
        assert (e.status_on is None) == e.active
        assert e.status_on is None or e.established < e.status_on <= TODAY
        assert e.as_of <= TODAY
        for _, until in e.former_names:
            assert e.established < until < TODAY
    young = sum((TODAY - e.established).days < 1500 for e in full.enterprises)
    assert young > 0.5 * FULL


def test_parents_are_on_the_register_and_older(full):
    rows = {e.key: e for e in full.enterprises}
    children = [e for e in full.enterprises if e.parent]
    assert len(children) > 100
    assert all(rows[e.parent].name != e.name for e in children)
    branches = [e for e in children if e.kind == "分公司"]
    assert all(e.name.startswith(rows[e.parent].name) for e in branches)
    assert all(rows[e.parent].established <= e.established for e in branches)
    assert any(e.parent_name and not e.parent for e in full.enterprises)


def test_every_scale_keeps_the_story_firms(tiny):
    shorts = {e.short_name for e in tiny.enterprises} - {""}
    assert shorts >= {row[0] for row in STORY} - LISTED
    assert len(shorts & LISTED) == share(6, len(tiny.enterprises)) == 1
    assert len(tiny.enterprises) == 81


def test_registers_start_where_they_are_told():
    rows = enterprises(Random(7), 50, 140_000, TODAY, story=False)
    assert [rows[0].key, rows[-1].key] == ["E0140000", "E0140049"]
    assert {e.uscc[2:8] for e in rows} <= set(REGIONS)
