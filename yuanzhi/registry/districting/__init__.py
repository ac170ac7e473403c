"""Districting: a new partition of parks into grids, with proof where a proof can be had.

`propose(problem, goal, limits)` → `Proposal`; `explain(proposal)` → Chinese sentences; `check(problem,
assignment, limits)` judges independently; `borders(parks)` makes the adjacency. Pure: no Django, picklable,
seeded."""

from .asking import propose
from .checker import broken_grids, check
from .explain import explain
from .geometry import borders, to_metres
from .model import (
    BALANCE,
    COMPACT,
    DEFAULT_WEIGHTS,
    FEASIBLE,
    FEWEST,
    GOALS,
    INFEASIBLE,
    PROVED,
    UNKNOWN,
    WEIGHT_NAMES,
    DistrictingError,
    Limits,
    Move,
    Park,
    Problem,
    Proposal,
)

__all__ = [
    "BALANCE",
    "COMPACT",
    "DEFAULT_WEIGHTS",
    "FEASIBLE",
    "FEWEST",
    "GOALS",
    "INFEASIBLE",
    "PROVED",
    "UNKNOWN",
    "WEIGHT_NAMES",
    "DistrictingError",
    "Limits",
    "Move",
    "Park",
    "Problem",
    "Proposal",
    "borders",
    "broken_grids",
    "check",
    "explain",
    "propose",
    "to_metres",
]
