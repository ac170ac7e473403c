"""Writing the work calendar: a year is published as a whole, and open promises follow."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping

from django.utils import timezone

from .history import HOUSE, Acting, action, canonical, record
from .jobs import enqueue, job
from .models import CalendarDay, PublishedYear
from .published import PACKAGE_SOURCE, packaged_days, packaged_years
from .signals import calendar_changed
from .workdays import CalendarError, Day, Kind


@action
def publish_year(*, actor: Acting, year: int, days: Mapping[dt.date, Day], source: str) -> bool:
    """Store a year's moved days, replacing what was known of that year. Returns False when nothing differs.

    `days` may reach into the last week of the year before (元旦连休). The caller checks who may do this.
    The signal `calendar_changed` follows from a background job. Raises CalendarError.
    """
    source = source.strip()
    check_days(year, days)
    if not source:
        raise CalendarError("请填写放假安排的文号，例如“国办发明电〔2025〕7号”。")
    digest = _digest(days)
    known = PublishedYear.objects.filter(pk=year).first()
    if known is not None and known.digest == digest:
        return False
    before = dict(CalendarDay.objects.filter(published=year).values_list("date", "kind"))
    after = {day: what.kind.value for day, what in days.items()}
    PublishedYear.objects.update_or_create(
        pk=year, defaults={"source": source[:120], "published_at": timezone.now(), "digest": digest}
    )
    CalendarDay.objects.filter(published=year).delete()
    CalendarDay.objects.filter(date__in=days).delete()  # a later notice has the last word on a day
    CalendarDay.objects.bulk_create(
        CalendarDay(date=day, kind=what.kind, name=what.name, source=source[:120], published_id=year)
        for day, what in sorted(days.items())
    )
    record(
        actor=actor,
        verb="calendar.published",
        subject=f"calendar:{year}",
        chain=HOUSE,
        source=source,
        changes={
            day.isoformat(): [before.get(day), after.get(day)]
            for day in sorted(before.keys() | after.keys())
            if before.get(day) != after.get(day)
        },
    )
    enqueue(announce, year)
    return True


def check_days(year: int, days: Mapping[dt.date, Day]) -> None:
    """Raise CalendarError for days no notice could contain."""
    first, last = dt.date(year - 1, 12, 25), dt.date(year, 12, 31)
    if not days:
        raise CalendarError(f"{year} 年的放假安排是空的，请核对后再载入。")
    for day, what in sorted(days.items()):
        if not first <= day <= last:
            raise CalendarError(f"{day:%Y-%m-%d} 不在 {year} 年的放假安排里，请核对年份。")
        if what.kind is Kind.MAKEUP and day.weekday() < 5:
            raise CalendarError(
                f"{day:%Y-%m-%d} 是{_WEEKDAYS[day.weekday()]}，不会是调休上班日，请核对日期。"
            )


_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def load_published_calendar(*, actor: Acting, first: int = 2018) -> list[int]:
    """Publish the years the packaged data knows. Returns the years that were new.

    A year that is already in stays as it is: what people entered outranks the package.
    """
    known = set(PublishedYear.objects.values_list("year", flat=True))
    missing = [year for year in packaged_years(first) if year not in known]
    for year in missing:
        publish_year(actor=actor, year=year, days=packaged_days(year), source=PACKAGE_SOURCE)
    return missing


@job(name="按新日历重算承诺时限")
def announce(year: int) -> None:
    """Tell the floors above that a year's calendar changed."""
    calendar_changed.send(sender=PublishedYear, year=year)


def _digest(days: Mapping[dt.date, Day]) -> str:
    plain = {day.isoformat(): [what.kind.value, what.name] for day, what in days.items()}
    return hashlib.blake2b(canonical(plain).encode(), digest_size=16).hexdigest()
