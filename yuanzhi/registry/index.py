"""What the search index is told about an enterprise; called by every action that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import search
from .models import Enterprise, FormerName
from .search.names import brand as brand  # the 字号 of a name, part of the register's vocabulary
from .search.store import backend


def documents(ids: Iterable[int]) -> Iterator[search.SearchDoc]:
    """Search documents of these enterprises (merged ones left out). Two queries for each 500."""
    pending = list(ids)
    for start in range(0, len(pending), 500):
        chunk = pending[start : start + 500]
        former: dict[int, list[str]] = {}
        for owner, name in FormerName.objects.filter(enterprise_id__in=chunk).values_list(
            "enterprise_id", "name"
        ):
            former.setdefault(owner, []).append(name)
        rows = Enterprise.objects.filter(pk__in=chunk, merged_into=None).values_list(
            "pk", "community_id", "park_id", "name", "short_name", "uscc", "status"
        )
        for pk, community_id, park_id, name, short_name, uscc, status in rows:
            yield search.SearchDoc(
                id=pk,
                community_id=community_id,
                park_id=park_id,
                name=name,
                short_name=short_name,
                former_names=tuple(former.get(pk, ())),
                uscc=uscc,
                live=status in Enterprise.LIVE,
            )


def at_once() -> int:
    """How many enterprises one transaction may bring up to date so that others wait for a moment only."""
    return backend().AT_ONCE


def refresh(ids: Iterable[int]) -> None:
    """Bring the index up to date for these enterprises, in the running transaction."""
    search.reindex(documents(ids))


def forget(ids: Iterable[int]) -> None:
    """Take these enterprises out of the index."""
    search.forget(list(ids))
