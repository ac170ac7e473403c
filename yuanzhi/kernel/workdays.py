"""Work time: office hours laid over a calendar of workdays. Pure: no clock, no database.

Every instant has a *position*: the office minutes that have passed since the first day of the calendar.
Adding work time is adding to the position and looking the instant up again; the time between two instants
is the difference of their positions. All laws (monotone, inverse, additive) follow from that.

Conventions
- Whole minutes: seconds are dropped.
- An office span is open at its start and closed at its end: at 12:00 and at 17:30 nobody is in any more.
- One workday is one day's office minutes, so Friday 17:00 + 1 workday is Monday 17:00.
- Work started while the office is closed starts at the next opening: Saturday + 1 workday is Monday 17:30.
- A promise ends at the earliest instant that has its position: 17:30, not 09:00 of the next workday.
- A year whose holidays are not published counts Monday to Friday and makes the result provisional (未发布).
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from .refusals import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")


class CalendarError(Refused, ValueError):
    """Office hours, days or times that make no sense, in a sentence for the person who gave them."""


class Kind(StrEnum):
    """What a day is. Only HOLIDAY and MAKEUP need to be listed in a calendar."""

    NORMAL = "normal"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.NORMAL: "工作日",
    Kind.WEEKEND: "周末",
    Kind.HOLIDAY: "节假日",
    Kind.MAKEUP: "调休上班",
}


class Day(NamedTuple):
    """A listed day: its kind and the name of the festival, e.g. Day(Kind.MAKEUP, "国庆节")."""

    kind: Kind
    name: str = ""


# -- office hours --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OfficeHours:
    """The spans of a working day, e.g. 09:00–12:00 and 13:30–17:30. Raises CalendarError."""

    spans: tuple[tuple[dt.time, dt.time], ...]

    def __post_init__(self) -> None:
        if not self.spans:
            raise CalendarError("办公时间是空的：请至少填一段，例如 09:00-17:30。")
        for start, end in self.spans:
            if any(t.second or t.microsecond or t.tzinfo for t in (start, end)):
                raise CalendarError("办公时间请写到分钟，例如 09:00-17:30。")
            if start >= end:
                raise CalendarError(f"办公时间 {_span(start, end)} 的结束不晚于开始，请改正。")
        for left, right in pairwise(self.spans):
            if right[0] < left[1]:
                raise CalendarError(f"办公时间 {_span(*left)} 和 {_span(*right)} 有重叠或次序颠倒，请改正。")

    @classmethod
    def parse(cls, text: str) -> OfficeHours:
        """Read "09:00-12:00, 13:30-17:30" (also –, 至, full-width signs and 、；). Raises CalendarError."""
        plain = text.replace("：", ":")
        spans = []
        for part in re.split(r"[,，、;；\n]+", plain):
            if not part.strip():
                continue
            found = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*[-–—~～至到]\s*(\d{1,2}):(\d{2})\s*", part)
            if not found:
                raise CalendarError(f"看不懂办公时间“{part.strip()}”：请写成 09:00-12:00 这样的起止时间。")
            h1, m1, h2, m2 = map(int, found.groups())
            if max(h1, h2) > 23 or max(m1, m2) > 59:
                raise CalendarError(f"办公时间“{part.strip()}”超出了 00:00 到 23:59，请改正。")
            spans.append((dt.time(h1, m1), dt.time(h2, m2)))
        return cls(tuple(spans))

    @classmethod
    def of(cls, pairs: Sequence[Sequence[str]]) -> OfficeHours:
        """From pairs as a community keeps them: [["09:00", "12:00"], …]. Raises CalendarError."""
        return cls.parse(",".join("-".join(pair) for pair in pairs))

    @property
    def pairs(self) -> list[list[str]]:
        """As a community keeps them: [["09:00", "12:00"], …]."""
        return [[f"{start:%H:%M}", f"{end:%H:%M}"] for start, end in self.spans]

    def __str__(self) -> str:
        return ", ".join(_span(*span) for span in self.spans)

    @cached_property
    def _table(self) -> tuple[tuple[int, int, int], ...]:
        """(start, end, office minutes before this span) in minutes of the day."""
        table, before = [], 0
        for start, end in self.spans:
            s, e = start.hour * 60 + start.minute, end.hour * 60 + end.minute
            table.append((s, e, before))
            before += e - s
        return tuple(table)

    @cached_property
    def minutes(self) -> int:
        """Office minutes of one working day, e.g. 420."""
        start, end, before = self._table[-1]
        return before + end - start

    def passed(self, clock: int) -> int:
        """Office minutes passed at `clock` (minutes since midnight)."""
        for start, end, before in self._table:
            if clock < end:
                return before + max(0, clock - start)
        return self.minutes

    def clock_ending(self, passed: int) -> int:
        """The earliest clock (minutes since midnight) at which `passed` ≥ 1 office minutes are over."""
        for start, end, before in self._table:
            if passed <= before + end - start:
                return start + passed - before
        raise ValueError(passed)

    def clock_starting(self, passed: int) -> int:
        """The latest clock at which no more than `passed` < `minutes` office minutes are over."""
        for start, end, before in self._table:
            if passed < before + end - start:
                return start + passed - before
        raise ValueError(passed)


def _span(start: dt.time, end: dt.time) -> str:
    return f"{start:%H:%M}-{end:%H:%M}"


STANDARD_HOURS = OfficeHours(((dt.time(9), dt.time(12)), (dt.time(13, 30), dt.time(17, 30))))


@dataclass(frozen=True)
class WorkTime:
    """An amount of work time: workdays plus minutes, neither negative."""

    days: int = 0
    minutes: int = 0

    def __post_init__(self) -> None:
        if self.days < 0 or self.minutes < 0:
            raise CalendarError("时限不能是负数。")

    def in_minutes(self, hours: OfficeHours) -> int:
        """The office minutes it takes."""
        return self.days * hours.minutes + self.minutes

    def __str__(self) -> str:
        parts = [f"{self.days} 个工作日"] if self.days else []
        if self.minutes >= 60:
            parts.append(f"{self.minutes // 60} 小时")
        if self.minutes % 60 or not (self.days or self.minutes):
            parts.append(f"{self.minutes % 60} 分钟")
        return " ".join(parts)


# -- calendar ------------------------------------------------------------------------------------------


def _weekdays_before(ordinal: int) -> int:
    """Mondays to Fridays before this day; day 1 of the proleptic calendar was a Monday."""
    weeks, rest = divmod(ordinal - 1, 7)
    return weeks * 5 + min(rest, 5)


def _nth_weekday(n: int) -> int:
    """The ordinal of the Monday-to-Friday day that has `n` such days before it."""
    weeks, rest = divmod(n, 5)
    return weeks * 7 + rest + 1


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked. `days` lists what differs from the rule Monday to Friday."""

    days: Mapping[dt.date, Day] = field(default_factory=dict)
    published_years: frozenset[int] = frozenset()

    def kind(self, day: dt.date) -> Kind:
        """What this day is."""
        listed = self.days.get(day)
        if listed is not None and listed.kind in (Kind.HOLIDAY, Kind.MAKEUP):
            return listed.kind
        return Kind.NORMAL if day.weekday() < 5 else Kind.WEEKEND

    def is_workday(self, day: dt.date) -> bool:
        """Whether people work on this day."""
        return self.kind(day) in (Kind.NORMAL, Kind.MAKEUP)

    def name(self, day: dt.date) -> str:
        """The festival this day belongs to, or an empty text."""
        listed = self.days.get(day)
        return listed.name if listed else ""

    def provisional(self, day: dt.date) -> bool:
        """Whether the holidays of this day's year are not published yet (未发布)."""
        return day.year not in self.published_years

    # Counting. `_changes` are the days that differ from the weekday rule, with running totals, so that
    # any distance is one binary search.

    @cached_property
    def _changes(self) -> tuple[list[int], list[int], list[int], frozenset[int]]:
        """(ordinals, running totals of the changes, workdays before each one, makeup ordinals)."""
        changed = [d.toordinal() for d in sorted(self.days) if self.is_workday(d) != (d.weekday() < 5)]
        makeup = frozenset(o for o in changed if (o - 1) % 7 > 4)
        totals = [0, *accumulate(1 if o in makeup else -1 for o in changed)]
        before = [_weekdays_before(o) + total for o, total in zip(changed, totals, strict=False)]
        return changed, totals, before, makeup

    def workdays_before(self, ordinal: int) -> int:
        """How many workdays lie before this day (`date.toordinal()`)."""
        changed, totals, _, _ = self._changes
        return _weekdays_before(ordinal) + totals[bisect_left(changed, ordinal)]

    def workday_at(self, index: int) -> int:
        """The ordinal of the workday that has `index` workdays before it."""
        changed, totals, before, makeup = self._changes
        i = bisect_right(before, index)  # changes up to here lie on or before the day looked for
        if i and before[i - 1] == index and changed[i - 1] in makeup:
            return changed[i - 1]
        return _nth_weekday(index - totals[i])

    def _is_open_day(self, ordinal: int) -> bool:
        return self.workdays_before(ordinal + 1) > self.workdays_before(ordinal)


