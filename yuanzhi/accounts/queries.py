"""Reading accounts: the actor of a request, and who is who in a community."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from yuanzhi.kernel.models import ChainHead, HistoryEntry
from yuanzhi.kernel.sealed import fingerprint

from .access import GRANT_ROLE, SEE_HISTORY, SEE_PEOPLE
from .actor import ANONYMOUS, Actor, Bond
from .models import Membership, User
from .phones import mobile
from .roles import Kind, Role


def in_force(on: dt.date | None = None) -> Q:
    """Memberships that hold on this day (today when not given)."""
    day = on or timezone.localdate()
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def actor_for(user: User, community_id: int | None = None, on: dt.date | None = None) -> Actor:
    """The actor this account is in a community (its usual one, else the first it belongs to). One query."""
    if not user.is_active:
        return ANONYMOUS
    held = Membership.objects.filter(in_force(on), user=user).order_by("id")
    rows = list(held.values_list("community_id", "role", "kind", "scope_id", "id"))
    communities = [row[0] for row in rows]
    chosen = next((c for c in (community_id, user.community_id) if c in communities), None)
    if chosen is None:
        chosen = communities[0] if communities else 0
    bonds = tuple(
        Bond(Role(role), Kind(kind), scope_id, pk)
        for community, role, kind, scope_id, pk in rows
        if community == chosen
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


def find_people(
    actor: Actor,
    text: str = "",
    role: Role | None = None,
    *,
    active: bool = True,
    after: int = 0,
    limit: int = 50,
) -> list[User]:
    """A page of people by name, user name or phone (whole number, or its last four digits).

    `role` asks for those who hold it today. Keyset: `after` is the id of the last person of the page before.
    """
    people = people_visible_to(actor).filter(is_active=active, pk__gt=after)
    if text := text.strip():
        wanted = Q(name__icontains=text) | Q(username__icontains=text)
        if number := mobile(text):
            wanted |= Q(phone_mark=fingerprint(number))
        elif len(text) == 4 and text.isdigit():
            wanted |= Q(phone_masked__endswith=text)
        people = people.filter(wanted)
    if role is not None:
        held = Membership.objects.filter(in_force(), community_id=actor.community_id, role=role.value)
        people = people.filter(pk__in=held.values("user_id"))
    return list(people.order_by("pk")[:limit])


def memberships_of(actor: Actor, users: Iterable[User]) -> dict[int, list[Membership]]:
    """{user id: memberships in the actor's community, the newest first}. One query."""
    found: dict[int, list[Membership]] = {}
    if not actor.may(SEE_PEOPLE):
        return found
    rows = Membership.objects.filter(user__in=[u.pk for u in users], community_id=actor.community_id)
    for row in rows.order_by("-valid_from", "-pk"):
        found.setdefault(row.user_id, []).append(row)
    return found


def own_memberships(user: User, community_id: int) -> list[Membership]:
    """One's own roles in a community, the newest first."""
    rows = Membership.objects.filter(user=user, community_id=community_id)
    return list(rows.order_by("-valid_from", "-pk"))


def membership_to_end(actor: Actor, pk: int) -> Membership | None:
    """A membership of the actor's community, with its user; None when there is none."""
    if not actor.may(GRANT_ROLE):
        return None
    rows = Membership.objects.filter(community_id=actor.community_id, pk=pk)
    return rows.select_related("user").first()


def account_named(username: str) -> User | None:
    """The account with exactly this user name or phone, of whatever community, to give it a role here."""
    typed = username.strip()
    wanted = Q(username__iexact=typed)
    if number := mobile(typed):
        wanted = Q(phone_mark=fingerprint(number))
    return User.objects.filter(wanted, is_active=True).first() if typed else None


def sessions_of(user: User) -> list[UserSession]:
    """The devices on which an account is signed in, the last seen first; ended ones are cleared away."""
    live = UserSession.objects.purge_and_list(user)
    return sorted(live, key=lambda s: s.last_seen_at, reverse=True)


def has_second_factor(user: User) -> bool:
    """Whether signing in asks for a code as well."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def demo_accounts() -> list[tuple[User, Membership]]:
    """The accounts of the demo communities, one line for each role they hold, in the order of the roles."""
    rows = Membership.objects.filter(in_force(), user__is_active=True, user__username__startswith="demo_")
    order = {role.value: i for i, role in enumerate(Role)}
    found = sorted(rows.select_related("user"), key=lambda m: (m.community_id, order[m.role], m.pk))
    # Somebody who runs twenty parks is one persona, not twenty.
    first = {(row.user_id, row.role): row for row in reversed(found)}
    return [(row.user, row) for row in found if first[row.user_id, row.role] is row]


def history_visible_to(actor: Actor) -> QuerySet[HistoryEntry]:
    """The chain of the actor's community, the newest first."""
    if not actor.community_id or not actor.may(SEE_HISTORY):
        return HistoryEntry.objects.none()
    return HistoryEntry.objects.filter(chain=actor.community_id).order_by("-seq")


def find_history(
    actor: Actor,
    *,
    who: str = "",
    verb: str = "",
    subject: str = "",
    day: dt.date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[HistoryEntry]:
    """A page of the history. `subject` is "enterprise:12"; it finds entries of its context as well.

    Keyset: `before` is the number of the last entry of the page before.
    """
    entries = history_visible_to(actor)
    if subject := subject.strip():
        # By the subject's index alone: the chain's would be walked from end to end for a handful of entries.
        by_name = HistoryEntry.objects.annotate(of=F("chain") + 0).filter(of=actor.community_id)
        entries = by_name.order_by("-seq") if actor.may(SEE_HISTORY) else HistoryEntry.objects.none()
    if who := who.strip():
        entries = entries.filter(actor_label__icontains=who)
    if verb:
        entries = entries.filter(verb=verb)
    if day is not None:
        start = timezone.make_aware(dt.datetime.combine(day, dt.time()))
        entries = entries.filter(at__gte=start, at__lt=start + dt.timedelta(days=1))
    if before is not None:
        entries = entries.filter(seq__lt=before)
    if not subject:
        return list(entries[:limit])
    # Two walks merged here. The second condition is the partial index's own, without which it isn't taken.
    found = {entry.seq: entry for entry in entries.filter(subject=subject)[:limit]}
    found |= {e.seq: e for e in entries.filter(context=subject).exclude(context="")[:limit]}
    return [found[seq] for seq in sorted(found, reverse=True)][:limit]


def find_reveals(actor: Actor, *, before: int | None = None, limit: int = 50) -> list[HistoryEntry]:
    """Who looked at a whole phone number, the newest first."""
    entries = history_visible_to(actor).filter(verb__endswith=".revealed")
    if before is not None:
        entries = entries.filter(seq__lt=before)
    return list(entries[:limit])


def chain_length(actor: Actor) -> int:
    """How many entries the community's history has."""
    head = ChainHead.objects.filter(chain=actor.community_id).first()
    return head.seq if head and actor.may(SEE_HISTORY) else 0
