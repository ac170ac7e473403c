"""The pages of routing: the list, a rule, trying it, sheets, fair turns, absences."""

import datetime as dt
import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from tests.world import PASSWORD
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.actions.routing_rules import drop_rule, move_rule, save_rule, switch_rule
from yuanzhi.cases.actions.trials import carry_on, try_rule, use_trial
from yuanzhi.cases.imports.rules import rows_of
from yuanzhi.cases.jobs_routing import run_trial
from yuanzhi.cases.models import Absence, Case, CaseTerms, DeskSeat, RoutingRule, RoutingTrial, ServiceItem
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.refusals import Overtaken, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client, world):
    client.login(username=world.user(Role.LEAD).username, password=PASSWORD)
    return client


def data(world, **values):
    return {"name": "欠款", "words": "尾款", "desk_id": world.desks["governance"].pk, **values}


def saved(world, **values):
    return save_rule(actor=world.actor(Role.LEAD), data=data(world, **values))


def posted(world, **values):
    return {
        "name": "欠款",
        "words": "尾款，欠款",
        "desk": world.desks["governance"].pk,
        "save": "1",
        **values,
    }


def words_in(response):
    return response.content.decode()


# -- the list and one rule -----------------------------------------------------------------------------


def test_the_list_says_what_each_rule_wants_and_how_often_it_fitted(lead, world):
    rule = saved(
        world,
        channels=["wechat"],
        grids=[world.grids[0].pk],
        facts=[
            {"fact": "headcount", "op": "ge", "value": 100},
            {"fact": "section", "op": "in", "value": ["C"]},
        ],
    )
    for _ in range(2):
        case = actions.open_case(actor=world.house, words="尾款")
        Case.objects.filter(pk=case.pk).update(routed_by=rule)
    old = actions.open_case(actor=world.house, words="尾款")
    Case.objects.filter(pk=old.pk).update(routed_by=rule, opened_at=timezone.now() - dt.timedelta(days=91))
    page = words_in(lead.get(reverse("cases:routing")))
    for said in ("说到“尾款”", "来自微信", "从业人数不少于 100 人", "行业门类是制造业", "<b>2</b> 件"):
        assert said in page


def test_a_rule_is_added_with_a_form_and_a_double_submit_is_one(lead, world):
    wanted = posted(world, once="k1", headcount_ge="100", scales=["large"], abnormal="is_not", divisions="65")
    for _ in range(2):
        assert lead.post(reverse("cases:routing_new"), wanted).status_code == 302
    rule = RoutingRule.objects.get()
    assert (rule.words, rule.facts) == (
        "尾款、欠款",
        [
            {"fact": "headcount", "op": "ge", "value": "100"},
            {"fact": "division", "op": "in", "value": ["65"]},
            {"fact": "scale", "op": "in", "value": ["large"]},
            {"fact": "abnormal", "op": "is_not"},
        ],
    )
    page = words_in(lead.get(reverse("cases:routing_rule", args=[rule.pk])))
    assert 'value="100"' in page
    assert 'value="65"' in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "给规则起个名字"),
        ({"desk": ""}, "派到哪个窗口还没选"),
        ({"words": "款"}, "只有一个字"),
        ({"headcount_ge": "很多"}, "写一个数"),
        ({"headcount_ge": "-1"}, "不能小于 0"),
        ({"headcount_ge": "100", "headcount_lt": "50"}, "两个数对不上"),
        ({"divisions": "软件"}, "不是国标里的行业大类"),
        ({"words": "、".join(f"说法{n}" for n in range(80))}, "最多写 60 个"),
    ],
)
def test_what_makes_no_sense_is_said_and_stays_on_the_page(lead, world, wrong, sentence):
    answer = lead.post(reverse("cases:routing_new"), posted(world, **wrong))
    assert answer.status_code == 422
    page = words_in(answer)
    assert sentence in page
    if wrong.get("words") is None:
        assert "尾款，欠款" in page
    assert not RoutingRule.objects.exists()


