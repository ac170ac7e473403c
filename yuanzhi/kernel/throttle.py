"""Holding back floods on pages that need no account; counted in the shared cache."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest


def allow(key: str, limit: int, seconds: int) -> bool:
    """Whether this is at most the `limit`-th time within a window of so many seconds."""
    name = f"throttle:{key}"
    if cache.add(name, 1, seconds):
        return True
    try:
        return cache.incr(name) <= limit
    except ValueError:  # ran out between the two calls
        cache.set(name, 1, seconds)
        return True


def address_of(request: HttpRequest) -> str:
    """The caller's address as far as it is known."""
    return str(request.META.get("REMOTE_ADDR", ""))
