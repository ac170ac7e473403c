"""Reads of the kernel."""

from __future__ import annotations

from .models import CalendarDay, PublishedYear
from .workdays import Calendar, Day, Kind

# One calendar per content. Each process compares the digests (one read of a dozen rows) before it trusts its
# copy, so a change is seen at once everywhere, and a rolled-back one never.
_cached: tuple[tuple[tuple[int, str], ...], Calendar] | None = None


def current_calendar() -> Calendar:
    """The work calendar as it stands. One query; get it once per request and pass it down."""
    global _cached
    seen = tuple(PublishedYear.objects.order_by("year").values_list("year", "digest"))
    if _cached is None or _cached[0] != seen:
        rows = CalendarDay.objects.values_list("date", "kind", "name")
        days = {date: Day(Kind(kind), name) for date, kind, name in rows}
        _cached = (seen, Calendar(days, frozenset(year for year, _ in seen)))
    return _cached[1]


def days_of_year(year: int) -> list[CalendarDay]:
    """The listed days of a calendar year, in order, with their sources."""
    return list(CalendarDay.objects.filter(date__year=year).order_by("date"))


def published_years() -> list[PublishedYear]:
    """The years that are in, newest first."""
    return list(PublishedYear.objects.order_by("-year"))
