"""Work time: dated cases to read, and laws that hold for all dates."""

import datetime as dt

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.kernel.published import packaged_days, packaged_years
from yuanzhi.kernel.workdays import (
    SHANGHAI,
    STANDARD_HOURS,
    Calendar,
    CalendarError,
    Day,
    Kind,
    OfficeHours,
    WorkTime,
    add_work_time,
    instant_before,
    is_open,
    remaining,
    say_promise,
    say_remaining,
    work_time_between,
)

HOURS = STANDARD_HOURS  # 09:00–12:00, 13:30–17:30: 420 minutes
CALENDAR = Calendar(
    {day: what for year in packaged_years() for day, what in packaged_days(year).items()},
    frozenset(packaged_years()),
)


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)


def amount(text: str) -> WorkTime:
    """ "2d", "90m", "1d 30m"."""
    parts = dict.fromkeys("dm", 0) | {part[-1]: int(part[:-1]) for part in text.split()}
    return WorkTime(days=parts["d"], minutes=parts["m"])


# start · amount · due ("?": rests on a year that is not published)
CASES = """
2026-11-20 17:00 | 1d     | 2026-11-23 17:00 | Friday five o'clock, over a weekend
2026-11-23 09:00 | 1d     | 2026-11-23 17:30 | a whole day ends with the day
2026-11-23 10:00 | 1d     | 2026-11-24 10:00 | the same clock the next day
2026-11-23 10:00 | 3d     | 2026-11-26 10:00 | within a week
2026-11-23 10:00 | 5d     | 2026-11-30 10:00 | five workdays are a week
2026-11-23 09:00 | 60m    | 2026-11-23 10:00 | an hour in the morning
2026-11-23 11:30 | 60m    | 2026-11-23 14:00 | over lunch
2026-11-23 11:00 | 60m    | 2026-11-23 12:00 | up to lunch, not to its end
2026-11-23 12:00 | 30m    | 2026-11-23 14:00 | lunch begins: counted from half past one
2026-11-23 12:45 | 30m    | 2026-11-23 14:00 | in the middle of lunch
2026-11-23 13:29 | 1m     | 2026-11-23 13:31 | the last minute of lunch
2026-11-23 13:30 | 30m    | 2026-11-23 14:00 | after lunch
2026-11-23 17:00 | 30m    | 2026-11-23 17:30 | up to closing
2026-11-23 17:00 | 31m    | 2026-11-24 09:01 | one minute more is tomorrow
2026-11-23 17:30 | 60m    | 2026-11-24 10:00 | closing time is closed
2026-11-23 20:15 | 1d     | 2026-11-24 17:30 | the evening starts tomorrow
2026-11-23 03:00 | 1d     | 2026-11-23 17:30 | the night starts this morning
2026-11-21 10:00 | 1d     | 2026-11-23 17:30 | Saturday starts on Monday
2026-11-22 23:59 | 1m     | 2026-11-23 09:01 | Sunday night
2026-11-20 16:00 | 1d 60m | 2026-11-23 17:00 | a day and an hour
2026-11-20 17:00 | 0m     | 2026-11-20 17:00 | nothing, while open
2026-11-21 10:00 | 0m     | 2026-11-23 09:00 | nothing, while closed: the next opening
2026-11-23 12:10 | 0m     | 2026-11-23 13:30 | nothing, during lunch
2025-01-24 17:00 | 1d     | 2025-01-26 17:00 | Sunday 26 January 2025 is worked (春节调休)
2025-01-27 17:00 | 1d     | 2025-02-05 17:00 | Spring Festival 2025, eight days
2025-02-07 10:00 | 1d     | 2025-02-08 10:00 | Saturday 8 February 2025 is worked
2025-04-03 10:00 | 1d     | 2025-04-07 10:00 | 清明 2025 from Friday on
2025-04-25 15:00 | 1d     | 2025-04-27 15:00 | Sunday 27 April 2025 is worked
2025-04-30 15:00 | 1d     | 2025-05-06 15:00 | 劳动节 2025, five days
2025-05-30 15:00 | 1d     | 2025-06-03 15:00 | 端午 2025, Monday off
2025-09-26 15:00 | 2d     | 2025-09-29 15:00 | Sunday 28 September 2025 is worked
2025-09-30 15:00 | 1d     | 2025-10-09 15:00 | National Day and 中秋 2025, eight days
2025-10-10 15:00 | 1d     | 2025-10-11 15:00 | Saturday 11 October 2025 is worked
2025-12-31 17:00 | 1d     | 2026-01-04 17:00 | New Year 2026, Sunday 4 January is worked
2026-01-01 08:00 | 1d     | 2026-01-04 17:30 | New Year's morning
2026-02-13 17:00 | 1d     | 2026-02-14 17:00 | Saturday 14 February 2026 is worked
2026-02-14 17:00 | 1d     | 2026-02-24 17:00 | Spring Festival 2026, nine days
2026-02-18 12:00 | 90m    | 2026-02-24 10:30 | in the middle of the festival
2026-02-13 10:00 | 10d    | 2026-03-05 10:00 | over the festival and the worked Saturday 28 February
2026-02-27 17:00 | 1d     | 2026-02-28 17:00 | Saturday 28 February 2026 is worked
2026-04-03 16:30 | 1d     | 2026-04-07 16:30 | 清明 2026
2026-04-30 16:30 | 1d     | 2026-05-06 16:30 | 劳动节 2026
2026-05-08 16:30 | 1d     | 2026-05-09 16:30 | Saturday 9 May 2026 is worked
2026-06-18 16:30 | 1d     | 2026-06-22 16:30 | 端午 2026
2026-09-18 09:30 | 1d     | 2026-09-20 09:30 | Sunday 20 September 2026 is worked
2026-09-24 09:30 | 1d     | 2026-09-28 09:30 | 中秋 2026
2026-09-30 17:00 | 1d     | 2026-10-08 17:00 | National Day 2026, seven days
2026-10-09 17:00 | 1d     | 2026-10-10 17:00 | Saturday 10 October 2026 is worked
2026-10-10 17:00 | 1d     | 2026-10-12 17:00 | and then Sunday is off
2026-12-30 17:00 | 1d     | 2026-12-31 17:00 | the last published day
2026-12-31 17:00 | 30m    | 2026-12-31 17:30 | its last minute
2026-12-31 17:00 | 1d     | 2027-01-01 17:00 ? | New Year 2027: not published, so a plain Friday
2026-12-31 18:00 | 1m     | 2027-01-01 09:01 ? | likewise
2027-02-05 17:00 | 1d     | 2027-02-08 17:00 ? | Spring Festival 2027 not published: weekdays
2026-01-05 09:00 | 247d   | 2026-12-31 17:30 | all the 247 remaining workdays of 2026
2017-12-29 17:00 | 1d     | 2018-01-02 17:00 ? | 2017 is not loaded: provisional, too
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in CASES.strip().splitlines()]


@pytest.mark.parametrize("start, long, due, why", ROWS, ids=[f"{r[0]} + {r[1]}" for r in ROWS])
def test_dated_cases(start: str, long: str, due: str, why: str):
    moment = add_work_time(at(start), amount(long), CALENDAR, HOURS)
    assert (moment.at, moment.provisional) == (at(due.removesuffix(" ?")), due.endswith("?")), why


def test_there_are_enough_dated_cases():
    assert len(ROWS) >= 40


@pytest.mark.parametrize("year", packaged_years())
def test_every_day_agrees_with_the_package(year: int):
    day = dt.date(year, 1, 1)
    while day.year == year:
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day
        assert not CALENDAR.provisional(day)
        day += dt.timedelta(days=1)


@pytest.mark.parametrize(
    "day, kind, name",
    [
        ("2026-02-17", Kind.HOLIDAY, "春节"),
        ("2026-02-28", Kind.MAKEUP, "春节"),
        ("2026-10-10", Kind.MAKEUP, "国庆节"),
        ("2026-11-24", Kind.NORMAL, ""),
        ("2026-11-22", Kind.WEEKEND, ""),
        ("2027-01-01", Kind.NORMAL, ""),
    ],
)
def test_kinds(day: str, kind: Kind, name: str):
    date = dt.date.fromisoformat(day)
    assert (CALENDAR.kind(date), CALENDAR.name(date)) == (kind, name)
    assert CALENDAR.provisional(date) == (date.year == 2027)


def test_a_listed_normal_day_follows_the_weekday():
    calendar = Calendar({dt.date(2026, 11, 24): Day(Kind.NORMAL), dt.date(2026, 11, 28): Day(Kind.NORMAL)})
    assert calendar.is_workday(dt.date(2026, 11, 24))
    assert not calendar.is_workday(dt.date(2026, 11, 28))


@pytest.mark.parametrize(
    "a, b, minutes",
    [
        ("2026-11-20 17:00", "2026-11-23 17:00", 420),
        ("2026-11-23 11:00", "2026-11-23 14:00", 90),
        ("2026-11-23 12:10", "2026-11-23 13:20", 0),
        ("2026-11-23 17:00", "2026-11-23 16:00", -60),
        ("2026-02-14 17:00", "2026-02-24 09:30", 60),
        ("2026-09-30 17:30", "2026-10-08 09:00", 0),
    ],
)
def test_between(a: str, b: str, minutes: int):
    assert work_time_between(at(a), at(b), CALENDAR, HOURS) == minutes


@pytest.mark.parametrize(
    "now, due, words",
    [
        ("2026-11-20 17:00", "2026-11-25 13:00", "剩 2 天 3 小时"),
        ("2026-11-23 10:00", "2026-11-25 10:00", "剩 2 天"),
        ("2026-11-23 10:00", "2026-11-23 10:20", "剩 20 分钟"),
        ("2026-11-23 10:00", "2026-11-23 14:00", "剩 2 小时 30 分钟"),
        ("2026-11-23 10:00", "2026-11-23 10:00", "刚好到时限"),
        ("2026-11-23 16:00", "2026-11-20 16:30", "超时 6 小时 30 分钟"),
        ("2026-11-25 12:00", "2026-11-20 17:30", "超时 2 天 3 小时"),
        ("2026-11-23 10:05", "2026-11-23 10:00", "超时 5 分钟"),
        ("2026-11-20 20:00", "2026-11-20 17:30", "刚超时"),
        ("2026-11-23 12:30", "2026-11-23 13:30", "刚好到时限"),
    ],
)
def test_words(now: str, due: str, words: str):
    assert say_promise(at(now), at(due), CALENDAR, HOURS) == words


def test_words_of_minutes():
    long_day = OfficeHours.parse("08:00-20:00")
    assert say_remaining(-540, long_day) == "超时 9 小时"
    assert say_remaining(-540, HOURS) == "超时 1 天 2 小时"
    assert remaining(at("2026-11-23 10:00"), at("2026-11-23 09:00"), CALENDAR, HOURS) == -60


def test_seconds_do_not_count_and_other_zones_are_understood():
    start = dt.datetime(2026, 11, 20, 9, 0, 59, tzinfo=dt.UTC)  # 17:00:59 in Hangzhou
    assert add_work_time(start, WorkTime(days=1), CALENDAR, HOURS).at == at("2026-11-23 17:00")


def test_open():
    texts = ["2026-11-23 09:00", "2026-11-23 12:00", "2026-11-22 10:00", "2026-10-10 10:00"]
    assert [is_open(at(text), CALENDAR, HOURS) for text in texts] == [True, False, False, True]


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "是空的"),
        ("09:00-09:00", "不晚于开始"),
        ("12:00-09:00", "不晚于开始"),
        ("09:00-13:00, 12:00-17:00", "有重叠"),
        ("13:30-17:30, 09:00-12:00", "次序颠倒"),
        ("九点到五点", "看不懂办公时间“九点到五点”"),
        ("09:00-25:00", "超出了"),
    ],
)
def test_office_hours_that_make_no_sense(text: str, says: str):
    with pytest.raises(CalendarError, match=says):
        OfficeHours.parse(text)


def test_office_hours_as_written_by_people():
    hours = OfficeHours.parse("9：00–12：00、13:30 至 17:30")
    assert hours == HOURS == OfficeHours.of(HOURS.pairs) == OfficeHours.parse(str(HOURS))
    assert HOURS.pairs == [["09:00", "12:00"], ["13:30", "17:30"]]
    with pytest.raises(CalendarError, match="看不懂"):
        OfficeHours.of([["09:00"]])


def test_naive_times_and_negative_amounts_are_refused():
    with pytest.raises(CalendarError, match="没有时区"):
        add_work_time(dt.datetime(2026, 11, 23, 9, 0), WorkTime(days=1), CALENDAR, HOURS)
    with pytest.raises(CalendarError, match="没有时区"):
        work_time_between(at("2026-11-23 09:00"), dt.datetime(2026, 11, 23, 9, 0), CALENDAR, HOURS)
    with pytest.raises(CalendarError, match="负数"):
        WorkTime(minutes=-1)


def test_amounts_in_words():
    amounts = [WorkTime(3), WorkTime(minutes=90), WorkTime(1, 60), WorkTime()]
    assert [str(a) for a in amounts] == ["3 个工作日", "1 小时 30 分钟", "1 个工作日 1 小时", "0 分钟"]


# -- laws ----------------------------------------------------------------------------------------------

instants = st.datetimes(dt.datetime(2017, 6, 1), dt.datetime(2028, 6, 1)).map(
    lambda t: t.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
)
lengths = st.one_of(st.integers(0, 900), st.integers(0, 600).map(lambda days: days * 420))


@st.composite
def office_hours(draw: st.DrawFn) -> OfficeHours:
    count = draw(st.integers(1, 3))
    edges = sorted(draw(st.sets(st.integers(0, 1439), min_size=2 * count, max_size=2 * count)))
    times = [dt.time(edge // 60, edge % 60) for edge in edges]
    return OfficeHours(tuple(zip(times[::2], times[1::2], strict=True)))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    dates = st.dates(dt.date(2026, 1, 1), dt.date(2026, 3, 31))
    return Calendar(draw(st.dictionaries(dates, st.sampled_from([Day(k) for k in Kind]), max_size=40)))


def add(start: dt.datetime, minutes: int, calendar=CALENDAR, hours=HOURS) -> dt.datetime:
    return add_work_time(start, WorkTime(minutes=minutes), calendar, hours).at


@given(instants, lengths, lengths)
def test_more_work_ends_later(start, a, b):
    low, high = sorted((a, b))
    if low:  # nothing at all, started while closed, means the next opening
        assert add(start, low) <= add(start, high)


@given(instants, instants, lengths)
def test_later_starts_end_later(a, b, minutes):
    assert add(min(a, b), minutes) <= add(max(a, b), minutes)


@given(instants, lengths, office_hours())
def test_between_is_the_inverse_of_add(start, minutes, hours):
    assert work_time_between(start, add(start, minutes, hours=hours), CALENDAR, hours) == minutes


@given(instants, lengths, st.integers(1, 5000))
def test_adding_twice_is_adding_the_sum(start, first, second):
    assert add(add(start, first), second) == add(start, first + second)


@given(instants, instants, instants)
def test_between_adds_up(a, b, c):
    def between(x, y):
        return work_time_between(x, y, CALENDAR, HOURS)

    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)


@given(instants, lengths.filter(bool), office_hours())
def test_a_promise_ends_while_somebody_is_in(start, minutes, hours):
    due = add(start, minutes, hours=hours)
    assert due >= start
    assert is_open(due - dt.timedelta(minutes=1), CALENDAR, hours)


@given(
    st.datetimes(dt.datetime(2025, 12, 25), dt.datetime(2026, 4, 5)).map(
        lambda t: t.replace(second=0, microsecond=0, tzinfo=SHANGHAI)
    ),
    st.integers(0, 20000),
    calendars(),
    office_hours(),
)
def test_counting_agrees_with_walking_minute_spans(start, minutes, calendar, hours):
    """Any calendar whatever: the formula agrees with walking day by day."""
    end = start + dt.timedelta(minutes=minutes)
    walked, day = 0, start.date()
    while day <= end.date():
        if calendar.is_workday(day):
            for opens, closes in hours.spans:
                first = max(start, dt.datetime.combine(day, opens, SHANGHAI))
                last = min(end, dt.datetime.combine(day, closes, SHANGHAI))
                walked += max(0, int((last - first).total_seconds()) // 60)
        day += dt.timedelta(days=1)
    assert work_time_between(start, end, calendar, hours) == walked
    if minutes:
        assert work_time_between(start, add(start, minutes, calendar, hours), calendar, hours) == minutes


BEFORE = [
    ("2026-11-24 17:30", "1d", "2026-11-23 17:30"),
    ("2026-11-24 10:00", "60m", "2026-11-23 17:30"),  # the earliest: nothing is worked in between
    ("2026-11-24 10:01", "60m", "2026-11-24 09:01"),
    ("2026-11-23 14:00", "60m", "2026-11-23 11:30"),
    ("2026-11-23 10:00", "8m", "2026-11-23 09:52"),
    ("2026-10-09 10:00", "1d", "2026-10-08 10:00"),  # after National Day
    ("2026-10-08 10:00", "1d", "2026-09-30 10:00"),  # over it
    ("2026-02-24 12:00", "1d", "2026-02-14 12:00"),  # a worked Saturday before Spring Festival
]


@pytest.mark.parametrize(("due", "taken", "begin"), BEFORE)
def test_the_instant_before(due, taken, begin):
    assert instant_before(at(due), amount(taken), CALENDAR, HOURS) == at(begin)


@given(
    st.datetimes(dt.datetime(2025, 1, 5), dt.datetime(2026, 11, 1)).map(lambda t: t.replace(tzinfo=SHANGHAI)),
    st.integers(1, 5000),
    st.integers(1, 5000),
)
def test_what_begins_before_ends_at_the_due_instant(start, whole, part):
    due = add_work_time(start, WorkTime(minutes=whole), CALENDAR, HOURS).at
    begin = instant_before(due, WorkTime(minutes=part), CALENDAR, HOURS)
    assert add_work_time(begin, WorkTime(minutes=part), CALENDAR, HOURS).at == due
    earlier = begin - dt.timedelta(minutes=1)
    assert add_work_time(earlier, WorkTime(minutes=part), CALENDAR, HOURS).at < due
