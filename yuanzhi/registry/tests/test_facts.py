"""Which of two statements holds: the table one can read, and laws."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.rules.facts import WEIGHT, Outcome, Statement, missing, stale, weigh

OLD, NEW = dt.date(2026, 3, 1), dt.date(2026, 11, 1)


@pytest.mark.parametrize(
    ("known", "said", "outcome"),
    [
        # known (value, day, kind)      said                       what becomes of it
        (None, (10, NEW, "import"), "take"),
        ((None, OLD, "staff"), (10, NEW, "import"), "take"),
        (("", NEW, "staff"), ("软件", OLD, "import"), "take"),
        ((10, OLD, "import"), (None, NEW, "staff"), "ignore"),
        ((10, OLD, "import"), ("", NEW, "staff"), "ignore"),
        ((10, OLD, "import"), (10, NEW, "staff"), "same"),
        ((10, NEW, "staff"), (10, OLD, "import"), "same"),
        ((10, OLD, "staff"), (12, NEW, "import"), "take"),
        ((10, NEW, "import"), (12, OLD, "staff"), "conflict"),
        ((10, NEW, "import"), (12, NEW, "import"), "take"),
        ((10, NEW, "import"), (12, NEW, "staff"), "take"),
        ((10, NEW, "staff"), (12, NEW, "import"), "conflict"),
        ((10, NEW, "visit"), (12, NEW, "staff"), "conflict"),
        ((10, NEW, "staff"), (12, NEW, "visit"), "take"),
        ((10, NEW, "enterprise"), (12, NEW, "department"), "conflict"),
        ((10, NEW, "staff"), (0, NEW, "staff"), "take"),  # nobody is a number too
        ((True, OLD, "import"), (False, NEW, "staff"), "take"),
    ],
)
def test_weigh(known, said, outcome):
    assert weigh(Statement(*known) if known else None, Statement(*said)) == outcome


_days = st.dates(dt.date(2020, 1, 1), dt.date(2026, 12, 31))
_statements = st.builds(Statement, st.integers(1, 3), _days, st.sampled_from(sorted(WEIGHT)))


@given(_statements, _statements)
def test_two_statements_never_both_lose(one, other):
    """Whoever comes first, at least one order of arrival ends with a decision in favour of somebody."""
    outcomes = {weigh(one, other), weigh(other, one)}
    assert outcomes != {Outcome.CONFLICT}


@pytest.mark.parametrize(
    ("confirmed", "today", "is_stale"),
    [
        (None, dt.date(2026, 11, 24), True),
        (dt.date(2025, 11, 30), dt.date(2026, 11, 1), True),
        (dt.date(2025, 12, 1), dt.date(2026, 11, 30), False),
        (dt.date(2026, 11, 24), dt.date(2026, 11, 24), False),
        (dt.date(2024, 12, 31), dt.date(2025, 12, 1), True),
    ],
)
def test_stale(confirmed, today, is_stale):
    assert stale(confirmed, today) is is_stale


def test_missing_names_what_to_ask_in_order():
    assert missing({"uscc": "x", "status": "active", "headcount": 0, "capital": None, "business": ""}) == [
        "established_on",
        "division",
        "capital",
        "business",
    ]
