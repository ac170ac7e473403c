"""Who could be asked for a case, in whose turn, and why not the others. Eight queries, however many."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Avg, Count, Q
from django.utils import timezone

from yuanzhi.cases.models import Case
from yuanzhi.cases.promises import Clock
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.rules.names import name_key, normal_name

from ..models import Ask, Expert, Partner, PartnerKind, PartnerRating, Referral, Tie
from ..rules import (
    Finding,
    Matter,
    OtherWork,
    Party,
    Standing,
    TieFact,
    Wanted,
    conflicts,
    fits,
    hindrance,
    split_names,
    turn_key,
)
from ..states import ReferralState
from .duty import half_at, next_duties, say_duty

ANYTHING = Wanted()


@dataclass(frozen=True)
class Candidate:
    """One expert in the list: what speaks for them, and what is in the way ("" when nothing is)."""

    expert: Expert
    standing: Standing
    why_not: str
    duty: str
    rating: float | None
    rating_n: int
    fits: bool
    notes: tuple[str, ...]


# -- the two sides -------------------------------------------------------------------------------------


def parties_named(community_id: int, text: str) -> tuple[Party, ...]:
    """Whom somebody means by these words, with id and code where the register knows the name. One query."""
    names = split_names(text)
    if not names:
        return ()
    keys = {name_key(name): name for name in names}
    rows = Enterprise.objects.filter(
        Q(name_key__in=list(keys)) | Q(short_name__in=[normal_name(name) for name in names]),
        community_id=community_id,
        merged_into=None,
    ).only("id", "name", "short_name", "name_key", "uscc")
    known: dict[str, list[Enterprise]] = defaultdict(list)
    for row in rows:
        known[row.name_key].append(row)
        if row.short_name:
            known[name_key(row.short_name)].append(row)
    found = []
    for key, name in keys.items():
        fitting = {row.pk: row for row in known.get(key, [])}
        one = next(iter(fitting.values())) if len(fitting) == 1 else None
        found.append(Party(one.name, one.pk, one.uscc) if one else Party(name))
    return tuple(found)


def party_of(enterprise: Enterprise) -> Party:
    """An enterprise as a side of a matter."""
    return Party(enterprise.name, enterprise.pk, enterprise.uscc)


def helped_by(case: Case) -> Party:
    """Whom a case helps. A confidential one helps the person who spoke, against their employer."""
    if case.enterprise is None or case.is_confidential:
        return Party(case.speaker or "提出的人")
    return party_of(case.enterprise)


def matter_of(case: Case, other_side: str, on: dt.date) -> Matter:
    """The case as the conflict check needs it. At most one query."""
    opponents = parties_named(case.community_id, other_side)
    if case.is_confidential and case.enterprise is not None:
        opponents = (party_of(case.enterprise), *opponents)
    return Matter(helped_by(case), opponents, on)


# -- what binds the firms ------------------------------------------------------------------------------


def ties_of(partner_ids: Iterable[int]) -> dict[int, list[TieFact]]:
    """{partner id: its ties and its experts'}. One query."""
    found: dict[int, list[TieFact]] = defaultdict(list)
    rows = Tie.objects.filter(partner_id__in=list(partner_ids))
    for tie in rows.select_related("enterprise__merged_into", "expert"):
        enterprise = tie.enterprise
        if enterprise is not None and enterprise.merged_into is not None:
            enterprise = enterprise.merged_into
        party = party_of(enterprise) if enterprise else Party(tie.name)
        found[tie.partner_id].append(
            TieFact(
                tie.kind, party, tie.expert_id, tie.expert.name if tie.expert else "", tie.since, tie.until
            )
        )
    return found


def other_work_of(partner_ids: Iterable[int], but_case: int) -> dict[int, list[OtherWork]]:
    """{partner id: the referrals its experts have on hand for other cases}. One query."""
    found: dict[int, list[OtherWork]] = defaultdict(list)
    rows = Referral.objects.filter(
        taker__partner_id__in=list(partner_ids), state=ReferralState.TAKEN
    ).exclude(case_id=but_case)
    for row in rows.select_related("taker", "case__enterprise"):
        assert row.taker is not None
        opponents = tuple(Party(name) for name in split_names(row.other_side))
        if row.case.is_confidential and row.case.enterprise is not None:
            opponents = (party_of(row.case.enterprise), *opponents)
        found[row.taker.partner_id].append(
            OtherWork(row.taker_id or 0, row.taker.name, helped_by(row.case), opponents)
        )
    return found


def findings_for(
    experts: Iterable[Expert], case: Case, other_side: str, on: dt.date
) -> dict[int, list[Finding]]:
    """{expert id: what stands between them and the case}. Three queries."""
    experts = list(experts)
    firms = {expert.partner_id: Party(expert.partner.name, uscc=expert.partner.uscc) for expert in experts}
    matter = matter_of(case, other_side, on)
    ties, work = ties_of(firms), other_work_of(firms, case.pk)
    return {
        expert.pk: conflicts(
            expert.pk,
            firms[expert.partner_id],
            ties.get(expert.partner_id, []),
            work.get(expert.partner_id, []),
            matter,
        )
        for expert in experts
    }


# -- the list ------------------------------------------------------------------------------------------


def loads_of(expert_ids: Iterable[int]) -> dict[int, int]:
    """{expert id: referrals on hand and asks that wait for an answer}. One query."""
    rows = Ask.objects.filter(expert_id__in=list(expert_ids)).filter(
        Q(state=Ask.State.ASKED) | Q(state=Ask.State.ACCEPTED, referral__state=ReferralState.TAKEN)
    )
    return dict(rows.values_list("expert_id").annotate(n=Count("pk")))


def ratings_of(expert_ids: Iterable[int]) -> dict[int, tuple[float, int]]:
    """{expert id: (mean, number) of the enterprises' ratings}. One query."""
    rows = PartnerRating.objects.filter(referral__taker_id__in=list(expert_ids))
    grouped = rows.values_list("referral__taker_id").annotate(mean=Avg("satisfaction"), n=Count("pk"))
    return {expert: (round(mean, 1), n) for expert, mean, n in grouped}


def standing_of(
    expert: Expert,
    *,
    findings: Sequence[Finding],
    load: int = 0,
    on_duty: bool = False,
    asked: bool = False,
) -> Standing:
    """A row as the pure choice sees it."""
    firm = expert.partner
    return Standing(
        expert_id=expert.pk,
        name=expert.name,
        firm_state=firm.state,
        firm_why=firm.state_why,
        accredited_until=firm.accredited_until,
        firm_licence_until=firm.licence_until,
        licence_until=expert.licence_until,
        is_active=expert.is_active,
        open_load=load,
        most_open=expert.most_open,
        on_duty=on_duty,
        last_asked=expert.last_asked_at,
        specialities=tuple(expert.specialities),
        languages=tuple(expert.languages),
        findings=tuple(findings),
        asked_before=asked,
    )


def candidates(
    case: Case,
    kind: PartnerKind,
    *,
    clock: Clock,
    now: dt.datetime,
    other_side: str = "",
    wanted: Wanted = ANYTHING,
    referral: Referral | None = None,
    only_asked: Iterable[int] | None = None,
) -> list[Candidate]:
    """Everybody of this field, those who can be asked first and in the order of the rotation.

    `referral`: one that is running; who was asked for it already is not asked again, unless the ask was
    taken back. `only_asked` narrows to these experts.
    """
    today, half = timezone.localdate(now), half_at(now, clock.hours)
    rows = Expert.objects.filter(partner__community_id=case.community_id, partner__kind=kind, is_active=True)
    rows = rows.exclude(partner__state__in=[Partner.State.ENDED, Partner.State.CANDIDATE])
    if only_asked is not None:
        rows = rows.filter(pk__in=list(only_asked))
    experts = list(rows.select_related("partner").order_by("pk"))
    ids = [expert.pk for expert in experts]
    loads, duties, ratings = loads_of(ids), next_duties(ids, today, half), ratings_of(ids)
    findings = findings_for(experts, case, other_side, today)
    asked = _asked(referral)
    found = []
    for expert in experts:
        duty = duties.get(expert.pk)
        standing = standing_of(
            expert,
            findings=findings[expert.pk],
            load=loads.get(expert.pk, 0),
            on_duty=duty is not None and (duty.date, duty.half) == (today, half),
            asked=expert.pk in asked,
        )
        mean, count = ratings.get(expert.pk, (None, 0))
        found.append(
            Candidate(
                expert=expert,
                standing=standing,
                why_not=hindrance(standing, wanted, today),
                duty=say_duty(duty, now, clock.hours),
                rating=mean,
                rating_n=count,
                fits=fits(standing, wanted),
                notes=tuple(item.words for item in standing.findings if not item.blocks),
            )
        )
    return sorted(found, key=lambda one: (bool(one.why_not), turn_key(one.standing, wanted, now)))


def _asked(referral: Referral | None) -> set[int]:
    if referral is None:
        return set()
    rows = Ask.objects.filter(referral=referral).exclude(state=Ask.State.WITHDRAWN)
    return set(rows.values_list("expert_id", flat=True))
