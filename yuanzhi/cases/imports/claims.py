"""欠款清单 as a spreadsheet: the lines of one case, by whatever headers people use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action
from yuanzhi.kernel.imports.kinds import Plan, register
from yuanzhi.kernel.imports.step import Step, UndoStep
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.findings import ERROR, BadCell, Cell, DoubtfulCell, Finding, cell_text
from yuanzhi.kernel.tabular.mapping import Column, Layout, Record
from yuanzhi.registry.imports import pages
from yuanzhi.registry.rules.capital import Capital, parse_capital
from yuanzhi.registry.rules.dates import Day, parse_day

from .. import claims as rules
from ..access import ADD_CLAIMS
from ..actions.claims import add_claim, change_claim, remove_claim
from ..models import Case, Claim
from ..queries import visible_to

KIND = "cases.claim"
STATES = {label: value for value, label in Claim.State.choices}
_YES = {"有", "是", "√", "✓", "已有", "y", "yes", "1", "齐", "true"}


def read_money(cell: Cell, bare_means: int = 1) -> Decimal:
    """An amount in yuan as the register reads capital: 38000, "3.8万", "￥3.8 万元", 叁万元.

    A number without a unit counts `bare_means` yuan. BadCell for anything else, other currencies too.
    """
    text = cell_text(cell).strip()
    reading = parse_capital(cell if isinstance(cell, str | int | float) else text, bare_means)
    capital = reading.value
    if not isinstance(capital, Capital) or capital.currency != "CNY":
        raise BadCell(f"“{text[:20]}”看不出是多少钱：写成 38000 或 3.8万")
    if capital.amount >= 10**12:
        raise BadCell(f"“{text[:20]}”太大了，请核对单位")
    amount = capital.amount.quantize(Decimal("0.01"))
    if reading.doubt:
        raise DoubtfulCell(reading.doubt, amount)
    return amount


def _money_in(header: str) -> Any:
    """The header may carry the unit: 金额（万元）."""
    times = 10_000 if "万" in header else 1
    return lambda cell: read_money(cell, times)


def read_day(cell: Cell) -> dt.date:
    """A day, in the future as well: money may not be due yet."""
    reading = parse_day(cell if not isinstance(cell, dt.time | dt.timedelta) else cell_text(cell),
                        timezone.localdate(), future=True)  # fmt: skip
    if reading.problem or not isinstance(reading.value, Day):
        raise BadCell(reading.problem or "看不出是哪一天：写成 2026-11-24")
    return reading.value.date


def read_state(cell: Cell) -> str:
    """A state by its name."""
    text = cell_text(cell).strip()
    if text in STATES:
        return STATES[text]
    raise BadCell(f"“{text[:20]}”不是这里的状态，请从{'、'.join(STATES)}里选")


def read_yes(cell: Cell) -> bool:
    """有 or anything like it; all else is no."""
    return cell_text(cell).strip().casefold() in _YES


_DEBTOR = ("债务人", "客户名称", "对方", "对方单位", "欠款单位", "付款方", "甲方")
_AMOUNT = ("欠款金额", "尾款", "应收", "应收金额", "未付金额", "欠款")
COLUMNS = (
    Column("debtor", "欠款方", _DEBTOR, required=True, example="杭州某某工程有限公司", width=30),
    Column("project", "项目", ("项目名称", "合同", "合同名称", "工程名称"), example="三号楼弱电", width=24),
    Column("amount", "金额（元）", _AMOUNT, required=True, bind=_money_in, example="38000",
           note="写 38000 或 3.8万"),
    Column("due_on", "应付日", ("到期日", "应付日期", "约定付款日", "付款期限"), parse=read_day,
           example="2026-06-30"),
    Column("state", "状态", ("进展",), parse=read_state, choices=tuple(STATES), example="待追讨"),
    Column("recovered", "已收回（元）", ("已收", "已回款", "回款", "已收回金额", "追回"), bind=_money_in,
           example="0"),
    *(Column(f"e_{one.code}", one.name, (), parse=read_yes, choices=("有", "无"), note=one.hint)
      for one in rules.EVIDENCE),
    Column("note", "备注", ("说明",), width=30),
)  # fmt: skip


@dataclass
class ClaimPlan(Plan):
    """What the lines would do: new ones, and known ones with their new values."""

    new: list[dict[str, Any]] = field(default_factory=list)
    known: list[tuple[Claim, dict[str, Any]]] = field(default_factory=list)


class Session:
    """One pass over the table of one case. A line is known again by debtor, project and amount."""

    def __init__(self, batch: ImportBatch, case: Case) -> None:
        self.batch, self.case = batch, case
        self.seen: set[tuple[Any, ...]] = set()

    def ready(self, record: Record) -> tuple[int, dict[str, Any]] | None:
        if not record.ok:
            return None
        given: dict[str, Any] = dict(record.values)
        evidence = {one.code: bool(given.pop(f"e_{one.code}", False)) for one in rules.EVIDENCE}
        why = rules.problem(given["amount"], given.get("recovered") or Decimal(0), given["debtor"])
        key = (given["debtor"], given.get("project") or "", given["amount"])
        if not why and key in self.seen:
            why = "和前面一行的欠款方、项目、金额都一样：同样的另一笔请在项目里写明区别"
        if why:
            record.add("", ERROR, why)
            return None
        self.seen.add(key)
        return record.row, {**given, "evidence": {code: True for code, has in evidence.items() if has}}

    def plan(self, items: Sequence[tuple[int, dict[str, Any]]]) -> ClaimPlan:
        plan = ClaimPlan()
        known = {(row.debtor, row.project, row.amount): row for row in self.case.claims.all()}
        for row, given in items:
            claim = known.get((given["debtor"], given.get("project") or "", given["amount"]))
            if claim is None:
                if len(known) + len(plan.new) >= rules.MOST:
                    plan.rejected.add(row)
                    plan.findings.append(
                        Finding(row, "", ERROR, f"一件诉求最多列 {rules.MOST} 笔，这一行放不下了")
                    )
                    continue
                plan.new.append(given)
                plan.created += 1
                continue
            changed = {key: value for key, value in given.items()
                       if value not in (None, "", {}) and getattr(claim, key) != value}  # fmt: skip
            if changed:
                plan.known.append((claim, changed))
                plan.updated += 1
            else:
                plan.unchanged += 1
        return plan

    def take(self, *, actor: Actor, plan: ClaimPlan, step: Step) -> None:
        _take(actor=actor, case=self.case, plan=plan, step=step)

    def follow(self, entries: Sequence[HistoryEntry]) -> None:
        """Nothing comes after."""

    def undo(self, *, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        _undo(actor=actor, case=self.case, entries=entries, step=step)

    def finish_undo(self, *, actor: Actor) -> None:
        """Nothing is left over."""


@action
def _take(*, actor: Actor, case: Case, plan: ClaimPlan, step: Step) -> None:
    step.note()
    for given in plan.new:
        add_claim(actor=actor, case=case, **given)
    for claim, changed in plan.known:
        change_claim(actor=actor, claim=claim, seen=claim.version, **changed)


@action
def _undo(*, actor: Actor, case: Case, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
    """New lines go, changed ones get their values back; what somebody has touched since stays as it is."""
    kept: list[str] = []
    for entry in entries:
        claim = Claim.objects.filter(pk=entry.details.get("claim") or 0, case=case).first()
        if claim is None or entry.verb not in ("claim.added", "claim.changed"):
            continue
        changed = entry.details["changes"]
        told = {key: _back(key, pair[1]) for key, pair in changed.items() if key != "evidence"}
        if any(getattr(claim, key) != value for key, value in told.items()):
            kept.append(f"{claim.debtor} {rules.money(claim.amount)}：后来有人改过，留着")
        elif entry.verb == "claim.added":
            remove_claim(actor=actor, claim=claim)
        else:
            old = {key: _back(key, pair[0]) for key, pair in changed.items()}
            change_claim(actor=actor, claim=claim, seen=claim.version, **old)
    step.note(kept)


def _back(key: str, value: Any) -> Any:
    """A value of the history as the model wants it."""
    if key in ("amount", "recovered"):
        return Decimal(str(value or 0))
    if key == "due_on":
        return dt.date.fromisoformat(value) if value else None
    return value


class Claims:
    """The kind "cases.claim"."""

    code = KIND
    name = "笔"

    def layout(self, options: dict[str, Any]) -> Layout:
        return Layout("欠款清单", COLUMNS)

    def actor(self, batch: ImportBatch) -> Actor:
        return pages.actor_of(batch, ADD_CLAIMS)

    def session(self, batch: ImportBatch, actor: Actor) -> Session:
        case = visible_to(actor).filter(pk=batch.options.get("case") or 0).first()
        if case is None:
            raise Refused("这份清单所属的诉求看不到了：请让经办人来导入")
        return Session(batch, case)


PAGE = pages.ImportPage(
    KIND, "claims", "欠款清单", "笔", ADD_CLAIMS, lambda day: {}, starts_here=False, adds="新列入",
    leads_to=(("cases:list", "诉求"),),
)  # fmt: skip


def introduce() -> None:
    """Called once, when the app is ready."""
    pages.provide(PAGE)
    register(Claims())  # type: ignore[arg-type]  # the actor it gives is the one it gets back