def test_two_people_change_one_rule(world):
    rule = saved(world)
    save_rule(actor=world.actor(Role.LEAD), data=data(world, words="货款"), rule=rule, seen=1)
    with pytest.raises(Overtaken):
        save_rule(actor=world.actor(Role.LEAD), data=data(world, words="回款"), rule=rule, seen=1)
    rule.refresh_from_db()
    assert (rule.words, rule.version) == ("货款", 2)
    same = save_rule(actor=world.actor(Role.LEAD), data=data(world, words="货款"), rule=rule, seen=2)
    assert same.version == 2  # nothing changed, nothing written
    assert HistoryEntry.objects.filter(verb="rule.changed").count() == 1


def test_rules_change_places(world):
    lead = world.actor(Role.LEAD)
    one, two, three = (saved(world, name=name) for name in ("一", "二", "三"))

    def names():
        return [rule.name for rule in RoutingRule.objects.all()]

    move_rule(actor=lead, rule=three, up=True, seen=3)
    assert names() == ["一", "三", "二"]
    with pytest.raises(Overtaken):
        move_rule(actor=lead, rule=three, up=True, seen=3)
    move_rule(actor=lead, rule=one, up=True, seen=1)  # it is the first: nothing happens
    move_rule(actor=lead, rule=one, up=False, seen=1)
    assert names() == ["三", "一", "二"]
    assert HistoryEntry.objects.filter(verb="rule.moved").count() == 2


def test_switched_off_it_routes_nothing_and_keeps_its_place(lead, world):
    rule = saved(world)
    lead.post(reverse("cases:routing_switch", args=[rule.pk]), {"on": "0"})
    assert actions.open_case(actor=world.house, words="尾款").routed_by_id is None
    lead.post(reverse("cases:routing_switch", args=[rule.pk]), {"on": "1"})
    case = actions.open_case(actor=world.house, words="尾款")
    assert (case.routed_by_id, case.desk.code) == (rule.pk, "governance")
    switch_rule(actor=world.actor(Role.LEAD), rule=rule, on=True)  # again: nothing
    assert HistoryEntry.objects.filter(verb__startswith="rule.switched").count() == 2


def test_nothing_of_the_neighbour_s_can_be_named(world, neighbour):
    lead, theirs = world.actor(Role.LEAD), neighbour
    item = ServiceItem.objects.filter(desk__community=theirs.community).first()
    for wrong in (
        {"desk_id": theirs.desks["party"].pk},
        {"parks": [theirs.parks[0].pk]},
        {"grids": [theirs.grids[0].pk]},
        {"item_id": item.pk},
        {"give_item_id": item.pk},
        {"owner_id": theirs.user(Role.DESK_OFFICER).pk},
        {"channels": ["smoke"]},
        {"facts": [{"fact": "moon", "op": "is"}]},
    ):
        with pytest.raises(Refused):
            save_rule(actor=lead, data=data(world, **wrong))


def test_officers_see_the_rules_and_change_none(client, world):
    rule = saved(world)
    client.login(username=world.user(Role.DESK_OFFICER).username, password=PASSWORD)
    page = words_in(client.get(reverse("cases:routing")))
    assert rule.name in page
    assert reverse("cases:routing_new") not in page
    with pytest.raises(Refused):
        save_rule(actor=world.actor(Role.DESK_OFFICER), data=data(world))
    with pytest.raises(Refused):
        drop_rule(actor=world.actor(Role.DESK_OFFICER), rule=rule)


