"""Shared by the views of the register: pieces for htmx, whole pages for everybody else; asking first."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.guards import not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused

from ..access import SEE_ENTERPRISE
from ..models import Enterprise
from ..queries import enterprise_for


def answer(
    request: Request, template: str, context: dict[str, Any], *, piece: str = "", status: int = 200
) -> HttpResponse:
    """The page, or its partial `piece` where htmx asked for one."""
    htmx = request.htmx
    if piece and htmx and not htmx.history_restore_request:
        template = f"{template}#{piece}"
    response = TemplateResponse(request, template, context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def the_enterprise(request: Request, pk: int, verb: Verb = SEE_ENTERPRISE) -> Enterprise:
    """The enterprise, or a 404 that says why."""
    found = enterprise_for(request.actor, pk, verb)
    if found is None:
        raise not_found("没有这家企业，或者它不在您负责的范围内")
    return found


def ask_first(request: Request, question: str, back: str, fields: list[tuple[str, str]] | None = None):
    """Without JavaScript: a page that asks before a destructive act. None once confirmed."""
    if request.POST.get("confirmed"):
        return None
    kept = fields if fields is not None else [
        (name, value)
        for name in request.POST
        if name != "csrfmiddlewaretoken"
        for value in request.POST.getlist(name)
    ]  # fmt: skip
    return TemplateResponse(request, "confirm.html", {"question": question, "fields": kept, "back": back})


def refused(request: Request, no: Refused, back: str) -> HttpResponse:
    """Back to where one came from, with the sentence on top."""
    messages.error(request, str(no))
    return redirect(back)


@cache
def status_badges(status: str, is_abnormal: bool) -> str:
    """The badges of a status; kept, since a list shows the same ten over and over."""
    return render_to_string(
        "registry/_status.html", {"it": Enterprise(status=status, is_abnormal=is_abnormal)}
    )


def number(text: str | None, otherwise: int = 0) -> int:
    """A number out of a url; anything else is `otherwise`."""
    return int(text) if text and text.isdecimal() and len(text) < 18 else otherwise
