"""Procedures: copied at the opening, due by the work calendar, ticked off once, and told in a line."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, queries_catalogue
from yuanzhi.cases.actions import catalogue, stages
from yuanzhi.cases.models import CaseStage, ItemStage, ServiceItem
from yuanzhi.cases.procedure import progress_of, say_by
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Overtaken, Refused

pytestmark = pytest.mark.django_db


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def line(name, done=False, due=None, skipped=False, kind="stage"):
    return SimpleNamespace(
        name=name, kind=kind, due_at=due and at(due), done_at=at("2026-11-20 09:00") if done else None,
        is_skipped=skipped,
    )  # fmt: skip


NOW = at("2026-11-24 10:00")  # a Tuesday
PROGRESS = [
    ([], ""),
    ([line("执照")], "0/1，下一步：执照"),
    ([line("执照", True), line("银行开户", due="2026-11-26 17:30")], "1/2，下一步：银行开户，周四前"),
    ([line("执照", True), line("公章", skipped=True), line("税务", due="2026-11-24 17:30")], "1/2，下一步：税务，今天 17:30 前"),
    ([line("执照", True)], "1/1，都办好了"),
    ([line("执照", skipped=True)], ""),
    ([line("身份证", kind="material"), line("执照", due="2026-11-20 17:30")], "0/1，下一步：执照，应在 11 月 20 日前"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "words"), PROGRESS)
def test_progress_in_words(lines, words):
    assert progress_of(lines, NOW).words == words


@pytest.mark.parametrize(
    ("due", "words"),
    [
        ("2026-11-24 17:30", "今天 17:30 前"),
        ("2026-11-25 17:30", "明天前"),
        ("2026-11-27 17:30", "周五前"),
        ("2026-11-30 12:00", "下周一前"),
        ("2026-12-08 12:00", "12 月 8 日前"),
        ("2026-11-23 17:30", "应在 11 月 23 日前"),
    ],
)
def test_until_when_in_words(due, words):
    assert say_by(at(due), NOW) == words


@pytest.fixture
def moving(world):
    with time_machine.travel(at("2026-11-16 09:30"), tick=False):
        return actions.open_case(
            actor=world.actor(Role.DESK_OFFICER),
            enterprise=world.enterprises[0],
            words="从上海搬过来，执照税务社保银行一起办",
            item=ServiceItem.objects.get(name="入驻手续", desk__community=world.community),
        )


def test_the_move_in_procedure_takes_ten_workdays(moving):
    lines = list(moving.stages.all())
    assert [row.kind for row in lines].count("material") == 5
    steps = [row for row in lines if row.kind == "stage"]
    assert [row.name for row in steps][:3] == ["名称核准", "营业执照", "公章刻制"]
    assert timezone.localtime(steps[0].due_at).isoformat(" ", "minutes") == "2026-11-17 09:30+08:00"
    assert steps[-1].due_at == moving.resolution_due
    assert timezone.localtime(moving.resolution_due).isoformat(" ", "minutes") == "2026-11-30 09:30+08:00"


def test_a_line_is_ticked_once_with_who_and_when(world, moving):
    officer, lead = world.actor(Role.DESK_OFFICER), world.actor(Role.LEAD)
    seen_by_lead = CaseStage.objects.get(case=moving, name="名称核准")
    done = stages.tick_stage(actor=officer, stage=CaseStage.objects.get(pk=seen_by_lead.pk))
    assert done.done_at and done.done_by_label == officer.label
    with pytest.raises(Overtaken, match="刚被别人动过"):
        stages.tick_stage(actor=lead, stage=seen_by_lead)
    assert HistoryEntry.objects.filter(verb="stage.done", subject=f"case:{moving.pk}").count() == 1
    stages.untick_stage(actor=officer, stage=done)
    assert done.done_at is None
    with pytest.raises(Overtaken):
        stages.untick_stage(actor=officer, stage=done)


def test_a_line_is_left_out_with_a_reason(world, moving):
    officer = world.actor(Role.DESK_OFFICER)
    stage = CaseStage.objects.get(case=moving, name="公章刻制")
    with pytest.raises(Refused, match="写一句"):
        stages.skip_stage(actor=officer, stage=stage, why=" ")
    stages.skip_stage(actor=officer, stage=stage, why="总公司已经刻好了")
    with pytest.raises(Overtaken):
        stages.tick_stage(actor=officer, stage=stage)
    assert "公章刻制" not in [row.name for row in queries_catalogue.open_stages(moving)]


def test_a_line_is_added(world, moving):
    officer = world.actor(Role.DESK_OFFICER)
    made = stages.add_stage(actor=officer, case=moving, name="食品经营许可", workdays=8)
    assert made.order == 9 and made.due_at
    with pytest.raises(Refused):
        stages.add_stage(actor=officer, case=moving, name=" ")


@pytest.mark.parametrize("role", [Role.CONTACT, Role.CAPTAIN, Role.VIEWER, Role.EMPLOYEE])
def test_only_who_works_a_case_ticks(world, moving, role):
    stage = CaseStage.objects.filter(case=moving).first()
    with pytest.raises(Refused):
        stages.tick_stage(actor=world.actor(role), stage=stage)


def test_a_closed_case_keeps_its_list_as_it_is(world, moving):
    actions.withdraw(actor=world.actor(Role.CONTACT), case=moving)
    stage = CaseStage.objects.filter(case=moving).first()
    with pytest.raises(Refused, match="不再改动"):
        stages.tick_stage(actor=world.actor(Role.DESK_OFFICER), stage=stage)


def entry(item, **changed):
    return catalogue.entry_of(item).__class__(**{**vars(catalogue.entry_of(item)), **changed})


def test_a_change_holds_for_cases_from_then_on(world, moving):
    lead = world.actor(Role.LEAD)
    item = moving.item
    fresh = catalogue.change_item(
        actor=lead, item=item, entry=entry(item, resolution_days=8, stages=(
            catalogue.StageLine("stage", "营业执照", "窗口专员", 2), )),
    )  # fmt: skip
    moving.refresh_from_db()
    assert (moving.item_id, moving.resolution_days, moving.stages.count()) == (item.pk, 10, 13)
    # whoever still holds the old row gets the one in force
    again = actions.open_case(actor=lead, words="又一家要搬进来", item=item)
    assert (again.item_id, again.resolution_days, again.stages.count()) == (fresh.pk, 8, 1)
    assert [row.pk for row in queries_catalogue.lineage(item)] == [fresh.pk, item.pk]
    assert fresh in queries_catalogue.catalogue(lead)
    assert item not in queries_catalogue.catalogue(lead)


def test_a_change_of_next_month_waits_until_then(world, moving):
    lead, item = world.actor(Role.LEAD), moving.item
    day = timezone.localdate() + dt.timedelta(days=30)
    fresh = catalogue.change_item(
        actor=lead, item=item, entry=entry(item, resolution_days=12), valid_from=day
    )
    assert actions.open_case(actor=lead, words="今天的", item=item).resolution_days == 10
    assert list(queries_catalogue.catalogue(lead).filter(name=item.name)) == [
        ServiceItem.objects.get(pk=item.pk)
    ]
    with time_machine.travel(at(f"{day} 10:00"), tick=False):
        assert actions.open_case(actor=lead, words="到那天", item=item).item_id == fresh.pk
    with pytest.raises(Overtaken):
        catalogue.change_item(actor=lead, item=ServiceItem.objects.get(pk=item.pk), entry=entry(item))


def test_nothing_changed_is_nothing_done(world, moving):
    count = HistoryEntry.objects.count()
    assert (
        catalogue.change_item(
            actor=world.actor(Role.LEAD), item=moving.item, entry=catalogue.entry_of(moving.item)
        )
        == moving.item
    )
    assert HistoryEntry.objects.count() == count


BAD = [
    ({"name": " "}, "叫什么"),
    ({"response_hours": 0}, "响应时间"),
    ({"resolution_days": 300}, "办结时间"),
    ({"statutory_days": 5, "basis": "文号"}, "比法定"),
    ({"statutory_days": 20, "basis": ""}, "依据"),
    ({"name": "子女入学"}, "已经有一个"),
    ({"stages": (catalogue.StageLine("stage", "太久", "", 11),)}, "超过了"),
    ({"stages": (catalogue.StageLine("stage", "x"),) * 31}, "最多 30 项"),
]


@pytest.mark.parametrize(("changed", "sentence"), BAD)
def test_bad_entries_get_a_sentence(world, moving, changed, sentence):
    with pytest.raises(Refused, match=sentence):
        catalogue.change_item(
            actor=world.actor(Role.LEAD), item=moving.item, entry=entry(moving.item, **changed)
        )
    assert ServiceItem.objects.get(pk=moving.item_id).valid_to is None


@pytest.mark.parametrize("role", [Role.DESK_OFFICER, Role.CONTACT, Role.VIEWER])
def test_only_the_lead_changes_the_catalogue(world, moving, role):
    with pytest.raises(Refused, match="书记"):
        catalogue.end_item(actor=world.actor(role), item=moving.item)


def test_an_entry_is_switched_off_and_its_cases_live_on(world, moving):
    lead = world.actor(Role.LEAD)
    catalogue.end_item(actor=lead, item=moving.item)
    assert not queries_catalogue.catalogue(lead).filter(name="入驻手续").exists()
    assert moving.stages.exists()
    with pytest.raises(Overtaken):
        catalogue.end_item(actor=lead, item=moving.item)


def test_the_neighbour_changes_nothing_here(world, neighbour, moving):
    with pytest.raises(Refused):
        catalogue.end_item(actor=neighbour.actor(Role.LEAD), item=moving.item)


def test_lines_as_a_form_gives_them():
    assert catalogue.lines_of([("stage", "执照", "窗口", "3", ""), ("stage", " ", "", "", "")]) == (
        catalogue.StageLine("stage", "执照", "窗口", 3),
    )
    with pytest.raises(Refused, match="不是 0 到 250 的数"):
        catalogue.lines_of([("stage", "执照", "", "三天", "")])
    assert ItemStage.Kind.values == ["material", "stage"]
