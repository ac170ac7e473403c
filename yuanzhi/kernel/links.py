"""Addresses of many rows of one kind: the pattern is worked out once instead of once a row."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

_STAND_IN = 10**15 + 7  # no row has this number


def links_to(name: str) -> Callable[[int], str]:
    """`links_to("registry:enterprise")(7)`: what `reverse(name, args=[7])` says. For urls with one number."""
    head, tail = reverse(name, args=[_STAND_IN]).split(str(_STAND_IN))
    return lambda pk: f"{head}{pk}{tail}"
