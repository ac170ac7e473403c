"""Figures that the map can show and districting can weigh: a number for each park.

Higher floors add theirs when they are ready (`cases/figures.py` does):

    provide(Figure("open_cases", "未结诉求", "件", SEE_CASE, open_by_park, "正在办的诉求", weight=2.0))

`of(community_id, actor)` gives {park id: number}, in one query, counting only what the actor may see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Sum
from django.utils import timezone

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor

from .access import SEE_ENTERPRISE, SEE_PLACES
from .lists import stale
from .models import Enterprise, Unit
from .queries import live_by_park, visible_to
from .queries.quality import gazetteer_of

ByPark = dict[int, int]
_LIST = "registry:enterprises"
MOST_UNPLACED = 3000  # addresses read for one map; more than that and the whole list is the work to do


@dataclass(frozen=True)
class Figure:
    """`definition`: what is counted, for the tip. `verb`: who may see it. `weight`: points of workload that
    one of them counts in districting, None where it is no work. `rows`: (url name, query) of the list behind
    it, to which `park=7` is added. `alarm`: code of the figure that is urgent among these; parks that have
    any come first."""

    code: str
    name: str
    unit: str
    verb: Verb
    of: Callable[[int, Actor], ByPark]
    definition: str
    weight: float | None = None
    rows: tuple[str, str] | None = None
    rows_verb: Verb = SEE_ENTERPRISE  # who may open that list
    alarm: str = ""

    def partial_for(self, actor: Actor) -> bool:
        """Whether the actor sees only a part of what is counted."""
        return self.verb is not SEE_PLACES and not actor.reach(self.verb).everything


_figures: dict[str, Figure] = {}


def provide(figure: Figure) -> None:
    """Offer a figure. A second one of the same code takes the first one's place."""
    _figures[figure.code] = figure


def figures_for(actor: Actor) -> dict[str, Figure]:
    """{code: figure} that the actor may see, in the order in which they were offered."""
    return {code: figure for code, figure in _figures.items() if actor.may(figure.verb)}


def workloads() -> dict[str, Figure]:
    """{code: figure} that count as work."""
    return {code: figure for code, figure in _figures.items() if figure.weight is not None}


def _live(actor: Actor):
    return visible_to(actor).filter(status__in=Enterprise.LIVE, park__isnull=False).order_by()


def _enterprises(community_id: int, actor: Actor) -> ByPark:
    return live_by_park(community_id)


def _employees(community_id: int, actor: Actor) -> ByPark:
    rows = _live(actor).filter(headcount__isnull=False).values_list("park_id").annotate(n=Sum("headcount"))
    return dict(rows)


def _stale(community_id: int, actor: Actor) -> ByPark:
    rows = _live(actor).filter(stale(timezone.localdate()))
    return dict(rows.values_list("park_id").annotate(n=Count("pk")))


def _vacant(community_id: int, actor: Actor) -> ByPark:
    sits = Enterprise.objects.filter(unit=OuterRef("pk"), status__in=Enterprise.LIVE, merged_into=None)
    rows = Unit.objects.filter(~Exists(sits), building__park__community_id=community_id).order_by()
    return dict(rows.values_list("building__park_id").annotate(n=Count("pk")))


def _to_place(community_id: int, actor: Actor) -> ByPark:
    found = Counter(dict(_live(actor).filter(building=None).values_list("park_id").annotate(n=Count("pk"))))
    found.update(_named(actor, community_id))
    return dict(found)


def _unplaced(actor: Actor):
    return visible_to(actor).filter(status__in=Enterprise.LIVE, placement=Enterprise.Placement.TO_PLACE)


def _named(actor: Actor, community_id: int) -> Counter[int]:
    """Enterprises without a place whose address names a park, by that park."""
    rows = _unplaced(actor).exclude(registered_address="").order_by("pk")
    addresses = list(rows.values_list("registered_address", flat=True)[:MOST_UNPLACED])
    if not addresses:
        return Counter()
    book = gazetteer_of(community_id)
    parks = (book.place(text).park for text in addresses)
    return Counter(int(str(park)) for park in parks if park is not None)


def nowhere(actor: Actor) -> int:
    """Enterprises to be placed whose address doesn't even tell the park: no map can show them."""
    return _unplaced(actor).count() - sum(_named(actor, actor.community_id).values())


for _figure in (
    Figure(
        "enterprises", "在册企业", "家", SEE_PLACES, _enterprises, "落在园区、存续或停业的企业",
        weight=1.0, rows=(_LIST, ""),
    ),
    Figure(
        "employees", "员工", "人", SEE_ENTERPRISE, _employees, "在册企业登记的从业人数之和，没登记的不算",
        weight=0.05, rows=(_LIST, "sort=headcount"),
    ),
    Figure("to_place", "待落图", "家", SEE_ENTERPRISE, _to_place, "地址写着这个园区、还没落到哪栋楼的企业"),
    Figure(
        "stale", "久未核实", "家", SEE_ENTERPRISE, _stale, "一年以上没有人核实过信息的在册企业",
        rows=(_LIST, "stale=on"),
    ),
    Figure("vacant", "空置房间", "间", SEE_PLACES, _vacant, "登记过、现在没有在册企业的房间"),
):  # fmt: skip
    provide(_figure)
