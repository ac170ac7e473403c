"""Cases as pages show them: plain rows with the promise in words. No query happens here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from .models import Case
from .promises import Clock
from .rules import URGENCY_NAMES, Urgency, urgency
from .states import OPEN, STATE_NAMES, State

DESK_ICONS = {
    "party": "flag",
    "economy": "briefcase-business",
    "public": "landmark",
    "governance": "shield-check",
}
STATE_TONES = {
    State.RECEIVED: "brand",
    State.REOPENED: "bad",
    State.WAITING: "violet",
    State.RESOLVED: "warn",
    State.CONFIRMED: "good",
}
URGENCY_TONES = {
    Urgency.BREACHED: "bad",
    Urgency.SOON: "warn",
    Urgency.CALM: "good",
    Urgency.PAUSED: "violet",
}


@dataclass(frozen=True)
class Sign:
    """A promise for the `promise` tag: its state there, its words, its instant."""

    state: str
    text: str
    due: dt.datetime | None


@dataclass(frozen=True)
class Row:
    """A case in a list."""

    case: Case
    sign: Sign
    url: str
    where: str
    stage: str
    tone: str
    icon: str
    flags: tuple[tuple[str, str, str], ...] = ()  # (words, tone, icon) of what must not be overlooked


@dataclass(frozen=True)
class Group:
    """Rows of one urgency."""

    label: str
    tone: str
    count: int
    rows: list[Row]


def sign_of(case: Case, clock: Clock, now: dt.datetime) -> Sign:
    """What the badge says: time left or overdue while the clock runs, how it ended afterwards."""
    state = State(case.state)
    if state is State.WAITING:
        return Sign("paused", "时限暂停", None)
    if state not in OPEN:
        kept = case.resolved_at is None or case.resolved_at <= case.resolution_due
        if state in (State.RESOLVED, State.CONFIRMED):
            return Sign("kept" if kept else "broken", "按时办结" if kept else "超时办结", case.resolved_at)
        return Sign("kept", STATE_NAMES[state], None)
    pressing = {Urgency.BREACHED: "late", Urgency.SOON: "soon"}.get(
        urgency(case.due_at, now, clock.soon(now), False), "ok"
    )
    return Sign(pressing, clock.say(now, case.due_at), case.due_at)


def row_of(case: Case, clock: Clock, now: dt.datetime) -> Row:
    """A list row; needs enterprise, building and desk loaded."""
    state = State(case.state)
    name = (
        (case.enterprise.short_name or case.enterprise.name) if case.enterprise else case.speaker or "未留名"
    )
    place = f"{case.building.park.name} {case.building.name}" if case.building else ""
    return Row(
        case=case,
        sign=sign_of(case, clock, now),
        url=reverse("cases:case", args=[case.pk]),
        where="・".join(part for part in (name, place) if part),
        stage=STATE_NAMES[state],
        tone=STATE_TONES.get(state, "neutral"),
        icon=DESK_ICONS[case.desk.code],
        flags=flags_of(case),
    )


def flags_of(case: Case) -> tuple[tuple[str, str, str], ...]:
    """What must not be overlooked: urged and not answered, to be called back, sent back to be given anew."""
    flags = []
    if case.urged_at is not None:
        flags.append(("督办", "bad", "megaphone"))
    if case.call_back_due is not None:
        flags.append(("待回访", "warn", "phone"))
    if case.is_returned and case.given_at is None and case.state == State.RECEIVED:
        flags.append(("退回", "warn", "undo-2"))
    return tuple(flags)


def grouped(cases: Iterable[Case], clock: Clock, now: dt.datetime, counts: dict[Urgency, int]) -> list[Group]:
    """Open cases by urgency, the most pressing first; `counts` are those of the whole list."""
    piles: dict[Urgency, list[Row]] = {kind: [] for kind in Urgency}
    for case in cases:
        kind = urgency(case.due_at, now, clock.soon(now), case.state == State.WAITING)
        piles[kind].append(row_of(case, clock, now))
    return [
        Group(URGENCY_NAMES[kind], URGENCY_TONES[kind], counts.get(kind, len(rows)), rows)
        for kind, rows in piles.items()
        if rows
    ]
