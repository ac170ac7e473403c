"""The life of a case: the whole matrix, forbidden pairs included."""

import pytest

from yuanzhi.cases.states import CLOSED, HANDS, OPEN, TRANSITIONS, Hand, State, Step, after, steps_from

# state: the steps that can be taken from it, and where they lead
ALLOWED = {
    "received": {"accept": "accepted", "decline": "declined", "withdraw": "withdrawn", "merge": "merged",
                 "return": "received"},
    "accepted": {"start": "in_progress", "wait": "waiting", "resolve": "resolved", "withdraw": "withdrawn",
                 "merge": "merged", "return": "received"},
    "in_progress": {"wait": "waiting", "resolve": "resolved", "withdraw": "withdrawn", "merge": "merged"},
    "waiting": {"resume": "in_progress", "withdraw": "withdrawn", "merge": "merged"},
    "resolved": {"confirm": "confirmed", "reopen": "reopened"},
    "confirmed": {"reopen": "reopened"},
    "reopened": {"start": "in_progress", "wait": "waiting", "resolve": "resolved", "withdraw": "withdrawn",
                 "merge": "merged"},
    "declined": {},
    "withdrawn": {},
    "merged": {},
}  # fmt: skip


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_every_pair(state, step):
    expected = ALLOWED[state.value].get(step.value)
    assert after(state, step) == (State(expected) if expected else None)


def test_staff_never_judge():
    for state in State:
        assert not {Step.CONFIRM, Step.REOPEN, Step.WITHDRAW} & set(steps_from(state, Hand.STAFF))


def test_every_step_has_a_hand_and_every_open_state_a_way_on():
    assert set(HANDS) == set(Step)
    for state in OPEN:
        assert any(source is state for source, _ in TRANSITIONS)
    assert State.RESOLVED not in OPEN | CLOSED  # it is the enterprise's turn
