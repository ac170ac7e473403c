"""Finding enterprises by a few letters, within what the actor may see."""

from __future__ import annotations

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import Kind

from .. import search
from ..access import SEE_ENTERPRISE
from ..lists import HEAVY
from ..models import Enterprise
from .scope import parks_of_grids, visible_to

FOR_FOUND = [name for name in HEAVY if not name.startswith("building")]


def find(
    actor: Actor, text: str, *, limit: int = 8, verb: Verb = SEE_ENTERPRISE
) -> list[tuple[Enterprise, str]]:
    """[(enterprise, what it was found by)], the best first; the parks are loaded."""
    if not actor.community_id or not (reach := actor.reach(verb)):
        return []
    scope = None
    if not reach.everything:
        parks = frozenset(reach.ids(Kind.PARK)) | parks_of_grids(reach.ids(Kind.GRID))
        scope = search.Scope(frozenset(parks), reach.ids(Kind.ENTERPRISE))
    hits = search.search(text, community_id=actor.community_id, scope=scope, limit=limit)
    if not hits:
        return []
    rows = visible_to(actor, verb).select_related("park").defer(*FOR_FOUND).in_bulk([hit.id for hit in hits])
    return [(rows[hit.id], hit.why.label) for hit in hits if hit.id in rows]
