"""Codes at the doors of a park's buildings, a sheet to print: one to a page, or four to cut apart."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.registry.access import SEE_PLACES
from yuanzhi.registry.queries import buildings_visible_to, community_of, parks_visible_to
from yuanzhi.registry.views.places import qr


@needs(SEE_PLACES)
@require_safe
def sheet(request: Request, pk: int) -> HttpResponse:
    """All buildings of a park; `?size=a6` puts four on a page."""
    park = get_object_or_404(parks_visible_to(request.actor), pk=pk)
    rows = [
        {"building": row, "code": qr(request.build_absolute_uri(reverse("cases:scan", args=[row.code])))}
        for row in buildings_visible_to(request.actor).filter(park=park).order_by("name")
    ]
    context = {
        "park": park,
        "rows": rows,
        "small": request.GET.get("size") == "a6",
        "community": community_of(request.actor),
    }
    return render(request, "cases/codes.html", context)
