"""What is shown beside a need before it is saved: where it would go and why, and what is like it."""

from __future__ import annotations

from dataclasses import dataclass, field

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.models import Enterprise

from .actions.routing import Routing, route
from .models import Answer, Case, ServiceItem
from .queries import visible_to
from .queries_similar import alike
from .rules import title_of
from .states import OPEN, STATE_NAMES, State

FEW = 3


@dataclass(frozen=True)
class Like:
    """A case that may be the same, or was much the same."""

    case: Case
    stage: str
    why: str = ""


@dataclass(frozen=True)
class Hints:
    """All of it; each part may be empty."""

    way: Routing | None = None
    same: list[Like] = field(default_factory=list)
    solved: list[Like] = field(default_factory=list)
    answers: tuple[Answer, ...] = ()


def hints_for(actor: Actor, words: str, enterprise: Enterprise | None, item: ServiceItem | None) -> Hints:
    """Where it would go, and what is like it. Reads only; a dozen queries at most."""
    if not words.strip():
        return Hints()
    title = title_of(words)
    try:
        way = route(actor=actor, words=words, title=title, enterprise=enterprise, item=item)
    except Refused:  # no desks yet: said when it is saved
        return Hints()
    like = alike(
        actor, title=title, words=words, enterprise=enterprise, item_id=way.item.pk if way.item else None
    )
    same = [_like(row.case, f"{row.percent}% 相同") for row in like.duplicates]
    if enterprise is not None:
        same += _others_open(actor, enterprise, {row.case.pk for row in same})
    return Hints(way, same[:FEW], [_like(row.case) for row in like.solved], like.answers)


def _like(case: Case, why: str = "") -> Like:
    return Like(case, STATE_NAMES[State(case.state)], why)


def _others_open(actor: Actor, enterprise: Enterprise, but: set[int]) -> list[Like]:
    """What else of the enterprise is being worked on: the newest."""
    rows = visible_to(actor).filter(enterprise=enterprise, state__in=sorted(OPEN)).exclude(pk__in=but)
    return [_like(row, "同一家在办的") for row in rows.order_by("-id")[:FEW]]
