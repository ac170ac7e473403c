"""Places and their people: parks, buildings with their floors, grids with their staff, captains."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import Membership, User
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import GRID_STAFF, Kind, Role

from ..models import Building, Enterprise, Grid, GridTerm, Park, ParkCaptain, Unit
from ..rules.staffing import lacking, load_ratio, say_lacking
from .enterprise import Page
from .scope import grids_by_park, grids_visible_to, parks_visible_to, terms_in_force, visible_to

SOON = dt.timedelta(days=30)  # a term ending within a month is worth a word
_LONG = ("outline", "provenance", "aliases")  # of a park: no list shows them


def _live() -> Q:
    return Q(status__in=Enterprise.LIVE, merged_into=None)


def live_by_park(community_id: int, park_ids: Iterable[int] | None = None) -> dict[int, int]:
    """{park id: enterprises on record that sit there} (存续 and 停业). One read of a covering index."""
    rows = Enterprise.objects.filter(_live(), community_id=community_id)
    rows = rows.filter(park__isnull=False) if park_ids is None else rows.filter(park_id__in=list(park_ids))
    return dict(rows.values_list("park_id").annotate(n=Count("pk")).order_by())


def live_by_building(building_ids: Iterable[int]) -> dict[int, int]:
    """{building id: enterprises on record that sit there}."""
    rows = Enterprise.objects.filter(_live(), building_id__in=list(building_ids))
    return dict(rows.values_list("building_id").annotate(n=Count("pk")).order_by())


@dataclass
class ParkRow:
    """A park with what a list says about it."""

    park: Park
    grid: Grid | None
    buildings: int
    enterprises: int
    captains: list[CaptainLine]


def parks_page(
    actor: Actor, *, text: str = "", grid: int | None = None, after: int = 0, limit: int = 100
) -> Page:
    """A keyset page of parks (by id) with grid, captain and counts. Five queries whatever the length."""
    parks = parks_visible_to(actor).filter(pk__gt=after)
    if text := text.strip():
        parks = parks.filter(Q(name__icontains=text) | Q(address__icontains=text))
    if grid is not None:
        inside = GridTerm.objects.filter(terms_in_force(), grid_id=grid).values("park_id")
        parks = parks.filter(pk__in=inside)
    rows = list(parks.defer(*_LONG).order_by("pk")[: limit + 1])
    shown = rows[:limit]
    ids = [park.pk for park in shown]
    grids = grids_by_park(ids)
    buildings = dict(
        Building.objects.filter(park_id__in=ids).values_list("park_id").annotate(n=Count("pk")).order_by()
    )
    enterprises = live_by_park(actor.community_id, ids)
    captains = captains_of(ids)
    lines = [
        ParkRow(p, grids.get(p.pk), buildings.get(p.pk, 0), enterprises.get(p.pk, 0), captains.get(p.pk, []))
        for p in shown
    ]
    return Page(lines, len(rows) > limit)


@dataclass(frozen=True)
class CaptainLine:
    """A captain with name and term. `state`: "now", "soon" (ends within a month), "later" or "past"."""

    pk: int
    park_id: int
    name: str
    enterprise: Enterprise | None
    since: dt.date
    until: dt.date | None
    state: str


def captains_of(
    park_ids: Iterable[int], *, past: bool = True, today: dt.date | None = None
) -> dict[int, list[CaptainLine]]:
    """{park id: captains}, those in office first; of past ones only the last, and only without a successor.

    A term that ran out with nobody after it is what the lead has to see. Two queries.
    """
    day = today or timezone.localdate()
    held = ParkCaptain.objects.filter(park_id__in=list(park_ids)).select_related("enterprise")
    rows = list(held.defer("enterprise__business", "enterprise__provenance").order_by("-pk"))
    names = dict(User.objects.filter(pk__in={row.user_id for row in rows}).values_list("pk", "name"))
    found: dict[int, list[CaptainLine]] = defaultdict(list)
    for row in rows:
        line = CaptainLine(
            row.pk, row.park_id, names.get(row.user_id, "（账号已不在）"), row.enterprise,
            row.valid_from, row.valid_to, _term_state(row, day),
        )  # fmt: skip
        found[row.park_id].append(line)
    for park, lines in found.items():
        current = [line for line in lines if line.state != "past"]
        past_terms = (line for line in lines if line.state == "past")
        last = sorted(past_terms, key=lambda c: c.until or dt.date.max, reverse=True)
        found[park] = current or (last[:1] if past else [])
    return dict(found)


def _term_state(row: ParkCaptain, day: dt.date) -> str:
    if row.valid_to is not None and row.valid_to < day:
        return "past"
    if row.valid_from > day:
        return "later"
    return "soon" if row.valid_to is not None and row.valid_to <= day + SOON else "now"


@dataclass
class Floor:
    """A floor of a building with its rooms; `number` None holds tenants whose floor nobody knows."""

    number: int | None
    rooms: list[Room] = field(default_factory=list)

    @property
    def label(self) -> str:
        if self.number is None:
            return "不详"
        return f"{self.number} 层" if self.number > 0 else f"地下 {-self.number} 层"


@dataclass
class Room:
    """A room and who sits in it; without a unit, a tenant of the building at large."""

    unit: Unit | None
    tenants: list[Enterprise] = field(default_factory=list)


TENANTS = 1000  # more than this nobody looks through on one page


def tenants_of(actor: Actor, building: Building) -> list[Enterprise]:
    """The enterprises on record that sit in a building, as far as the actor may see them."""
    rows = visible_to(actor).filter(building=building, status__in=Enterprise.LIVE)
    rows = rows.only("name", "short_name", "unit", "headcount", "is_abnormal", "status", "building")
    return list(rows.order_by("name")[:TENANTS])


def floors_of(building: Building, tenants: list[Enterprise]) -> list[Floor]:
    """The building as a stack, the topmost floor first, empty floors included. One query."""
    seated: dict[int, list[Enterprise]] = defaultdict(list)
    loose: list[Enterprise] = []
    for tenant in tenants:
        (seated[tenant.unit_id] if tenant.unit_id else loose).append(tenant)
    floors = {number: Floor(number) for number in range(1, building.floors + 1)}
    for unit in Unit.objects.filter(building=building).order_by("floor", "room"):
        floor = floors.setdefault(unit.floor, Floor(unit.floor))
        floor.rooms.append(Room(unit, seated.get(unit.pk, [])))
    stack = [floors[number] for number in sorted(floors, reverse=True)]
    if loose:
        stack.append(Floor(None, [Room(None, [tenant]) for tenant in loose]))
    return stack


@dataclass
class GridStaffing:
    """A grid with its people, its parks and how much there is to do."""

    grid: Grid
    people: dict[str, list[Membership]]
    parks: list[Park]
    enterprises: int
    lacks: list[str]
    ratio: float | None = None

    @property
    def leaders(self) -> list[Membership]:
        return self.people.get(Role.GRID_LEADER.value, [])

    @property
    def members(self) -> list[Membership]:
        return self.people.get(Role.GRID_MEMBER.value, [])

    @property
    def helpers(self) -> list[Membership]:
        return self.people.get(Role.PART_TIMER.value, [])

    @property
    def sentence(self) -> str:
        return say_lacking(self.grid.name, self.lacks)

    @property
    def each(self) -> int | None:
        """Enterprises for one full-time member, rounded up."""
        return -(-self.enterprises // len(self.members)) if self.members else None

    @property
    def percent(self) -> int | None:
        """The load of a full-time member against the mean of the community, in per cent."""
        return None if self.ratio is None else round(self.ratio * 100)

    @property
    def over(self) -> int:
        return (self.percent or 100) - 100

    @property
    def under(self) -> int:
        return 100 - (self.percent or 100)


def grid_staffing(actor: Actor, grid: int | None = None) -> list[GridStaffing]:
    """The grids of the community with 1+3+N, parks and load against the mean. Four queries."""
    grids = list(grids_visible_to(actor))
    community = actor.community_id
    people: dict[int, dict[str, list[Membership]]] = defaultdict(lambda: defaultdict(list))
    for member in members_of(community, *GRID_STAFF, kind=Kind.GRID):
        people[member.scope_id or 0][member.role].append(member)
    parks: dict[int, list[Park]] = defaultdict(list)
    terms = GridTerm.objects.filter(terms_in_force(), grid__community_id=community).select_related("park")
    for term in terms.defer(*(f"park__{name}" for name in _LONG)).order_by("park_id"):
        parks[term.grid_id].append(term.park)
    counts = live_by_park(community)
    lines = [_staffing(g, people[g.pk], parks[g.pk], counts) for g in grids]
    staffed = [line for line in lines if line.members]
    total = sum(len(line.members) for line in staffed)
    mean = sum(line.enterprises for line in staffed) / total if total else 0.0
    for line in lines:
        line.ratio = load_ratio(line.enterprises, len(line.members), mean)
    return [line for line in lines if grid is None or line.grid.pk == grid]


def _staffing(grid: Grid, people: dict[str, Any], parks: list[Park], counts: dict[int, int]) -> GridStaffing:
    size = {role: len(people.get(role.value, [])) for role in GRID_STAFF}
    lacks = lacking(size[Role.GRID_LEADER], size[Role.GRID_MEMBER], size[Role.PART_TIMER])
    return GridStaffing(grid, people, parks, sum(counts.get(park.pk, 0) for park in parks), lacks)


def parks_without_grid(actor: Actor) -> list[Park]:
    """Parks that no grid looks after today."""
    held = GridTerm.objects.filter(terms_in_force()).values("park_id")
    return list(parks_visible_to(actor).exclude(pk__in=held)[:50])


def captain_of(actor: Actor, pk: int) -> ParkCaptain | None:
    """A captain of a park of the actor's community."""
    rows = ParkCaptain.objects.filter(pk=pk, park__in=parks_visible_to(actor)).select_related("park")
    return rows.first()
