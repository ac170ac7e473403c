"""The ground of a community for the map: parks with their buildings, streets, boundary, today's grids."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from yuanzhi.accounts.actor import Actor

from ..mapping import Block, Ground, Plot, Ring, Strip, grid_borders, ring_of
from ..mapping.ground import square
from ..models import Park
from .scope import buildings_visible_to, community_of, grid_of_parks, parks_visible_to

LEAST_HEIGHT = 3.0  # metres; a building without a height is at least a floor


def ground_of(actor: Actor) -> Ground:
    """All parks of the actor's community that are on the map. Four queries.

    A park without an outline stands as a small square around its middle; one that has neither is left out.
    """
    community = community_of(actor)
    blocks: dict[int, list[Block]] = defaultdict(list)
    for building in buildings_visible_to(actor).order_by("park_id", "pk"):
        ring = ring_of(building.footprint)
        if not ring and building.lng is not None and building.lat is not None:
            ring = square((building.lng, building.lat), 12)
        if ring:
            height = max(building.height or 0, LEAST_HEIGHT)
            blocks[building.park_id].append(Block(building.pk, building.name, height, ring))
    grids = grid_of_parks(community.pk)
    plots = [
        plot
        for park in parks_visible_to(actor)
        if (plot := _plot(park, tuple(blocks[park.pk]), grids[park.pk].pk if park.pk in grids else None))
    ]
    strips = tuple(
        Strip(
            str(feature.get("properties", {}).get("kind", "street")),
            str(feature.get("properties", {}).get("name", "")),
            ring,
        )
        for feature in community.backdrop or []
        if isinstance(feature, dict) and (ring := ring_of(feature.get("geometry")))
    )
    numbers = {grid.pk: grid.number for grid in sorted(grids.values(), key=lambda g: g.number)}
    return Ground(tuple(plots), strips, ring_of(community.boundary), numbers)


def _plot(park: Park, blocks: tuple[Block, ...], grid: int | None) -> Plot | None:
    if ring := ring_of(park.outline):
        return Plot(park.pk, park.name, ring, blocks, grid)
    if park.lng is None or park.lat is None:
        return None
    return Plot(park.pk, park.name, square((park.lng, park.lat)), blocks, grid, is_stand_in=True)


def borders_of(ground: Ground) -> list[Ring]:
    """Borders between today's grids; worked out once for each state of the ground and kept in the process."""
    shape = tuple((plot.pk, plot.ring, plot.grid) for plot in ground.plots)
    return list(_borders(shape, ground.boundary))


@lru_cache(maxsize=64)
def _borders(shape: tuple[tuple[int, Ring, int | None], ...], boundary: Ring) -> tuple[Ring, ...]:
    plots = tuple(Plot(pk, "", ring, (), grid) for pk, ring, grid in shape)
    return tuple(grid_borders(Ground(plots, (), boundary)))
