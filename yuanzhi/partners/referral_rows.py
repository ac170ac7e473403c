"""Referrals as pages show them: the clock in words, who was asked, what comes next. No query happens here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from yuanzhi.cases.promises import Clock
from yuanzhi.cases.rows import Sign

from .models import Ask, JointVisit, Referral
from .states import NAMES, ReferralState

TONES = {
    ReferralState.OPEN: "brand",
    ReferralState.TAKEN: "violet",
    ReferralState.DONE: "good",
    ReferralState.FAILED: "bad",
    ReferralState.CALLED_OFF: "neutral",
}
ASK_TONES = {
    "asked": "brand",
    "accepted": "good",
    "declined": "neutral",
    "expired": "bad",
    "withdrawn": "neutral",
}
VISIT_TONES = {"proposed": "warn", "agreed": "brand", "held": "good", "cancelled": "neutral"}
SOON = dt.timedelta(hours=2)


@dataclass(frozen=True)
class ReferralRow:
    """One referral on a page."""

    it: Referral
    state: str
    tone: str
    sign: Sign
    what: str  # what the clock is about
    asks: list[tuple[Ask, str]] = field(default_factory=list)
    visits: list[tuple[JointVisit, str]] = field(default_factory=list)
    waiting: Ask | None = None


def clock_sign(due: dt.datetime, clock: Clock, now: dt.datetime) -> Sign:
    """Time left or overdue of a clock that runs."""
    pressing = "late" if due <= now else "soon" if due - now <= SOON else "ok"
    return Sign(pressing, clock.say(now, due), due)


def sign_of(referral: Referral, waiting: Ask | None, clock: Clock, now: dt.datetime) -> tuple[Sign, str]:
    """The clock that counts now, and what it is about."""
    state = ReferralState(referral.state)
    if state is ReferralState.OPEN and waiting is not None:
        return clock_sign(waiting.due_at, clock, now), "答复"
    if state is ReferralState.TAKEN and referral.contacted_at is None and referral.contact_due:
        return clock_sign(referral.contact_due, clock, now), "联系企业"
    if state is ReferralState.TAKEN:
        return Sign("paused", "已联系上", None), ""
    return Sign("kept" if state is ReferralState.DONE else "broken", NAMES[state], referral.closed_at), ""


def row_of(referral: Referral, clock: Clock, now: dt.datetime) -> ReferralRow:
    """A referral of `queries.referrals.of_case`."""
    asks = list(referral.asks.all())
    waiting = min((a for a in asks if a.state == Ask.State.ASKED), key=lambda a: a.due_at, default=None)
    sign, what = sign_of(referral, waiting, clock, now)
    state = ReferralState(referral.state)
    return ReferralRow(
        it=referral,
        state=NAMES[state],
        tone=TONES[state],
        sign=sign,
        what=what,
        asks=[(ask, ASK_TONES[ask.state]) for ask in asks],
        visits=[(visit, VISIT_TONES[visit.state]) for visit in referral.visits.all()],
        waiting=waiting,
    )


def title_for(referral: Referral) -> str:
    """What an expert reads as the matter's name: a confidential one keeps its words to itself."""
    if referral.case.is_confidential:
        return f"私下反映的一件事（{referral.kind.name}）"
    return referral.case.title


@dataclass(frozen=True)
class AskRow:
    """An ask on the expert's own list."""

    it: Ask
    sign: Sign
    what: str
    state: str
    tone: str
    title: str
    who: str


def ask_row(ask: Ask, clock: Clock, now: dt.datetime, *, shows: bool) -> AskRow:
    """`shows`: whether the expert still needs the case's words; otherwise only what kind of matter it was."""
    referral = ask.referral
    over = ask.state in (Ask.State.DECLINED, Ask.State.EXPIRED, Ask.State.WITHDRAWN)
    if over:
        sign, what = Sign("broken", ask.get_state_display(), ask.answered_at), ""
    else:
        sign, what = sign_of(referral, ask if ask.state == Ask.State.ASKED else None, clock, now)
    case = referral.case
    state = ReferralState(referral.state)
    enterprise = case.enterprise
    named = shows and enterprise is not None and not case.is_confidential
    return AskRow(
        it=ask,
        sign=sign,
        what=what,
        state=ask.get_state_display() if over else NAMES[state],
        tone=ASK_TONES[ask.state] if over else TONES[state],
        title=title_for(referral) if shows else f"{referral.kind.name}方面的一件事",
        who=(enterprise.short_name or enterprise.name)
        if named and enterprise
        else "员工私下反映"
        if shows and case.is_confidential
        else "",
    )
