"""How far a case's own checklist is: the words for the enterprise and for staff. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

_WEEKDAYS = "一二三四五六日"


class Line(Protocol):
    """A stage or a material as the rules take it."""

    name: str
    kind: str
    due_at: dt.datetime | None
    done_at: dt.datetime | None
    is_skipped: bool


@dataclass(frozen=True)
class Progress:
    """What is done of what is needed; `next` is the first line that isn't."""

    done: int
    total: int
    next: str = ""
    by: str = ""  # "周四前"
    is_late: bool = False

    @property
    def words(self) -> str:
        """ "3/7，下一步：银行开户，周四前" """
        if not self.total:
            return ""
        said = f"{self.done}/{self.total}"
        if not self.next:
            return f"{said}，都办好了"
        return f"{said}，下一步：{self.next}" + (f"，{self.by}" if self.by else "")


def progress_of(lines: Iterable[Line], now: dt.datetime, *, kind: str = "stage") -> Progress:
    """Of the lines of one kind, those not needed left out. `now` is aware, in the local zone."""
    wanted = [line for line in lines if line.kind == kind and not line.is_skipped]
    left = [line for line in wanted if line.done_at is None]
    if not left:
        return Progress(len(wanted), len(wanted))
    first = left[0]
    by = say_by(first.due_at, now) if first.due_at else ""
    late = first.due_at is not None and first.due_at < now
    return Progress(len(wanted) - len(left), len(wanted), first.name, by, late)


def say_by(due: dt.datetime, now: dt.datetime) -> str:
    """ "今天 17:30 前", "明天前", "周四前", "下周一前", "12 月 4 日前"; "应在 11 月 20 日前" afterwards."""
    day = due.astimezone(now.tzinfo)
    days = (day.date() - now.date()).days
    if due < now:
        return f"应在 {day.month} 月 {day.day} 日前"
    if days == 0:
        return f"今天 {day:%H:%M} 前"
    if days == 1:
        return "明天前"
    monday = now.date() - dt.timedelta(days=now.weekday())
    weeks = (day.date() - monday).days // 7
    if weeks in (0, 1):
        return f"{'下' if weeks else ''}周{_WEEKDAYS[day.weekday()]}前"
    return f"{day.month} 月 {day.day} 日前"
