"""Which pile a case falls into, who is told of it, and when: a table."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.cases.escalation import (
    Ear,
    Facts,
    Pile,
    falls,
    half_bounds,
    margin,
    next_digest,
    next_look,
    paused_before,
    standing,
)
from yuanzhi.cases.promises import Clock, Terms
from yuanzhi.cases.states import CLOCK_RUNS, OPEN, State
from yuanzhi.kernel.workdays import (
    SHANGHAI,
    STANDARD_HOURS,
    Calendar,
    Day,
    Kind,
    WorkTime,
    add_work_time,
    work_time_between,
)

NATIONAL = {dt.date(2026, 10, day): Day(Kind.HOLIDAY, "国庆节") for day in range(1, 8)}
MAKEUP = {dt.date(2026, 10, 10): Day(Kind.MAKEUP, "国庆节")}  # a Saturday that is worked
CLOCK = Clock(Calendar(NATIONAL | MAKEUP, frozenset({2026})), STANDARD_HOURS, Terms())


def at(text):
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def facts(state, **given):
    """A case whose response is due on Tuesday the 24th at 15:00 (4 hours), whose result on the 30th."""
    due = at("11-24 15:00") if state is State.RECEIVED else at("11-30 11:00")
    moments = {
        key: at(value) if isinstance(value, str) else value
        for key, value in ({"due_at": due} | given).items()
    }
    return Facts(state, response_due=at("11-24 15:00"), response_hours=4, **moments)


# state, what else is known, when → in which piles, and who is told
O, B, L = (Ear.OWNER,), (Ear.OWNER, Ear.LEAD), (Ear.LEAD,)  # noqa: E741
TABLE = [
    (State.RECEIVED, {}, "11-24 11:29", {}),
    (State.RECEIVED, {}, "11-24 11:30", {Pile.NOBODY: O}),  # lunch is no work time: two hours before 15:00
    (State.RECEIVED, {}, "11-24 14:59", {Pile.NOBODY: O}),
    (State.RECEIVED, {}, "11-24 15:00", {Pile.NOBODY: B}),
    (State.RECEIVED, {}, "12-24 15:00", {Pile.NOBODY: B}),
    (State.RECEIVED, {"urged_at": "11-24 10:00"}, "11-24 10:00", {Pile.URGED: O}),
    (State.ACCEPTED, {}, "11-27 09:59", {}),
    (State.ACCEPTED, {}, "11-27 10:00", {Pile.AMBER: O}),  # eight work hours before Monday 11:00
    (State.IN_PROGRESS, {}, "11-28 12:00", {Pile.AMBER: O}),  # also on Saturday
    (State.IN_PROGRESS, {}, "11-30 10:59", {Pile.AMBER: O}),
    (State.IN_PROGRESS, {}, "11-30 11:00", {Pile.BREACHED: B}),
    (State.REOPENED, {"call_back_due": "11-26 17:30"}, "11-26 17:29", {}),
    (State.REOPENED, {"call_back_due": "11-26 17:30"}, "11-26 17:30", {Pile.CALL_BACK: O}),
    (State.REOPENED, {"call_back_due": "11-26 17:30"}, "11-30 11:00", {Pile.CALL_BACK: O, Pile.BREACHED: B}),
    (State.IN_PROGRESS, {"asked_at": "11-25 09:00"}, "11-25 09:00", {Pile.EXTENSION: L}),
    (State.IN_PROGRESS, {"asked_at": "11-25 09:00"}, "11-27 10:00", {Pile.EXTENSION: L, Pile.AMBER: O}),
    (State.IN_PROGRESS, {"urged_at": "11-25 09:00"}, "11-25 09:01", {Pile.URGED: O}),
    (State.WAITING, {"paused_at": "11-20 10:00"}, "11-27 09:59", {}),
    (State.WAITING, {"paused_at": "11-20 10:00"}, "11-27 10:00", {Pile.WAITING: O}),
    (State.WAITING, {"paused_at": "11-20 10:00"}, "12-30 10:00", {Pile.WAITING: O}),  # its clock stands still
    (State.WAITING, {"paused_at": "09-30 10:00"}, "10-10 17:30", {}),  # the festival doesn't count …
    (State.WAITING, {"paused_at": "09-30 10:00"}, "10-13 10:00", {Pile.WAITING: O}),  # … the makeup day does
    *[
        (state, {"urged_at": "11-20 09:00", "call_back_due": "11-20 09:00"}, "12-30 10:00", {})
        for state in State
        if state not in OPEN
    ],
]


@pytest.mark.parametrize(("state", "known", "now", "piles"), TABLE)
def test_where_a_case_lies(state, known, now, piles):
    found = standing(falls(facts(state, **known), CLOCK), at(now))
    assert {fall.pile: fall.ears for fall in found} == piles


LOOKS = [
    (State.RECEIVED, {}, "11-24 09:00", "11-24 11:30"),
    (State.RECEIVED, {}, "11-24 11:30", "11-24 15:00"),
    (State.RECEIVED, {}, "11-24 15:00", None),
    (State.ACCEPTED, {}, "11-24 09:00", "11-27 10:00"),
    (State.ACCEPTED, {}, "11-28 09:00", "11-30 11:00"),
    (State.ACCEPTED, {"call_back_due": "11-26 17:30"}, "11-24 09:00", "11-26 17:30"),
    (State.WAITING, {"paused_at": "11-20 10:00"}, "11-24 09:00", "11-27 10:00"),
    (State.RESOLVED, {}, "11-24 09:00", None),
]


@pytest.mark.parametrize(("state", "known", "now", "look"), LOOKS)
def test_when_it_is_looked_at_again(state, known, now, look):
    assert next_look(falls(facts(state, **known), CLOCK), at(now)) == (at(look) if look else None)


DIGESTS = [
    ("11-24 08:00", ("09:10", "14:10"), "11-24 09:10"),
    ("11-24 09:10", ("09:10", "14:10"), "11-24 14:10"),
    ("11-24 14:10", ("14:10", "09:10"), "11-25 09:10"),
    ("11-27 18:00", ("09:10", "14:10"), "11-30 09:10"),  # over the weekend
    ("09-30 15:00", ("09:10", "14:10"), "10-08 09:10"),  # over the festival
    ("10-09 15:00", ("09:10", "14:10"), "10-10 09:10"),  # a Saturday that is worked
    ("11-24 08:00", ("12:30",), "11-24 13:30"),  # at noon nobody is in
    ("11-24 08:00", ("20:00",), "11-25 09:00"),
    ("11-24 08:00", ("07:00",), "11-24 09:00"),
    ("11-24 20:00", (), "11-25 09:00"),
    ("11-24 10:00", (), "11-24 10:00"),
]


@pytest.mark.parametrize(("now", "times", "told"), DIGESTS)
def test_when_people_are_told(now, times, told):
    assert next_digest(at(now), times, CLOCK) == at(told)


moments = st.datetimes(dt.datetime(2026, 9, 20), dt.datetime(2026, 12, 20)).map(
    lambda moment: moment.replace(tzinfo=SHANGHAI)
)


@given(moments, moments, st.integers(1, 40), st.integers(0, 40))
def test_the_board_asks_by_the_same_boundaries(since, now, hours, more):
    """The instants given to the database and the falls of a case agree to the minute."""
    due = add_work_time(since, WorkTime(minutes=hours * 60), CLOCK.calendar, CLOCK.hours).at
    received = Facts(State.RECEIVED, due, due, hours)
    bounds = half_bounds(now, CLOCK)
    bound = bounds[min(hours, max(bounds))]
    assert (due <= bound) == any(fall.pile is Pile.NOBODY for fall in standing(falls(received, CLOCK), now))
    waiting = Facts(State.WAITING, due, due, hours, paused_at=since)
    assert (since < paused_before(now, CLOCK)) == bool(standing(falls(waiting, CLOCK), now))
    worked = Facts(State.ACCEPTED, due, due, hours)
    (pile,) = [fall.pile for fall in standing(falls(worked, CLOCK), now)] or [None]
    assert pile == (Pile.BREACHED if due <= now else Pile.AMBER if due <= CLOCK.soon(now) else None)


def test_half_of_a_promise_is_half_of_its_work_time():
    assert (margin(4), margin(16), margin(24), margin(80)) == (120, 480, 720, 720)
    half = falls(facts(State.RECEIVED), CLOCK)[0].at
    assert work_time_between(half, at("11-24 15:00"), CLOCK.calendar, CLOCK.hours) == 120


def test_every_open_state_has_its_piles():
    assert CLOCK_RUNS | {State.WAITING} == OPEN
