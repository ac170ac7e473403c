"""部门协同: what the community does with it: ask one or several at once, ask again, adopt, call off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.cases.actions.telling import context_of
from yuanzhi.cases.models import Attachment, Case, Note
from yuanzhi.cases.promises import Clock, clock_of
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.notices import notify
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.workdays import Moment, WorkTime, add_work_time

from ..access import COORDINATE
from ..answering import parts_of
from ..models import Coordination, Department
from ..states import COORDINATION, NAMES, CoordinationState, CoordinationStep
from .departments import MOST_DAYS
from .links import permit_case
from .said import said

MOST_AT_ONCE = 8
PENDING = (CoordinationState.SENT, CoordinationState.ACCEPTED)
STEP_NAMES = {
    CoordinationStep.ACCEPT: "签收",
    CoordinationStep.ANSWER: "答复",
    CoordinationStep.RETURN: "退回",
    CoordinationStep.CLOSE: "采用",
    CoordinationStep.ASK_AGAIN: "再问一次",
    CoordinationStep.CALL_OFF: "取消",
}
CHUNK = 200


def due_of(here: Clock, since: dt.datetime, days: int) -> Moment:
    """When so many workdays are over."""
    return add_work_time(since, WorkTime(days=days), here.calendar, here.hours)


def living_case(coordination: Coordination) -> Case:
    """The case it is about, or the one into which that went. Raises Refused when it has ended."""
    case = Case.objects.select_related("enterprise", "desk").get(pk=coordination.case_id)
    if case.merged_into_id:
        case = Case.objects.select_related("enterprise", "desk").get(pk=case.merged_into_id)
    if case.state not in OPEN:
        raise Refused("这件诉求已经办完了，这次协同不用再动")
    return case


def take(
    actor: Actor,
    row: Coordination,
    step: CoordinationStep,
    *,
    case: Case,
    told: dict[str, Any],
    **values: Any,
) -> Coordination:
    """Compare-and-set from the state that was seen. Raises Refused (not possible) or Overtaken."""
    seen = CoordinationState(row.state)
    target = COORDINATION.get((seen, step))
    if target is None:
        raise Refused(f"现在是“{NAMES[seen]}”，不能{STEP_NAMES[step]}")
    won = Coordination.objects.filter(pk=row.pk, state=seen.value, version=row.version).update(
        state=target.value, version=F("version") + 1, **values
    )
    if not won:
        raise Overtaken("这次协同刚被别人动过：刷新看看现在到哪一步了，您写的还在")
    row.refresh_from_db()
    record(
        actor=actor,
        verb=f"coordination.{step.value}",
        subject=case,
        context=context_of(case),
        coordination=row.pk,
        department=row.department.short,
        changes={"coordination_state": [NAMES[seen], NAMES[target]]},
        **told,
    )
    return row


def tell_department(row: Coordination, title: str, *, key: str) -> None:
    """News to the department's people with an account."""
    people = members_of(
        row.community_id, Role.DEPARTMENT, kind=Kind.DEPARTMENT, scope_ids=[row.department_id]
    )
    notify(
        {member.user_id for member in people},
        chain=row.community_id,
        key=key,
        title=title,
        url=reverse("partners:department_coordination", args=[row.pk]),
    )


