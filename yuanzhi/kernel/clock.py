"""The house's clock: now, unless somebody enters what happened earlier (past cases, the demo)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_set: ContextVar[dt.datetime | None] = ContextVar("yuanzhi_clock", default=None)


def now() -> dt.datetime:
    """The present instant, or the one set by `at`. Actions ask here, so that history tells the same time."""
    return _set.get() or timezone.now()


@contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Inside, it is `moment` (aware): what is done there is recorded as done then."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
