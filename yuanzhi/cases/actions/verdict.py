"""The enterprise's hand: its verdict, and taking a need back."""

from __future__ import annotations

from typing import Any

from yuanzhi.accounts.actor import Actor, by_link
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused

from .. import promises
from ..access import GIVE_VERDICT
from ..models import Case, Verdict
from ..queries import owed_a_verdict, visible_to
from ..rules import Judgement, closes
from ..states import STATE_NAMES, Hand, State, Step
from .steps import take
from .telling import context_of, tell_desk


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
    is_anonymous: bool = False,
    by_token: str = "",
) -> Verdict:
    """The enterprise's own word on this round: it closes the case or opens it again.

    By its people in the portal, or by whoever holds the tracking link; whoever serves is refused, always.
    `is_anonymous`: neither the verdict nor the history says who it was.
    """
    holds_link = bool(by_token) and by_token == case.token
    _may_judge(actor, case, satisfaction, holds_link)
    if is_anonymous:  # allowed as themselves, kept as nobody in particular
        actor = by_link(case.community_id, "企业（匿名）")
    judgement = Judgement(is_solved, satisfaction)
    round_now = case.round
    if closes(judgement):
        case = take(actor, case, Step.CONFIRM, closed_at=clock.now())
    else:
        case = _reopen(actor, case)
    verdict = Verdict.objects.create(
        case=case,
        round=round_now,
        is_solved=is_solved,
        satisfaction=satisfaction,
        words=words.strip(),
        channel="link" if holds_link else "portal",
        is_anonymous=is_anonymous,
        rater=actor.label,
    )
    label = Verdict.Satisfaction(satisfaction).label
    record(
        actor=actor,
        verb="case.judged",
        subject=case,
        context=context_of(case),
        solved=is_solved,
        satisfaction=satisfaction,
        label=label,
        channel=verdict.channel,
        round=round_now,
    )
    tell_desk(
        case,
        f"企业评价“{label}”：{case.title}" if closes(judgement) else f"企业不满意，要重办：{case.title}",
        key=f"case:{case.pk}:judged:{round_now}",
    )
    return verdict


def _may_judge(actor: Actor, case: Case, satisfaction: int, holds_link: bool) -> None:
    if actor.serves:
        raise Refused("评价只能由企业自己做：请把跟踪链接发给对方")
    if not holds_link and not owed_a_verdict(actor).filter(pk=case.pk).exists():
        raise Refused("您不能评价这件诉求")
    if satisfaction not in Verdict.Satisfaction.values:
        raise Refused("请选一个满意程度")
    if case.state != State.RESOLVED:
        raise Refused(f"现在是“{STATE_NAMES[State(case.state)]}”，还不能评价")


def _reopen(actor: Actor, case: Case) -> Case:
    """The next round: the enterprise is called, and worked for again, within the agreed workdays from now."""
    here = promises.clock_of(case.community_id)
    promise = promises.work_out(here, clock.now(), 0, here.terms.call_back_days)
    fields: dict[str, Any] = promise.fields()
    fields |= {"due_at": promise.resolution_due, "response_due": case.response_due}
    fresh: dict[str, Any] = {"paused_minutes": 0, "extended_days": 0, "closed_at": None}
    return take(
        actor,
        case,
        Step.REOPEN,
        round=case.round + 1,
        call_back_due=promise.resolution_due,
        **fresh,
        **fields,
    )


@action
def withdraw(*, actor: Actor, case: Case, reason: str = "", by_token: str = "") -> Case:
    """The enterprise no longer needs it, and says why if it wants to. Whoever works on it is told."""
    if not (by_token and by_token == case.token) and not (
        visible_to(actor, GIVE_VERDICT).filter(pk=case.pk).exists()
    ):
        raise Refused("只有企业自己能撤回诉求")
    if case.state == State.WITHDRAWN:
        return case  # sent twice
    text = reason.strip()[:300]
    case = take(actor, case, Step.WITHDRAW, text=text, closed_at=clock.now(), call_back_due=None)
    title = f"企业撤回：{case.title}" + (f"（{text}）" if text else "")
    tell_desk(case, title, key=f"case:{case.pk}:withdrawn:{case.version}", but=actor.user_id)
    return case


def hand_of(actor: Actor) -> Hand:
    """Whose steps to offer this actor."""
    return Hand.STAFF if actor.is_staff else Hand.ENTERPRISE
