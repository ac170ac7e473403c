"""三率: the community's figures, open to everybody whom it serves."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import urlencode

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.registry.views.answers import answer, number

from .. import queries, queries_rates
from ..access import SEE_RATES, SEE_WORKBENCH
from ..promises import clock_of
from ..queries_rates import BY, Period
from ..rates import Cohort, Rate, rates_of
from ..rows import row_of

PAGE = 30
PARTS = {
    "raised": "提出的", "withdrawn": "企业撤回的", "merged": "并入另一件的", "declined": "不予受理的",
    "answered_in_time": "按时响应的", "answered_late": "响应晚了的", "unanswered_late": "过了时限没人响应的",
    "unanswered_yet": "还没到响应时限的", "confirmed": "企业说解决了的", "silent": "办结后企业没有表态的",
    "again": "企业要求重办的", "late": "过了时限没结果的", "yet": "在时限内办理的", "judged": "作了评价的",
    "pleased": "评价满意的",
}  # fmt: skip
# The parts whose sum is each rate's denominator, the numerator first.
BEHIND = {
    "response": ("answered_in_time", "answered_late", "unanswered_late"),
    "solution": ("confirmed", "silent", "again", "late"),
    "satisfaction": ("pleased", "judged"),
    "voice": ("judged", "silent"),
}
_TONES = {"response": "brand", "solution": "good", "satisfaction": "good", "voice": "neutral"}


def period_of(data: Any, today: dt.date) -> tuple[str, Period]:
    """(which, the days): this month, the last one, ninety days, this year, or two days somebody chose."""
    first = today.replace(day=1)
    known = {
        "month": Period(first, today),
        "last": Period((first - dt.timedelta(days=1)).replace(day=1), first - dt.timedelta(days=1)),
        "90": Period(today - dt.timedelta(days=89), today),
        "year": Period(today.replace(month=1, day=1), today),
    }
    try:
        since, until = parse_date(data.get("since") or ""), parse_date(data.get("until") or "")
    except ValueError:  # well formed, and no day of the calendar
        since = until = None
    if since and until and since <= until:
        return "own", Period(since, until)
    which = data.get("period", "")
    return (which, known[which]) if which in known else ("90", known["90"])


@needs(SEE_RATES)
def rates(request: Request) -> HttpResponse:
    """The three rates with their parts, over all and by desk, item or park."""
    which, period = period_of(request.GET, timezone.localdate())
    by = request.GET.get("by", "")
    by = by if by in BY else "desk"
    groups = queries_rates.count(request.actor.community_id, period, by)
    whole = sum(groups.values(), Cohort())
    link = _linker(request, which, period)
    context = {
        "period": period,
        "which": which,
        "as_of": timezone.localtime(),
        "rates": [_shown(rate, link) for rate in rates_of(whole)],
        "raised": whole.raised,
        "groups": [
            {"name": name, "raised": cohort.raised, "rates": rates_of(cohort)}
            for name, cohort in groups.items()
        ],
        "by_label": BY[by][1],
        "periods": _choices(which, by),
        "bys": [
            {"label": f"按{label}", "url": f"?{_period_query(which, period)}&by={code}", "active": code == by}
            for code, (_, label) in BY.items()
        ],
        "parts": [(PARTS[name], getattr(whole, name), link(name)) for name in PARTS],
    }
    return answer(request, "cases/rates.html", context)


def _linker(request: Request, which: str, period: Period) -> Any:
    drills = request.actor.may(SEE_WORKBENCH)
    base = reverse("cases:rates_rows")
    return lambda part: f"{base}?{_period_query(which, period)}&part={part}" if drills else ""


def _period_query(which: str, period: Period) -> str:
    if which != "own":
        return urlencode({"period": which})
    return urlencode({"since": period.first.isoformat(), "until": period.last.isoformat()})


def _choices(which: str, by: str) -> list[dict[str, Any]]:
    names = {"month": "本月", "last": "上月", "90": "近 90 天", "year": "今年"}
    return [
        {"label": label, "url": f"?period={code}&by={by}", "active": code == which}
        for code, label in names.items()
    ]


def _shown(rate: Rate, link: Any) -> dict[str, Any]:
    return {
        "rate": rate,
        "tone": _TONES[rate.code],
        "url": link(BEHIND[rate.code][0]),
        "excluded": [(why, n) for why, n in rate.excluded if n],
        "behind": [(PARTS[part], link(part)) for part in BEHIND[rate.code]],
    }


@needs(SEE_WORKBENCH)
def rows(request: Request) -> HttpResponse:
    """The cases behind one number."""
    which, period = period_of(request.GET, timezone.localdate())
    part = request.GET.get("part", "raised")
    if part not in PARTS:
        raise not_found("没有这个数")
    before = number(request.GET.get("before"))
    found = queries_rates.rows_behind(request.actor, period, part).select_related(*queries.FOR_ROWS)
    if before:
        found = found.filter(pk__lt=before)
    cases = list(found.order_by("-pk")[: PAGE + 1])
    here, now = clock_of(request.actor.community_id), timezone.now()
    query = f"?{_period_query(which, period)}&part={part}"
    context = {
        "rows": [row_of(case, here, now) for case in cases[:PAGE]],
        "title": PARTS[part],
        "period": period,
        "back": f"{reverse('cases:rates')}?{_period_query(which, period)}",
        "next_url": f"{query}&before={cases[PAGE - 1].pk}" if len(cases) > PAGE else "",
        "prev_url": query if before else "",
    }
    return answer(request, "cases/rates_rows.html", context)
