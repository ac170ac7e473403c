"""Bulk claims: what counts as evidence, what a list of receivables adds up to. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from yuanzhi.registry.rules.saying import say_capital

MOST = 500  # lines of one case; a longer list is several cases


class Evidence(NamedTuple):
    """One thing to have at hand before a demand is sent."""

    code: str
    name: str
    hint: str


# What a lawyer asks for first in a claim for payment. 电子数据 wants its original carrier:
# 最高人民法院关于民事诉讼证据的若干规定（2019 修正）第 14、15 条.
EVIDENCE = (
    Evidence("contract", "合同或订单", "盖章的扫描件；没有书面合同的，报价单加对方确认也算"),
    Evidence("delivery", "交付或验收", "验收单、签收单、上线邮件"),
    Evidence("statement", "对账单", "对方盖章或签字最好"),
    Evidence("chat", "固定微信聊天记录", "不要删、不要换手机；录屏翻到对方资料页，再做电子存证或公证"),
    Evidence("invoice", "发票", "开了多少、对方抵扣了没有"),
    Evidence("demand", "催告记录", "催告函、邮件、短信；时效从最近一次催告起算"),
    Evidence("debtor", "欠款方是谁", "营业执照信息、还在不在经营"),
)
CODES = tuple(one.code for one in EVIDENCE)


@dataclass(frozen=True)
class Line:
    """A receivable as a plain value; amounts in yuan."""

    amount: Decimal
    recovered: Decimal
    state: str
    due_on: dt.date | None
    evidence: dict[str, bool]


@dataclass(frozen=True)
class Totals:
    """What the lines add up to.

    whole: lines fully recovered. touched: those of which something came back. ready: with every evidence.
    overdue: due before today and not all of it back.
    """

    count: int
    amount: Decimal
    recovered: Decimal
    whole: int
    touched: int
    ready: int
    overdue: int
    dropped: int

    @property
    def left(self) -> Decimal:
        return self.amount - self.recovered

    @property
    def share(self) -> float | None:
        """Recovered over claimed, 0 to 1; None where nothing is claimed."""
        return float(self.recovered / self.amount) if self.amount else None


def add_up(lines: Iterable[Line], today: dt.date) -> Totals:
    """Totals of a list. Lines that were dropped stay in the amount: giving up recovers nothing."""
    rows = list(lines)
    return Totals(
        count=len(rows),
        amount=sum((row.amount for row in rows), Decimal(0)),
        recovered=sum((row.recovered for row in rows), Decimal(0)),
        whole=sum(row.recovered >= row.amount for row in rows),
        touched=sum(row.recovered > 0 for row in rows),
        ready=sum(all(row.evidence.get(code) for code in CODES) for row in rows),
        overdue=sum(
            row.due_on is not None and row.due_on < today and row.recovered < row.amount for row in rows
        ),
        dropped=sum(row.state == "dropped" for row in rows),
    )


def problem(amount: Decimal, recovered: Decimal, debtor: str) -> str:
    """Why a line can't be as it is, as a sentence; empty when it can."""
    if not debtor.strip():
        return "谁欠的还没写：写对方的名称，不确定全称就写平时怎么叫"
    if amount <= 0:
        return "金额要大于零，单位是元"
    if recovered < 0:
        return "已收回的不能是负数：退回去的钱写在备注里"
    if recovered > amount:
        return f"已收回 {money(recovered)} 比金额 {money(amount)} 还多：利息和违约金写在备注里"
    return ""


def state_for(state: str, amount: Decimal, recovered: Decimal) -> str:
    """A line that is all back is recovered, and only that one is."""
    if recovered >= amount:
        return "recovered"
    return "demanded" if state == "recovered" else state


def money(value: Decimal) -> str:
    """ "38 万元", "1.2 万元", "8,000 元", as people say it."""
    return say_capital(value)
