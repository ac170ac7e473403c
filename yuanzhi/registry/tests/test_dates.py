"""Days in the notations of real registers."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.rules.dates import DAY, MONTH, YEAR, parse_day

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("value", "day", "precision"),
    [
        ("2019-03-05", "2019-03-05", DAY),
        ("2019/3/5", "2019-03-05", DAY),
        ("2019.3.5", "2019-03-05", DAY),
        ("2019年3月5日", "2019-03-05", DAY),
        ("2019 年 3 月 5 号", "2019-03-05", DAY),
        ("２０１９－３－５", "2019-03-05", DAY),
        ("20190305", "2019-03-05", DAY),
        (20190305.0, "2019-03-05", DAY),
        ("2019-03-05 00:00:00", "2019-03-05", DAY),
        ("2019/3/5 12:30", "2019-03-05", DAY),
        ("2019-03-05T08:00:00Z", "2019-03-05", DAY),
        (dt.date(2019, 3, 5), "2019-03-05", DAY),
        (dt.datetime(2019, 3, 5, 9), "2019-03-05", DAY),
        (43529, "2019-03-05", DAY),
        (43529.75, "2019-03-05", DAY),
        ("43529", "2019-03-05", DAY),
        ("二〇一九年三月五日", "2019-03-05", DAY),
        ("二○一九年十二月三十一日", "2019-12-31", DAY),
        ("二零一九年十月二十日", "2019-10-20", DAY),
        ("二〇一九年三月", "2019-03-01", MONTH),
        ("2019年三月", "2019-03-01", MONTH),
        ("2019年3月", "2019-03-01", MONTH),
        ("2019-3", "2019-03-01", MONTH),
        ("201903", "2019-03-01", MONTH),
        ("2019", "2019-01-01", YEAR),
        (2019, "2019-01-01", YEAR),
        ("2019年", "2019-01-01", YEAR),
        ("2020-02-29", "2020-02-29", DAY),
        ("2026-11-24", "2026-11-24", DAY),
    ],
)
def test_a_notation_is_understood(value, day: str, precision: str):
    reading = parse_day(value, TODAY)
    assert reading.problem == reading.doubt == ""
    assert reading.value == (dt.date.fromisoformat(day), precision)


@pytest.mark.parametrize("value", ["", "-", "无", " "])
def test_a_blank_is_neither_a_value_nor_a_problem(value: str):
    assert parse_day(value, TODAY) == (None, "", "", False)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2019-02-30", "2019 年 2 月没有 30 日"),
        ("2019-13-01", "没有 13 月"),
        ("2019年0月", "没有 0 月"),
        ("2026-11-25", "在今天（2026-11-24）之后"),
        ("2062-03-05", "之后"),
        (dt.date(2062, 3, 5), "之后"),
        ("1900-01-00", "空格或 0"),
        ("1899-12-30", "空格或 0"),
        (dt.time(0, 0), "只有时间"),
        ("0019-03-05", "年份 19 不合理"),
        ("3/5/2019", "分不清哪个是月"),
        ("19.3.5", "年份只有两位"),
        ("民国八年", "民国纪年"),
        ("长期", "是期限"),
        ("#######", "列太窄"),
        ("1552345678", "时间戳"),
        ("明天", "不是日期"),
        ("123", "不是日期"),
    ],
)
def test_what_is_no_day_is_explained(value, words: str):
    reading = parse_day(value, TODAY)
    assert reading.value is None
    assert words in reading.problem


def test_an_order_that_can_be_told_is_taken_with_a_doubt():
    for text in ("25/12/2019", "12/25/2019"):
        reading = parse_day(text, TODAY)
        assert reading.value == (dt.date(2019, 12, 25), DAY)
        assert "请核对" in reading.doubt


def test_days_to_come_can_be_allowed():
    assert parse_day("2030-01-01", TODAY, future=True).value == (dt.date(2030, 1, 1), DAY)


@given(st.dates(dt.date(1950, 1, 1), TODAY))
def test_every_way_of_writing_a_day_gives_that_day(day: dt.date):
    serial = (day - dt.date(1899, 12, 30)).days
    ways = [day, day.isoformat(), day.strftime("%Y%m%d"), f"{day.year}年{day.month}月{day.day}日", serial]
    assert {parse_day(way, TODAY).value for way in ways} == {(day, DAY)}


@given(st.one_of(st.text(max_size=20), st.floats(0, 3e6), st.text("0123456789-/.年月日 :", max_size=12)))
def test_anything_gets_an_answer_or_is_blank(value):
    reading = parse_day(value, TODAY)
    assert not (reading.value and reading.problem)
