"""The roster: who is at the community in which half-day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.cases.promises import Clock
from yuanzhi.kernel.workdays import Kind as DayKind
from yuanzhi.kernel.workdays import OfficeHours

from ..access import PARTNER_PORTAL, SEE_PARTNERS
from ..models import Duty, Expert, Partner

AHEAD = 21  # days within which the next duty is looked for
NAMES = {Duty.Half.MORNING: "上午", Duty.Half.AFTERNOON: "下午"}


def half_at(now: dt.datetime, hours: OfficeHours) -> str:
    """Which half-day an instant belongs to: the morning ends when the first span of the office does."""
    local = timezone.localtime(now)
    end = hours.spans[0][1] if len(hours.spans) > 1 else dt.time(12)
    return Duty.Half.MORNING if local.time() < end else Duty.Half.AFTERNOON


def is_there(now: dt.datetime, half: str, hours: OfficeHours) -> bool:
    """Whether somebody on duty in this half-day of today is at the community at this instant."""
    start = hours.spans[0][0] if half == Duty.Half.MORNING else hours.spans[-1][0]
    return start <= timezone.localtime(now).time() < half_ends(half, hours)


def half_ends(half: str, hours: OfficeHours) -> dt.time:
    """Until when somebody on duty is there."""
    return hours.spans[0][1] if half == Duty.Half.MORNING and len(hours.spans) > 1 else hours.spans[-1][1]


def duties_of(community_id: int, first: dt.date, last: dt.date) -> QuerySet[Duty]:
    """Half-days of firms in force, from `first` to `last`, with expert and firm."""
    rows = Duty.objects.filter(
        expert__partner__community_id=community_id,
        date__range=(first, last),
        is_cancelled=False,
        expert__is_active=True,
    )
    return rows.exclude(expert__partner__state=Partner.State.ENDED).select_related("expert__partner__kind")


def duty_visible_to(actor: Actor) -> QuerySet[Duty]:
    """The roster of the actor's community; a partner's people see their own half-days."""
    rows = Duty.objects.filter(expert__partner__community_id=actor.community_id).select_related(
        "expert__partner__kind"
    )
    if actor.may(SEE_PARTNERS):
        return rows
    if actor.may(PARTNER_PORTAL):
        return rows.filter(expert__user_id=actor.user_id)
    return rows.none()


@dataclass(frozen=True)
class OnDuty:
    """Somebody at the community today: now, or later today."""

    duty: Duty
    is_now: bool
    until: dt.time

    @property
    def expert(self) -> Expert:
        return self.duty.expert


def on_duty_today(actor: Actor, clock: Clock, now: dt.datetime) -> list[OnDuty]:
    """今天谁值守: those there now first, then those of the afternoon. One query; nobody on a day off."""
    today = timezone.localdate(now)
    if not actor.may(SEE_PARTNERS) or not clock.calendar.is_workday(today):
        return []
    rows = [
        OnDuty(duty, is_there(now, duty.half, clock.hours), half_ends(duty.half, clock.hours))
        for duty in duties_of(actor.community_id, today, today).filter(
            expert__partner__state=Partner.State.ACCREDITED
        )
        if timezone.localtime(now).time() < half_ends(duty.half, clock.hours)
    ]
    return sorted(rows, key=lambda row: (not row.is_now, row.duty.half, row.expert.pk))


@dataclass
class Cell:
    """One half-day of the week's page."""

    half: str
    name: str
    duties: list[Duty] = field(default_factory=list)


@dataclass
class DayColumn:
    """One day: what it is in the work calendar, and its two half-days."""

    date: dt.date
    is_workday: bool
    is_today: bool
    note: str
    halves: list[Cell]


def week_of(actor: Actor, clock: Clock, monday: dt.date, today: dt.date) -> list[DayColumn]:
    """The seven days from `monday`; a weekend without work and without duty is left out. One query."""
    rows = (
        duties_of(actor.community_id, monday, monday + dt.timedelta(days=6))
        if actor.may(SEE_PARTNERS)
        else []
    )
    filled: dict[tuple[dt.date, str], list[Duty]] = {}
    for duty in rows:
        filled.setdefault((duty.date, duty.half), []).append(duty)
    days = []
    for offset in range(7):
        day = monday + dt.timedelta(days=offset)
        halves = [Cell(half, name, filled.get((day, half), [])) for half, name in NAMES.items()]
        works = clock.calendar.is_workday(day)
        if not works and day.weekday() > 4 and not any(cell.duties for cell in halves):
            continue
        days.append(DayColumn(day, works, day == today, _note(clock, day), halves))
    return days


def _note(clock: Clock, day: dt.date) -> str:
    kind = clock.calendar.kind(day)
    if kind is DayKind.HOLIDAY:
        return f"{clock.calendar.name(day)}放假" if clock.calendar.name(day) else "放假"
    if kind is DayKind.MAKEUP:
        return f"{clock.calendar.name(day)}调休上班"
    return ""


def next_duties(expert_ids: Iterable[int], today: dt.date, half: str) -> dict[int, Duty]:
    """{expert id: the half-day that runs now or comes next}. One query."""
    rows = Duty.objects.filter(
        expert_id__in=list(expert_ids),
        date__range=(today, today + dt.timedelta(days=AHEAD)),
        is_cancelled=False,
    ).order_by("date", "half")
    found: dict[int, Duty] = {}
    for duty in rows:
        if duty.date == today and duty.half < half:
            continue
        found.setdefault(duty.expert_id, duty)
    return found


def say_duty(duty: Duty | None, now: dt.datetime, hours: OfficeHours) -> str:
    """ "正在值守", "今天下午值守", "11 月 26 日上午值守", "近期没有值守"."""
    if duty is None:
        return "近三周没有值守"
    today = timezone.localdate(now)
    if duty.date == today and is_there(now, duty.half, hours):
        return "正在值守"
    day = "今天" if duty.date == today else f"{duty.date.month} 月 {duty.date.day} 日"
    return f"{day}{NAMES[Duty.Half(duty.half)]}值守"
