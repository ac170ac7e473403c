"""合伙人名册 as a spreadsheet: one line an expert, the firm's columns beside; a list that left comes back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel.history import action, canonical, record
from yuanzhi.kernel.imports.kinds import Plan, register
from yuanzhi.kernel.imports.step import Step, UndoStep
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.tabular.findings import ERROR, BadCell, Cell, Finding, cell_text
from yuanzhi.kernel.tabular.mapping import Column, Layout, Record
from yuanzhi.registry.imports import pages
from yuanzhi.registry.imports.layout import read_code
from yuanzhi.registry.rules.dates import parse_day

from ..access import MANAGE_PARTNERS
from ..actions.guard import list_of
from ..actions.register import (
    EXPERT_FACTS,
    PARTNER_FACTS,
    add_expert,
    add_kind,
    add_partner,
    edit_expert,
    edit_partner,
)
from ..models import Expert, Partner, PartnerKind
from .departments import read_phone

KIND = "partners.partner"


def read_day(cell: Cell) -> Any:
    """A day. BadCell when it can't be read."""
    plain = cell if isinstance(cell, dt.date | str | int | float) else cell_text(cell)
    reading = parse_day(plain, timezone.localdate(), future=True)
    if reading.problem or reading.value is None:
        raise BadCell(reading.problem or f"“{cell_text(cell)[:20]}”不是日期，写成 2027-12-31")
    return reading.value.date


def read_most(cell: Cell) -> int:
    """How many at a time: 8, "8 件"."""
    found = re.fullmatch(r"(\d{1,2})(?:\.0+)?\s*件?", cell_text(cell).strip())
    if found is None or not int(found[1]):
        raise BadCell(f"“{cell_text(cell)[:20]}”不是 1 到 99 的件数")
    return int(found[1])


COLUMNS = (
    Column("name", "机构名称", ("机构", "合伙人", "单位名称", "律所", "事务所", "名称"), required=True,
           example="浙江衡砚律师事务所", width=30),
    Column("kind", "类别", ("机构类别", "专业", "类型"), example="法律", note="没有的类别会新建"),
    Column("uscc", "统一社会信用代码", ("信用代码", "社会信用代码"), parse=read_code, text=True),
    Column("licence_no", "执业许可证号", ("许可证号", "机构许可证号"), text=True),
    Column("licence_until", "许可有效期至", ("许可到期", "许可证有效期"), parse=read_day,
           example="2028-06-30"),
    Column("free_terms", "什么免费", ("免费内容", "免费服务"), example="首次咨询一小时免费", width=30),
    Column("paid_terms", "什么收费", ("收费标准", "收费"), example="代理费按标的 5%", width=30),
    Column("intro", "擅长", ("机构简介", "业务范围"), width=30),
    Column("expert", "专家", ("专家姓名", "姓名", "律师", "联系人"), example="顾明",
           note="一行一位；同一机构写几行"),
    Column("title", "职称", ("职务", "职业"), example="律师"),
    Column("expert_licence_no", "执业证号", ("证书编号", "个人执业证号"), text=True),
    Column("expert_licence_until", "证书有效期至", ("证书到期", "执业证有效期"), parse=read_day),
    Column("specialities", "专长", ("专业领域", "擅长领域"), example="合同、劳动"),
    Column("languages", "语言", ("语种",), example="普通话、英语"),
    Column("most_open", "手上最多几件", ("最多几件",), parse=read_most, example="8"),
    Column("phone", "专家电话", ("电话", "手机", "联系电话"), parse=read_phone, text=True),
)  # fmt: skip
_FIRM = ("name", "uscc", "licence_no", "licence_until", "free_terms", "paid_terms", "intro")
_EXPERT = {
    "expert": "name",
    "title": "title",
    "expert_licence_no": "licence_no",
    "expert_licence_until": "licence_until",
    "specialities": "specialities",
    "languages": "languages",
    "most_open": "most_open",
}
_LONGEST = {"name": 80, "free_terms": 300, "paid_terms": 300, "intro": 300, "licence_no": 60, "expert": 40}


@dataclass
class Line:
    """One row: what it says of the firm and of one expert (none when the name is empty)."""

    row: int
    firm: dict[str, Any]
    kind: str
    expert: dict[str, Any]
    phone: str


