"""Keeping what the search for twins found: derived from the register like the search index, no fact of it."""

from __future__ import annotations

from django.utils import timezone

from .models import TwinSearch
from .queries.duplicates import length_of, twin_groups


def look(community_id: int) -> int:
    """Look through the whole register and keep what was found; returns how many groups."""
    seq, now = length_of(community_id), timezone.now()  # before: what is written meanwhile counts as unseen
    groups = [[why, list(ids)] for why, ids in twin_groups(community_id)]
    found = {"groups": groups, "seq": seq, "as_of": now}
    TwinSearch.objects.update_or_create(pk=community_id, defaults=found)
    return len(groups)


def leave_out(community_id: int, pk: int) -> None:
    """An enterprise was merged away: it is nobody's twin any more. In the transaction of the merge."""
    kept = TwinSearch.objects.filter(pk=community_id).first()
    if kept is None or not any(pk in ids for _, ids in kept.groups):
        return
    left = ([why, [one for one in ids if one != pk]] for why, ids in kept.groups)
    kept.groups = [[why, ids] for why, ids in left if len(ids) > 1]
    kept.save(update_fields=["groups"])
