"""Wrong passwords: how long an account stays closed, and how it is opened again.

allauth keeps the counters (`ACCOUNT_RATE_LIMITS["login_failed"]`) in the cache, which is a table here, so
they hold across processes. It only says "try later"; people need to know when.
"""

from __future__ import annotations

import time

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.http import HttpRequest

from .models import User

_WHERE = {"app": "allauth.account", "action": "login_failed"}


def key_of(user: User | None, typed: str = "") -> str:
    """The counter's key: the account however its name or number was spelt, else what was typed."""
    return f"user:{user.pk}" if user else f"name:{typed.strip().lower()}"


def seconds_left(request: HttpRequest, key: str, *, per: str = "") -> float:
    """Seconds until the next try is allowed, 0 when one is allowed now. `per="key"`: this account only."""
    now, wait = time.time(), 0.0
    for rate in ratelimit.get_rates(**_WHERE):
        if per and rate.per != per:
            continue
        at = ratelimit.get_cache_key(request, rate=rate, key=key, **_WHERE)
        tries = [t for t in cache.get(at, []) if t > now - rate.duration]  # the newest first
        if len(tries) >= rate.amount:
            wait = max(wait, tries[rate.amount - 1] + rate.duration - now)
    return wait


def forget(user: User) -> None:
    """Open the account again: an administrator has given it a new password."""
    for rate in ratelimit.get_rates(**_WHERE):
        if rate.per == "key":
            # No request: a counter that goes by key doesn't look at it.
            cache.delete(ratelimit.get_cache_key(None, rate=rate, key=key_of(user), **_WHERE))
