"""Reminders: planned once, told in office hours, once; what can't be handled doesn't stop the rest."""

import datetime as dt
import signal
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from yuanzhi.accounts.models import Membership
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.actions import digests, escalation
from yuanzhi.cases.jobs_escalation import escalate_all, send_all
from yuanzhi.cases.models import Case, Extension, Reminder, Stumble
from yuanzhi.kernel.jobs import enqueue
from yuanzhi.kernel.models import Notice
from yuanzhi.kernel.tests.conftest import worker_database as worker_database
from yuanzhi.kernel.tests.test_jobs_killed import done, process, wait_for

from . import escalation_work

pytestmark = pytest.mark.django_db


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def open_cases(world, count=1, *, accept=True, when="2026-11-20 10:00"):
    """Opened on a Friday; accepted ones are due by the default promise on the 27th at 10:00."""
    officer, made = world.actor(Role.DESK_OFFICER), []
    with time_machine.travel(at(when), tick=False):
        for number in range(count):
            case = actions.open_case(
                actor=officer,
                enterprise=world.enterprises[0],
                words=f"第{number}件事",
                desk=world.desks["economy"],
            )
            made.append(actions.accept(actor=officer, case=case) if accept else case)
    Notice.objects.all().delete()
    return made


def planned(**wanted):
    rows = Reminder.objects.filter(**wanted).order_by("pk")
    return [(row.basket, row.user_id, row.state) for row in rows]


def test_the_owner_is_reminded_when_it_gets_tight_and_the_lead_when_it_is_late(world):
    (case,) = open_cases(world)
    officer, lead = world.user(Role.DESK_OFFICER).pk, world.user(Role.LEAD).pk
    assert escalate_all(at("2026-11-20 10:05")).startswith("看了 1 件，安排 0")
    case.refresh_from_db()
    soon = case.look_at
    assert at("2026-11-20 10:05") < soon < case.due_at
    assert escalate_all(soon - dt.timedelta(minutes=1)).startswith("看了 0 件")
    escalate_all(soon)
    assert planned() == [("amber", officer, "planned")]
    escalate_all(case.due_at)
    assert planned(basket="breached") == [("breached", n, "planned") for n in sorted((officer, lead))]
    case.refresh_from_db()
    assert case.look_at is None


def test_nobody_picked_it_up(world):
    open_cases(world, accept=False)
    officer, lead = world.user(Role.DESK_OFFICER).pk, world.user(Role.LEAD).pk
    escalate_all(at("2026-11-20 13:30"))  # two work hours before it should be answered
    assert [user for _, user, _ in planned(basket="nobody")] == [officer]
    escalate_all(at("2026-11-20 16:00"))
    assert sorted(user for _, user, _ in planned(basket="nobody")) == sorted([officer, officer, lead])


def test_run_twice_it_plans_and_tells_once(world):
    (case,) = open_cases(world)
    for _ in range(2):
        Case.objects.update(look_at=at("2026-11-20 10:00"))
        escalate_all(case.due_at)
    assert Reminder.objects.count() == 2
    for _ in range(2):
        send_all(at("2026-11-27 14:10"))
    assert Reminder.objects.filter(state="sent").count() == Notice.objects.count() == 2


def test_told_at_the_next_time_agreed_in_one_piece_and_never_when_the_office_is_closed(world):
    open_cases(world, 8)
    escalate_all(at("2026-11-27 10:00"))
    assert {row.planned_for for row in Reminder.objects.all()} == {at("2026-11-27 14:10")}
    for closed in ("2026-11-27 13:00", "2026-11-27 14:09", "2026-11-27 20:00", "2026-11-28 10:00"):
        send_all(at(closed))
        assert not Notice.objects.exists()
    send_all(at("2026-11-30 09:00"))  # nobody was there on Friday: at the next opening
    notice = Notice.objects.get(user_id=world.user(Role.LEAD).pk)
    assert (
        notice.title == "8 件诉求等您看看"
        and "已经超时：第0件事" in notice.body
        and "还有 2 件" in notice.body
    )
    assert Notice.objects.count() == 2 and not Reminder.objects.filter(state="planned").exists()


def test_what_was_seen_to_since_is_not_told(world):
    resolved, handed, left = open_cases(world, 3)
    escalate_all(at("2026-11-27 10:00"))
    officer = world.actor(Role.DESK_OFFICER)
    actions.resolve(actor=officer, case=resolved, outcome="好了")
    lead = world.user(Role.LEAD)
    actions.hand_over(actor=officer, case=handed, desk=world.desks["economy"], owner=lead, why="我不在")
    Notice.objects.all().delete()
    send_all(at("2026-11-27 14:10"))
    states = dict(Reminder.objects.filter(user_id=officer.user_id).values_list("case_id", "state"))
    assert states == {resolved.pk: "void", handed.pk: "void", left.pk: "sent"}
    assert Notice.objects.get(user_id=officer.user_id).url == f"/cases/{left.pk}/"


