"""The clock of a case as a table: what happened when, and when it is due. The year 2026 as published.

In 2026: 1–3 January off (Sunday 4 worked), 15–23 February (14 and 28 worked), 4–6 April, 1–5 May (9 worked),
19–21 June, 25–27 September (Sunday 20 worked), 1–7 October (10 worked). Office 9:00–12:00 and 13:30–17:30.
The dates were counted minute by minute by a program that knows nothing of promises.
"""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yuanzhi.accounts.actor import system
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, promises
from yuanzhi.cases.models import Case, ServiceItem
from yuanzhi.kernel.calendar import publish_year
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.published import packaged_days
from yuanzhi.kernel.workdays import Day, Kind, work_time_between

from .lives import judge

pytestmark = pytest.mark.django_db
DAY = 7 * 60  # office minutes

# about, raised, workdays promised, what happened, response due (4 work hours), resolution due
ROWS = [
    ("an ordinary week", "2026-11-16 10:00", 5, "", "2026-11-16 15:30", "2026-11-23 10:00"),
    ("from Friday afternoon over the weekend", "2026-11-20 17:00", 5,
     "",
     "2026-11-23 14:00", "2026-11-27 17:00"),
    ("raised on a Saturday, it begins on Monday", "2026-11-21 11:00", 5,
     "",
     "2026-11-23 14:30", "2026-11-27 17:30"),
    ("raised in the lunch break", "2026-11-24 12:30", 5, "", "2026-11-24 17:30", "2026-12-01 12:00"),
    ("raised in the evening", "2026-11-24 20:00", 5, "", "2026-11-25 14:30", "2026-12-01 17:30"),
    ("raised before the office opens", "2026-11-24 07:30", 1, "", "2026-11-24 14:30", "2026-11-24 17:30"),
    ("raised at the minute it closes", "2026-11-24 17:30", 1, "", "2026-11-25 14:30", "2026-11-25 17:30"),
    ("a safety matter of one workday on a Friday", "2026-11-20 09:00", 1,
     "",
     "2026-11-20 14:30", "2026-11-20 17:30"),
    ("ten workdays of moving in", "2026-11-16 09:00", 10, "", "2026-11-16 14:30", "2026-11-27 17:30"),
    ("over New Year: 1 to 3 January off, Sunday 4 worked", "2025-12-31 16:00", 3,
     "",
     "2026-01-04 11:30", "2026-01-06 16:00"),
    ("over Spring Festival: 15 to 23 February off, 14 and 28 worked", "2026-02-13 10:00", 5,
     "",
     "2026-02-13 15:30", "2026-02-27 10:00"),
    ("raised in the middle of Spring Festival", "2026-02-18 15:00", 2,
     "",
     "2026-02-24 14:30", "2026-02-25 17:30"),
    ("on the worked Saturday before Spring Festival", "2026-02-14 16:30", 1,
     "",
     "2026-02-24 12:00", "2026-02-24 16:30"),
    ("ending on the worked Saturday after it", "2026-02-24 09:00", 5,
     "",
     "2026-02-24 14:30", "2026-02-28 17:30"),
    ("over Qingming", "2026-04-03 14:00", 2, "", "2026-04-07 09:30", "2026-04-08 14:00"),
    ("over May Day: 1 to 5 off, Saturday 9 worked", "2026-04-30 10:00", 5,
     "",
     "2026-04-30 15:30", "2026-05-11 10:00"),
    ("over Dragon Boat", "2026-06-18 17:00", 1, "", "2026-06-22 14:00", "2026-06-22 17:00"),
    ("over Mid-Autumn and National Day", "2026-09-24 16:00", 5, "", "2026-09-28 11:30", "2026-10-09 16:00"),
    ("over National Day: 1 to 7 off, Saturday 10 worked", "2026-09-30 10:00", 5,
     "",
     "2026-09-30 15:30", "2026-10-13 10:00"),
    ("raised on the eve of National Day", "2026-09-30 17:29", 1,
     "",
     "2026-10-08 14:29", "2026-10-08 17:29"),
    ("raised in National Day", "2026-10-03 10:00", 3, "", "2026-10-08 14:30", "2026-10-10 17:30"),
    ("on the worked Saturday after National Day", "2026-10-10 13:30", 2,
     "",
     "2026-10-10 17:30", "2026-10-13 12:00"),
    ("an hour of waiting is an hour more", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 10:00 wait; 11-17 11:00 resume",
     "2026-11-16 14:30", "2026-11-23 10:00"),
    ("waiting over the lunch break counts what was worked", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 11:30 wait; 11-17 14:00 resume",
     "2026-11-16 14:30", "2026-11-23 10:00"),
    ("waiting over night and nothing else costs nothing", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 17:30 wait; 11-18 09:00 resume",
     "2026-11-16 14:30", "2026-11-20 17:30"),
    ("waiting over the weekend: Friday 16:00 to Monday 10:00", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-20 16:00 wait; 11-23 10:00 resume",
     "2026-11-16 14:30", "2026-11-23 11:30"),
    ("two workdays of waiting are two workdays more", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 10:00 wait; 11-19 10:00 resume",
     "2026-11-16 14:30", "2026-11-24 17:30"),
    ("waiting over National Day: only worked time stands still", "2026-09-29 09:00", 5,
     "09-29 10:00 accept; 09-30 15:00 wait; 10-09 11:00 resume",
     "2026-09-29 14:30", "2026-10-13 15:00"),
    ("waiting over Spring Festival and its worked Saturdays", "2026-02-12 09:00", 5,
     "02-12 10:00 accept; 02-13 15:00 wait; 02-24 10:00 resume",
     "2026-02-12 14:30", "2026-02-27 14:00"),
    ("asked and answered within the holiday", "2026-09-30 09:00", 5,
     "09-30 10:00 accept; 10-02 10:00 wait; 10-05 10:00 resume",
     "2026-09-30 14:30", "2026-10-12 17:30"),
    ("waiting twice adds up", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 10:00 wait; 11-17 12:00 resume; "
     "11-18 14:00 wait; 11-19 09:30 resume",
     "2026-11-16 14:30", "2026-11-23 16:30"),
    ("waiting after the promise ran out moves it all the same", "2026-11-16 09:00", 2,
     "11-16 09:30 accept; 11-18 10:00 wait; 11-19 10:00 resume",
     "2026-11-16 14:30", "2026-11-18 17:30"),
    ("three more workdays", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-18 10:00 extend 3",
     "2026-11-16 14:30", "2026-11-25 17:30"),
    ("an extension that reaches over National Day", "2026-09-25 09:00", 3,
     "09-28 09:30 accept; 09-29 10:00 extend 2",
     "2026-09-28 14:30", "2026-10-09 17:30"),
    ("an extension over the worked Saturday", "2026-10-08 09:00", 2,
     "10-08 09:30 accept; 10-08 10:00 extend 1",
     "2026-10-08 14:30", "2026-10-10 17:30"),
    ("extended twice", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 10:00 extend 2; 11-18 10:00 extend 1",
     "2026-11-16 14:30", "2026-11-25 17:30"),
    ("extended, then waiting", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 10:00 extend 2; 11-18 09:00 wait; 11-18 17:30 resume",
     "2026-11-16 14:30", "2026-11-25 17:30"),
    ("waiting, extended while it waits, then answered", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 10:00 wait; 11-17 14:00 extend 2; 11-18 10:00 resume",
     "2026-11-16 14:30", "2026-11-25 17:30"),
    ("reopened on a Tuesday: two workdays from then", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 09:00 resolve; 11-17 15:00 bad",
     "2026-11-16 14:30", "2026-11-19 15:00"),
    ("reopened on a Friday evening", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-20 16:00 resolve; 11-20 21:00 bad",
     "2026-11-16 14:30", "2026-11-24 17:30"),
    ("reopened in National Day", "2026-09-28 09:00", 5,
     "09-28 09:30 accept; 09-30 16:00 resolve; 10-04 10:00 bad",
     "2026-09-28 14:30", "2026-10-09 17:30"),
    ("reopened it waits once more", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 09:00 resolve; 11-17 15:00 bad; "
     "11-18 10:00 wait; 11-18 15:00 resume",
     "2026-11-16 14:30", "2026-11-20 10:00"),
    ("what was waited and extended before does not count in the next round", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 10:00 wait; 11-18 10:00 resume; 11-18 11:00 extend 3; "
     "11-19 09:00 resolve; 11-20 09:00 bad",
     "2026-11-16 14:30", "2026-11-23 17:30"),
    ("reopened, then extended", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 09:00 resolve; 11-17 15:00 bad; 11-18 10:00 extend 1",
     "2026-11-16 14:30", "2026-11-20 15:00"),
    ("reopened twice", "2026-11-16 09:00", 5,
     "11-16 09:30 accept; 11-17 09:00 resolve; 11-17 15:00 bad; "
     "11-18 09:00 resolve; 11-18 16:30 bad",
     "2026-11-16 14:30", "2026-11-20 16:30"),
]  # fmt: skip


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def local(moment):
    return timezone.localtime(moment).isoformat(" ", "minutes")[:16]


