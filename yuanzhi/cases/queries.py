"""Reading cases. Everything starts from what the actor may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import ENTERPRISE_PEOPLE, Kind, Role
from yuanzhi.registry.queries import within

from .access import SEE_CASE
from .models import Case, Desk, ServiceItem


def visible_to(actor: Actor, verb: Verb = SEE_CASE) -> QuerySet[Case]:
    """The cases to which the actor may do `verb`.

    Beside what the table gives, everybody who may do it at all may do it to a case they own. A confidential
    case is open to the desks and its owner only, and to whoever raised it: never to the employer's account.
    """
    if actor.community_id is None or not (reach := actor.reach(verb)):
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
    enterprises = {
        b.scope_id for b in actor.bonds if b.role is Role.CONTACT and b.role in verb.table and b.scope_id
    }
    if enterprises:
        covered |= Q(enterprise_id__in=sorted(enterprises))
    return covered


def owed_a_verdict(actor: Actor) -> QuerySet[Case]:
    """Resolved cases that this enterprise's people may judge."""
    ids = {b.scope_id for b in actor.bonds if b.role in ENTERPRISE_PEOPLE}
    return visible_to(actor).filter(state="resolved", enterprise_id__in=ids)


def by_token(token: str) -> Case:
    """The case of a tracking link. Raises Case.DoesNotExist."""
    return Case.objects.select_related("enterprise", "desk", "community").get(token=token)


def desks_of(community_id: int) -> QuerySet[Desk]:
    """The four desks of a community."""
    return Desk.objects.filter(community_id=community_id)


def items_of(community_id: int) -> QuerySet[ServiceItem]:
    """The catalogue in force."""
    return ServiceItem.objects.filter(desk__community_id=community_id, valid_to=None).select_related("desk")
