"""Why no partition can exist, where a person can see it at a glance: said before any search, each with a way
out."""

from __future__ import annotations

from .core import Core, bits
from .model import Limits, Problem


def obstacles(problem: Problem, core: Core, limits: Limits) -> list[str]:
    """Chinese sentences; empty when nothing obvious stands in the way."""
    return (
        _number(problem, core) + _heavy(problem, core, limits) + _pieces(problem, core) + _pins(problem, core)
    )


def _number(problem: Problem, core: Core) -> list[str]:
    if core.wanted > core.size:
        return [f"只有 {core.size} 个园区，划不出 {core.wanted} 个网格：每个网格至少要有一个园区。"]
    return []


def _heavy(problem: Problem, core: Core, limits: Limits) -> list[str]:
    mean = sum(core.loads) / core.wanted
    allowed = float(limits.exact_ratio)
    return [
        f"{park.name}一个园区的工作量就是网格平均的 {load / mean:.2f} 倍，超过上限 {allowed:.2f}："
        "把它拆成两个园区登记，或把上限放宽、减少网格数。"
        for park, load in zip(problem.parks, core.loads, strict=True)
        if load > core.ceiling
    ]


def _pieces(problem: Problem, core: Core) -> list[str]:
    pieces = core.pieces((1 << core.size) - 1)
    if len(pieces) == 1:
        return []
    names = "、".join(problem.parks[next(bits(piece))].name for piece in pieces[:5])
    if len(pieces) > core.wanted:
        return [
            f"园区分成互不相邻的 {len(pieces)} 片（例如 {names} 各在一片），"
            f"网格却只有 {core.wanted} 个：请补上相邻关系。"
        ]
    need = sum(max(1, -(-core.weight(piece) // max(1, core.ceiling))) for piece in pieces)
    if need > core.wanted:
        return [
            f"园区分成互不相邻的 {len(pieces)} 片，按负载上限至少要 {need} 个网格，"
            f"现在只有 {core.wanted} 个。"
        ]
    return []


def _pins(problem: Problem, core: Core) -> list[str]:
    found, pieces, homes = [], core.pieces((1 << core.size) - 1), set()
    for grid, label in enumerate(problem.grids):
        pins = sum(1 << p for p in core.pinned if core.today[p] == grid)
        if not pins:
            continue
        homes.add(grid)
        if core.weight(pins) > core.ceiling:
            found.append(f"第 {label} 网格要求留下的园区加起来已经超过负载上限：少留一个，或把上限放宽。")
        if not any(pins & piece == pins for piece in pieces):
            found.append(f"第 {label} 网格要求留下的园区隔在两片，连不起来：少留一个，或补上相邻关系。")
    if len(homes) > core.wanted:
        found.append(f"要求留下的园区分属 {len(homes)} 个网格，比要划的 {core.wanted} 个还多。")
    return found
