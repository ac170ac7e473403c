"""The enterprise list as data: what one may ask for, in what order, and keyset paging through it.

Paging never counts rows that were skipped (no OFFSET): a mark says where the last page ended. Sorts over
facts that may be unknown walk the known ones first and the unknown after (or before), each along its index.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

from .models import Enterprise
from .values import as_kept

SIZE = 50
# What no row of a list shows and is long to read: texts, geometry, sources.
HEAVY = (
    "business", "provenance", "park__outline", "park__provenance", "park__aliases", "building__footprint",
    "building__aliases",
)  # fmt: skip
MOST = 1000  # counts stop here: "1,000+"

# Facts worth asking for, as the quality page and the list name them. Each has a partial index.
MISSING: dict[str, str] = {
    "uscc": "没有信用代码",
    "established_on": "没有成立日期",
    "division": "没有行业",
    "capital": "没有注册资本",
    "headcount": "没有从业人数",
    "business": "没有经营范围",
}
_EMPTY_TEXT = {"uscc", "division", "business"}


def missing(code: str) -> Q:
    """Enterprises without this fact (a key of MISSING)."""
    return Q(**{code: ""}) if code in _EMPTY_TEXT else Q(**{f"{code}__isnull": True})


def stale(today: dt.date, months: int = 12) -> Q:
    """Enterprises that nobody confirmed for a year, or never; the same limit as rules.facts.stale."""
    return Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=stale_before(today, months))


def stale_before(today: dt.date, months: int = 12) -> dt.date:
    """What was confirmed before this day is stale: the first day of the month after."""
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)


# -- what one may ask for --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A cleaned wish: every part may be empty. Amounts of capital are in 万元 (人民币)."""

    q: str = ""
    parks: frozenset[int] | None = None  # the parks of the asked grid, or the asked park
    building: int | None = None
    divisions: frozenset[str] | None = None
    status: str = ""  # "" the live ones, "all", or a status
    abnormal: bool = False
    placement: str = ""
    scale: str = ""
    people_min: int | None = None
    people_max: int | None = None
    capital_min: Decimal | None = None
    capital_max: Decimal | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    missing: str = ""
    stale: bool = False

    @property
    def rare(self) -> bool:
        """Whether something is asked for that has a partial index (see `bounded`)."""
        return bool(self.missing or self.abnormal) or self.placement in ("to_place", "elsewhere")


_RANGES = (
    ("people_min", "headcount__gte", 1),
    ("people_max", "headcount__lte", 1),
    ("capital_min", "capital__gte", 10_000),
    ("capital_max", "capital__lte", 10_000),
    ("since", "established_on__gte", None),
    ("until", "established_on__lte", None),
)


def narrow(rows: QuerySet[Enterprise], asked: Asked, today: dt.date) -> QuerySet[Enterprise]:
    """Only what was asked for (the words of `q` are the search's business, not this one's)."""
    if asked.status != "all":
        wanted = [asked.status] if asked.status else list(Enterprise.LIVE)
        rows = rows.filter(status__in=wanted)
        if asked.status not in ("", Enterprise.Status.ACTIVE):
            rows = rows.exclude(status=Enterprise.Status.ACTIVE)  # said again for the partial index
    if asked.parks is not None:
        rows = rows.filter(park_id__in=sorted(asked.parks))
    if asked.divisions is not None:
        rows = rows.filter(division__in=sorted(asked.divisions))
    for name in ("building", "placement", "scale"):
        if value := getattr(asked, name):
            rows = rows.filter(**{f"{name}_id" if name == "building" else name: value})
    for name, lookup, unit in _RANGES:
        if (value := getattr(asked, name)) is not None:
            rows = rows.filter(**{lookup: value * unit if unit else value})
    if asked.capital_min is not None or asked.capital_max is not None:
        rows = rows.filter(currency="CNY")  # dollars are not compared with yuan
    if asked.abnormal:
        rows = rows.filter(is_abnormal=True)
    if asked.missing:
        rows = rows.filter(missing(asked.missing))
    if asked.stale:
        rows = rows.filter(stale(today))
    return rows


def bounded(rows: QuerySet[Any], most: int = MOST, *, rare: bool = False) -> tuple[int, bool]:
    """(how many, whether there are more than that): counting stops at `most`.

    `rare`: enterprises that have a partial index (missing facts, 待落图). Asked for in that index's own
    order, they are counted along it; else SQLite would look through every enterprise of the actor's parks.
    """
    ordered = rows.order_by("-updated_at", "-id") if rare else rows.order_by()
    count = ordered[: most + 1].count()
    return min(count, most), count > most


