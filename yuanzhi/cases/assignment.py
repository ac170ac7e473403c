"""Who of a desk gets the next case: by open load and share of time, the one given longest ago first. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

# What an open case weighs: one that is late or pressing takes more of the day than one that can wait, and one
# that waits for the enterprise takes little.
BREACHED, SOON, CALM, PAUSED = 4, 3, 2, 1
WEIGHTS = {"breached": BREACHED, "soon": SOON, "calm": CALM, "paused": PAUSED}


@dataclass(frozen=True)
class Person:
    """Somebody at the desk. `share`: percent of the time the desk has; `load`: weight of the open cases."""

    id: int
    name: str
    load: int = 0
    share: int = 100
    given_at: dt.datetime | None = None  # when last given a case; None: never
    is_away: bool = False
    order: int = 0  # of two who are equal in all else, the longer at the desk


def burden(person: Person) -> Fraction:
    """The load after one more case, for a whole person: two cases at half the time are four."""
    return Fraction((person.load + CALM) * 100, max(person.share, 1))


def in_turn(people: Iterable[Person]) -> list[Person]:
    """Who is there, the one to be given the next case first."""
    ever = dt.datetime.min.replace(tzinfo=dt.UTC)
    here = [person for person in people if not person.is_away and person.share > 0]
    return sorted(here, key=lambda p: (burden(p), p.given_at or ever, p.order, p.id))


def next_in_turn(people: Iterable[Person]) -> Person | None:
    """Who gets the next case; None when nobody is there: then it waits for whoever comes."""
    return next(iter(in_turn(people)), None)


def because(person: Person) -> str:
    """The reason, as the case keeps it."""
    part = f"，在岗 {person.share}%" if person.share < 100 else ""
    return f"派给{person.name}：手上最轻{part}"


def is_away(first: dt.date, last: dt.date, day: dt.date) -> bool:
    """Whether an absence covers this day; both its days count."""
    return first <= day <= last
