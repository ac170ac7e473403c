"""Who sits where since when: parks, buildings, units and tenancies.

Firms of forty people and more take whole floors; the others share what floor area is left, park by park
unevenly, as it happens in life. Some rooms stay empty; they carry the past homes of those that moved.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from random import Random

from demo.geometry import Footprint
from demo.names import Enterprise
from demo.words import STORY

RETURNED = "砚山云控"  # the headquarters that came back

M2_PER_PERSON = 8
USABLE = 0.78  # of a floor, the rest is lifts, stairs and corridors
WHOLE_FLOORS_FROM = 40  # people
DOUBLE_ROOM_FROM = 12  # people
LARGEST_ROOM_M2 = 320  # mean of a floor that few want
OUTSIDE = (
    "余杭区五常街道永福路{}号",
    "余杭区余杭街道华一路{}号",
    "余杭区闲林街道嘉企路{}号",
    "余杭区良渚街道莫干山路{}号",
    "西湖区三墩镇西园路{}号",
)
STREET_ADDRESS = "浙江省杭州市余杭区仓前街道"


@dataclass(frozen=True, slots=True)
class Park:
    key: str
    name: str
    plot: int
    address: str
    operator: str  # key of the enterprise that runs it
    property_manager: str  # key of the enterprise that looks after its buildings


@dataclass(frozen=True, slots=True)
class Building:
    key: str
    park: str
    name: str  # A座, B座 …; 主楼 where the park has only one
    footprint: Footprint

    @property
    def floor_m2(self) -> float:
        """Usable area of one floor."""
        return self.footprint.footprint_m2 * USABLE


@dataclass(frozen=True, slots=True)
class Unit:
    """A room, a whole floor, or a shared office whose seats are let one by one."""

    key: str
    building: str
    floor: int
    room: str
    area_m2: float
    kind: str = "office"  # office | floor | shared
    seats: int = 1  # how many enterprises fit


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Who sat where from `since` to `until` (the last day).

    `use`: both | registered (sits elsewhere, see `elsewhere`) | office (registered elsewhere).
    `arrival`: new | move (from another room here) | return | known. One main tenancy at a time; the further
    floors of a big firm are not main.
    """

    enterprise: str
    unit: str
    since: date
    until: date | None = None
    use: str = "both"
    elsewhere: str = ""
    arrival: str = "known"
    is_main: bool = True
    leave_reason: str = ""


@dataclass(frozen=True)
class Settlement:
    units: list[Unit]
    tenancies: list[Tenancy]
    enterprises: list[Enterprise]  # with their addresses


def story_building(parks: Sequence[Park], k: int) -> str:
    """Key of the building of the k-th story firm: its own, or the first of any park where that is missing."""
    name, letter = STORY[k][3:5]
    for park in parks:
        if park.name == name:
            return f"{park.key}-{letter}"
    return f"{parks[k % len(parks)].key}-A"


