"""Every view says who may see it: `@needs(VERB)`, `@signed_in` or `@public`. A test finds those that don't."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from .access import SEE_SELF, Verb

View = Callable[..., HttpResponse]


def needs(verb: Verb, *, unless_second_factor: bool = False) -> Callable[[View], View]:
    """Let only actors through whose role may do `verb`; the view's query narrows it to rows (404 otherwise).

    Signed out: to the sign-in page and back. Signed in without the permission: 403 with a sentence.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.actor  # type: ignore[attr-defined]
            if not actor.is_signed_in:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            if not unless_second_factor and (detour := _second_factor(request)) is not None:
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


def _second_factor(request: HttpRequest) -> HttpResponse | None:
    """Administrators must have set up their second factor before they administer."""
    from allauth.mfa.utils import is_mfa_enabled

    if request.actor.is_administrator and not is_mfa_enabled(request.user):  # type: ignore[attr-defined]
        return redirect("mfa_activate_totp")
    return None


def not_found(message: str) -> Http404:
    """A 404 that says in Chinese what isn't there (or not visible to this person)."""
    return Http404(message)
