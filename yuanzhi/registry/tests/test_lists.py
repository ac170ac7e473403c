"""Keyset paging: every row once, in order, forwards and backwards, unknown values included."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from yuanzhi.registry.lists import MISSING, SORTS, Asked, bounded, missing, narrow, page_of, read_mark, stale
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.rules.facts import stale as is_stale

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def rows(world):
    """23 enterprises with many equal and unknown values in every sortable fact."""
    now = timezone.now()
    Enterprise.objects.bulk_create(
        Enterprise(
            community=world.community, name=f"第{i}家", name_key=f"第{i}家",
            updated_at=now - dt.timedelta(hours=i // 4),
            headcount=None if i % 3 == 0 else i % 4,
            established_on=None if i % 5 == 0 else dt.date(2020 + i % 3, 1, 1),
            confirmed_on=None if i % 4 == 0 else dt.date(2025, 1 + i % 3, 1),
        )
        for i in range(11)
    )  # fmt: skip
    return Enterprise.objects.filter(community=world.community).order_by("pk")


def _key(sort, row):
    value = getattr(row, sort.field)
    unknown = value is None
    first = unknown if sort.empty != "first" else not unknown
    number = 0 if unknown else value.timestamp() if hasattr(value, "timestamp") else (
        value.toordinal() if hasattr(value, "toordinal") else value)  # fmt: skip
    sign = -1 if sort.down else 1
    return (first, sign * number, sign * row.pk)


@pytest.mark.parametrize("code", list(SORTS))
@pytest.mark.parametrize("size", [1, 2, 5, 22, 23, 50])
def test_every_row_once_there_and_back(rows, code, size):
    sort = SORTS[code]
    wanted = [row.pk for row in sorted(rows, key=lambda row: _key(sort, row))]
    page, seen, pages = page_of(rows, sort, size=size), [], []
    while True:
        seen += [row.pk for row in page.rows]
        pages.append([row.pk for row in page.rows])
        if not page.next:
            break
        page = page_of(rows, sort, after=page.next, size=size)
    assert seen == wanted
    assert page_of(rows, sort, size=size).prev == ""
    for earlier in reversed(pages[:-1]):
        page = page_of(rows, sort, before=page.prev, size=size)
        assert [row.pk for row in page.rows] == earlier
    assert page.prev == ""


@pytest.mark.parametrize(
    "text", ["", "x", "1", "x~1", "1~", "1~昨天", "~", "99999999999999999999~1", "1~" + "9" * 400]
)
def test_a_mark_that_is_none_starts_at_the_beginning(rows, text):
    assert read_mark(text, SORTS["recent"]) is None
    assert page_of(rows, SORTS["recent"], after=text).rows[0] == page_of(rows, SORTS["recent"]).rows[0]


def test_a_row_that_vanished_does_not_break_the_next_page(rows):
    sort = SORTS["big"]
    first = page_of(rows, sort, size=5)
    rest = page_of(rows, sort, after=first.next, size=50)
    Enterprise.objects.filter(pk=first.rows[-1].pk, tenancies=None).delete()
    assert [r.pk for r in page_of(rows, sort, after=first.next, size=50).rows] == [r.pk for r in rest.rows]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (Asked(), 23),
        (Asked(people_min=15, people_max=17), 3),
        (Asked(status="all"), 23),
        (Asked(status="revoked"), 0),
        (Asked(missing="headcount"), 4),
        (Asked(placement="to_place"), 11),
        (Asked(parks=frozenset()), 0),
        (Asked(capital_min=Decimal(1)), 0),
        (Asked(since=dt.date(2021, 1, 1), until=dt.date(2021, 12, 31)), 3),
        (Asked(abnormal=True), 0),
    ],
)
def test_narrow(rows, asked, wanted):
    assert narrow(rows, asked, TODAY).count() == wanted


def test_dollars_are_not_compared_with_yuan(rows):
    Enterprise.objects.filter(pk=rows[0].pk).update(capital=5_000_000, currency="USD")
    Enterprise.objects.filter(pk=rows[1].pk).update(capital=5_000_000, currency="CNY")
    assert [r.pk for r in narrow(rows, Asked(capital_min=Decimal(400)), TODAY)] == [rows[1].pk]


def test_the_list_and_the_rule_agree_on_what_is_stale(rows):
    for today in (
        TODAY,
        dt.date(2026, 1, 31),
        dt.date(2026, 2, 1),
        dt.date(2025, 12, 1),
        dt.date(2026, 3, 31),
    ):
        listed = set(rows.filter(stale(today)).values_list("pk", flat=True))
        assert listed == {row.pk for row in rows if is_stale(row.confirmed_on, today)}


@pytest.mark.parametrize("code", list(MISSING))
def test_missing_finds_what_is_empty(rows, code):
    found = {row.pk for row in rows.filter(missing(code))}
    assert found == {row.pk for row in rows if getattr(row, code) in (None, "")}


def test_counting_stops(rows):
    assert bounded(rows, 10) == (10, True)
    assert bounded(rows, 23) == (23, False)
