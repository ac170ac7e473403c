"""The ground as GeoJSON for the map in the browser. Figures are not in it: they change by the hour and differ
by who asks, the ground doesn't, so it can be kept. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .ground import Ground, Ring, middle

DIGITS = 6  # of a degree: a tenth of a metre


def features_of(ground: Ground, borders: Sequence[Ring]) -> dict[str, Any]:
    """One FeatureCollection for each layer: strips, boundary, borders, parks, labels, buildings; and the
    extent."""
    parks, labels, buildings = [], [], []
    for plot in ground.plots:
        number = (ground.grids or {}).get(plot.grid or 0)
        facts = {"park": plot.pk, "name": plot.name, "grid": number}
        parks.append(_feature(_polygon(plot.ring), facts, plot.pk))
        labels.append(_feature({"type": "Point", "coordinates": _point(middle(plot.ring))}, facts, plot.pk))
        buildings += [
            _feature(
                _polygon(block.ring), {"park": plot.pk, "name": block.name, "height": block.height}, block.pk
            )
            for block in plot.blocks
        ]
    rings = [plot.ring for plot in ground.plots] + ([ground.boundary] if ground.boundary else [])
    points = [point for ring in rings for point in ring]
    return {
        "strips": _collection(
            [_feature(_polygon(s.ring), {"kind": s.kind, "name": s.name}) for s in ground.strips]
        ),
        "boundary": _collection(
            [_feature(_line((*ground.boundary, ground.boundary[0])))] if ground.boundary else []
        ),
        "borders": _collection([_feature(_line(border)) for border in borders]),
        "parks": _collection(parks),
        "labels": _collection(labels),
        "buildings": _collection(buildings),
        "extent": [
            _point((min(p[0] for p in points), min(p[1] for p in points))),
            _point((max(p[0] for p in points), max(p[1] for p in points))),
        ]
        if points
        else None,
    }


def _point(point: tuple[float, float]) -> list[float]:
    return [round(point[0], DIGITS), round(point[1], DIGITS)]


def _line(ring: Ring) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [_point(p) for p in ring]}


def _polygon(ring: Ring) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[_point(p) for p in (*ring, ring[0])]]}


def _feature(
    geometry: dict[str, Any], properties: dict[str, Any] | None = None, pk: int | None = None
) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "Feature", "geometry": geometry, "properties": properties or {}}
    return made if pk is None else {"id": pk, **made}


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}
