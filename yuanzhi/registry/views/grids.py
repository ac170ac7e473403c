"""Grids with their 1+3+N and their load; captains of parks with their terms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused

from .. import actions
from ..access import DISTRICT, SEE_ENTERPRISE, SEE_PLACES, STAFF_GRID
from ..forms import CaptainForm, DismissForm, EndGridForm, GridForm
from ..queries import (
    captain_of,
    captains_of,
    grid_staffing,
    grids_visible_to,
    live_by_park,
    parks_visible_to,
    parks_without_grid,
)  # fmt: skip
from .answers import answer


@needs(SEE_PLACES)
@require_safe
def grids(request: Request) -> HttpResponse:
    """All grids: who is missing where, how heavy each one's load is, which captain's term runs out."""
    actor = request.actor
    lines = grid_staffing(actor)
    parks = list(parks_visible_to(actor))
    captains = captains_of([park.pk for park in parks])
    names = {park.pk: park for park in parks}
    ending: list[dict[str, Any]] = [
        {"park": names[pk], "captain": line}
        for pk, found in captains.items()
        for line in found
        if line.state in ("past", "soon")
    ]
    ending.sort(key=lambda row: (row["captain"].until, row["park"].pk))
    context = {
        "lines": lines,
        "lacking": [line for line in lines if line.lacks],
        "orphans": parks_without_grid(actor),
        "ending": ending,
        "without_captain": [park for park in parks if not captains.get(park.pk)],
        "may_staff": actor.may(STAFF_GRID),
        "may_district": actor.may(DISTRICT),
    }
    return answer(request, "registry/grids.html", context)


@needs(SEE_PLACES)
@require_safe
def grid(request: Request, pk: int) -> HttpResponse:
    """One grid: its people, its parks, what there is to do."""
    actor = request.actor
    lines = grid_staffing(actor, pk)
    if not lines:
        raise not_found("没有这个网格")
    line = lines[0]
    counts = live_by_park(actor.community_id, [park.pk for park in line.parks])
    captains = captains_of([park.pk for park in line.parks])
    context = {
        "line": line,
        "parks": [
            {"it": park, "count": counts.get(park.pk, 0), "captains": captains.get(park.pk, [])}
            for park in line.parks
        ],
        "may_see": actor.may(SEE_ENTERPRISE),
        "may_staff": actor.may(STAFF_GRID),
    }
    return answer(request, "registry/grid.html", context)


@needs(STAFF_GRID)
def add_grid(request: Request) -> HttpResponse:
    """A new grid."""
    form = GridForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_grid(actor=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error("number", str(no))
        else:
            messages.success(request, f"{made.name}设好了，接着划园区、安排人")
            return redirect("registry:grid", made.pk)
    context = {
        "form": form,
        "title": "新设网格",
        "crumb": "网格",
        "yes": "保存",
        "back": reverse("registry:grids"),
    }
    return answer(request, "registry/small_form.html", context)


@needs(STAFF_GRID)
def end_grid(request: Request, pk: int) -> HttpResponse:
    """Give a grid up that has no parks any more."""
    it = grids_visible_to(request.actor).filter(pk=pk).first()
    if it is None:
        raise not_found("没有这个网格，或者已经撤销了")
    form = EndGridForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_grid(actor=request.actor, grid=it, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"{it.name}到 {it.valid_to} 为止")
            return redirect("registry:grids")
    context = {
        "form": form, "title": f"撤销{it.name}", "crumb": it.name, "yes": "撤销这个网格", "danger": True,
        "hint": "没有园区的网格才能撤销。网格里的人，身份也到这一天为止；历史都留着，序号以后还能用。",
        "back": reverse("registry:grid", args=[pk]),
    }  # fmt: skip
    return answer(request, "registry/small_form.html", context)


@needs(STAFF_GRID)
def appoint(request: Request, pk: int) -> HttpResponse:
    """Make somebody captain of a park for a term."""
    park = parks_visible_to(request.actor).filter(pk=pk).first()
    if park is None:
        raise not_found("没有这个园区")
    form = CaptainForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            captain = actions.appoint_captain(
                actor=request.actor, park=park, user=data["person"], enterprise=data["enterprise"],
                valid_from=data["valid_from"], valid_to=data["valid_to"],
            )  # fmt: skip
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(
                request, f"{data['person'].name}是{park.name}的园区长了，任期到 {captain.valid_to}"
            )
            return redirect("registry:park", pk)
    context = {
        "form": form, "title": "聘任园区长", "crumb": park.name, "yes": "聘任",
        "hint": "园区长是园区里热心的邻居，替企业和社区传话；看得到园区里的企业，看不到联系人。",
        "back": reverse("registry:park", args=[pk]),
    }  # fmt: skip
    return answer(request, "registry/small_form.html", context)


@needs(STAFF_GRID)
def dismiss(request: Request, pk: int) -> HttpResponse:
    """End a captain's term."""
    captain = captain_of(request.actor, pk)
    if captain is None:
        raise not_found("没有这位园区长")
    form = DismissForm(request.POST or None)
    back = reverse("registry:park", args=[captain.park_id])
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["last_day"] or timezone.localdate()
        try:
            actions.dismiss_captain(actor=request.actor, captain=captain, last_day=last)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"任期到 {captain.valid_to} 为止，谢谢他这段时间的张罗")
            return redirect(back)
    context = {
        "form": form,
        "title": "结束任期",
        "crumb": captain.park.name,
        "yes": "结束任期",
        "back": back,
        "danger": True,
    }
    return answer(request, "registry/small_form.html", context)
