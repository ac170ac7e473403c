"""The catalogue: nothing is overwritten. A change is a new row from a day on; old cases keep theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import EDIT_CATALOGUE
from ..models import Desk, ItemStage, RoutingRule, ServiceItem
from ..queries_catalogue import on_day

MOST_LINES = 30
_FIELDS = (
    "name", "response_hours", "resolution_days", "statutory_days", "basis", "words", "guide", "is_listed",
)  # fmt: skip


@dataclass(frozen=True)
class StageLine:
    """One line of a procedure as it is written down."""

    kind: str
    name: str
    who: str = ""
    workdays: int | None = None
    hint: str = ""


@dataclass(frozen=True)
class Entry:
    """What a catalogue entry says, from a day on."""

    desk: Desk
    name: str
    response_hours: int = 4
    resolution_days: int = 5
    statutory_days: int | None = None
    basis: str = ""
    words: str = ""
    guide: str = ""
    is_listed: bool = True
    stages: tuple[StageLine, ...] = ()

    def facts(self) -> dict[str, Any]:
        """Plain values, as the history compares them."""
        said = {key: getattr(self, key) for key in _FIELDS}
        return {
            **said,
            "desk": self.desk.name,
            "stages": [tuple(asdict(line).values()) for line in self.stages],
        }


def entry_of(item: ServiceItem) -> Entry:
    """What a row says now."""
    lines = tuple(
        StageLine(row.kind, row.name, row.who, row.workdays, row.hint)
        for row in item.stages.order_by("kind", "order")
    )
    return Entry(item.desk, **{key: getattr(item, key) for key in _FIELDS}, stages=lines)


def _may(actor: Actor, community_id: int) -> None:
    if not actor.is_system and (not actor.may(EDIT_CATALOGUE) or actor.community_id != community_id):
        raise Refused("服务事项由社区书记（站长）来改：请把想改的告诉他")


def check_entry(entry: Entry, leave_out: ServiceItem | None, since: dt.date) -> None:
    """Raises Refused with the sentence when an entry can't be so from this day on."""
    if not entry.name.strip():
        raise Refused("事项叫什么还没写")
    if not 1 <= entry.response_hours <= 80:
        raise Refused("响应时间请填 1 到 80 个工作小时")
    if not 1 <= entry.resolution_days <= 250:
        raise Refused("办结时间请填 1 到 250 个工作日")
    if entry.statutory_days is not None and entry.resolution_days > entry.statutory_days:
        raise Refused(
            f"承诺 {entry.resolution_days} 个工作日，比法定的 {entry.statutory_days} 个还长：承诺应当更快"
        )
    if entry.statutory_days is not None and not entry.basis.strip():
        raise Refused("法定时限的依据（文号）还没写：写明才好对外公布")
    if len(entry.stages) > MOST_LINES:
        raise Refused(f"材料和环节合起来最多 {MOST_LINES} 项：细的写到提示里")
    for line in entry.stages:
        if line.kind == ItemStage.Kind.STAGE and (line.workdays or 0) > entry.resolution_days:
            raise Refused(
                f"“{line.name}”要 {line.workdays} 个工作日，超过了整件事的 {entry.resolution_days} 个"
            )
    rows = ServiceItem.objects.filter(on_day(since), desk__community_id=entry.desk.community_id)
    if leave_out is not None:
        rows = rows.exclude(pk=leave_out.pk)
    if rows.filter(name=entry.name.strip()).exists():
        raise Refused(f"已经有一个叫“{entry.name.strip()}”的事项：换个名字，或去改那一个")


def _write(entry: Entry, since: dt.date, replaces: ServiceItem | None = None) -> ServiceItem:
    values = {key: getattr(entry, key) for key in _FIELDS} | {"name": entry.name.strip()}
    item = ServiceItem.objects.create(desk=entry.desk, valid_from=since, replaces=replaces, **values)
    orders = dict.fromkeys(ItemStage.Kind.values, 0)
    rows = []
    for line in entry.stages:
        orders[line.kind] += 1
        rows.append(ItemStage(item=item, order=orders[line.kind], **asdict(line)))
    ItemStage.objects.bulk_create(rows)
    return item


