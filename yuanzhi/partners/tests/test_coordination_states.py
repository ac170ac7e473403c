"""The life of a coordination: the whole matrix, forbidden pairs included."""

import pytest

from yuanzhi.partners.states import COORDINATION, NAMES, CoordinationState, CoordinationStep

# state: the steps that can be taken from it, and where they lead
ALLOWED = {
    "sent": {
        "accept": "accepted",
        "answer": "answered",
        "return": "returned",
        "call_off": "called_off",
    },
    "accepted": {"answer": "answered", "call_off": "called_off"},
    "answered": {"close": "closed", "ask_again": "sent"},
    "closed": {},
    "returned": {},
    "called_off": {},
}


@pytest.mark.parametrize("state", list(CoordinationState))
@pytest.mark.parametrize("step", list(CoordinationStep))
def test_every_pair(state, step):
    expected = ALLOWED[state.value].get(step.value)
    assert COORDINATION.get((state, step)) == (CoordinationState(expected) if expected else None)


def test_every_state_has_a_name():
    assert all(NAMES[state] for state in CoordinationState)
