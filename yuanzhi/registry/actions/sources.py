"""Where facts come from."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from yuanzhi.accounts.actor import Actor

from ..models import Source


def source_for(
    actor: Actor,
    kind: str = Source.Kind.STAFF,
    label: str = "",
    day: dt.date | None = None,
    batch_id: int | None = None,
) -> Source:
    """The source for what this actor says today: one row per kind, label and day, not one per edit."""
    wanted = {
        "community_id": actor.community_id,
        "kind": kind,
        "label": (label or actor.label)[:200],
        "day": day or timezone.localdate(),
        "batch_id": batch_id,
    }
    return Source.objects.filter(**wanted).first() or Source.objects.create(**wanted)
