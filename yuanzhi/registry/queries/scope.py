"""Reading the register. Everything starts from what the actor may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils import timezone

from yuanzhi.accounts.access import Reach, Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import Kind, Role

from ..access import PUBLISH_CALENDAR, SEE_CONTACTS, SEE_ENTERPRISE, SEE_PLACES
from ..models import Building, Community, Contact, Enterprise, Grid, GridTerm, Park
from ..search.find import Scope


def community_of(actor: Actor) -> Community:
    """The actor's community. Raises Community.DoesNotExist for an actor of none."""
    return Community.objects.get(pk=actor.community_id)


def parks_of_grids(grid_ids: frozenset[int] | set[int], on: dt.date | None = None) -> set[int]:
    """Ids of the parks that belong to these grids on a day (today when not given)."""
    if not grid_ids:
        return set()
    terms = GridTerm.objects.filter(terms_in_force(on), grid_id__in=grid_ids)
    return set(terms.values_list("park_id", flat=True))


def terms_in_force(on: dt.date | None = None) -> Q:
    """Grid terms that hold on this day."""
    day = on or timezone.localdate()
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def within(reach: Reach, prefix: str = "") -> Q:
    """The rows of enterprises (found at `prefix`, e.g. "enterprise__") that a reach covers."""
    if reach.everything:
        return Q()
    parks = set(reach.ids(Kind.PARK)) | parks_of_grids(reach.ids(Kind.GRID))
    covered = Q(pk__in=[])
    if parks:
        covered |= Q(**{f"{prefix}park_id__in": sorted(parks)})
    if enterprises := reach.ids(Kind.ENTERPRISE):
        covered |= Q(**{f"{prefix}id__in": sorted(enterprises)})
    return covered


def visible_to(actor: Actor, verb: Verb = SEE_ENTERPRISE) -> QuerySet[Enterprise]:
    """The enterprises to which the actor may do `verb` (see them, unless told otherwise)."""
    if not actor.community_id or not (reach := actor.reach(verb)):
        return Enterprise.objects.none()
    return Enterprise.objects.filter(within(reach), community_id=actor.community_id, merged_into=None)


def contacts_visible_to(actor: Actor, verb: Verb = SEE_CONTACTS) -> QuerySet[Contact]:
    """Contacts of the enterprises for which the actor may do `verb`."""
    if not actor.community_id or not (reach := actor.reach(verb)):
        return Contact.objects.none()
    return Contact.objects.filter(
        within(reach, "enterprise__"),
        enterprise__community_id=actor.community_id,
        enterprise__merged_into=None,
        valid_to=None,
    )


def parks_visible_to(actor: Actor, verb: Verb = SEE_PLACES) -> QuerySet[Park]:
    """The parks of the actor's community (places are no secret inside it)."""
    if not actor.may(verb):
        return Park.objects.none()
    return Park.objects.filter(community_id=actor.community_id)


def buildings_visible_to(actor: Actor, verb: Verb = SEE_PLACES) -> QuerySet[Building]:
    """The buildings of the actor's community, with their parks."""
    if not actor.may(verb):
        return Building.objects.none()
    return Building.objects.filter(park__community_id=actor.community_id).select_related("park")


def grids_visible_to(actor: Actor, verb: Verb = SEE_PLACES) -> QuerySet[Grid]:
    """The grids of the actor's community that exist today."""
    if not actor.may(verb):
        return Grid.objects.none()
    return Grid.objects.filter(terms_in_force(), community_id=actor.community_id)


def grid_of_parks(community_id: int, on: dt.date | None = None) -> dict[int, Grid]:
    """{park id: its grid} on a day. One query."""
    terms = GridTerm.objects.filter(terms_in_force(on), grid__community_id=community_id)
    return {term.park_id: term.grid for term in terms.select_related("grid")}


def may_on(actor: Actor, verb: Verb, enterprise: Enterprise) -> bool:
    """Whether the actor may do `verb` to this enterprise (of the actor's community). At most one query."""
    reach = actor.reach(verb)
    if not reach or enterprise.community_id != actor.community_id:
        return False
    if reach.everything or enterprise.pk in reach.ids(Kind.ENTERPRISE):
        return True
    return may_at(actor, verb, enterprise.park_id)


def may_at(actor: Actor, verb: Verb, park_id: int | None) -> bool:
    """Whether the actor may do `verb` to what sits in this park (of the actor's community)."""
    reach = actor.reach(verb)
    if reach.everything or park_id is None:
        return reach.everything
    return park_id in reach.ids(Kind.PARK) or park_id in parks_of_grids(reach.ids(Kind.GRID))


def search_scope(actor: Actor, verb: Verb = SEE_ENTERPRISE) -> Scope | None:
    """How far a search may look: None is the whole community."""
    reach = actor.reach(verb)
    if reach.everything:
        return None
    parks = frozenset(reach.ids(Kind.PARK)) | frozenset(parks_of_grids(reach.ids(Kind.GRID)))
    return Scope(parks=parks, enterprises=frozenset(reach.ids(Kind.ENTERPRISE)))


def grids_by_park(park_ids: Iterable[int], on: dt.date | None = None) -> dict[int, Grid]:
    """{park id: its grid} for these parks on a day. One query."""
    terms = GridTerm.objects.filter(terms_in_force(on), park_id__in=list(park_ids))
    return {term.park_id: term.grid for term in terms.select_related("grid")}


def may_publish_calendar(actor: Actor) -> bool:
    """Whether the actor may publish a year of the work calendar, which holds for the whole house: the lead of
    its only community may, of several the system administrators only."""
    if actor.is_system or actor.has(Role.SYSTEM_ADMIN):
        return True
    return actor.may(PUBLISH_CALENDAR) and len(community_ids()) == 1


def community_ids() -> list[int]:
    """Ids of all communities of the house: for the house's own work, not for a page."""
    return list(Community.objects.order_by("pk").values_list("pk", flat=True))
