"""A case's own checklist: copied from the catalogue, ticked off by who works the case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.workdays import WorkTime, add_work_time

from .. import promises
from ..access import WORK_CASE
from ..models import Case, CaseStage, ItemStage, ServiceItem
from ..states import CLOSED, STATE_NAMES, State
from .steps import permit
from .telling import context_of

MOST = 60


def lay_stages(case: Case, item: ServiceItem, here: promises.Clock) -> int:
    """Copy the item's procedure to a case that has none of its own, each line with its due instant.

    For actions that give a case an item; two queries. Returns how many lines it has now.
    """
    rows = stage_rows(case, list(item.stages.all()), here)
    CaseStage.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def stage_rows(case: Case, lines: list[ItemStage], here: promises.Clock) -> list[CaseStage]:
    """The lines as a case's own, not yet written."""
    return [
        CaseStage(
            case=case,
            kind=line.kind,
            order=line.order,
            name=line.name,
            who=line.who,
            hint=line.hint,
            due_at=due_after(case.promise_from, line.workdays, here),
        )
        for line in lines
    ]


def due_after(since: dt.datetime, workdays: int | None, here: promises.Clock) -> dt.datetime | None:
    """So many workdays after the beginning, by the community's calendar and hours."""
    if workdays is None:
        return None
    return add_work_time(since, WorkTime(days=workdays), here.calendar, here.hours).at


def _touch(actor: Actor, stage: CaseStage) -> Case:
    permit(actor, WORK_CASE, stage.case)
    state = State(stage.case.state)
    if state in CLOSED:
        raise Refused(f"这件诉求现在是“{STATE_NAMES[state]}”，清单不再改动")
    return stage.case


def _set(
    actor: Actor, stage: CaseStage, seen: dict[str, Any], verb: str, text: str = "", **values: Any
) -> None:
    if not CaseStage.objects.filter(pk=stage.pk, **seen).update(**values):
        raise Overtaken(f"“{stage.name}”刚被别人动过：刷新看看现在怎样")
    case = stage.case
    record(actor=actor, verb=verb, subject=case, context=context_of(case), stage=stage.name, text=text)
    stage.refresh_from_db()


@action
def tick_stage(*, actor: Actor, stage: CaseStage) -> CaseStage:
    """This line is done, now, by the actor."""
    _touch(actor, stage)
    seen = {"done_at": None, "is_skipped": False}
    _set(actor, stage, seen, "stage.done", done_at=clock.now(), done_by_label=actor.label)
    return stage


@action
def untick_stage(*, actor: Actor, stage: CaseStage) -> CaseStage:
    """Ticked (or left out) by mistake: it is open again, which the history keeps as well."""
    _touch(actor, stage)
    seen = {"done_at": stage.done_at, "is_skipped": stage.is_skipped}
    if stage.done_at is None and not stage.is_skipped:
        raise Overtaken(f"“{stage.name}”本来就没办完：刷新看看现在怎样")
    _set(actor, stage, seen, "stage.again", done_at=None, is_skipped=False, why="", done_by_label="")
    return stage


@action
def skip_stage(*, actor: Actor, stage: CaseStage, why: str) -> CaseStage:
    """Not needed in this case, and why: the enterprise reads it."""
    _touch(actor, stage)
    if not why.strip():
        raise Refused(f"“{stage.name}”为什么不需要，写一句：企业也看得到")
    seen = {"done_at": None, "is_skipped": False}
    reason = why.strip()[:200]
    _set(actor, stage, seen, "stage.skipped", reason, is_skipped=True, why=reason, done_by_label=actor.label)
    return stage


@action
def add_stage(
    *, actor: Actor, case: Case, name: str, kind: str = ItemStage.Kind.STAGE, workdays: int | None = None
) -> CaseStage:
    """A line that this case needs beyond the catalogue; `workdays` from the case's beginning."""
    stage = CaseStage(case=case, kind=kind, name=name.strip()[:60])
    _touch(actor, stage)
    if not stage.name:
        raise Refused("这一步叫什么还没写")
    if kind not in ItemStage.Kind.values:
        raise Refused("请选是材料还是环节")
    taken = list(CaseStage.objects.filter(case=case).values_list("kind", "order"))
    if len(taken) >= MOST:
        raise Refused(f"清单最多 {MOST} 项，已经满了")
    stage.order = max((order for of, order in taken if of == kind), default=0) + 1
    stage.due_at = due_after(case.promise_from, workdays, promises.clock_of(case.community_id))
    stage.save(force_insert=True)  # two at once: the constraint case_stage_order lets one through
    record(actor=actor, verb="stage.added", subject=case, context=context_of(case), stage=stage.name)
    return stage
