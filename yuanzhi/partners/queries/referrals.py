"""Reading referrals: on a case for staff and for the enterprise, and on the partner's own pages."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.cases.models import Case
from yuanzhi.cases.queries import visible_to as cases_visible_to
from yuanzhi.cases.states import OPEN
from yuanzhi.registry.models import Contact

from ..access import PARTNER_PORTAL, REFER, SEE_REFERRALS
from ..models import Ask, Expert, JointVisit, PartnerKind, Referral
from ..states import ReferralState

LIVE = (ReferralState.OPEN, ReferralState.TAKEN)
_ASKS = Prefetch("asks", Ask.objects.select_related("expert__partner").order_by("order", "pk"))
_VISITS = Prefetch("visits", JointVisit.objects.order_by("-at"))
_WHOLE = ("kind", "taker__partner", "rating", "case__enterprise")


def visible_to(actor: Actor, verb: Verb = SEE_REFERRALS) -> QuerySet[Referral]:
    """The referrals of the cases to which the actor may do `verb`."""
    if not actor.community_id or not actor.reach(verb):
        return Referral.objects.none()
    rows = Referral.objects.filter(community_id=actor.community_id)
    if actor.reach(verb).everything:
        return rows
    return rows.filter(case__in=cases_visible_to(actor, verb).values("pk"))


def of_case(case: Case) -> list[Referral]:
    """A case's referrals (and those of cases that went into it), the newest first. Three queries.

    The caller has made sure that the case may be seen.
    """
    rows = Referral.objects.filter(Q(case=case) | Q(case__merged_into=case))
    return list(rows.select_related(*_WHOLE).prefetch_related(_ASKS, _VISITS).order_by("-pk"))


def is_helped(case: Case) -> bool:
    """Whether an expert helps, or helped, with this case: the enterprise's part is shown then. One query."""
    shown = [ReferralState.OPEN, ReferralState.TAKEN, ReferralState.DONE]
    return Referral.objects.filter(Q(case=case) | Q(case__merged_into=case), state__in=shown).exists()


def to_rate(case: Case) -> list[Referral]:
    """Finished referrals of a case that the enterprise has not rated. One query."""
    rows = Referral.objects.filter(case=case, state=ReferralState.DONE, rating=None)
    return list(rows.select_related("taker").order_by("pk"))


def visit_for(actor: Actor, pk: int, verb: Verb) -> JointVisit | None:
    """A joint visit of a referral the actor reaches."""
    rows = JointVisit.objects.filter(referral__in=visible_to(actor, verb).values("pk"))
    return rows.select_related("referral__kind", "referral__case").filter(pk=pk).first()


def kinds_of(community_id: int, *, all_of_them: bool = False) -> QuerySet[PartnerKind]:
    """The fields of help on offer."""
    rows = PartnerKind.objects.filter(community_id=community_id)
    return rows if all_of_them else rows.filter(is_active=True)


def experts_in(community_id: int, ids: list[int]) -> QuerySet[Expert]:
    """These experts, as far as they are of the community's firms."""
    rows = Expert.objects.filter(partner__community_id=community_id, pk__in=ids)
    return rows.select_related("partner").order_by("pk")


def ask_for_staff(actor: Actor, pk: int) -> Ask | None:
    """An ask of a referral the actor may handle."""
    rows = Ask.objects.filter(referral__in=visible_to(actor, REFER).values("pk"))
    return rows.select_related("expert", "referral__case__enterprise").filter(pk=pk).first()


def rated_by_token(token: str, pk: int) -> Referral | None:
    """A referral of the case whose tracking link this is."""
    rows = Referral.objects.filter(Q(case__token=token) | Q(case__merged_into__token=token), pk=pk)
    return rows.select_related("kind", "taker__partner", "case").first() if token else None


# -- the partner's own ---------------------------------------------------------------------------------


