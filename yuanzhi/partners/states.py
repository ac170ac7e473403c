"""The lives of a referral and of a coordination as data. Pure."""

from __future__ import annotations

from enum import StrEnum


class ReferralState(StrEnum):
    """Where a referral stands."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"
    CALLED_OFF = "called_off"


class CoordinationState(StrEnum):
    """Where a coordination stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    CLOSED = "closed"
    RETURNED = "returned"
    CALLED_OFF = "called_off"


NAMES: dict[StrEnum, str] = {
    ReferralState.OPEN: "正在找人",
    ReferralState.TAKEN: "专家在办",
    ReferralState.DONE: "已完成",
    ReferralState.FAILED: "没人能接",
    ReferralState.CALLED_OFF: "已取消",
    CoordinationState.SENT: "待部门签收",
    CoordinationState.ACCEPTED: "部门在办",
    CoordinationState.ANSWERED: "部门已答复",
    CoordinationState.CLOSED: "已采用",
    CoordinationState.RETURNED: "部门退回",
    CoordinationState.CALLED_OFF: "已取消",
}


class ReferralStep(StrEnum):
    """What happens to a referral."""

    TAKE = "take"
    FINISH = "finish"
    GIVE_BACK = "give_back"
    FAIL = "fail"
    CALL_OFF = "call_off"


class CoordinationStep(StrEnum):
    """What happens to a coordination."""

    ACCEPT = "accept"
    ANSWER = "answer"
    RETURN = "return"
    CLOSE = "close"
    ASK_AGAIN = "ask_again"
    CALL_OFF = "call_off"


_R, _C = ReferralState, CoordinationState

# (from, step) → to
REFERRAL: dict[tuple[ReferralState, ReferralStep], ReferralState] = {
    (_R.OPEN, ReferralStep.TAKE): _R.TAKEN,
    (_R.OPEN, ReferralStep.FAIL): _R.FAILED,
    (_R.OPEN, ReferralStep.CALL_OFF): _R.CALLED_OFF,
    (_R.TAKEN, ReferralStep.FINISH): _R.DONE,
    (_R.TAKEN, ReferralStep.GIVE_BACK): _R.OPEN,
    (_R.TAKEN, ReferralStep.CALL_OFF): _R.CALLED_OFF,
}

COORDINATION: dict[tuple[CoordinationState, CoordinationStep], CoordinationState] = {
    (_C.SENT, CoordinationStep.ACCEPT): _C.ACCEPTED,
    (_C.SENT, CoordinationStep.ANSWER): _C.ANSWERED,
    (_C.ACCEPTED, CoordinationStep.ANSWER): _C.ANSWERED,
    (_C.SENT, CoordinationStep.RETURN): _C.RETURNED,
    (_C.ANSWERED, CoordinationStep.CLOSE): _C.CLOSED,
    (_C.ANSWERED, CoordinationStep.ASK_AGAIN): _C.SENT,
    (_C.SENT, CoordinationStep.CALL_OFF): _C.CALLED_OFF,
    (_C.ACCEPTED, CoordinationStep.CALL_OFF): _C.CALLED_OFF,
}


# What the lead decides about a firm: decision → (from these states, to this one). A new accreditation may
# follow a running one (renewed), a suspension or an end.
ACCREDITATION: dict[str, tuple[frozenset[str], str]] = {
    "accredit": (frozenset({"candidate", "accredited", "suspended", "ended"}), "accredited"),
    "suspend": (frozenset({"accredited"}), "suspended"),
    "end": (frozenset({"candidate", "accredited", "suspended"}), "ended"),
}
DECISION_NAMES = {"accredit": "认证", "suspend": "暂停", "end": "退出"}


def decisions_from(state: str) -> list[str]:
    """What the lead may decide about a firm in this state."""
    return [decision for decision, (before, _) in ACCREDITATION.items() if state in before]


def choices(states: type[StrEnum]) -> list[tuple[str, str]]:
    """(code, Chinese name) of every state, for a model's field."""
    return [(state.value, NAMES[state]) for state in states]
