"""The life of a case as data: which step leads from which state to which, and who may take it. Pure."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Step(StrEnum):
    """What somebody does to a case."""

    ACCEPT = "accept"
    DECLINE = "decline"
    START = "start"
    WAIT = "wait"
    RESUME = "resume"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    RETURN = "return"


STATE_NAMES: dict[State, str] = {
    State.RECEIVED: "待受理",
    State.ACCEPTED: "已受理",
    State.IN_PROGRESS: "办理中",
    State.WAITING: "等企业补充",
    State.RESOLVED: "待企业评价",
    State.CONFIRMED: "企业已确认",
    State.REOPENED: "重新办理",
    State.DECLINED: "不予受理",
    State.WITHDRAWN: "企业撤回",
    State.MERGED: "已并入",
}

STEP_NAMES: dict[Step, str] = {
    Step.ACCEPT: "受理",
    Step.DECLINE: "不予受理",
    Step.START: "开始办理",
    Step.WAIT: "等企业补充",
    Step.RESUME: "继续办理",
    Step.RESOLVE: "办结",
    Step.CONFIRM: "确认解决",
    Step.REOPEN: "重新办理",
    Step.WITHDRAW: "撤回",
    Step.MERGE: "并入另一件",
    Step.RETURN: "退回（派错了）",
}


class Hand(StrEnum):
    """Whose hand takes a step. Staff never confirm or reopen: that is the enterprise's verdict."""

    STAFF = "staff"
    ENTERPRISE = "enterprise"


_WORKED = (State.ACCEPTED, State.IN_PROGRESS, State.REOPENED)
_OPEN = (State.RECEIVED, *_WORKED, State.WAITING)

# (from, step) → to
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.RECEIVED, Step.ACCEPT): State.ACCEPTED,
    (State.RECEIVED, Step.DECLINE): State.DECLINED,
    (State.ACCEPTED, Step.START): State.IN_PROGRESS,
    (State.REOPENED, Step.START): State.IN_PROGRESS,
    **{(state, Step.WAIT): State.WAITING for state in _WORKED},
    (State.WAITING, Step.RESUME): State.IN_PROGRESS,
    **{(state, Step.RESOLVE): State.RESOLVED for state in _WORKED},
    (State.RESOLVED, Step.CONFIRM): State.CONFIRMED,
    (State.RESOLVED, Step.REOPEN): State.REOPENED,
    (State.CONFIRMED, Step.REOPEN): State.REOPENED,
    **{(state, Step.WITHDRAW): State.WITHDRAWN for state in _OPEN},
    **{(state, Step.MERGE): State.MERGED for state in _OPEN},
    (State.RECEIVED, Step.RETURN): State.RECEIVED,
    (State.ACCEPTED, Step.RETURN): State.RECEIVED,
}

HANDS: dict[Step, Hand] = {
    **dict.fromkeys(Step, Hand.STAFF),
    Step.CONFIRM: Hand.ENTERPRISE,
    Step.REOPEN: Hand.ENTERPRISE,
    Step.WITHDRAW: Hand.ENTERPRISE,
}


class Act(StrEnum):
    """What is done with a case without moving it to another state."""

    HAND_OVER = "hand_over"
    SPLIT = "split"
    TAKE_IN = "take_in"
    LINK = "link"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    URGE = "urge"
    CALL_BACK = "call_back"


ACT_NAMES: dict[Act, str] = {
    Act.HAND_OVER: "转给别人",
    Act.SPLIT: "拆开分头办",
    Act.TAKE_IN: "收下并来的一件",
    Act.LINK: "关联",
    Act.ASK_EXTENSION: "申请延期",
    Act.GRANT_EXTENSION: "同意延期",
    Act.URGE: "督办",
    Act.CALL_BACK: "回访",
}

OPEN = frozenset(_OPEN)
CLOCK_RUNS = frozenset({State.RECEIVED, *_WORKED})
CLOSED = frozenset({State.CONFIRMED, State.DECLINED, State.WITHDRAWN, State.MERGED})


def after(state: State, step: Step) -> State | None:
    """The state a step leads to, or None when it can't be taken from here."""
    return TRANSITIONS.get((state, step))


def steps_from(state: State, hand: Hand) -> list[Step]:
    """What this hand can do now, in the order of `Step`."""
    return [step for step in Step if (state, step) in TRANSITIONS and HANDS[step] is hand]


# Where each act may be done. A case that was merged lives on in another: nothing is done with it any more.
ACTS: dict[Act, frozenset[State]] = {
    Act.HAND_OVER: OPEN,
    Act.SPLIT: OPEN,
    Act.TAKE_IN: OPEN,
    Act.LINK: frozenset(State) - {State.MERGED},
    Act.ASK_EXTENSION: OPEN - {State.RECEIVED},
    Act.GRANT_EXTENSION: OPEN - {State.RECEIVED},
    Act.URGE: OPEN,
    Act.CALL_BACK: OPEN,
}


def allows(state: State, act: Act) -> bool:
    """Whether an act may be done with a case in this state."""
    return state in ACTS[act]