@dataclass
class PartnerPlan(Plan):
    """The lines that change something."""

    lines: list[Line] = field(default_factory=list)


class Session:
    """One pass. A firm is known again by its name or code, an expert by name within the firm."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch

    def ready(self, row: Record) -> Line | None:
        if not row.ok:
            return None
        given = {key: value for key, value in row.values.items() if value not in (None, "")}
        for key, most in _LONGEST.items():
            if len(str(given.get(key, ""))) > most:
                title = next(column.title for column in COLUMNS if column.key == key)
                row.add(title, ERROR, f"有 {len(str(given[key]))} 个字，最多 {most} 个，请写短一点")
                return None
        expert = {_EXPERT[key]: given[key] for key in _EXPERT if key in given}
        for key in ("specialities", "languages"):
            if key in expert:
                expert[key] = list_of(expert[key])
        if expert and "name" not in expert:
            row.add("专家", ERROR, "这一行写了专家的内容，却没有姓名")
            return None
        firm = {key: given[key] for key in _FIRM if key in given}
        firm["name"] = " ".join(str(firm["name"]).split())
        return Line(row.row, firm, str(given.get("kind", "")).strip(), expert, str(given.get("phone", "")))

    def plan(self, items: Sequence[Line | None]) -> PartnerPlan:
        plan = PartnerPlan()
        firms = Firms(self.batch.chain)
        named: set[str] = set()
        for line in filter(None, items):
            known = firms.find(line.firm)
            if known is None and line.firm["name"] not in named:
                if not line.firm.get("free_terms") or not line.kind:
                    what = "类别" if not line.kind else "什么免费"
                    plan.rejected.add(line.row)
                    plan.findings.append(_missing(line.row, what))
                    continue
                named.add(line.firm["name"])
                plan.created += 1
            elif known is None or _is_new_expert(firms, known, line):
                plan.created += 1
            elif not _changes(firms, known, line):
                plan.unchanged += 1
                continue
            else:
                plan.updated += 1
            plan.lines.append(line)
        return plan

    def take(self, *, actor: Actor, plan: PartnerPlan, step: Step) -> None:
        _take(actor=actor, plan=plan, step=step, community_id=self.batch.chain)

    def follow(self, entries: Sequence[HistoryEntry]) -> None:
        """Nothing comes after."""

    def undo(self, *, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        _undo(actor=actor, entries=entries, step=step)

    def finish_undo(self, *, actor: Actor) -> None:
        """Nothing is left over."""


def _missing(row: int, what: str) -> Finding:
    return Finding(row, what, ERROR, f"新机构要写“{what}”：企业先知道，再决定请不请", "")


class Firms:
    """What is known of a community's firms. Three queries."""

    def __init__(self, community_id: int) -> None:
        rows = list(Partner.objects.filter(community_id=community_id).select_related("kind"))
        self.by_name = {row.name: row for row in rows}
        self.by_code = {row.uscc: row for row in rows if row.uscc}
        self.kinds = {row.name: row for row in PartnerKind.objects.filter(community_id=community_id)}
        self.experts: dict[tuple[int, str], Expert] = {}
        for expert in Expert.objects.filter(partner__community_id=community_id).select_related("partner"):
            self.experts.setdefault((expert.partner_id, expert.name), expert)

    def find(self, firm: dict[str, Any]) -> Partner | None:
        """The firm a line speaks of."""
        return self.by_code.get(firm.get("uscc", "")) or self.by_name.get(firm["name"])


def _is_new_expert(firms: Firms, known: Partner, line: Line) -> bool:
    return bool(line.expert) and (known.pk, line.expert["name"]) not in firms.experts


def _differing(row: Any, given: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if getattr(row, key) != value}


def _changes(firms: Firms, known: Partner, line: Line) -> bool:
    expert = firms.experts.get((known.pk, line.expert.get("name", "")))
    other_kind = bool(line.kind) and known.kind.name != line.kind
    return bool(
        other_kind or _differing(known, line.firm) or (expert is not None and _differing(expert, line.expert))
    )