class Settling:
    """The work of `settle`, with the tables it fills."""

    def __init__(
        self, rng: Random, parks: Sequence[Park], buildings: Sequence[Building], today: date
    ) -> None:
        self.rng, self.today = rng, today
        self.park = {park.key: park for park in parks}
        self.building = {building.key: building for building in buildings}
        self.free = {b.key: set(range(1, b.footprint.floors + 1)) for b in buildings}  # floors not let whole
        self.fixed: dict[tuple[str, int], list[tuple[int, Enterprise]]] = defaultdict(list)
        self.units: dict[str, Unit] = {}
        self.home: dict[str, list[str]] = defaultdict(list)  # enterprise -> units it has now
        self.seats_left: dict[str, int] = {}

    def unit(
        self, building: str, floor: int, room: int, area: float, kind: str = "office", seats: int = 1
    ) -> Unit:
        number = f"{floor}{room:02d}"
        made = Unit(f"{building}-{number}", building, floor, number, round(area, 1), kind, seats)
        self.units[made.key] = made
        self.seats_left[made.key] = seats
        return made

    def let(self, unit: Unit, enterprise: Enterprise) -> None:
        self.seats_left[unit.key] -= 1
        self.home[enterprise.key].append(unit.key)

    def place_story(self, enterprises: Sequence[Enterprise]) -> set[str]:
        """Story firms to the rooms of the design pictures, or as near as a small community allows."""
        parks = list(self.park.values())
        rows = {row[0]: k for k, row in enumerate(STORY)}
        placed = set()
        for enterprise in enterprises:
            if not enterprise.short_name:
                continue
            k = rows[enterprise.short_name]
            key, (floor, room) = story_building(parks, k), STORY[k][5:7]
            floor = min(floor, self.building[key].footprint.floors)
            if (enterprise.headcount or 0) >= 150:
                self.take_floors(key, enterprise, floor)
            else:
                self.fixed[key, floor].append((room, enterprise))
            placed.add(enterprise.key)
        return placed

    def place_large(self, enterprises: Sequence[Enterprise]) -> set[str]:
        """Whole floors, largest firms first, wherever enough of them are free."""
        placed = set()
        for enterprise in sorted(enterprises, key=lambda e: (-(e.headcount or 0), e.key)):
            if (enterprise.headcount or 0) < WHOLE_FLOORS_FROM:
                break
            options = [
                key for key in self.building if len(self.free[key]) > self._floors_for(key, enterprise) + 1
            ]
            if options:
                key = self.rng.choices(options, [len(self.free[key]) for key in options])[0]
                self.take_floors(key, enterprise, None)
                placed.add(enterprise.key)
        return placed

    def _floors_for(self, building: str, enterprise: Enterprise) -> int:
        return -int(-(enterprise.headcount or 0) * M2_PER_PERSON // self.building[building].floor_m2)

    def take_floors(self, building: str, enterprise: Enterprise, first: int | None) -> None:
        """Let whole floors, from `first` upwards or else the topmost free ones that no story firm sits on."""
        number = self._floors_for(building, enterprise)
        free = sorted(f for f in self.free[building] if (building, f) not in self.fixed)
        chosen = [f for f in free if f >= first][:number] if first else free[-number:]
        for floor in chosen:
            self.free[building].discard(floor)
            area = self.building[building].floor_m2
            self.let(self.unit(building, floor, 1, area, "floor"), enterprise)

    def spread(self, enterprises: Sequence[Enterprise]) -> None:
        """All the others over the floors that are left."""
        density = {key: self.rng.lognormvariate(0, 0.3) for key in self.park}
        room = {
            key: (len(self.free[key]) * building.floor_m2) ** 0.75 * density[building.park]
            for key, building in self.building.items()
        }
        waiting = list(enterprises)
        self.rng.shuffle(waiting)
        total, given, seen = sum(room.values()), 0, 0.0
        for key, weight in room.items():
            seen += weight
            upto = round(len(waiting) * seen / total)
            self._fill(key, waiting[given:upto])
            given = upto

    def _fill(self, key: str, tenants: list[Enterprise]) -> None:
        """Cut the free floors of a building into rooms and let them, big rooms to big firms."""
        rng, area = self.rng, self.building[key].floor_m2
        floors = sorted(self.free[key])
        tenants = sorted(tenants, key=lambda e: (-(e.headcount or 0), e.key))
        wide: dict[int, list[tuple[float, Enterprise | None]]] = {f: [] for f in floors}
        used = dict.fromkeys(floors, 0.0)
        for floor in floors:
            for _, enterprise in self.fixed.get((key, floor), ()):
                used[floor] += self._wish(enterprise, area)
        rest = []
        for enterprise in tenants:
            wish = self._wish(enterprise, area)
            fits = [f for f in floors if used[f] + wish <= 0.85 * area]
            if (enterprise.headcount or 0) >= DOUBLE_ROOM_FROM and fits:
                floor = rng.choice(fits)
                used[floor] += wish
                wide[floor].append((wish, enterprise))
            else:
                rest.append(enterprise)
        slots = len(rest) / rng.uniform(0.78, 0.93)
        left = sum(area - used[f] for f in floors) or 1.0
        small: list[Unit] = []
        for floor in floors:
            gap = area - used[floor]
            wanted = max(round(slots * gap / left), ceil(gap / LARGEST_ROOM_M2))
            count = min(wanted, int(gap / 40))
            small += self._cut_floor(key, floor, area, wide[floor], gap, count)
        self._let_rooms(small, rest, slots)

    def _wish(self, enterprise: Enterprise, floor_m2: float) -> float:
        return min(max((enterprise.headcount or 2) * M2_PER_PERSON, 36.0), 0.6 * floor_m2)

    def _cut_floor(self, key: str, floor: int, area: float, wide: list, gap: float, count: int) -> list[Unit]:
        """Number the rooms of a floor: story rooms keep theirs, the others fill the numbers from 01."""
        taken = set()
        for room, enterprise in self.fixed.get((key, floor), ()):
            while room in taken:
                room += 1
            taken.add(room)
            self.let(self.unit(key, floor, room, self._wish(enterprise, area)), enterprise)
        weights = [self.rng.uniform(0.6, 1.5) for _ in range(count)]
        small = [(gap * w / sum(weights), None) for w in weights]
        rooms = [*wide, *small]
        self.rng.shuffle(rooms)
        numbers = [n for n in range(1, len(rooms) + len(taken) + 1) if n not in taken]
        made = []
        for number, (size, enterprise) in zip(numbers, rooms, strict=False):
            unit = self.unit(key, floor, number, size)
            if enterprise:
                self.let(unit, enterprise)
            else:
                made.append(unit)
        return made

    def _let_rooms(self, small: list[Unit], tenants: list[Enterprise], slots: float) -> None:
        """Let single rooms; where there are more firms than rooms, low floors become shared offices."""
        short = int(slots) + 1 - len(small)
        shared: list[Unit] = []
        for unit in sorted(small, key=lambda u: (u.floor, -u.area_m2)):
            if short <= 0:
                break
            seats = max(4, int(unit.area_m2 / 7))
            self.units[unit.key] = replace(unit, kind="shared", seats=seats)
            self.seats_left[unit.key] = seats
            shared.append(self.units[unit.key])
            short -= seats - 1
        chosen = {unit.key for unit in shared}
        single = [unit for unit in small if unit.key not in chosen]
        places = [unit for unit in shared for _ in range(unit.seats)]
        empty = max(0, len(single) + len(places) - len(tenants))
        for _ in range(min(empty, len(single) // 6)):
            single.pop(self.rng.randrange(len(single)))
        places = sorted(single, key=lambda u: -u.area_m2) + places
        for unit, enterprise in zip(places, tenants, strict=False):
            self.let(unit, enterprise)
        if len(places) < len(tenants):  # a full house: the last ones squeeze into the biggest shared office
            raise ValueError(f"{small[0].building if small else '?'} 放不下 {len(tenants)} 家企业")

    def address(self, unit: Unit) -> str:
        building = self.building[unit.building]
        park = self.park[building.park]
        name = "" if building.name == "主楼" else building.name
        return f"{park.address}{park.name}{name}{unit.room}室"


def settle(
    rng: Random,
    parks: Sequence[Park],
    buildings: Sequence[Building],
    enterprises: Sequence[Enterprise],
    today: date,
) -> Settlement:
    """Give every enterprise its place and its past: about 2 % get none (待落图), 3 % sit elsewhere."""
    work = Settling(rng, parks, buildings, today)
    placed = work.place_story(enterprises)
    gone = {e.key for e in enterprises if not e.active}
    ordinary = [e for e in enterprises if e.key not in placed and e.key not in gone]
    lost = {
        e.key for e in ordinary
        if rng.random() < 0.026 and not e.qualifications and e.industry != "K70" and (e.headcount or 0) < 12
    }  # fmt: skip
    ordinary = [e for e in ordinary if e.key not in lost]
    large = work.place_large(ordinary)
    work.spread([e for e in ordinary if e.key not in large])
    return _histories(work, enterprises)


def _histories(work: Settling, enterprises: Sequence[Enterprise]) -> Settlement:
    """Tenancies with their dates, and the address as it stands in the register."""
    rng = work.rng
    empty = [unit for unit in work.units.values() if work.seats_left[unit.key] == unit.seats == 1]
    past: dict[str, list[tuple[date, date]]] = defaultdict(list)
    tenancies: list[Tenancy] = []
    addressed = []
    for enterprise in enterprises:
        now = [work.units[key] for key in work.home.get(enterprise.key, ())]
        address = work.address(now[0]) if now else ""
        if now:
            rows, outside = _tenancies(work, enterprise, now)
            before = _past(work, enterprise, rows[0], empty, past)
            if before and before.until:
                away = (rows[0].since - before.until).days > 1
                tenancies.append(before)
                rows = [replace(row, arrival="return" if away else "move") for row in rows]
            tenancies += rows
            address = outside or address
        elif not enterprise.active and empty and enterprise.status_on:
            unit = _vacant(rng, empty, past, enterprise.established, enterprise.status_on)
            if unit:
                left = Tenancy(enterprise.key, unit.key, enterprise.established, enterprise.status_on)
                reason = "迁出社区" if enterprise.status == "moved_out" else "注销或吊销"
                tenancies.append(replace(left, leave_reason=reason))
                address = work.address(unit)
        addressed.append(replace(enterprise, address=address or _vague(rng, work)))
    return Settlement(sorted(work.units.values(), key=lambda u: u.key), tenancies, addressed)


def _tenancies(work: Settling, enterprise: Enterprise, now: list[Unit]) -> tuple[list[Tenancy], str]:
    """Today's tenancies, and the registered address where it is outside the community."""
    rng, age = work.rng, (work.today - enterprise.established).days
    arrived = age if rng.random() < 0.72 else rng.randint(1, age)
    if enterprise.short_name == RETURNED:
        arrived = 150
    since = work.today - timedelta(days=min(arrived, 4_600))
    draw, small = rng.random(), (enterprise.headcount or 0) < 12 and not enterprise.qualifications
    outside = "浙江省杭州市" + rng.choice(OUTSIDE).format(rng.randint(2, 980))
    use, elsewhere, address = "both", "", ""
    if small and draw < 0.035:
        use, elsewhere = "registered", outside
    elif small and draw < 0.075:
        use, address = "office", outside
    arrival = "new" if (work.today - since).days < 365 else "known"
    rows = [
        Tenancy(enterprise.key, unit.key, since, None, use, elsewhere, arrival, unit is now[0])
        for unit in now
    ]
    return rows, address


def _past(
    work: Settling, enterprise: Enterprise, now: Tenancy, empty: list[Unit], past: dict
) -> Tenancy | None:
    """Some came from another room here; a few had left the community in between and returned."""
    draw, before = work.rng.random(), (now.since - enterprise.established).days
    returned = enterprise.short_name == RETURNED or draw < 0.05
    if (not returned and draw > 0.33) or before < 200 or not empty:
        return None
    until = now.since - timedelta(days=work.rng.randint(90, before - 100) if returned else 1)
    unit = _vacant(work.rng, empty, past, enterprise.established, until)
    reason = "迁出社区" if returned else "换到社区内别处"
    if not unit:
        return None
    return Tenancy(enterprise.key, unit.key, enterprise.established, until, leave_reason=reason)


def _vacant(rng: Random, empty: list[Unit], past: dict, since: date, until: date) -> Unit | None:
    """An empty room nobody had in that time."""
    for _ in range(6):
        unit = rng.choice(empty)
        if all(until <= start or since >= end for start, end in past[unit.key]):
            past[unit.key].append((since, until))
            return unit
    return None


def _vague(rng: Random, work: Settling) -> str:
    """An address too loose to say which room: what the 待落图 list is for."""
    park = rng.choice(list(work.park.values()))
    return rng.choice(
        (
            f"杭州市余杭区仓前街道{park.name}附近",
            "杭州市余杭区未来科技城文一西路",
            f"浙江省杭州市余杭区仓前街道{rng.randint(1, 30)}幢{rng.randint(101, 909)}室",
            f"余杭区仓前街道{park.address[len(STREET_ADDRESS) :]}",
            "浙江省杭州市余杭区（自主申报）",
        )
    )