# -- arithmetic ----------------------------------------------------------------------------------------


class Moment(NamedTuple):
    """An instant in Asia/Shanghai; provisional when it rests on a year that is not published."""

    at: dt.datetime
    provisional: bool


def add_work_time(start: dt.datetime, amount: WorkTime, calendar: Calendar, hours: OfficeHours) -> Moment:
    """When `amount` of work time is over, counted from `start`. Raises CalendarError for a naive time.

    With an amount of nothing this is `start` itself, or the next opening when the office is closed.
    """
    local = _local(start)
    wanted = amount.in_minutes(hours)
    position = _position(local, calendar, hours) + wanted
    day, passed = divmod(position, hours.minutes)
    if wanted == 0:
        at = _instant(calendar.workday_at(day), hours.clock_starting(passed))
    elif passed == 0:
        at = _instant(calendar.workday_at(day - 1), hours.clock_ending(hours.minutes))
    else:
        at = _instant(calendar.workday_at(day), hours.clock_ending(passed))
    published = calendar.published_years
    provisional = any(year not in published for year in range(local.year, at.year + 1))
    return Moment(at, provisional)


def instant_before(due: dt.datetime, amount: WorkTime, calendar: Calendar, hours: OfficeHours) -> dt.datetime:
    """The earliest instant from which `amount` of work time leads to `due`. Raises CalendarError."""
    position = _position(_local(due), calendar, hours) - amount.in_minutes(hours)
    day, passed = divmod(position, hours.minutes)
    if passed == 0:
        return _instant(calendar.workday_at(day - 1), hours.clock_ending(hours.minutes))
    return _instant(calendar.workday_at(day), hours.clock_ending(passed))


