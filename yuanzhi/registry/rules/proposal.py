"""The life of a districting proposal, and whether it still fits the world it was made for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a proposal stands."""

    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    IMPOSSIBLE = "impossible"
    FAILED = "failed"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"


class Step(StrEnum):
    """What happens to a proposal."""

    BEGIN = "begin"
    ANSWER = "answer"
    DENY = "deny"
    FAIL = "fail"
    ACCEPT = "accept"
    DISCARD = "discard"


STATE_NAMES: dict[State, str] = {
    State.QUEUED: "排队中",
    State.RUNNING: "推算中",
    State.READY: "待决定",
    State.IMPOSSIBLE: "划不出来",
    State.FAILED: "没有算成",
    State.ACCEPTED: "已采用",
    State.DISCARDED: "已作罢",
}

# A worker may die over it and another begin anew, hence BEGIN from RUNNING.
MOVES: dict[tuple[State, Step], State] = {
    (State.QUEUED, Step.BEGIN): State.RUNNING,
    (State.RUNNING, Step.BEGIN): State.RUNNING,
    (State.RUNNING, Step.ANSWER): State.READY,
    (State.RUNNING, Step.DENY): State.IMPOSSIBLE,
    (State.QUEUED, Step.FAIL): State.FAILED,
    (State.RUNNING, Step.FAIL): State.FAILED,
    (State.READY, Step.ACCEPT): State.ACCEPTED,
    (State.READY, Step.DISCARD): State.DISCARDED,
    (State.IMPOSSIBLE, Step.DISCARD): State.DISCARDED,
    (State.FAILED, Step.DISCARD): State.DISCARDED,
    (State.QUEUED, Step.DISCARD): State.DISCARDED,
    (State.RUNNING, Step.DISCARD): State.DISCARDED,
}

WORKING = frozenset({State.QUEUED, State.RUNNING})


def froms(step: Step) -> list[State]:
    """The states from which a step leads on."""
    return [state for state, taken in MOVES if taken is step]


def changed_since(
    then: Mapping[int, int], now: Mapping[int, int], names: Mapping[int, str], known: set[int]
) -> list[str]:
    """Sentences: how the parks differ from those a proposal was made for; empty when it still fits.

    `then`, `now`: {park: number of its grid}; `known`: parks of the proposal, `names`: the parks there are
    now.
    """
    said = []
    if added := [names[pk] for pk in names if pk not in known]:
        said.append(f"新增了{_list(added)}，方案里没有")
    if gone := len([pk for pk in known if pk not in names]):
        said.append(f"方案里有 {gone} 个园区已经不在了")
    moved = [names[pk] for pk in names if pk in known and then.get(pk) != now.get(pk)]
    if moved:
        said.append(f"{_list(moved)}已经换了网格")
    return said


def _list(names: list[str]) -> str:
    shown = "、".join(names[:3])
    return shown if len(names) <= 3 else f"{shown}等 {len(names)} 个园区"


def loads_of(
    parks: list[dict[str, Any]], weights: Mapping[str, float], grid_of: Mapping[int, int]
) -> dict[int, float]:
    """{number of a grid: points of workload}; parks as in a proposal's world."""
    total: dict[int, float] = {}
    for park in parks:
        grid = grid_of.get(park["id"])
        if grid is not None:
            points = sum(float(weight) * park["counts"].get(code, 0) for code, weight in weights.items())
            total[grid] = total.get(grid, 0.0) + points
    return total


def balance(loads: Mapping[int, float], grids: int | None = None) -> float | None:
    """The heaviest grid against the mean, 1.0 is even; None without any load. `grids`: how many share it."""
    total = sum(loads.values())
    return max(loads.values()) * (grids or len(loads)) / total if total else None


def say_gap(status: str, gap: float | None) -> str:
    """How sure an answer is, as a badge."""
    if status == "proved":
        return "已证明最优"
    if gap is None:
        return "可行，未证明"
    return f"可行，未证明（离最优至多差 {max(0.1, gap * 100):.1f}%）"
