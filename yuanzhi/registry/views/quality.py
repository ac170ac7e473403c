"""The register's to-do list, and the three pages where it is worked off by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.jobs import enqueue
from yuanzhi.kernel.refusals import Refused

from .. import actions
from ..access import EDIT_ENTERPRISE, MERGE
from ..actions.tenancies import seat
from ..lists import MISSING
from ..queries import (
    conflict_line,
    conflicts_page,
    place_by_code,
    proposals,
    quality_counts,
    suspected_twins,
    twin_report,
    visible_to,
)  # fmt: skip
from ..tasks import find_twins
from .answers import answer, number

WHY = {
    "uscc": "没有代码，导入时认不出它，容易登记两遍",
    "established_on": "不知道新不新，新设首访就排不上",
    "division": "政策匹配、行业统计都要用",
    "capital": "扶持政策常看它",
    "headcount": "规上、稳岗补贴都看它；走访时顺口一问",
    "business": "供需对接靠它找人",
}


@needs(EDIT_ENTERPRISE)
@require_safe
def quality(request: Request) -> HttpResponse:
    """What is to be done, each with its count and the way to its rows."""
    actor = request.actor
    counts = quality_counts(actor)
    listed = reverse("registry:enterprises")
    lacking: list[dict[str, Any]] = [
        {"count": counts[code], "title": title, "why": WHY[code], "url": f"{listed}?missing={code}"}
        for code, title in MISSING.items()
    ]
    lacking.sort(key=lambda row: -row["count"].count)
    twins = twin_report(actor.community_id) if actor.may(MERGE) else None
    context = {
        "to_place": counts["to_place"],
        "conflict": counts["conflict"],
        "stale": counts["stale"],
        "lacking": [row for row in lacking if row["count"].count],
        "complete": [row["title"].removeprefix("没有") for row in lacking if not row["count"].count],
        "twins": twins,
        "stale_url": f"{listed}?stale=1&sort=unseen",
        "clean": not any(c.count for c in counts.values()) and not (twins and twins.groups),
    }
    return answer(request, "registry/quality.html", context)


@needs(EDIT_ENTERPRISE)
@require_safe
def to_place(request: Request) -> HttpResponse:
    """Enterprises without a place, each with where its address seems to lie."""
    after = number(request.GET.get("after"))
    found, more = proposals(request.actor, after=after)
    context = {
        "found": found,
        "sure": sum(1 for p in found if p.seat),
        "next_url": f"?after={found[-1].enterprise.pk}" if more else "",
        "first_url": reverse("registry:to_place") if after else "",
    }
    return answer(request, "registry/to_place.html", context)


@needs(EDIT_ENTERPRISE)
@require_POST
def place_proposed(request: Request) -> HttpResponse:
    """Put the ticked enterprises where their addresses seem to lie."""
    actor, placed, refusals = request.actor, 0, []
    ids = [number(value) for value in request.POST.getlist("pick")][:200]
    for row in visible_to(actor, EDIT_ENTERPRISE).filter(pk__in=ids):
        place = place_by_code(actor, request.POST.get(f"seat_{row.pk}", ""))
        if place is None:
            refusals.append(f"{row.name}没有建议的位置")
            continue
        try:
            actions.place_known(actor=actor, enterprise=row, to=seat(place.park, place.building, place.unit))
            placed += 1
        except Refused as no:
            refusals.append(str(no))
    if placed:
        messages.success(request, f"{placed} 家落到图上了")
    if refusals:
        messages.warning(
            request, f"{len(refusals)} 家没有落：{'；'.join(refusals[:2])}，可以勾上它们，用“落到别处”"
        )
    if not ids:
        messages.warning(request, "还没有勾选企业")
    return redirect("registry:to_place")


@needs(EDIT_ENTERPRISE)
@require_safe
def conflicts(request: Request) -> HttpResponse:
    """Where two sources say different things."""
    after = number(request.GET.get("after"))
    found, more = conflicts_page(request.actor, after=after)
    context = {
        "lines": [conflict_line(row, row.enterprise) for row in found],
        "next_url": f"?after={found[-1].pk}" if more else "",
        "first_url": reverse("registry:conflicts") if after else "",
    }
    return answer(request, "registry/conflicts.html", context)


@needs(MERGE)
@require_POST
def search_duplicates(request: Request) -> HttpResponse:
    """Look for twins now, in the background."""
    enqueue(find_twins, request.actor.community_id)
    messages.info(request, "正在后台查，几秒到一分钟；过一会儿刷新这一页")
    return redirect("registry:duplicates")


@needs(MERGE)
@require_safe
def duplicates(request: Request) -> HttpResponse:
    """Enterprises that look like one; each pair leads to the comparison."""
    start = number(request.GET.get("start"))
    groups, more, report = suspected_twins(request.actor, start=start)
    context = {
        "groups": groups,
        "report": report,
        "next_url": f"?start={start + 20}" if more else "",
        "first_url": reverse("registry:duplicates") if start else "",
    }
    return answer(request, "registry/duplicates.html", context)
