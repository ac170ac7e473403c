"""Place an address in park, building, floor and room, or say why not: nothing is guessed silently.

A `Gazetteer` is built once from the parks and buildings of a community; `place` is then dictionary look-ups.
What it can't settle goes to the 待落图 list, with the parks that come into question.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from .address_words import inside, normal_address, normal_building

SURE, LIKELY, WEAK = 0.95, 0.8, 0.5
PLACED_FROM = LIKELY  # below it a person decides
_STREET = re.compile(
    r"([\u4e00-\u9fff\d]*?(?:大街|大道|[路街巷道弄]))(\d+(?:-\d+)*)(?:号|弄)?(?!楼|幢|室|层)"
)
_NUMBER = re.compile(r"(?:\([^)]*\))?(\d+(?:-\d+)*)(号|弄)?(?![\d楼幢室层座])")
_NEAR = re.compile(r"(?:号|\))?(附近|对面|斜对面|旁|隔壁|交叉口|以[东南西北]|[东南西北]侧)")
_REGION = re.compile(r"([\u4e00-\u9fff]{2,3})(省|市|区|县)")
_NO_REGION = re.compile("(高新|开发|工业|功能|产业|园|社|小|校|城|厂|商务|集聚|示范|新)$")
_ABOVE_STREET = re.compile(r"^(?:[\u4e00-\u9fff]{2,3}[区县市])?(?:[\u4e00-\u9fff]{2,4}(?:街道|镇|乡))?")
# What a street name may follow; after another Hanzi it might be the tail of a longer name.
_BEFORE_STREET = set("省市区县镇乡村道城坊园)号,;0123456789")


@dataclass(frozen=True)
class ParkEntry:
    """A park as addresses know it: its name, other names, and street addresses (文一西路1818-2号)."""

    id: Hashable
    name: str
    aliases: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuildingEntry:
    """A building: 7幢, A座, 主楼, 创新大厦. `floors`: how many above ground, 0 when unknown."""

    id: Hashable
    park: Hashable
    name: str
    aliases: tuple[str, ...] = ()
    floors: int = 0


class Placement(NamedTuple):
    """Where an address lies. park is None when it isn't settled; then `candidates` are the parks in question.

    floor: 1 is the ground floor, −1 the first below. entrance: 单元. confidence: 0 to 1. reason: a sentence.
    """

    park: Hashable | None
    building: Hashable | None = None
    floor: int | None = None
    room: str = ""
    entrance: str = ""
    confidence: float = 0.0
    reason: str = ""
    candidates: tuple[Hashable, ...] = ()

    @property
    def placed(self) -> bool:
        return self.park is not None


@dataclass
class _Evidence:
    """What in the text speaks for which parks. `end`: where the rest (building, room) begins."""

    by_name: dict[Hashable, str] = field(default_factory=dict)
    by_street: tuple[Hashable, ...] = ()
    by_building: BuildingEntry | None = None
    street: str = ""
    street_strength: float = 0.0
    near: bool = False
    end: int = 0


class Gazetteer:
    """Parks and buildings, prepared for looking up.

    regions: level → names that are here ({"省": ("浙江",), "市": ("杭州",), "区": ("余杭",)}); an address
    that names another one is elsewhere. words: names around here that say nothing about a park (仓前).
    """

    def __init__(
        self,
        parks: Iterable[ParkEntry],
        buildings: Iterable[BuildingEntry] = (),
        regions: Mapping[str, tuple[str, ...]] | None = None,
        words: Iterable[str] = (),
    ):
        self.regions = dict(regions or {})
        self.parks = {park.id: park for park in parks}
        self._streets: dict[tuple[str, str], set[Hashable]] = defaultdict(set)
        self._bases: dict[tuple[str, str], set[Hashable]] = defaultdict(set)
        self._words: dict[str, dict[str, tuple[str, object]]] = defaultdict(dict)
        self._buildings: dict[Hashable, dict[str, BuildingEntry]] = defaultdict(dict)
        self._region_start = self._compile_regions()
        for word in words:
            self._add_word(word, "word", None)
        for park in self.parks.values():
            self._add_park(park)
        for building in buildings:
            self._add_building(building)
        self._heads = {
            head: sorted(((word, *what) for word, what in entries.items()), key=lambda item: -len(item[0]))
            for head, entries in self._words.items()
        }

    def _compile_regions(self) -> re.Pattern[str]:
        parts = [
            f"(?:(?:{'|'.join(map(re.escape, names))}){level}?)?"
            for level, names in self.regions.items()
            if names
        ]
        return re.compile("".join(parts))

    def _add_word(self, word: str, kind: str, what: object) -> None:
        word = normal_address(word)
        if len(word) < 2:
            return
        known = self._words[word[:2]].get(word)
        if kind == "park" and known and known[0] == "park":
            what = known[1] | what  # type: ignore[operator]
        if known is None or kind != "building":
            self._words[word[:2]][word] = (kind, what)
        elif known[0] == "building" and known[1] != what:
            self._words[word[:2]][word] = ("word", None)  # two buildings of this name: it tells nothing

    def _add_park(self, park: ParkEntry) -> None:
        for name in (park.name, *park.aliases):
            self._add_word(name, "park", frozenset({park.id}))
        for address in park.addresses:
            text = self._strip_regions(normal_address(address))
            text = _ABOVE_STREET.sub("", text)
            for street, number in _STREET.findall(text):
                self._add_word(street, "street", street)
                self._streets[street, number].add(park.id)
                self._bases[street, number.split("-")[0]].add(park.id)

    def _add_building(self, building: BuildingEntry) -> None:
        for name in (building.name, *building.aliases):
            self._buildings[building.park].setdefault(normal_building(name), building)
            if len(name) >= 4 and not re.search(r"\d", name):
                self._add_word(name, "building", building)

    def _strip_regions(self, text: str) -> str:
        return text[self._region_start.match(text).end() :]  # type: ignore[union-attr]

    def place(self, text: str) -> Placement:
        """The best placement of an address; ambiguous, contradictory or unknown gives none and says why."""
        if not text or not text.strip():
            return Placement(None, reason="没有地址。")
        rest = self._strip_regions(normal_address(text))
        if self.regions and (found := _REGION.match(rest)) and not _NO_REGION.search(found[1]):
            return Placement(None, reason=f"地址在{found[0]}，不在本社区所在的地方。")
        evidence = self._gather(rest)
        park, confidence, reason, candidates = self._settle(evidence, rest)
        if park is None or confidence < PLACED_FROM:
            return Placement(None, confidence=confidence, reason=reason, candidates=candidates)
        return self._within(park, evidence, rest, confidence, reason)

    def _gather(self, text: str) -> _Evidence:
        evidence = _Evidence()
        position, last, heads = 0, len(text) - 1, self._heads
        recognised = 0  # where the last known word ended: a street may follow it directly
        while position < last:
            for word, kind, what in heads.get(text[position : position + 2], ()):
                if text.startswith(word, position):
                    end = position + len(word)
                    end = self._note(evidence, text, position, end, recognised, word, kind, what)
                    position, recognised = end - 1, end
                    break
            position += 1
        return evidence

    def _note(self, evidence, text, start, end, recognised, word, kind, what) -> int:
        """Take one known word into account; where reading goes on."""
        if kind == "park":
            for park in what:
                evidence.by_name.setdefault(park, word)
        elif kind == "building":
            evidence.by_building = what
        elif kind == "street":
            number = _NUMBER.match(text, end)
            if not number:
                return end
            whole = start == 0 or start == recognised or text[start - 1] in _BEFORE_STREET
            self._note_street(evidence, what, number[1], whole)
            end = number.end()
        if kind != "word":
            evidence.near = evidence.near or bool(_NEAR.match(text, end))
            evidence.end = end
        return end

    def _note_street(self, evidence: _Evidence, street: str, number: str, whole: bool) -> None:
        before, evidence.street = evidence.by_street, f"{street}{number}号"
        if exact := self._streets.get((street, number)):
            # A second number that is ours as well leaves open where the enterprise sits.
            evidence.by_street = tuple({*before, *exact})
            evidence.street_strength = SURE if whole else WEAK
            return
        base, _, sub = number.partition("-")
        if sub and (same := self._streets.get((street, base))):  # 1818-2号 lies on the plot 1818号
            evidence.by_street, evidence.street_strength = tuple(same), LIKELY if whole else WEAK
        elif not sub and (near := self._bases.get((street, base))):
            evidence.by_street, evidence.street_strength = tuple(near), WEAK

    def _settle(self, evidence: _Evidence, text: str) -> tuple[Hashable | None, float, str, tuple]:
        """(park, confidence, reason, candidates) from the evidence."""
        names, streets = set(evidence.by_name), set(evidence.by_street)
        if evidence.near:
            return None, 0.0, "地址只说在附近，没有说在里面。", tuple(names | streets)
        if names and streets:
            both = names & streets
            if len(both) == 1 and evidence.street_strength >= LIKELY:
                park = both.pop()
                return park, SURE, f"园区名和门牌（{evidence.street}）都对得上。", ()
            if not both and evidence.street_strength >= LIKELY:
                told = "、".join(sorted(set(evidence.by_name.values())))
                return (
                    None,
                    0.0,
                    f"园区名「{told}」和门牌「{evidence.street}」指向不同的园区。",
                    tuple(names | streets),
                )
        pool = (names & streets) or names or streets
        if len(pool) > 1:
            return self._by_building(pool, text, evidence)
        if names:
            park = names.pop()
            if evidence.street and not streets:
                told = evidence.by_name[park]
                return (
                    park,
                    LIKELY,
                    f"地址里写了「{told}」，但门牌「{evidence.street}」没有登记，请核对。",
                    (),
                )
            return park, 0.9, f"地址里写了「{evidence.by_name[park]}」。", ()
        if streets:
            park = streets.pop()
            strength = evidence.street_strength
            if strength < PLACED_FROM:
                return None, strength, f"门牌「{evidence.street}」与已登记的不完全一样。", (park,)
            return park, strength if strength < SURE else 0.9, f"门牌「{evidence.street}」对得上。", ()
        if evidence.by_building:
            building = evidence.by_building
            return building.park, LIKELY, f"地址里写了「{building.name}」，社区里只有一处叫这个名字。", ()
        where = (
            f"门牌「{evidence.street}」不在已登记的园区里。" if evidence.street else "没有认出园区或门牌。"
        )
        return None, 0.0, where, ()

    def _by_building(
        self, pool: set, text: str, evidence: _Evidence
    ) -> tuple[Hashable | None, float, str, tuple]:
        """Several parks share a number or are both named: a building that only one of them has decides."""
        part = inside(text[evidence.end :])
        if evidence.by_building is not None and evidence.by_building.park in pool:
            name = evidence.by_building.name
            return evidence.by_building.park, LIKELY, f"几个园区都对得上，其中只有一个有「{name}」。", ()
        holders = [park for park in pool if part.building and part.building in self._buildings[park]]
        if len(holders) == 1 and (not evidence.by_street or evidence.street_strength >= LIKELY):
            return holders[0], LIKELY, f"几个园区都对得上，其中只有一个有 {part.building}。", ()
        what = f"门牌「{evidence.street}」" if evidence.by_street else "地址"
        return None, 0.0, f"{what}对应 {len(pool)} 个园区，分不清是哪一个。", tuple(pool)

    def _within(self, park, evidence: _Evidence, text: str, confidence: float, reason: str) -> Placement:
        """Building, floor and room inside a settled park."""
        here = self._buildings[park]
        part = inside(text[evidence.end :])
        building: BuildingEntry | None = None
        if evidence.by_building is not None and evidence.by_building.park == park:
            building = evidence.by_building
        elif part.building:
            building = here.get(part.building) or here.get(part.building.replace("座", "幢"))
            if building is None and not part.guessed:
                reason += f"园区里没有登记「{part.building}」，先落到园区。"
        elif len(set(here.values())) == 1:
            building = next(iter(here.values()))
            reason += "园区只有一栋楼。"
        floor, room = part.floor, part.room
        if building is None:
            floor = None
        elif floor and building.floors and floor > building.floors:
            reason += f"地址说 {floor} 层，而「{building.name}」只有 {building.floors} 层，楼层请核对。"
            floor, room, confidence = None, "", min(confidence, LIKELY)
        where = building.id if building else None
        return Placement(park, where, floor, room if building else "", part.entrance, confidence, reason)
