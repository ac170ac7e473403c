"""Finding a place to sit by what people type: "海创 B座 1511", "hck", "良睦科技园B座"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yuanzhi.accounts.actor import Actor

from ..models import Building, Park, Unit
from ..rules.address_words import normal_building
from ..search.match import grade
from ..search.names import as_brand
from .scope import buildings_visible_to, parks_visible_to

_BUILDING = re.compile(r"^(\S*?[座幢栋楼#]|[A-Za-z]|\d{1,2})(?=\s|\d{3,4}|$)\s*(.*)$")
PARKS = 6


@dataclass(frozen=True)
class Place:
    """A seat as exactly as it is known. `code` is what a picker posts: "p:3", "b:7" or "u:12"."""

    park: Park
    building: Building | None = None
    unit: Unit | None = None

    @property
    def code(self) -> str:
        if self.unit is not None:
            return f"u:{self.unit.pk}"
        return f"b:{self.building.pk}" if self.building is not None else f"p:{self.park.pk}"

    @property
    def label(self) -> str:
        return " ".join(str(part) for part in (self.park, self.building, self.unit) if part)


def place_by_code(actor: Actor, code: str) -> Place | None:
    """The place of a picker's code; None for another community's or nonsense."""
    kind, _, pk = code.partition(":")
    if not pk.isdecimal() or len(pk) > 18:
        return None
    if kind == "p":
        park = parks_visible_to(actor).filter(pk=pk).first()
        return Place(park) if park else None
    if kind == "b":
        building = buildings_visible_to(actor).filter(pk=pk).first()
        return Place(building.park, building) if building else None
    if kind == "u":
        inside = buildings_visible_to(actor).values("pk")
        unit = Unit.objects.filter(pk=pk, building__in=inside).select_related("building__park").first()
        return Place(unit.building.park, unit.building, unit) if unit else None
    return None


def parks_like(actor: Actor, text: str, limit: int = PARKS) -> list[Park]:
    """Parks by a piece of the name, an alias, pinyin or initials; those that begin with it first."""
    word = text.strip()
    parks = list(parks_visible_to(actor).only("name", "aliases", "address", "community"))
    if not word:
        return parks[:limit]
    low = word.lower()
    found = []
    for park in parks:
        names = [park.name, *park.aliases]
        if any(low in name.lower() for name in names):
            found.append((0 if any(name.lower().startswith(low) for name in names) else 1, park.pk, park))
        elif len(low) > 1 and low.isascii() and grade(low, tuple(map(as_brand, names))) is not None:
            found.append((2, park.pk, park))
    return [park for *_, park in sorted(found, key=lambda hit: hit[:2])[:limit]]


def places_like(actor: Actor, text: str, limit: int = 12) -> list[Place]:
    """Places that fit the typed words, the most exact first. At most four queries."""
    text = " ".join(text.split())
    parks, rest = _named_parks(actor, text)
    if not parks:
        return []
    if not rest:
        buildings = Building.objects.filter(park__in=parks).order_by("park_id", "name")[: limit * 2]
        found = []
        for park in parks:
            found.append(Place(park))
            found += [Place(park, b) for b in buildings if b.park_id == park.pk]
        return found[:limit]
    by_id = {park.pk: park for park in parks}
    match = _BUILDING.match(rest)
    name, room = (match[1], match[2].strip()) if match else ("", rest)
    found_in = list(Building.objects.filter(park__in=parks).order_by("park_id", "name"))
    if name:
        key = normal_building(name)
        fitting = [b for b in found_in if key in {normal_building(n) for n in (b.name, *b.aliases)}]
        found_in = fitting or [b for b in found_in if name.lower() in b.name.lower()]
    elif not rest[:1].isdecimal():
        found_in = [b for b in found_in if rest.lower() in b.name.lower()]
        room = ""
    places = [Place(by_id[b.park_id], b) for b in found_in]
    if room:
        units = Unit.objects.filter(building__in=found_in, room__istartswith=room).select_related("building")
        rooms = [Place(by_id[u.building.park_id], u.building, u) for u in units.order_by("room")[:limit]]
        places = rooms + places
    return places[:limit] or [Place(park) for park in parks[:limit]]


def _named_parks(actor: Actor, text: str) -> tuple[list[Park], str]:
    """The parks that the beginning of the text names, and what follows them."""
    if not text:
        return parks_like(actor, ""), ""
    best: tuple[Park, str] | None = None
    for park in parks_visible_to(actor).only("name", "aliases", "address", "community"):
        for name in (park.name, *park.aliases):
            if text.startswith(name) and (best is None or len(name) > len(best[1])):
                best = (park, name)
    if best is not None:
        return [best[0]], text[len(best[1]) :].strip()
    if whole := parks_like(actor, text):
        return whole, ""
    head, _, rest = text.partition(" ")
    return parks_like(actor, head), rest
