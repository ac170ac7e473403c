"""Coordinations as pages show them: plain rows with the clock in words. No query happens here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from yuanzhi.cases.promises import Clock
from yuanzhi.cases.rows import Sign
from yuanzhi.cases.states import OPEN

from .answering import say_latest
from .models import Coordination, GuestLink
from .queries.departments import link_state
from .states import NAMES, CoordinationState

TONES = {
    CoordinationState.SENT: "brand",
    CoordinationState.ACCEPTED: "brand",
    CoordinationState.ANSWERED: "warn",  # somebody at the desk has to look at it
    CoordinationState.CLOSED: "good",
    CoordinationState.RETURNED: "bad",
    CoordinationState.CALLED_OFF: "neutral",
}
SOON = dt.timedelta(hours=24)


@dataclass(frozen=True)
class CoordinationRow:
    """One coordination, for lists and panels."""

    it: Coordination
    sign: Sign
    stage: str
    tone: str
    part: str
    latest: str  # "周三", while the clock runs
    is_over: bool  # the case ended in the meantime
    is_timed: bool  # the sign says how the clock stands or stood


def is_pending(row: Coordination) -> bool:
    """Whether the department's clock runs."""
    return row.state in (CoordinationState.SENT, CoordinationState.ACCEPTED)


def sign_of(row: Coordination, clock: Clock, now: dt.datetime) -> Sign:
    """Time left or overdue while the clock runs, how it ended afterwards."""
    if is_pending(row):
        state = "late" if row.due_at <= now else "soon" if row.due_at - now <= SOON else "ok"
        return Sign(state, clock.say(now, row.due_at), row.due_at)
    if row.answered_at is not None:
        kept = row.answered_at <= row.due_at
        return Sign("kept" if kept else "broken", "按时答复" if kept else "超时答复", row.answered_at)
    return Sign("paused", "不计时了", None)


def row_of(row: Coordination, clock: Clock, now: dt.datetime) -> CoordinationRow:
    """A row; needs department and case loaded."""
    state = CoordinationState(row.state)
    local = timezone.localtime(row.due_at)
    over = is_pending(row) and row.case.state not in OPEN and row.case.merged_into_id is None
    return CoordinationRow(
        it=row,
        sign=Sign("kept", "诉求已办完", None) if over else sign_of(row, clock, now),
        stage="不用答复了" if over else NAMES[state],
        tone="neutral" if over else TONES[state],
        part=Coordination.Part(row.part).label,
        latest=say_latest(local, timezone.localdate(now)) if is_pending(row) else "",
        is_over=over,
        is_timed=not over and (is_pending(row) or row.answered_at is not None),
    )


def link_line(link: GuestLink, now: dt.datetime) -> dict[str, Any]:
    """A link in the list: never the link itself, which nobody has any more."""
    state = link_state(link, now)
    names = {"live": ("有效", "good"), "expired": ("过期了", "neutral"), "revoked": ("已收回", "neutral")}
    return {"it": link, "state": state, "name": names[state][0], "tone": names[state][1]}
