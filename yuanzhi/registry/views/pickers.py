"""What the pickers list for the typed words, within what the actor may see."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.queries import find_people
from yuanzhi.accounts.requests import Request

from ..access import SEE_ENTERPRISE, SEE_PLACES, STAFF_GRID
from ..queries import Place, parks_like, places_like
from ..queries.found import find


def _options(request: Request, label: str, options: list[dict[str, Any]]) -> HttpResponse:
    groups = [{"label": label, "options": options}] if options else []
    context = {"groups": groups, "q": request.GET.get("q", "").strip()}
    return TemplateResponse(request, "components/options.html", context)


@needs(SEE_ENTERPRISE)
@require_safe
def pick_enterprise(request: Request) -> HttpResponse:
    """Enterprises by Hanzi, pinyin, initials, code."""
    found = find(request.actor, request.GET.get("q", ""))
    options = [
        {"id": row.pk, "label": row.name, "sub": "・".join(filter(None, (str(row.park or ""), why)))}
        for row, why in found
    ]
    return _options(request, "企业", options)


def _place(place: Place) -> dict[str, Any]:
    icon = "door-open" if place.unit else "building" if place.building else "trees"
    sub = "" if place.building else place.park.address
    return {"id": place.code, "label": place.label, "icon": icon, "sub": sub}


@needs(SEE_PLACES)
@require_safe
def pick_seat(request: Request) -> HttpResponse:
    """Parks, buildings and rooms."""
    places = places_like(request.actor, request.GET.get("q", ""))
    return _options(request, "园区、楼宇、房间", [_place(place) for place in places])


@needs(SEE_PLACES)
@require_safe
def pick_park(request: Request) -> HttpResponse:
    """Parks by name, alias or initials."""
    parks = parks_like(request.actor, request.GET.get("q", ""), limit=10)
    options = [{"id": park.pk, "label": park.name, "sub": park.address, "icon": "trees"} for park in parks]
    return _options(request, "园区", options)


@needs(STAFF_GRID)
@require_safe
def pick_person(request: Request) -> HttpResponse:
    """People with an account, for whoever staffs grids and parks."""
    text = request.GET.get("q", "").strip()
    people = find_people(request.actor, text, limit=10) if text else []
    options = [
        {"id": user.pk, "label": user.name, "sub": user.phone_masked or user.username, "icon": "user"}
        for user in people
    ]
    return _options(request, "有账号的人", options)
