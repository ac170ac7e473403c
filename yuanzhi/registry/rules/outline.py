"""Outlines as people have them: GeoJSON from a drawing tool, or a list of 经度，纬度 pairs. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north in degrees (WGS-84)
_PAIR = re.compile(r"(-?\d+(?:\.\d+)?)\s*[,，\s]\s*(-?\d+(?:\.\d+)?)")
MOST_POINTS = 500


def parse_outline(text: str) -> dict[str, Any] | None:
    """A GeoJSON Polygon (closed ring, WGS-84) from what was pasted; None for a blank.

    Raises ValueError with a Chinese sentence: what is wrong, and what to paste instead.
    """
    text = text.strip()
    if not text:
        return None
    points = _from_json(text) if text.startswith(("{", "[")) else _from_pairs(text)
    if len(points) > 1 and points[0] == points[-1]:
        points = points[:-1]
    if len(set(points)) < 3:
        raise ValueError("轮廓至少要三个不同的点，每行一个“经度，纬度”")
    if len(points) > MOST_POINTS:
        raise ValueError(f"点太多了（{len(points)} 个），{MOST_POINTS} 个以内就够画清楚")
    west, south, east, north = CHINA
    for number, (lng, lat) in enumerate(points, 1):
        if not (west <= lng <= east and south <= lat <= north):
            swapped = west <= lat <= east and south <= lng <= north
            hint = "经度和纬度写反了，经度在前" if swapped else "不在中国境内，请核对"
            raise ValueError(f"第 {number} 个点（{lng:g},{lat:g}）{hint}")
    return {"type": "Polygon", "coordinates": [[list(p) for p in [*points, points[0]]]]}


def _from_pairs(text: str) -> list[tuple[float, float]]:
    points = []
    for number, line in enumerate(filter(None, map(str.strip, re.split(r"[;；\n]+", text))), 1):
        found = _PAIR.fullmatch(line)
        if found is None:
            raise ValueError(f"第 {number} 行“{line[:20]}”看不懂：请写成 120.0012,30.2815 这样")
        points.append((float(found[1]), float(found[2])))
    return points


def _from_json(text: str) -> list[tuple[float, float]]:
    try:
        shape = json.loads(text)
    except ValueError:
        raise ValueError("这段 GeoJSON 不完整，请从头到尾重新复制") from None
    while isinstance(shape, dict) and shape.get("type") in ("FeatureCollection", "Feature"):
        features = shape.get("features")
        shape = features[0] if features else shape.get("geometry")
    if not isinstance(shape, dict) or shape.get("type") != "Polygon":
        raise ValueError("要的是一个面（Polygon），不是点、线或几个面")
    try:
        return [(float(point[0]), float(point[1])) for point in shape["coordinates"][0]]
    except (KeyError, IndexError, TypeError, ValueError):
        raise ValueError("这段 GeoJSON 里的坐标不完整，请重新导出") from None


def show_outline(geometry: Any) -> str:
    """An outline as lines to edit; an empty text for none."""
    try:
        ring = geometry["coordinates"][0]
        return "\n".join(f"{point[0]:.6f},{point[1]:.6f}" for point in ring[:-1])
    except (TypeError, KeyError, IndexError):
        return ""
