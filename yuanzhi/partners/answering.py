"""How departments answer, as numbers and as decisions. Pure: plain values in; no clock, no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from yuanzhi.kernel.workdays import Calendar, OfficeHours, say_minutes, work_time_between

WINDOW_DAYS = 365  # figures look back so far
REPLY_DEFINITION = (
    "最近一年里，从发给部门到部门答复用了多少个工作日，取中间那一件的数；再问一次的，另算一件。"
    "分母是这一年发出、还算数的协同（不含退回和取消的），分子是其中答复了的。"
)
RETURNED_DEFINITION = "最近一年里，部门以“不归我们管”退回的协同件数；分母是这一年发给它的全部协同。"


@dataclass(frozen=True)
class ReplyFigures:
    """`median_minutes`: office minutes of the middle reply, None without any."""

    median_minutes: int | None
    answered: int
    asked: int
    returned: int
    sent: int

    def in_workdays(self, hours: OfficeHours) -> str:
        """ "1.5" workdays, one decimal place; "" without a reply."""
        if self.median_minutes is None:
            return ""
        return f"{self.median_minutes / hours.minutes:.1f}".removesuffix(".0")

    def in_words(self, hours: OfficeHours) -> str:
        """ "1 天 3 小时"; "" without a reply."""
        return "" if self.median_minutes is None else say_minutes(self.median_minutes, hours)


def reply_figures(
    replies: Iterable[tuple[dt.datetime, dt.datetime]],
    *,
    unanswered: int,
    returned: int,
    called_off: int,
    calendar: Calendar,
    hours: OfficeHours,
) -> ReplyFigures:
    """From (asked, answered) pairs and the counts of what was not answered, returned and called off."""
    taken = sorted(max(0, work_time_between(asked, said, calendar, hours)) for asked, said in replies)
    asked = len(taken) + unanswered
    middle = int(median(taken)) if taken else None
    return ReplyFigures(middle, len(taken), asked, returned, asked + returned + called_off)


def parts_of(departments: Sequence[int], lead: int | None) -> dict[int, str]:
    """{department: lead or joint}. One alone leads; of several exactly one does, the first unless said."""
    chosen = lead if lead in departments else (departments[0] if departments else None)
    return {pk: ("lead" if pk == chosen else "joint") for pk in departments}


def may_return(*, round: int, returned_before: bool) -> str:
    """Why a department may not send a coordination back; empty when it may.

    Once, and only what it has not answered yet: sending it back and forth helps no enterprise.
    """
    if returned_before:
        return "这件诉求您的部门已经退回过一次：社区书记核过以后又请到这里，请直接答复"
    if round > 1:
        return "您的部门已经答复过一次，这是再问：请直接答复"
    return ""


_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def say_latest(due: dt.datetime, today: dt.date) -> str:
    """By when, as a neighbour says it: "今天", "周三", "下周一", "12 月 3 日". `due` in local time."""
    days = (due.date() - today).days
    if days in (0, 1, 2):
        return ("今天", "明天", "后天")[days]
    monday = today - dt.timedelta(days=today.weekday())
    weeks = (due.date() - monday).days // 7
    if days > 0 and weeks in (0, 1):
        return f"{'下' if weeks else ''}{_WEEKDAYS[due.weekday()]}"
    year = "" if due.year == today.year else f"{due.year} 年 "
    return f"{year}{due.month} 月 {due.day} 日"