def experts_of(actor: Actor) -> QuerySet[Expert]:
    """Who the actor is among the experts: one row for each firm it belongs to."""
    if not actor.may(PARTNER_PORTAL) or actor.user_id is None:
        return Expert.objects.none()
    firms = {b.scope_id for b in actor.bonds if b.role is Role.PARTNER and b.kind is Kind.PARTNER}
    return Expert.objects.filter(
        user_id=actor.user_id,
        partner_id__in=[firm for firm in firms if firm],
        partner__community_id=actor.community_id,
    ).select_related("partner")


def asks_visible_to(actor: Actor) -> QuerySet[Ask]:
    """What the actor was asked as an expert, with everything a page shows of it."""
    rows = Ask.objects.filter(expert__in=experts_of(actor).values("pk"))
    return rows.select_related(
        "expert__partner",
        "referral__kind",
        "referral__rating",
        "referral__case__enterprise",
        "referral__case__building__park",
    )


def waiting_for(actor: Actor) -> QuerySet[Ask]:
    """等我答复: the one that is due first."""
    rows = asks_visible_to(actor).filter(state=Ask.State.ASKED, referral__state=ReferralState.OPEN)
    return rows.order_by("due_at", "pk")


def on_hand_of(actor: Actor) -> QuerySet[Ask]:
    """在办: who has not been called yet comes first."""
    rows = asks_visible_to(actor).filter(state=Ask.State.ACCEPTED, referral__state=ReferralState.TAKEN)
    return rows.order_by("referral__contact_due", "pk")


def done_by(actor: Actor) -> QuerySet[Ask]:
    """已完成, and what was asked and came to nothing; the newest first."""
    over = Q(state=Ask.State.ACCEPTED, referral__state__in=[ReferralState.DONE, ReferralState.CALLED_OFF])
    others = Q(state__in=[Ask.State.DECLINED, Ask.State.EXPIRED, Ask.State.WITHDRAWN])
    return asks_visible_to(actor).filter(over | others).order_by("-pk")


def shows_details(ask: Ask) -> bool:
    """Whether the expert needs to see the case: while asked, and after having taken it on."""
    if ask.state == Ask.State.ASKED:
        return ask.referral.state == ReferralState.OPEN
    return ask.state == Ask.State.ACCEPTED and ask.referral.state in (ReferralState.TAKEN, ReferralState.DONE)


def contacts_for(case: Case) -> list[Contact]:
    """Whom an expert may call about a case: nobody of the enterprise when it is confidential."""
    if case.is_confidential or case.enterprise_id is None:
        return []
    rows = Contact.objects.filter(enterprise_id=case.enterprise_id, valid_to=None).exclude(phone_sealed="")
    return list(rows.order_by("pk")[:3])


# -- for the scheduler and the board -------------------------------------------------------------------


def overdue_asks(now: dt.datetime, after: int = 0, limit: int = 200) -> list[Ask]:
    """Asks whose time is over, of all communities, by id."""
    rows = Ask.objects.filter(state=Ask.State.ASKED, due_at__lte=now, pk__gt=after)
    return list(rows.select_related("referral", "expert__partner").order_by("pk")[:limit])


def looking_for_closed(limit: int = 200) -> list[Referral]:
    """Referrals that still look for somebody although their case has ended."""
    rows = Referral.objects.filter(state=ReferralState.OPEN).exclude(case__state__in=sorted(OPEN))
    return list(rows.exclude(case__state="merged").order_by("pk")[:limit])


def silent(cases: QuerySet[Case], now: dt.datetime) -> QuerySet[Case]:
    """Of these cases those where an expert has not answered in time, or not called the enterprise."""
    asked = Ask.objects.filter(
        referral__case=OuterRef("pk"),
        referral__state=ReferralState.OPEN,
        state=Ask.State.ASKED,
        due_at__lte=now,
    )
    quiet = Referral.objects.filter(
        case=OuterRef("pk"), state=ReferralState.TAKEN, contacted_at=None, contact_due__lte=now
    )
    return cases.filter(Exists(asked) | Exists(quiet))
