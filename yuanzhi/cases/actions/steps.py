"""The steps of staff: accept, decline, start, wait, resume, resolve, hand over, write."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.accounts.queries import actor_for
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import promises
from ..access import GIVE_VERDICT, WORK_CASE
from ..models import Case, Desk, Extension, Note
from ..queries import visible_to
from ..states import ACT_NAMES, HANDS, OPEN, STATE_NAMES, STEP_NAMES, Act, State, Step, after, allows
from .telling import context_of, tell_desk, tell_enterprise, tell_leads, tell_people


def permit(actor: Actor, verb: Verb, case: Case) -> None:
    if actor.is_system:
        return
    if not visible_to(actor, verb).filter(pk=case.pk).exists():
        raise Refused(f"这件诉求不由您{verb.name}：请转给经办人")


def take(actor: Actor, case: Case, step: Step, *, text: str = "", **values: Any) -> Case:
    """Compare-and-set from the state that was seen. Raises Refused (not possible) or Overtaken.

    Any step answers an urging; one that ends the work leaves no question about more time.
    """
    seen = State(case.state)
    target = after(seen, step)
    if target is None:
        raise Refused(f"“{STATE_NAMES[seen]}”的诉求不能{STEP_NAMES[step]}")
    change(case, state=target.value, urged_at=None, **values)
    put_aside = 0
    if target not in OPEN:
        asked = Extension.objects.filter(case=case, state=Extension.State.ASKED)
        put_aside = asked.update(
            state=Extension.State.REFUSED, words="诉求已经不在办了", decided_at=clock.now()
        )
    record(
        actor=actor,
        verb=f"case.{step.value}",
        subject=case,
        context=context_of(case),
        changes={"state": [seen.value, target.value]},
        by_hand=HANDS[step].value,
        text=text or values.get("outcome", ""),
        **({"extension": "不在办了，延期申请作罢"} if put_aside else {}),
    )
    return case


def change(case: Case, **values: Any) -> None:
    """Compare-and-set of a case as it was seen; the scheduler looks at it anew. Raises Overtaken."""
    seen = Case.objects.filter(pk=case.pk, state=case.state, version=case.version)
    if not seen.update(version=F("version") + 1, look_at=clock.now(), **values):
        raise Overtaken("这件诉求刚被别人动过：刷新看看现在到哪一步了，您写的还在")
    case.refresh_from_db()


def permit_act(actor: Actor, verb: Verb, case: Case, act: Act) -> None:
    """Whether this may be done by this actor with a case in this state. Raises Refused."""
    permit(actor, verb, case)
    state = State(case.state)
    if not allows(state, act):
        raise Refused(f"“{STATE_NAMES[state]}”的诉求不能{ACT_NAMES[act]}")


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
    waited = promises.waited(case, clock_here, clock.now())
    paused = case.paused_minutes + waited
    promise = promises.of_case(case, clock_here, paused)
    _move_stages(case, clock_here, waited)
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


def _move_stages(case: Case, here: promises.Clock, waited: int) -> None:
    """What of the procedure is not done yet is due later by as much as the case has waited."""
    if not waited:
        return
    late = list(case.stages.filter(done_at=None, is_skipped=False, due_at__isnull=False))
    for stage in late:
        if stage.due_at is not None:
            stage.due_at = here.after(stage.due_at, minutes=waited)
    case.stages.model.objects.bulk_update(late, ["due_at"])


@action
def resolve(*, actor: Actor, case: Case, outcome: str) -> Case:
    """Work is done, say what came of it; the enterprise is asked for its verdict."""
    permit(actor, WORK_CASE, case)
    if not outcome.strip():
        raise Refused("写一句办成了什么：企业会看到，并据此评价")
    if (left := Case.objects.filter(parent=case, state__in=sorted(OPEN)).count()) > 0:
        raise Refused(f"拆出去的还有 {left} 件没办完：都办完了，这一件才能办结")
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
    permit_act(actor, WORK_CASE, case, Act.HAND_OVER)
    if desk.community_id != case.community_id:
        raise Refused("这个窗口不在本社区")
    if owner is not None and not works_here(owner, case):
        raise Refused(f"{owner.name}在这里不办诉求：请换一位同事，或者只转到窗口")
    there = (case.desk_id, case.owner_id) == (desk.pk, owner.pk if owner else None)
    if there and case.given_at is not None:
        return case  # sent twice
    before, before_owner = case.desk.name, case.owner_name
    change(
        case,
        desk=desk,
        owner_id=owner.pk if owner else None,
        owner_name=owner.name if owner else "",
        given_at=clock.now(),
        given_by_id=actor.user_id,
        urged_at=None,
    )
    record(
        actor=actor,
        verb="case.handed_over",
        subject=case,
        context=context_of(case),
        changes={"desk": [before, desk.name], "owner": [before_owner, case.owner_name]},
        owner=case.owner_name,
        text=why.strip(),
    )
    tell_desk(case, f"转来：{case.title}", key=f"case:{case.pk}:to:{case.version}", but=actor.user_id)
    return case


def works_here(user: User, case: Case) -> bool:
    """Whether somebody may work cases of this community: whom one gives a case to."""
    there = actor_for(user, case.community_id)
    return there.community_id == case.community_id and there.may(WORK_CASE)


@action
def return_case(*, actor: Actor, case: Case, reason: str, to: Desk | None = None) -> Case:
    """It was given to the wrong hands: back to who gave it, or to the lead's pile when the routing did.

    Once in a case's life, within the agreed workdays. Whoever gets it back hands it on for good.
    """
    permit(actor, WORK_CASE, case)
    if not reason.strip():
        raise Refused("写一句为什么不该您办、该谁办：派件的人据此改")
    if to is not None and to.community_id != case.community_id:
        raise Refused("这个窗口不在本社区")
    if case.is_returned:
        raise Refused("这件退回过一次了：不能来回退，请和书记（站长）当面定由谁办")
    here = promises.clock_of(case.community_id)
    days = here.terms.return_days
    if clock.now() > here.after(case.given_at or case.opened_at, days=days):
        raise Refused(f"派来超过 {days} 个工作日了，不能再退：请办下去，或者说明理由转给别人")
    giver = User.objects.filter(pk=case.given_by_id, is_active=True).first() if case.given_by_id else None
    if giver is not None and (giver.pk == actor.user_id or not works_here(giver, case)):
        giver = None
    words = f"{reason.strip()}（建议给{to.name}）" if to else reason.strip()
    case = take(
        actor,
        case,
        Step.RETURN,
        text=words,
        owner_id=giver.pk if giver else None,
        owner_name=giver.name if giver else "",
        is_returned=True,
        given_at=None,
        given_by_id=None,
        due_at=case.response_due,
    )
    title, key = f"退回来了：{case.title}", f"case:{case.pk}:returned"
    if giver is not None:
        tell_people([giver.pk], case, title, key=key)
    else:
        tell_leads(case, title, key=key, but=actor.user_id)
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
    """Write it, whoever may. With `once`: the note that the same form wrote at the same moment stands."""
    note = Note(
        case=case,
        text=text.strip(),
        is_public=is_public,
        author_id=actor.user_id,
        author_label=actor.label,
        once=once,
    )
    try:
        with transaction.atomic() if once else nullcontext():
            note.save(force_insert=True)
    except IntegrityError:
        if once and (twin := Note.objects.filter(once=once).first()) is not None:
            return twin
        raise
    record(
        actor=actor, verb="case.noted", subject=case, context=context_of(case), note=note.pk, public=is_public
    )
    _answers_urging(actor, case)
    return note


def _answers_urging(actor: Actor, case: Case) -> None:
    """A word of who works the case answers; the lead's own further words don't."""
    answers = actor.is_staff and (actor.user_id == case.owner_id or not actor.has(Role.LEAD))
    if case.urged_at is not None and answers:
        Case.objects.filter(pk=case.pk).update(urged_at=None, look_at=clock.now())
        case.urged_at = None
