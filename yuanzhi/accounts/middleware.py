"""Puts `request.actor` on every request: who acts, where, how far. And keeps "last seen" of a session."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .actor import ANONYMOUS, Actor
from .queries import actor_for

SEEN_EVERY = 300  # seconds


class ActorMiddleware:
    """Lazy: a page that asks nothing of the actor costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return ANONYMOUS
    return actor_for(request.user, request.session.get("community"))  # type: ignore[arg-type]


class SeenMiddleware:
    """Notes when, from where and with what a session was last used, at most every five minutes.

    allauth's own middleware writes on every request, which would turn each page read into a write and put
    all readers of a SQLite file in one line.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Only where the page looked at the session anyway: a public page stays without a query.
        if request.session.accessed and request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get("seen", 0) >= SEEN_EVERY:
                from allauth.usersessions.models import UserSession

                request.session["seen"] = now
                UserSession.objects.create_from_request(request)
        return response
