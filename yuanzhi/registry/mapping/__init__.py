"""Figures on a map, as plain values: classes of a figure, the drawn map, borders of grids, GeoJSON. No
Django."""

from .borders import grid_borders, tints
from .classes import Classes, Ranked, classes_of, concentration, rank
from .drawing import AXONOMETRIC, FLAT, Drawing, View, draw
from .geojson import features_of
from .ground import Block, Ground, Plot, Ring, Strip, ring_of

__all__ = [
    "AXONOMETRIC",
    "FLAT",
    "Block",
    "Classes",
    "Drawing",
    "Ground",
    "Plot",
    "Ranked",
    "Ring",
    "Strip",
    "View",
    "classes_of",
    "concentration",
    "draw",
    "features_of",
    "grid_borders",
    "rank",
    "ring_of",
    "tints",
]
