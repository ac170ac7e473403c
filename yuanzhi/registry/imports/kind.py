"""The register's kind of table, as the import engine knows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from yuanzhi.accounts import wording as accounts_wording
from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.imports.kinds import register
from yuanzhi.kernel.imports.step import Step, UndoStep
from yuanzhi.kernel.many import learn
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.sealed import Sealer
from yuanzhi.kernel.tabular.mapping import Layout, Record

from .. import index, wording
from ..access import IMPORT
from ..models import Enterprise, Source
from . import layout, pages
from .placing import Places
from .plan import Planner, RegisterPlan
from .ready import Line, Maker, Reader
from .take import Writer, take_rows
from .undoing import clear_source, undo_rows


def options_for(day: dt.date | None = None) -> dict[str, Any]:
    """The options of a batch: the day for which the table holds (today), and today itself."""
    today = timezone.localdate()
    return {"day": (day or today).isoformat(), "today": today.isoformat()}


class Session:
    """One pass over a spreadsheet of enterprises."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch, self.day = batch, dt.date.fromisoformat(batch.options["day"])
        self.places = Places(batch.chain)
        label = batch.filename[:200]
        maker = Maker(self.places.spots, Sealer(settings.DATA_KEY), label, self.day.isoformat())
        self.reader = Reader(batch.options, maker)
        self.planner = Planner(batch.chain, self.places, self.day, Source.Kind.IMPORT)
        self.writer = Writer(batch.chain, self.places, maker, label, self.day, batch.pk)
        self._last: Sequence[Line] | None = None
        self._made, self._learned = 0, 0  # enterprises made so far, and when the database last took stock

    def ready(self, record: Record) -> Line | None:
        return self.reader.ready(record)

    def plan(self, items: Sequence[Line]) -> RegisterPlan:
        if items is self._last:  # planned anew: rooms made by what was rolled back are not there
            self.places.load_units()
        self._last = items
        return self.planner.plan(items)

    def take(self, *, actor: Actor, plan: RegisterPlan, step: Step) -> None:
        self.writer.prepare(plan)
        take_rows(actor=actor, plan=plan, step=step, writer=self.writer)
        self._made += plan.created
        if self._made > 10 * self._learned:
            self._learned = self._made
            learn(Enterprise)

    def follow(self, entries: Sequence[HistoryEntry]) -> None:
        names = {entry.subject for entry in entries if entry.subject.startswith("enterprise:")}
        ids = sorted(int(name.rpartition(":")[2]) for name in names)
        size = index.at_once()
        for start in range(0, len(ids), size):
            index.refresh(ids[start : start + size])

    def undo(self, *, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        undo_rows(actor=actor, entries=entries, step=step)

    def finish_undo(self, *, actor: Actor) -> None:
        clear_source(actor=actor, community_id=self.batch.chain, batch_id=self.batch.pk)


class Enterprises:
    """The kind "registry.enterprise"."""

    code = layout.KIND
    name = "企业"

    def layout(self, options: dict[str, Any]) -> Layout:
        return layout.layout(options)

    def actor(self, batch: ImportBatch) -> Actor:
        return pages.actor_of(batch, IMPORT)

    def session(self, batch: ImportBatch, actor: Actor) -> Session:
        return Session(batch)


ENTERPRISES = Enterprises()
PAGE = pages.ImportPage(
    layout.KIND,
    "enterprises",
    "企业名录",
    "家",
    IMPORT,
    options_for,
    promises=(
        "同一家按信用代码认，传几次都只有一家",
        "空着的格子不会抹掉名录里已有的内容",
        "走访核实过的、更新的内容，旧表盖不掉；说法不一的列出来等您定",
        "电话加密保存，页面上只露前三后四",
        "不合格的行连同原因，写在原表最后一列还给您",
    ),
    leads_to=(("registry:enterprises", "企业名单"), ("registry:quality", "名录体检")),
    asks_day=True,
)
VERBS = {
    "enterprise.withdrawn": "撤销导入，删去企业",
    "import.done": "导入表格",
    "import.undone": "撤销整次导入",
}


def introduce() -> None:
    """Make the kind and its verbs known. Called once, when the app is ready."""
    pages.provide(PAGE)
    register(ENTERPRISES)  # type: ignore[arg-type]  # the actor it gives is the one it gets back
    accounts_wording.add(VERBS)
    wording.add({"enterprise.changed": _changed, "enterprise.registered": _registered})


def _changed(data: dict[str, Any]) -> str:
    """An import says by which table; its undo says so too."""
    said = [wording.say("enterprise.imported", data)] if data.get("changes") else []
    said += [f"落到 {data['to']}"] if data.get("to") else []
    said += [f"添加联系人{'、'.join(data['contacts'])}"] if data.get("contacts") else []
    said += [f"记下曾用名{'、'.join(data['undo']['former'])}"] if data.get("undo", {}).get("former") else []
    text = "；".join(said) or "补上信息的来源"
    if data.get("undone"):
        return f"撤销导入“{data['undone']}”：{text}"
    return f"按“{data['source']}”：{text}" if "undo" in data else text


def _registered(data: dict[str, Any]) -> str:
    text = f"登记到名录，来源：{data['source']}" if data.get("source") else "登记到名录"
    return f"{text}；落到 {data['to']}" if data.get("to") else text