@pytest.mark.parametrize("name", ["routing", "absences"])
def test_the_lists_cost_the_same_with_one_row_and_thirty(lead, world, name, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def write(count):
        for number in range(count):
            saved(world, name=f"规则{number}-{count}", parks=[world.parks[0].pk])
            day = timezone.localdate() + dt.timedelta(days=3 * number + 90 * count)
            Absence.objects.create(
                community=world.community, user_id=1, user_name="甲", first_day=day, last_day=day
            )

    write(1)
    lead.get(reverse(f"cases:{name}"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        lead.get(reverse(f"cases:{name}"))
    write(29)
    with CaptureQueriesContext(connection) as many:
        lead.get(reverse(f"cases:{name}"))
    assert len(few) == len(many)
    assert len(many) <= 24


# -- the dry run ---------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_change_and_saves_nothing(lead, world):
    moved = actions.open_case(actor=world.house, words="尾款拖了五个月")
    actions.open_case(actor=world.house, words="噪音太大")
    answer = lead.post(reverse("cases:routing_new"), {**posted(world), "try": "1", "days": "90"})
    trial = RoutingTrial.objects.get()
    assert answer.url == reverse("cases:routing_trial", args=[trial.pk])
    assert not RoutingRule.objects.exists()
    page = words_in(lead.get(answer.url))
    assert moved.title in page
    assert "会命中 <b>1</b> 件；其中 <b>1</b> 件会换个派法" in page
    assert lead.post(reverse("cases:routing_use", args=[trial.pk])).status_code == 302
    lead.post(reverse("cases:routing_use", args=[trial.pk]))
    assert RoutingRule.objects.get().words == "尾款、欠款"
    # and back to the form with what was typed
    form = words_in(lead.get(f"{reverse('cases:routing_new')}?trial={trial.pk}"))
    assert "尾款、欠款" in form


def test_a_dry_run_knows_the_rules_before_it(world):
    saved(world, name="先", words="尾款")
    actions.open_case(actor=world.house, words="尾款")  # governance, by the first rule
    later = data(world, name="后", words="尾款", desk_id=world.desks["party"].pk)
    assert try_rule(actor=world.actor(Role.LEAD), data=later).found["changed"] == 0


def test_changing_a_rule_is_tried_in_its_place(world):
    rule = saved(world)
    case = actions.open_case(actor=world.house, words="货款没到")
    trial = try_rule(actor=world.actor(Role.LEAD), data=data(world, words="货款"), rule=rule)
    assert trial.found["moves"] == [[case.desk_id, world.desks["governance"].pk, "欠款", 1]]
    save_rule(actor=world.actor(Role.LEAD), data=data(world, words="回款"), rule=rule)
    with pytest.raises(Overtaken):
        use_trial(actor=world.actor(Role.LEAD), trial=trial)


def test_a_long_dry_run_goes_on_in_the_background_and_survives_a_second_worker(lead, world, monkeypatch):
    from yuanzhi.cases.actions import trials

    monkeypatch.setattr(trials, "INLINE", 2)
    monkeypatch.setattr(trials, "CHUNK", 2)
    for number in range(5):
        actions.open_case(actor=world.house, words=f"尾款{number}")
    trial = try_rule(actor=world.actor(Role.LEAD), data=data(world))
    assert (trial.state, trial.total) == ("running", 5)
    assert "正在试" in words_in(lead.get(reverse("cases:routing_trial", args=[trial.pk])))
    assert carry_on(trial)  # a worker did one piece and died
    drain()
    trial.refresh_from_db()
    assert (trial.state, trial.seen, trial.found["changed"]) == ("done", 5, 5)
    assert run_trial.func(trial.pk) == 5  # a second run adds nothing
    assert run_trial.func(10**6) == 0


# -- sheets --------------------------------------------------------------------------------------------


def _bring(lead, world, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = "派件规则.xlsx"
    answer = lead.post(f"{reverse('registry:imports')}?kind=rules", {"file": out})
    assert answer.status_code == 302, words_in(answer)[:3000]
    drain()
    batch = ImportBatch.objects.order_by("-pk").first()
    lead.post(reverse("registry:import_commit", args=[batch.pk]))
    drain()
    batch.refresh_from_db()
    return batch


def test_the_list_goes_out_as_a_sheet_and_comes_back_unchanged(lead, world):
    officer = world.user(Role.DESK_OFFICER)
    item = ServiceItem.objects.filter(desk=world.desks["economy"]).first()
    saved(world, name="一", channels=["wechat"], grids=[world.grids[0].pk], parks=[world.parks[1].pk])
    saved(
        world,
        name="二",
        desk_id=world.desks["economy"].pk,
        owner_id=officer.pk,
        give_item_id=item.pk,
        facts=[{"fact": "capital", "op": "lt", "value": "1000"}, {"fact": "abnormal", "op": "is"}],
    )
    answer = lead.get(reverse("cases:routing_sheet"))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[1][0] == "一"
    batch = _bring(lead, world, rows)
    assert [finding.message for finding in batch.findings.all()] == []
    assert (batch.created, batch.updated, batch.unchanged, batch.rejected) == (0, 0, 2, 0)


def test_rules_come_in_by_sheet_in_its_order_and_wrong_rows_are_explained(lead, world):
    saved(world, name="原来的")
    header = list(rows_of(world.actor(Role.LEAD)))[0]
    rows = [
        header,
        *(
            [{"名称": name, "说到": words, "派到": desk}.get(title, "") for title in header]
            for name, words, desk in [
                ("噪音", "噪音、太吵", "综合治理"),
                ("错的", "尾款", "没有的窗口"),
                ("学位", "学位", "公共事务"),
            ]
        ),
    ]
    batch = _bring(lead, world, rows)
    assert (batch.created, batch.rejected) == (2, 1)
    assert "没有的窗口" in batch.findings.get().message
    assert [rule.name for rule in RoutingRule.objects.all()] == ["噪音", "学位", "原来的"]
    lead.post(reverse("registry:import_undo", args=[batch.pk]), {"confirmed": "1"})
    drain()
    assert [rule.name for rule in RoutingRule.objects.all()] == ["原来的"]


# -- turns and absences --------------------------------------------------------------------------------


def test_the_lead_sets_turns_and_shares(lead, world):
    desk, officer = world.desks["economy"], world.user(Role.DESK_OFFICER)
    lead.post(reverse("cases:routing_assigning"), {"on": "1"})
    assert CaseTerms.objects.get().assigns
    lead.post(reverse("cases:routing_share"), {"desk": desk.pk, "user": officer.pk, "share": "50"})
    assert DeskSeat.objects.get().share == 50
    answer = lead.post(
        reverse("cases:routing_share"), {"desk": desk.pk, "user": officer.pk, "share": "500"}, follow=True
    )
    assert "1 到 100" in words_in(answer)
    assert "已经开始学了" in words_in(lead.post(reverse("cases:routing_learn"), follow=True))


def test_an_officer_reports_and_takes_back_an_absence(client, world):
    user = world.user(Role.DESK_OFFICER)
    client.login(username=user.username, password=PASSWORD)
    today = timezone.localdate()
    days = {
        "first_day": today.isoformat(),
        "last_day": (today + dt.timedelta(days=2)).isoformat(),
        "why": "培训",
    }
    assert client.post(reverse("cases:absences"), days).status_code == 302
    row = Absence.objects.get()
    assert (row.user_id, row.why) == (user.pk, "培训")
    page = words_in(client.get(reverse("cases:absences")))
    assert "今天不在" in page
    wrong = client.post(reverse("cases:absences"), {**days, "last_day": "2020-01-01"})
    assert wrong.status_code == 422
    assert "培训" in words_in(wrong)
    client.post(reverse("cases:absence_end", args=[row.pk]))
    assert not Absence.objects.exists()


def test_the_lead_hands_on_what_somebody_has_in_hand(lead, world):
    user = world.user(Role.DESK_OFFICER)
    cases = [
        actions.accept(
            actor=world.actor(Role.DESK_OFFICER), case=actions.open_case(actor=world.house, words=f"尾款{n}")
        )
        for n in range(2)
    ]
    today = timezone.localdate().isoformat()
    lead.post(reverse("cases:absences"), {"person": user.pk, "first_day": today, "last_day": today})
    row = Absence.objects.get()
    url = reverse("cases:absence_hand_on", args=[row.pk])
    assert cases[0].title in words_in(lead.get(url))
    nothing = lead.post(url, {})
    assert nothing.status_code == 409
    assert "还没有勾选" in words_in(nothing)
    to = world.user(Role.LEAD)
    assert lead.post(url, {"case": [cases[0].pk], "to": to.pk}).status_code == 302
    assert {case.owner_id for case in Case.objects.all()} == {to.pk, user.pk}
