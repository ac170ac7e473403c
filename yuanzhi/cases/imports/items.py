"""The catalogue as a spreadsheet: out as it is today, in with what changed, each change a dated row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action
from yuanzhi.kernel.imports.kinds import Plan, register
from yuanzhi.kernel.imports.step import Step, UndoStep
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.findings import ERROR, BadCell, Cell, Finding, cell_text
from yuanzhi.kernel.tabular.mapping import Column, Layout, Record
from yuanzhi.kernel.tabular.writer import write_rows
from yuanzhi.registry.imports import pages

from ..access import EDIT_CATALOGUE
from ..actions.catalogue import Entry, StageLine, add_item, change_item, check_entry, end_item, entry_of
from ..models import Desk, ItemStage, ServiceItem
from ..queries import desks_of, items_of

KIND = "cases.item"
DESKS = dict(zip(Desk.Code.labels, Desk.Code.values, strict=True))
_NO = {"否", "不", "不显示", "n", "no", "0", "×"}


def read_number(cell: Cell) -> int:
    """4, 4.0, "4 个工作小时", "5个工作日"."""
    found = re.fullmatch(r"(\d{1,3})(?:\.0+)?\s*(?:个)?(?:工作)?(?:小时|日|天)?", cell_text(cell).strip())
    if not found:
        raise BadCell(f"“{cell_text(cell)[:20]}”不是个数。")
    return int(found[1])


def read_desk(cell: Cell) -> str:
    """A desk by its name."""
    text = cell_text(cell).strip().removesuffix("窗口")
    if text not in DESKS:
        raise BadCell(f"没有“{text[:20]}”窗口，请从{'、'.join(DESKS)}里选。")
    return text


def read_materials(cell: Cell) -> tuple[StageLine, ...]:
    """ "身份证；合同（原件）": one a piece, the hint in brackets."""
    return tuple(_line("material", part) for part in _parts(cell))


def read_steps(cell: Cell) -> tuple[StageLine, ...]:
    """ "名称核准/窗口专员/1；营业执照/窗口专员/3": name, who, within so many workdays."""
    return tuple(_line("stage", part) for part in _parts(cell))


def _parts(cell: Cell) -> list[str]:
    return [part.strip() for part in re.split(r"[;；\n]+", cell_text(cell)) if part.strip()]


def _line(kind: str, text: str) -> StageLine:
    hint = ""
    if found := re.search(r"[（(]([^（）()]*)[）)]$", text):
        text, hint = text[: found.start()].strip(), found[1].strip()
    name, *rest = [part.strip() for part in re.split(r"[/／]", text)]
    who = rest[0] if rest else ""
    days = re.sub(r"\D", "", rest[1]) if len(rest) > 1 else ""
    if not name or len(rest) > 2 or (len(rest) > 1 and rest[1] and not days):
        raise BadCell(f"“{text[:30]}”没看懂：写成 名称/谁来办/几个工作日（提示）。")
    return StageLine(kind, name[:60], who[:40], int(days) if days else None, hint[:200])


COLUMNS = (
    Column(
        "desk",
        "窗口",
        ("办理窗口",),
        required=True,
        parse=read_desk,
        choices=tuple(DESKS),
        example="经济发展",
    ),
    Column(
        "name", "事项", ("服务事项", "事项名称"), required=True, unique=True, example="入驻手续", width=22
    ),
    Column(
        "response_hours",
        "响应（工作小时）",
        ("响应", "几小时响应", "回音"),
        parse=read_number,
        strict=True,
        example="4",
    ),
    Column(
        "resolution_days",
        "办结（工作日）",
        ("办结", "承诺时限", "几天办结"),
        parse=read_number,
        strict=True,
        example="10",
    ),
    Column("statutory_days", "法定时限（工作日）", ("法定时限", "法定"), parse=read_number, strict=True),
    Column("basis", "依据", ("文号", "法定依据"), width=26),
    Column(
        "materials",
        "材料",
        ("要带什么", "申请材料"),
        parse=read_materials,
        strict=True,
        width=36,
        example="身份证；租赁合同（原件）",
        note="用分号隔开，提示写在括号里",
    ),
    Column(
        "steps",
        "环节",
        ("步骤", "流程"),
        parse=read_steps,
        strict=True,
        width=44,
        example="名称核准/窗口专员/1；营业执照/窗口专员/3",
        note="名称/谁来办/几个工作日内",
    ),
    Column("guide", "怎么办", ("办事指南", "指南"), width=40),
    Column("words", "常说的话", ("关键词", "别的说法"), width=26, example="搬进来、注册、执照"),
    Column(
        "is_listed",
        "门户里能选",
        ("公开", "企业门户"),
        choices=("是", "否"),
        parse=lambda c: cell_text(c).strip().casefold() not in _NO,
    ),
)


@dataclass
class ItemPlan(Plan):
    """Entries to add, and rows with what they will say."""

    new: list[Entry] = field(default_factory=list)
    changed: list[tuple[ServiceItem, Entry]] = field(default_factory=list)


class Session:
    """One pass. An entry is known by its name; empty cells leave what is there."""

    def __init__(self, batch: ImportBatch) -> None:
        self.desks = {desk.name: desk for desk in desks_of(batch.chain)}
        self.known = {item.name: item for item in items_of(batch.chain) if item.valid_to is None}

    def ready(self, record: Record) -> tuple[int, dict[str, Any]] | None:
        if not record.ok:
            return None
        return record.row, {key: value for key, value in record.values.items() if value not in (None, "")}

    def plan(self, items: Sequence[tuple[int, dict[str, Any]]]) -> ItemPlan:
        plan = ItemPlan()
        for row, given in items:
            item = self.known.get(given["name"])
            try:
                entry = self._entry(item, given)
                if item is not None and entry.facts() == entry_of(item).facts():
                    plan.unchanged += 1
                    continue
                check_entry(entry, item, timezone.localdate())
            except Refused as no:
                plan.rejected.add(row)
                plan.findings.append(Finding(row, "", ERROR, f"{no}。", given["name"]))
                continue
            if item is None:
                plan.new.append(entry)
                plan.created += 1
            else:
                plan.changed.append((item, entry))
                plan.updated += 1
        return plan

    def _entry(self, item: ServiceItem | None, given: dict[str, Any]) -> Entry:
        if (desk := self.desks.get(given["desk"])) is None:
            raise Refused(f"社区还没有“{given['desk']}”窗口")
        before = vars(entry_of(item)) if item else {"stages": ()}
        old = before["stages"]
        materials = given.get("materials", tuple(s for s in old if s.kind == ItemStage.Kind.MATERIAL))
        steps = given.get("steps", tuple(s for s in old if s.kind == ItemStage.Kind.STAGE))
        plain = {key: value for key, value in given.items() if key not in ("materials", "steps", "desk")}
        return Entry(**{**before, **plain, "desk": desk, "stages": (*materials, *steps)})

    def take(self, *, actor: Actor, plan: ItemPlan, step: Step) -> None:
        _take(actor=actor, plan=plan, step=step)

    def follow(self, entries: Sequence[HistoryEntry]) -> None:
        """Nothing comes after."""

    def undo(self, *, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        _undo(actor=actor, entries=entries, step=step)

    def finish_undo(self, *, actor: Actor) -> None:
        """Nothing is left over."""


@action
def _take(*, actor: Actor, plan: ItemPlan, step: Step) -> None:
    step.note()
    for entry in plan.new:
        add_item(actor=actor, entry=entry)
    for item, entry in plan.changed:
        change_item(actor=actor, item=item, entry=entry)


@action
def _undo(*, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
    """New entries end, changed ones say again what they said; what was changed since stays."""
    kept = []
    for entry in entries:
        item = ServiceItem.objects.filter(pk=int(entry.subject.rpartition(":")[2])).first()
        if item is None or entry.verb not in ("item.added", "item.changed"):
            continue
        try:
            if entry.verb == "item.added":
                end_item(actor=actor, item=item)
            elif item.replaces is not None:
                change_item(actor=actor, item=item, entry=entry_of(item.replaces))
        except Refused:
            kept.append(f"{item.name}：后来又改过，留着")
    step.note(kept)


class Items:
    """The kind "cases.item"."""

    code = KIND
    name = "事项"

    def layout(self, options: dict[str, Any]) -> Layout:
        return Layout("服务事项", COLUMNS)

    def actor(self, batch: ImportBatch) -> Actor:
        return pages.actor_of(batch, EDIT_CATALOGUE)

    def session(self, batch: ImportBatch, actor: Actor) -> Session:
        return Session(batch)


PAGE = pages.ImportPage(
    KIND,
    "items",
    "服务事项",
    "项",
    EDIT_CATALOGUE,
    lambda day: {},
    promises=(
        "按事项名称认：同名的改，没有的加",
        "改了从今天起算，以前登记的诉求照原来的办",
        "空着的格子不动原来的内容",
    ),
    leads_to=(("cases:items", "服务事项"),),
    adds="新增",
    renews="改动",
)


def write_catalogue(items: Sequence[ServiceItem], out: BinaryIO) -> None:
    """These rows as a spreadsheet that can be brought in again."""
    rows: list[list[Cell]] = [[column.title for column in COLUMNS]]
    for item in items:
        stages = sorted(item.stages.all(), key=lambda stage: (stage.kind, stage.order))
        rows.append(
            [
                item.desk.name,
                item.name,
                item.response_hours,
                item.resolution_days,
                "" if item.statutory_days is None else item.statutory_days,
                item.basis,
                "；".join(_said(s) for s in stages if s.kind == ItemStage.Kind.MATERIAL),
                "；".join(_said(s) for s in stages if s.kind == ItemStage.Kind.STAGE),
                item.guide,
                item.words,
                "是" if item.is_listed else "否",
            ]
        )
    write_rows(out, rows, "服务事项", [column.width or 14 for column in COLUMNS])


def _said(stage: ItemStage) -> str:
    parts = [stage.name]
    if stage.who or stage.workdays is not None:
        parts.append(stage.who)
    if stage.workdays is not None:
        parts.append(str(stage.workdays))
    return "/".join(parts) + (f"（{stage.hint}）" if stage.hint else "")


def filename(today: dt.date) -> str:
    """What the export is called."""
    return f"服务事项-{today:%Y%m%d}.xlsx"


def introduce() -> None:
    """Called once, when the app is ready."""
    pages.provide(PAGE)
    register(Items())  # type: ignore[arg-type]  # the actor it gives is the one it gets back
