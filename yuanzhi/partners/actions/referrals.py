"""转介: asking the professionals for a case, and who is next. The experts' side is in `asks` and `help`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.cases.actions.telling import context_of, tell_desk
from yuanzhi.cases.models import Case
from yuanzhi.cases.promises import Clock, clock_of
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.notices import notify
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.workdays import WorkTime, add_work_time

from ..access import REFER
from ..models import Ask, Expert, PartnerKind, Referral
from ..queries.candidates import candidates
from ..referral_rows import title_for
from ..rules import Wanted
from ..states import NAMES, REFERRAL, ReferralState, ReferralStep
from .guard import line_of
from .links import permit_case
from .said import said

MOST_AT_ONCE = 5
MOST_HOURS = 40  # five working days: whoever needs longer to say yes or no is not asked again and again
STEP_NAMES = {
    ReferralStep.TAKE: "接下",
    ReferralStep.FINISH: "完成",
    ReferralStep.GIVE_BACK: "退回",
    ReferralStep.FAIL: "作罢",
    ReferralStep.CALL_OFF: "取消",
}


def living_case(referral: Referral) -> Case:
    """The case it is about, or the one into which that went."""
    case = Case.objects.select_related("enterprise", "desk").get(pk=referral.case_id)
    if case.merged_into_id:
        case = Case.objects.select_related("enterprise", "desk").get(pk=case.merged_into_id)
    return case


def held(referral_id: int) -> Referral:
    """The referral as it is, held until the end of the action: what happens to its asks happens in turn.

    Without it two who decline at once would each leave the next step to the other.
    """
    rows = Referral.objects.select_for_update(of=("self",)).select_related("kind", "case__enterprise")
    return rows.get(pk=referral_id)


def take(
    actor: Actor, referral: Referral, step: ReferralStep, *, told: dict[str, Any], **values: Any
) -> Referral:
    """Compare-and-set from the state that was seen. Raises Refused (not possible) or Overtaken."""
    seen = ReferralState(referral.state)
    target = REFERRAL.get((seen, step))
    if target is None:
        raise Refused(f"这次转介现在是“{NAMES[seen]}”，不能{STEP_NAMES[step]}")
    won = Referral.objects.filter(pk=referral.pk, state=seen.value, version=referral.version).update(
        state=target.value, version=F("version") + 1, **values
    )
    if not won:
        raise Overtaken("这次转介刚被别人动过：刷新看看现在到哪一步了，您写的还在")
    referral.refresh_from_db()
    case = living_case(referral)
    record(
        actor=actor,
        verb=f"referral.{step.value}",
        subject=case,
        context=context_of(case),
        referral=referral.pk,
        kind=referral.kind.name,
        changes={"referral_state": [NAMES[seen], NAMES[target]]},
        **told,
    )
    return referral


def tell_expert(ask: Ask, title: str, *, key: str) -> None:
    """News to the expert's account, if there is one."""
    if ask.expert.user_id:
        notify(
            [ask.expert.user_id],
            chain=ask.referral.community_id,
            key=key,
            title=title,
            url=reverse("partners:ask", args=[ask.pk]),
        )


def tell_officer(referral: Referral, title: str, *, key: str) -> None:
    """News to who owns the case."""
    case = living_case(referral)
    tell_desk(case, f"{title}：{case.title}", key=f"referral:{referral.pk}:{key}")


# -- asking --------------------------------------------------------------------------------------------


