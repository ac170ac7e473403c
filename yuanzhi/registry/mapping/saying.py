"""What the map shows, in a sentence. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from .classes import Ranked, concentration


def parks_finding(name: str, unit: str, rows: list[Ranked], alarms: int = 0) -> str:
    """Where a figure gathers. `alarms`: how many of them are urgent."""
    count, held, total = concentration(rows)
    if not rows:
        return "还没有园区。"
    if not total:
        return f"各园区都没有{name}。"
    top = rows[0]
    late = f"，其中 {alarms:,} {unit}超时" if alarms else ""
    if len(rows) == 1:
        return f"{top.name}有{name} {total:,} {unit}{late}。"
    if count == 1:
        return f"{name}共 {total:,} {unit}{late}；{top.name}一个园区就有 {top.value:,} {unit}。"
    where = f"一半在 {count} 个园区里；最多的是{top.name}，{top.value:,} {unit}"
    return f"{name}共 {total:,} {unit}{late}，{where}。"


def grids_finding(loads: Sequence[tuple[str, int]]) -> str:
    """How evenly the enterprises are spread over the grids; `loads` with the heaviest first."""
    if not loads:
        return "还没有划网格。"
    total = sum(value for _, value in loads)
    if not total:
        return f"{len(loads)} 个网格，还没有企业落进来。"
    name, most = loads[0]
    times = most * len(loads) / total
    if times < 1.05:
        return f"{len(loads)} 个网格，企业分得很匀，最多的{name}也只有 {most:,} 家。"
    return f"{len(loads)} 个网格，企业最多的是{name}，{most:,} 家，是平均的 {times:.2f} 倍。"
