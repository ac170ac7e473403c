"""What departments' clocks do on news from below."""

from __future__ import annotations

from typing import Any

from yuanzhi.accounts.actor import system
from yuanzhi.registry.queries import community_ids

from .actions.coordination import recompute_coordinations


def on_calendar_changed(**_: Any) -> None:
    """Move the pending clocks of every community. Idempotent: a second run finds nothing to move."""
    for community_id in community_ids():
        actor = system(community_id, "工作日历")
        last = recompute_coordinations(actor=actor, community_id=community_id)
        while last:
            last = recompute_coordinations(actor=actor, community_id=community_id, after=last)