@action
def add_item(*, actor: Actor, entry: Entry, valid_from: dt.date | None = None) -> ServiceItem:
    """A new entry of the catalogue from a day on (today)."""
    _may(actor, entry.desk.community_id)
    since = valid_from or timezone.localdate()
    check_entry(entry, None, since)
    item = _write(entry, since)
    record(
        actor=actor,
        chain=entry.desk.community_id,
        verb="item.added",
        subject=item,
        valid_from=since,
        facts=entry.facts(),
    )
    return item


@action
def change_item(
    *, actor: Actor, item: ServiceItem, entry: Entry, valid_from: dt.date | None = None
) -> ServiceItem:
    """Say it anew from a day on (today): the row before ends the day before. Nothing changed: nothing done.

    Cases that are open keep the promise and the checklist they were given.
    """
    _may(actor, item.desk.community_id)
    today = timezone.localdate()
    since = valid_from or today
    if since < today:
        raise Refused("只能从今天或以后起改：过去的诉求按当时的说法办")
    if item.valid_to is not None:
        raise Overtaken("这个事项已经有新的说法了：请打开最新的一版再改")
    if entry.desk.community_id != item.desk.community_id:
        raise Refused("这个窗口不在本社区")
    before = entry_of(item)
    if before.facts() == entry.facts():
        return item
    check_entry(entry, item, since)
    # A row that began today and is said anew today never held for a whole day: it ends before it began,
    # so that no day has two.
    ends = since - dt.timedelta(days=1)
    if not ServiceItem.objects.filter(pk=item.pk, valid_to=None).update(valid_to=ends):
        raise Overtaken("这个事项刚被别人改过：请打开最新的一版再改，您写的还在")
    item.valid_to = ends
    fresh = _write(entry, since, replaces=item)
    if since <= today:
        _follow(item, fresh)
    record(
        actor=actor,
        chain=item.desk.community_id,
        verb="item.changed",
        subject=fresh,
        context=item,
        valid_from=since,
        changes=changes(before.facts(), entry.facts()),
    )
    return fresh


def _follow(old: ServiceItem, fresh: ServiceItem) -> None:
    """Rules that name the old row name the new one; for a change to come they find it through `replaces`."""
    RoutingRule.objects.filter(item=old).update(item=fresh, version=F("version") + 1)
    RoutingRule.objects.filter(give_item=old).update(give_item=fresh, version=F("version") + 1)


@action
def end_item(*, actor: Actor, item: ServiceItem, last_day: dt.date | None = None) -> ServiceItem:
    """No longer offered after a day (yesterday: gone at once). Open cases are worked to their end."""
    _may(actor, item.desk.community_id)
    day = last_day or timezone.localdate() - dt.timedelta(days=1)
    if not ServiceItem.objects.filter(pk=item.pk, valid_to=None).update(valid_to=day):
        raise Overtaken("这个事项已经停了，或者刚被改过：刷新看看")
    item.refresh_from_db()
    record(
        actor=actor,
        chain=item.desk.community_id,
        verb="item.ended",
        subject=item,
        name=item.name,
        last_day=day,
    )
    return item


def lines_of(texts: Sequence[tuple[str, str, str, str, str]]) -> tuple[StageLine, ...]:
    """(kind, name, who, workdays, hint) as a form or a table gives them; nameless ones are left out.

    Raises Refused where a number is none.
    """
    found = []
    for kind, name, who, days, hint in texts:
        if not name.strip():
            continue
        if days.strip() and not (days.strip().isascii() and days.strip().isdigit() and int(days) <= 250):
            raise Refused(f"“{name}”的工作日“{days}”不是 0 到 250 的数")
        workdays = int(days) if days.strip() else None
        found.append(StageLine(kind, name.strip()[:60], who.strip()[:40], workdays, hint.strip()[:200]))
    return tuple(found)