@action
def _take(*, actor: Actor, plan: PartnerPlan, step: Step, community_id: int) -> None:
    step.note()
    for line in plan.lines:
        firms = Firms(community_id)
        kind = None
        if line.kind:
            kind = firms.kinds.get(line.kind) or add_kind(actor=actor, name=line.kind)
        known = firms.find(line.firm)
        if known is None:
            known = add_partner(actor=actor, facts={**line.firm, "kind": kind})
        else:
            changed = _differing(known, line.firm) | (
                {"kind": kind} if kind is not None and kind.pk != known.kind_id else {}
            )
            if changed:
                known = edit_partner(actor=actor, partner=known, facts=changed)
        if not line.expert:
            continue
        expert = firms.experts.get((known.pk, line.expert["name"]))
        if expert is None:
            add_expert(actor=actor, partner=known, facts=line.expert, phone=line.phone)
        elif changed := _differing(expert, line.expert):
            edit_expert(actor=actor, expert=expert, facts=changed, phone=line.phone or None)


@action
def _undo(*, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
    """New ones go unless somebody has worked with them; changed ones get back what nobody changed since."""
    kept: list[str] = []
    for entry in entries:
        kind, _, pk = entry.subject.partition(":")
        if kind == "expert":
            kept += _undo_expert(actor, Expert.objects.filter(pk=int(pk)).first(), entry)
        elif kind == "partner":
            kept += _undo_partner(actor, Partner.objects.filter(pk=int(pk)).first(), entry)
    step.note(kept)


def _undo_expert(actor: Actor, row: Expert | None, entry: HistoryEntry) -> list[str]:
    if row is None:
        return []
    if entry.verb == "expert.added":
        if row.version > 1 or row.asks.exists() or row.duties.exists() or row.ties.exists():
            return [f"{row.name}：后来有人用过，留着"]
        record(actor=actor, verb="expert.withdrawn", subject=row, context=row.partner, name=row.name)
        row.delete()
        return []
    return _restore(row, entry, EXPERT_FACTS, lambda facts: edit_expert(actor=actor, expert=row, facts=facts))


def _undo_partner(actor: Actor, row: Partner | None, entry: HistoryEntry) -> list[str]:
    if row is None:
        return []
    if entry.verb == "partner.added":
        bound = members_of(row.community_id, Role.PARTNER, kind=Kind.PARTNER, scope_ids=[row.pk])
        if row.version > 1 or row.experts.exists() or row.ties.exists() or bound.exists():
            return [f"{row.name}：后来有人用过，留着"]
        record(actor=actor, verb="partner.withdrawn", subject=row, name=row.name)
        row.delete()
        return []
    return _restore(
        row, entry, PARTNER_FACTS, lambda facts: edit_partner(actor=actor, partner=row, facts=facts)
    )


def _restore(row: Any, entry: HistoryEntry, allowed: dict[str, str], write: Any) -> list[str]:
    kept, facts = [], {}
    for name, (old, new) in entry.details.get("changes", {}).items():
        if name not in allowed or name == "kind":
            continue
        now = getattr(row, name)
        if canonical({"v": now}) != canonical({"v": new}):
            kept.append(f"{row.name}的{allowed[name]}：后来有人改过，没有恢复")
        else:
            facts[name] = read_day(old) if name == "licence_until" and old else old
    if facts:
        write(facts)
    return kept


class Partners:
    """The kind "partners.partner"."""

    code = KIND
    name = "合伙人"

    def layout(self, options: dict[str, Any]) -> Layout:
        return Layout("合伙人", COLUMNS)

    def actor(self, batch: ImportBatch) -> Actor:
        return pages.actor_of(batch, MANAGE_PARTNERS)

    def session(self, batch: ImportBatch, actor: Actor) -> Session:
        return Session(batch)


PAGE = pages.ImportPage(
    KIND, "partners", "合伙人", "行", MANAGE_PARTNERS, lambda day: {},
    promises=("一行一位专家，同一机构写几行；机构按名称或信用代码认，传几次都只有一个",
              "新机构进来是“待认证”，书记认证以后才能派事",
              "空着的格子不会抹掉已有的内容；电话加密保存"),
    leads_to=(("partners:partners", "合伙人"),),
)  # fmt: skip


def introduce() -> None:
    """Called once, when the app is ready."""
    pages.provide(PAGE)
    register(Partners())  # type: ignore[arg-type]  # the actor it gives is the one it gets back
