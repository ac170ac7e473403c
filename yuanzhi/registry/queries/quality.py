"""The register's to-do list: what is missing, stale, in conflict, not on the map, or entered twice.

Every count is bounded and read from an index alone (see those of Enterprise), so that the page costs the same
with a million enterprises. Suspected twins are looked for in the background (see duplicates.py).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import Kind

from ..access import EDIT_ENTERPRISE
from ..lists import MISSING, MOST, bounded, missing, stale_before
from ..models import Building, Enterprise, FactConflict, Park
from ..rules.address import BuildingEntry, Gazetteer, ParkEntry, Placement
from .scope import visible_to


@dataclass(frozen=True)
class QualityCount:
    """A kind of work with its bounded count."""

    code: str
    count: int
    over: bool  # there are more than `count`

    @property
    def text(self) -> str:
        return f"{self.count:,}+" if self.over else f"{self.count:,}"


def _count(code: str, rows: QuerySet[Any], *, rare: bool = False) -> QualityCount:
    count, over = bounded(rows, rare=rare)
    return QualityCount(code, count, over)


def live_of(actor: Actor) -> QuerySet[Enterprise]:
    """Enterprises on record that the actor may correct."""
    return visible_to(actor, EDIT_ENTERPRISE).filter(status__in=Enterprise.LIVE)


def open_conflicts(actor: Actor) -> QuerySet[FactConflict]:
    """Undecided contradictions at the enterprises that the actor may correct."""
    # EXISTS rather than a join: the few contradictions lead, not the million enterprises.
    mine = visible_to(actor, EDIT_ENTERPRISE).filter(pk=OuterRef("enterprise_id"))
    return FactConflict.objects.filter(Exists(mine), resolved_at=None)


def conflicts_page(actor: Actor, *, after: int = 0, limit: int = 30) -> tuple[list[FactConflict], bool]:
    """A keyset page of undecided contradictions, the oldest first, with both sources."""
    rows = open_conflicts(actor).filter(pk__gt=after).select_related("enterprise", "source").order_by("pk")
    found = list(rows[: limit + 1])
    return found[:limit], len(found) > limit


def to_place(actor: Actor) -> QuerySet[Enterprise]:
    """Enterprises on record without a place on the map.

    What sits nowhere is in nobody's park: whoever reaches only parks has none of it, and nothing is read.
    """
    reach = actor.reach(EDIT_ENTERPRISE)
    if not reach.everything and not reach.ids(Kind.ENTERPRISE):
        return Enterprise.objects.none()
    return live_of(actor).filter(placement=Enterprise.Placement.TO_PLACE)


def stale_count(rows: QuerySet[Enterprise], day: dt.date, most: int = MOST) -> QualityCount:
    """Those never confirmed and those confirmed too long ago, each a stretch of the index of its own: asked
    for in one, SQLite would read the whole index where there are few."""
    never, over = bounded(rows.filter(confirmed_on=None), most)
    if over:
        return QualityCount("stale", never, over)
    old, over = bounded(rows.filter(confirmed_on__lt=stale_before(day)), most - never)
    return QualityCount("stale", never + old, over)


def quality_counts(actor: Actor, today: dt.date | None = None) -> dict[str, QualityCount]:
    """{kind: bounded count}: one for each of MISSING, and stale, conflict, to_place."""
    day, rows = today or timezone.localdate(), live_of(actor)
    found = {code: _count(code, rows.filter(missing(code)), rare=True) for code in MISSING}
    found["stale"] = stale_count(rows, day)
    found["conflict"] = _count("conflict", open_conflicts(actor))
    found["to_place"] = _count("to_place", to_place(actor), rare=True)
    return found


# -- 待落图 ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proposal:
    """An enterprise to be placed, and where its address seems to lie."""

    enterprise: Enterprise
    park: Park | None
    building: Building | None
    placement: Placement

    @property
    def seat(self) -> str:
        """The value of the seat picker: "b:7", "p:3" or nothing."""
        if self.building is not None:
            return f"b:{self.building.pk}"
        return f"p:{self.park.pk}" if self.park is not None else ""


def gazetteer_of(community_id: int) -> Gazetteer:
    """The community's parks and buildings as addresses name them. Two queries."""
    parks = Park.objects.filter(community_id=community_id)
    buildings = Building.objects.filter(park__community_id=community_id)
    return Gazetteer(
        [
            ParkEntry(p.pk, p.name, tuple(p.aliases), (p.address,) if p.address else ())
            for p in parks.only("name", "aliases", "address")
        ],
        [
            BuildingEntry(b.pk, b.park_id, b.name, tuple(b.aliases), b.floors)
            for b in buildings.only("park", "name", "aliases", "floors")
        ],
    )


def proposals(actor: Actor, *, after: int = 0, limit: int = 30) -> tuple[list[Proposal], bool]:
    """A keyset page of what is to be placed, with what the address says. Five queries."""
    found = list(to_place(actor).filter(pk__gt=after).order_by("pk")[: limit + 1])
    book = gazetteer_of(actor.community_id)
    placed = {row.pk: book.place(row.registered_address) for row in found[:limit]}
    parks = Park.objects.in_bulk({p.park for p in placed.values() if p.park})
    buildings = Building.objects.select_related("park").in_bulk(
        {p.building for p in placed.values() if p.building}
    )
    lines = [
        Proposal(row, parks.get(placed[row.pk].park), buildings.get(placed[row.pk].building), placed[row.pk])
        for row in found[:limit]
    ]
    return lines, len(found) > limit
