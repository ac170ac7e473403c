"""Promises: what the community's office hours and the work calendar make of a service item's times."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from yuanzhi.kernel.queries import current_calendar
from yuanzhi.kernel.workdays import (
    Calendar,
    OfficeHours,
    WorkTime,
    add_work_time,
    say_promise,
    work_time_between,
)
from yuanzhi.registry.models import Community

from .models import Case, ServiceItem

# Where no service item says otherwise: an answer within half a working day, a result within a working week.
DEFAULT_RESPONSE_HOURS = 4
DEFAULT_RESOLUTION_DAYS = 5


@dataclass(frozen=True)
class Clock:
    """A community's office hours over the calendar; get it once per request and pass it down."""

    calendar: Calendar
    hours: OfficeHours

    def say(self, now: dt.datetime, due: dt.datetime) -> str:
        """ "剩 2 天 3 小时" or "超时 9 小时"."""
        return say_promise(now, due, self.calendar, self.hours)


@dataclass(frozen=True)
class Promise:
    """Two instants, what they were made of, and whether they rest on a calendar not published yet."""

    since: dt.datetime
    response_hours: int
    resolution_days: int
    response_due: dt.datetime
    resolution_due: dt.datetime
    is_provisional: bool

    def fields(self) -> dict[str, Any]:
        """As the columns of a new case."""
        return {
            "promise_from": self.since,
            "response_hours": self.response_hours,
            "resolution_days": self.resolution_days,
            "response_due": self.response_due,
            "resolution_due": self.resolution_due,
            "due_at": self.response_due,
            "is_provisional": self.is_provisional,
        }

    def snapshot(self) -> dict[str, Any]:
        """As history keeps what was promised."""
        return asdict(self)


def clock_of(community_id: int) -> Clock:
    """The clock of a community. Two queries."""
    pairs = Community.objects.values_list("office_hours", flat=True).get(pk=community_id)
    return Clock(current_calendar(), OfficeHours.of(pairs))


def work_out(clock: Clock, since: dt.datetime, hours: int, days: int, paused: int = 0) -> Promise:
    """The promise that begins at `since`: so many work hours to respond, so many workdays to resolve.

    `paused`: work minutes that the case has waited for the enterprise since then.
    """
    response = add_work_time(since, WorkTime(minutes=hours * 60), clock.calendar, clock.hours)
    whole = WorkTime(days=days, minutes=paused)
    resolution = add_work_time(since, whole, clock.calendar, clock.hours)
    provisional = response.provisional or resolution.provisional
    return Promise(since, hours, days, response.at, resolution.at, provisional)


def give(clock: Clock, item: ServiceItem | None, now: dt.datetime) -> Promise:
    """The promise for a need that comes in now."""
    hours = item.response_hours if item else DEFAULT_RESPONSE_HOURS
    days = item.resolution_days if item else DEFAULT_RESOLUTION_DAYS
    return work_out(clock, now, hours, days)


def waited(case: Case, clock: Clock, now: dt.datetime) -> int:
    """Work minutes that a paused case has waited so far; 0 for one that isn't paused."""
    if case.paused_at is None:
        return 0
    return work_time_between(case.paused_at, now, clock.calendar, clock.hours)


def of_case(case: Case, clock: Clock, paused: int | None = None) -> Promise:
    """A case's promise, worked out anew from what it was made of and the minutes it stood still."""
    return work_out(
        clock,
        case.promise_from,
        case.response_hours,
        case.resolution_days,
        case.paused_minutes if paused is None else paused,
    )
