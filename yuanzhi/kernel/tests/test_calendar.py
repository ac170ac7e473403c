"""The calendar in the database: published year by year, seen at once, announced."""

import datetime as dt

import pytest
from django.db import transaction

from yuanzhi.kernel.calendar import load_published_calendar, publish_year
from yuanzhi.kernel.jobs import drain, jobs_failed, jobs_waiting
from yuanzhi.kernel.models import CalendarDay, HistoryEntry, PublishedYear
from yuanzhi.kernel.published import packaged_years, read_notice
from yuanzhi.kernel.queries import current_calendar, days_of_year
from yuanzhi.kernel.signals import calendar_changed
from yuanzhi.kernel.tasks import _House as House
from yuanzhi.kernel.workdays import CalendarError, Day, Kind

pytestmark = pytest.mark.django_db

NEW_YEAR = dt.date(2027, 1, 1)
NOTICE_2027 = "一、元旦：2027年1月1日（周五）至3日（周日）放假，共3天。"


@pytest.fixture
def heard():
    """The years that were announced."""
    years = []

    def hear(sender, year, **kwargs):
        years.append(year)

    calendar_changed.connect(hear)
    yield years
    calendar_changed.disconnect(hear)


def publish(days=None, *, year=2027, source="国办发明电〔2026〕9号") -> bool:
    days = read_notice(NOTICE_2027, 2027) if days is None else days
    return publish_year(actor=House(), year=year, days=days, source=source)


def test_the_packaged_years_are_loaded_once():
    assert load_published_calendar(actor=House()) == packaged_years()
    assert load_published_calendar(actor=House()) == []
    calendar = current_calendar()
    assert calendar.kind(dt.date(2026, 2, 28)) is Kind.MAKEUP
    assert calendar.name(dt.date(2026, 10, 1)) == "国庆节"
    assert calendar.published_years == frozenset(packaged_years())
    assert PublishedYear.objects.get(pk=2026).source.startswith("chinesecalendar 1.")
    assert {day.date.year for day in days_of_year(2026)} == {2026}


def test_a_year_is_published_seen_at_once_and_announced(heard):
    assert current_calendar().provisional(NEW_YEAR)
    assert publish()
    calendar = current_calendar()
    assert not calendar.provisional(NEW_YEAR) and calendar.kind(NEW_YEAR) is Kind.HOLIDAY
    assert heard == []
    assert drain() == 1
    assert heard == [2027]
    entry = HistoryEntry.objects.get(verb="calendar.published")
    assert entry.subject == "calendar:2027"
    assert entry.details["changes"]["2027-01-01"] == [None, "holiday"]
    assert entry.details["source"] == "国办发明电〔2026〕9号"


def test_the_same_again_changes_nothing(heard):
    assert publish()
    assert not publish()
    assert drain() == 1 and heard == [2027]
    assert HistoryEntry.objects.filter(verb="calendar.published").count() == 1


def test_a_corrected_year_replaces_the_old_one():
    publish()
    assert publish({NEW_YEAR: Day(Kind.HOLIDAY, "元旦")}, source="更正")
    assert [day.date for day in CalendarDay.objects.all()] == [NEW_YEAR]
    assert current_calendar().kind(dt.date(2027, 1, 2)) is Kind.WEEKEND
    entry = HistoryEntry.objects.filter(verb="calendar.published").order_by("-seq").first()
    assert entry.details["changes"] == {"2027-01-02": ["holiday", None], "2027-01-03": ["holiday", None]}


def test_a_later_notice_has_the_last_word_on_a_december_day():
    eve = dt.date(2026, 12, 31)
    publish({eve: Day(Kind.NORMAL)}, year=2026, source="一")
    publish({eve: Day(Kind.HOLIDAY, "元旦"), NEW_YEAR: Day(Kind.HOLIDAY, "元旦")})
    assert current_calendar().kind(eve) is Kind.HOLIDAY
    assert CalendarDay.objects.get(date=eve).source == "国办发明电〔2026〕9号"


def test_a_rolled_back_calendar_is_not_remembered():
    with pytest.raises(RuntimeError), transaction.atomic():
        publish()
        assert not current_calendar().provisional(NEW_YEAR)
        raise RuntimeError
    assert current_calendar().provisional(NEW_YEAR)
    assert jobs_waiting() == []


def test_the_calendar_costs_one_query_when_nothing_changed(django_assert_num_queries):
    load_published_calendar(actor=House())
    first = current_calendar()
    with django_assert_num_queries(1):
        assert current_calendar() is first


def test_a_listener_that_fails_is_told_again(heard):
    calls = []

    def stumble(sender, year, **kwargs):
        calls.append(year)
        raise RuntimeError("数据库忙")

    calendar_changed.connect(stumble)
    try:
        publish()
        drain()
    finally:
        calendar_changed.disconnect(stumble)
    assert calls == [2027]
    assert jobs_failed() == [] and jobs_waiting()[0].reason.endswith("数据库忙")


@pytest.mark.parametrize(
    "days, source, says",
    [
        ({}, "x", "是空的"),
        ({NEW_YEAR: Day(Kind.HOLIDAY)}, "  ", "请填写放假安排的文号"),
        ({dt.date(2026, 10, 1): Day(Kind.HOLIDAY)}, "x", "2026-10-01 不在 2027 年"),
        ({dt.date(2027, 1, 4): Day(Kind.MAKEUP)}, "x", "2027-01-04 是周一，不会是调休上班日"),
    ],
)
def test_what_no_notice_could_say_is_refused(days, source, says):
    with pytest.raises(CalendarError, match=says):
        publish(days, source=source)
    assert not PublishedYear.objects.exists()
