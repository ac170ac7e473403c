"""Districting from the question to the new grids: states, refusals, the job, the pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import build
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry import actions, tasks
from yuanzhi.registry.models import DistrictingProposal, Grid, GridTerm
from yuanzhi.registry.partition import gap, problem_of, solve
from yuanzhi.registry.queries.districting import grid_numbers, proposals_of, world_of
from yuanzhi.registry.rules.proposal import (
    MOVES,
    STATE_NAMES,
    State,
    Step,
    balance,
    changed_since,
    froms,
    loads_of,
    say_gap,
)  # fmt: skip

TODAY = dt.date.today()
ASKED = {
    "goal": "fewest",
    "ratio": "1.10",
    "count": None,
    "weights": {"enterprises": 1.0},
    "max_parks": None,
    "pinned": [],
}


# -- pure ------------------------------------------------------------------------------------------------

LEADS_ON = {
    "queued": "begin fail discard",
    "running": "begin answer deny fail discard",
    "ready": "accept discard",
    "impossible": "discard",
    "failed": "discard",
    "accepted": "",
    "discarded": "",
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_which_step_leads_on_from_where(state, step):
    assert ((state, step) in MOVES) == (step.value in LEADS_ON[state.value].split())


def test_every_state_has_a_name_and_is_reached():
    assert set(STATE_NAMES) == set(State)
    assert {*MOVES.values(), State.QUEUED} == set(State)
    assert set(froms(Step.DISCARD)) == set(State) - {State.ACCEPTED, State.DISCARDED}


@pytest.mark.parametrize(
    ("then", "now", "names", "said"),
    [
        ({1: 1, 2: 1}, {1: 1, 2: 1}, {1: "甲", 2: "乙"}, []),
        ({1: 1, 2: 1}, {1: 1, 2: 2}, {1: "甲", 2: "乙"}, ["乙已经换了网格"]),
        ({1: 1, 2: 1}, {1: 1}, {1: "甲"}, ["方案里有 1 个园区已经不在了"]),
        ({1: 1, 2: 1}, {1: 1, 2: 1, 3: 1}, {1: "甲", 2: "乙", 3: "丙"}, ["新增了丙，方案里没有"]),
        ({1: 1, 2: 1}, {}, {1: "甲", 2: "乙"}, ["甲、乙已经换了网格"]),
    ],
)
def test_what_changed_since_is_said(then, now, names, said):
    assert changed_since(then, now, names, {1, 2}) == said


def test_loads_and_balance():
    parks = [
        {"id": 1, "counts": {"a": 3}},
        {"id": 2, "counts": {"a": 1, "b": 4}},
        {"id": 3, "counts": {"a": 9}},
    ]
    loads = loads_of(parks, {"a": 2, "b": 0.5}, {1: 1, 2: 2})
    assert loads == {1: 6, 2: 4}, "a park without a grid weighs on nobody"
    assert balance(loads) == pytest.approx(1.2)
    assert balance({}) is None and balance({1: 0}) is None


@pytest.mark.parametrize(
    ("status", "share", "said"),
    [
        ("proved", 0.0, "已证明最优"),
        ("feasible", None, "可行，未证明"),
        ("feasible", 0.0312, "可行，未证明（离最优至多差 3.1%）"),
        ("feasible", 0.00001, "可行，未证明（离最优至多差 0.1%）"),
    ],
)
def test_how_sure_it_is(status, share, said):
    assert say_gap(status, share) == said


def test_gap():
    assert gap(None, 1) is None and gap(1, None) is None
    assert gap(100, 90) == pytest.approx(0.1) and gap(90, 100) == 0.0


def test_the_goals_of_the_form_are_the_solvers():
    from yuanzhi.registry.districting import GOALS
    from yuanzhi.registry.forms.districting import GOALS as OFFERED

    assert [code for code, _ in OFFERED] == list(GOALS)


# -- world and solver ------------------------------------------------------------------------------------


def test_the_world_is_put_down_as_it_is(world):
    found = world_of(world.actor(Role.LEAD))
    assert [park["name"] for park in found["parks"]] == [park.name for park in world.parks]
    assert found["parks"][0]["counts"]["enterprises"] == 3
    assert set(found["parks"][0]["counts"]) >= {"enterprises", "employees", "open_cases"}
    assert found["today"] == {str(park.pk): 1 + i // 2 for i, park in enumerate(world.parks)}
    world.parks[0].lng = None
    world.parks[0].save(update_fields=["lng"])
    assert world_of(world.actor(Role.LEAD))["unmapped"] == [world.parks[0].name]


def test_the_answer_is_json_about_numbers_of_grids(world):
    found = solve({"asked": ASKED | {"ratio": "1.00"}, "world": world_of(world.house)})
    assert found["status"] == "proved" and found["moves"] == [] and found["gap"] == 0.0
    assert set(found["assignment"].values()) == {1, 2}


def test_more_grids_than_there_are_get_numbers_of_their_own(world):
    problem = problem_of({"asked": ASKED | {"count": 4}, "world": world_of(world.house)})
    assert problem.grids == (1, 2, 3, 4) and problem.wanted == 4


def test_a_question_without_sense_is_a_sentence(world):
    found = solve({"asked": ASKED | {"weights": {"enterprises": 0}}, "world": world_of(world.house)})
    assert "工作量都是 0" in found["error"]


# -- the job ---------------------------------------------------------------------------------------------


@pytest.fixture
def lead(world):
    return world.actor(Role.LEAD)


@pytest.fixture
def uneven(world):
    """Three parks in grid 1, one in grid 2."""
    actions.assign_parks(actor=world.house, plan={world.parks[2].pk: world.grids[0].pk})
    return world


def proposed(actor, **asked):
    one = actions.propose_districting(actor=actor, asked=ASKED | asked)
    drain()
    one.refresh_from_db()
    return one


def test_the_job_works_it_out_in_a_process_of_its_own(uneven, lead):
    one = proposed(lead)
    assert one.state == "ready" and one.answer["status"] == "proved"
    assert [(m["from"], m["to"]) for m in one.answer["moves"]] == [(1, 2)]
    assert one.finished_at >= one.started_at
    told = HistoryEntry.objects.filter(subject=f"districtingproposal:{one.pk}").values_list("verb", flat=True)
    assert set(told) == {"districting.asked", "districting.answered"}


def test_a_second_run_of_the_job_changes_nothing(uneven, lead):
    one = proposed(lead)
    before = one.finished_at
    tasks.compute.call(one.pk)
    one.refresh_from_db()
    assert one.state == "ready" and one.finished_at == before
    tasks.compute.call(10**9)  # one that is gone


def test_an_impossible_wish_is_answered_with_reasons(uneven, lead):
    one = proposed(lead, pinned=[park.pk for park in uneven.parks])
    assert one.state == "impossible" and one.answer["reasons"]
    with pytest.raises(Refused, match="划不出来"):
        actions.accept_proposal(actor=lead, proposal=one)


def test_a_solver_that_breaks_is_said_and_does_not_hang(uneven, lead, monkeypatch):
    import subprocess

    def broken(question):
        raise subprocess.CalledProcessError(1, "solver", stderr="boom")

    monkeypatch.setattr(tasks, "_in_fresh_process", broken)
    one = proposed(lead)
    assert one.state == "failed" and "没有算成" in one.note


def test_a_solver_that_finds_no_end_is_stopped(uneven, lead, monkeypatch):
    monkeypatch.setattr(tasks, "PATIENCE", 0.01)
    one = proposed(lead)
    assert one.state == "failed" and "还没有结果" in one.note


HASTY = """
import json, sys, time
sys.path.insert(0, {root!r})
from yuanzhi.registry import partition
question = json.load(sys.stdin)
def write(answer):
    print(json.dumps(answer), flush=True)
