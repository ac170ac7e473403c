"""The list of cases: what can be asked of it, and its pages by keyset. Other modules ask the same questions:

picked = Picked.of(request.GET)
rows = narrowed(visible_to(actor), picked, actor, clock, now)      # for bulk actions, exports …
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.workdays import SHANGHAI
from yuanzhi.registry.queries.found import find

from .models import Case
from .queries import FOR_ROWS, HEAVY, Page, visible_to
from .queries_people import staff_of
from .states import CLOCK_RUNS, OPEN, State

_OPEN = sorted(OPEN)
NAMED = 50  # enterprises looked at for a name
_NUMBER = re.compile(r"[A-Za-z]{2}\d{4}-\d{3,}")


@dataclass(frozen=True)
class Picked:
    """The filters as the address has them: texts, never trusted."""

    q: str = ""
    state: str = ""  # a state, or "open"
    desk: str = ""
    park: str = ""
    owner: str = ""  # a person's id, "me" or "none"
    late: str = ""  # "on": past the promise
    channel: str = ""
    item: str = ""
    since: str = ""  # days on which it was raised
    until: str = ""
    sort: str = ""  # "due": the most pressing first; otherwise the newest
    before: str = ""  # where the page begins

    @classmethod
    def of(cls, data: Mapping[str, str]) -> Picked:
        """From an address. What isn't known is left out."""
        return cls(**{field.name: (data.get(field.name) or "").strip()[:80] for field in fields(cls)})

    @property
    def active(self) -> dict[str, str]:
        """The filters that are set, without the place in the list."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in found.items() if value and name not in ("before", "sort")}

    @property
    def hidden(self) -> bool:
        """Whether one of the filters behind “更多” is set."""
        return any((self.park, self.owner, self.channel, self.item, self.since, self.until, self.late))

    def query(self, **changed: str) -> str:
        """The address' query with some filters changed; "" takes one away."""
        values = {field.name: getattr(self, field.name) for field in fields(self)} | {"before": ""} | changed
        return urlencode({name: value for name, value in values.items() if value})


def narrowed(rows: QuerySet[Case], picked: Picked, actor: Actor, now: dt.datetime) -> QuerySet[Case]:
    """The cases among `rows` to which the filters apply. No query of its own but for a name."""
    if picked.late:
        rows = rows.filter(state__in=sorted(CLOCK_RUNS), due_at__lte=now)
    if picked.state == "open":
        rows = rows.filter(state__in=_OPEN)
    elif picked.state in set(State):
        rows = rows.filter(state=picked.state)
    for column, value in (("desk_id", picked.desk), ("item_id", picked.item)):
        if value.isdecimal():
            rows = rows.filter(**{column: int(value)})
    if picked.channel in Case.Channel.values:
        rows = rows.filter(channel=picked.channel)
    if picked.park.isdecimal():
        park = int(picked.park)  # where it was raised: the building that was scanned, else the enterprise's
        rows = rows.filter(Q(building__park_id=park) | Q(building__park_id=None, enterprise__park_id=park))
    return _raised(_owned(_said(rows, picked.q, actor), picked.owner, actor), picked)


def _said(rows: QuerySet[Case], words: str, actor: Actor) -> QuerySet[Case]:
    if not words:
        return rows
    if _NUMBER.fullmatch(words):
        return rows.filter(number=words.upper())
    named = [enterprise.pk for enterprise, _ in find(actor, words, limit=NAMED)]
    return rows.filter(Q(title__contains=words) | Q(enterprise_id__in=named))


def _owned(rows: QuerySet[Case], owner: str, actor: Actor) -> QuerySet[Case]:
    if owner == "me":
        return rows.filter(owner_id=actor.user_id)
    if owner == "none":
        return rows.filter(owner_id=None)
    return rows.filter(owner_id=int(owner)) if owner.isdecimal() else rows


def _raised(rows: QuerySet[Case], picked: Picked) -> QuerySet[Case]:
    for text, later in ((picked.since, 0), (picked.until, 1)):
        if (day := _day(text)) is None:
            continue
        edge = dt.datetime.combine(day + dt.timedelta(days=later), dt.time(), SHANGHAI)
        rows = rows.filter(opened_at__lt=edge) if later else rows.filter(opened_at__gte=edge)
    return rows


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:  # 2026-02-30
        return None


def page_of(actor: Actor, picked: Picked, *, size: int, now: dt.datetime) -> Page:
    """A page: the newest first, or of what is open the most pressing first. One query (two for a name)."""
    rows = narrowed(visible_to(actor), picked, actor, now).select_related(*FOR_ROWS).defer(*HEAVY)
    if by_due(picked):
        return _by_due(rows, picked.before, size)
    if picked.before.isdecimal():
        rows = rows.filter(pk__lt=int(picked.before))
    found = list(rows.order_by("-id")[: size + 1])
    return Page(found[:size], str(found[size - 1].pk) if len(found) > size else "")


def by_due(picked: Picked) -> bool:
    """Whether the most pressing come first: only what is open presses."""
    return picked.sort == "due" and (picked.late != "" or picked.state in {"open", *_OPEN})


def _by_due(rows: QuerySet[Case], before: str, size: int) -> Page:
    at, _, pk = before.partition("~")
    moment = _moment(at)
    if moment and pk.isdecimal():
        rows = rows.filter(due_at__gte=moment).exclude(due_at=moment, pk__lte=int(pk))
    found = list(rows.order_by("due_at", "pk")[: size + 1])
    if len(found) <= size:
        return Page(found, "")
    last = found[size - 1]
    return Page(found[:size], f"{last.due_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}~{last.pk}")


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


def colleagues(community_id: int) -> list[tuple[int, str]]:
    """[(id, name)] of the community's staff, each once. One query."""
    return sorted(staff_of(community_id).items(), key=lambda pair: pair[1])
