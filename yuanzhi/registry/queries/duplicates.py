"""Suspected twins: enterprises that look like one. Looked for in the background, read from what was found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.models import ChainHead

from ..models import Community, Enterprise, TwinSearch
from .scope import visible_to

FEW = 4
TWIN_GROUPS = 500  # more groups than this are not listed; the count says "500+"


@dataclass(frozen=True)
class Twins:
    """Enterprises that look like one, and why."""

    why: str
    enterprises: list[Enterprise]


@dataclass(frozen=True)
class TwinReport:
    """Groups of ids with the time they were looked for; None when nobody has looked yet."""

    groups: tuple[tuple[str, tuple[int, ...]], ...] = ()
    as_of: dt.datetime | None = None

    @property
    def text(self) -> str:
        return f"{TWIN_GROUPS}+" if len(self.groups) >= TWIN_GROUPS else str(len(self.groups))


def twin_report(community_id: int) -> TwinReport:
    """What the last search found. One query."""
    kept = TwinSearch.objects.filter(pk=community_id).first()
    if kept is None:
        return TwinReport()
    return TwinReport(tuple((why, tuple(ids)) for why, ids in kept.groups), kept.as_of)


def suspected_twins(actor: Actor, *, start: int = 0, limit: int = 20) -> tuple[list[Twins], bool, TwinReport]:
    """A page of suspected twins as far as the actor may see them; rows merged since are left out."""
    report = twin_report(actor.community_id)
    wanted = report.groups[start : start + limit]
    ids = {pk for _, group in wanted for pk in group}
    rows = visible_to(actor).select_related("park", "building", "unit").in_bulk(ids)
    groups = [Twins(why, [rows[pk] for pk in group if pk in rows]) for why, group in wanted]
    return [g for g in groups if len(g.enterprises) > 1], len(report.groups) > start + limit, report


def length_of(community_id: int) -> int:
    """How long the community's history is."""
    head = ChainHead.objects.filter(pk=community_id).values_list("seq", flat=True).first()
    return head or 0


def communities_to_search() -> list[int]:
    """Communities in which something happened since their last search."""
    searched = dict(TwinSearch.objects.values_list("community_id", "seq"))
    heads = dict(ChainHead.objects.values_list("chain", "seq"))
    ids = Community.objects.order_by("pk").values_list("pk", flat=True)
    return [pk for pk in ids if pk not in searched or heads.get(pk, 0) != searched[pk]]


# -- the search ------------------------------------------------------------------------------------------


def twin_groups(community_id: int) -> list[tuple[str, tuple[int, ...]]]:
    """[(why, ids)] of a community, looked for anew: over its whole register."""
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
