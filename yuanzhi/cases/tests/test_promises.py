"""Promises on the calendar: waiting, a calendar that is published later, conservation of time."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.accounts.actor import system
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, promises
from yuanzhi.cases.models import Case
from yuanzhi.kernel.calendar import publish_year
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.workdays import STANDARD_HOURS, Calendar, Day, Kind, work_time_between

pytestmark = pytest.mark.django_db


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def local(moment):
    return timezone.localtime(moment).isoformat(" ", "minutes")[:16]


@pytest.mark.django_db(transaction=True)
def test_a_published_calendar_moves_open_promises_and_says_so():
    from tests.world import build

    world = build()
    officer = world.actor(Role.DESK_OFFICER)
    with time_machine.travel(at("2026-12-31 10:00"), tick=False):
        case = actions.open_case(actor=officer, enterprise=world.enterprises[0], words="元旦前的事")
        case = actions.accept(actor=officer, case=case)
        closed = actions.accept(
            actor=officer,
            case=actions.open_case(actor=officer, enterprise=world.enterprises[0], words="另一件"),
        )
        closed = actions.resolve(actor=officer, case=closed, outcome="好了")
    assert case.is_provisional
    assert local(case.resolution_due) == "2027-01-07 10:00"  # 2027-01-01 counted as a weekday: not published
    holiday = {dt.date(2027, 1, 1): Day(Kind.HOLIDAY, "元旦")}
    publish_year(
        actor=system(), year=2026, days={dt.date(2026, 1, 1): Day(Kind.HOLIDAY, "元旦")}, source="测试"
    )
    publish_year(actor=system(), year=2027, days=holiday, source="国办发明电〔2026〕9号")
    drain()
    case.refresh_from_db()
    assert local(case.resolution_due) == "2027-01-08 10:00"
    assert not case.is_provisional
    entry = HistoryEntry.objects.filter(subject=f"case:{case.pk}", verb="case.promise_moved").last()
    assert entry.details["changes"]["resolution_due"][0].startswith("2027-01-07")
    moved = HistoryEntry.objects.filter(subject=f"case:{closed.pk}", verb="case.promise_moved")
    assert not moved.exists()  # what is resolved keeps the promise it was judged by
    before = HistoryEntry.objects.count()
    actions.recompute_promises(actor=system(world.community.pk), community_id=world.community.pk)
    assert HistoryEntry.objects.count() == before


CLOCK = promises.Clock(Calendar(), STANDARD_HOURS)
moments = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2026, 12, 1)).map(
    lambda t: timezone.make_aware(t.replace(second=0, microsecond=0))
)


@given(opened=moments, gaps=st.lists(st.integers(0, 4000), min_size=2, max_size=6), days=st.integers(1, 15))
def test_worked_and_waited_time_is_conserved(opened, gaps, days):
    """However often a case waits: the work time until its due instant is the promise plus the waiting."""
    case = Case(promise_from=opened, response_hours=4, resolution_days=days, paused_minutes=0)
    now, waited = opened, 0
    for number, gap in enumerate(gaps):
        later = now + dt.timedelta(minutes=gap)
        if number % 2:
            case.paused_at = now
            waited += promises.waited(case, CLOCK, later)
        now = later
    due = promises.of_case(case, CLOCK, waited).resolution_due
    total = work_time_between(opened, due, CLOCK.calendar, CLOCK.hours)
    assert total == days * STANDARD_HOURS.minutes + waited


ROWS = [
    # opened, response due (4 work hours), resolution due (5 workdays); real calendar of 2026
    (
        "2026-02-13 10:00",
        "2026-02-13 15:30",
        "2026-02-27 10:00",
    ),  # before Spring Festival 15–23 Feb; 14 and 28 made up
    (
        "2026-09-24 16:00",
        "2026-09-28 11:30",
        "2026-10-09 16:00",
    ),  # Mid-Autumn 25–27 Sep, National Day 1–7 Oct
    ("2026-11-20 17:00", "2026-11-23 14:00", "2026-11-27 17:00"),
    ("2026-11-21 11:00", "2026-11-23 14:30", "2026-11-27 17:30"),  # a Saturday begins on Monday
    ("2026-11-24 12:30", "2026-11-24 17:30", "2026-12-01 12:00"),  # in the lunch break
    ("2026-11-24 20:00", "2026-11-25 14:30", "2026-12-01 17:30"),  # in the evening
]


@pytest.mark.parametrize(("opened", "response", "resolution"), ROWS)
def test_promises_on_the_real_calendar(opened, response, resolution):
    from yuanzhi.kernel.published import packaged_days

    days = {**packaged_days(2026), **packaged_days(2025)}
    clock = promises.Clock(Calendar(days, frozenset({2025, 2026})), STANDARD_HOURS)
    promise = promises.give(clock, None, at(opened))
    assert (local(promise.response_due), local(promise.resolution_due)) == (response, resolution)
    assert not promise.is_provisional
