"""What districting is told about a community, and the proposals made so far."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from yuanzhi.accounts.actor import Actor

from ..access import DISTRICT
from ..figures import workloads
from ..mapping import ring_of
from ..mapping.ground import middle
from ..models import DistrictingProposal, GridTerm, Park
from .scope import grids_visible_to, parks_visible_to, terms_in_force


def proposals_of(actor: Actor) -> QuerySet[DistrictingProposal]:
    """The proposals of the actor's community, the latest first."""
    if not actor.community_id or not actor.may(DISTRICT):
        return DistrictingProposal.objects.none()
    return DistrictingProposal.objects.filter(community_id=actor.community_id)


def world_of(actor: Actor) -> dict[str, Any]:
    """The community as districting sees it, JSON throughout. A query for each figure of work, and three.

    parks: id, name, lng, lat, ring, counts {figure: number}; today {park id as text: number of its grid};
    grids: number and name; unmapped: names of parks that have no place yet and take no part.
    """
    community = actor.community_id
    counts = {code: figure.of(community, actor) for code, figure in workloads().items()}
    parks, unmapped = [], []
    for park in parks_visible_to(actor):
        ring = ring_of(park.outline)
        if not ring and (park.lng is None or park.lat is None):
            unmapped.append(park.name)
            continue
        lng, lat = middle(ring) if ring else (park.lng, park.lat)
        own = {code: by_park.get(park.pk, 0) for code, by_park in counts.items()}
        parks.append({"id": park.pk, "name": park.name, "lng": lng, "lat": lat, "ring": ring, "counts": own})
    known = {park["id"] for park in parks}
    return {
        "parks": parks,
        "today": {str(pk): number for pk, number in grid_numbers(community).items() if pk in known},
        "grids": [{"number": grid.number, "name": grid.name} for grid in grids_visible_to(actor)],
        "unmapped": unmapped,
        "on": timezone.localdate().isoformat(),
    }


def grid_numbers(community_id: int, on: Any = None) -> dict[int, int]:
    """{park id: number of its grid} on a day. One query."""
    terms = GridTerm.objects.filter(terms_in_force(on), park__community_id=community_id)
    return dict(terms.values_list("park_id", "grid__number"))


def park_names(community_id: int) -> dict[int, str]:
    """{park id: name} of the parks that are on the map."""
    rows = Park.objects.filter(community_id=community_id)
    return {
        park.pk: park.name
        for park in rows.only("name", "outline", "lng", "lat")
        if ring_of(park.outline) or (park.lng is not None and park.lat is not None)
    }
