"""The shell of every page: navigation by what the actor may do, the bell, the community's name."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html."""
    actor = getattr(request, "actor", None)
    if actor is None or not actor.is_signed_in:
        return {"nav": [], "theme": request.COOKIES.get("theme", "auto")}
    return {"nav": [], "theme": request.COOKIES.get("theme", "auto")}
