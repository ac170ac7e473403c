"""After somebody took it on: the call on the next workday, the joint visit, the outcome, the rating."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.cases.actions.telling import context_of, tell_enterprise
from yuanzhi.cases.models import Verdict
from yuanzhi.cases.queries import visible_to as cases_visible_to
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.sealed import unseal
from yuanzhi.registry.models import Contact

from ..access import RATE_PARTNER, REFER
from ..models import Ask, GuestLink, JointVisit, PartnerRating, Referral
from ..referral_rows import title_for
from ..states import ReferralState, ReferralStep
from .asks import is_expert
from .guard import line_of
from .links import spend
from .referrals import living_case, take, tell_expert, tell_officer
from .said import said

_V = JointVisit.State
# what is done with a joint visit → (from, to)
VISIT_MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "agree": ((_V.PROPOSED,), _V.AGREED),
    "held": ((_V.PROPOSED, _V.AGREED), _V.HELD),
    "cancel": ((_V.PROPOSED, _V.AGREED), _V.CANCELLED),
}
VISIT_VERBS = {"agree": "约好", "held": "记作去过", "cancel": "取消"}


def holder_of(referral: Referral) -> Ask:
    """The ask of who has it on hand. Raises Refused when nobody has."""
    asks = referral.asks.select_related("expert__partner", "referral__case", "referral__kind")
    ask = asks.filter(state=Ask.State.ACCEPTED).first()
    if ask is None or referral.state not in (ReferralState.TAKEN, ReferralState.DONE):
        raise Refused("这次转介还没有人接下")
    return ask


def _permit_taker(actor: Actor, referral: Referral, link: GuestLink | None) -> Ask:
    """Raise Refused unless the actor has this referral on hand (or holds the link of who has)."""
    ask = holder_of(referral)
    if link is not None:
        spend(link, ask=ask)
    elif not (actor.is_system and actor.community_id == referral.community_id) and not is_expert(
        actor, ask.expert
    ):
        raise Refused("这件事不在您手上")
    if referral.state != ReferralState.TAKEN:
        raise Refused("这件事已经办完了，不用再记")
    return ask


def _is_staff_of(actor: Actor, referral: Referral) -> bool:
    return cases_visible_to(actor, REFER).filter(pk=living_case(referral).pk).exists()


def _permit_either(actor: Actor, referral: Referral, link: GuestLink | None) -> Ask:
    """The expert who has it, or whoever of the community works the case."""
    if link is None and not is_expert(actor, holder_of(referral).expert) and _is_staff_of(actor, referral):
        if referral.state != ReferralState.TAKEN:
            raise Refused("这件事已经办完了，不用再记")
        return holder_of(referral)
    return _permit_taker(actor, referral, link)


def _note(actor: Actor, referral: Referral, verb: str, **facts: object) -> None:
    case = living_case(referral)
    record(
        actor=actor,
        verb=f"referral.{verb}",
        subject=case,
        context=context_of(case),
        referral=referral.pk,
        kind=referral.kind.name,
        **facts,
    )


@action
def mark_contacted(
    *, actor: Actor, referral: Referral, words: str = "", link: GuestLink | None = None
) -> Referral:
    """The expert has spoken with the enterprise: once, and when, is what counts."""
    ask = _permit_taker(actor, referral, link)
    words = said(words, 1000)
    rows = Referral.objects.filter(pk=referral.pk, state=ReferralState.TAKEN, contacted_at=None)
    if rows.update(contacted_at=clock.now(), version=F("version") + 1):
        _note(actor, referral, "contacted", expert=ask.expert.name, text=words)
        tell_officer(referral, f"{ask.expert.name}联系上企业了", key="contacted")
    referral.refresh_from_db()
    return referral


# -- visits together -----------------------------------------------------------------------------------


@action
def propose_visit(
    *,
    actor: Actor,
    referral: Referral,
    at: dt.datetime,
    place: str = "",
    words: str = "",
    link: GuestLink | None = None,
) -> JointVisit:
    """Propose a date on which expert and community go together. The same date twice is one proposal."""
    ask = _permit_either(actor, referral, link)
    place, words = line_of(place, 80), line_of(words, 300)
    if at <= clock.now():
        raise Refused("时间已经过了：请选今后的时间；去过的请先约好再记作去过")
    twin = referral.visits.filter(at=at, state__in=[_V.PROPOSED, _V.AGREED]).first()
    if twin is not None:
        return twin
    visit = JointVisit.objects.create(
        referral=referral, at=at, place=place, words=words, author_label=actor.label
    )
    _note(actor, referral, "visit_proposed", visit_at=at, at_words=say_at(at), place=place, text=words)
    _tell_the_other(actor, ask, referral, f"提议 {say_at(at)} 一起上门", key=f"visit:{visit.pk}:proposed")
    return visit


def say_at(at: dt.datetime) -> str:
    """ "11 月 27 日 10:00"."""
    local = timezone.localtime(at)
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


def _tell_the_other(actor: Actor, ask: Ask, referral: Referral, title: str, *, key: str) -> None:
    """News to the side that did not act."""
    if actor.is_staff:
        tell_expert(ask, f"{title}：{title_for(referral)}"[:120], key=f"referral:{referral.pk}:{key}")
    else:
        tell_officer(referral, f"{ask.expert.name}{title}", key=key)


@action
def move_visit(
    *, actor: Actor, visit: JointVisit, move: str, words: str = "", link: GuestLink | None = None
) -> JointVisit:
    """Agree to a date, note that it took place, or cancel it. To one's own proposal the other side agrees."""
    referral = visit.referral
    ask = _permit_either(actor, referral, link)
    if move not in VISIT_MOVES:
        raise Refused("没有这个动作")
    before, after = VISIT_MOVES[move]
    words = line_of(words, 300, required="为什么取消，写一句：对方会看到" if move == "cancel" else "")
    if visit.state not in before:
        raise Refused(f"这次上门现在是“{visit.get_state_display()}”，不能{VISIT_VERBS[move]}")
    if move == "agree" and visit.author_label == actor.label:
        raise Refused("这是您提议的时间，等对方点“就这么定”")
    if move == "held" and visit.at > clock.now():
        raise Refused("还没到约的时间，去过了再记")
    values = {"state": after, **({"words": words} if words else {})}
    if not JointVisit.objects.filter(pk=visit.pk, state=visit.state).update(**values):
        raise Overtaken("这次上门刚被对方动过：刷新看看")
    visit.refresh_from_db()
    _note(actor, referral, f"visit_{move}", visit_at=visit.at, at_words=say_at(visit.at), text=words)
    done = {"agree": "一起上门的时间定了", "held": "记下一起去过了", "cancel": "取消了一起上门"}[move]
    _tell_the_other(actor, ask, referral, f"{done}（{say_at(visit.at)}）", key=f"visit:{visit.pk}:{move}")
    if move == "agree":
        title = f"{say_at(visit.at)} 社区和{ask.expert.name}一起上门"
        tell_enterprise(living_case(referral), title, key=f"visit:{visit.pk}:agreed")
    return visit