partition.solve(question, write)     # what it knows on the way, and never the answer itself
print('{{"status": "pro', end="", flush=True)
time.sleep(600)
"""


def test_a_solver_that_is_stopped_leaves_the_best_it_had(uneven, lead, monkeypatch, tmp_path):
    module = tmp_path / "yuanzhi_hasty.py"
    module.write_text(HASTY.format(root=str(tasks.ROOT)))
    popen = tasks.subprocess.Popen

    def hasty(words, **more):
        return popen([words[0], str(module)], **more)

    monkeypatch.setattr(tasks.subprocess, "Popen", hasty)
    monkeypatch.setattr(tasks, "PATIENCE", 8.0)
    one = proposed(lead)
    assert (one.state, one.answer["status"]) == ("ready", "feasible")
    assert "未证明最优" in " ".join(one.answer["lines"])
    assert any("时间用完" in reason for reason in one.answer["reasons"])
    actions.accept_proposal(actor=lead, proposal=one)


def test_a_senseless_question_fails_with_its_sentence(uneven, lead):
    one = proposed(lead, weights={"enterprises": 0.0})
    assert one.state == "failed" and "工作量都是 0" in one.note


def test_dropped_while_it_is_worked_out_it_stays_dropped(uneven, lead):
    one = actions.propose_districting(actor=lead, asked=ASKED)
    actions.begin_proposal(actor=uneven.house, proposal=one)
    actions.discard_proposal(actor=lead, proposal=one)
    answer = solve({"asked": ASKED, "world": one.world})
    assert actions.answer_proposal(actor=uneven.house, proposal=one, answer=answer) is False
    one.refresh_from_db()
    assert one.state == "discarded" and one.answer == {}
    drain()
    one.refresh_from_db()
    assert one.state == "discarded"


def test_sent_twice_it_is_asked_once(uneven, lead):
    first = actions.propose_districting(actor=lead, asked=ASKED, once="k1")
    again = actions.propose_districting(actor=lead, asked=ASKED, once="k1")
    assert first == again
    assert DistrictingProposal.objects.count() == 1


def test_not_too_many_at_once(uneven, lead):
    for _ in range(2):
        actions.propose_districting(actor=lead, asked=ASKED)
    with pytest.raises(Refused, match="等它们算完再来"):
        actions.propose_districting(actor=lead, asked=ASKED)


def test_numbers_count_up_in_each_community(uneven, lead, db):
    there = build("linqu", "邻渠社区", parks=2, enterprises=3)
    assert actions.propose_districting(actor=lead, asked=ASKED).number == 1
    assert actions.propose_districting(actor=there.actor(Role.LEAD), asked=ASKED).number == 1
    assert proposals_of(lead).count() == 1


# -- the decision ----------------------------------------------------------------------------------------


def test_accepted_it_holds_from_its_day_on(uneven, lead):
    one, day = proposed(lead), TODAY + dt.timedelta(days=7)
    before = grid_numbers(uneven.community.pk)
    assert actions.accept_proposal(actor=lead, proposal=one, effective=day) == 1
    one.refresh_from_db()
    assert one.state == "accepted" and one.effective == day
    assert grid_numbers(uneven.community.pk) == before, "until then nothing changes"
    then = grid_numbers(uneven.community.pk, day)
    assert {str(park): number for park, number in then.items()} == one.answer["assignment"]
    assert HistoryEntry.objects.filter(verb="park.assigned", data__contains="划分方案 1").count() == 1


def test_of_two_who_accept_one_is_told(uneven, lead):
    one = proposed(lead)
    seen = DistrictingProposal.objects.get(pk=one.pk)
    actions.accept_proposal(actor=lead, proposal=one)
    terms = GridTerm.objects.count()
    with pytest.raises(Refused, match="已采用"):
        actions.accept_proposal(actor=lead, proposal=seen)
    assert GridTerm.objects.count() == terms


def test_two_proposals_for_one_world_cannot_both_come_true(uneven, lead):
    first, second = proposed(lead), proposed(lead)
    actions.accept_proposal(actor=lead, proposal=first)
    with pytest.raises(Refused, match="已经换了网格"):
        actions.accept_proposal(actor=lead, proposal=second)
    second.refresh_from_db()
    assert second.state == "ready", "refused, it may still be read and dropped"


def test_after_the_parks_changed_it_is_refused(uneven, lead):
    one = proposed(lead)
    actions.add_park(actor=uneven.house, name="新来的园", lng=120.001, lat=30.281)
    with pytest.raises(Refused, match="新增了新来的园"):
        actions.accept_proposal(actor=lead, proposal=one)


def test_a_day_that_has_passed_is_refused(uneven, lead):
    with pytest.raises(Refused, match="已经过了"):
        actions.accept_proposal(actor=lead, proposal=proposed(lead), effective=TODAY - dt.timedelta(days=1))


def test_grids_it_wants_are_set_up(uneven, lead):
    one = proposed(lead, count=3, ratio="1.50")
    assert one.state == "ready", one.answer
    actions.accept_proposal(actor=lead, proposal=one)
    assert Grid.objects.filter(community=uneven.community, number=3).exists()
    assert set(grid_numbers(uneven.community.pk).values()) == {1, 2, 3}


def test_the_neighbours_proposal_is_not_ours_to_decide(uneven, lead):
    there = build("linqu", "邻渠社区", parks=2, enterprises=3).actor(Role.LEAD)
    one = proposed(lead)
    for act in (actions.accept_proposal, actions.discard_proposal):
        with pytest.raises(Refused):
            act(actor=there, proposal=one)
    with pytest.raises(Refused, match="权限"):
        actions.propose_districting(actor=uneven.actor(Role.DESK_OFFICER), asked=ASKED)


# -- pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def browser(world, client):
    client.force_login(world.user(Role.LEAD))
    return client


FORM = {
    "goal": "fewest", "ratio": "1.10", "count": "2", "max_parks": "", "weight_enterprises": "1",
    "weight_employees": "0.05", "weight_open_cases": "2", "once": "a",
}  # fmt: skip


def test_asking_waiting_deciding(browser, uneven):
    page = browser.get("/districting/").content.decode()
    assert "平均的 <b" in page and "第 1 网格" in page and "每家在册企业 1 分" in page
    response = browser.post("/districting/", FORM)
    url = response.url
    waiting = browser.get(url).content.decode()
    assert (
        "排队中" in waiting and 'hx-trigger="every 1s"' in waiting and '<meta http-equiv="refresh"' in waiting
    )
    piece = browser.get(f"{url}?wait=1", headers={"HX-Request": "true"})
    assert "<html" not in piece.content.decode() and "HX-Refresh" not in piece
    drain()
    assert browser.get(f"{url}?wait=1", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    page = browser.get(url).content.decode()
    for word in ("已证明最优", "第 1 网格 → 第 2 网格", "谁换到哪", "采用这个方案", "现在", "方案"):
        assert word in page
    asked = browser.post(f"{url}accept/", {"effective": TODAY.isoformat()})
    assert "确定" in asked.content.decode(), "without JavaScript the page asks first"
    done = browser.post(f"{url}accept/", {"effective": TODAY.isoformat(), "confirmed": "1"}, follow=True)
    assert "生效" in done.content.decode() and "起按它划分" in done.content.decode()
    late = browser.post(f"{url}accept/", {"effective": TODAY.isoformat(), "confirmed": "1"})
    assert late.status_code == 422 and "已采用" in late.content.decode()
    assert "已采用" in browser.get("/districting/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ratio": "0.9"}, "至少是 1.00"),
        ({"ratio": "很均衡"}, "这里只填数字"),
        ({"count": "0"}, "至少是 1"),
        ({"max_parks": "-1"}, "至少是 0"),
        ({"pinned": ["999999"]}, "现在没有网格"),
        ({"weight_enterprises": "0", "weight_employees": "0", "weight_open_cases": "0"}, "至少要有一项算分"),
        ({"weight_enterprises": ""}, "这里还没填"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(browser, world, wrong, said):
    response = browser.post("/districting/", FORM | wrong)
    page = response.content.decode()
    assert response.status_code == 422 and said in page
    for name, value in (FORM | wrong).items():
        if name in ("max_parks", "ratio") and value:
            assert f'value="{value}"' in page
    assert not DistrictingProposal.objects.exists()


def test_a_wrong_day_keeps_the_page(browser, uneven, lead):
    one = proposed(lead)
    response = browser.post(f"/districting/{one.pk}/accept/", {"effective": "明天"})
    assert response.status_code == 422 and "日期看不懂" in response.content.decode()
    gone = browser.post(f"/districting/{one.pk}/accept/", {"effective": "2020-01-01", "confirmed": "1"})
    assert gone.status_code == 422 and "已经过了" in gone.content.decode()


def test_dropping_leaves_it_to_read(browser, uneven, lead):
    one = proposed(lead)
    page = browser.post(f"/districting/{one.pk}/discard/", follow=True).content.decode()
    assert "作罢了" in page and "已作罢" in page
    assert "没有采用，留着备查" in browser.get(f"/districting/{one.pk}/").content.decode()
    again = browser.post(f"/districting/{one.pk}/discard/", follow=True).content.decode()
    assert "不能作罢" in again


def test_reasons_are_shown_where_nothing_fits(browser, uneven, lead):
    one = proposed(lead, pinned=[park.pk for park in uneven.parks])
    page = browser.get(f"/districting/{one.pk}/").content.decode()
    assert one.answer["reasons"][0] in page and "改一改要求" in page
    assert one.answer["reasons"][0] in browser.get("/districting/").content.decode()


def test_before_there_are_grids_the_page_says_what_to_do(client, db):
    empty = build("kong", "空空社区", parks=1, enterprises=1)
    GridTerm.objects.all().delete()
    Grid.objects.all().delete()
    client.force_login(empty.user(Role.LEAD))
    assert "先设好网格" in client.get("/districting/").content.decode()


def test_as_many_queries_for_one_proposal_as_for_five(browser, uneven, lead):
    def counted(url):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url).status_code == 200
        return len(seen)

    browser.get("/districting/")  # the first request also notes that somebody was seen
    url = f"/districting/{proposed(lead).pk}/"
    one = counted("/districting/"), counted(url)
    for _ in range(4):
        proposed(lead)
    assert (counted("/districting/"), counted(url)) == one
    assert max(one) <= 18, one
