"""The expert's answer to an ask: yes, no, nothing in time, or given back later. One of several wins."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.cases.actions.telling import context_of, tell_enterprise
from yuanzhi.cases.promises import Clock, clock_of
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..models import Ask, Expert, GuestLink, Referral
from ..queries.candidates import findings_for, standing_of
from ..rules import out_of_force
from ..states import ReferralState, ReferralStep
from .guard import line_of
from .links import spend
from .referrals import go_on, held, living_case, take, tell_officer, withdraw_asks


def is_expert(actor: Actor, expert: Expert) -> bool:
    """Whether this account is the expert, and still belongs to the firm."""
    return (
        actor.user_id is not None
        and expert.user_id == actor.user_id
        and actor.has(Role.PARTNER)
        and expert.partner_id in actor.bound_to(Kind.PARTNER)
    )


def permit_ask(actor: Actor, ask: Ask, link: GuestLink | None) -> None:
    """Raise Refused unless the actor is the expert asked, or holds a living link to this very ask."""
    if link is not None:
        spend(link, ask=ask)
        return
    if actor.is_system and actor.community_id == ask.referral.community_id:
        return
    if not is_expert(actor, ask.expert):
        raise Refused("这件事不是请您的：只有被请的专家自己能答复")


def next_workday_end(here: Clock, at: dt.datetime) -> dt.datetime:
    """When the office closes on the workday after `at`: by then the enterprise has been called."""
    day = timezone.localdate(at) + dt.timedelta(days=1)
    while not here.calendar.is_workday(day):
        day += dt.timedelta(days=1)
    return timezone.make_aware(dt.datetime.combine(day, here.hours.spans[-1][1]))


def _say_due(due: dt.datetime) -> str:
    local = timezone.localtime(due)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


@action
def accept(*, actor: Actor, ask: Ask, words: str = "", link: GuestLink | None = None) -> Referral:
    """Take a referral on. The first of several gets it; after the time is over it is somebody else's.

    Raises Refused (too late, called off, in a conflict by now) or Overtaken (another one was faster).
    """
    permit_ask(actor, ask, link)
    words = line_of(words, 300)
    referral, now = held(ask.referral_id), clock.now()
    ask = Ask.objects.select_related("expert__partner", "referral").get(pk=ask.pk)
    if ask.state == Ask.State.ACCEPTED and referral.state == ReferralState.TAKEN:
        return referral  # the same form twice
    if referral.state == ReferralState.TAKEN:
        raise Overtaken("晚了一步：这件事刚由另一位专家接下，谢谢您")
    if ask.state != Ask.State.ASKED:
        raise Refused(f"这次请您已经是“{ask.get_state_display()}”，不用再答复了")
    if now > ask.due_at:
        raise Refused(f"答复的时间 {_say_due(ask.due_at)} 已经过了，这件事转请别人；下次请早一点，谢谢您")
    _still_able(ask, referral, now)
    rows = Ask.objects.filter(pk=ask.pk, state=Ask.State.ASKED, due_at__gte=now)
    if not rows.update(state=Ask.State.ACCEPTED, answered_at=now, words=words):
        raise Overtaken("晚了一步：这件事刚由别人接下，或已经过时")
    due = next_workday_end(clock_of(referral.community_id), now)
    told = {"expert": ask.expert.name, "firm": ask.expert.partner.name, "text": words, "due_at": due}
    referral = take(
        actor, referral, ReferralStep.TAKE, told=told, taker=ask.expert, taken_at=now, contact_due=due
    )
    ask.refresh_from_db()
    withdraw_asks(referral, but=ask.pk, title="这件事由另一位专家接下了，不用答复，谢谢您")
    tell_officer(referral, f"{ask.expert.name}接下了", key=f"taken:{referral.version}")
    tell_enterprise(
        living_case(referral),
        f"{ask.expert.name}（{ask.expert.partner.name}）来帮您，{_say_due(due)} 前联系",
        key=f"referral:{referral.pk}:taken:{referral.version}",
    )
    return referral


def _still_able(ask: Ask, referral: Referral, now: dt.datetime) -> None:
    """Raise Refused when something came up since the ask: the case ended, the firm suspended, a new tie."""
    case, expert = living_case(referral), ask.expert
    if case.state not in OPEN:
        raise Refused("这件诉求已经办完了，不用再接，谢谢您")
    if referral.state != ReferralState.OPEN:
        raise Overtaken("晚了一步：这件事已由别人接下，或社区取消了")
    today = timezone.localdate(now)
    findings = findings_for([expert], case, referral.other_side, today)[expert.pk]
    standing = standing_of(expert, findings=findings)
    if why := out_of_force(standing, today):
        raise Refused(f"现在不能接：{why}。请和社区联系")
    for finding in findings:
        if finding.blocks:
            raise Refused(f"现在不能接，有利益冲突：{finding.words}")


@action
def decline(*, actor: Actor, ask: Ask, words: str, link: GuestLink | None = None) -> Ask:
    """Say no, with the reason; the next one is asked at once."""
    permit_ask(actor, ask, link)
    words = line_of(words, 300, required="写一句为什么接不了：社区好另请别人")
    if ask.state == Ask.State.DECLINED:
        return ask
    return _close(actor, ask, Ask.State.DECLINED, words)


@action
def expire(*, actor: Actor, ask: Ask) -> Ask | None:
    """No answer in time: on to the next one. None when there was nothing to do (a second run, an answer)."""
    if not actor.is_system:
        raise Refused("过时由系统处理")
    if ask.state != Ask.State.ASKED or ask.due_at > clock.now():
        return None
    try:
        return _close(actor, ask, Ask.State.EXPIRED, "")
    except Overtaken:
        return None


def _close(actor: Actor, ask: Ask, state: str, words: str) -> Ask:
    """An ask ends without a yes, and the referral goes on."""
    referral = held(ask.referral_id)
    answered = clock.now() if state == Ask.State.DECLINED else None
    rows = Ask.objects.filter(pk=ask.pk, state=Ask.State.ASKED)
    if not rows.update(state=state, answered_at=answered, words=words):
        ask.refresh_from_db()
        raise Overtaken(f"这次请您已经是“{ask.get_state_display()}”，不用再答复了")
    ask.refresh_from_db()
    case = living_case(referral)
    record(
        actor=actor,
        verb=f"referral.{state}",
        subject=case,
        context=context_of(case),
        referral=referral.pk,
        expert=ask.expert.name,
        firm=ask.expert.partner.name,
        text=words,
    )
    go_on(actor, referral)
    return ask


@action
def give_back(*, actor: Actor, ask: Ask, words: str, link: GuestLink | None = None) -> Referral:
    """Who had taken it on can't go on after all: with the reason, and the next one is asked."""
    permit_ask(actor, ask, link)
    words = line_of(words, 300, required="写一句为什么办不下去：接手的人用得着")
    referral = held(ask.referral_id)
    rows = Ask.objects.filter(pk=ask.pk, state=Ask.State.ACCEPTED)
    if not rows.update(state=Ask.State.DECLINED, words=words):
        raise Refused("这件事不在您手上，不用退回")
    told = {"expert": ask.expert.name, "firm": ask.expert.partner.name, "text": words}
    referral = take(
        actor,
        referral,
        ReferralStep.GIVE_BACK,
        told=told,
        taker=None,
        taken_at=None,
        contact_due=None,
        contacted_at=None,
    )
    ask.refresh_from_db()
    tell_officer(referral, f"{ask.expert.name}退回了", key=f"given_back:{referral.version}")
    go_on(actor, referral)
    return referral
