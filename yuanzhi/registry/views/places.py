"""Parks, buildings, rooms: what stands where, who sits in it, who runs it."""

from __future__ import annotations

import io

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.requests import Request
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel.refusals import Refused

from .. import actions
from ..access import DISTRICT, EDIT_PLACES, SEE_ENTERPRISE, SEE_PLACES, STAFF_GRID
from ..forms import AssignForm, BuildingForm, ParkForm, RoomsForm
from ..models import Building, Enterprise, Park
from ..queries import (
    buildings_visible_to,
    captains_of,
    community_of,
    floors_of,
    grids_by_park,
    grids_visible_to,
    live_by_building,
    live_by_park,
    parks_page,
    parks_visible_to,
    tenants_of,
    visible_to,
)  # fmt: skip
from .answers import answer, number

FIRST = 8  # so many enterprises on the page of a park; the rest is a list


def _park(request: Request, pk: int) -> Park:
    found = parks_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise not_found("没有这个园区")
    return found


def _building(request: Request, pk: int) -> Building:
    found = buildings_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise not_found("没有这栋楼")
    return found


@needs(SEE_PLACES)
@require_safe
def parks(request: Request) -> HttpResponse:
    """All parks with grid, captain and how many sit there."""
    actor = request.actor
    text, grid = request.GET.get("q", ""), number(request.GET.get("grid"))
    after = number(request.GET.get("after"))
    page = parks_page(actor, text=text, grid=grid or None, after=after)
    kept = {k: v for k, v in (("q", text), ("grid", grid)) if v}
    context = {
        "rows": page.rows,
        "q": text,
        "grid": grid,
        "grids": list(grids_visible_to(actor)),
        "filtered": bool(kept),
        "next_url": f"?{urlencode(kept | {'after': page.rows[-1].park.pk})}" if page.more else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
        "may_edit": actor.may(EDIT_PLACES),
    }
    return answer(request, "registry/parks.html", context, piece="list")


@needs(SEE_PLACES)
@require_safe
def park(request: Request, pk: int) -> HttpResponse:
    """A park: its buildings, who sits there, who looks after it."""
    actor, it = request.actor, _park(request, pk)
    buildings = list(it.buildings.order_by("name"))
    counts = live_by_building([b.pk for b in buildings])
    grid = grids_by_park([pk]).get(pk)
    here = visible_to(actor).filter(park=it, status__in=Enterprise.LIVE).select_related("building", "unit")
    grid_people = (
        members_of(
            actor.community_id, Role.GRID_LEADER, Role.GRID_MEMBER, kind=Kind.GRID, scope_ids=[grid.pk]
        )
        if grid
        else []
    )
    park_people = members_of(actor.community_id, Role.OPERATOR, Role.PROPERTY, kind=Kind.PARK, scope_ids=[pk])
    context = {
        "it": it,
        "grid": grid,
        "buildings": [{"it": b, "count": counts.get(b.pk, 0)} for b in buildings],
        "total": live_by_park(actor.community_id, [pk]).get(pk, 0),
        "some": list(here.order_by("-updated_at", "-pk")[:FIRST]) if actor.may(SEE_ENTERPRISE) else [],
        "captains": captains_of([pk]).get(pk, []),
        "grid_people": list(grid_people),
        "park_people": list(park_people),
        "may_edit": actor.may(EDIT_PLACES),
        "may_staff": actor.may(STAFF_GRID),
        "may_assign": actor.may(DISTRICT),
        "may_see": actor.may(SEE_ENTERPRISE),
    }
    return answer(request, "registry/park.html", context)


