"""Reading the register of partners: the list, one firm with its figures, what an import compares with."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from yuanzhi.accounts.actor import Actor
from yuanzhi.cases.promises import Clock
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.workdays import work_time_between

from ..access import SEE_PARTNERS
from ..models import Ask, Duty, Expert, Partner, Referral, Tie
from ..rules import Answering, AskFact, Outcomes, answering, ending_soon
from ..states import ReferralState
from .candidates import loads_of, ratings_of

SIZE = 50


def partners_visible_to(actor: Actor) -> QuerySet[Partner]:
    """The firms of the actor's community."""
    if not actor.may(SEE_PARTNERS):
        return Partner.objects.none()
    return Partner.objects.filter(community_id=actor.community_id).select_related("kind")


def experts_visible_to(actor: Actor) -> QuerySet[Expert]:
    """The experts of the firms the actor sees."""
    rows = Expert.objects.filter(partner__in=partners_visible_to(actor).values("pk"))
    return rows.select_related("partner__kind")


def ties_visible_to(actor: Actor) -> QuerySet[Tie]:
    """The ties of the firms the actor sees."""
    rows = Tie.objects.filter(partner__in=partners_visible_to(actor).values("pk"))
    return rows.select_related("partner", "expert", "enterprise")


@dataclass(frozen=True)
class PartnerRow:
    """A firm in the list."""

    it: Partner
    experts: list[Expert]
    load: int
    duties: int
    warning: str  # what of it has ended or ends soon


def ends_of(partner: Partner, experts: Iterable[Expert], today: dt.date) -> list[tuple[str, dt.date, bool]]:
    """(what, when, whether it is over already) of what has ended or ends within thirty days."""
    dates = [("认证", partner.accredited_until), ("执业许可", partner.licence_until)]
    dates += [(f"{expert.name}的证书", expert.licence_until) for expert in experts if expert.is_active]
    return [
        (what, until, until < today)
        for what, until in dates
        if until is not None and (until < today or ending_soon(until, today))
    ]


@dataclass(frozen=True)
class PartnerPage:
    """A page of the list, and the key of the next one (0 at the end)."""

    rows: list[PartnerRow]
    next: int


def partner_page(
    actor: Actor, *, today: dt.date, kind: str = "", state: str = "", q: str = "", after: int = 0
) -> PartnerPage:
    """Firms by kind and state, found by name, field or an expert's name. Four queries."""
    rows = partners_visible_to(actor).filter(pk__gt=after)
    if kind:
        rows = rows.filter(kind__code=kind)
    rows = (
        rows.filter(state=state) if state in Partner.State.values else rows.exclude(state=Partner.State.ENDED)
    )
    if word := q.strip()[:100]:
        known = Expert.objects.filter(name__contains=word).values("partner_id")
        rows = rows.filter(Q(name__contains=word) | Q(intro__contains=word) | Q(pk__in=known))
    found = list(rows.order_by("pk")[: SIZE + 1])
    shown = found[:SIZE]
    experts: dict[int, list[Expert]] = defaultdict(list)
    for expert in Expert.objects.filter(partner__in=shown, is_active=True).order_by("pk"):
        experts[expert.partner_id].append(expert)
    loads = loads_of(expert.pk for people in experts.values() for expert in people)
    week = Duty.objects.filter(
        expert__partner__in=shown, is_cancelled=False, date__range=(today, today + dt.timedelta(days=6))
    )
    duties = dict(week.values_list("expert__partner_id").annotate(n=Count("pk")))
    lines = [
        PartnerRow(
            it=row,
            experts=experts[row.pk],
            load=sum(loads.get(expert.pk, 0) for expert in experts[row.pk]),
            duties=duties.get(row.pk, 0),
            warning=_warning(row, experts[row.pk], today),
        )
        for row in shown
    ]
    return PartnerPage(lines, shown[-1].pk if len(found) > SIZE else 0)


def _warning(partner: Partner, experts: list[Expert], today: dt.date) -> str:
    ends = ends_of(partner, experts, today) if partner.state == Partner.State.ACCREDITED else []
    if not ends:
        return ""
    what, until, over = min(ends, key=lambda end: end[1])
    return f"{what}{'已于' if over else ''} {until.month} 月 {until.day} 日到期"


@dataclass
class Figures:
    """How somebody answers, and what came of what they took on."""

    answers: Answering
    outcomes: Outcomes


@dataclass
class PartnerFigures:
    """A firm's figures, and each expert's with the load on hand."""

    all: Figures
    by_expert: dict[int, Figures] = field(default_factory=dict)
    loads: dict[int, int] = field(default_factory=dict)
    ratings: dict[int, tuple[float, int]] = field(default_factory=dict)


def figures_of(partner: Partner, experts: list[Expert], clock: Clock) -> PartnerFigures:
    """Work times by the community's clock. Four queries, however many referrals."""
    facts: dict[int, list[AskFact]] = defaultdict(list)
    rows = Ask.objects.filter(expert__partner=partner).exclude(
        state__in=[Ask.State.ASKED, Ask.State.WITHDRAWN]
    )
    for expert, state, asked, answered in rows.values_list("expert_id", "state", "asked_at", "answered_at"):
        minutes = work_time_between(asked, answered, clock.calendar, clock.hours) if answered else None
        facts[expert].append(AskFact(state, minutes))
    taken: dict[int, list[Referral]] = defaultdict(list)
    referrals = Referral.objects.filter(taker__partner=partner).exclude(state=ReferralState.OPEN)
    for row in referrals.select_related("rating").defer("question", "outcome"):
        taken[row.taker_id or 0].append(row)
    ids = [expert.pk for expert in experts]
    return PartnerFigures(
        all=Figures(answering(_flat(facts)), _outcomes([row for rows in taken.values() for row in rows])),
        by_expert={pk: Figures(answering(facts[pk]), _outcomes(taken[pk])) for pk in ids},
        loads=loads_of(ids),
        ratings=ratings_of(ids),
    )


def _flat(facts: dict[int, list[AskFact]]) -> list[AskFact]:
    return [fact for rows in facts.values() for fact in rows]


def _outcomes(rows: list[Referral]) -> Outcomes:
    done = [row for row in rows if row.state == ReferralState.DONE]
    return Outcomes(
        taken=len(rows),
        done=len(done),
        hours=float(sum(row.hours for row in done if row.hours is not None)),
        hours_n=sum(row.hours is not None for row in done),
        recovered=float(sum(row.recovered for row in done if row.recovered is not None)),
        recovered_n=sum(row.recovered is not None for row in done),
        ratings=tuple(row.rating.satisfaction for row in done if hasattr(row, "rating")),
    )


def history_of(partner: Partner, limit: int = 10) -> list[HistoryEntry]:
    """What happened to the firm and its experts, the newest first."""
    name = f"partner:{partner.pk}"
    rows = HistoryEntry.objects.filter(Q(subject=name) | Q(context=name), chain=partner.community_id)
    return list(rows.order_by("-seq")[:limit])


def recent_referrals(partner: Partner, limit: int = 10) -> list[Referral]:
    """What the firm took on last, with case and rating."""
    rows = Referral.objects.filter(taker__partner=partner).select_related("case", "taker", "rating")
    return list(rows.order_by("-pk")[:limit])