@action
def send_coordinations(
    *,
    actor: Actor,
    case: Case,
    departments: Sequence[Department],
    question: str,
    lead: Department | None = None,
    reply_days: int | None = None,
    notes: Sequence[Note] = (),
    files: Sequence[Attachment] = (),
    confidential_why: str = "",
    once: str | None = None,
) -> list[Coordination]:
    """Ask these departments about a case, each on its own clock; one of several leads.

    `reply_days`: for all of them instead of each one's own. The same `once` again gives the same rows.
    Raises Refused: nothing asked, not an open case, a department that is working on it already, and for a
    confidential case without a reason why a department must know.
    """
    permit_case(actor, COORDINATE, case)
    if once and (twins := _sent(case, once)):
        return twins
    question = said(question, 2000, missing="请部门做什么还没写：一两句话说清要他们查什么、办什么")
    why = _check(actor, case, departments, reply_days, confidential_why)
    _check_shown(case, notes, files)
    here, now = clock_of(case.community_id), clock.now()
    parts = parts_of([d.pk for d in departments], lead.pk if lead else None)
    made = []
    for department in departments:
        days = reply_days or department.reply_days
        due = due_of(here, now, days)
        try:
            with transaction.atomic():
                row = Coordination.objects.create(
                    community_id=case.community_id,
                    case=case,
                    department=department,
                    part=parts[department.pk],
                    question=question,
                    reply_days=days,
                    sent_at=now,
                    due_at=due.at,
                    is_provisional=due.provisional,
                    confidential_why=why,
                    created_by_id=actor.user_id,
                    created_by_label=actor.label,
                    once=_once(case, department, once),
                )
        except IntegrityError as error:
            raise Overtaken(f"{department.short}刚刚已经请过了：刷新看看") from error
        row.notes.set(notes)
        row.files.set(files)
        made.append(row)
        record(
            actor=actor,
            verb="coordination.sent",
            subject=case,
            context=context_of(case),
            coordination=row.pk,
            department=department.short,
            part=Coordination.Part(row.part).label,
            due_at=row.due_at,
            confidential=bool(why),
            shown=len(notes) + len(files),
        )
        tell_department(row, f"请协同：{case.title}", key=f"coordination:{row.pk}:sent:1")
    return made


def _once(case: Case, department: Department, once: str | None) -> str | None:
    return f"{case.pk}:{department.pk}:{once[:36]}" if once else None


def _sent(case: Case, once: str) -> list[Coordination]:
    rows = Coordination.objects.filter(case=case, once__endswith=f":{once[:36]}")
    return list(rows.select_related("department").order_by("pk"))


def _check(
    actor: Actor, case: Case, departments: Sequence[Department], reply_days: int | None, why: str
) -> str:
    """The reason why a confidential case is opened ("" for any other). Raises Refused."""
    if case.state not in OPEN:
        raise Refused("这件诉求已经不在办理中，不能再请部门协同")
    if not departments:
        raise Refused("请哪个部门？至少选一个")
    if len(departments) > MOST_AT_ONCE or len({d.pk for d in departments}) != len(departments):
        raise Refused(f"一次最多请 {MOST_AT_ONCE} 个部门，每个选一次")
    for department in departments:
        if department.community_id != case.community_id:
            raise Refused("选的部门不在本社区的名单里")
        if not department.is_active:
            raise Refused(f"{department.name}已经停用：请选别的部门")
    if reply_days is not None and not 1 <= reply_days <= MOST_DAYS:
        raise Refused(f"答复时限请填 1 到 {MOST_DAYS} 个工作日")
    busy = Coordination.objects.filter(case=case, department__in=departments, state__in=PENDING)
    if names := list(busy.values_list("department__short", flat=True)):
        raise Refused(f"{'、'.join(names)}已经在办这件事：等答复，或先取消那一次")
    if not case.is_confidential:
        return ""
    return said(
        why,
        200,
        missing="这是私下反映的事，部门看不到。确实要请部门，请勾选“让部门看到”并写明原因",
        line=True,
    )


def _check_shown(case: Case, notes: Sequence[Note], files: Sequence[Attachment]) -> None:
    if any(note.case_id != case.pk or not note.is_public for note in notes):
        raise Refused("只有这件诉求里企业也看得到的备注，才能给部门看")
    if any(file.case_id != case.pk or not file.is_public or file.removed_at for file in files):
        raise Refused("只有这件诉求里企业也看得到的附件，才能给部门看")


