"""What a role can be bound to lives on higher floors; they lend their names here.

`provide(Kind.GRID, search=…, label=…)` in an app's `ready()`; this app then offers grids in its pickers,
checks that a grid is one of the community, and writes "一网格" instead of 7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .roles import Kind

Search = Callable[[int, str], list[tuple[int, str]]]  # (community id, text) -> [(id, label)], best first
Label = Callable[[int, Iterable[int]], dict[int, str]]  # (community id, ids) -> {id: label}, own rows only

# Kinds that mean nothing without a row: a grid member of no grid could reach nothing.
BOUND = frozenset({Kind.GRID, Kind.PARK, Kind.ENTERPRISE, Kind.PARTNER, Kind.DEPARTMENT})
KIND_NAMES = {
    Kind.COMMUNITY: "整个社区",
    Kind.DESK: "窗口",
    Kind.GRID: "网格",
    Kind.PARK: "园区",
    Kind.ENTERPRISE: "企业",
    Kind.PARTNER: "合伙人机构",
    Kind.DEPARTMENT: "部门",
}


@dataclass(frozen=True)
class Provider:
    """How one kind of row is searched and named."""

    search: Search
    label: Label


_providers: dict[Kind, Provider] = {}


def provide(kind: Kind, *, search: Search, label: Label) -> None:
    """Lend the names of a kind of row. `label` must leave out rows of other communities.

    For Kind.COMMUNITY the community id is ignored: `label` names communities.
    """
    _providers[kind] = Provider(search, label)


def is_provided(kind: Kind) -> bool:
    """Whether an app has lent the names of this kind."""
    return kind in _providers


def search(kind: Kind, community_id: int, text: str) -> list[tuple[int, str]]:
    """Rows of this kind in the community that match the text; empty when nobody provides them."""
    return _providers[kind].search(community_id, text) if kind in _providers else []


def labels(kind: Kind, community_id: int, ids: Iterable[int]) -> dict[int, str]:
    """{id: name} of these rows, as far as they exist in the community."""
    wanted = list(ids)
    return _providers[kind].label(community_id, wanted) if wanted and kind in _providers else {}


def label(kind: Kind, community_id: int, scope_id: int | None) -> str:
    """What a membership is bound to, in words: "一网格", "全部窗口", "整个社区"."""
    if kind is Kind.COMMUNITY:
        return KIND_NAMES[kind]
    if scope_id is None:
        return f"全部{KIND_NAMES[kind]}"
    return labels(kind, community_id, [scope_id]).get(scope_id, f"{KIND_NAMES[kind]} {scope_id} 号")


def community_names(ids: Iterable[int]) -> dict[int, str]:
    """{id: name} of communities."""
    return labels(Kind.COMMUNITY, 0, ids)
