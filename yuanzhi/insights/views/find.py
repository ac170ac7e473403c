"""Ctrl K: enterprises, cases, parks and buildings by a few letters."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import signed_in
from yuanzhi.accounts.requests import Request
from yuanzhi.cases import queries as cases
from yuanzhi.cases.access import OPEN_CASE, SEE_CASE, SEE_WORKBENCH
from yuanzhi.cases.promises import clock_of
from yuanzhi.cases.rows import sign_of
from yuanzhi.kernel.templatetags.ui import promise
from yuanzhi.registry import queries as registry
from yuanzhi.registry.access import SEE_PLACES
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.queries.found import find as find_enterprises


@signed_in
def find(request: Request) -> HttpResponse:
    """Options for the palette (htmx), or a page of results."""
    actor = request.actor
    q = request.GET.get("q", "").strip()
    groups = _groups(actor, q) if q else []
    fragment = request.htmx and not request.htmx.history_restore_request
    template = "components/options.html" if fragment else "insights/find.html"
    return render(request, template, {"groups": groups, "q": q})


def _groups(actor: Actor, q: str) -> list[dict[str, Any]]:
    firms = find_enterprises(actor, q, limit=8)
    found = [
        ("企业", _enterprises(firms)),
        ("诉求", _cases(actor, q, [row for row, _ in firms])),
        ("园区与楼宇", _places(actor, q)),
    ]
    groups = [{"label": label, "options": options} for label, options in found if options]
    if actor.may(OPEN_CASE) and actor.is_staff:
        url = f"{reverse('cases:intake')}?{urlencode({'words': q})}"
        options = [{"label": f"登记一件诉求：{q}", "url": url, "icon": "message-square-plus"}]
        groups.append({"label": "可以这样办", "options": options})
    return groups


def _enterprises(firms: list[tuple[Enterprise, str]]) -> list[dict[str, Any]]:
    return [
        {
            "label": row.name,
            "sub": "・".join(part for part in (row.park.name if row.park else "", why) if part),
            "url": reverse("registry:enterprise", args=[row.pk]),
        }
        for row, why in firms
    ]


def _cases(actor: Actor, q: str, firms: list[Enterprise]) -> list[dict[str, Any]]:
    """Cases by number or words, and the open ones of the enterprise that was found first."""
    if not actor.may(SEE_CASE):
        return []
    rows = cases.open_ones(actor, q, firms[:1], limit=4)
    if not rows:
        return []
    clock, now = clock_of(actor.community_id), timezone.now()
    page_of_case = "cases:case" if actor.may(SEE_WORKBENCH) else "cases:portal_case"
    options = []
    for row in rows:
        sign = sign_of(row, clock, now)
        options.append(
            {
                "label": row.title,
                "sub": (row.enterprise.short_name or row.enterprise.name) if row.enterprise else row.number,
                "url": reverse(page_of_case, args=[row.pk]),
                "icon": "message-square-text",
                "sign": promise(sign.state, sign.text),
            }
        )
    return options


def _places(actor: Actor, q: str) -> list[dict[str, Any]]:
    if not actor.may(SEE_PLACES):
        return []
    parks = registry.parks_visible_to(actor).filter(name__contains=q)[:4]
    return [
        {
            "label": park.name,
            "sub": park.address,
            "url": reverse("registry:park", args=[park.pk]),
            "icon": "map-pin",
        }
        for park in parks
    ]