# -- the end -------------------------------------------------------------------------------------------


@action
def finish(
    *,
    actor: Actor,
    referral: Referral,
    outcome: str,
    hours: Decimal | None = None,
    recovered: Decimal | None = None,
    link: GuestLink | None = None,
) -> Referral:
    """What came of it: advice given, hours, money brought back. The enterprise is asked for its rating."""
    ask = _permit_taker(actor, referral, link)
    outcome = said(outcome, 4000, missing="写一句结果和建议：企业和社区都会看到")
    if hours is not None and not 0 <= hours <= 999:
        raise Refused("用时请填 0 到 999 小时")
    if recovered is not None and not 0 <= recovered < Decimal("1e12"):
        raise Refused("追回的金额不对：请填元，不填就空着")
    now = clock.now()
    referral = take(
        actor,
        referral,
        ReferralStep.FINISH,
        told={"expert": ask.expert.name, "hours": hours, "recovered": recovered, "text": outcome},
        outcome=outcome,
        hours=hours,
        recovered=recovered,
        contacted_at=referral.contacted_at or now,
        closed_at=now,
    )
    tell_officer(referral, f"{ask.expert.name}办完了", key="done")
    title = f"{ask.expert.name}帮完了，请您评一评"
    tell_enterprise(living_case(referral), title, key=f"referral:{referral.pk}:done")
    return referral


@action
def rate(
    *, actor: Actor, referral: Referral, satisfaction: int, words: str = "", by_token: str = ""
) -> PartnerRating:
    """The enterprise's own word on the help, once. Staff, administrators and partners are refused, always."""
    case = living_case(referral)
    holds_link = bool(by_token) and by_token in (case.token, referral.case.token)
    if actor.serves:
        raise Refused("专家的帮忙只能由企业自己评价：请把跟踪链接发给对方")
    if not holds_link and not cases_visible_to(actor, RATE_PARTNER).filter(pk=case.pk).exists():
        raise Refused("您不能评价这次帮忙")
    if satisfaction not in Verdict.Satisfaction.values:
        raise Refused("请选一个满意程度")
    if referral.state != ReferralState.DONE:
        raise Refused("专家还没有办完，等办完了再评价")
    words = said(words, 2000)
    try:
        with transaction.atomic():
            rating = PartnerRating.objects.create(
                referral=referral,
                satisfaction=satisfaction,
                words=words,
                channel="link" if holds_link else "portal",
                rater=actor.label,
                created_at=clock.now(),
            )
    except IntegrityError as error:
        raise Refused("这次帮忙已经评价过了，谢谢您") from error
    label = Verdict.Satisfaction(satisfaction).label
    _note(actor, referral, "rated", satisfaction=satisfaction, label=label, channel=rating.channel)
    tell_officer(referral, f"企业评价专家“{label}”", key="rated")
    return rating


@action
def reveal(
    *,
    actor: Actor,
    referral: Referral,
    contact: Contact | None = None,
    link: GuestLink | None = None,
) -> str:
    """A whole number, for the expert who has it on hand: a contact's, or (None) that of who spoke. Recorded.

    A confidential case shows the speaker's number only: the employer does not learn of it through a call.
    """
    ask = _permit_taker(actor, referral, link)
    case = living_case(referral)
    if contact is not None and (case.is_confidential or contact.enterprise_id != case.enterprise_id):
        raise Refused("这个号码和这件事无关")
    sealed = contact.phone_sealed if contact else case.speaker_phone_sealed
    masked = contact.phone_masked if contact else case.speaker_phone_masked
    if not sealed:
        raise Refused("没有留电话：请向社区的经办人要")
    record(
        actor=actor,
        verb="referral.revealed",
        subject=case,
        context=context_of(case),
        referral=referral.pk,
        expert=ask.expert.name,
        name=contact.name if contact else case.speaker,
        phone=masked,
    )
    return unseal(sealed)