@action
def ask_again(
    *,
    actor: Actor,
    coordination: Coordination,
    question: str,
    reply_days: int | None = None,
    seen: int | None = None,
) -> Coordination:
    """The answer doesn't do yet: the next round, with a clock of its own. What was said before stays."""
    permit_case(actor, COORDINATE, coordination.case)
    case = living_case(coordination)
    question = said(question, 2000, missing="还要问什么？写一句，部门才知道差在哪儿")
    days = reply_days or coordination.reply_days
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"答复时限请填 1 到 {MOST_DAYS} 个工作日")
    now = clock.now()
    due = due_of(clock_of(case.community_id), now, days)
    row = take(
        actor,
        as_seen(coordination, seen),
        CoordinationStep.ASK_AGAIN,
        case=case,
        told={"round": coordination.round + 1, "due_at": due.at},
        question=question,
        round=F("round") + 1,
        reply_days=days,
        sent_at=now,
        due_at=due.at,
        is_provisional=due.provisional,
        accepted_at=None,
        answered_at=None,
        answer="",
    )
    tell_department(row, f"还想再问：{case.title}", key=f"coordination:{row.pk}:sent:{row.round}")
    return row


@action
def close_coordination(*, actor: Actor, coordination: Coordination, seen: int | None = None) -> Coordination:
    """Adopt the answer: nothing more is wanted of the department."""
    permit_case(actor, COORDINATE, coordination.case)
    case = Case.objects.get(pk=coordination.case_id)  # also when the case has ended meanwhile
    row = take(
        actor, as_seen(coordination, seen), CoordinationStep.CLOSE, case=case, told={}, closed_at=clock.now()
    )
    tell_department(row, f"答复已采用：{case.title}", key=f"coordination:{row.pk}:closed")
    return row


@action
def call_off_coordination(
    *, actor: Actor, coordination: Coordination, why: str, seen: int | None = None
) -> Coordination:
    """No longer needed: the department is told so."""
    permit_case(actor, COORDINATE, coordination.case)
    why = said(why, 200, missing="为什么不用了？告诉部门一声", line=True)
    case = Case.objects.get(pk=coordination.case_id)
    row = take(
        actor,
        as_seen(coordination, seen),
        CoordinationStep.CALL_OFF,
        case=case,
        told={"text": why},
        closed_at=clock.now(),
    )
    tell_department(row, f"不用办了：{case.title}", key=f"coordination:{row.pk}:off")
    return row


def as_seen(row: Coordination, seen: int | None) -> Coordination:
    """The row as the person saw it: a form sent from an old page must not pass for a new one."""
    if seen is not None and seen != row.version:
        raise Overtaken("这次协同刚被别人动过：刷新看看现在到哪一步了，您写的还在")
    return row


@action
def recompute_coordinations(*, actor: Actor, community_id: int, after: int = 0) -> int:
    """Work out the clocks of the next pending coordinations anew; the last id looked at, 0 at the end.

    In chunks, each a transaction of its own, as `cases.actions.recompute_promises`.
    """
    if not actor.is_system:
        raise Refused("时限由日历推算，不能手工重算")
    here = clock_of(community_id)
    rows = Coordination.objects.filter(community_id=community_id, state__in=PENDING, pk__gt=after)
    chunk = list(rows.select_related("department", "case").order_by("pk")[:CHUNK])
    for row in chunk:
        due = due_of(here, row.sent_at, row.reply_days)
        if (row.due_at, row.is_provisional) == (due.at, due.provisional):
            continue
        won = Coordination.objects.filter(pk=row.pk, version=row.version).update(
            due_at=due.at, is_provisional=due.provisional, version=F("version") + 1
        )
        if won and row.due_at != due.at:
            record(
                actor=actor,
                verb="coordination.moved",
                subject=row.case,
                context=context_of(row.case),
                coordination=row.pk,
                department=row.department.short,
                changes={"due_at": [row.due_at, due.at]},
            )
    return chunk[-1].pk if len(chunk) == CHUNK else 0
