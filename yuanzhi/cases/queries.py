"""Reading cases. Everything starts from what the actor may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import ENTERPRISE_PEOPLE, Kind, Role
from yuanzhi.kernel import clock
from yuanzhi.registry.models import Building, Enterprise
from yuanzhi.registry.queries import within

from .access import SEE_CASE, WORK_CASE
from .claims import Line
from .models import Case, Claim, Desk, ServiceItem, Verdict
from .rules import Urgency
from .states import OPEN, STATE_NAMES, State

FOR_ROWS = ("enterprise", "desk", "building__park")  # what rows.row_of reads
# What no row shows of an enterprise and the place of a case, and is long to read.
HEAVY = (
    "enterprise__business", "enterprise__provenance", "building__footprint", "building__aliases",
    "building__park__outline", "building__park__provenance", "building__park__aliases",
)  # fmt: skip
_OPEN = sorted(OPEN)
LATELY = dt.timedelta(days=90)
REOPENED = 100  # of those opened again, so many of the newest are looked at

# The state filter of the list: "open" stands for every state in which the community still has to act.
STATE_FILTERS: list[tuple[State, str]] = list(STATE_NAMES.items())


def visible_to(actor: Actor, verb: Verb = SEE_CASE) -> QuerySet[Case]:
    """The cases to which the actor may do `verb`.

    Beside what the table gives, everybody who may do it at all may do it to a case they own. A confidential
    case is open to the desks and its owner only, and to whoever raised it: never to the employer's account.
    """
    if not actor.community_id or not (reach := actor.reach(verb)):
        return Case.objects.none()
    rows = Case.objects.filter(community_id=actor.community_id)
    if reach.everything:
        return rows
    mine = Q(owner_id=actor.user_id) | Q(opened_by_id=actor.user_id)
    return rows.filter(mine | (_covered(actor, verb) & Q(is_confidential=False)))


def _covered(actor: Actor, verb: Verb) -> Q:
    reach = actor.reach(verb)
    # A captain and an employee see what they raised themselves; a contact sees all of the enterprise's.
    grids = frozenset(reach.ids(Kind.GRID))
    narrowed = type(reach)(own={Kind.GRID: grids}) if grids else None
    covered = within(narrowed, "enterprise__") if narrowed else Q(pk__in=[])
    if enterprises := _contact_of(actor, verb):
        covered |= Q(enterprise_id__in=enterprises)
    return covered


def newest_of(actor: Actor, limit: int) -> QuerySet[Case]:
    """The newest cases that the actor may see. One query.

    For a narrow view the newest of each reason for seeing, by its index: asked for at once, the database
    walks the community's whole archive for somebody with three cases.
    """
    rows = visible_to(actor)
    reach = actor.reach(SEE_CASE) if actor.community_id else None
    if reach and not reach.everything:
        here = Case.objects.filter(community_id=actor.community_id)
        ways = [here.filter(owner_id=actor.user_id), here.filter(opened_by_id=actor.user_id)]
        if reach.ids(Kind.GRID):
            ways.append(here.filter(_covered(actor, SEE_CASE), is_confidential=False))
        else:  # an enterprise is of this community: named as well, SQLite would go by the community
            theirs = Case.objects.filter(is_confidential=False)
            ways += [theirs.filter(enterprise_id=pk) for pk in _contact_of(actor)]
        rows = Case.objects.filter(pk__in=_any_of(*(way.order_by("-id")[:limit] for way in ways)))
    return rows.order_by("-id")[:limit]


def _any_of(*ways: QuerySet[Case]) -> RawSQL | list[int]:
    """The ids of any of these rows, each way by an index of its own: `IN a OR IN b` reads all on PostgreSQL.

    (A limit inside a union is more than the ORM says on both databases.)
    """
    parts: list[str] = []
    values: list[object] = []
    for way in ways:
        try:
            sql, params = way.values("pk").query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT * FROM ({sql}) AS way{len(parts)}")  # noqa: S608 - the ORM's own words
        values += params
    return RawSQL(" UNION ALL ".join(parts), values) if parts else []  # noqa: S611


def _contact_of(actor: Actor, verb: Verb = SEE_CASE) -> list[int]:
    """The enterprises for which a contact may do it."""
    bonds = (b for b in actor.bonds if b.role is Role.CONTACT and b.role in verb.table)
    return sorted({b.scope_id for b in bonds if b.scope_id})


def owed_a_verdict(actor: Actor) -> QuerySet[Case]:
    """Resolved cases that this enterprise's people may judge."""
    ids = {b.scope_id for b in actor.bonds if b.role in ENTERPRISE_PEOPLE and b.scope_id}
    return visible_to(actor).filter(state="resolved", enterprise_id__in=ids)


def by_token(token: str) -> Case:
    """The case of a tracking link. Raises Case.DoesNotExist."""
    return Case.objects.select_related("enterprise", "desk", "community").get(token=token)


