"""A ledger of needs as a spreadsheet: each row a case, with the day on which it was said."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind as ScopeKind
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.imports.kinds import Plan, register
from yuanzhi.kernel.imports.step import Step, UndoStep
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.notices import notify
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.tabular.findings import ERROR, WARNING, BadCell, Cell, Finding, cell_text
from yuanzhi.kernel.tabular.mapping import Column, Layout, Record
from yuanzhi.registry.imports import pages
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.queries import visible_to as enterprises_visible_to
from yuanzhi.registry.rules.dates import Day, parse_day
from yuanzhi.registry.rules.names import name_key
from yuanzhi.registry.rules.uscc import check_uscc

from ..access import IMPORT_CASES, OPEN_CASE
from ..actions.intake import open_case
from ..actions.steps import take
from ..actions.telling import context_of
from ..models import Case, Desk
from ..needs import LONGEST, one_number
from ..queries import desks_of, items_of
from ..states import State
from ..states import Step as CaseStep

KIND = "cases.case"
CHANNELS = {label: value for value, label in Case.Channel.choices}
_OTHER_CHANNELS = {
    "来电": "phone",
    "电话反映": "phone",
    "微信群": "wechat",
    "企业微信": "wechat",
    "现场": "desk",
    "上门": "desk",
    "来访": "desk",
    "二维码": "qr",
    "入户": "visit",
    "网格员走访": "visit",
    "门户": "portal",
}
_YES = {"是", "要", "保密", "私下", "y", "yes", "1", "√", "true"}


def read_words(cell: Cell) -> str:
    """What was said."""
    text = cell_text(cell).strip()
    if len(text) > LONGEST:
        raise BadCell(f"原话有 {len(text)} 字，最多 {LONGEST} 字。")
    return text


def read_day(cell: Cell) -> dt.datetime:
    """A day in the past, at nine in the morning unless a time stands there."""
    if isinstance(cell, dt.datetime) and (cell.hour or cell.minute):
        said = timezone.make_aware(cell) if timezone.is_naive(cell) else cell
        if said > timezone.now():
            raise BadCell(f"“{cell_text(cell)[:20]}”还没有到。")
        return said
    if isinstance(cell, dt.time | dt.timedelta):
        raise BadCell("这里要填日期，不是时间。")
    reading = parse_day(cell, timezone.localdate())
    if reading.problem or not isinstance(reading.value, Day):
        raise BadCell(reading.problem or "看不出是哪一天：写成 2026-11-24")
    at = timezone.make_aware(dt.datetime.combine(reading.value.date, dt.time(9)))
    return min(at, timezone.now())


def read_channel(cell: Cell) -> str:
    """A channel by its name or a usual word for it."""
    text = cell_text(cell).strip()
    if found := CHANNELS.get(text) or _OTHER_CHANNELS.get(text):
        return found
    raise BadCell(f"“{text[:20]}”不是这里的渠道，请从{'、'.join(CHANNELS)}里选。")


def read_phone(cell: Cell) -> str:
    """One number."""
    try:
        phone = one_number(cell_text(cell))
    except Refused as no:
        raise BadCell(f"{str(no).rstrip('。')}。", private=True) from no
    return phone.display() if phone else ""


COLUMNS = (
    Column(
        "words",
        "原话",
        ("诉求内容", "问题描述", "内容", "事项描述", "反映内容", "需求", "诉求"),
        required=True,
        parse=read_words,
        example="尾款 38 万拖了五个月，想走支付令",
        width=44,
    ),
    Column(
        "enterprise",
        "企业名称",
        ("企业", "单位名称", "公司名称", "诉求企业", "单位"),
        example="杭州云图数视科技有限公司",
        note="和名录里的名称一致",
        width=30,
    ),
    Column("uscc", "统一社会信用代码", ("信用代码", "代码"), text=True, note="填了就按代码认", width=22),
    Column(
        "opened_at",
        "提出日期",
        ("日期", "登记日期", "反映时间", "受理日期", "时间"),
        parse=read_day,
        example="2026-11-20",
        note="不填就是今天",
    ),
    Column(
        "channel",
        "渠道",
        ("来源", "反映渠道", "诉求来源"),
        parse=read_channel,
        choices=tuple(CHANNELS),
        example="微信",
    ),
    Column("speaker", "谁说的", ("联系人", "反映人", "姓名"), example="李女士"),
    Column("speaker_phone", "电话", ("联系电话", "手机", "联系方式"), text=True, parse=read_phone),
    Column("title", "一句话", ("标题", "诉求标题", "主题"), width=26),
    Column("desk", "窗口", ("办理窗口", "责任窗口", "分类"), choices=tuple(Desk.Code.labels)),
    Column("item", "事项", ("服务事项", "诉求类别", "事项名称")),
    Column(
        "is_confidential",
        "私下反映",
        ("保密", "不让单位看到"),
        parse=lambda c: cell_text(c).strip().casefold() in _YES,
        choices=("是", "否"),
        note="员工的事不让单位看到，填“是”",
    ),
)


@dataclass
class NeedPlan(Plan):
    """The needs to be opened, each with the key by which it is known again."""

    new: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class Session:
    """One pass over a ledger. A row is known again by enterprise, words and day."""

    def __init__(self, batch: ImportBatch, actor: Actor) -> None:
        self.batch, self.actor = batch, actor
        self.desks = {desk.name: desk for desk in desks_of(batch.chain)}
        self.items = {item.name: item for item in items_of(batch.chain)}
        self.seen: dict[str, int] = {}

    def ready(self, record: Record) -> tuple[int, dict[str, Any]] | None:
        if not record.ok:
            return None
        given = {key: value for key, value in record.values.items() if value not in (None, "")}
        for key, rows, what in (("desk", self.desks, "窗口"), ("item", self.items, "事项")):
            if key in given:
                named = str(given[key]).strip().removesuffix("窗口" if key == "desk" else "")
                given[key] = rows.get(named)
                if given[key] is None:
                    record.add(what, WARNING, f"没有叫“{named[:20]}”的{what}，按原话派。", named)
                    del given[key]
        return record.row, given

    def plan(self, items: Sequence[tuple[int, dict[str, Any]]]) -> NeedPlan:
        plan = NeedPlan()
        firms = self._firms([given for _, given in items])
        ready = []
        for row, given in items:
            firm = self._firm(row, given, firms, plan)
            if firm is not False:
                ready.append((row, {**given, "enterprise": firm}))
        keys = {row: _key(given) for row, given in ready}
        here = set(
            Case.objects.filter(community_id=self.batch.chain, intake_key__in=set(keys.values())).values_list(
                "intake_key", flat=True
            )
        )
        for row, given in ready:
            first = self.seen.setdefault(keys[row], row)
            if first != row:
                plan.rejected.add(row)
                plan.findings.append(Finding(row, "原话", ERROR, f"与第 {first} 行是同一件，只登记一次。"))
            elif keys[row] in here:
                plan.unchanged += 1
            else:
                plan.new.append((keys[row], given))
                plan.created += 1
        return plan

    def _firms(self, rows: list[dict[str, Any]]) -> dict[str, list[Enterprise]]:
        """{code or name key: enterprises} of all that is named. Two queries."""
        visible = enterprises_visible_to(self.actor, OPEN_CASE).select_related("building")
        codes = {_code(given) for given in rows} - {""}
        keys = {name_key(str(given["enterprise"])) for given in rows if given.get("enterprise")}
        found: dict[str, list[Enterprise]] = {}
        for firm in visible.filter(uscc__in=codes) if codes else ():
            found.setdefault(firm.uscc, []).append(firm)
        for firm in visible.filter(name_key__in=keys) if keys else ():
            found.setdefault(firm.name_key, []).append(firm)
        short = {str(given["enterprise"]).strip() for given in rows if given.get("enterprise")}
        for firm in visible.filter(short_name__in=short) if short else ():
            found.setdefault(f"short:{firm.short_name}", []).append(firm)
        return found

    def _firm(
        self, row: int, given: dict[str, Any], firms: dict[str, list[Enterprise]], plan: NeedPlan
    ) -> Enterprise | bool | None:
        """The enterprise of a row, None where none is named, False where the row can't be taken."""
        code, name = _code(given), str(given.get("enterprise") or "").strip()
        for key in (code, name_key(name) if name else "", f"short:{name}" if name else ""):
            found = firms.get(key, []) if key else []
            if len(found) == 1:
                return found[0]
            if len(found) > 1:
                plan.rejected.add(row)
                text = f"名录里有 {len(found)} 家叫“{name}”：请填信用代码"
                plan.findings.append(Finding(row, "企业名称", ERROR, text, name))
                return False
        if not code and not name:
            return None
        plan.rejected.add(row)
        text = "名录里没有这家企业（或者不在您的范围）：先登记企业，或把这一格空着"
        plan.findings.append(Finding(row, "企业名称", ERROR, text, name or code))
        return False

    def take(self, *, actor: Actor, plan: NeedPlan, step: Step) -> None:
        _take(actor=actor, plan=plan, step=step)

    def follow(self, entries: Sequence[HistoryEntry]) -> None:
        """Nothing comes after."""

    def undo(self, *, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        _undo(actor=actor, entries=entries, step=step)

    def finish_undo(self, *, actor: Actor) -> None:
        """Nothing is left over."""


def _code(given: dict[str, Any]) -> str:
    code = check_uscc(str(given.get("uscc") or ""))
    return code.value if code.value and not code.problem else str(given.get("uscc") or "").strip()


def _key(given: dict[str, Any]) -> str:
    firm, at = given.get("enterprise"), given.get("opened_at")
    day = timezone.localtime(at).date().isoformat() if at else ""
    said = "\x1f".join((str(firm.pk if firm else ""), day, str(given["words"])))
    return f"sheet:{hashlib.sha256(said.encode()).hexdigest()[:48]}"


@action
def _take(*, actor: Actor, plan: NeedPlan, step: Step) -> None:
    step.note()
    desks: set[int] = set()
    for key, given in plan.new:
        said = {"channel": Case.Channel.SHEET, **given}
        said.pop("uscc", None)
        case = open_case(actor=actor, intake_key=key, quiet=True, **said)
        desks.add(case.desk_id)
    if plan.new:  # one line for each desk, not one for each row
        members = members_of(
            actor.community_id, Role.DESK_OFFICER, kind=ScopeKind.DESK, scope_ids=sorted(desks)
        )
        notify(
            {member.user_id for member in members} - {actor.user_id},
            chain=actor.community_id,
            key=f"sheet:{step.batch.pk}:{step.cursor}",
            title=f"用表格登记了 {len(plan.new)} 件诉求",
            body=step.batch.filename,
            url="/cases/?state=open",
        )


@action
def _undo(*, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
    """What nobody has touched since is withdrawn; the rest stays, and the undo says so."""
    kept = []
    for entry in entries:
        if entry.verb != "case.opened":
            continue
        case = Case.objects.filter(pk=int(entry.subject.rpartition(":")[2])).first()
        if case is None or case.state == State.WITHDRAWN:
            continue
        touched = case.state != State.RECEIVED or case.notes.exists() or case.attachments.exists()
        try:
            if touched:
                raise Overtaken
            # Its key is free again, so that the same file can be brought in anew.
            take(actor, case, CaseStep.WITHDRAW, closed_at=timezone.now(), intake_key=None)
        except Refused:
            kept.append(f"{case.number} {case.title}：已经有人在办，留着")
            continue
        record(actor=actor, verb="case.undone", subject=case, context=context_of(case), number=case.number)
    step.note(kept)


class Needs:
    """The kind "cases.case"."""

    code = KIND
    name = "诉求"

    def layout(self, options: dict[str, Any]) -> Layout:
        return Layout(
            "诉求",
            COLUMNS,
            (
                "一行一件诉求。带 * 的必填；灰色的一行是示例，不会导入。",
                "企业按信用代码认，没有代码的按名称认；留空就是不知道是哪家。时限从“提出日期”算起。",
            ),
        )

    def actor(self, batch: ImportBatch) -> Actor:
        return pages.actor_of(batch, IMPORT_CASES)

    def session(self, batch: ImportBatch, actor: Actor) -> Session:
        return Session(batch, actor)


PAGE = pages.ImportPage(
    KIND,
    "cases",
    "诉求台账",
    "件",
    IMPORT_CASES,
    lambda day: {},
    promises=(
        "企业按信用代码或名称认，认不准的那一行不登记，写明原因",
        "同一家、同一天、同样的话只登记一次，传几次都一样",
        "电话加密保存；填了“私下反映”的，单位看不到",
        "撤销时，还没人动过的撤回，办起来的留着",
    ),
    leads_to=(("cases:list", "诉求"),),
    adds="新登记",
)


def introduce() -> None:
    """Called once, when the app is ready."""
    pages.provide(PAGE)
    register(Needs())  # type: ignore[arg-type]  # the actor it gives is the one it gets back
