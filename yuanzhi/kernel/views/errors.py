"""What a person sees when something is not right: a sentence and a way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the session: nothing is lost, going back and sending again works."""
    return TemplateResponse(request, "403_csrf.html", {"reason": reason}, status=403)
