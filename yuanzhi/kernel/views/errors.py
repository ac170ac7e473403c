"""What a person sees when something is not right: a sentence and a way on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the session: nothing is lost, going back and sending again works."""
    return TemplateResponse(request, "403_csrf.html", {"reason": reason}, status=403)


def page_missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with the sentence of whoever raised it; Django's own (English) reasons stay out."""
    reason = str(exception.args[0]) if exception.args else ""
    said = reason if any("\u4e00" <= ch <= "\u9fff" for ch in reason[:6]) else ""
    return TemplateResponse(request, "404.html", {"said": said, "frame": _frame(request)}, status=404)


def say_what_a_button_is_for(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: an act's address typed in, reloaded or kept as a bookmark gets a page, not a blank one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or request.method != "GET" or response.content:
            return response
        page = TemplateResponse(request, "405.html", {"frame": _frame(request)}, status=405)
        page["Allow"] = response["Allow"]
        return page.render()

    return middleware


def _frame(request: HttpRequest) -> str:
    """People who are signed in keep their navigation."""
    user = getattr(request, "user", None)
    return "base.html" if user is not None and user.is_authenticated else "bare.html"
