"""What a person sees when something is not right: a sentence and a way on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the session: nothing is lost, going back and sending again works."""
    return TemplateResponse(request, "403_csrf.html", {"reason": reason}, status=403)


def page_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with the sentence of whoever raised it; Django's own (English) reasons stay out."""
    reason = str(exception.args[0]) if exception.args else ""
    said = reason if any("\u4e00" <= ch <= "\u9fff" for ch in reason[:6]) else ""
    return TemplateResponse(request, "404.html", {"said": said}, status=404)
