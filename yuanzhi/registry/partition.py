"""The question of districting as plain JSON, and its answer: what crosses from the site to the solver and
back.

`python -m yuanzhi.registry.partition` reads a question on its standard input and writes the answer to its
standard output. It runs in a process of its own, started afresh: the solver (HiGHS) comes back empty-handed
after a fork, and neither it nor numpy belongs into the processes that answer pages. No Django.

question: {"asked": {...}, "world": {...}, "seconds": 30}; see `DistrictingProposal` and
`queries.districting`. answer: {"status", "assignment": {park: number}, "objective", "bound", "gap",
"seconds", "ratio", "metres", "moves": [...], "placed", "moved_enterprises", "dissolved", "reasons", "lines"}
or {"error": "一句话"}. One a line: the last is the answer, those before are the best known on the way there,
for whoever has to stop the process because the solver doesn't keep to its time (`last_answer`).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any


def solve(question: dict[str, Any], tell: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
    """Ask the solver. Grids are called by their numbers. `tell` hears of each better answer on the way."""
    from .districting import DistrictingError, Limits, explain, propose

    asked = question["asked"]
    limits = Limits(
        ratio=asked["ratio"],
        max_parks=asked["max_parks"],
        pinned=frozenset(asked["pinned"]),
        seconds=question.get("seconds", 30.0),
    )
    on_the_way = (lambda found: tell(_plain(found, explain(found, limits)))) if tell else None
    try:
        found = propose(problem_of(question), asked["goal"], limits, on_the_way)
    except DistrictingError as no:
        return {"error": str(no)}
    return _plain(found, explain(found, limits))


def _plain(found: Any, lines: list[str]) -> dict[str, Any]:
    return {
        "status": found.status,
        "assignment": {str(park): grid for park, grid in found.assignment.items()},
        "objective": found.objective,
        "bound": found.bound,
        "gap": gap(found.objective, found.bound),
        "seconds": round(found.seconds, 2),
        "ratio": found.ratio,
        "metres": found.metres,
        "moves": [
            {"park": m.park, "name": m.name, "from": m.source, "to": m.target, "enterprises": m.enterprises}
            for m in found.moves
        ],
        "placed": list(found.placed),
        "moved_enterprises": found.moved_enterprises,
        "dissolved": list(found.dissolved),
        "reasons": list(found.reasons),
        "lines": lines,
    }


def last_answer(printed: str) -> dict[str, Any] | None:
    """The last whole answer of what the process wrote before it ended or was stopped; None without one."""
    for line in reversed(printed.split("\n")[:-1]):
        if line.strip():
            return json.loads(line)
    return None


def gap(objective: float | None, bound: float | None) -> float | None:
    """How far at most an answer is from the best, as a share of it; None when nothing is known."""
    if objective is None or bound is None:
        return None
    return 0.0 if objective <= bound else (objective - bound) / objective


def problem_of(question: dict[str, Any]) -> Any:
    """The solver's problem: degrees to metres, borders from the outlines."""
    from .districting import Park, Problem, borders, to_metres

    asked, world = question["asked"], question["world"]
    rows = world["parks"]
    middle = [sum(row[axis] for row in rows) / max(1, len(rows)) for axis in ("lng", "lat")]
    origin = (middle[0], middle[1])
    parks = []
    for row in rows:
        ((x, y),) = to_metres([(row["lng"], row["lat"])], origin)
        ring = to_metres([(a, b) for a, b in row["ring"]], origin) if row["ring"] else ()
        parks.append(Park(row["id"], row["name"], x, y, row["counts"], ring))
    numbers = [grid["number"] for grid in world["grids"]]
    count = asked["count"] or len(set(world["today"].values())) or len(numbers)
    while len(numbers) < count:  # grids that would have to be set up
        numbers.append(max(numbers, default=0) + 1)
    return Problem(
        parks=tuple(parks),
        edges=borders(parks),
        today={int(park): number for park, number in world["today"].items()},
        grids=tuple(numbers),
        count=count,
        weights={code: float(weight) for code, weight in asked["weights"].items()},
    )


def main() -> None:
    """Answer the question on standard input. What the solver prints of its own accord goes to standard
    error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)

        def write(answer: dict[str, Any]) -> None:
            out.write(json.dumps(answer) + "\n")
            out.flush()

        write(solve(json.load(sys.stdin), write))


if __name__ == "__main__":
    main()
