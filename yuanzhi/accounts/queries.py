"""Reading accounts: the actor of a request, and who is who in a community."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone

from .access import SEE_PEOPLE
from .actor import ANONYMOUS, Actor, Bond
from .models import Membership, User
from .roles import Kind, Role


def in_force(on: dt.date | None = None) -> Q:
    """Memberships that hold on this day (today when not given)."""
    day = on or timezone.localdate()
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def actor_for(user: User, community_id: int | None = None, on: dt.date | None = None) -> Actor:
    """The actor this account is in a community (its usual one, else the first it belongs to). One query."""
    if not user.is_active:
        return ANONYMOUS
    rows = list(Membership.objects.filter(in_force(on), user=user).order_by("id"))
    communities = [row.community_id for row in rows]
    chosen = next((c for c in (community_id, user.community_id) if c in communities), None)
    if chosen is None:
        chosen = communities[0] if communities else None
    bonds = tuple(
        Bond(Role(row.role), Kind(row.kind), row.scope_id, row.pk)
        for row in rows
        if row.community_id == chosen
    )
    return Actor(user_id=user.pk, name=user.name, community_id=chosen, bonds=bonds)


def communities_of(user: User) -> list[int]:
    """Ids of the communities in which this account holds a role today."""
    rows = Membership.objects.filter(in_force(), user=user).order_by("community_id")
    return list(rows.values_list("community_id", flat=True).distinct())


def people_visible_to(actor: Actor) -> QuerySet[User]:
    """Accounts with a membership, past or present, in the actor's community."""
    if not actor.may(SEE_PEOPLE):
        return User.objects.none()
    member = Membership.objects.filter(community_id=actor.community_id).values("user_id")
    return User.objects.filter(Q(pk__in=member) | Q(community_id=actor.community_id))


def members_of(
    community_id: int, *wanted: Role, kind: Kind | None = None, scope_ids: list[int] | None = None
) -> QuerySet[Membership]:
    """Memberships in force of these roles, with their users, optionally bound to these rows."""
    rows = Membership.objects.filter(in_force(), community_id=community_id, user__is_active=True)
    if wanted:
        rows = rows.filter(role__in=[r.value for r in wanted])
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if scope_ids is not None:
        rows = rows.filter(scope_id__in=scope_ids)
    return rows.select_related("user").order_by("id")
