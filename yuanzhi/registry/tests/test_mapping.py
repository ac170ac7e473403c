"""From figures to classes and words; the drawn map; borders between grids; GeoJSON."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.mapping import (
    AXONOMETRIC,
    FLAT,
    Block,
    Ground,
    Plot,
    Strip,
    View,
    classes_of,
    concentration,
    draw,
    features_of,
    grid_borders,
    rank,
    ring_of,
    tints,
)
from yuanzhi.registry.mapping.ground import area, degrees, inside, metres, middle, square
from yuanzhi.registry.mapping.saying import grids_finding, parks_finding

HERE = (120.0, 30.28)


def block_of(x: float, y: float, reach: float = 40) -> tuple:
    """A square of 2 × reach metres around a point in metres from HERE."""
    (place,) = degrees([(x, y)], HERE)
    return square(place, reach)


def town(columns: int = 4, rows: int = 2, street: float = 20) -> Ground:
    """Square parks of 80 m in rows, the left half in grid 1, the right half in grid 2 with a tower each."""
    plots = []
    for i in range(columns * rows):
        x, y = (i % columns) * (80 + street), (i // columns) * (80 + street)
        tower = Block(100 + i, "A座", 30.0, block_of(x, y, 10))
        plots.append(
            Plot(i, f"{i}号园", block_of(x, y), (tower,), grid=1 if i % columns < columns // 2 else 2)
        )
    return Ground(tuple(plots), (Strip("canal", "运河", block_of(100, -80, 10)),), (), {1: 1, 2: 2})


# -- classes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "unit", "words"),
    [
        ([], "件", ["都是 0 件"]),
        ([0, 0, 0], "件", ["都是 0 件"]),
        ([1, 1, 1], "件", ["0", "1 件起"]),
        ([0, 0, 0, 0, 1], "件", ["0", "1 件起"]),
        ([0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 11], "件", ["0–2", "3–5", "6–7", "8 件起"]),
        ([141, 150, 163, 188, 210, 240, 497], "家", ["0–149", "150–209", "210–496", "497 家起"]),
    ],
)
def test_classes_are_cut_where_people_would(values, unit, words):
    assert classes_of(values, unit).words == words


@given(st.lists(st.integers(0, 5000), max_size=80))
def test_classes_rise_and_a_higher_figure_never_has_a_lower_colour(values):
    classes = classes_of(values, "家")
    assert list(classes.starts) == sorted(set(classes.starts)) and len(classes.starts) <= 3
    assert len(classes.words) == len(classes.starts) + 1
    steps = [classes.step(value) for value in sorted(values)]
    assert steps == sorted(steps) and all(0 <= step <= 3 for step in steps)
    if values and max(values) > 0:
        assert classes.step(max(values)) == len(classes.starts), "no colour that no park has at the top"


def test_ranking_keeps_the_order_of_equals():
    names = {1: "甲", 2: "乙", 3: "丙"}
    rows = rank(names, {3: 5, 1: 2}, classes_of([2, 0, 5], "家"))
    assert [(row.name, row.value) for row in rows] == [("丙", 5), ("甲", 2), ("乙", 0)]


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60))
def test_half_of_all_is_in_the_fewest_parks(values):
    rows = rank({i: str(i) for i in range(len(values))}, dict(enumerate(values)), classes_of(values, "家"))
    count, held, total = concentration(rows)
    assert total == (sum(values) if sum(values) else 0)
    if total:
        assert held * 2 >= total > 2 * sum(row.value for row in rows[: count - 1])


@pytest.mark.parametrize(
    ("values", "alarms", "said"),
    [
        ({}, 0, "各园区都没有未结诉求。"),
        ({1: 4, 2: 3, 3: 1}, 2, "未结诉求共 8 件，其中 2 件超时；甲一个园区就有 4 件。"),
        ({1: 3, 2: 3, 3: 2}, 0, "未结诉求共 8 件，一半在 2 个园区里；最多的是甲，3 件。"),
    ],
)
def test_the_finding_is_a_sentence(values, alarms, said):
    rows = rank({1: "甲", 2: "乙", 3: "丙"}, values, classes_of(values.values(), "件"))
    assert parks_finding("未结诉求", "件", rows, alarms) == said


def test_findings_of_small_worlds():
    assert parks_finding("企业", "家", []) == "还没有园区。"
    assert parks_finding("企业", "家", rank({1: "甲"}, {1: 7}, classes_of([7], "家"))) == "甲有企业 7 家。"
    assert grids_finding([]) == "还没有划网格。"
    assert grids_finding([("第 1 网格", 0)]) == "1 个网格，还没有企业落进来。"
    assert "分得很匀" in grids_finding([("第 1 网格", 100), ("第 2 网格", 99)])
    assert grids_finding([("第 1 网格", 150), ("第 2 网格", 50)]).endswith("150 家，是平均的 1.50 倍。")


# -- ground ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "geometry",
    [
        None, "", 7, [], {}, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []}, {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}, {"type": "Polygon", "coordinates": ["xy"]},
        {"type": "Polygon", "coordinates": [[[1], [2], [3]]]}, {"type": "MultiPolygon", "coordinates": [[]]},
    ],
)  # fmt: skip
def test_what_is_no_outline_is_none(geometry):
    assert ring_of(geometry) == ()


def test_outlines_are_open_and_the_largest_part_counts():
    ring = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
    assert ring_of({"type": "Polygon", "coordinates": [ring]}) == ((0, 0), (2, 0), (2, 2), (0, 2))
    small = [[9, 9], [9.1, 9], [9.1, 9.1], [9, 9]]
    assert len(ring_of({"type": "MultiPolygon", "coordinates": [[small], [ring]]})) == 4


@given(st.floats(-800, 800), st.floats(-800, 800), st.floats(5, 200))
def test_metres_there_and_back(x, y, reach):
    ring = block_of(x, y, reach)
    assert area(metres(ring, HERE)) == pytest.approx(4 * reach**2, rel=1e-3)
    centre = middle(metres(ring, HERE))
    assert centre == pytest.approx((x, y), abs=0.5)
    back = degrees(metres(ring, HERE), HERE)
    assert all(math.dist(a, b) < 1e-9 for a, b in zip(ring, back, strict=True))
    assert inside(middle(ring), ring) and not inside((HERE[0] + 1, HERE[1]), ring)


# -- drawing ---------------------------------------------------------------------------------------------


def numbers(path: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", path)]


@pytest.mark.parametrize("view", [FLAT, AXONOMETRIC, View(120, 40), View(-170, 70)])
def test_everything_lies_within_the_picture(view):
    ground = town()
    drawing = draw(ground, view, grid_borders(ground))
    left, top, wide, high = map(float, drawing.box.split())
    for lot in drawing.lots:
        for path in [
            lot.plate,
            *(s.roof for s in lot.solids),
            *(w.path for s in lot.solids for w in s.walls),
        ]:
            xs, ys = numbers(path)[::2], numbers(path)[1::2]
            assert left <= min(xs) and max(xs) <= left + wide
            assert top <= min(ys) and max(ys) <= top + high


def test_far_parks_are_painted_first_and_a_tower_shows_two_walls():
    drawing = draw(town(1, 3), View(0, 50))
    assert [lot.pk for lot in drawing.lots] == [2, 1, 0], "the northernmost first"
    assert [len(solid.walls) for lot in draw(town(), AXONOMETRIC).lots for solid in lot.solids] == [2] * 8
    assert not any(solid.walls for lot in draw(town(), FLAT).lots for solid in lot.solids)


def test_bearing_turns_north_to_the_right_when_north_west_is_up():
    ground = town(1, 2)
    south, north = sorted(draw(ground, View(-30, 40)).lots, key=lambda lot: lot.pk)
    assert north.x > south.x and north.y < south.y


def test_roofs_are_the_same_whichever_way_a_footprint_runs():
    ring = block_of(0, 0, 10)
    pictures = [
        draw(Ground((Plot(1, "甲", block_of(0, 0), (Block(1, "A", 20, r),)),)), AXONOMETRIC)
        for r in (ring, ring[::-1])
    ]
    walls = [sorted(w.shade for w in p.lots[0].solids[0].walls) for p in pictures]
    assert walls == [["a", "b"], ["a", "b"]]


def test_an_empty_ground_is_drawn_too():
    assert draw(Ground(()), FLAT).lots == []
    assert features_of(Ground(()), [])["extent"] is None


def test_numbers_stand_once_for_each_grid_that_has_parks():
    drawing = draw(town(), FLAT)
    assert sorted(number for number, _, _ in drawing.marks) == [1, 2]
    moved = draw(town(), FLAT, (), dict.fromkeys(range(8), 2))
    assert [number for number, _, _ in moved.marks] == [2]
    assert {lot.grid for lot in moved.lots} == {2}


# -- borders and colours ---------------------------------------------------------------------------------


def test_the_border_runs_down_the_middle_of_the_street_between_two_grids():
    (line,) = grid_borders(town())
    xs = [x for x, _ in metres(line, HERE)]
    assert min(xs) == pytest.approx(150, abs=5) and max(xs) == pytest.approx(150, abs=5)
    assert len(line) <= 4, "a straight street is drawn straight"


def test_no_border_within_one_grid_nor_around_nothing():
    ground = town()
    assert grid_borders(ground, dict.fromkeys(range(8), 1)) == []
    assert grid_borders(Ground(())) == []
    assert grid_borders(Ground(ground.plots[:1])) == []


def test_a_grid_within_another_has_a_closed_border():
    ground = town(5, 5)
    lines = grid_borders(ground, {pk: 2 if pk == 12 else 1 for pk in range(25)})
    assert sum(len(line) for line in lines) >= 4
    for line in lines:
        for x, y in metres(line, HERE):
            assert max(abs(x - 200), abs(y - 200)) == pytest.approx(50, abs=8)


def test_the_border_of_a_boundary_is_not_drawn_twice():
    ground = town()
    edge = degrees([(-60, -60), (360, -60), (360, 160), (-60, 160)], HERE)
    for line in grid_borders(Ground(ground.plots, (), edge)):
        assert all(inside(p, edge) for p in line[1:-1])


@given(st.lists(st.integers(1, 6), min_size=12, max_size=12))
def test_neighbouring_grids_have_different_colours(owners):
    ground = town(4, 3)
    partition = dict(enumerate(owners))
    given_tints = tints(ground, partition)
    assert set(given_tints) == set(owners)
    for i in range(12):
        for j in (i + 1, i + 4):
            if j < 12 and (j != i + 1 or j % 4) and owners[i] != owners[j]:
                assert given_tints[owners[i]] != given_tints[owners[j]]


def test_a_grid_keeps_its_colour_in_both_pictures():
    ground = town()
    both = tints(ground, {0: 1, 1: 2}, {0: 2, 1: 3})
    assert set(both) == {1, 2, 3} and len(set(both.values())) >= 2


def test_geojson_carries_ground_and_no_figures():
    ground = town()
    found = features_of(ground, grid_borders(ground))
    park = found["parks"]["features"][0]
    assert park["id"] == 0 and park["properties"] == {"park": 0, "name": "0号园", "grid": 1}
    ring = park["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1] and len(ring) == 5
    assert found["buildings"]["features"][0]["properties"]["height"] == 30.0
    assert len(found["borders"]["features"]) == 1 and found["boundary"]["features"] == []
    west, east = found["extent"]
    assert west[0] < east[0] and west[1] < east[1]
