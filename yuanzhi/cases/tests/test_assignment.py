"""Who gets the next case."""

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.cases.assignment import WEIGHTS, Person, because, burden, in_turn, is_away, next_in_turn
from yuanzhi.cases.rules import Urgency

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
EARLIER = NOON - dt.timedelta(hours=3)


@pytest.mark.parametrize(
    ("people", "order"),
    [
        # the lightest first
        ([Person(1, "甲", load=6), Person(2, "乙", load=2)], [2, 1]),
        # equal: who was given longest ago; who never was comes before
        ([Person(1, "甲", given_at=NOON), Person(2, "乙", given_at=EARLIER)], [2, 1]),
        ([Person(1, "甲", given_at=EARLIER), Person(2, "乙")], [2, 1]),
        ([Person(1, "甲", order=2), Person(2, "乙", order=1)], [2, 1]),
        # half the time: two cases weigh like four
        ([Person(1, "甲", load=4, share=50), Person(2, "乙", load=6)], [2, 1]),
        ([Person(1, "甲", load=0, share=50), Person(2, "乙", load=6)], [1, 2]),
        # away: nothing new, however light
        ([Person(1, "甲", is_away=True), Person(2, "乙", load=90)], [2]),
        ([Person(1, "甲", is_away=True)], []),
        ([], []),
    ],
)
def test_the_order(people, order):
    assert [person.id for person in in_turn(people)] == order
    assert next_in_turn(people) == (in_turn(people) or [None])[0]


def test_every_urgency_has_its_weight():
    assert set(WEIGHTS) == {str(urgency) for urgency in Urgency}
    assert WEIGHTS["breached"] > WEIGHTS["soon"] > WEIGHTS["calm"] > WEIGHTS["paused"] > 0


def test_the_reason():
    assert because(Person(1, "林知夏")) == "派给林知夏：手上最轻"
    assert because(Person(1, "林知夏", share=50)) == "派给林知夏：手上最轻，在岗 50%"


@pytest.mark.parametrize(
    ("day", "away"),
    [("2026-11-23", False), ("2026-11-24", True), ("2026-11-26", True), ("2026-11-27", False)],
)
def test_both_days_of_an_absence_count(day, away):
    first, last = dt.date(2026, 11, 24), dt.date(2026, 11, 26)
    assert is_away(first, last, dt.date.fromisoformat(day)) is away


_people = st.lists(
    st.builds(
        Person,
        st.integers(1, 10**6),
        st.just("甲"),
        load=st.integers(0, 40),
        share=st.integers(1, 100),
        is_away=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda person: person.id,
)


@given(_people, st.randoms())
def test_nobody_is_favoured_by_the_order_of_the_list(people, random):
    shuffled = random.sample(people, len(people))
    assert in_turn(people) == in_turn(shuffled)


@given(st.lists(st.integers(10, 100), min_size=2, max_size=5))
def test_over_many_cases_the_loads_follow_the_shares(shares):
    """Dealt one by one, no two people's burdens ever differ by more than one case of the smaller share."""
    loads = [0] * len(shares)
    for _ in range(60):
        people = [Person(i, "甲", load=loads[i], share=share) for i, share in enumerate(shares)]
        loads[next_in_turn(people).id] += WEIGHTS["calm"]
    burdens = [burden(Person(i, "甲", load=loads[i], share=share)) for i, share in enumerate(shares)]
    assert max(burdens) - min(burdens) <= Fraction(WEIGHTS["calm"] * 100, min(shares))
