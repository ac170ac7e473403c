"""Lends the names of communities, grids, parks and enterprises to the pickers of accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from yuanzhi.accounts import scopes
from yuanzhi.accounts.roles import Kind

from .models import Community, Enterprise, Grid, Park
from .search import search

SHOWN = 20


def provide_scopes() -> None:
    """Called once, when the app is ready."""
    scopes.provide(Kind.COMMUNITY, search=lambda _, text: [], label=_communities)
    for kind, rows in ((Kind.GRID, _grids), (Kind.PARK, _parks)):
        scopes.provide(kind, search=_search(rows), label=_label(rows))
    scopes.provide(Kind.ENTERPRISE, search=_find_enterprises, label=_label(_enterprises))


def _communities(community_id: int, ids: Iterable[int]) -> dict[int, str]:
    return dict(Community.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def _grids(community_id: int) -> QuerySet:
    return Grid.objects.filter(community_id=community_id)


def _parks(community_id: int) -> QuerySet:
    return Park.objects.filter(community_id=community_id)


def _enterprises(community_id: int) -> QuerySet:
    return Enterprise.objects.filter(community_id=community_id, merged_into=None)


def _find_enterprises(community_id: int, text: str) -> list[tuple[int, str]]:
    """By two letters of pinyin, as everywhere an enterprise is chosen."""
    ids = [hit.id for hit in search(text, community_id=community_id, limit=SHOWN)]
    names = dict(_enterprises(community_id).filter(pk__in=ids).values_list("pk", "name"))
    return [(pk, names[pk]) for pk in ids if pk in names]


def _search(rows: Callable[[int], QuerySet]) -> scopes.Search:
    def found(community_id: int, text: str) -> list[tuple[int, str]]:
        named = rows(community_id).filter(name__icontains=text.strip())
        return list(named.values_list("pk", "name")[:SHOWN])

    return found


def _label(rows: Callable[[int], QuerySet]) -> scopes.Label:
    def label(community_id: int, ids: Iterable[int]) -> dict[int, str]:
        return dict(rows(community_id).filter(pk__in=list(ids)).values_list("pk", "name"))

    return label
