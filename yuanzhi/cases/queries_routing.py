"""What routing reads: the rules, the catalogue by lineage, what is known of a need's enterprise and place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from yuanzhi.registry.models import Building, Enterprise, Tenancy
from yuanzhi.registry.queries import grids_by_park
from yuanzhi.registry.rules.industry import divisions, sections

from .models import Case, Desk, RoutingRule, ServiceItem
from .routing import Condition, Need, Rule, words_of


@dataclass(frozen=True)
class Catalogue:
    """A community's desks and items. An item is known by its root: the row before all edits."""

    desks: dict[int, Desk]
    current: dict[int, ServiceItem]  # root → the row in force
    root: dict[int, int] = field(default_factory=dict)  # any row → its root

    def desk(self, code: str) -> Desk | None:
        return next((desk for desk in self.desks.values() if desk.code == code), None)

    def now(self, item_id: int | None) -> ServiceItem | None:
        """The row in force of whatever row is named; None when it is no longer offered."""
        return self.current.get(self.root.get(item_id or 0, 0))


def catalogue_of(community_id: int) -> Catalogue:
    """Desks and items, old rows included. Two queries."""
    desks = {desk.pk: desk for desk in Desk.objects.filter(community_id=community_id)}
    items = list(ServiceItem.objects.filter(desk__in=list(desks)).order_by("pk"))
    root: dict[int, int] = {}
    current: dict[int, ServiceItem] = {}
    today = timezone.localdate()
    for item in items:  # a row is younger than the one it replaces
        root[item.pk] = root.get(item.replaces_id or 0, item.pk)
        if item.valid_from <= today and (item.valid_to is None or item.valid_to >= today):
            item.desk = desks[item.desk_id]
            current[root[item.pk]] = item
    return Catalogue(desks, current, root)


def rules_in_force(community_id: int) -> list[RoutingRule]:
    """Those that are switched on, in their order. One query."""
    return list(RoutingRule.objects.filter(community_id=community_id, is_active=True))


def as_rule(row: RoutingRule, catalogue: Catalogue) -> Rule:
    """A row as the engine takes it; items by their root, so that a new edition of one still fits."""
    return Rule(
        id=row.pk or 0,
        name=row.name,
        desk=row.desk_id,
        item=catalogue.root.get(row.item_id, row.item_id) if row.item_id else None,
        words=tuple(words_of(row.words)),
        parks=frozenset(row.parks),
        grids=frozenset(row.grids),
        channels=frozenset(row.channels),
        conditions=tuple(
            Condition(c.get("fact", ""), c.get("op", ""), c.get("value")) for c in row.facts or []
        ),
        give_item=row.give_item_id,
        owner=row.owner_id,
        partner_kind=row.partner_kind,
    )


def names_for(catalogue: Catalogue, park: Any = None, grid: Any = None) -> dict[str, str]:
    """The words for ids and codes in the engine's reasons. No query."""
    names = {f"channel:{code}": label for code, label in Case.Channel.choices}
    names.update({f"item:{root}": item.name for root, item in catalogue.current.items()})
    names.update(choices_names())
    if park is not None:
        names[f"park:{park.pk}"] = park.name
    if grid is not None:
        names[f"grid:{grid.pk}"] = grid.name
    return names


def choices_names() -> dict[str, str]:
    """Industry sections, divisions and scales by code."""
    return {
        **sections(),
        **{code: division.name for code, division in divisions().items()},
        **dict(Enterprise.Scale.choices),
    }


def facts_of(enterprise: Enterprise, since: dt.date | None, today: dt.date) -> dict[str, Any]:
    """What rules may ask, as far as it is known. Capital in ten thousand yuan; in other money: not known."""
    division = divisions().get(enterprise.division)
    in_yuan = enterprise.capital is not None and enterprise.currency == "CNY"
    return {
        "headcount": enterprise.headcount,
        "capital": enterprise.capital / 10_000 if in_yuan and enterprise.capital is not None else None,
        "section": division.section if division else None,
        "division": enterprise.division or None,
        "scale": enterprise.scale or None,
        "abnormal": enterprise.is_abnormal,
        "months_in": (today.year - since.year) * 12 + today.month - since.month - (today.day < since.day)
        if since and since <= today
        else None,
    }


@dataclass(frozen=True)
class Known:
    """A need with the rows behind its ids, for the reasons."""

    need: Need
    park: Any = None
    grid: Any = None


def known_of(
    words: str,
    *,
    channel: str,
    item_root: int | None,
    enterprise: Enterprise | None,
    building: Building | None,
    asks: Iterable[Rule],
) -> Known:
    """What is known of one need. Reads the grid and the move-in day only if a rule asks for them."""
    rules = list(asks)
    today = timezone.localdate()
    place = building or (enterprise.building if enterprise else None)
    park = place.park if place else (enterprise.park if enterprise else None)
    grid = None
    if park is not None and any(rule.grids for rule in rules):
        grid = grids_by_park([park.pk]).get(park.pk)
    facts: Mapping[str, Any] = {}
    if enterprise is not None and (wanted := {c.fact for rule in rules for c in rule.conditions}):
        since = move_in_days([enterprise.pk]).get(enterprise.pk) if "months_in" in wanted else None
        facts = facts_of(enterprise, since, today)
    need = Need(
        words=words,
        channel=channel,
        item=item_root,
        park=park.pk if park else None,
        grid=grid.pk if grid else None,
        facts=facts,
    )
    return Known(need, park, grid)


def move_in_days(enterprise_ids: Iterable[int]) -> dict[int, dt.date]:
    """{enterprise: since when it has been here without leaving}. One query.

    Moves inside the community go on counting: the first day of the tenancies that follow each other.
    """
    days: dict[int, dt.date] = {}
    left: dict[int, dt.date | None] = {}
    rows = Tenancy.objects.filter(enterprise__in=list(enterprise_ids), valid_from__isnull=False)
    for pk, first, last in rows.order_by("valid_from", "pk").values_list(
        "enterprise_id", "valid_from", "valid_to"
    ):
        ended = left.get(pk)
        if pk not in days or (ended is not None and first is not None and (first - ended).days > 31):
            days[pk] = first  # type: ignore[assignment]
        left[pk] = last
    return {pk: day for pk, day in days.items() if left[pk] is None}
