"""What is shown beside a need before it is saved: where it would go and why, and what is like it."""

from __future__ import annotations

from dataclasses import dataclass, field

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.models import Enterprise

from .actions.routing import Routing, route
from .models import Answer, Case, Desk, ServiceItem
from .queries import visible_to
from .queries_similar import alike
from .rules import title_of
from .states import OPEN, STATE_NAMES, State
from .suggesting import Choice

FEW = 3
LOOKED = 60  # of an enterprise's newest cases


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
    picked: str = ""  # the suggestion that is ticked: the clear one, until somebody ticks another

    @property
    def offers(self) -> list[Choice]:
        """What the words are probably about, where neither a person nor a rule has said."""
        asked = self.way is not None and self.way.by in ("learned", "catalogue")
        return list(self.way.suggestion.choices[:FEW]) if asked and self.way else []


def picked_of(way: Routing, code: str) -> str:
    """The code of the suggestion that is ticked; empty when it isn't clear and nobody ticked one."""
    codes = [choice.code for choice in way.suggestion.choices[:FEW]]
    if code in codes:
        return code
    return codes[0] if codes and way.suggestion.is_sure else ""


def chosen_of(way: Routing, code: str) -> tuple[Desk | None, ServiceItem | None]:
    """(desk, item) of a suggestion somebody ticked instead of the clear one; nothing where it is that one:
    the case then keeps the suggestion's own reason."""
    ticked = next((c for c in way.suggestion.choices[:FEW] if c.code == code), None)
    if ticked is None or (way.suggestion.is_sure and ticked is way.suggestion.best):
        return None, None
    return (None, ticked.item) if ticked.item else (ticked.desk, None)


def ticked_by(
    actor: Actor, words: str, enterprise: Enterprise | None, code: str
) -> tuple[Desk | None, ServiceItem | None]:
    """(desk, item) of what was ticked on the form, worked out from the same words."""
    if not code:
        return None, None
    try:
        way = route(actor=actor, words=words, title=title_of(words), enterprise=enterprise)
    except Refused:
        return None, None
    return chosen_of(way, code) if way.by in ("learned", "catalogue") else (None, None)


def hints_for(
    actor: Actor,
    words: str,
    enterprise: Enterprise | None,
    item: ServiceItem | None,
    picked: str = "",
) -> Hints:
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
    solved = [_like(row.case) for row in like.solved]
    return Hints(way, same[:FEW], solved, like.answers, picked_of(way, picked))


def _like(case: Case, why: str = "") -> Like:
    return Like(case, STATE_NAMES[State(case.state)], why)


def _others_open(actor: Actor, enterprise: Enterprise, but: set[int]) -> list[Like]:
    """What else of the enterprise is being worked on: the newest."""
    # By the enterprise alone first: beside the community the planner walks its whole archive in order.
    newest = Case.objects.filter(enterprise=enterprise).order_by("-pk").values_list("pk", flat=True)[:LOOKED]
    rows = visible_to(actor).filter(pk__in=set(newest) - but, state__in=sorted(OPEN))
    found = sorted(rows, key=lambda row: -row.pk)
    return [_like(row, "同一家在办的") for row in found[:FEW]]
