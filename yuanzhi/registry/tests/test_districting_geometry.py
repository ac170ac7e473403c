"""Who borders whom: outlines across a street do, across a block don't, and nobody is left alone."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuanzhi.registry.districting import Park, borders, to_metres
from yuanzhi.registry.districting.geometry import gap


def block(key, x, y, width=100.0, height=100.0):
    """A rectangular park whose lower left corner is (x, y)."""
    ring = ((x, y), (x + width, y), (x + width, y + height), (x, y + height))
    return Park(key, key, x + width / 2, y + height / 2, {}, ring)


@pytest.mark.parametrize(
    ("other", "metres"),
    [
        (block("乙", 130, 0), 30),
        (block("乙", 100, 0), 0),
        (block("乙", 50, 50), 0),
        (block("乙", 20, 20, 10, 10), 0),
        (block("乙", 130, 140), 50),
        (Park("乙", "乙", 130, 50), 30),
    ],
)
def test_the_gap_between_two_outlines(other, metres):
    assert gap(block("甲", 0, 0), other) == pytest.approx(metres, abs=1e-6)
    assert gap(other, block("甲", 0, 0)) == pytest.approx(metres, abs=1e-6)


def test_a_street_joins_and_a_block_between_parts():
    parks = [block("甲", 0, 0), block("乙", 130, 0), block("丙", 260, 0)]
    assert borders(parks) == (("甲", "乙"), ("乙", "丙"))


def test_an_island_is_tied_to_the_nearest_park():
    parks = [block("甲", 0, 0), block("乙", 130, 0), block("岛", 600, 0)]
    assert set(borders(parks)) == {("甲", "乙"), ("乙", "岛")}


def test_centres_alone_make_a_sensible_net():
    parks = [Park(i, str(i), 100.0 * (i % 4), 100.0 * (i // 4) + i % 2) for i in range(12)]
    pairs = borders(parks)
    longest = max(math.dist((parks[a].x, parks[a].y), (parks[b].x, parks[b].y)) for a, b in pairs)
    assert longest < 200 and (0, 3) not in pairs


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=12), st.booleans())
def test_the_net_is_always_one_piece(points, outlined):
    """Also when parks sit on one line or on one point."""
    parks = [block(i, 200 * x, 200 * y) if outlined else Park(i, "", x, y) for i, (x, y) in enumerate(points)]
    pairs = borders(parks)
    assert pairs == tuple(sorted(set(pairs))) and all(a < b for a, b in pairs)
    reached, queue = {0}, [0]
    while queue:
        at = queue.pop()
        fresh = {b if a == at else a for a, b in pairs if at in (a, b)} - reached
        reached |= fresh
        queue += fresh
    assert reached == set(range(len(parks)))


def test_degrees_become_metres():
    (east, north), (zero, _) = to_metres([(120.01, 30.01), (120.0, 30.0)], (120.0, 30.0))
    assert zero == 0 and east == pytest.approx(964, abs=2) and north == pytest.approx(1106, abs=2)
