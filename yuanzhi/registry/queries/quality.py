"""The register's to-do list: what is missing, stale, in conflict, not on the map, or entered twice.

Every count is bounded and walks an index (see the partial indexes of Enterprise), so that the page costs the
same with a million enterprises. Twins are looked for over the whole register and kept for ten minutes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from yuanzhi.accounts.actor import Actor

from ..access import EDIT_ENTERPRISE
from ..lists import MISSING, bounded, missing, stale
from ..models import Building, Enterprise, FactConflict, Park
from ..rules.address import BuildingEntry, Gazetteer, ParkEntry, Placement
from .scope import visible_to

KEPT_SECONDS = 600
FEW = 4
TWIN_GROUPS = 500  # more groups than this are not listed; the count says "500+"


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
    """Enterprises on record without a place on the map."""
    return live_of(actor).filter(placement=Enterprise.Placement.TO_PLACE)


def quality_counts(actor: Actor, today: dt.date | None = None) -> dict[str, QualityCount]:
    """{kind: bounded count}: one for each of MISSING, and stale, conflict, to_place."""
    day, rows = today or timezone.localdate(), live_of(actor)
    found = {code: _count(code, rows.filter(missing(code)), rare=True) for code in MISSING}
    found["stale"] = _count("stale", rows.filter(stale(day)))
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


# -- twins -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Twins:
    """Enterprises that look like one, and why."""

    why: str
    enterprises: list[Enterprise]


@dataclass(frozen=True)
class TwinReport:
    """Groups of ids with the time they were looked for."""

    groups: tuple[tuple[str, tuple[int, ...]], ...]
    as_of: dt.datetime

    @property
    def text(self) -> str:
        return f"{TWIN_GROUPS}+" if len(self.groups) >= TWIN_GROUPS else str(len(self.groups))


def twin_report(community_id: int, *, fresh: bool = False) -> TwinReport:
    """The suspected twins of a community: looked for anew at most every ten minutes."""
    key = f"registry.twins.{community_id}"
    kept = None if fresh else cache.get(key)
    if kept is None:
        kept = (tuple(_twin_groups(community_id)), timezone.now())
        cache.set(key, kept, KEPT_SECONDS)
    return TwinReport(*kept)


def forget_twins(community_id: int) -> None:
    """Look anew next time: something was merged."""
    cache.delete(f"registry.twins.{community_id}")


def _twin_groups(community_id: int) -> list[tuple[str, tuple[int, ...]]]:
    rows = Enterprise.objects.filter(community_id=community_id, merged_into=None)
    groups: list[tuple[str, tuple[int, ...]]] = []
    seen: set[int] = set()
    same = rows.values("name_key").annotate(n=Count("pk")).filter(n__gt=1).order_by("name_key")
    keys = [row["name_key"] for row in same[:TWIN_GROUPS]]
    _gather(groups, seen, "名称一样", rows.filter(name_key__in=keys).values_list("name_key", "pk"))
    if len(groups) < TWIN_GROUPS:
        # No code, and another with the same 字号 in the same park; one that sits nowhere may be any of a few.
        nameless = rows.filter(uscc="").exclude(short_name="").order_by("pk")
        brands = dict(nameless.values_list("pk", "short_name")[:2000])
        others = rows.filter(short_name__in=set(brands.values())).values_list("short_name", "park_id", "pk")
        _gather(groups, seen, "字号一样，又可能在同一处", _same_brand(set(brands), list(others[:20_000])))
    return groups[:TWIN_GROUPS]


def _same_brand(nameless: set[int], rows: list[tuple[str, int | None, int]]) -> list[tuple[Any, int]]:
    by_brand: dict[str, list[tuple[int | None, int]]] = {}
    for brand, park, pk in rows:
        by_brand.setdefault(brand, []).append((park, pk))
    pairs: list[tuple[Any, int]] = []
    for brand, held in by_brand.items():
        lost = any(park is None and pk in nameless for park, pk in held)
        if lost and len(held) <= FEW:
            pairs += [((brand, ""), pk) for _, pk in held]
            continue
        in_park: dict[int | None, list[int]] = {}
        for park, pk in held:
            in_park.setdefault(park, []).append(pk)
        for park, ids in in_park.items():
            if set(ids) & nameless:
                pairs += [((brand, str(park)), pk) for pk in ids]
    return pairs


def _gather(groups: list, seen: set[int], why: str, pairs: Any) -> None:
    found: dict[Any, list[int]] = {}
    for key, pk in pairs:
        found.setdefault(key, []).append(pk)
    for ids in found.values():
        fresh = [pk for pk in sorted(ids) if pk not in seen]
        if len(fresh) > 1:
            seen.update(fresh)
            groups.append((why, tuple(fresh)))


def suspected_twins(actor: Actor, *, start: int = 0, limit: int = 20) -> tuple[list[Twins], bool, TwinReport]:
    """A page of suspected twins as far as the actor may see them; rows merged since are left out."""
    report = twin_report(actor.community_id)
    wanted = report.groups[start : start + limit]
    ids = {pk for _, group in wanted for pk in group}
    rows = visible_to(actor).select_related("park", "building", "unit").in_bulk(ids)
    groups = [Twins(why, [rows[pk] for pk in group if pk in rows]) for why, group in wanted]
    return [g for g in groups if len(g.enterprises) > 1], len(report.groups) > start + limit, report
