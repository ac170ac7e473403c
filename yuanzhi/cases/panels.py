"""What higher floors show on a case: parts of its page, and words for its timeline.

A higher app lends them when it is ready:

    panels.provide(Panel("referrals", "合伙人", "partners:of_case", SEE_REFERRAL, {Audience.STAFF}))
    panels.say({"referral.opened": "请合伙人帮忙"})

The page asks for each part at `url_name` (with the case's id): a fragment for htmx, a page otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor

from .models import Case


class Audience(StrEnum):
    """Whose page of a case a part is on."""

    STAFF = "staff"
    PORTAL = "portal"


@dataclass(frozen=True)
class Panel:
    """One part of a case's page."""

    code: str
    label: str
    url_name: str
    verb: Verb
    audiences: frozenset[Audience] = frozenset({Audience.STAFF})
    icon: str = "panel-top"
    shows: Callable[[Case], bool] | None = None  # None: always, also with nothing in it yet


_panels: dict[str, Panel] = {}
SAYS: dict[str, str] = {}
INTERNAL: set[str] = set()  # history verbs that the enterprise does not read


def provide(panel: Panel) -> None:
    """Offer a part. A second one of the same code takes the first one's place."""
    _panels[panel.code] = panel


def say(words: dict[str, str], *, internal: Iterable[str] = ()) -> None:
    """Lend the timeline words for history verbs; `{kind}` and the like are filled from the entry's facts.

    `internal`: those of them that are among colleagues only.
    """
    SAYS.update(words)
    INTERNAL.update(internal)


def panels_of(case: Case, actor: Actor, audience: Audience) -> list[dict[str, str]]:
    """The parts this actor sees on this case, as the template wants them."""
    return [
        {"code": p.code, "label": p.label, "icon": p.icon, "url": reverse(p.url_name, args=[case.pk])}
        for p in _panels.values()
        if audience in p.audiences and actor.may(p.verb) and (p.shows is None or p.shows(case))
    ]


# -- beside pages that aren't a case's, and behind the tracking link -----------------------------------


@dataclass(frozen=True)
class Aside:
    """A small part beside a page without a case, e.g. who is on duty beside the intake."""

    code: str
    label: str
    url_name: str
    verb: Verb


_asides: dict[str, dict[str, Aside]] = {}
Offers = Callable[[Case], list[tuple[str, str]]]
_offers: list[Offers] = []


def provide_beside(page: str, aside: Aside) -> None:
    """Offer a part beside a page ("intake"). A second one of the same code takes the first one's place."""
    _asides.setdefault(page, {})[aside.code] = aside


def asides_of(page: str, actor: Actor) -> list[dict[str, str]]:
    """The parts this actor sees beside the page; each is asked for at its url."""
    return [
        {"code": a.code, "label": a.label, "url": reverse(a.url_name)}
        for a in _asides.get(page, {}).values()
        if actor.may(a.verb)
    ]


def offer_by_link(offers: Offers) -> None:
    """Let `offers(case)` say what whoever holds the tracking link can do: [(words, url)]."""
    if offers not in _offers:
        _offers.append(offers)


def offers_by_link(case: Case) -> list[tuple[str, str]]:
    """What is offered on the tracking page of this case."""
    return [line for offers in _offers for line in offers(case)]
