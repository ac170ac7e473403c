"""Districting: how long a proved partition takes, on seeded communities of the real shape."""

from __future__ import annotations

import math
import random
import resource
import time

import numpy as np
from scipy.spatial import Voronoi

from yuanzhi.registry.districting import (
    BALANCE,
    COMPACT,
    FEWEST,
    PROVED,
    Limits,
    Park,
    Problem,
    borders,
    check,
    propose,
)

STREET = 24.0  # metres: outlines stand back so far from the middle of the street, twice


def community(seed: int, parks: int = 62, grids: int = 12, enterprises: int = 8000) -> Problem:
    """A made-up community: Voronoi parks of 1.4 km² per 62, enterprises skewed (log-normal, the largest park
    about six times the median), today's grids in one piece each but grown without a thought for balance."""
    rng = random.Random(seed)
    side = math.sqrt(1.4e6 * parks / 62)
    rings, centres = _voronoi(rng, parks, side)
    share = [rng.lognormvariate(0, 0.75) for _ in range(parks)]
    share = [min(s, 0.8 * sum(share) / grids) for s in share]
    made = tuple(
        Park(i + 1, f"{i + 1} 号园", *centres[i], _counts(rng, share[i] / sum(share) * enterprises), rings[i])
        for i in range(parks)
    )
    edges = borders(made)
    labels = tuple(range(1, grids + 1))
    return Problem(made, edges, _grow(rng, made, edges, labels), labels)


def _counts(rng: random.Random, expected: float) -> dict[str, float]:
    firms = max(1, round(expected))
    return {
        "enterprises": firms,
        "employees": round(firms * rng.uniform(2, 6)),
        "open_cases": sum(rng.random() < 0.03 for _ in range(firms)),
        "must_visits": sum(rng.random() < 0.06 for _ in range(firms)),
    }


def _voronoi(rng: random.Random, count: int, side: float) -> tuple[list, list]:
    """Relaxed Voronoi cells of a square, mirrored at its sides so that they end there, set back from the
    streets."""
    points = np.array([(rng.uniform(0, side), rng.uniform(0, side)) for _ in range(count)])
    for _ in range(4):
        mirrored = [points]
        for axis in (0, 1):
            for edge in (0.0, side):
                copy = points.copy()
                copy[:, axis] = 2 * edge - copy[:, axis]
                mirrored.append(copy)
        cells = Voronoi(np.vstack(mirrored))
        rings = [cells.vertices[cells.regions[cells.point_region[i]]] for i in range(count)]
        points = np.array([ring.mean(0) for ring in rings])
    outlines = []
    for ring, middle in zip(rings, points, strict=True):
        reach = np.sqrt(((ring - middle) ** 2).sum(1)).mean()
        shrunk = middle + (ring - middle) * max(0.4, 1 - STREET / 2 / reach * 1.3)
        outlines.append(tuple((round(float(x), 1), round(float(y), 1)) for x, y in shrunk))
    return outlines, [(round(float(x), 1), round(float(y), 1)) for x, y in points]


def _grow(rng: random.Random, parks: tuple[Park, ...], edges: tuple, labels: tuple) -> dict:
    """Grids grown park by park from random seeds, as history would: in one piece, of about equal park
    counts."""
    around: dict = {park.id: [] for park in parks}
    for a, b in edges:
        around[a].append(b)
        around[b].append(a)
    today = dict(zip(rng.sample(sorted(around), len(labels)), labels, strict=True))
    while len(today) < len(parks):
        sizes = {label: sum(g == label for g in today.values()) for label in labels}
        frontier = sorted((p, today[q]) for p in around if p not in today for q in around[p] if q in today)
        smallest = min(sizes[g] for _, g in frontier)
        park, label = rng.choice([(p, g) for p, g in frontier if sizes[g] <= smallest + 1])
        today[park] = label
    return today


SEEDS = (1, 2, 3, 4, 5)


def run() -> list[dict]:
    """Rows (name, figure, unit, bound, note) for `make bench`; the worst of five seeded communities
    counts."""
    rows = []
    for goal, name in ((FEWEST, "fewest enterprises changing hands"), (COMPACT, "most compact")):
        began = time.process_time()
        answers = [(seed, propose(community(seed), goal, Limits(seconds=60))) for seed in SEEDS]
        spent = time.process_time() - began
        proved = sum(
            a.status == PROVED and not check(community(s), a.assignment, Limits()) for s, a in answers
        )
        note = f"{proved} of {len(SEEDS)} proved, {spent:.0f} s of processor in all; " + ", ".join(
            f"seed {seed}: {a.seconds:.1f} s, {a.objective:.0f}" for seed, a in answers
        )
        slowest = max(a.seconds for _, a in answers)
        rows.append(_row(f"districting 62 × 12, {name}, proved", slowest, "s", 10, note))
    began = time.monotonic()
    big = propose(community(1, 600, 100, 80_000), BALANCE, Limits(seconds=30))
    rows.append(_row("districting 600 × 100, balanced", time.monotonic() - began, "s", 30, big.status))
    rows.append(_row("districting 600 × 100, max/mean workload", big.ratio, "", 1.10, "no proof"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows.append(_row("districting, memory at most", peak, "MB", None, "worst of all the above"))
    return rows


def _row(name: str, figure: float, unit: str, bound: float | None, note: str) -> dict:
    return {"name": name, "figure": round(figure, 3), "unit": unit, "bound": bound, "note": note}


if __name__ == "__main__":
    for row in run():
        print(row)
