"""Days as people write them: 2019-03-05, 2019.3.5, 20190305, 2019年3月, 二〇一九年三月, Excel's numbers."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from .numerals import DIGITS, hanzi_digits, hanzi_number
from .reading import Reading, is_blank, plain, quoted

DAY, MONTH, YEAR = "day", "month", "year"
EARLIEST = 1840
_EPOCH = dt.date(
    1899, 12, 30
)  # Excel's day 61 is 1900-03-01; days before it are off by one and never real here
_EXAMPLE = "请写成 2019-03-05 这样的样子。"
_CLOCK = r"\d{1,2}(?:[:时]\d{1,2}(?:[:分]\d{1,2})?(?:\.\d+)?秒?|[时点])?"
_TIME = rf"(?:[T\s日号]\s*{_CLOCK}\s*(?:[AP]M|Z|[+-]\d\d:?\d\d)?)?"
_FULL = re.compile(
    rf"(\d{{4}})\s*[-/.年\\_,]\s*(\d{{1,2}})\s*[-/.月\\_,]\s*(\d{{1,2}})\s*[日号]?{_TIME}", re.IGNORECASE
)
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(份)?")
_YEAR = re.compile(r"(\d{4})\s*年?")
_FOREIGN = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME, re.IGNORECASE)
_SHORT = re.compile(r"(\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_HANZI_DIGITS = "".join(DIGITS)
_HANZI = re.compile(f"[{_HANZI_DIGITS}十]+(?=[年月日号])")


class Day(NamedTuple):
    """date: the day, or the first one of the month or year. precision: DAY, MONTH or YEAR."""

    date: dt.date
    precision: str = DAY


def parse_day(value: str | int | float | dt.date, today: dt.date, *, future: bool = False) -> Reading:
    """Reading of a Day. `today` decides what lies in the future, which is refused unless `future` is allowed.

    A blank gives neither value nor problem.
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return (
            Reading(Day(value))
            if 1901 <= value.year < today.year
            else _judge(str(value), Day(value), today, future)
        )
    if isinstance(value, str):
        return _parse(value, today, future)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return Reading(problem=f"{quoted(str(value))}不是日期（只有时间）。{_EXAMPLE}")
    return _parse(str(int(value)), today, future)


@lru_cache(maxsize=8192)
def _parse(value: str, today: dt.date, future: bool) -> Reading:
    text = plain(value)
    if is_blank(text):
        return Reading()
    if re.match(r"1900[-/.年]0?1[-/.月]0?0|1899[-/.]12[-/.]3[01]|1900[-/.]0?1[-/.]0?[01]\b", text):
        return Reading(
            problem=f"{quoted(value)}是表格软件把空格或 0 显示成的日期，不是真的。请改成实际日期或清空。"
        )
    if "年" in text:
        text = _HANZI.sub(lambda found: _hanzi(found[0]), text)
    if found := _FULL.fullmatch(text):
        return _build(value, found[1], found[2], found[3], today, future)
    if text.isdigit():
        return _digits(value, text, today, future)
    if found := _MONTH.fullmatch(text):
        return _build(value, found[1], found[2], None, today, future)
    if found := _YEAR.fullmatch(text):
        return _build(value, found[1], None, None, today, future)
    return _explain(value, text, today, future)


def _hanzi(part: str) -> str:
    number = hanzi_number(part) if "十" in part else None
    return str(number) if number is not None else hanzi_digits(part) or "0"


def _digits(value: str, text: str, today: dt.date, future: bool) -> Reading:
    """20190305, 201903, 2019, or a day number of Excel (five digits: 1927 to 2173)."""
    if len(text) == 8:
        return _build(value, text[:4], text[4:6], text[6:], today, future)
    if len(text) == 6 and EARLIEST <= int(text[:4]) <= 2200:
        return _build(value, text[:4], text[4:], None, today, future)
    if len(text) == 4:
        return _build(value, text, None, None, today, future)
    if len(text) == 5 and text[0] != "0":
        return _judge(value, Day(_EPOCH + dt.timedelta(days=int(text))), today, future)
    if len(text) in (10, 13) and text[0] == "1":
        return Reading(problem=f"{quoted(value)}像是程序里的时间戳，不是日期。{_EXAMPLE}")
    return Reading(problem=f"{quoted(value)}不是日期。{_EXAMPLE}")


def _build(
    value: str, year: str, month: str | None, day: str | None, today: dt.date, future: bool
) -> Reading:
    y, m, d = int(year), int(month or 1), int(day or 1)
    if not EARLIEST <= y <= 2200:
        return Reading(problem=f"{quoted(value)}的年份 {y} 不合理。{_EXAMPLE}")
    if not 1 <= m <= 12:
        return Reading(problem=f"{quoted(value)}里没有 {m} 月这个月份。请核对后改正。")
    try:
        date = dt.date(y, m, d)
    except ValueError:
        return Reading(problem=f"{quoted(value)}：{y} 年 {m} 月没有 {d} 日。请核对后改正。")
    return _judge(value, Day(date, DAY if day else MONTH if month else YEAR), today, future)


def _judge(value: str, day: Day, today: dt.date, future: bool) -> Reading:
    date = day.date
    if date.year < EARLIEST:
        return Reading(problem=f"{quoted(value)}的年份 {date.year} 不合理。{_EXAMPLE}")
    if not future and date > today:
        return Reading(problem=f"{quoted(value)}在今天（{today.isoformat()}）之后，还没有到。请核对年份。")
    if date.year == 1900 and date.month == 1:
        return Reading(day, doubt=f"{quoted(value)}常是表格软件给空格补的日期，请核对。")
    return Reading(day)


def _explain(value: str, text: str, today: dt.date, future: bool) -> Reading:
    if text.startswith("#"):
        return Reading(problem=f"{quoted(value)}是公式错误或列太窄。请在原表里改成实际日期。")
    if found := _FOREIGN.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), found[3]
        if first > 12 >= second:
            reading = _build(value, year, found[2], found[1], today, future)
            return (
                reading
                if reading.problem
                else reading._replace(doubt=f"{quoted(value)}按「日/月/年」读取，请核对。")
            )
        if second > 12 >= first:
            reading = _build(value, year, found[1], found[2], today, future)
            return (
                reading
                if reading.problem
                else reading._replace(doubt=f"{quoted(value)}按「月/日/年」读取，请核对。")
            )
        return Reading(problem=f"{quoted(value)}分不清哪个是月、哪个是日。{_EXAMPLE}")
    if _SHORT.fullmatch(text):
        return Reading(problem=f"{quoted(value)}的年份只有两位，分不清是哪个世纪。{_EXAMPLE}")
    if text.startswith("民国"):
        return Reading(problem=f"{quoted(value)}用的是民国纪年。请换成公历，写成 2019-03-05 这样的样子。")
    if text in {"长期", "永久", "至今", "今"}:
        return Reading(problem=f"{quoted(value)}是期限，不是某一天。{_EXAMPLE}")
    return Reading(problem=f"{quoted(value)}不是日期。{_EXAMPLE}")
