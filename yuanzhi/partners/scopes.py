"""Lends the firms' names to accounts: a partner's role is bound to one of them."""

from __future__ import annotations

from collections.abc import Iterable

from yuanzhi.accounts import scopes
from yuanzhi.accounts.roles import Kind

from .models import Partner

SHOWN = 20


def provide_partners() -> None:
    """Called once, when the app is ready."""
    scopes.provide(Kind.PARTNER, search=_search, label=_label)


def _search(community_id: int, text: str) -> list[tuple[int, str]]:
    rows = Partner.objects.filter(community_id=community_id, name__icontains=text.strip())
    return list(rows.exclude(state=Partner.State.ENDED).order_by("name").values_list("pk", "name")[:SHOWN])


def _label(community_id: int, ids: Iterable[int]) -> dict[int, str]:
    rows = Partner.objects.filter(community_id=community_id, pk__in=list(ids))
    return dict(rows.values_list("pk", "name"))
