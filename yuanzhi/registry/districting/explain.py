"""A proposal in the words of a neighbour: what changes, how it is balanced, how sure we are."""

from __future__ import annotations

from .model import BALANCE, COMPACT, FEASIBLE, FEWEST, INFEASIBLE, PROVED, Limits, Move, Proposal


def explain(proposal: Proposal, limits: Limits | None = None) -> list[str]:
    """Chinese sentences, the most important first; one line per pair of grids that exchange parks."""
    if proposal.status == INFEASIBLE:
        return ["这样划不出来。", *proposal.reasons]
    if not proposal.assignment:
        return ["没有找到方案。", *proposal.reasons]
    lines = [_headline(proposal), _sureness(proposal), *_exchanges(proposal.moves)]
    if proposal.placed:
        lines.append(f"{len(proposal.placed)} 个原来没有网格的园区分到了网格。")
    if proposal.dissolved:
        lines.append(f"不再保留：{'、'.join(f'第 {grid} 网格' for grid in proposal.dissolved)}。")
    if not proposal.contiguous:
        lines.append("注意：有网格不连片。")
    return lines + list(proposal.reasons)


def _headline(proposal: Proposal) -> str:
    if proposal.moves:
        change = f"{len(proposal.moves)} 个园区、{proposal.moved_enterprises} 家企业换手"
    else:
        change = "没有园区换手"
    return f"{change}；负载最大/平均 {proposal.ratio:.2f}；企业到网格中心约 {proposal.metres:.0f} 米。"


def _sureness(proposal: Proposal) -> str:
    sure = {
        FEWEST: "已证明最优：守住同样的限制，换手企业不可能更少。",
        COMPACT: "已证明最优：守住同样的限制，不可能更紧凑。",
        BALANCE: "已证明最优：不可能更均衡。",
    }
    if proposal.status == PROVED:
        return sure[proposal.goal]
    if proposal.status != FEASIBLE:
        return "没有守住所有限制，只供参考。"
    if proposal.bound is None:
        return "可行，未证明最优：可能还有更好的。"
    floor = {
        FEWEST: f"换手企业不会少于 {proposal.bound:.0f} 家",
        COMPACT: f"距离不会短于 {proposal.bound:.0f} 米",
        BALANCE: f"最大/平均不会低于 {proposal.bound:.3f}",
    }
    return f"可行，未证明最优：再好{floor[proposal.goal]}。"


def _exchanges(moves: tuple[Move, ...]) -> list[str]:
    ways: dict[tuple, list[Move]] = {}
    for move in moves:
        ways.setdefault((move.source, move.target), []).append(move)
    return [
        f"第 {source} 网格 → 第 {target} 网格：{'、'.join(f'{m.name}（{m.enterprises} 家）' for m in some)}。"
        for (source, target), some in ways.items()
    ]
