"""部门表 as a spreadsheet: the list of departments, by whatever headers people use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.imports.kinds import Plan, register
from yuanzhi.kernel.imports.step import Step, UndoStep
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import unseal
from yuanzhi.kernel.tabular.findings import ERROR, BadCell, Cell, cell_text
from yuanzhi.kernel.tabular.mapping import Column, Layout, Record
from yuanzhi.registry.actions.contacts import one_phone
from yuanzhi.registry.imports import pages

from ..access import EDIT_DEPARTMENTS
from ..actions.departments import MOST_DAYS, add_department, edit_department, plain_facts
from ..models import Department

KIND = "partners.department"
_FACTS = ("name", "short", "duties", "liaison", "reply_days")


def read_days(cell: Cell) -> int:
    """So many workdays: 3, "3 天", "3个工作日". BadCell for anything else."""
    found = re.fullmatch(r"(\d{1,3})(?:\.0+)?\s*(?:个)?(?:工作)?[天日]?", cell_text(cell).strip())
    if found is None or not 1 <= int(found[1]) <= MOST_DAYS:
        raise BadCell(f"“{cell_text(cell)[:20]}”不是 1 到 {MOST_DAYS} 的天数：写成 3")
    return int(found[1])


def read_phone(cell: Cell) -> str:
    """One number, as it is kept. BadCell, without the number in it, when it is none or several."""
    text = cell_text(cell)
    if "*" in text:
        raise BadCell("是遮盖过的号码，没有导入：请填完整号码，或留空", private=True)
    try:
        return one_phone(text).display()
    except Refused as no:
        raise BadCell(str(no).removeprefix("电话"), private=True) from None


COLUMNS = (
    Column("name", "部门名称", ("部门", "单位", "单位名称", "全称"), required=True, unique=True,
           example="某某区残疾人联合会", width=30),
    Column("short", "简称", ("部门简称",), example="残联"),
    Column("code", "代号", ("编码", "部门代号"), example="canlian", note="小写字母、数字，留空由系统编"),
    Column("duties", "管什么", ("职责", "主要职责", "职能"), example="残疾人就业、残保金", width=40),
    Column("liaison", "联络人", ("联系人", "对接人", "姓名"), example="陶安"),
    Column("phone", "电话", ("联系电话", "手机", "联络电话"), parse=read_phone, text=True,
           example="0571-86000000"),
    Column("reply_days", "几个工作日内答复", ("答复时限", "时限", "办理时限"), parse=read_days, example="3"),
)  # fmt: skip


@dataclass
class DepartmentPlan(Plan):
    """New departments, and known ones with what the table says of them."""

    new: list[dict[str, Any]] = field(default_factory=list)
    known: list[tuple[Department, dict[str, Any], str | None]] = field(default_factory=list)


class Session:
    """One pass. A department is known again by its name; an empty cell takes nothing away."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch

    def ready(self, row: Record) -> dict[str, Any] | None:
        if not row.ok:
            return None
        given = {key: value for key, value in row.values.items() if value is not None}
        try:
            plain_facts({"reply_days": 3, **given})
        except Refused as no:
            row.add("", ERROR, str(no))
            return None
        code = str(given.get("code", "")).strip().lower()
        if code and not re.fullmatch(r"[a-z0-9_-]{1,20}", code):
            row.add("代号", ERROR, "只用小写字母、数字和短横线，最多 20 个", code)
            return None
        return {**given, "code": code, "row": row.row}

    def plan(self, items: Sequence[dict[str, Any] | None]) -> DepartmentPlan:
        plan = DepartmentPlan()
        rows = list(Department.objects.filter(community_id=self.batch.chain))
        by_name, codes = {row.name: row for row in rows}, {row.code for row in rows}
        for item in filter(None, items):
            known = by_name.get(" ".join(str(item["name"]).split()))
            if known is None:
                if item["code"] in codes:
                    item = {**item, "code": ""}  # somebody else's: a new one is made
                plan.new.append(item)
                plan.created += 1
                continue
            said = plain_facts(
                {name: item.get(name, getattr(known, name)) for name in _FACTS} | {"name": known.name}
            )
            changed = {name: value for name, value in said.items() if getattr(known, name) != value}
            phone = item.get("phone")
            phone = phone if phone and phone != unseal(known.phone_sealed) else None
            if changed or phone:
                plan.known.append((known, said, phone))
                plan.updated += 1
            else:
                plan.unchanged += 1
        return plan

    def take(self, *, actor: Actor, plan: DepartmentPlan, step: Step) -> None:
        _take(actor=actor, plan=plan, step=step)

    def follow(self, entries: Sequence[HistoryEntry]) -> None:
        """Nothing comes after."""

    def undo(self, *, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        _undo(actor=actor, entries=entries, step=step)

    def finish_undo(self, *, actor: Actor) -> None:
        """Nothing is left over."""


@action
def _take(*, actor: Actor, plan: DepartmentPlan, step: Step) -> None:
    step.note()
    for item in plan.new:
        facts = {name: item[name] for name in _FACTS if name in item}
        add_department(actor=actor, code=item["code"], phone=item.get("phone", ""), **facts)
    for known, said, phone in plan.known:
        edit_department(actor=actor, department=known, phone=phone, **said)


@action
def _undo(*, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
    """New ones go unless somebody has worked with them; changed ones get back what nobody changed since."""
    kept: list[str] = []
    for entry in entries:
        row = Department.objects.filter(pk=int(entry.subject.rpartition(":")[2])).first()
        if row is None:
            continue
        if entry.verb == "department.added":
            kept += _withdraw(actor, row)
        elif entry.verb == "department.changed":
            kept += _restore(actor, row, entry.details["changes"])
    step.note(kept)


def _withdraw(actor: Actor, row: Department) -> list[str]:
    bound = members_of(row.community_id, Role.DEPARTMENT, kind=Kind.DEPARTMENT, scope_ids=[row.pk])
    if row.version > 1 or row.coordinations.exists() or bound.exists():
        return [f"{row.name}：后来有人用过，留着"]
    record(actor=actor, verb="department.withdrawn", subject=row, name=row.name)
    row.delete()
    return []


def _restore(actor: Actor, row: Department, changed: dict[str, list[Any]]) -> list[str]:
    facts = {name: getattr(row, name) for name in _FACTS}
    kept = [f"{row.name}的电话：号码不进历史，没有恢复"] if "phone" in changed else []
    for name, (old, new) in changed.items():
        if name == "phone":
            continue
        if facts[name] != new:
            kept.append(f"{row.name}：后来有人改过，没有恢复")
        else:
            facts[name] = old
    edit_department(actor=actor, department=row, **facts)
    return kept


class Departments:
    """The kind "partners.department"."""

    code = KIND
    name = "部门"

    def layout(self, options: dict[str, Any]) -> Layout:
        return Layout("部门", COLUMNS)

    def actor(self, batch: ImportBatch) -> Actor:
        return pages.actor_of(batch, EDIT_DEPARTMENTS)

    def session(self, batch: ImportBatch, actor: Actor) -> Session:
        return Session(batch)


PAGE = pages.ImportPage(
    KIND, "departments", "部门", "个", EDIT_DEPARTMENTS, lambda day: {},
    promises=("同一个部门按名称认，传几次都只有一个", "空着的格子不会抹掉已有的内容",
              "电话加密保存，页面上只露前三后四"),
    leads_to=(("partners:departments", "部门"),), adds="新添",
)  # fmt: skip


def introduce() -> None:
    """Called once, when the app is ready."""
    pages.provide(PAGE)
    register(Departments())  # type: ignore[arg-type]  # the actor it gives is the one it gets back
