"""Where a row of the spreadsheet says an enterprise sits: by park, building and room, or by its address.

Knows the community's places by heart and no database: it can be sent to a process beside this one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from yuanzhi.kernel.tabular.findings import WARNING
from yuanzhi.kernel.tabular.mapping import Record

from ..rules.address import Gazetteer
from ..rules.address_words import inside, normal_address, normal_building


class Spot(NamedTuple):
    """A place in the community. `room` is set where the building is known; `stated`: the table names the
    park, and does not merely have an address that lies there."""

    park: int
    building: int | None = None
    room: str = ""
    floor: int | None = None
    stated: bool = False


class Spots:
    """Parks (id, name, other names) and buildings (id, park, name, other names) of a community."""

    def __init__(
        self,
        gazetteer: Gazetteer,
        parks: Iterable[tuple[int, str, list[str]]],
        buildings: Iterable[tuple[int, int, str, list[str]]],
    ) -> None:
        self.gazetteer = gazetteer
        self.parks: dict[str, int] = {}
        self.names: dict[int, str] = {}
        for pk, name, aliases in parks:
            self.names[pk] = name
            for said in (name, *aliases):
                self.parks.setdefault(normal_address(said), pk)
        self.buildings: dict[tuple[int, str], int] = {}
        self.titles: dict[int, str] = {}
        for pk, park_id, name, aliases in buildings:
            self.titles[pk] = name
            for said in (name, *aliases):
                self.buildings.setdefault((park_id, normal_building(said)), pk)
        self._seen: dict[str, Spot | None] = {}

    def spot(self, values: dict[str, Any], record: Record) -> Spot | None:
        """The place, or None when it is not settled (the enterprise then goes to 待落图)."""
        if said := values.get("park"):
            park = self.parks.get(normal_address(said))
            if park is not None:
                return self._within(park, values, record)
            record.add("所属园区", WARNING, f"系统里没有“{said}”这个园区，改按地址落图。", said)
        for field in ("office_address", "registered_address"):
            if text := values.get(field):
                return self._by_address(text)
        return None

    def _within(self, park: int, values: dict[str, Any], record: Record) -> Spot:
        said, room = values.get("building"), values.get("room") or ""
        building = None
        if said:
            building = self.buildings.get((park, normal_building(said)))
            if building is None:
                record.add("楼宇", WARNING, f"{self.names[park]}里没有登记“{said}”，先落到园区。", said)
        if not room or building is None:
            return Spot(park, building, stated=True)
        part = inside(normal_address(room if room.endswith("室") else f"{room}室"))
        return Spot(park, building, (part.room or room)[:20], part.floor, stated=True)

    def _by_address(self, text: str) -> Spot | None:
        if text not in self._seen:
            if len(self._seen) > 20_000:
                self._seen.clear()
            found = self.gazetteer.place(text)
            self._seen[text] = (
                Spot(found.park, found.building, found.room[:20], found.floor) if found.placed else None  # type: ignore[arg-type]
            )
        return self._seen[text]

    def title(self, spot: Spot) -> str:
        """ "云溪1号园 A座 301"."""
        parts = [self.names[spot.park]]
        if spot.building is not None:
            parts += [self.titles[spot.building], spot.room]
        return " ".join(part for part in parts if part)
