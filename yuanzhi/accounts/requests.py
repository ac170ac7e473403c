"""What the middlewares add to a request, for the type checker: views annotate `request: Request`."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from .actor import Actor
from .models import User


class Request(HttpRequest):
    """A request with its actor (ActorMiddleware) and what htmx says of it.

    `user` is a User wherever a guard stands before the view; only @public views see an anonymous one.
    """

    actor: Actor
    htmx: HtmxDetails
    user: User  # type: ignore[assignment]
