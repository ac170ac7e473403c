"""The whole demo as plain data: what is to be written, before anything is written.

Up to size 1 the demo is one community, scaled down. Above that it is a city of so many full communities
side by side (100 → a city of 100, as the indicators are measured on), because a community of 80,000
enterprises in 62 parks exists nowhere and would measure the wrong thing. Beside them lies a tiny neighbour
that must see nothing.

Communities are made one at a time, each from its own seed: the memory needed is that of one, and community
number 7 is the same whatever the size of the city.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random

from demo import names, people, places
from demo.geometry import ORIGIN, Site, partition, site
from demo.names import FULL, Enterprise
from demo.people import Cast, Grid
from demo.places import Building, Park, Tenancy, Unit
from demo.polygons import METRES_PER_DEGREE, Point
from demo.stories import STORIES, Story
from demo.words import COMMUNITY_FIRST, COMMUNITY_SECOND, NEIGHBOUR, PARK_FIRST, PARK_KIND, PARKS, STORY

TODAY = date(2026, 11, 24)
SEED = 20261124
LARGEST = 100
SERIALS = 20_000  # codes kept for each community
PHONES = 40_000  # phone numbers kept for each community
SPACING_M = 2_100  # from one community of the city to the next
SUBDISTRICT = "仓前街道"


@dataclass(frozen=True, slots=True)
class DemoCase:
    """A need of an enterprise, how it came in and what should have become of it by now."""

    story: Story
    enterprise: str
    spoke: str  # who brought it
    owner: str  # key of the person who has it
    opened: datetime  # local time, within office hours or not, as life has it


@dataclass(frozen=True)
class CommunityPlan:
    code: str
    name: str
    subdistrict: str
    site: Site
    parks: list[Park]
    buildings: list[Building]
    grids: list[Grid]
    units: list[Unit]
    enterprises: list[Enterprise]
    tenancies: list[Tenancy]
    cast: Cast
    cases: list[DemoCase]

    def digest(self) -> str:
        """SHA-256 of all there is: the same seed gives the same digest on every machine."""
        parts = (
            self.site, self.parks, self.buildings, self.grids, self.units,
            self.enterprises, self.tenancies, self.cast, self.cases,
        )  # fmt: skip
        return sha256(repr((self.code, self.name, parts)).encode()).hexdigest()


@dataclass(frozen=True)
class Plan:
    """A demo of a given size. `communities()` makes them one by one; nothing is kept.

    Raises ValueError (a sentence for the person who typed the size) when the size can't be made.
    """

    size: float = 1
    seed: int = SEED
    today: date = TODAY

    def __post_init__(self) -> None:
        if not 0 < self.size <= LARGEST or (self.size > 1 and self.size != int(self.size)):
            raise ValueError(f"--size 填 0.01 到 1 之间的小数，或 1 到 {LARGEST} 的整数，现在是 {self.size}")

    def communities(self) -> Iterator[CommunityPlan]:
        """The communities of the city, then the neighbour (last)."""
        for k in range(max(1, int(self.size))):
            yield community(k, min(self.size, 1), self.seed, self.today)
        yield neighbour(self.seed, self.today)

    def digest(self) -> str:
        whole = sha256()
        for plan in self.communities():
            whole.update(plan.digest().encode())
        return whole.hexdigest()


def community(k: int, size: float, seed: int, today: date) -> CommunityPlan:
    """The k-th community of the city; `size` ≤ 1 of 62 parks, 95 buildings, 12 grids, 8,127 enterprises."""
    parks = max(4, round(62 * size))
    return _build(
        k, "yunxi" if k == 0 else f"c{k:02d}", community_name(k), seed, today,
        parks, max(parks * 3 // 2, round(95 * size)), max(2, round(12 * size)), max(30, round(FULL * size)),
        _origin(k),
    )  # fmt: skip


def neighbour(seed: int, today: date) -> CommunityPlan:
    """The community next door: one park, one grid, one enterprise, a lead of its own."""
    whole = _build(LARGEST, "shaoan", NEIGHBOUR, seed, today, 1, 1, 1, 1, _origin(-1), tiny=True)
    cast = whole.cast
    posts = [post for post in cast.posts if post.persona in ("lead", "contact")]
    kept = {post.person for post in posts}
    renamed = [
        replace(who, name="姚远川" if post.persona == "lead" else "柏南星")
        for who in cast.persons
        for post in posts
        if post.person == who.key
    ]
    usernames = {"lead": "yaoyuanchuan", "contact": "bainanxing"}
    accounts = [
        replace(account, username=usernames[account.persona], note="只看得到自己的社区")
        for account in cast.accounts
        if account.person in kept
    ]
    cast = replace(cast, persons=renamed, posts=posts, accounts=accounts, partners=[], departments=[])
    return replace(whole, cast=cast, cases=[])


def community_name(k: int) -> str:
    """云溪社区 first, then the other pairs of characters."""
    first, second = COMMUNITY_FIRST[k % 10], COMMUNITY_SECOND[(k // 10 + k) % 10]
    return f"{first}{second}社区"


def _origin(k: int) -> Point:
    """Communities stand in rows of ten, northwards; the neighbour lies to the west of the first."""
    column, row = (k % 10, k // 10) if k >= 0 else (-1, 0)
    lon, lat = ORIGIN
    step = SPACING_M / METRES_PER_DEGREE
    return lon + column * step / 0.8635, lat + row * step  # cos 30.28° = 0.8635


def _build(
    k: int,
    code: str,
    name: str,
    seed: int,
    today: date,
    parks: int,
    buildings: int,
    grids: int,
    enterprises: int,
    origin: Point,
    tiny: bool = False,
) -> CommunityPlan:
    def rng(part: str) -> Random:
        # One stream per part: a change to the people leaves the map as it was.
        return Random(f"{seed}:{code}:{part}")

    story = k == 0
    park_names = _park_names(rng("parks"), parks, story)
    order = list(range(parks))
    rng("order").shuffle(order)
    # Story firms sit in A or B of a pair; where pairs are scarce, those that need a B come first.
    pairs = {row[3]: row[4] for row in STORY} if story else {}
    twins = [order[i] for letter in "BA" for i, park in enumerate(park_names) if pairs.get(park) == letter]
    ground = site(rng("site"), parks, buildings, origin, twins[: buildings - parks])
    rows = names.enterprises(rng("enterprises"), enterprises, k * SERIALS, today, story)
    park_rows = _parks(rng("managers"), ground, park_names, order, rows)
    building_rows = _buildings(ground, park_rows, story)
    settled = places.settle(rng("places"), park_rows, building_rows, rows, today)
    grid_rows = _grids(rng("grids"), ground, park_rows, settled, grids)
    cast = people.cast(
        rng("people"),
        today,
        k * PHONES,
        park_rows,
        grid_rows,
        settled,
        k * SERIALS + SERIALS - 100,
        "" if story else f".{code}",
    )
    cases = _cases(rng("cases"), settled.enterprises, cast, today) if not tiny else []
    return CommunityPlan(
        code, name, SUBDISTRICT, ground, park_rows, building_rows, grid_rows,
        settled.units, settled.enterprises, settled.tenancies, cast, cases,
    )  # fmt: skip


def _park_names(rng: Random, count: int, story: bool) -> list[str]:
    """The names of the design pictures for the first community, others for the rest."""
    if story:
        return list(PARKS[:count])
    pool = [first + kind for first in PARK_FIRST for kind in PARK_KIND]
    return rng.sample(pool, count)


def _parks(
    rng: Random, ground: Site, park_names: list[str], order: list[int], rows: list[Enterprise]
) -> list[Park]:
    """Park k stands on plot order[k]; its number counts northwards along its street."""
    runners, keepers = people.managers(rows, len(rows))
    along: dict[str, list[int]] = {}
    for plot in sorted(ground.plots, key=lambda plot: plot.centre[1]):
        along.setdefault(plot.street, []).append(plot.index)
    out = []
    for i, name in enumerate(park_names):
        plot = ground.plots[order[i]]
        number = 8 + 22 * along[plot.street].index(plot.index) + 2 * (plot.index % 3)
        address = f"{places.STREET_ADDRESS}{plot.street}{number}号"
        out.append(Park(f"P{i + 1:02d}", name, plot.index, address, rng.choice(runners), rng.choice(keepers)))
    return out


def _buildings(ground: Site, parks: Sequence[Park], story: bool) -> list[Building]:
    """The buildings of the site, tall enough for the story firms that sit in them."""
    count: Counter[int] = Counter(f.plot for f in ground.footprints)
    park_of = {park.plot: park for park in parks}
    tall: dict[str, int] = {}
    for k, row in enumerate(STORY if story else ()):
        key, floor = places.story_building(parks, k), row[5]
        tall[key] = max(tall.get(key, 0), floor + (6 if row[7] >= 150 else 1))
    out = []
    for footprint in ground.footprints:
        park = park_of[footprint.plot]
        key = f"{park.key}-{footprint.letter}"
        floors = min(28, max(footprint.floors, tall.get(key, 0)))
        if floors != footprint.floors:
            footprint = replace(footprint, floors=floors, height_m=round(floors * 3.9 + 2.4, 1))
        name = f"{footprint.letter}座" if count[footprint.plot] > 1 else "主楼"
        out.append(Building(key, park.key, name, footprint))
    return sorted(out, key=lambda b: b.key)


def _grids(
    rng: Random, ground: Site, parks: list[Park], settled: places.Settlement, count: int
) -> list[Grid]:
    """Grids as they grew, uneven by the number of enterprises sitting in them."""
    by_plot = {park.plot: park.key for park in parks}
    plot_of = {park.key: park.plot for park in parks}
    load = [0] * len(parks)
    for tenancy in settled.tenancies:
        if tenancy.until is None and tenancy.is_main:
            load[plot_of[tenancy.unit.split("-")[0]]] += 1
    groups = partition(ground, load, count, rng) if count > 1 else [list(range(len(parks)))]
    return [
        Grid(f"G{i + 1:02d}", f"第 {i + 1} 网格", tuple(by_plot[plot] for plot in group))
        for i, group in enumerate(groups)
    ]


def _cases(rng: Random, enterprises: list[Enterprise], cast: Cast, today: date) -> list[DemoCase]:
    """The stories, each with an enterprise (its own or any that has staff) and somebody there who spoke."""
    spokesman: dict[str, str] = {}
    for contact in cast.contacts:
        spokesman.setdefault(contact.enterprise, contact.name)
    by_name = {who.name: who.key for who in cast.persons}
    desks: dict[str, list[str]] = {}
    for post in cast.posts:
        if post.scope == "desk":
            desks.setdefault(post.scope_key, []).append(post.person)
    by_short = {e.short_name: e.key for e in enterprises if e.short_name}
    any_firm = [e.key for e in enterprises if e.active and (e.headcount or 0) >= 3 and e.industry != "K70"]
    out = []
    for story in STORIES:
        enterprise = by_short.get(story.firm) or rng.choice(any_firm)
        morning = datetime(today.year, today.month, today.day, 9, 0)  # noqa: DTZ001 — local by definition
        opened = morning - timedelta(hours=story.hours, minutes=rng.randint(0, 50))
        if opened.weekday() >= 5 or not 8 <= opened.hour < 19:  # mostly, people write in the daytime
            opened = (opened - timedelta(days=max(0, opened.weekday() - 4))).replace(hour=rng.randint(9, 17))
        spoke = "一名员工" if story.confidential else spokesman[enterprise]
        owner = by_name.get(story.owner) or rng.choice(desks[story.desk])
        out.append(DemoCase(story, enterprise, spoke, owner, min(opened, morning)))
    return out
