"""The parks, buildings and rooms of a community, looked up once for a whole import."""

from __future__ import annotations

from ..models import Building, Park, Unit
from ..queries.quality import gazetteer_of
from .spots import Spots


class Places:
    """`spots`: parks and buildings, by which rows are placed; `units`: rooms by building and number."""

    def __init__(self, community_id: int) -> None:
        parks = Park.objects.filter(community_id=community_id)
        buildings = Building.objects.filter(park__community_id=community_id)
        self.spots = Spots(
            gazetteer_of(community_id),
            parks.values_list("pk", "name", "aliases"),
            buildings.values_list("pk", "park_id", "name", "aliases"),
        )
        self.community_id = community_id
        self.units: dict[tuple[int, str], int] = {}
        self.load_units()

    def load_units(self) -> None:
        """Look up the rooms anew."""
        rows = Unit.objects.filter(building__park__community_id=self.community_id)
        self.units = {
            (building_id, room): pk
            for pk, building_id, room in rows.values_list("pk", "building_id", "room").iterator()
        }
