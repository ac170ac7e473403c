"""Counting the cohort of a period, and the rows behind each number."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Case as When_
from django.db.models import Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.workdays import SHANGHAI

from .models import Case, Verdict
from .queries import visible_to
from .rates import Cohort
from .states import State

PLEASED = Verdict.Satisfaction.GOOD
BY = {"desk": ("desk__name", "窗口"), "item": ("item__name", "事项"), "park": ("where", "园区")}
_LEFT_OUT = (State.WITHDRAWN, State.MERGED)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, in Shanghai."""

    first: dt.date
    last: dt.date

    @property
    def since(self) -> dt.datetime:
        return dt.datetime.combine(self.first, dt.time(), SHANGHAI)

    @property
    def until(self) -> dt.datetime:
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time(), SHANGHAI)


def parts(now: dt.datetime) -> dict[str, Q]:
    """What each number of a cohort counts. One home for the counting and for the rows behind it."""
    out = Q(state__in=_LEFT_OUT)
    done = Q(state__in=[State.CONFIRMED, State.RESOLVED, State.DECLINED]) | out
    open_now = ~done
    return {
        "raised": Q(),
        "withdrawn": Q(state=State.WITHDRAWN),
        "merged": Q(state=State.MERGED),
        "declined": Q(state=State.DECLINED),
        "answered_in_time": ~out & Q(responded_at__lte=F("response_due")),
        "answered_late": ~out & Q(responded_at__gt=F("response_due")),
        "unanswered_late": ~out & Q(responded_at=None, response_due__lte=now),
        "unanswered_yet": ~out & Q(responded_at=None, response_due__gt=now),
        "confirmed": Q(state=State.CONFIRMED),
        "silent": Q(state=State.RESOLVED),
        "again": open_now & Q(round__gt=1),
        # One that waits for the enterprise is not late: its promise stands still.
        "late": open_now & Q(round=1, resolution_due__lte=now) & ~Q(state=State.WAITING),
        "yet": open_now & Q(round=1) & (Q(resolution_due__gt=now) | Q(state=State.WAITING)),
    }


def cohort_of(community_id: int, period: Period) -> QuerySet[Case]:
    """The cases raised in the period."""
    return Case.objects.filter(
        community_id=community_id, opened_at__gte=period.since, opened_at__lt=period.until
    )


def _last_verdicts(community_id: int, period: Period) -> QuerySet[Verdict]:
    """The last verdict of each case: of this round when it is confirmed, else of the one before."""
    last = When_(
        When(case__state=State.CONFIRMED, then=F("case__round")), default=F("case__round") - Value(1)
    )
    return Verdict.objects.filter(
        case__community_id=community_id,
        case__opened_at__gte=period.since,
        case__opened_at__lt=period.until,
        round=last,
    )


def count(community_id: int, period: Period, by: str = "desk") -> dict[str, Cohort]:
    """{name of the desk, item or park: its cohort}. Two queries."""
    key, now = BY[by][0], clock.now()
    where = Coalesce("building__park__name", "enterprise__park__name", Value("没落到园区"))
    rows = cohort_of(community_id, period)
    judged = _last_verdicts(community_id, period)
    if by == "park":
        rows = rows.annotate(where=where)
        judged = judged.annotate(where=Coalesce(
            "case__building__park__name", "case__enterprise__park__name", Value("没落到园区")
        ))  # fmt: skip
    counted = {
        name: Count("pk", filter=condition) if condition else Count("pk")
        for name, condition in parts(now).items()
    }
    verdict_key = key if by == "park" else f"case__{key}"
    words = {
        row[verdict_key]: (row["judged"], row["pleased"])
        for row in judged.order_by()
        .values(verdict_key)
        .annotate(judged=Count("pk"), pleased=Count("pk", filter=Q(satisfaction__gte=PLEASED)))
    }
    found = {}
    for row in rows.order_by().values(key).annotate(**counted):
        name = row.pop(key)
        judged_here, pleased = words.get(name, (0, 0))
        found[name or "没定事项"] = Cohort(**row, judged=judged_here, pleased=pleased)
    return dict(sorted(found.items(), key=lambda pair: -pair[1].raised))


def rows_behind(actor: Actor, period: Period, part: str) -> QuerySet[Case]:
    """The cases that one number counts, as far as the actor may see them."""
    rows = visible_to(actor).filter(opened_at__gte=period.since, opened_at__lt=period.until)
    if part in ("judged", "pleased"):
        words = _last_verdicts(actor.community_id, period)
        if part == "pleased":
            words = words.filter(satisfaction__gte=PLEASED)
        return rows.filter(pk__in=words.values("case_id"))
    conditions = parts(clock.now())
    return rows.filter(conditions[part]) if part in conditions else rows.none()
