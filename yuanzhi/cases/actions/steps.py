"""The steps of staff: accept, decline, start, wait, resume, resolve, hand over, write."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import promises
from ..access import GIVE_VERDICT, WORK_CASE
from ..models import Case, Desk, Note
from ..queries import visible_to
from ..states import HANDS, STATE_NAMES, STEP_NAMES, State, Step, after
from .telling import context_of, tell_desk, tell_enterprise


def permit(actor: Actor, verb: Verb, case: Case) -> None:
    if actor.is_system:
        return
    if not visible_to(actor, verb).filter(pk=case.pk).exists():
        raise Refused(f"这件诉求不由您{verb.name}：请转给经办人")


def take(actor: Actor, case: Case, step: Step, **values: Any) -> Case:
    """Compare-and-set from the state that was seen. Raises Refused (not possible) or Overtaken."""
    seen = State(case.state)
    target = after(seen, step)
    if target is None:
        raise Refused(f"“{STATE_NAMES[seen]}”的诉求不能{STEP_NAMES[step]}")
    won = Case.objects.filter(pk=case.pk, state=seen.value, version=case.version).update(
        state=target.value, version=F("version") + 1, **values
    )
    if not won:
        raise Overtaken("这件诉求刚被别人动过：刷新看看现在到哪一步了，您写的还在")
    before = seen.value
    case.refresh_from_db()
    record(
        actor=actor,
        verb=f"case.{step.value}",
        subject=case,
        context=context_of(case),
        changes={"state": [before, target.value]},
        by_hand=HANDS[step].value,
        text=values.get("outcome", ""),
    )
    return case


@action
def accept(*, actor: Actor, case: Case, owner: User | None = None) -> Case:
    """Take a case on: the actor (or `owner`) becomes its owner, the response clock stops, the next runs."""
    permit(actor, WORK_CASE, case)
    holder = owner or User.objects.filter(pk=actor.user_id or 0).first()
    now = clock.now()
    return take(
        actor,
        case,
        Step.ACCEPT,
        owner_id=holder.pk if holder else None,
        owner_name=holder.name if holder else "",
        responded_at=case.responded_at or now,
        due_at=case.resolution_due,
    )


@action
def decline(*, actor: Actor, case: Case, reason: str) -> Case:
    """Not ours: say why and where to go instead."""
    permit(actor, WORK_CASE, case)
    if not reason.strip():
        raise Refused("不予受理要说明原因，并告诉企业可以去哪里办")
    now = clock.now()
    case = take(actor, case, Step.DECLINE, outcome=reason.strip(), closed_at=now, responded_at=now)
    tell_enterprise(case, f"未能受理：{case.title}", key=f"case:{case.pk}:declined")
    return case


@action
def start(*, actor: Actor, case: Case) -> Case:
    """Work has begun."""
    permit(actor, WORK_CASE, case)
    return take(actor, case, Step.START)


@action
def wait_for_enterprise(*, actor: Actor, case: Case, question: str) -> Case:
    """Ask the enterprise for something; the clock stands still until it answers."""
    permit(actor, WORK_CASE, case)
    if not question.strip():
        raise Refused("写清楚要企业补充什么，时限从现在起暂停")
    case = take(actor, case, Step.WAIT, paused_at=clock.now())
    write_note(actor, case, question, is_public=True)
    tell_enterprise(case, f"需要补充：{question}", key=f"case:{case.pk}:wait:{case.version}")
    return case


@action
def resume(*, actor: Actor, case: Case) -> Case:
    """The enterprise has answered: the promise moves by the work time that was spent waiting."""
    if not actor.is_system and not owed_or_worked(actor, case):
        raise Refused("这件诉求不由您办理")
    return _resume(actor, case)


def owed_or_worked(actor: Actor, case: Case) -> bool:
    """Whether the actor works this case, or it is its enterprise's own."""
    return (
        visible_to(actor, WORK_CASE).filter(pk=case.pk).exists()
        or visible_to(actor, GIVE_VERDICT).filter(pk=case.pk).exists()
    )


def _resume(actor: Actor, case: Case) -> Case:
    clock_here = promises.clock_of(case.community_id)
    paused = case.paused_minutes + promises.waited(case, clock_here, clock.now())
    promise = promises.of_case(case, clock_here, paused)
    return take(
        actor,
        case,
        Step.RESUME,
        paused_at=None,
        paused_minutes=paused,
        resolution_due=promise.resolution_due,
        due_at=promise.resolution_due,
        is_provisional=promise.is_provisional,
    )


@action
def resolve(*, actor: Actor, case: Case, outcome: str) -> Case:
    """Work is done, say what came of it; the enterprise is asked for its verdict."""
    permit(actor, WORK_CASE, case)
    if not outcome.strip():
        raise Refused("写一句办成了什么：企业会看到，并据此评价")
    now = clock.now()
    case = take(
        actor,
        case,
        Step.RESOLVE,
        outcome=outcome.strip(),
        resolved_at=now,
        responded_at=case.responded_at or now,
    )
    tell_enterprise(case, f"已办结，请评价：{case.title}", key=f"case:{case.pk}:resolved:{case.round}")
    return case


@action
def hand_over(*, actor: Actor, case: Case, desk: Desk, owner: User | None = None, why: str = "") -> Case:
    """Give a case to another desk or colleague; the promise stays."""
    permit(actor, WORK_CASE, case)
    if desk.community_id != case.community_id:
        raise Refused("这个窗口不在本社区")
    won = Case.objects.filter(pk=case.pk, version=case.version).update(
        desk=desk,
        owner_id=owner.pk if owner else None,
        owner_name=owner.name if owner else "",
        version=F("version") + 1,
    )
    if not won:
        raise Overtaken("这件诉求刚被别人动过：请刷新后再转")
    before = case.desk.name
    case.refresh_from_db()
    record(
        actor=actor,
        verb="case.handed_over",
        subject=case,
        context=context_of(case),
        changes={"desk": [before, desk.name]},
        owner=case.owner_name,
        text=why.strip(),
    )
    tell_desk(case, f"转来：{case.title}", key=f"case:{case.pk}:to:{case.version}", but=actor.user_id)
    return case


@action
def add_note(
    *, actor: Actor, case: Case, text: str, is_public: bool = False, once: str | None = None
) -> Note:
    """Write on a case: for colleagues, or (public) for the enterprise as well."""
    if not actor.is_system and not visible_to(actor).filter(pk=case.pk).exists():
        raise Refused("您看不到这件诉求")
    if not actor.is_staff and not actor.is_system:
        is_public = True  # what the enterprise writes, the enterprise sees
    if not text.strip():
        raise Refused("还没写内容")
    if once and (twin := Note.objects.filter(once=once).first()) is not None:
        return twin
    return write_note(actor, case, text, is_public=is_public, once=once)


def write_note(actor: Actor, case: Case, text: str, *, is_public: bool, once: str | None = None) -> Note:
    note = Note.objects.create(
        case=case,
        text=text.strip(),
        is_public=is_public,
        author_id=actor.user_id,
        author_label=actor.label,
        once=once,
    )
    record(
        actor=actor, verb="case.noted", subject=case, context=context_of(case), note=note.pk, public=is_public
    )
    return note
