"""What districting is told and what it answers: plain, frozen, picklable values. No Django, no clock.

A *problem* is parks with counts, who borders whom, today's grids and how much each count weighs.
A *proposal* says which park goes to which grid and, honestly, how much of that is proved.

Workload is rounded once, to thousandths of a point, and is a whole number from there on: solver, checker and
page compare integers and never disagree about a grid that sits exactly on the limit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

SCALE = 1000  # thousandths of a workload point

# Points per unit of each count; the page lets the community lead edit them.
DEFAULT_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"enterprises": 1.0, "employees": 0.05, "open_cases": 2.0, "must_visits": 3.0}
)
WEIGHT_NAMES: Mapping[str, str] = MappingProxyType(
    {"enterprises": "企业", "employees": "员工", "open_cases": "在办诉求", "must_visits": "必访任务"}
)

FEWEST = "fewest"  # fewest enterprises changing hands, then fewest parks
COMPACT = "compact"  # lowest moment of inertia: enterprises × square metres from the centre of their grid
BALANCE = "balance"  # lowest max/mean workload
GOALS: Mapping[str, str] = MappingProxyType(
    {FEWEST: "换手企业最少", COMPACT: "网格最紧凑", BALANCE: "负载最均衡"}
)

PROVED = "proved"  # nothing better exists in the stated model
FEASIBLE = "feasible"  # keeps every limit; a better one may exist
INFEASIBLE = "infeasible"  # no partition keeps the limits; `reasons` says why
UNKNOWN = "unknown"  # none found in the time given; the assignment, if any, misses a limit


class DistrictingError(ValueError):
    """The problem itself is wrong; the message is a Chinese sentence for the person who asked."""


@dataclass(frozen=True)
class Park:
    """One park. `x`, `y` (and `polygon`, a ring of points) are metres in any local plane."""

    id: int | str
    name: str
    x: float
    y: float
    counts: Mapping[str, float] = field(default_factory=dict)  # keys as in the weights
    polygon: tuple[tuple[float, float], ...] = ()

    @property
    def enterprises(self) -> int:
        return int(self.counts.get("enterprises", 0))


@dataclass(frozen=True)
class Limits:
    """What a proposal must keep, and what may be spent on finding it.

    `ratio`: highest allowed max/mean workload (a decimal such as 1.10). `max_parks`: at most so many parks
    change hands. `pinned`: ids of parks that stay with their grid. `seconds`: wall-clock brake; the searches
    stop by deterministic counts well before it on two cores, so the same question gets the same answer."""

    ratio: float | str | Fraction = "1.10"
    max_parks: int | None = None
    pinned: frozenset[int | str] = frozenset()
    seconds: float = 30.0
    seed: int = 1

    @property
    def exact_ratio(self) -> Fraction:
        return Fraction(str(self.ratio))


@dataclass(frozen=True)
class Problem:
    """`edges`: pairs of park ids that border each other (see `geometry.borders`). `today`: park id → grid
    label; a park without a grid is left out. `grids`: every label that may be used; `count` of them will be
    (all by default; fewer dissolves the ones whose enterprises cost least to hand over)."""

    parks: tuple[Park, ...]
    edges: tuple[tuple[int | str, int | str], ...]
    today: Mapping[int | str, int | str]
    grids: tuple[int | str, ...]
    count: int | None = None
    weights: Mapping[str, float] = field(default_factory=lambda: dict(DEFAULT_WEIGHTS))

    @property
    def wanted(self) -> int:
        """Number of grids the proposal will have."""
        return len(self.grids) if self.count is None else self.count

    def load(self, park: Park) -> int:
        """Workload of a park in thousandths of a point."""
        return round(sum(w * park.counts.get(key, 0) for key, w in self.weights.items()) * SCALE)

    def loads(self, assignment: Mapping[int | str, int | str]) -> dict[int | str, int]:
        """Workload of each grid of an assignment, in thousandths of a point, in the order of `grids`."""
        total: dict[int | str, int] = dict.fromkeys(
            (g for g in self.grids if g in set(assignment.values())), 0
        )
        for park in self.parks:
            if park.id in assignment:
                total[assignment[park.id]] += self.load(park)
        return total

    def ceiling(self, limits: Limits) -> int:
        """Highest workload a grid may have, in thousandths of a point."""
        return math.floor(limits.exact_ratio * sum(map(self.load, self.parks)) / self.wanted)

    def ratio(self, assignment: Mapping[int | str, int | str]) -> float:
        """max/mean workload; the mean is over the wanted number of grids. 1.0 is perfect."""
        total = sum(map(self.load, self.parks))
        return max(self.loads(assignment).values()) * self.wanted / total if total else 1.0


@dataclass(frozen=True)
class Move:
    """A park that changes hands."""

    park: int | str
    name: str
    source: int | str
    target: int | str
    enterprises: int


@dataclass(frozen=True)
class Proposal:
    """The answer. `objective` and `bound` are in the unit of the goal: enterprises (fewest), metres (root
    mean square) from an enterprise to the centre of its grid (compact), max/mean (balance). `bound`: no
    partition is below it; None when nothing is known."""

    goal: str
    status: str
    assignment: Mapping[int | str, int | str] = field(default_factory=dict)
    objective: float | None = None
    bound: float | None = None
    seconds: float = 0.0
    loads: Mapping[int | str, float] = field(default_factory=dict)  # points
    ratio: float | None = None
    moves: tuple[Move, ...] = ()
    placed: tuple[int | str, ...] = ()  # parks that had no grid and get one
    moved_enterprises: int = 0
    contiguous: bool = False
    metres: float | None = None  # from an enterprise to the centre of its grid, root mean square
    dissolved: tuple[int | str, ...] = ()  # today's grids that are gone
    reasons: tuple[str, ...] = ()

    @property
    def moved_parks(self) -> int:
        return len(self.moves)


def validate(problem: Problem, limits: Limits) -> None:
    """Raise DistrictingError where the question makes no sense (as opposed to having no answer)."""
    ids = [park.id for park in problem.parks]
    known, labels = set(ids), set(problem.grids)
    names = {park.id: park.name for park in problem.parks}
    if not ids:
        raise DistrictingError("还没有园区，先在“园区”里登记，再来划分网格。")
    if len(known) != len(ids):
        raise DistrictingError("同一个园区出现了两次，请刷新后重试。")
    if len(labels) != len(problem.grids) or not 1 <= problem.wanted <= len(problem.grids):
        raise DistrictingError(
            f"要划 {problem.wanted} 个网格，可用的网格有 {len(labels)} 个：先新建网格或减少数量。"
        )
    for key, weight in problem.weights.items():
        if not (math.isfinite(weight) and weight >= 0):
            raise DistrictingError(f"“{WEIGHT_NAMES.get(key, key)}”的权重是 {weight}，请填 0 或正数。")
    for park in problem.parks:
        if any(not (math.isfinite(v) and v >= 0) for v in park.counts.values()):
            raise DistrictingError(f"{park.name}的数字里有负数或空值，请先核对这个园区。")
        if not (math.isfinite(park.x) and math.isfinite(park.y)):
            raise DistrictingError(f"{park.name}还没有落图，先在地图上标出位置。")
    if not any(map(problem.load, problem.parks)):
        raise DistrictingError("所有园区的工作量都是 0：权重至少有一项大于 0，并且园区里要有企业。")
    for a, b in problem.edges:
        if a not in known or b not in known:
            raise DistrictingError("相邻关系里有不存在的园区，请刷新地图后重试。")
    for park_id, label in problem.today.items():
        if park_id in known and label not in labels:
            raise DistrictingError(f"{names[park_id]}现在的网格“{label}”不在可用网格里，请补上。")
    for park_id in limits.pinned:
        if park_id not in known or park_id not in problem.today:
            name = names.get(park_id, park_id)
            raise DistrictingError(f"{name}现在不属于任何网格，不能要求它留在原网格。")
    if limits.exact_ratio < 1:
        raise DistrictingError("最大/平均负载不可能小于 1，请填 1 以上的数，例如 1.10。")
    if limits.max_parks is not None and limits.max_parks < 0:
        raise DistrictingError("换手园区数的上限请填 0 或正数。")
