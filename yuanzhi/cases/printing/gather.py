"""Gathering a case's file from the database. Eight queries, whatever the case."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.registry.queries import community_of

from .. import claims
from ..models import Case, CaseStage
from ..timeline import entries
from .content import CaseFile, Passage, Table, mark_of


def _day(at: dt.datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else ""


def gather(actor: Actor, case: Case, *, reason: str, now: dt.datetime) -> CaseFile:
    """The file of a case the actor sees; `case` with enterprise, desk, building__park and item loaded."""
    community = community_of(actor).name
    where = f"{case.building.park.name} {case.building.name}" if case.building else ""
    facts = [
        ("编号", case.number),
        ("企业", case.enterprise.name if case.enterprise else "没登记是哪家"),
        ("地点", where),
        ("谁说的", case.speaker),
        ("来源", case.get_channel_display()),
        ("窗口", case.desk.name),
        ("事项", case.item.name if case.item else ""),
        ("经办", case.owner_name),
        ("状态", case.get_state_display()),
        ("提出", _day(case.opened_at)),
        ("应响应", _day(case.response_due)),
        ("响应", _day(case.responded_at)),
        ("应办结", _day(case.resolution_due)),
        ("办结", _day(case.resolved_at)),
    ]
    passages = [Passage("原话", case.words), Passage("办理结果", case.outcome)]
    events = [
        (_day(entry.at), entry.who, entry.text, entry.note) for entry in reversed(entries(case, public=False))
    ]
    return CaseFile(
        community=community,
        number=case.number,
        title=case.title,
        facts=tuple((label, value) for label, value in facts if value),
        passages=tuple(passage for passage in passages if passage.text),
        tables=tuple(
            table for table in (_stages(case), _claims(case), _words(case), _files(case)) if table.rows
        ),
        events=tuple(events),
        mark=mark_of(community, actor.label, _day(now), reason),
        name=f"办理单-{case.number}",
    )


def _stages(case: Case) -> Table:
    rows = []
    for stage in case.stages.all():
        done = "不需要" if stage.is_skipped else _day(stage.done_at)
        kind = CaseStage(kind=stage.kind).get_kind_display()
        rows.append((kind, stage.name, stage.who, _day(stage.due_at)[:10], done, stage.done_by_label))
    return Table("材料与环节", ("类别", "名称", "谁来办", "应完成", "完成", "谁记的"), tuple(rows))


def _claims(case: Case) -> Table:
    lines = list(case.claims.all())
    rows = tuple(
        (line.debtor, line.project, f"{line.amount:,.2f}", f"{line.recovered:,.2f}", line.get_state_display())
        for line in lines
    )
    total = sum((line.amount for line in lines), Decimal(0))
    back = sum((line.recovered for line in lines), Decimal(0))
    note = f"共 {len(rows)} 笔 {claims.money(total)}，已收回 {claims.money(back)}" if lines else ""
    return Table("欠款清单", ("欠款方", "项目", "金额（元）", "已收回（元）", "状态"), rows, note)


def _words(case: Case) -> Table:
    rows = tuple(
        (
            f"第 {word.round} 轮",
            "解决了" if word.is_solved else "没解决",
            word.get_satisfaction_display(),
            word.words,
            "匿名" if word.is_anonymous else word.rater,
            _day(word.created_at),
        )
        for word in case.verdicts.order_by("round")
    )
    return Table("企业评价", ("轮次", "解决了吗", "满意吗", "说的话", "谁评的", "时间"), rows)


def _files(case: Case) -> Table:
    kept = case.attachments.filter(removed_at=None).order_by("pk")
    rows = tuple(
        (file.name, f"{file.size / 1024:,.0f} KB", file.author_label, _day(file.created_at)) for file in kept
    )
    return Table("附件（另存）", ("文件", "大小", "谁给的", "时间"), rows)
