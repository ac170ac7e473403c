"""Who works at a desk, what they have in hand, and who is away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import Membership, User
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import STAFF, Kind, Role

from .access import MANAGE_ABSENCES, OWN_ABSENCE, WORK_CASE
from .assignment import WEIGHTS, Person
from .models import Absence, Case, Desk, DeskSeat
from .queries import pressing, visible_to
from .states import OPEN


def officers_of(desk: Desk) -> list[Membership]:
    """Memberships of officers of this desk and of every desk, one a person. One query."""
    rows = members_of(desk.community_id, Role.DESK_OFFICER, kind=Kind.DESK)
    found = rows.filter(Q(scope_id=desk.pk) | Q(scope_id=None))
    return list({row.user_id: row for row in found}.values())


def away_on(community_id: int, day: dt.date, user_ids: Iterable[int] | None = None) -> dict[int, Absence]:
    """{user: the absence that covers this day}. One query."""
    rows = Absence.objects.filter(community_id=community_id, first_day__lte=day, last_day__gte=day)
    if user_ids is not None:
        rows = rows.filter(user_id__in=list(user_ids))
    return {row.user_id: row for row in rows.order_by("last_day")}


def loads_of(
    community_id: int, user_ids: Iterable[int], now: dt.datetime, soon: dt.datetime
) -> dict[int, int]:
    """{user: weight of the open cases in hand}; `soon` from Clock.soon. One query, by the owners' index."""
    rows = Case.objects.filter(community_id=community_id, owner_id__in=list(user_ids), state__in=sorted(OPEN))
    counted = rows.order_by().values("owner_id").annotate(**pressing(now, soon))
    rows_of = counted.values_list("owner_id", *WEIGHTS)
    return {
        owner: sum(n * points for n, points in zip(counts, WEIGHTS.values(), strict=True))
        for owner, *counts in rows_of
    }


def people_of(desk: Desk, now: dt.datetime, soon: dt.datetime) -> list[Person]:
    """Everybody at a desk, with load (`soon`: Clock.soon), share, last case given, absence. Four queries."""
    members = officers_of(desk)
    ids = [member.user_id for member in members]
    loads = loads_of(desk.community_id, ids, now, soon)
    seats = {seat.user_id: seat for seat in DeskSeat.objects.filter(desk=desk, user_id__in=ids)}
    away = away_on(desk.community_id, timezone.localtime(now).date(), ids)
    return [
        Person(
            id=member.user_id,
            name=member.user.name,
            load=loads.get(member.user_id, 0),
            share=seats[member.user_id].share if member.user_id in seats else 100,
            given_at=seats[member.user_id].given_at if member.user_id in seats else None,
            is_away=member.user_id in away,
            order=member.pk,
        )
        for member in members
    ]


# -- absences ------------------------------------------------------------------------------------------


def absences_visible_to(actor: Actor) -> QuerySet[Absence]:
    """Everybody's for who manages them, one's own otherwise."""
    if not actor.community_id or not actor.may(OWN_ABSENCE):
        return Absence.objects.none()
    rows = Absence.objects.filter(community_id=actor.community_id)
    return rows if actor.may(MANAGE_ABSENCES) else rows.filter(user_id=actor.user_id or 0)


def coming_absences(actor: Actor) -> list[Absence]:
    """Those not over yet, the next first. One query."""
    rows = absences_visible_to(actor).filter(last_day__gte=timezone.localdate())
    return list(rows.order_by("first_day", "pk")[:200])


def staff_of(community_id: int) -> dict[int, str]:
    """{user: name} of everybody who works cases. One query."""
    return {row.user_id: row.user.name for row in members_of(community_id, *STAFF)}


def open_in_hand(actor: Actor, user_id: int) -> QuerySet[Case]:
    """Open cases somebody owns, as far as the actor may hand them on; the most pressing first."""
    rows = visible_to(actor, WORK_CASE).filter(owner_id=user_id, state__in=sorted(OPEN))
    return rows.select_related("desk", "enterprise").order_by("due_at", "pk")


def counts_in_hand(community_id: int, user_ids: Iterable[int]) -> dict[int, int]:
    """{user: open cases owned}. One query."""
    rows = Case.objects.filter(community_id=community_id, owner_id__in=list(user_ids), state__in=sorted(OPEN))
    return dict(rows.order_by().values_list("owner_id").annotate(n=Count("pk")))


def account(user_id: int) -> User | None:
    """An account by its number, for handing something to somebody who was offered by name."""
    return User.objects.filter(pk=user_id).first()
