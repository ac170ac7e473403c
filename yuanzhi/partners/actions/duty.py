"""The roster: half-days at the community, one by one or for weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.notices import notify
from yuanzhi.kernel.queries import current_calendar
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import MANAGE_PARTNERS
from ..models import Duty, Expert, Partner
from .asks import is_expert
from .guard import line_of, permit_on

MOST_WEEKS = 26


@dataclass
class Rostered:
    """What was put on the roster, and what was not and why (sentences)."""

    made: list[Duty] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def say_half(date: dt.date, half: str) -> str:
    """ "12 月 2 日上午"."""
    return f"{date.month} 月 {date.day} 日{Duty.Half(half).label}"


@action
def add_duty(
    *, actor: Actor, expert: Expert, date: dt.date, half: str, place: str = "", weeks: int = 1
) -> Rostered:
    """Put an expert on the roster, for so many weeks on the same weekday. Days off and half-days that are
    taken are left out and said; Refused when nothing is left."""
    permit_on(actor, MANAGE_PARTNERS, expert.partner)
    if half not in Duty.Half.values:
        raise Refused("选上午还是下午")
    if not 1 <= weeks <= MOST_WEEKS:
        raise Refused(f"一次最多排 {MOST_WEEKS} 周")
    if date < timezone.localdate(clock.now()):
        raise Refused(f"{date.month} 月 {date.day} 日已经过了，请选今天以后的日子")
    if not expert.is_active or expert.partner.state not in (Partner.State.ACCREDITED,):
        raise Refused(f"{expert.name}的机构现在没有认证，不能排值守")
    place = line_of(place, 60)
    calendar, done = current_calendar(), Rostered()
    for week in range(weeks):
        day = date + dt.timedelta(weeks=week)
        if not calendar.is_workday(day):
            name = calendar.name(day)
            done.skipped.append(f"{day.month} 月 {day.day} 日{name + '放假' if name else '不上班'}，没有排")
            continue
        duty, made = Duty.objects.get_or_create(expert=expert, date=day, half=half, defaults={"place": place})
        if not made and not Duty.objects.filter(pk=duty.pk, is_cancelled=True).update(
            is_cancelled=False, place=place
        ):
            done.skipped.append(f"{expert.name} {say_half(day, half)}已经排了")
            continue
        duty.is_cancelled = False
        done.made.append(duty)
    if not done.made:
        raise Refused("；".join(done.skipped[:3]) + "：请换个时间")
    record(
        actor=actor,
        verb="duty.added",
        subject=expert,
        context=expert.partner,
        half=Duty.Half(half).label,
        dates=[duty.date for duty in done.made],
        place=place,
    )
    return done


@action
def cancel_duty(*, actor: Actor, duty: Duty, why: str) -> Duty:
    """Somebody can't come after all: by staff, or by the expert; the others are told."""
    expert = duty.expert
    own = is_expert(actor, expert)
    if not own:
        permit_on(actor, MANAGE_PARTNERS, expert.partner)
    why = line_of(why, 200, required="写一句为什么来不了")
    if duty.date < timezone.localdate(clock.now()):
        raise Refused("已经过去的值守不能取消")
    if not Duty.objects.filter(pk=duty.pk, is_cancelled=False).update(is_cancelled=True):
        raise Overtaken("这次值守已经取消了")
    duty.refresh_from_db()
    said = say_half(duty.date, duty.half)
    record(
        actor=actor,
        verb="duty.cancelled",
        subject=expert,
        context=expert.partner,
        half=duty.get_half_display(),
        dates=[duty.date],
        reason=why,
    )
    community = expert.partner.community_id
    people = {m.user_id for m in members_of(community, Role.LEAD)} if own else {expert.user_id}
    notify(
        (user for user in people if user is not None),
        chain=community,
        key=f"duty:{duty.pk}:cancelled:{clock.now():%Y%m%d%H%M}",
        title=f"{expert.name} {said}不来值守：{why}"[:120],
    )
    return duty
