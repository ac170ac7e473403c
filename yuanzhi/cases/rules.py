"""Decisions about cases. Pure: plain values in, a decision out; no clock, no database."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum


def title_of(words: str, limit: int = 40) -> str:
    """The first sentence of what was said, short enough for a list."""
    first = re.split(r"[。！？!?\n；;]", words.strip(), maxsplit=1)[0].strip("，, ")
    return first if len(first) <= limit else first[: limit - 1] + "…"


class Urgency(StrEnum):
    """How pressing an open case is; the groups of the workbench."""

    BREACHED = "breached"
    SOON = "soon"
    CALM = "calm"
    PAUSED = "paused"


URGENCY_NAMES = {
    Urgency.BREACHED: "已超时",
    Urgency.SOON: "快到期",
    Urgency.CALM: "时限内",
    Urgency.PAUSED: "等企业补充",
}


def urgency(due: dt.datetime, now: dt.datetime, soon: dt.datetime, paused: bool) -> Urgency:
    """The group of an open case; what is due until `soon` (Clock.soon: so many work hours on) is amber."""
    if paused:
        return Urgency.PAUSED
    if due <= now:
        return Urgency.BREACHED
    return Urgency.SOON if due <= soon else Urgency.CALM


@dataclass(frozen=True)
class Judgement:
    """What the enterprise said of one round."""

    is_solved: bool
    satisfaction: int  # 1 to 5


def closes(judgement: Judgement) -> bool:
    """Whether a verdict closes the case: solved and at least so-so. Anything less opens it again."""
    return judgement.is_solved and judgement.satisfaction >= 3
