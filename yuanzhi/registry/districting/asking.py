"""One question, one honest answer: checks the question, looks for obstacles, searches, proves, verifies.

Call it in a worker process: it takes seconds, uses one core, and both its arguments and its answer can be
pickled."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from .checker import broken_grids, check
from .core import Core, bits, build
from .exact import ANY, Answer, Exact
from .model import (
    BALANCE,
    FEASIBLE,
    FEWEST,
    GOALS,
    INFEASIBLE,
    PROVED,
    SCALE,
    UNKNOWN,
    DistrictingError,
    Limits,
    Move,
    Problem,
    Proposal,
    validate,
)
from .obstacles import obstacles
from .search import anneal, relabel
from .sets import Sets, connected_sets

Tell = Callable[[Proposal], None]


def propose(problem: Problem, goal: str, limits: Limits | None = None, tell: Tell | None = None) -> Proposal:
    """A new partition of the parks into grids for one of GOALS. Raises DistrictingError where the question
    itself is wrong; a question without an answer gets status INFEASIBLE (with reasons) or UNKNOWN.

    `tell` hears of each better answer on the way: the solver may not keep to its time, and whoever stops it
    then has the last one (unproved, with the bound known so far).
    """
    limits = limits or Limits()
    if goal not in GOALS:
        raise DistrictingError(f"不认识的目标“{goal}”，可选：{'、'.join(GOALS.values())}。")
    validate(problem, limits)
    began = time.monotonic()
    core = build(problem, limits)
    reasons = obstacles(problem, core, limits)
    if reasons:
        return Proposal(goal, INFEASIBLE, reasons=tuple(reasons))

    def heard(part: list[int] | None, bound: float | None) -> None:
        if tell is None or part is None:
            return
        sound = core.sound(part)
        status, why = (FEASIBLE, _OUT_OF_TIME) if sound else (UNKNOWN, _UNREACHED)
        tell(
            _proposal(problem, core, goal, limits, status, part, bound if sound else None, [why],
                      time.monotonic() - began)
        )  # fmt: skip

    asker = _Asker(core, goal, limits, began + limits.seconds, heard)
    status, part, bound, why = asker.answer()
    return _proposal(problem, core, goal, limits, status, part, bound, why, time.monotonic() - began)


class _Asker:
    """How an answer is looked for. `answer()` → (status, labelled partition or None, bound or None,
    reasons)."""

    def __init__(
        self,
        core: Core,
        goal: str,
        limits: Limits,
        until: float,
        heard: Callable[[list[int] | None, float | None], None] = lambda part, bound: None,
    ):
        self.core, self.goal, self.seed, self.until = core, goal, limits.seed, until
        self.heard = heard
        self._sets: Sets | None = None
        self._listed = False

    def answer(self):
        if self.goal == BALANCE:
            return self._balance()
        first = self._search(600 * self.core.size)
        if first is not None and not self.core.sound(first):
            # Tight limits: balance first and the goal from there. The list of sets may not end in time.
            first = self._by_balance(first, 600 * self.core.size)
        sound = first is not None and self.core.sound(first)
        self.heard(first, None)
        if self.sets() is None:
            return self._unproved(first if sound else self._search(_long(self.core)))
        found = self._exact(self.core, self.goal, first if sound else None)
        if found.masks is None and not found.closed:
            if sound:
                return FEASIBLE, first, None, ["求解器没有给出结论，这是搜索到的方案；可以再试一次。"]
            other = self._any()
            if other.masks is None:
                return self._none(other, first)
            self.heard(self._labelled(other), None)
            found = self._exact(self.core, self.goal, self._labelled(other))
            found = found if found.masks is not None else replace(other, closed=False, bound=None)
        if found.masks is None:
            return self._none(found, first)
        if found.closed:
            return PROVED, self._labelled(found), found.bound, []
        return FEASIBLE, self._labelled(found), found.bound, [_OUT_OF_TIME]

    def _balance(self):
        core, steps = self.core, _long(self.core)
        part = self._search(steps)
        if part is None or not core.sound(part):
            found = self._any()
            if found.masks is None:
                return self._none(found, part)
            part = self._search(steps, self._labelled(found))
        loads = [core.weight(mask) for mask in core.members(part or [])]
        least = max(max(core.loads), -(-sum(loads) // core.wanted))
        return (PROVED if max(loads) == least else FEASIBLE), part, least, []

    def _none(self, found: Answer, part: list[int] | None):
        if found.closed:
            return INFEASIBLE, None, None, self._why_none()
        return UNKNOWN, part, None, [_UNREACHED]

    def _unproved(self, part: list[int] | None):
        if part is None or not self.core.sound(part):
            return UNKNOWN, part, None, [_UNREACHED]
        return FEASIBLE, part, None, [_TOO_MANY]

    def _search(self, steps: int, first: Sequence[int] | None = None) -> list[int] | None:
        """Annealing; where the limits are hard to keep, balance first and the goal from there."""
        part = anneal(self.core, self.goal, self.seed, steps, self.until, first)
        if part is None or self.core.sound(part) or self.goal == BALANCE or self.sets() is not None:
            return part
        return self._by_balance(first, steps)

    def _by_balance(self, first: Sequence[int] | None, steps: int) -> list[int] | None:
        part = anneal(self.core, BALANCE, self.seed, steps, self.until, first)
        return anneal(self.core, self.goal, self.seed, steps, self.until, part)

    def sets(self) -> Sets | None:
        if not self._listed:
            self._sets, self._listed = connected_sets(self.core), True
        return self._sets

    def _any(self) -> Answer:
        """Is there any partition within the limits?"""
        return self._exact(self.core, ANY, None)

    def _exact(self, core: Core, goal: str, hint: Sequence[int] | None) -> Answer:
        sets = self.sets()
        if sets is None:
            return Answer(None, None, None, False)
        try:
            exact = Exact(core, sets, goal, self.until, self.seed)
            if core is self.core and goal == self.goal:
                exact.heard = lambda best, bound: self.heard(
                    self._labelled(Answer(best, None, None, False)), bound
                )
            return exact.solve(hint)
        except RuntimeError:  # HiGHS came back empty-handed: keep what is known, claim nothing
            return Answer(None, None, None, False)

    def _labelled(self, answer: Answer) -> list[int]:
        columns = answer.masks or []
        if any(label < 0 for label, _ in columns):
            return relabel(self.core, [mask for _, mask in columns])
        part = [0] * self.core.size
        for label, mask in columns:
            for park in bits(mask):
                part[park] = label
        return part

    def _why_none(self) -> list[str]:
        """Nothing keeps all limits: name the limit that is to blame where it can be told."""
        if self.core.max_parks is None and not self.core.pinned:
            return ["在现在的相邻关系和负载上限下，没有任何连片的划法。把上限放宽一点，或把大园区拆开登记。"]
        if self.core.max_parks is not None:
            least = replace(
                self.core, max_parks=None, tolls=tuple(int(t > 0) for t in self.core.tolls), scale=1
            )
            answer = self._exact(least, FEWEST, None)
            if answer.closed and answer.cost is not None:
                return [f"至少要有 {round(answer.cost)} 个园区换手，现在只允许 {self.core.max_parks} 个。"]
        if self.core.pinned:
            return ["要求留在原网格的园区太多或太分散，剩下的怎么划都不行。少留几个，或把负载上限放宽。"]
        return ["现在的负载上限太紧，不管换手几个园区都不行。把上限放宽一点。"]


def _long(core: Core) -> int:
    """Steps of a search that has to be good by itself: about a second at 62 parks, eight at 600."""
    return min(4_000 * core.size, 800_000)


_OUT_OF_TIME = "时间用完，还没有证明没有更好的；可以再算一次，或者把限制放宽一点。"
_TOO_MANY = "园区和网格太多，列不全所有可能的网格，只能搜索、不能证明；按社区分开划就能证明。"
_UNREACHED = "没有在规定时间内找到守住所有限制的方案，这是最接近的一个；可以放宽负载上限或延长时间。"


def _proposal(problem, core: Core, goal, limits, status, part, bound, why, seconds) -> Proposal:
    if part is None:
        return Proposal(goal, status, seconds=seconds, reasons=tuple(why))
    assignment = {park.id: problem.grids[g] for park, g in zip(problem.parks, part, strict=True)}
    faults = check(problem, assignment, limits)
    if faults and status in (PROVED, FEASIBLE):
        raise RuntimeError("；".join(faults))  # a defect of ours, never shown as an answer
    moves = tuple(
        Move(park.id, park.name, problem.today[park.id], assignment[park.id], park.enterprises)
        for park in problem.parks
        if park.id in problem.today and problem.today[park.id] != assignment[park.id]
    )
    moved = sum(move.enterprises for move in moves)
    ratio, metres = problem.ratio(assignment), _metres(core, core.spreads(part))
    objective = {FEWEST: moved, BALANCE: ratio}.get(goal, metres)
    return Proposal(
        goal=goal,
        status=status,
        assignment=assignment,
        objective=objective,
        bound=objective if status == PROVED else _bound(core, goal, bound),
        seconds=seconds,
        loads={grid: load / SCALE for grid, load in problem.loads(assignment).items()},
        ratio=ratio,
        moves=moves,
        placed=tuple(park.id for park in problem.parks if park.id not in problem.today),
        moved_enterprises=moved,
        contiguous=not broken_grids(problem, assignment),
        metres=metres,
        dissolved=tuple(
            g for g in problem.grids if g in set(problem.today.values()) - set(assignment.values())
        ),
        reasons=tuple(why + (faults if status == UNKNOWN else [])),
    )


def _bound(core: Core, goal: str, bound: float | None) -> float | None:
    """The bound in the unit of the goal; for fewest a whole number, since half an enterprise can't move."""
    if bound is None or not math.isfinite(bound):
        return None
    if goal == FEWEST:
        return max(0, math.ceil(bound - 1e-6 * max(1.0, bound)) // core.scale)
    if goal == BALANCE:
        return bound * core.wanted / sum(core.loads)
    return _metres(core, max(0.0, bound))


def _metres(core: Core, spread: float) -> float:
    return math.sqrt(spread / sum(core.people))
