"""升级篮: the board of cases somebody must look at now. A query a basket, and one for all their rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.workdays import say_minutes, work_time_between
from yuanzhi.registry.queries import parks_of_grids

from .access import SEE_CASE, WORK_CASE
from .baskets import Basket, all_baskets
from .models import Case, Reminder, Stumble
from .promises import Clock
from .queries import FOR_ROWS, visible_to
from .rows import Row, row_of
from .states import OPEN

SHOWN = 15  # rows of a basket on the board
COUNTED = 100  # beyond that it says 100+
_OPEN = sorted(OPEN)


@dataclass(frozen=True)
class Narrowed:
    """The board's filters, as the address has them."""

    desk: int = 0
    grid: int = 0

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Narrowed:
        """From an address. What isn't a number is left out."""
        given = {name: data.get(name) or "" for name in ("desk", "grid")}
        return cls(**{n: int(v) for n, v in given.items() if v.isascii() and v.isdigit() and len(v) < 18})

    @property
    def query(self) -> str:
        """As an address' query."""
        return urlencode({n: v for n, v in (("desk", self.desk), ("grid", self.grid)) if v})


@dataclass(frozen=True)
class Line:
    """A case on the board: its row, and how long it has lain there in words."""

    row: Row
    age: str


@dataclass(frozen=True)
class Column:
    """A basket with the oldest of its cases."""

    basket: Basket
    count: int
    lines: list[Line]

    @property
    def said(self) -> str:
        """The count, honest: what was not counted to the end says so."""
        return f"{COUNTED}+" if self.count > COUNTED else str(self.count)

    @property
    def more(self) -> bool:
        """Whether there are cases that are not shown."""
        return self.count > len(self.lines)


def cases_for(actor: Actor, narrowed: Narrowed) -> QuerySet[Case]:
    """The open cases of the board: those the actor works, for who only looks on those they see."""
    rows = visible_to(actor, WORK_CASE if actor.may(WORK_CASE) else SEE_CASE).filter(state__in=_OPEN)
    if narrowed.desk:
        rows = rows.filter(desk_id=narrowed.desk)
    if narrowed.grid:
        rows = rows.filter(enterprise__park_id__in=sorted(parks_of_grids({narrowed.grid})))
    return rows


def in_basket(cases: QuerySet[Case], basket: Basket, clock: Clock, now: dt.datetime) -> QuerySet[Case]:
    """The cases of a basket, the oldest first."""
    return basket.rows(cases, now, clock).order_by(basket.since, "pk")


def board(actor: Actor, narrowed: Narrowed, clock: Clock, now: dt.datetime) -> list[Column]:
    """Every basket with its count and its oldest cases. A query for each, and one for the rows of all."""
    cases = cases_for(actor, narrowed)
    ids = {
        basket.code: list(in_basket(cases, basket, clock, now).values_list("pk", basket.since)[: COUNTED + 1])
        for basket in all_baskets()
    }
    wanted = {pk for found in ids.values() for pk, _ in found[:SHOWN]}
    known = Case.objects.filter(pk__in=wanted).select_related(*FOR_ROWS).in_bulk() if wanted else {}
    return [
        Column(
            basket,
            len(ids[basket.code]),
            [
                Line(row_of(known[pk], clock, now), age_of(known[pk], since, basket, clock, now))
                for pk, since in ids[basket.code][:SHOWN]
                if pk in known
            ],
        )
        for basket in all_baskets()
    ]


def age_of(case: Case, since: dt.datetime, basket: Basket, clock: Clock, now: dt.datetime) -> str:
    """How long it has lain there, in work time: "超了 2 天 3 小时"."""
    start = getattr(case, basket.aged) if basket.aged else since
    words = basket.age
    if start > now:  # its time has not come by itself: since it was raised
        start, words = case.opened_at, "提了 {}"
    minutes = max(0, work_time_between(start, now, clock.calendar, clock.hours))
    return words.format(say_minutes(minutes, clock.hours)) if minutes else "刚刚"


@dataclass(frozen=True)
class Page:
    """Some rows of one basket, and the key at which the next ones begin ("" at the end)."""

    lines: list[Line]
    next: str


def page(
    actor: Actor,
    basket: Basket,
    narrowed: Narrowed,
    clock: Clock,
    now: dt.datetime,
    *,
    before: str = "",
    size: int = 30,
) -> Page:
    """A page of one basket, the oldest first, by keyset. One query."""
    rows = in_basket(cases_for(actor, narrowed), basket, clock, now).select_related(*FOR_ROWS)
    at, _, pk = before.partition("~")
    if (moment := _moment(at)) and pk.isascii() and pk.isdigit() and len(pk) < 18:
        rows = rows.filter(**{f"{basket.since}__gte": moment})
        rows = rows.exclude(**{basket.since: moment, "pk__lte": int(pk)})
    found = list(rows[: size + 1])
    lines = [
        Line(row_of(case, clock, now), age_of(case, getattr(case, basket.since), basket, clock, now))
        for case in found[:size]
    ]
    if len(found) <= size:
        return Page(lines, "")
    last = found[size - 1]
    return Page(lines, f"{getattr(last, basket.since).astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{last.pk}")


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


UNHANDLED = 20  # of each kind named on the board
OVERDUE = dt.timedelta(hours=1)  # a reminder so long past its time has not arrived


def stumbles(actor: Actor) -> list[Stumble]:
    """没处理成: cases over which the scheduler stumbled. One query."""
    rows = Stumble.objects.filter(case__in=visible_to(actor)).select_related("case")
    return list(rows.order_by("first_at")[:UNHANDLED])


def not_told(actor: Actor, now: dt.datetime, clock: Clock) -> list[tuple[Reminder, str]]:
    """没发成: reminders of open cases that reached nobody, each with why. Two queries."""
    rows = Reminder.objects.filter(community_id=actor.community_id).select_related("case")
    rows = rows.filter(case__in=visible_to(actor).filter(state__in=_OPEN))
    failed = rows.filter(state=Reminder.State.NOT_SENT.value).order_by("-id")[:UNHANDLED]
    found = [(row, row.why) for row in failed]
    if clock.is_open(now):
        stuck = rows.filter(state=Reminder.State.PLANNED.value, planned_for__lte=now - OVERDUE)
        late = "过了时间还没发出去：看看后台任务在不在跑"
        found += [(row, late) for row in stuck.order_by("planned_for", "pk")[:UNHANDLED]]
    return list({row.case_id: (row, why) for row, why in found}.values())
