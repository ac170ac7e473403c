"""NUL: a sign no keyboard types. PostgreSQL refuses it, wherever it would get through."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

NUL = "\x00"


class RefuseNul:
    """Middleware: an address with a NUL in it is no address, a form with one is not taken.

    Here and not in each view: whatever is read raw (a search word, a form's `once`) would be an error of the
    database otherwise, on PostgreSQL only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """After the form's own token was checked, before the view."""
        if any(isinstance(value, str) and NUL in value for value in kwargs.values()):
            raise Http404("这个网址不对：请核对是否复制完整")
        for given in (request.GET, request.POST):
            if any(NUL in name or any(NUL in value for value in values) for name, values in given.lists()):
                return TemplateResponse(request, "400.html", status=400)
        return None
