"""Decisions about cases. Pure: plain values in, a decision out; no clock, no database."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from enum import StrEnum

# The words by which a need finds its desk, until routing rules are rows. Order: first match wins.
DESK_WORDS: list[tuple[str, str]] = [
    ("governance", "消防|安全|堵|噪音|欠薪|讨薪|劳动|仲裁|纠纷|治安|盗|电梯|隐患|违停|外卖"),
    (
        "public",
        "学位|入学|转学|上学|社保|医保|公积金|落户|居住证|食堂|停车|公交|班车|托管|孩子|子女|空调|停水|停电",
    ),
    ("party", "党员|党组织|党支部|工会|团委|妇联|志愿|活动|联谊|篮球"),
    (
        "economy",
        "政策|补贴|高企|专利|融资|贷款|尾款|欠款|回款|合同|注册|入驻|税|发票|招聘|场地|厂房|资质|上市|知识产权",
    ),
]


def guess_desk(words: str) -> tuple[str, str]:
    """(desk code, the word that decided) for what somebody said; ("economy", "") when nothing fits."""
    for code, pattern in DESK_WORDS:
        if found := re.search(pattern, words):
            return code, found.group()
    return "economy", ""


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


CALL_BACK_DAYS = 2  # a dissatisfied enterprise is called within so many workdays
