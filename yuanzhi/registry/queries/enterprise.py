"""One enterprise: all that is known of it, who looks after it, what happened to it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import Membership
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import GRID_STAFF, PARK_PEOPLE, Kind, Role, role_name
from yuanzhi.kernel.history import ref
from yuanzhi.kernel.models import HistoryEntry

from ..access import SEE_ENTERPRISE
from ..models import Enterprise, FactConflict, Merge, SavedFilter, Source, Tenancy
from ..rules.facts import FACTS
from ..rules.names import name_key
from ..rules.saying import say_capital, say_fact
from ..search import brand
from .scope import grids_by_park, visible_to


@dataclass(frozen=True)
class Page:
    """Rows of a keyset page, and whether there are more."""

    rows: list[Any]
    more: bool


@dataclass(frozen=True)
class Fact:
    """What is known under one name, and from where."""

    code: str
    name: str
    value: Any
    source: str
    day: dt.date | None


@dataclass(frozen=True)
class Keepers:
    """Who looks after an enterprise: its grid and grid people, its park's captain, operator, property."""

    grid: Any
    leaders: list[Membership]
    members: list[Membership]
    helpers: list[Membership]
    park_people: list[Membership]

    @property
    def anybody(self) -> bool:
        return bool(self.leaders or self.members or self.helpers or self.park_people)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Titles with names, the nearest first; only those that somebody holds."""
        held: dict[str, list[str]] = {}
        for member in (*self.leaders, *self.members, *self.helpers, *self.park_people):
            held.setdefault(role_name(member.role), []).append(member.user.name)
        return [{"title": title, "names": names} for title, names in held.items()]


def enterprise_for(actor: Actor, pk: int, verb: Verb = SEE_ENTERPRISE) -> Enterprise | None:
    """The enterprise with where it sits and its parent; None when it isn't there for this actor."""
    rows = visible_to(actor, verb).select_related("park", "building", "unit", "parent", "community")
    return rows.filter(pk=pk).first()


def kept_instead(actor: Actor, pk: int) -> int | None:
    """The id of the enterprise into which `pk` was merged, where the actor may see that one."""
    gone = Enterprise.objects.filter(pk=pk, community_id=actor.community_id).first()
    if gone is None or gone.merged_into_id is None:
        return None
    return visible_to(actor).filter(pk=gone.merged_into_id).values_list("pk", flat=True).first()


def facts_of(enterprise: Enterprise) -> dict[str, Fact]:
    """Every fact with its source and day, in the form's order. One query."""
    entries = enterprise.provenance
    labels = dict(
        Source.objects.filter(pk__in={entry[0] for entry in entries.values()}).values_list("pk", "label")
    )
    found = {}
    for code, name in FACTS.items():
        entry = entries.get(code)
        day = dt.date.fromisoformat(entry[1]) if entry else None
        source = labels.get(entry[0], "") if entry else ""
        found[code] = Fact(code, name, getattr(enterprise, code), source, day)
    return found


def seats_of(enterprise: Enterprise) -> list[Tenancy]:
    """Where it sat and sits, the present first."""
    rows = enterprise.tenancies.select_related("park", "building", "unit", "source")
    return sorted(rows, key=lambda t: (t.valid_to is None, t.valid_to or dt.date.max, t.pk), reverse=True)


def keepers_of(enterprise: Enterprise) -> Keepers:
    """The people of its grid and park today. Two queries at most."""
    if enterprise.park_id is None:
        return Keepers(None, [], [], [], [])
    grid = grids_by_park([enterprise.park_id]).get(enterprise.park_id)
    wanted = Q(kind=Kind.PARK.value, scope_id=enterprise.park_id, role__in=[r.value for r in PARK_PEOPLE])
    if grid is not None:
        wanted |= Q(kind=Kind.GRID.value, scope_id=grid.pk, role__in=[r.value for r in GRID_STAFF])
    people = list(members_of(enterprise.community_id).filter(wanted))
    having = lambda role: [m for m in people if m.role == role.value]  # noqa: E731
    order = {role.value: i for i, role in enumerate(Role)}
    parks = sorted((m for m in people if m.kind == Kind.PARK.value), key=lambda m: order[m.role])
    return Keepers(grid, having(Role.GRID_LEADER), having(Role.GRID_MEMBER), having(Role.PART_TIMER), parks)


