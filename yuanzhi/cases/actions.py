"""All writes of cases: the way from a need to the enterprise's own verdict."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor, by_link
from yuanzhi.accounts.models import User
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import ENTERPRISE_PEOPLE, STAFF, Kind, Role
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.notices import notify
from yuanzhi.kernel.numbering import next_number
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.sealed import seal
from yuanzhi.registry.actions.contacts import one_phone
from yuanzhi.registry.models import Building, Enterprise
from yuanzhi.registry.queries import visible_to as enterprises_visible_to

from . import promises
from .access import GIVE_VERDICT, OPEN_CASE, WORK_CASE
from .models import Case, Desk, Note, ServiceItem, Verdict
from .queries import owed_a_verdict, visible_to
from .rules import CALL_BACK_DAYS, Judgement, closes, guess_desk, title_of
from .states import HANDS, STATE_NAMES, STEP_NAMES, Hand, State, Step, after


@action
def open_case(
    *,
    actor: Actor,
    words: str,
    enterprise: Enterprise | None = None,
    title: str = "",
    desk: Desk | None = None,
    item: ServiceItem | None = None,
    channel: str = Case.Channel.DESK,
    speaker: str = "",
    speaker_phone: str = "",
    building: Building | None = None,
    is_confidential: bool = False,
    owner: User | None = None,
    intake_key: str | None = None,
    opened_at: dt.datetime | None = None,
) -> Case:
    """Take in a need: number, desk, promise. The same `intake_key` again gives the same case.

    Raises Refused when nothing was said or the actor may not open a case for this enterprise.
    """
    if intake_key and (twin := _by_key(actor, intake_key)) is not None:
        return twin
    _may_open(actor, enterprise, channel)
    if not words.strip() and not title.strip():
        raise Refused("企业说了什么还没写：原话最好，哪怕只记一句")
    desk = desk or (item.desk if item else None) or _guessed_desk(actor, words or title)
    if desk.community_id != actor.community_id:
        raise Refused("这个窗口不在本社区")
    now = opened_at or timezone.now()
    promise = promises.give(actor.community_id, item, now)
    phone = _phone(speaker_phone)
    values: dict[str, Any] = {
        "community_id": actor.community_id,
        "number": _number(actor.community_id or 0, now),
        "enterprise": enterprise,
        "building": building or (enterprise.building if enterprise else None),
        "desk": desk,
        "item": item,
        "title": (title.strip() or title_of(words))[:80],
        "words": words.strip(),
        "channel": channel,
        "speaker": speaker.strip()[:40],
        "is_confidential": is_confidential,
        "owner_id": owner.pk if owner else None,
        "owner_name": owner.name if owner else "",
        "opened_by_id": actor.user_id,
        "opened_at": now,
        "intake_key": intake_key,
        **phone,
        **promise.fields(),
    }
    try:
        with transaction.atomic():
            case = Case.objects.create(**values)
    except IntegrityError:
        if intake_key and (twin := _by_key(actor, intake_key)) is not None:
            return twin
        raise
    record(
        actor=actor,
        verb="case.opened",
        subject=case,
        context=_context(case),
        at=now,
        number=case.number,
        title=case.title,
        channel=Case.Channel(channel).label,
        desk=desk.name,
        promise=promise.snapshot(),
    )
    _tell_desk(case, f"新诉求：{case.title}", key=f"case:{case.pk}:opened", but=actor.user_id)
    return case


def _by_key(actor: Actor, key: str) -> Case | None:
    return Case.objects.filter(community_id=actor.community_id, intake_key=key).first()


def _may_open(actor: Actor, enterprise: Enterprise | None, channel: str) -> None:
    if channel == Case.Channel.QR and not actor.is_signed_in and actor.community_id:
        return  # whoever scans the code at the door may speak without an account
    reach = actor.reach(OPEN_CASE)
    if not reach:
        raise Refused("您没有登记诉求的权限：可以扫楼下的二维码直接告诉社区")
    if enterprise is None:
        return
    if enterprise.community_id != actor.community_id:
        raise Refused("这家企业不在本社区")
    if (
        not reach.everything
        and not enterprises_visible_to(actor, OPEN_CASE).filter(pk=enterprise.pk).exists()
    ):
        raise Refused(f"{enterprise.name}不在您的范围内")


def _guessed_desk(actor: Actor, words: str) -> Desk:
    code, _ = guess_desk(words)
    desks = {desk.code: desk for desk in Desk.objects.filter(community_id=actor.community_id)}
    if not desks:
        raise Refused("社区还没有设窗口：请先到“社区设置”里设好四个窗口")
    return desks.get(code) or next(iter(desks.values()))


def _number(community_id: int, now: dt.datetime) -> str:
    month = timezone.localtime(now).strftime("%y%m")
    return f"SQ{month}-{next_number(f'case:{community_id}:{month}'):04d}"


def _phone(text: str) -> dict[str, str]:
    if not text.strip():
        return {}
    number = one_phone(text)
    return {"speaker_phone_sealed": seal(number.display()), "speaker_phone_masked": number.masked()}


def _context(case: Case) -> str:
    # A confidential case must not show in its employer's timeline.
    return f"enterprise:{case.enterprise_id}" if case.enterprise_id and not case.is_confidential else ""


def _tell_desk(case: Case, title: str, *, key: str, but: int | None = None) -> None:
    """News to the owner, else to everybody at the desk."""
    if case.owner_id:
        people = {case.owner_id}
    else:
        members = members_of(case.community_id, Role.DESK_OFFICER, kind=Kind.DESK, scope_ids=[case.desk_id])
        people = {m.user_id for m in members}
    _tell(people - {but}, case, title, key=key)


def _tell(people: set[int | None], case: Case, title: str, *, key: str) -> None:
    notify(
        (p for p in people if p is not None),
        chain=case.community_id,
        key=key,
        title=title,
        body=case.enterprise.name if case.enterprise else "",
        url=reverse("cases:case", args=[case.pk]),
    )


# -- the steps -----------------------------------------------------------------------------------------


def _permit(actor: Actor, verb: Verb, case: Case) -> None:
    if actor.is_system:
        return
    if not visible_to(actor, verb).filter(pk=case.pk).exists():
        raise Refused(f"这件诉求不由您{verb.name}：请转给经办人")


def _take(actor: Actor, case: Case, step: Step, **values: Any) -> Case:
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
        context=_context(case),
        changes={"state": [before, target.value]},
        by_hand=HANDS[step].value,
        text=values.get("outcome", ""),
    )
    return case


@action
def accept(*, actor: Actor, case: Case, owner: User | None = None) -> Case:
    """Take a case on: the actor (or `owner`) becomes its owner, the response clock stops, the next runs."""
    _permit(actor, WORK_CASE, case)
    holder = owner or User.objects.filter(pk=actor.user_id).first()
    now = timezone.now()
    return _take(
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
    _permit(actor, WORK_CASE, case)
    if not reason.strip():
        raise Refused("不予受理要说明原因，并告诉企业可以去哪里办")
    now = timezone.now()
    case = _take(actor, case, Step.DECLINE, outcome=reason.strip(), closed_at=now, responded_at=now)
    _tell_enterprise(case, f"未能受理：{case.title}", key=f"case:{case.pk}:declined")
    return case


@action
def start(*, actor: Actor, case: Case) -> Case:
    """Work has begun."""
    _permit(actor, WORK_CASE, case)
    return _take(actor, case, Step.START)


@action
def wait_for_enterprise(*, actor: Actor, case: Case, question: str) -> Case:
    """Ask the enterprise for something; the clock stands still until it answers."""
    _permit(actor, WORK_CASE, case)
    if not question.strip():
        raise Refused("写清楚要企业补充什么，时限从现在起暂停")
    case = _take(actor, case, Step.WAIT, paused_at=timezone.now())
    _write_note(actor, case, question, is_public=True)
    _tell_enterprise(case, f"需要补充：{question}", key=f"case:{case.pk}:wait:{case.version}")
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
    shift = promises.waited(case, timezone.now())
    return _take(
        actor,
        case,
        Step.RESUME,
        paused_at=None,
        paused_minutes=case.paused_minutes + shift.minutes,
        resolution_due=shift.due,
        due_at=shift.due,
        is_provisional=shift.is_provisional,
    )


@action
def resolve(*, actor: Actor, case: Case, outcome: str) -> Case:
    """Work is done, say what came of it; the enterprise is asked for its verdict."""
    _permit(actor, WORK_CASE, case)
    if not outcome.strip():
        raise Refused("写一句办成了什么：企业会看到，并据此评价")
    now = timezone.now()
    case = _take(
        actor,
        case,
        Step.RESOLVE,
        outcome=outcome.strip(),
        resolved_at=now,
        responded_at=case.responded_at or now,
    )
    _tell_enterprise(case, f"已办结，请评价：{case.title}", key=f"case:{case.pk}:resolved:{case.round}")
    return case


@action
def hand_over(*, actor: Actor, case: Case, desk: Desk, owner: User | None = None, why: str = "") -> Case:
    """Give a case to another desk or colleague; the promise stays."""
    _permit(actor, WORK_CASE, case)
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
        context=_context(case),
        changes={"desk": [before, desk.name]},
        owner=case.owner_name,
        text=why.strip(),
    )
    _tell_desk(case, f"转来：{case.title}", key=f"case:{case.pk}:to:{case.version}", but=actor.user_id)
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
    return _write_note(actor, case, text, is_public=is_public, once=once)


def _write_note(actor: Actor, case: Case, text: str, *, is_public: bool, once: str | None = None) -> Note:
    note = Note.objects.create(
        case=case,
        text=text.strip(),
        is_public=is_public,
        author_id=actor.user_id,
        author_label=actor.label,
        once=once,
    )
    record(
        actor=actor, verb="case.noted", subject=case, context=_context(case), note=note.pk, public=is_public
    )
    return note


# -- the enterprise's hand -------------------------------------------------------------------------------


def link_actor(case: Case) -> Actor:
    """Whoever holds the tracking link of this case."""
    name = case.speaker or (
        case.enterprise.short_name or case.enterprise.name if case.enterprise else "来访者"
    )
    return by_link(case.community_id, f"{name}（凭链接）"[:60])


@action
def give_verdict(
    *,
    actor: Actor,
    case: Case,
    is_solved: bool,
    satisfaction: int,
    words: str = "",
    by_token: str = "",
) -> Verdict:
    """The enterprise's own word on this round: it closes the case or opens it again.

    By its people in the portal, or by whoever holds the tracking link. Staff are refused, always.
    """
    holds_link = bool(by_token) and by_token == case.token
    if actor.is_staff or actor.is_administrator:
        raise Refused("评价只能由企业自己做：请把跟踪链接发给对方")
    if not holds_link and not owed_a_verdict(actor).filter(pk=case.pk).exists():
        raise Refused("您不能评价这件诉求")
    if satisfaction not in Verdict.Satisfaction.values:
        raise Refused("请选一个满意程度")
    if case.state != State.RESOLVED:
        raise Refused(f"现在是“{STATE_NAMES[State(case.state)]}”，还不能评价")
    judgement = Judgement(is_solved, satisfaction)
    round_now = case.round
    if closes(judgement):
        case = _take(actor, case, Step.CONFIRM, closed_at=timezone.now())
    else:
        case = _reopen(actor, case)
    verdict = Verdict.objects.create(
        case=case,
        round=round_now,
        is_solved=is_solved,
        satisfaction=satisfaction,
        words=words.strip(),
        channel="link" if holds_link else "portal",
        rater=actor.label,
    )
    label = Verdict.Satisfaction(satisfaction).label
    record(
        actor=actor,
        verb="case.judged",
        subject=case,
        context=_context(case),
        solved=is_solved,
        satisfaction=satisfaction,
        label=label,
        channel=verdict.channel,
        round=round_now,
    )
    _tell_desk(
        case,
        f"企业评价“{label}”：{case.title}" if closes(judgement) else f"企业不满意，要重办：{case.title}",
        key=f"case:{case.pk}:judged:{round_now}",
    )
    return verdict


def _reopen(actor: Actor, case: Case) -> Case:
    promise = promises.again(case.community_id, CALL_BACK_DAYS, timezone.now())
    return _take(
        actor,
        case,
        Step.REOPEN,
        round=case.round + 1,
        resolution_due=promise.resolution_due,
        due_at=promise.resolution_due,
        is_provisional=promise.is_provisional,
        closed_at=None,
    )


@action
def withdraw(*, actor: Actor, case: Case, by_token: str = "") -> Case:
    """The enterprise no longer needs it."""
    if not (by_token and by_token == case.token) and not (
        visible_to(actor, GIVE_VERDICT).filter(pk=case.pk).exists()
    ):
        raise Refused("只有企业自己能撤回诉求")
    return _take(actor, case, Step.WITHDRAW, closed_at=timezone.now())


def _tell_enterprise(case: Case, title: str, *, key: str) -> None:
    """News to the enterprise's people with an account; a confidential case only to who raised it."""
    if case.is_confidential or case.enterprise_id is None:
        people: set[int | None] = {case.opened_by_id}
    else:
        members = members_of(
            case.community_id, *ENTERPRISE_PEOPLE, kind=Kind.ENTERPRISE, scope_ids=[case.enterprise_id]
        )
        people = {m.user_id for m in members if m.role == Role.CONTACT or m.user_id == case.opened_by_id}
    staff = {m.user_id for m in members_of(case.community_id, *STAFF) if m.user_id in people}
    notify(
        (p for p in people - staff if p is not None),
        chain=case.community_id,
        key=key,
        title=title,
        url=reverse("cases:portal_case", args=[case.pk]),
    )


def hand_of(actor: Actor) -> Hand:
    """Whose steps to offer this actor."""
    return Hand.STAFF if actor.is_staff else Hand.ENTERPRISE