@action
def refer(
    *,
    actor: Actor,
    case: Case,
    kind: PartnerKind,
    question: str,
    way: str = Referral.Way.ROTATION,
    experts: Sequence[Expert] = (),
    other_side: str = "",
    speciality: str = "",
    language: str = "",
    free_terms: str = "",
    paid_terms: str = "",
    told: bool = False,
    accept_hours: int = 4,
    once: str | None = None,
) -> Referral:
    """Ask the professionals: a named expert, the next in the rotation, or several at once.

    `told`: the enterprise has heard what is free and what is paid; without it nobody is asked. The same
    `once` again gives the same referral. Raises Refused with a sentence, also for an expert in a conflict.
    """
    permit_case(actor, REFER, case)
    mark = f"{case.pk}:{once[:40]}" if once else None
    if mark and (twin := Referral.objects.filter(once=mark).first()) is not None:
        return twin
    values = _checked(case, kind, way, experts, accept_hours) | {
        "question": said(question, 2000, missing="请专家做什么还没写：一两句话说清要他们看什么、帮什么"),
        "other_side": line_of(other_side, 120),
        "speciality": line_of(speciality, 40),
        "language": line_of(language, 20),
        "free_terms": line_of(free_terms, 300, required="什么免费还没写：企业先知道，再决定请不请"),
        "paid_terms": line_of(paid_terms, 300),
    }
    if not told:
        raise Refused("先把什么免费、什么收费告诉企业，勾上“已经告诉企业”再发")
    now, here = clock.now(), clock_of(case.community_id)
    wanted = Wanted(values["speciality"], values["language"])
    chosen = _chosen(case, kind, experts, here, now, values["other_side"], wanted)
    try:
        with transaction.atomic():
            referral = Referral.objects.create(
                community_id=case.community_id,
                case=case,
                kind=kind,
                way=way,
                accept_hours=accept_hours,
                created_by_id=actor.user_id,
                created_by_label=actor.label,
                created_at=now,
                once=mark,
                **values,
            )
    except IntegrityError as error:
        if mark and (twin := Referral.objects.filter(once=mark).first()) is not None:
            return twin
        raise Refused(f"这件诉求已经在请{kind.name}帮忙了：等有了结果，或先取消那一次") from error
    _record_opened(actor, case, referral)
    for expert in chosen:
        ask_one(actor, referral, expert, here)
    return referral


def _checked(
    case: Case, kind: PartnerKind, way: str, experts: Sequence[Expert], accept_hours: int
) -> dict[str, Any]:
    if case.state not in OPEN:
        raise Refused("这件诉求已经办完了，不用再请人帮忙")
    if kind.community_id != case.community_id or not kind.is_active:
        raise Refused("这类合伙人不在本社区，或已停用")
    if way not in Referral.Way.values:
        raise Refused("选一种请法：指名、轮派，还是同时问几位")
    if way == Referral.Way.NAMED and len(experts) != 1:
        raise Refused("指名只能选一位：请在名单里选好是哪一位")
    if way == Referral.Way.PARALLEL and not 2 <= len(experts) <= MOST_AT_ONCE:
        raise Refused(f"同时问请选 2 到 {MOST_AT_ONCE} 位")
    if not 1 <= accept_hours <= MOST_HOURS:
        raise Refused(f"答复时限请填 1 到 {MOST_HOURS} 个工作小时")
    return {}


def _chosen(
    case: Case,
    kind: PartnerKind,
    experts: Sequence[Expert],
    here: Clock,
    now: dt.datetime,
    other_side: str,
    wanted: Wanted,
) -> list[Expert]:
    """Who is asked first. Raises Refused with the reason for somebody who can't be asked."""
    found = candidates(case, kind, clock=here, now=now, other_side=other_side, wanted=wanted)
    able = {one.expert.pk: one for one in found}
    for expert in experts:
        one = able.get(expert.pk)
        if one is None:
            raise Refused(f"{expert.name}不在这一类的名册里，或机构还没有认证")
        if one.why_not:
            raise Refused(f"不能请{expert.name}：{one.why_not}")
    if experts:
        return [able[expert.pk].expert for expert in experts]
    first = next((one.expert for one in found if not one.why_not), None)
    if first is None:
        raise Refused(
            f"{kind.name}现在没有能请的人：名单里写着每一位为什么不能请，换个要求，或先登记新的合伙人"
        )
    return [first]


def _record_opened(actor: Actor, case: Case, referral: Referral) -> None:
    terms = f"免费：{referral.free_terms}"
    if referral.paid_terms:
        terms += f"；收费：{referral.paid_terms}"
    record(
        actor=actor,
        verb="referral.opened",
        subject=case,
        context=context_of(case),
        referral=referral.pk,
        kind=referral.kind.name,
        way=Referral.Way(referral.way).label,
        text=f"已跟企业说明：{terms}",
    )


