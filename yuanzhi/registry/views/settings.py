"""What the community says of itself, and the calendar its promises run on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.queries import days_of_year, published_years
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.workdays import CalendarError, Day, Kind

from .. import actions
from ..access import PUBLISH_CALENDAR, SETTINGS
from ..forms import CommunityForm, YearForm
from ..queries import community_ids, community_of, may_publish_calendar
from .answers import answer, number


@needs(SETTINGS)
def community(request: Request) -> HttpResponse:
    """Name, phone, office hours, address words."""
    it = community_of(request.actor)
    form = CommunityForm(request.POST or None, community=it)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.edit_community(actor=request.actor, community=it, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, "改好了" if changed else "没有改动")
            return redirect("registry:settings")
    context = {"form": form, "it": it} | _calendar(request)
    return answer(request, "registry/community.html", context)


def _calendar(request: Request) -> dict[str, Any]:
    """The chosen year of the calendar, and which years are in."""
    this = timezone.localdate().year
    known = {row.year: row for row in published_years()}
    year = number(request.GET.get("year"), this)
    if not 2000 <= year <= 2100:
        year = this
    years = sorted({*(y for y in known if y >= this - 1), this, this + 1, year})
    return {
        "year": year,
        "published": known.get(year),
        "days": _spans(year),
        "tabs": [
            {
                "label": f"{y} 年",
                "url": f"?year={y}#calendar",
                "active": y == year,
                "count": "" if y in known else "未发布",
                "tone": "warn",
            }
            for y in years
        ],
        "next_unpublished": next((y for y in (this, this + 1) if y not in known), None),
        "may_publish": may_publish_calendar(request.actor),
        "shared": len(community_ids()),
    }


def _spans(year: int) -> list[dict[str, Any]]:
    return spans((row.date, Day(Kind(row.kind), row.name)) for row in days_of_year(year))


def spans(days: Any) -> list[dict[str, Any]]:
    """Festivals as people read them: name, from–to, the days worked instead."""
    groups: list[tuple[str, list[tuple[dt.date, Day]]]] = []
    for day, what in sorted(days, key=lambda d: d[0]):
        # A make-up day may lie weeks away, with another festival between; New Year's Day comes twice a year.
        near = [rows for name, rows in groups if name == what.name and (day - rows[-1][0]).days < 60]
        if near:
            near[-1].append((day, what))
        else:
            groups.append((what.name, [(day, what)]))
    found = []
    for name, rows in groups:
        off = [day for day, what in rows if what.kind is Kind.HOLIDAY]
        made = [_say(day) for day, what in rows if what.kind is Kind.MAKEUP]
        found.append({"name": name, "off": _range(off), "count": len(off), "work": made})
    return found


_WEEK = "一二三四五六日"


def _say(day: dt.date) -> str:
    return f"{day.month} 月 {day.day} 日（周{_WEEK[day.weekday()]}）"


def _range(days: list[dt.date]) -> str:
    if not days:
        return ""
    return _say(days[0]) if len(days) == 1 else f"{_say(days[0])}至 {_say(days[-1])}"


@needs(PUBLISH_CALENDAR)
def calendar_year(request: Request) -> HttpResponse:
    """Publish a year: paste the notice, look at what was read, confirm."""
    year = number(request.GET.get("year"), timezone.localdate().year + 1)
    form = YearForm(request.POST or None, initial={"year": year})
    read: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        read = spans(form.days.items())
        if request.POST.get("confirmed"):
            data = form.cleaned_data
            try:
                new = actions.publish_calendar(
                    actor=request.actor, year=data["year"], days=form.days, source=data["source"]
                )
            except (CalendarError, Refused) as no:
                form.add_error(None, str(no))
            else:
                words = "载入了，未结的时限会跟着重算" if new else "和已有的一样，没有改动"
                messages.success(request, f"{data['year']} 年放假安排{words}")
                return redirect(f"{reverse('registry:settings')}?year={data['year']}#calendar")
    context = {
        "form": form, "read": read, "shared": len(community_ids()),
        "may_publish": may_publish_calendar(request.actor),
    }  # fmt: skip
    return answer(request, "registry/calendar_year.html", context)