@needs(EDIT_PLACES)
def add_park(request: Request) -> HttpResponse:
    """A new park."""
    form = ParkForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_park(actor=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error("name", str(no))
        else:
            messages.success(request, f"{made.name}加好了，接着把楼宇加上")
            return redirect("registry:park", made.pk)
    return _form_page(request, form, "添加园区", reverse("registry:parks"), "园区")


@needs(EDIT_PLACES)
def edit_park(request: Request, pk: int) -> HttpResponse:
    """Correct a park."""
    it = _park(request, pk)
    form = ParkForm(request.POST or None, park=it)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_park(actor=request.actor, park=it, **form.cleaned_data)
        except Refused as no:
            form.add_error("name", str(no))
        else:
            messages.success(request, "改好了")
            return redirect("registry:park", pk)
    return _form_page(request, form, "更正园区", reverse("registry:park", args=[pk]), it.name)


@needs(EDIT_PLACES)
def add_building(request: Request, pk: int) -> HttpResponse:
    """A new building in a park; it gets its own code."""
    it = _park(request, pk)
    form = BuildingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_building(actor=request.actor, park=it, **form.cleaned_data)
        except Refused as no:
            form.add_error("name", str(no))
        else:
            messages.success(request, f"{made.name}加好了，接着把房号加上")
            return redirect("registry:building", made.pk)
    return _form_page(request, form, "添加楼宇", reverse("registry:park", args=[pk]), it.name)


@needs(DISTRICT)
def assign_park(request: Request, pk: int) -> HttpResponse:
    """Give one park to a grid from a day on."""
    it = _park(request, pk)
    form = AssignForm(request.POST or None, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        grid, effective = int(form.cleaned_data["grid"]), form.cleaned_data["effective"]
        try:
            actions.assign_parks(
                actor=request.actor, plan={it.pk: grid}, effective=effective, why=form.cleaned_data["why"]
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            name = dict(form.fields["grid"].choices)[grid]  # type: ignore[attr-defined]
            messages.success(request, f"{it.name}从 {effective or timezone.localdate()} 起归{name}")
            return redirect("registry:park", pk)
    return _form_page(request, form, "划给网格", reverse("registry:park", args=[pk]), it.name)


def _form_page(request: Request, form, title: str, back: str, crumb: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "crumb": crumb, "yes": "保存"}
    return answer(request, "registry/small_form.html", context)


# -- buildings -------------------------------------------------------------------------------------------


@needs(SEE_PLACES)
@require_safe
def building(request: Request, pk: int) -> HttpResponse:
    """A building as a stack of floors with its tenants."""
    actor, it = request.actor, _building(request, pk)
    tenants = tenants_of(actor, it) if actor.may(SEE_ENTERPRISE) else []
    floors = floors_of(it, tenants)
    rooms = [room for floor in floors for room in floor.rooms if room.unit is not None]
    context = {
        "it": it,
        "floors": floors,
        "tenants": len(tenants),
        "rooms": len(rooms),
        "vacant": sum(1 for room in rooms if not room.tenants),
        "people": sum(t.headcount or 0 for t in tenants),
        "unknown_people": sum(1 for t in tenants if t.headcount is None),
        "scan_url": _scan_url(request, it),
        "may_edit": actor.may(EDIT_PLACES),
        "may_see": actor.may(SEE_ENTERPRISE),
    }
    return answer(request, "registry/building.html", context)


@needs(EDIT_PLACES)
def edit_building(request: Request, pk: int) -> HttpResponse:
    """Correct a building."""
    it = _building(request, pk)
    form = BuildingForm(request.POST or None, building=it)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_building(actor=request.actor, building=it, **form.cleaned_data)
        except Refused as no:
            form.add_error("name", str(no))
        else:
            messages.success(request, "改好了")
            return redirect("registry:building", pk)
    return _form_page(
        request, form, "更正楼宇", reverse("registry:building", args=[pk]), f"{it.park.name} {it.name}"
    )


@needs(EDIT_PLACES)
def add_rooms(request: Request, pk: int) -> HttpResponse:
    """Rooms, as they are written on a floor plan."""
    it = _building(request, pk)
    form = RoomsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rooms = form.cleaned_data["rooms"]
        high = max(floor for floor, _ in rooms)
        if high > it.floors:
            form.add_error(
                "rooms", f"{it.name}只有 {it.floors} 层，房号里却有 {high} 层的：先改层数，或改房号"
            )
        else:
            actions.add_units(actor=request.actor, building=it, rooms=rooms)
            messages.success(request, f"{len(rooms)} 间房加好了")
            return redirect("registry:building", pk)
    return _form_page(
        request, form, "添加房间", reverse("registry:building", args=[pk]), f"{it.park.name} {it.name}"
    )


def _scan_url(request: Request, it: Building) -> str:
    """Where the code at the door leads; "" before the desks can be reached that way."""
    try:
        return request.build_absolute_uri(reverse("cases:scan", args=[it.code]))
    except NoReverseMatch:
        return ""


def qr(url: str) -> str:
    """A QR code as inline SVG, dark on white with its quiet zone, so that it scans in the dark theme too."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        out, kind="svg", border=3, light="#fff", xmldecl=False, omitsize=True, svgclass="qr-code"
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn here from the url


@needs(SEE_PLACES)
@require_safe
def poster(request: Request, pk: int) -> HttpResponse:
    """A page to print and hang at the door: scan it, say what is needed."""
    it = _building(request, pk)
    url = _scan_url(request, it)
    context = {
        "it": it,
        "community": community_of(request.actor),
        "url": url,
        "code": qr(url) if url else "",
    }
    return answer(request, "registry/poster.html", context)