def test_who_is_gone_is_told_nothing_and_the_board_says_so(client, world):
    (case,) = open_cases(world)
    escalate_all(at("2026-11-27 10:00"))
    officer = world.user(Role.DESK_OFFICER)
    Membership.objects.filter(user=officer).delete()
    send_all(at("2026-11-27 14:10"))
    row = Reminder.objects.get(user_id=officer.pk)
    assert (row.state, row.why) == ("not_sent", digests.GONE)
    assert not Notice.objects.filter(user_id=officer.pk).exists()
    client.force_login(world.user(Role.LEAD))
    page = client.get("/cases/board/").content.decode()
    assert "提醒没发成" in page and digests.GONE in page and case.title in page


def test_extensions_are_the_lead_s_and_a_word_from_the_lead_is_the_owner_s(world):
    asking, urged = open_cases(world, 2)
    now = at("2026-11-23 09:00")
    Extension.objects.create(
        case=asking, days=2, reason="等部门", asked_by_label="经办", asked_at=now, due_before=asking.due_at
    )
    Case.objects.filter(pk=urged.pk).update(urged_at=now)
    escalate_all(now)
    assert planned(case=asking) == [("extension", world.user(Role.LEAD).pk, "planned")]
    assert planned(case=urged) == [("urged", world.user(Role.DESK_OFFICER).pk, "planned")]


@pytest.mark.parametrize("where", ["decide", "write"])
def test_a_poisoned_case_does_not_stop_the_rest(client, world, monkeypatch, where):
    cases = open_cases(world, 5)
    bad = cases[2]
    real, wrong = (escalation._plan, "_plan") if where == "decide" else (escalation.write, "write")

    def poisoned(first, *args):
        hit = first.pk == bad.pk if where == "decide" else bad.pk in [plan.case.pk for plan in first]
        if hit:
            raise ValueError("这一行坏了")
        return real(first, *args)

    monkeypatch.setattr(escalation, wrong, poisoned)
    now = at("2026-11-27 10:00")
    assert escalate_all(now, 2) == "看了 5 件，安排 8 次提醒，1 件没处理成"
    bad.refresh_from_db()
    assert bad.look_at == now + escalation.PUT_OFF
    assert Stumble.objects.get().why == "ValueError: 这一行坏了"
    escalate_all(bad.look_at)
    assert Stumble.objects.get().times == 2
    client.force_login(world.user(Role.LEAD))
    page = client.get("/cases/board/").content.decode()
    assert "没处理成" in page and "这一行坏了" in page and bad.title in page
    monkeypatch.setattr(escalation, wrong, real)
    bad.refresh_from_db()
    escalate_all(bad.look_at)
    assert not Stumble.objects.exists() and Reminder.objects.filter(case=bad).count() == 2


def test_one_person_s_digest_that_fails_does_not_stop_the_others(world, monkeypatch):
    open_cases(world, 2)
    escalate_all(at("2026-11-27 10:00"))
    lead, real = world.user(Role.LEAD).pk, digests.notify

    def broken(people, **news):
        if lead in people:
            raise ValueError("发不出去")
        real(people, **news)

    monkeypatch.setattr(digests, "notify", broken)
    assert send_all(at("2026-11-27 14:10")) == "提醒了 1 人，1 人没发成"
    assert set(Reminder.objects.filter(user_id=lead).values_list("state", flat=True)) == {"planned"}
    monkeypatch.setattr(digests, "notify", real)
    send_all(at("2026-11-27 14:15"))
    assert Notice.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_of_escalation_each_reminder_is_planned_once(world, worker_database, tmp_path):
    open_cases(world, 9)
    if worker_database.file:
        _copy(worker_database.file)
    with worker_database():
        job_id = enqueue(
            escalation_work.escalate_slowly, "2026-11-27T10:00:00+08:00", str(tmp_path / "mark"), 3
        )
        _kill_once(worker_database, tmp_path / "mark", job_id)
        rows = list(Reminder.objects.values_list("case_id", "user_id", "basket"))
        assert len(rows) == len(set(rows)) == 18
        assert not Case.objects.filter(look_at__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_of_sending_each_reminder_arrives_once(world, worker_database, tmp_path):
    open_cases(world, 3)
    escalate_all(at("2026-11-27 10:00"))
    if worker_database.file:
        _copy(worker_database.file)
    with worker_database():
        job_id = enqueue(escalation_work.send_slowly, "2026-11-27T14:10:00+08:00", str(tmp_path / "mark"))
        _kill_once(worker_database, tmp_path / "mark", job_id)
        people = list(Notice.objects.values_list("user_id", flat=True))
        assert sorted(people) == sorted([world.user(Role.LEAD).pk, world.user(Role.DESK_OFFICER).pk])
        assert set(Reminder.objects.values_list("state", flat=True)) == {"sent"}


def _copy(file: Path) -> None:
    """The database in memory as it is now, into the file that workers read."""
    import sqlite3

    from django.db import connection

    file.unlink()
    there = sqlite3.connect(file)
    connection.connection.backup(there)
    there.close()


def _kill_once(database, mark: Path, job_id: str) -> None:
    """A worker that is killed with the work written and not committed, and one that does it to the end."""
    with process(database) as first:
        wait_for(mark.exists)
        first.send_signal(signal.SIGKILL)
        first.wait()
    with process(database):
        wait_for(lambda: done(job_id))