def work_time_between(a: dt.datetime, b: dt.datetime, calendar: Calendar, hours: OfficeHours) -> int:
    """Office minutes from `a` to `b`, negative when `b` comes first. Raises CalendarError for naive times."""
    return _position(_local(b), calendar, hours) - _position(_local(a), calendar, hours)


def is_open(at: dt.datetime, calendar: Calendar, hours: OfficeHours) -> bool:
    """Whether the office is open at this instant."""
    local = _local(at)
    clock = local.hour * 60 + local.minute
    return calendar.is_workday(local.date()) and any(s <= clock < e for s, e, _ in hours._table)


def remaining(now: dt.datetime, due: dt.datetime, calendar: Calendar, hours: OfficeHours) -> int:
    """Office minutes left until `due`; negative: overdue by so much. 0 can be either: compare now and due."""
    return work_time_between(now, due, calendar, hours)


def say_remaining(minutes: int, hours: OfficeHours) -> str:
    """ "剩 2 天 3 小时", "超时 9 分钟". A day is one working day of `hours`; days hide the minutes."""
    if minutes == 0:
        return "刚好到时限"
    return f"{'剩' if minutes > 0 else '超时'} {say_minutes(abs(minutes), hours)}"


def say_promise(now: dt.datetime, due: dt.datetime, calendar: Calendar, hours: OfficeHours) -> str:
    """What stands beside a promise at `now`, right also in the evening after it ran out."""
    minutes = remaining(now, due, calendar, hours)
    if minutes == 0 and now > due:
        return "刚超时"
    return say_remaining(minutes, hours)


def say_minutes(minutes: int, hours: OfficeHours) -> str:
    """Office minutes in words: "2 天 3 小时", "3 小时 20 分钟", "20 分钟". Rest is cut off, not rounded."""
    days, rest = divmod(minutes, hours.minutes)
    full, odd = divmod(rest, 60)
    if days:
        return f"{days} 天 {full} 小时" if full else f"{days} 天"
    if full:
        return f"{full} 小时 {odd} 分钟" if odd else f"{full} 小时"
    return f"{odd} 分钟"


def _local(at: dt.datetime) -> dt.datetime:
    if at.tzinfo is None:
        raise CalendarError(f"时间 {at:%Y-%m-%d %H:%M} 没有时区，请用带时区的时间（北京时间）。")
    return at.astimezone(SHANGHAI)


def _position(local: dt.datetime, calendar: Calendar, hours: OfficeHours) -> int:
    ordinal = local.toordinal()
    position = calendar.workdays_before(ordinal) * hours.minutes
    if calendar._is_open_day(ordinal):
        position += hours.passed(local.hour * 60 + local.minute)
    return position


def _instant(ordinal: int, clock: int) -> dt.datetime:
    day = dt.date.fromordinal(ordinal)
    return dt.datetime(day.year, day.month, day.day, clock // 60, clock % 60, tzinfo=SHANGHAI)
