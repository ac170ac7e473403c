"""Holding back floods on pages that need no account; counted in the shared cache."""

from __future__ import annotations

from django.conf import settings
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
    """The caller's address: the socket's, or behind trusted proxies what the outermost of them saw."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(seen) >= proxies:
        return seen[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))