def ask_one(actor: Actor, referral: Referral, expert: Expert, here: Clock) -> Ask:
    """Ask one expert, or once more whose ask was taken back; the clock of the answer begins."""
    now = clock.now()
    due = add_work_time(now, WorkTime(minutes=referral.accept_hours * 60), here.calendar, here.hours).at
    order = Ask.objects.filter(referral=referral).count() + 1
    ask, _ = Ask.objects.update_or_create(
        referral=referral,
        expert=expert,
        defaults={
            "order": order,
            "state": Ask.State.ASKED,
            "asked_at": now,
            "due_at": due,
            "answered_at": None,
            "words": "",
        },
    )
    Expert.objects.filter(pk=expert.pk).update(last_asked_at=now)
    case = referral.case
    record(
        actor=actor,
        verb="referral.asked",
        subject=case,
        context=context_of(case),
        referral=referral.pk,
        expert=expert.name,
        firm=expert.partner.name,
        due_at=due,
    )
    local = timezone.localtime(due)
    title = f"请您帮忙，{local.month} 月 {local.day} 日 {local:%H:%M} 前答复：{title_for(referral)}"
    tell_expert(ask, title[:120], key=f"ask:{ask.pk}:{order}:{now:%m%d%H%M}")
    return ask


def go_on(actor: Actor, referral: Referral) -> Ask | None:
    """Nobody has it yet and nobody's answer is awaited: ask the next one, or say that nobody is left.

    In rotation the next in turn; of several asked at once, those whose ask was taken back when another one
    accepted (who then gave it back). Returns the new ask, None when others are still to answer or all failed.
    """
    if referral.state != ReferralState.OPEN or referral.asks.filter(state=Ask.State.ASKED).exists():
        return None
    case = living_case(referral)
    if case.state not in OPEN:
        end_with_case(actor, referral)
        return None
    here, now = clock_of(referral.community_id), clock.now()
    again = referral.asks.filter(state=Ask.State.WITHDRAWN).values_list("expert_id", flat=True)
    only = None if referral.way == Referral.Way.ROTATION else list(again)
    found = candidates(
        case,
        referral.kind,
        clock=here,
        now=now,
        other_side=referral.other_side,
        wanted=Wanted(referral.speciality, referral.language),
        referral=referral,
        only_asked=only,
    )
    able = [one.expert for one in found if not one.why_not]
    if not able:
        take(actor, referral, ReferralStep.FAIL, told={}, closed_at=now)
        tell_officer(referral, f"{referral.kind.name}没人能接，请换个办法", key=f"failed:{referral.version}")
        return None
    asks = [
        ask_one(actor, referral, expert, here)
        for expert in (able if referral.way == Referral.Way.PARALLEL else able[:1])
    ]
    return asks[0]


def withdraw_asks(referral: Referral, *, but: int | None = None, title: str = "") -> None:
    """Take back the asks that wait for an answer, and tell those who needn't answer any more."""
    waiting = list(referral.asks.filter(state=Ask.State.ASKED).exclude(pk=but or 0).select_related("expert"))
    for ask in waiting:
        if Ask.objects.filter(pk=ask.pk, state=Ask.State.ASKED).update(state=Ask.State.WITHDRAWN):
            tell_expert(ask, title or "不用答复了，谢谢您", key=f"ask:{ask.pk}:withdrawn:{referral.version}")


@action
def call_off(*, actor: Actor, referral: Referral, why: str) -> Referral:
    """The community no longer needs it. Whoever was asked or works on it is told."""
    permit_case(actor, REFER, living_case(referral))
    why = line_of(why, 300, required="为什么取消，写一句：专家会看到")
    seen, referral = referral.version, held(referral.pk)
    if referral.version != seen:
        raise Overtaken("这次转介刚被别人动过：刷新看看现在到哪一步了，您写的还在")
    holder = referral.asks.filter(state=Ask.State.ACCEPTED).select_related("expert", "referral").first()
    referral = take(actor, referral, ReferralStep.CALL_OFF, told={"text": why}, closed_at=clock.now())
    withdraw_asks(referral, title=f"社区取消了，不用答复了：{why}"[:120])
    if holder is not None:
        tell_expert(holder, f"社区取消了这次转介：{why}"[:120], key=f"ask:{holder.pk}:called_off")
    return referral


def end_with_case(actor: Actor, referral: Referral) -> Referral:
    """The case has ended: nobody needs to be found for it any more."""
    why = "诉求已经了结"
    referral = take(actor, referral, ReferralStep.CALL_OFF, told={"text": why}, closed_at=clock.now())
    withdraw_asks(referral, title=f"{why}，不用答复了，谢谢您")
    return referral


@action
def settle(*, actor: Actor, referral: Referral) -> Referral:
    """What the scheduler does with a referral that still looks for somebody: end it with its case."""
    if not actor.is_system:
        raise Refused("由系统整理")
    referral = held(referral.pk)
    if referral.state == ReferralState.OPEN and living_case(referral).state not in OPEN:
        end_with_case(actor, referral)
    return referral
