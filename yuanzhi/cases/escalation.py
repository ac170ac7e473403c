"""Escalation: into which pile a case falls when, who is told of it, and when telling is due. Pure.

A *fall* is a span of time in which a case lies in a pile, if nobody moves it: worked out from the case alone,
so that the board, the scheduler and the digest (which asks again right before it is sent) can't disagree.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from yuanzhi.kernel.workdays import (
    SHANGHAI,
    Calendar,
    OfficeHours,
    WorkTime,
    add_work_time,
    instant_before,
    is_open,
)

from .states import CLOCK_RUNS, OPEN, State

# Somebody has to have taken a need on by half of its response promise, at the latest 12 hours before its end.
LONG = 24


class Pile(StrEnum):
    """The baskets of the cases' own."""

    URGED = "urged"
    BREACHED = "breached"
    NOBODY = "nobody"
    CALL_BACK = "call_back"
    EXTENSION = "extension"
    AMBER = "amber"
    WAITING = "waiting"


class Ear(StrEnum):
    """Who is told."""

    OWNER = "owner"  # without an owner: the officers of the desk
    LEAD = "lead"


class Agreed(Protocol):
    """What a community has agreed on (promises.Terms, models.CaseTerms)."""

    @property
    def amber_hours(self) -> int: ...
    @property
    def wait_days(self) -> int: ...


class WorkClock(Protocol):
    """A community's office hours over the calendar, and its terms (promises.Clock)."""

    @property
    def calendar(self) -> Calendar: ...
    @property
    def hours(self) -> OfficeHours: ...
    @property
    def terms(self) -> Agreed: ...


@dataclass(frozen=True)
class Facts:
    """What of a case decides."""

    state: State
    due_at: dt.datetime
    response_due: dt.datetime
    response_hours: int
    paused_at: dt.datetime | None = None
    call_back_due: dt.datetime | None = None
    urged_at: dt.datetime | None = None
    asked_at: dt.datetime | None = None  # when an extension was asked for that nobody has decided


@dataclass(frozen=True)
class Fall:
    """From `at` to before `until` (None: until somebody moves it) the case lies in the pile.

    `mark` makes a reminder of it one: the same fall again is the same reminder.
    """

    pile: Pile
    at: dt.datetime
    mark: str
    ears: tuple[Ear, ...] = (Ear.OWNER,)
    until: dt.datetime | None = None

    def holds(self, now: dt.datetime) -> bool:
        """Whether the case lies there now."""
        return self.at <= now and (self.until is None or now < self.until)


def margin(response_hours: int) -> int:
    """So many work minutes before the end of its response promise somebody has to have picked a need up."""
    return min(response_hours, LONG) * 30


def falls(case: Facts, clock: WorkClock) -> list[Fall]:
    """Where the case lies now and will lie if nobody moves it."""
    if case.state not in OPEN:
        return []
    found = [*_by_clock(case, clock), *_by_hand(case)]
    return sorted(found, key=lambda fall: (fall.at, fall.pile))


def _by_clock(case: Facts, clock: WorkClock) -> Iterable[Fall]:
    both = (Ear.OWNER, Ear.LEAD)
    if case.state is State.WAITING:
        if case.paused_at is not None:
            amount = WorkTime(days=clock.terms.wait_days)
            long = add_work_time(case.paused_at, amount, clock.calendar, clock.hours).at
            yield Fall(Pile.WAITING, long, _mark(case.paused_at))
    elif case.state is State.RECEIVED:
        due = case.response_due
        half = _before(due, margin(case.response_hours), clock)
        yield Fall(Pile.NOBODY, half, f"{_mark(due)}-half", until=due)
        yield Fall(Pile.NOBODY, due, _mark(due), both)
    elif case.state in CLOCK_RUNS:
        soon = _before(case.due_at, clock.terms.amber_hours * 60, clock)
        yield Fall(Pile.AMBER, soon, _mark(case.due_at), until=case.due_at)
        yield Fall(Pile.BREACHED, case.due_at, _mark(case.due_at), both)


def _by_hand(case: Facts) -> Iterable[Fall]:
    if case.call_back_due is not None:
        yield Fall(Pile.CALL_BACK, case.call_back_due, _mark(case.call_back_due))
    if case.asked_at is not None:
        yield Fall(Pile.EXTENSION, case.asked_at, _mark(case.asked_at), (Ear.LEAD,))
    if case.urged_at is not None:
        yield Fall(Pile.URGED, case.urged_at, _mark(case.urged_at))


def _before(due: dt.datetime, minutes: int, clock: WorkClock) -> dt.datetime:
    return instant_before(due, WorkTime(minutes=minutes), clock.calendar, clock.hours)


def _mark(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%S}"


def standing(found: Iterable[Fall], now: dt.datetime) -> list[Fall]:
    """Those that hold now."""
    return [fall for fall in found if fall.holds(now)]


def next_look(found: Iterable[Fall], now: dt.datetime) -> dt.datetime | None:
    """When the case has to be looked at again; None: nothing will come by itself."""
    return min((fall.at for fall in found if fall.at > now), default=None)


# -- the same boundaries as instants, for queries ---------------------------------------------------------


def half_bounds(now: dt.datetime, clock: WorkClock) -> dict[int, dt.datetime]:
    """{response hours: a received need due until then is past its half}; longer ones go by the longest."""
    return {
        hours: add_work_time(now, WorkTime(minutes=margin(hours)), clock.calendar, clock.hours).at
        for hours in range(1, LONG + 1)
    }


def paused_before(now: dt.datetime, clock: WorkClock) -> dt.datetime:
    """A case paused earlier than this has waited too long."""
    minutes = WorkTime(days=clock.terms.wait_days).in_minutes(clock.hours) - 1
    return _before(now, max(0, minutes), clock)


# -- when people are told --------------------------------------------------------------------------------


def next_digest(now: dt.datetime, times: Iterable[str], clock: WorkClock) -> dt.datetime:
    """The next of a community's times for reminders, on a workday, while the office is open.

    A time at which it is closed moves to the next opening of that day; after closing, of the next workday.
    """
    local = now.astimezone(SHANGHAI)
    index = clock.calendar.workdays_before(local.toordinal())
    for ahead in range(3):
        date = dt.date.fromordinal(clock.calendar.workday_at(index + ahead))
        wanted = [dt.datetime.combine(date, dt.time.fromisoformat(text), SHANGHAI) for text in times]
        moments = [_opening(at, clock) for at in wanted]
        if later := [at for at in moments if at > now]:
            return min(later)
    return _opening(now, clock)  # a community without times: as soon as the office is open


def _opening(at: dt.datetime, clock: WorkClock) -> dt.datetime:
    if is_open(at, clock.calendar, clock.hours):
        return at
    return add_work_time(at, WorkTime(), clock.calendar, clock.hours).at