def desks_of(community_id: int) -> QuerySet[Desk]:
    """The four desks of a community."""
    return Desk.objects.filter(community_id=community_id)


def items_of(community_id: int) -> QuerySet[ServiceItem]:
    """The catalogue in force today."""
    today = timezone.localdate()
    rows = ServiceItem.objects.filter(desk__community_id=community_id, valid_from__lte=today)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gte=today)).select_related("desk")


def building_of_code(code: str) -> Building | None:
    """The building whose door has this QR code."""
    return Building.objects.filter(code=code.upper()).select_related("park__community").first()


# -- lists ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page of cases, and the key at which the next one begins ("" at the end)."""

    cases: list[Case]
    next: str


def open_ones(actor: Actor, words: str, enterprises: Iterable[Enterprise], limit: int) -> list[Case]:
    """Open cases whose title has these words or that are of these enterprises, the most pressing first.

    What the palette shows: the archive is the list's. A whole number finds its case, open or not.
    """
    rows = visible_to(actor).select_related(*FOR_ROWS)
    meant = Q(title__contains=words) | Q(enterprise__in=[row.pk for row in enterprises])
    found = list(rows.filter(meant, state__in=_OPEN).order_by("due_at", "pk")[:limit])
    if any(sign.isdigit() for sign in words):
        found = [*rows.filter(number=words.upper())[:1], *found]
    return list({case.pk: case for case in found}.values())[:limit]


def todo(actor: Actor) -> QuerySet[Case]:
    """待办: open cases that wait for this actor: owned, or without an owner at the actor's desk or grid.

    The lead sees every open case: somebody must see those that nobody has picked up.
    """
    rows = visible_to(actor, WORK_CASE).filter(state__in=_OPEN)
    if actor.has(Role.LEAD):
        return rows
    # What was sent back as wrongly given lies with the lead until it is given anew.
    unowned = Q(owner_id=None) & ~Q(is_returned=True, given_at=None)
    if desks := actor.bound_to(Kind.DESK):
        unowned &= Q(desk_id__in=desks)
    return rows.filter(Q(owner_id=actor.user_id) | unowned)


def awaiting_verdict(actor: Actor) -> QuerySet[Case]:
    """待回访: resolved, and the enterprise has not said its word yet."""
    rows = visible_to(actor, WORK_CASE).filter(state=State.RESOLVED)
    return rows if actor.has(Role.LEAD) else rows.filter(owner_id=actor.user_id)


def raised_by(actor: Actor) -> QuerySet[Case]:
    """我发起: what the actor entered."""
    return visible_to(actor).filter(opened_by_id=actor.user_id)


def done_by(actor: Actor) -> QuerySet[Case]:
    """已办: what the actor owned and is no longer open."""
    return visible_to(actor).filter(owner_id=actor.user_id).exclude(state__in=_OPEN)


def urgency_counts(rows: QuerySet[Case], now: dt.datetime, soon: dt.datetime) -> dict[Urgency, int]:
    """How many open cases are how pressing. One query, the same boundaries as rules.urgency (Clock.soon)."""
    found = rows.order_by().aggregate(**pressing(now, soon))
    return {kind: found[kind.value] for kind in Urgency}


def pressing(now: dt.datetime, soon: dt.datetime) -> dict[str, Count]:
    """{urgency: how many are that pressing}, for an aggregate over open cases."""
    paused, runs = Q(state=State.WAITING), ~Q(state=State.WAITING)
    which = {
        Urgency.BREACHED: runs & Q(due_at__lte=now),
        Urgency.SOON: runs & Q(due_at__gt=now, due_at__lte=soon),
        Urgency.CALM: runs & Q(due_at__gt=soon),
        Urgency.PAUSED: paused,
    }
    return {kind.value: Count("pk", filter=condition) for kind, condition in which.items()}


def latest_verdicts(actor: Actor, limit: int = 4) -> list[Verdict]:
    """The enterprises' latest words (of three months) on cases the actor may see. One query.

    Only the cases closed last and those opened again can have the latest words: the archive isn't walked.
    """
    cases = visible_to(actor)
    closed = cases.filter(state=State.CONFIRMED, closed_at__gte=clock.now() - LATELY).order_by("-closed_at")
    again = cases.filter(state=State.REOPENED).order_by("-id")
    judged = _any_of(closed[:limit], again[:REOPENED])
    return list(Verdict.objects.filter(case__in=judged).select_related("case").order_by("-pk")[:limit])


# -- claims ---------------------------------------------------------------------------------------------


def line_of(claim: Claim) -> Line:
    """A line as the rules take it."""
    return Line(claim.amount, claim.recovered, claim.state, claim.due_on, claim.evidence)


def claim_lines(case: Case) -> list[Line]:
    """The lines of a case as the rules take them. One query."""
    return [line_of(claim) for claim in case.claims.all()]
