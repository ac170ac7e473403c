"""Escalation and sending at a moment of the test's, slow enough to be killed in the middle; for workers."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

from yuanzhi.cases import jobs_escalation
from yuanzhi.cases.actions import digests, escalation
from yuanzhi.kernel.jobs import job


def _slow(module: Any, name: str, mark: str, seconds: float) -> None:
    """The first time in this process that `name` is called, and only if `mark` is not there yet: wait after it."""
    there, real = Path(mark), getattr(module, name)

    def waiting(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        if not there.exists():
            there.write_text("here")
            time.sleep(seconds)
        return result

    setattr(module, name, waiting)


@job(name="慢慢盯时限")
def escalate_slowly(now: str, mark: str, size: int) -> str:
    """Waits with a chunk written and not committed."""
    _slow(escalation, "write", mark, 60)
    return jobs_escalation.escalate_all(dt.datetime.fromisoformat(now), size)


@job(name="慢慢发提醒")
def send_slowly(now: str, mark: str) -> str:
    """Waits with somebody's news written and not committed."""
    _slow(digests, "notify", mark, 60)
    return jobs_escalation.send_all(dt.datetime.fromisoformat(now))
