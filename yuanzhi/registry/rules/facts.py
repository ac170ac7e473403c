"""Which of two statements about an enterprise holds: the one-entry principle (一表通) as a decision. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Facts that people and tables state about an enterprise, with their Chinese names. Their order is the form's.
FACTS: dict[str, str] = {
    "name": "企业名称",
    "short_name": "字号",
    "uscc": "统一社会信用代码",
    "old_code": "旧注册号",
    "kind": "企业类型",
    "status": "登记状态",
    "is_abnormal": "经营异常",
    "abnormal_note": "异常原因",
    "established_on": "成立日期",
    "division": "行业大类",
    "capital": "注册资本",
    "currency": "币种",
    "headcount": "从业人数",
    "scale": "规模",
    "business": "经营范围",
    "registered_address": "注册地址",
    "office_address": "办公地址",
    "district": "登记区县",
    "representative": "法定代表人",
    "website": "网址",
    "note": "备注",
}

# Statuses of an enterprise that is in business (of `Enterprise.Status`, which knows a database).
LIVE = ("active", "suspended")

# Who is believed when two statements hold for the same day: people who looked before tables that copy.
WEIGHT = {"demo": 0, "import": 1, "department": 2, "enterprise": 3, "staff": 4, "visit": 5}


class Outcome(StrEnum):
    """What becomes of a statement."""

    IGNORE = "ignore"  # says nothing
    SAME = "same"  # says what we have
    TAKE = "take"
    CONFLICT = "conflict"  # differs, but what we have is newer or better known: a person decides


@dataclass(frozen=True)
class Statement:
    """A value with the day for which it holds and the kind of its source."""

    value: Any
    day: dt.date
    kind: str


def weigh(known: Statement | None, said: Statement) -> Outcome:
    """What becomes of `said` given what is known. An empty statement never wipes out a fact."""
    if said.value in (None, ""):
        return Outcome.IGNORE
    if known is None or known.value in (None, ""):
        return Outcome.TAKE
    if known.value == said.value:
        return Outcome.SAME
    if said.day != known.day:
        return Outcome.TAKE if said.day > known.day else Outcome.CONFLICT
    return Outcome.TAKE if WEIGHT.get(said.kind, 0) >= WEIGHT.get(known.kind, 0) else Outcome.CONFLICT


def stale(confirmed_on: dt.date | None, today: dt.date, months: int = 12) -> bool:
    """Whether nobody has confirmed a record for so long that it is worth asking again (default a year)."""
    if confirmed_on is None:
        return True
    return (today.year - confirmed_on.year) * 12 + today.month - confirmed_on.month >= months


def missing(facts: dict[str, Any]) -> list[str]:
    """The facts worth asking for that are empty, as field names in the form's order."""
    wanted = ("uscc", "status", "established_on", "division", "capital", "headcount", "business")
    return [name for name in wanted if facts.get(name) in (None, "")]