@pytest.fixture
def published(world):
    """The calendars of 2025 and 2026."""
    for year in (2025, 2026):
        publish_year(actor=system(), year=year, days=packaged_days(year), source="国办发明电")
    return world


def item_of(world, days):
    return ServiceItem.objects.create(
        desk=world.desks["economy"],
        name=f"{days} 天的事",
        resolution_days=days,
        valid_from=dt.date(2025, 1, 1),
    )


def raise_case(world, moment, days):
    with time_machine.travel(moment, tick=False):
        return actions.open_case(
            actor=world.actor(Role.DESK_OFFICER),
            enterprise=world.enterprises[0],
            words="宽带装不上",
            item=item_of(world, days),
        )


def happen(world, case, what):
    """One thing that happens, now."""
    word, _, amount = what.partition(" ")
    officer = world.actor(Role.DESK_OFFICER)
    if word == "extend":
        asked = actions.ask_extension(actor=officer, case=case, days=int(amount), reason="要等")
        actions.decide_extension(actor=world.actor(Role.LEAD), extension=asked, grant=True)
    elif word == "bad":
        judge(case, 1)
    else:
        {
            "accept": lambda: actions.accept(actor=officer, case=case),
            "wait": lambda: actions.wait_for_enterprise(actor=officer, case=case, question="？"),
            "resume": lambda: actions.resume(actor=officer, case=case),
            "resolve": lambda: actions.resolve(actor=officer, case=case, outcome="好了"),
        }[word]()
    return Case.objects.select_related("item").get(pk=case.pk)


