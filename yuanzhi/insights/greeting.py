"""What the workbench says first: a neighbour's good morning and the day in one sentence. Pure."""

from __future__ import annotations

import datetime as dt

from yuanzhi.cases.rules import Urgency

_HOURS = [(5, "夜深了"), (9, "早上好"), (12, "上午好"), (14, "中午好"), (18, "下午好"), (24, "晚上好")]


def greeting(name: str, now: dt.datetime) -> str:
    """ "下午好，知夏": the given name of a Chinese name of three characters."""
    hello = next(words for until, words in _HOURS if now.hour < until)
    short = name[-2:] if len(name) == 3 else name
    return f"{hello}，{short}" if short else hello


def sentence(counts: dict[Urgency, int]) -> list[tuple[str, str]]:
    """The day in pieces (text, tone): tone "" is plain, "b" bold, "bad" red."""
    late, soon = counts.get(Urgency.BREACHED, 0), counts.get(Urgency.SOON, 0)
    calm, paused = counts.get(Urgency.CALM, 0), counts.get(Urgency.PAUSED, 0)
    if not any((late, soon, calm, paused)):
        return [("手上没有要办的事，可以去园区走走。", "")]
    pieces: list[tuple[str, str]] = []
    if late:
        pieces += [
            ("有 ", ""),
            (f"{late} 件已超时", "bad"),
            ("，先办这些；" if soon or calm else "，先办这些。", ""),
        ]
    if soon:
        pieces += [(f"{soon} 件", "b"), ("快到期；" if calm else "快到期。", "")]
    if calm:
        pieces += [(f"{calm} 件", "b"), ("还在时限内。", "")]
    if paused:
        pieces += [(f"另有 {paused} 件在等企业补充。", "")]
    return pieces
