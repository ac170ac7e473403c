"""An independent judge of an assignment. It shares no code with the solvers on purpose: exact fractions,
plain sets, a breadth-first walk; every proposal passes it before anyone sees it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from .model import Limits, Problem


def check(
    problem: Problem, assignment: Mapping[int | str, int | str], limits: Limits | None = None
) -> list[str]:
    """Chinese sentences, one per broken rule; an empty list means the assignment is sound.

    Without `limits` only the shape is judged (every park once, wanted number of grids, each in one piece)."""
    faults = _shape_faults(problem, assignment)
    if limits is not None and not faults:
        faults += _limit_faults(problem, assignment, limits)
    return faults


def broken_grids(problem: Problem, assignment: Mapping[int | str, int | str]) -> list[int | str]:
    """Labels of the grids that are not in one piece."""
    around: dict[int | str, set[int | str]] = {}
    for a, b in problem.edges:
        around.setdefault(a, set()).add(b)
        around.setdefault(b, set()).add(a)
    members: dict[int | str, set[int | str]] = {}
    for park, grid in assignment.items():
        members.setdefault(grid, set()).add(park)
    broken = []
    for grid, parks in members.items():
        start = next(iter(parks))
        seen, queue = {start}, [start]
        while queue:
            fresh = (around.get(queue.pop(), set()) & parks) - seen
            seen |= fresh
            queue.extend(fresh)
        if seen != parks:
            broken.append(grid)
    return broken


def _shape_faults(problem: Problem, assignment: Mapping[int | str, int | str]) -> list[str]:
    faults = []
    if set(assignment) != {park.id for park in problem.parks}:
        faults.append("有园区没有分到网格，或分了不存在的园区。")
    used = set(assignment.values())
    if not used <= set(problem.grids):
        faults.append("用到了不存在的网格。")
    if len(used) != problem.wanted:
        faults.append(f"要划 {problem.wanted} 个网格，实际是 {len(used)} 个。")
    faults += [f"第 {grid} 网格不连片。" for grid in broken_grids(problem, assignment)]
    return faults


def _limit_faults(problem: Problem, assignment: Mapping[int | str, int | str], limits: Limits) -> list[str]:
    faults = []
    loads: dict[int | str, Fraction] = {}
    for park in problem.parks:
        grid = assignment[park.id]
        loads[grid] = loads.get(grid, Fraction(0)) + problem.load(park)
    ratio = max(loads.values()) * problem.wanted / sum(loads.values())
    if ratio > limits.exact_ratio:
        faults.append(f"负载最大/平均 {float(ratio):.3f}，超过 {float(limits.exact_ratio):.2f}。")
    moved = {park for park, grid in problem.today.items() if park in assignment and assignment[park] != grid}
    if limits.max_parks is not None and len(moved) > limits.max_parks:
        faults.append(f"换手 {len(moved)} 个园区，超过 {limits.max_parks} 个。")
    if moved & limits.pinned:
        faults.append("要求留在原网格的园区被换走了。")
    return faults