@pytest.mark.parametrize(
    ("about", "raised", "days", "story", "response", "resolution"), ROWS, ids=[row[0] for row in ROWS]
)
def test_when_it_is_due(published, about, raised, days, story, response, resolution):
    case = raise_case(published, at(raised), days)
    assert local(case.response_due) == response
    for line in filter(None, story.split("; ")):
        month_day, clock, *what = line.split()
        with time_machine.travel(at(f"{raised[:4]}-{month_day} {clock}"), tick=False):
            case = happen(published, case, " ".join(what))
    assert (local(case.resolution_due), case.is_provisional) == (resolution, False)
    if case.state not in ("received", "waiting"):
        assert case.due_at == case.resolution_due


def test_the_table_is_long_enough():
    assert len(ROWS) + len(MOVED) >= 48 and len({row[0] for row in ROWS}) == len(ROWS)


# A calendar that is published (or changed) later: about, raised, days, what happened, days that become
# holidays or worked, due before and after.
OFF, WORKED = Day(Kind.HOLIDAY, "元旦"), Day(Kind.MAKEUP, "元旦")
MOVED = [
    ("over New Year 2027, not published yet", "2026-12-31 10:00", 5, "12-31 11:00 accept",
     {"2027-01-01": OFF}, "2027-01-07 10:00", "2027-01-08 10:00"),
    ("with a Saturday worked for it", "2026-12-31 10:00", 5, "12-31 11:00 accept",
     {"2027-01-01": OFF, "2027-01-09": WORKED, "2027-01-08": OFF}, "2027-01-07 10:00", "2027-01-09 10:00"),
    ("extended before it was published", "2026-12-30 09:00", 2, "12-30 10:00 accept; 12-31 10:00 extend 2",
     {"2027-01-01": OFF}, "2027-01-04 17:30", "2027-01-05 17:30"),
    ("waited before it was published", "2026-12-30 09:00", 3,
     "12-30 10:00 accept; 12-30 13:30 wait; 12-31 12:00 resume",
     {"2027-01-01": OFF}, "2027-01-04 17:30", "2027-01-05 17:30"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("about", "raised", "days", "story", "listed", "before", "after"), MOVED, ids=[row[0] for row in MOVED]
)
def test_a_calendar_published_later_moves_it(published, about, raised, days, story, listed, before, after):
    case = raise_case(published, at(raised), days)
    for line in filter(None, story.split("; ")):
        month_day, clock, *what = line.split()
        with time_machine.travel(at(f"{raised[:4]}-{month_day} {clock}"), tick=False):
            case = happen(published, case, " ".join(what))
    assert (local(case.resolution_due), case.is_provisional) == (before, True)
    publish_year(
        actor=system(),
        year=2027,
        days={dt.date.fromisoformat(k): v for k, v in listed.items()},
        source="国办",
    )
    house = system(published.community.pk)
    actions.recompute_promises(actor=house, community_id=published.community.pk)
    case.refresh_from_db()
    assert (local(case.resolution_due), case.is_provisional) == (after, False)
    assert case.due_at == case.resolution_due
    entry = HistoryEntry.objects.get(subject=f"case:{case.pk}", verb="case.promise_moved")
    assert set(entry.details["changes"]) >= {"resolution_due", "due_at", "is_provisional"}


moments = st.datetimes(dt.datetime(2026, 1, 5), dt.datetime(2026, 11, 1)).map(
    lambda t: timezone.make_aware(t.replace(second=0, microsecond=0))
)
steps = st.lists(
    st.tuples(st.integers(0, 3000), st.sampled_from(["wait", "resume", "extend 1", "extend 3", "nothing"])),
    max_size=8,
)


@given(raised=moments, days=st.integers(1, 12), story=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_worked_and_waited_time_is_conserved(published, raised, days, story):
    """Through whatever happens: the work time until the promise is what was promised, was granted more, and
    was waited; and what was worked plus what was waited is all the office time there was."""
    world, allowed = published, {"accepted": "wait", "in_progress": "wait", "waiting": "resume"}
    mark = transaction.savepoint()
    case = raise_case(world, raised, days)
    now, worked, waited, granted = raised, 0, 0, 0
    clock = promises.clock_of(world.community.pk)

    def office(a, b):
        return work_time_between(a, b, clock.calendar, clock.hours)

    with time_machine.travel(now, tick=False):
        case = happen(world, case, "accept")
    for gap, what in story:
        later = now + dt.timedelta(minutes=gap)
        if case.state == "waiting":
            waited += office(now, later)
        else:
            worked += office(now, later)
        now = later
        word = what.split()[0]
        in_time = case.state == "waiting" or now < case.resolution_due
        if word == allowed[case.state] or (word == "extend" and in_time):
            with time_machine.travel(now, tick=False):
                case = happen(world, case, what)
            granted += int(what.split()[1]) if word == "extend" else 0
    if case.state == "waiting":
        with time_machine.travel(now, tick=False):
            case = happen(world, case, "resume")
    assert (case.paused_minutes, case.extended_days) == (waited, granted)
    assert office(raised, case.resolution_due) == (days + granted) * DAY + waited
    assert worked + waited == office(raised, now)
    transaction.savepoint_rollback(mark)
