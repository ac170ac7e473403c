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
    """Two instants, and whether they rest on a calendar that is not published yet."""

    response_due: dt.datetime
    resolution_due: dt.datetime
    is_provisional: bool
    response_hours: int
    resolution_days: int

    def fields(self) -> dict[str, Any]:
        """As the columns of a new case."""
        return {
            "response_due": self.response_due,
            "resolution_due": self.resolution_due,
            "due_at": self.response_due,
            "is_provisional": self.is_provisional,
        }

    def snapshot(self) -> dict[str, Any]:
        """As history keeps what was promised."""
        return asdict(self)


@dataclass(frozen=True)
class Shift:
    """A promise after waiting: its new end, and the work minutes that were spent waiting."""

    due: dt.datetime
    minutes: int
    is_provisional: bool


def clock_of(community_id: int | None) -> Clock:
    """The clock of a community. Two queries."""
    pairs = Community.objects.values_list("office_hours", flat=True).get(pk=community_id)
    return Clock(current_calendar(), OfficeHours.of(pairs))


def give(community_id: int | None, item: ServiceItem | None, now: dt.datetime) -> Promise:
    """The promise for a need that comes in now."""
    clock = clock_of(community_id)
    hours = item.response_hours if item else DEFAULT_RESPONSE_HOURS
    days = item.resolution_days if item else DEFAULT_RESOLUTION_DAYS
    response = add_work_time(now, WorkTime(minutes=hours * 60), clock.calendar, clock.hours)
    resolution = add_work_time(now, WorkTime(days=days), clock.calendar, clock.hours)
    return Promise(response.at, resolution.at, response.provisional or resolution.provisional, hours, days)


def again(community_id: int, days: int, now: dt.datetime) -> Promise:
    """The promise after the enterprise said no: so many workdays from now."""
    clock = clock_of(community_id)
    moment = add_work_time(now, WorkTime(days=days), clock.calendar, clock.hours)
    return Promise(moment.at, moment.at, moment.provisional, 0, days)


def waited(case: Case, now: dt.datetime) -> Shift:
    """What the promise of a paused case becomes when it goes on: moved by the work time it stood still.

    A case that was paused after its time was up stays breached by as much as it was.
    """
    clock = clock_of(case.community_id)
    if case.paused_at is None:
        return Shift(case.resolution_due, 0, case.is_provisional)
    minutes = work_time_between(case.paused_at, now, clock.calendar, clock.hours)
    moved = add_work_time(case.resolution_due, WorkTime(minutes=minutes), clock.calendar, clock.hours)
    return Shift(moved.at, minutes, case.is_provisional or moved.provisional)
