"""What the page of background work shows and offers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from ..history import HOUSE, Acting, action, record
from ..models import Lease, Schedule
from ..refusals import Overtaken, Refused
from .define import policy_of, registered
from .run import FAILED, READY, RUNNING


@dataclass(frozen=True)
class JobLine:
    """A job as people see it. `reason` is why the last attempt failed, empty before the first failure."""

    id: str
    name: str
    arguments: dict[str, Any]
    attempts: int
    allowed: int
    reason: str
    enqueued_at: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    next_at: dt.datetime | None  # None: as soon as a worker is free
    traceback: str


def jobs_waiting(limit: int = 100) -> list[JobLine]:
    """Jobs in the queue in the order they will be taken, those waiting for another attempt included."""
    return _lines(DBTaskResult.objects.filter(status=READY)[:limit])


def jobs_running(limit: int = 100) -> list[JobLine]:
    """Jobs in a worker's hands, the longest-running first."""
    return _lines(DBTaskResult.objects.filter(status=RUNNING).order_by("started_at")[:limit])


def jobs_failed(limit: int = 100) -> list[JobLine]:
    """Jobs that were given up, the newest first."""
    return _lines(DBTaskResult.objects.filter(status=FAILED).order_by("-finished_at")[:limit])


@dataclass(frozen=True)
class QueueState:
    """The queue in four numbers. When something has been ready for minutes, no worker is running."""

    ready: int
    running: int
    failed: int
    longest_wait: dt.timedelta  # of the jobs that could run by now; a job for later waits from its time on


def queue_state(now: dt.datetime) -> QueueState:
    """How background work stands at `now`."""
    ready = DBTaskResult.objects.filter(status=READY)
    due = ready.filter(Q(run_after=get_date_max()) | Q(run_after__lte=now))
    waits = [
        now - (enqueued if run_after == get_date_max() else max(enqueued, run_after))
        for enqueued, run_after in due.order_by("enqueued_at").values_list("enqueued_at", "run_after")[:50]
    ]
    return QueueState(
        ready=due.count(),
        running=DBTaskResult.objects.filter(status=RUNNING).count(),
        failed=DBTaskResult.objects.filter(status=FAILED).count(),
        longest_wait=max(waits, default=dt.timedelta(0)),
    )


@dataclass(frozen=True)
class ScheduleLine:
    """A periodic job as people see it."""

    name: str
    next_due: dt.datetime
    last_due: dt.datetime | None


def schedules() -> list[ScheduleLine]:
    """The periodic jobs by their next turn; those a former program registered are left out."""
    known = registered()
    rows = Schedule.objects.filter(name__in=known).order_by("next_due")
    return [
        ScheduleLine(policy_of(known[row.name].task.module_path).name, row.next_due, row.last_due)
        for row in rows
    ]


def _lines(rows: Iterable[DBTaskResult]) -> list[JobLine]:
    rows = list(rows)
    leases = Lease.objects.in_bulk([row.pk for row in rows])
    return [_line(row, leases.get(row.pk)) for row in rows]


def _line(row: DBTaskResult, lease: Lease | None) -> JobLine:
    policy = policy_of(row.task_path)
    return JobLine(
        id=str(row.pk),
        name=policy.name,
        arguments=row.args_kwargs,
        attempts=lease.attempts if lease else 0,
        allowed=policy.attempts,
        reason=lease.reason if lease else "",
        enqueued_at=row.enqueued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        next_at=None if row.run_after == get_date_max() else row.run_after,
        traceback=row.traceback,
    )


@action
def retry_job(*, actor: Acting, job_id: str) -> None:
    """Try a failed job again with a fresh count of attempts. The caller checks who may. Raises Refused."""
    row = _failed(job_id)
    now = timezone.now()
    if not DBTaskResult.objects.filter(pk=row.pk, status=FAILED).update(
        status=READY, run_after=now, finished_at=None
    ):
        raise Overtaken("这个任务刚被别人处理了，请刷新后再看。")
    # Without the worker's name, one that was given up for dead can no longer write its end.
    Lease.objects.filter(pk=row.pk).update(attempts=0, worker="", until=None)
    record(actor=actor, verb="job.retried", subject=f"job:{row.pk}", chain=HOUSE, name=_name(row))


@action
def dismiss_job(*, actor: Acting, job_id: str) -> None:
    """Strike a failed job off the list for good. The caller checks who may. Raises Refused."""
    row = _failed(job_id)
    reason = Lease.objects.filter(pk=row.pk).values_list("reason", flat=True).first() or ""
    record(
        actor=actor,
        verb="job.dismissed",
        subject=f"job:{row.pk}",
        chain=HOUSE,
        name=_name(row),
        reason=reason,
    )
    row.delete()


def _failed(job_id: str) -> DBTaskResult:
    try:
        row = DBTaskResult.objects.filter(pk=job_id).first()
    except (ValidationError, ValueError):
        row = None
    if row is None:
        raise Refused("找不到这个任务，可能已经被清理，请刷新后再看。")
    if row.status != FAILED:
        raise Overtaken("这个任务现在不是失败状态，请刷新后再看。")
    return row


def _name(row: DBTaskResult) -> str:
    return policy_of(row.task_path).name
