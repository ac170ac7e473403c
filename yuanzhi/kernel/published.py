"""What the State Council has published, from the `chinesecalendar` package and from the notice's own text.

Pure. The package raises for years it lacks; here such a year is simply not among `packaged_years()`.
"""

from __future__ import annotations

import datetime as dt
import re
from importlib.metadata import version

from chinese_calendar.constants import Holiday, holidays, workdays

from .workdays import CalendarError, Day, Kind

PACKAGE_SOURCE = f"chinesecalendar {version('chinesecalendar').removesuffix('.0')}"
_NAMES = {festival.value: festival.chinese for festival in Holiday}


def packaged_years(first: int = 2018) -> list[int]:
    """The years the package knows, from `first` on."""
    return sorted({day.year for day in holidays if day.year >= first})


def packaged_days(year: int) -> dict[dt.date, Day]:
    """The holidays and makeup workdays of a year; empty for a year the package lacks."""
    listed = {d: Day(Kind.HOLIDAY, _NAMES.get(name, name)) for d, name in holidays.items() if d.year == year}
    listed |= {d: Day(Kind.MAKEUP, _NAMES.get(name, name)) for d, name in workdays.items() if d.year == year}
    return dict(sorted(listed.items()))


# "一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。"
_ITEM = re.compile(r"(?:[一二三四五六七八九十]+、)?\s*([^：:。\n、]{2,8})[：:]\s*([^\n]*)")
_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:[（(][^）)]*[）)])?")
_RANGE = re.compile(rf"({_DATE.pattern})(?:\s*(?:至|到|-|—|~)\s*({_DATE.pattern}))?")


def read_notice(text: str, year: int) -> dict[dt.date, Day]:
    """Read the days out of the State Council's yearly notice (国务院办公厅关于……部分节假日安排的通知).

    Takes the numbered paragraphs as published. Raises CalendarError naming the paragraph that can't be read.
    """
    days: dict[dt.date, Day] = {}
    for name, body in _ITEM.findall(text):
        if "日" not in body or not ("放假" in body or "上班" in body):
            continue
        for sentence in re.split(r"[。；;]", body):
            kind = _kind_of(sentence)
            if kind is not None:
                days |= dict.fromkeys(_dates(sentence, year, name), Day(kind, name.strip()))
    if not days:
        raise CalendarError(
            "没有读到放假安排：请粘贴通知正文，例如“一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。”"
        )
    return dict(sorted(days.items()))


def _kind_of(sentence: str) -> Kind | None:
    if "上班" in sentence:
        return Kind.MAKEUP
    return Kind.HOLIDAY if "放假" in sentence else None


def _dates(sentence: str, year: int, name: str) -> list[dt.date]:
    found: list[dt.date] = []
    month: int | None = None
    for match in _RANGE.finditer(sentence):
        _, y1, m1, d1, end, y2, m2, d2 = match.groups()
        month = int(m1) if m1 else month
        if month is None:
            raise CalendarError(f"“{name}”一段里的“{match.group()}”没有写月份，请补上。")
        try:
            first = dt.date(int(y1 or year), month, int(d1))
            month = int(m2) if m2 else month
            last = dt.date(int(y2 or first.year), month, int(d2)) if end else first
        except ValueError:
            raise CalendarError(f"“{name}”一段里的“{match.group()}”不是有效的日期，请改正。") from None
        if not 0 <= (last - first).days < 31:
            raise CalendarError(f"“{name}”一段里的“{match.group()}”起止颠倒或太长，请改正。")
        found += [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return found
