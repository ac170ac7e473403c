from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demo import polygons
from demo.geometry import partition, site
from demo.lattice import loops
from demo.polygons import to_metres


def metres(place, ring):
    return to_metres(ring, place.origin)


def connected(plots, members) -> bool:
    todo, seen = [members[0]], {members[0]}
    while todo:
        fresh = set(plots[todo.pop()].neighbours).intersection(members) - seen
        seen |= fresh
        todo += fresh
    return seen == set(members)


@pytest.mark.parametrize(
    ("ring", "area"),
    [
        (((0, 0), (4, 0), (4, 3), (0, 3)), 12),
        (((0, 0), (0, 3), (4, 3), (4, 0)), -12),  # clockwise
        (((0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4)), 12),  # an L
        (((1, 1), (5, 1), (1, 4)), 6),
    ],
)
def test_area(ring, area):
    assert polygons.area(ring) == area


def test_an_l_contains_its_arms_but_not_its_notch():
    l_shape = ((0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4))
    assert polygons.contains(l_shape, (1, 3))
    assert polygons.contains(l_shape, (3, 1))
    assert not polygons.contains(l_shape, (3, 3))


def test_convex_rings_that_only_touch_do_not_overlap():
    square = ((0, 0), (2, 0), (2, 2), (0, 2))
    beside = ((2, 0), (4, 0), (4, 2), (2, 2))
    corner = ((1.9, 1.9), (4, 1.9), (4, 4), (1.9, 4))
    assert not polygons.convex_overlap(square, beside)
    assert polygons.convex_overlap(square, corner)


def test_degrees_and_metres_are_inverse():
    ring = ((-400.0, 300.0), (500.0, -200.0), (20.0, 640.0))
    back = to_metres(polygons.to_lonlat(ring, (120.0, 30.28)), (120.0, 30.28))
    assert back == pytest.approx([pytest.approx(point, abs=0.1) for point in ring])


def test_a_hole_is_a_ring_of_its_own():
    around = [(c, c + 1, r, r + 1) for c in range(3) for r in range(3) if (c, r) != (1, 1)]
    assert sorted(len(ring) for ring in loops(around)) == [4, 12]


def test_the_community_has_the_mission_s_size(full):
    place = full.site
    assert place.area_m2 == pytest.approx(1_400_000, rel=0.001)
    assert abs(polygons.area(metres(place, place.boundary))) == pytest.approx(1_400_000, rel=0.002)
    assert (len(place.plots), len(place.footprints), len(full.grids)) == (62, 95, 12)
    for lon, lat in place.boundary:
        assert 119.98 < lon < 120.02
        assert 30.26 < lat < 30.30
    assert len(set(place.limits)) == 4


def test_plots_lie_inside_apart_and_differ_in_size(full):
    place = full.site
    boundary = metres(place, place.boundary)
    rings = [metres(place, plot.outline) for plot in place.plots]
    for a, b in combinations(rings, 2):
        assert not polygons.convex_overlap(a, b)
    assert all(polygons.contains(boundary, point) for ring in rings for point in ring)
    areas = sorted(plot.area_m2 for plot in place.plots)
    assert areas[-1] > 4 * areas[0] > 4 * 2_000
    assert 0.5 < sum(areas) / place.area_m2 < 0.85  # the rest is streets and water


def test_no_plot_stands_in_the_canal(full):
    place = full.site
    canal = next(metres(place, strip.outline) for strip in place.strips if strip.kind == "canal")
    for plot in place.plots:
        assert not any(polygons.contains(canal, point) for point in metres(place, plot.outline))


def test_buildings_stand_on_their_plot_apart_and_three_to_28_floors_high(full):
    place = full.site
    by_plot = {}
    for building in full.buildings:
        shape = building.footprint
        ring = metres(place, shape.outline)
        plot = metres(place, place.plots[shape.plot].outline)
        assert all(polygons.contains(plot, point) for point in ring)
        assert 3 <= shape.floors <= 28
        assert 3.3 < shape.height_m / shape.floors < 5.1
        by_plot.setdefault(shape.plot, []).append(ring)
    assert set(by_plot) == set(range(62))
    for rings in by_plot.values():
        for a, b in combinations(rings, 2):
            assert not any(polygons.contains(a, p) for p in b)
            assert not any(polygons.contains(b, p) for p in a)


def test_grids_take_every_park_once_and_each_is_of_one_piece(full):
    plot_of = {park.key: park.plot for park in full.parks}
    groups = [[plot_of[park] for park in grid.parks] for grid in full.grids]
    assert sorted(i for group in groups for i in group) == list(range(62))
    for group in groups:
        assert connected(full.site.plots, group)
        assert len({full.site.plots[i].north_of_canal for i in group}) == 1


def test_grid_outlines_tile_the_community(full):
    plot_of = {park.key: park.plot for park in full.parks}
    outlines = [full.site.outline_of([plot_of[p] for p in grid.parks]) for grid in full.grids]
    total = sum(polygons.area(metres(full.site, ring)) for ring in outlines)
    assert total == pytest.approx(full.site.area_m2, rel=0.001)


def test_too_many_buildings_too():
    with pytest.raises(ValueError, match="最多放 3 幢楼"):
        site(Random(1), 2, 7)


def test_too_few_buildings_is_said_in_a_sentence():
    with pytest.raises(ValueError, match="6 个园区至少要 8 幢楼"):
        site(Random(1), 6, 7, twins=(0, 3))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), plots=st.integers(1, 70), share=st.floats(0, 2))
def test_any_size_is_a_tiling_with_its_area(seed, plots, share):
    more = int(share * plots)
    place = site(Random(seed), plots, plots + more)
    assert len(place.plots) == plots
    assert len(place.footprints) == plots + more
    assert place.area_m2 == pytest.approx(plots * 1_400_000 / 62, rel=0.001)
    rings = [metres(place, plot.outline) for plot in place.plots]
    # Where a lane bends, neighbours of some sizes share a strip of up to a metre: nobody sees it on the map.
    assert not any(polygons.convex_overlap(a, b, slack=1.5) for a, b in combinations(rings, 2))
    for shape in place.footprints:
        assert all(polygons.contains(rings[shape.plot], point) for point in metres(place, shape.outline))
    assert sum(len(plot.neighbours) for plot in place.plots) % 2 == 0


def test_partition_is_as_uneven_as_asked():
    place = site(Random(3))
    load = [50 + i for i in range(62)]
    for uneven in (1.3, 1.5):
        groups = partition(place, load, 12, Random(5), uneven)
        heaviest = max(sum(load[i] for i in group) for group in groups)
        assert heaviest / (sum(load) / 12) == pytest.approx(uneven, abs=0.06)