def say_count(count: int, over: bool, unit: str = "家") -> str:
    """ "46 家", "1,000+ 家"."""
    return f"{count:,}{'+' if over else ''} {unit}"


# -- order and paging ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sort:
    """An order. `empty` says where unknown values go: "last", "first", or "none" for a fact always known."""

    code: str
    label: str
    field: str
    down: bool
    empty: str = "none"

    def order(self, backwards: bool, known: bool) -> tuple[str, ...]:
        sign = "-" if self.down != backwards else ""
        return (f"{sign}{self.field}", f"{sign}id") if known else (f"{sign}id",)

    def segments(self, backwards: bool) -> list[bool]:
        """Whether the known values come, in which order; True is the known ones."""
        order = {"none": [True], "last": [True, False], "first": [False, True]}[self.empty]
        return order[::-1] if backwards else order


SORTS: dict[str, Sort] = {
    sort.code: sort
    for sort in (
        Sort("recent", "最近更新的在前", "updated_at", True),
        Sort("young", "新成立的在前", "established_on", True, "last"),
        Sort("old", "老企业在前", "established_on", False, "last"),
        Sort("big", "人多的在前", "headcount", True, "last"),
        Sort("small", "人少的在前", "headcount", False, "last"),
        Sort("unseen", "最久没核实的在前", "confirmed_on", False, "first"),
    )
}
DEFAULT_SORT = "recent"


@dataclass(frozen=True)
class Mark:
    """Where a page ended: the row's id and its value in the sort's field (None: unknown)."""

    id: int
    value: Any

    def __str__(self) -> str:
        value = self.value
        text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
        return f"{self.id}~{text}"


def read_mark(text: str, sort: Sort, model: type[Model] = Enterprise) -> Mark | None:
    """A mark out of a url; anything else is None, and the list starts at its beginning."""
    pk, sign, value = text.partition("~")
    if not sign or not pk.isdecimal() or len(pk) > 18:
        return None
    if value == "":
        return Mark(int(pk), None) if sort.empty != "none" else None
    try:
        return Mark(int(pk), as_kept(sort.field, value, model))
    except (ValidationError, ValueError):
        return None


@dataclass(frozen=True)
class Found:
    """A page: rows, and the marks of its neighbours ("" where there is none)."""

    rows: list[Any]
    next: str
    prev: str


def page_of(rows: QuerySet[Any], sort: Sort, *, after: str = "", before: str = "", size: int = SIZE) -> Found:
    """The page after (or before) a mark: the ids first, along an index, then these rows with all they need.

    Two queries, three where known and unknown values meet. In one, the joins of the rows would mislead the
    database about where to begin, and it would sort whole rows.
    """
    backwards = bool(before) and not after
    mark = read_mark(after or before, sort, rows.model) if after or before else None
    marks = _collect(rows, sort, mark, backwards, size + 1)
    more, marks = len(marks) > size, marks[:size]
    if backwards:
        marks.reverse()
    by_id = rows.order_by().in_bulk([m.id for m in marks])
    has_next = more if not backwards else mark is not None
    has_prev = mark is not None if not backwards else more
    return Found(
        [by_id[m.id] for m in marks if m.id in by_id],
        str(marks[-1]) if marks and has_next else "",
        str(marks[0]) if marks and has_prev else "",
    )


def _collect(rows: QuerySet[Any], sort: Sort, mark: Mark | None, backwards: bool, want: int) -> list[Mark]:
    found: list[Mark] = []
    passed = mark is None  # whether the mark's own segment lies behind
    for known in sort.segments(backwards):
        part = rows.select_related(None).values_list("pk", sort.field)
        if sort.empty != "none":
            part = part.filter(**{f"{sort.field}__isnull": not known})
        if mark is not None and not passed:
            if known != (mark.value is not None):
                continue
            part, passed = part.filter(_beyond(sort, mark, backwards)), True
        part = part.order_by(*sort.order(backwards, known))
        found += [Mark(pk, value) for pk, value in part[: want - len(found)]]
        if len(found) >= want:
            break
    return found


def _beyond(sort: Sort, mark: Mark, backwards: bool) -> Q:
    way = "lt" if sort.down != backwards else "gt"
    if mark.value is None:
        return Q(**{f"id__{way}": mark.id})
    # The first condition alone walks the index; the second drops the rows with the mark's own value.
    return Q(**{f"{sort.field}__{way}e": mark.value}) & (
        Q(**{f"{sort.field}__{way}": mark.value}) | Q(**{f"id__{way}": mark.id})
    )
