"""When the demo's things happened: in the past, however early in the day it is built."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager

from django.utils import timezone

from yuanzhi.kernel import clock


def then(moment: dt.datetime) -> AbstractContextManager[None]:
    """Inside, it is `moment`, or now if that has yet to come: nobody has done tomorrow's work already."""
    return clock.at(min(moment, timezone.now()))
