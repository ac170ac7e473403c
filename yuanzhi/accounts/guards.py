"""Each view says who may see it: `@needs(VERB)`, `@signed_in` or `@public`; a test finds those that don't."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import reverse

from .access import SEE_SELF, Verb

View = Callable[..., HttpResponseBase]


def needs(verb: Verb) -> Callable[[View], View]:
    """Let only actors through whose role may do `verb`; the view's query narrows it to rows (404 otherwise).

    Signed out: to the sign-in page and back. A one-time password must be changed and an administrator's
    second factor set up first. Signed in without the permission: 403 with a sentence.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor = request.actor  # type: ignore[attr-defined]
            if not actor.is_signed_in:
                return _send_to(request, f"{resolve_url(settings.LOGIN_URL)}?{_next(request)}")
            if (detour := _detour(request)) is not None:
                return detour
            if not actor.may(verb):
                return forbidden(request, verb)
            return view(request, *args, **kwargs)

        guarded.verb = verb  # type: ignore[attr-defined]
        return guarded

    return decorate


signed_in = needs(SEE_SELF)


def public(view: View) -> View:
    """A page for people without an account. Says so on purpose."""
    view.verb = None  # type: ignore[attr-defined]
    return view


def forbidden(request: HttpRequest, verb: Verb) -> HttpResponse:
    """403, saying what would have been needed and whom to ask."""
    context = {"verb": verb, "home": "/"}
    return TemplateResponse(request, "403.html", context, status=403)


def _detour(request: HttpRequest) -> HttpResponse | None:
    """What has to be done before anything else: a password of one's own, an administrator's second factor."""
    user = request.user
    if user.must_change_password and user.has_usable_password():  # type: ignore[union-attr]
        return _send_to(request, reverse("account_change_password"))
    if request.actor.is_administrator:  # type: ignore[attr-defined]
        from allauth.mfa.utils import is_mfa_enabled

        if not is_mfa_enabled(user):
            return _send_to(request, reverse("mfa_activate_totp"))
    return None


def _next(request: HttpRequest) -> str:
    """The way back after signing in: the page itself, or for a fragment the page it sits in."""
    page = request.headers.get("HX-Current-URL") if "HX-Request" in request.headers else None
    path = urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl() if page else ""
    return f"{REDIRECT_FIELD_NAME}={quote(path or request.get_full_path(), safe='/')}"


def _send_to(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect the page, also when only a fragment of it was asked for (no sign-in form inside a list)."""
    if "HX-Request" in request.headers:
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


def not_found(message: str) -> Http404:
    """A 404 that says in Chinese what isn't there (or not visible to this person)."""
    return Http404(message)