def history_of(enterprise: Enterprise, *, before: int | None = None, limit: int = 20) -> Page:
    """What happened to it (as subject or context), the newest first.

    Two index walks merged here: an OR over two columns would make the database read the whole chain.
    """
    key = ref(enterprise)
    found: dict[int, HistoryEntry] = {}
    for column in ("subject", "context"):
        # Not by chain: the name says the community already, and SQLite would walk the chain instead. The
        # second condition is the partial index's own, without which it isn't taken.
        entries = HistoryEntry.objects.filter(**{column: key}).exclude(**{column: ""})
        if before is not None:
            entries = entries.filter(seq__lt=before)
        found |= {entry.seq: entry for entry in entries.order_by("-seq")[: limit + 1]}
    newest = [found[seq] for seq in sorted(found, reverse=True)]
    return Page(newest[:limit], len(newest) > limit)


def branches_of(actor: Actor, enterprise: Enterprise, limit: int = 30) -> list[Enterprise]:
    """Its branches that the actor may see. By parent alone first: a handful, however large the register."""
    ids = list(enterprise.branches.order_by().values_list("pk", flat=True)[: limit * 3])
    return list(visible_to(actor).filter(pk__in=ids).order_by("name")[:limit]) if ids else []


def merges_into(enterprise: Enterprise) -> list[Merge]:
    """The merges that made it what it is and can still be undone, the newest first."""
    return list(
        Merge.objects.filter(kept=enterprise, undone_at=None).select_related("gone").order_by("-pk")[:20]
    )


def twins(actor: Actor, name: str, uscc: str = "", leave_out: int = 0, limit: int = 5) -> list[Enterprise]:
    """Enterprises of the community that may be the same one: same code, same name, same 字号.

    The whole community is looked through, whatever the actor's reach: nobody should enter a firm twice.
    """
    rows = Enterprise.objects.filter(community_id=actor.community_id, merged_into=None).exclude(pk=leave_out)
    rows = rows.select_related("park", "building", "unit")
    found: dict[int, Enterprise] = {}
    questions: list[QuerySet[Enterprise]] = []
    if uscc:
        questions.append(rows.filter(uscc=uscc))
    if name.strip():
        questions.append(rows.filter(name_key=name_key(name)))
        if len(word := brand(name)) >= 2:
            questions.append(rows.filter(short_name=word))
    for question in questions:
        found |= {row.pk: row for row in question.order_by("-pk")[:limit] if row.pk not in found}
    return list(found.values())[:limit]


def saved_filters(actor: Actor) -> list[SavedFilter]:
    """The lists this person comes back to, by name."""
    rows = SavedFilter.objects.filter(user_id=actor.user_id or 0, community_id=actor.community_id)
    return list(rows.order_by("name"))


def merge_to_undo(actor: Actor, pk: int) -> Merge | None:
    """A merge in the actor's community that can still be undone."""
    rows = Merge.objects.filter(pk=pk, undone_at=None, kept__community_id=actor.community_id)
    return rows.select_related("kept", "gone").first()


def open_conflicts_of(enterprise: Enterprise) -> list[dict[str, Any]]:
    """Undecided contradictions: what we have and what the other source says, in words."""
    rows = enterprise.conflicts.filter(resolved_at=None).select_related("source").order_by("pk")
    return [conflict_line(row, enterprise) for row in rows]


def conflict_line(row: FactConflict, enterprise: Enterprise) -> dict[str, Any]:
    """One contradiction in words."""
    have = getattr(enterprise, row.field)
    capital = row.field == "capital"
    return {
        "pk": row.pk,
        "field": FACTS.get(row.field, row.field),
        "have": say_capital(have, enterprise.currency) if capital else say_fact(row.field, have),
        "said": say_fact(row.field, row.value),
        "source": row.source.label,
        "day": row.source.day,
        "enterprise": enterprise,
    }
