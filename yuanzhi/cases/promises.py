"""Promises: what the community's office hours and the work calendar make of a service item's times."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from yuanzhi.kernel.queries import current_calendar
from yuanzhi.kernel.workdays import (
    Calendar,
    OfficeHours,
    WorkTime,
    add_work_time,
    instant_before,
    is_open,
    say_promise,
    work_time_between,
)
from yuanzhi.registry.models import Community

from .models import Case, ServiceItem

# Where no service item says otherwise: an answer within half a working day, a result within a working week.
DEFAULT_RESPONSE_HOURS = 4
DEFAULT_RESOLUTION_DAYS = 5


DIGESTS = ("09:10", "14:10")  # when reminders are told, unless a community has agreed on other times


@dataclass(frozen=True)
class Terms:
    """What a community has agreed on about handling cases (models.CaseTerms), as a plain value."""

    amber_hours: int = 8
    wait_days: int = 5
    call_back_days: int = 2
    return_days: int = 1
    digests: tuple[str, ...] = DIGESTS


@dataclass(frozen=True)
class Clock:
    """A community's office hours over the calendar, and its terms; get it once per request, pass it down."""

    calendar: Calendar
    hours: OfficeHours
    terms: Terms = Terms()

    def say(self, now: dt.datetime, due: dt.datetime) -> str:
        """ "剩 2 天 3 小时" or "超时 9 小时"."""
        return say_promise(now, due, self.calendar, self.hours)

    def after(self, since: dt.datetime, *, days: int = 0, hours: int = 0, minutes: int = 0) -> dt.datetime:
        """The end of so much work time from `since` on."""
        return add_work_time(since, WorkTime(days, hours * 60 + minutes), self.calendar, self.hours).at

    def before(self, due: dt.datetime, *, days: int = 0, hours: int = 0) -> dt.datetime:
        """The earliest instant from which so much work time leads to `due`."""
        return instant_before(due, WorkTime(days, hours * 60), self.calendar, self.hours)

    def soon(self, now: dt.datetime) -> dt.datetime:
        """Whatever is due until then is amber: lists and counts use this one instant."""
        return _soon(self, now)

    def is_open(self, now: dt.datetime) -> bool:
        """Whether the office is open."""
        return is_open(now, self.calendar, self.hours)


@lru_cache(maxsize=64)
def _soon(clock: Clock, now: dt.datetime) -> dt.datetime:
    return clock.after(now, hours=clock.terms.amber_hours)


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


_TERMS = ("amber_hours", "wait_days", "call_back_days", "return_days", "digests")


def clock_of(community_id: int) -> Clock:
    """The clock of a community. Two queries."""
    columns = [f"case_terms__{name}" for name in _TERMS]
    row = Community.objects.filter(pk=community_id).values("office_hours", *columns).get()
    return Clock(current_calendar(), OfficeHours.of(row["office_hours"]), _terms(row))


def _terms(row: dict[str, Any]) -> Terms:
    if row["case_terms__amber_hours"] is None:
        return Terms()
    agreed = {name: row[f"case_terms__{name}"] for name in _TERMS}
    return Terms(**{**agreed, "digests": tuple(agreed["digests"] or DIGESTS)})


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


def of_case(case: Case, clock: Clock, paused: int | None = None, extended: int | None = None) -> Promise:
    """A case's promise, worked out anew from what it was made of, the minutes it stood still, and the days
    by which it was extended."""
    return work_out(
        clock,
        case.promise_from,
        case.response_hours,
        case.resolution_days + (case.extended_days if extended is None else extended),
        case.paused_minutes if paused is None else paused,
    )


def stage_due(clock: Clock, case: Case, workdays: int) -> dt.datetime:
    """When a stage is due: so many workdays from the promise's beginning, and what the case stood still."""
    return clock.after(case.promise_from, days=workdays, minutes=case.paused_minutes)


def days_left_by_law(case: Case, statutory_days: int | None) -> int | None:
    """By how many workdays a promise may still be extended; None where no law says."""
    if statutory_days is None:
        return None
    return max(0, statutory_days - case.resolution_days - case.extended_days)
