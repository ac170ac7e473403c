"""One job from claim to end. Every step is a compare-and-set: who lost the lease can't undo another's work.

READY → claim → RUNNING → finish → SUCCESSFUL
                   │  error, or the lease ran out: READY again with a pause, at last FAILED with a reason
"""

from __future__ import annotations

import datetime as dt
import logging
from contextvars import ContextVar
from dataclasses import dataclass
from traceback import format_exception
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks.base import TaskContext, TaskResultStatus
from django_tasks.utils import normalize_json
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import retry

from ..models import Lease
from .define import GiveUp, policy_of
from .timing import Timing, back_off, back_off_after_death

log = logging.getLogger("yuanzhi.jobs")

READY, RUNNING = TaskResultStatus.READY, TaskResultStatus.RUNNING
FAILED, SUCCESSFUL = TaskResultStatus.FAILED, TaskResultStatus.SUCCESSFUL


class LeaseLost(Exception):
    """Someone else has this job by now: stop, and leave the rest to them."""


@dataclass(frozen=True)
class Claim:
    """A job in hand: its row, and which attempt this is."""

    row: DBTaskResult
    worker: str
    attempt: int

    def lease(self) -> QuerySet[Lease]:
        """The lease, as long as no other attempt has begun: the fencing token of every write."""
        return Lease.objects.filter(pk=self.row.pk, worker=self.worker, attempts=self.attempt)

    @property
    def id(self) -> str:
        return str(self.row.pk)


_current: ContextVar[Claim | None] = ContextVar("yuanzhi_job", default=None)


def current_job() -> Claim | None:
    """The job this code runs in, or None."""
    return _current.get()


def check_lease() -> None:
    """For long jobs, between two steps: raises LeaseLost when another worker has taken over."""
    mine = _current.get()
    if mine is not None and not mine.lease().exists():
        raise LeaseLost(mine.id)


def claim(worker: str, timing: Timing) -> Claim | None:
    """Take the next ready job, or None."""
    ready = DBTaskResult.objects.ready()
    if not ready.exists():  # an idle worker must not take SQLite's write lock twice a second
        return None
    with transaction.atomic():
        row = ready.all().select_for_update(skip_locked=True).first()
        if row is None:
            return None
        now = timezone.now()
        Lease.objects.get_or_create(pk=row.pk)
        lease = Lease.objects.select_for_update().get(pk=row.pk)
        attempt = lease.attempts + 1
        Lease.objects.filter(pk=row.pk).update(attempts=attempt, worker=worker, until=now + timing.held)
        row.status, row.started_at, row.worker_ids = RUNNING, now, [*row.worker_ids, worker][-20:]
        row.save(update_fields=["status", "started_at", "worker_ids"])
    return Claim(row, worker, attempt)


def renew(mine: Claim, timing: Timing) -> bool:
    """Prolong the lease; False when it is no longer ours."""
    return bool(mine.lease().filter(until__isnull=False).update(until=timezone.now() + timing.held))


def execute(mine: Claim) -> None:
    """Run a claimed job and write down how it ended. Only what ends the process passes through."""
    token = _current.set(mine)
    try:
        value = _call(mine.row)
    except LeaseLost:
        log.warning("job %s (%s): lease lost, left to the other worker", mine.id, mine.row.task_path)
    except Exception as error:
        _fail(mine, error)
    except BaseException:
        release(mine)
        raise
    else:
        _end(mine, "", status=SUCCESSFUL, return_value=_plain(value), exception_class_path="", traceback="")
    finally:
        _current.reset(token)


def _call(row: DBTaskResult) -> Any:
    task = row.task
    result = row.task_result
    if task.takes_context:
        context: Any = TaskContext(task_result=result)  # type: ignore[arg-type]
        return task.call(context, *result.args, **result.kwargs)
    return task.call(*result.args, **result.kwargs)


def _plain(value: Any) -> Any:
    # The work is done; a value that can't be kept must not make it be done again.
    try:
        return normalize_json(value)
    except (TypeError, ValueError):
        return repr(value)[:400]


def _fail(mine: Claim, error: Exception) -> None:
    policy = policy_of(mine.row.task_path)
    trace = {
        "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
        "traceback": "".join(format_exception(error)),
    }
    what = f"{type(error).__name__}：{error}" if str(error) else type(error).__name__
    if isinstance(error, GiveUp):
        done = _end(mine, str(error) or "不用再试", status=FAILED, **trace)
    elif mine.attempt >= policy.attempts:
        done = _end(mine, f"试了 {mine.attempt} 次都没做成，最后一次：{what}", status=FAILED, **trace)
    else:
        again = timezone.now() + back_off(mine.attempt)
        done = _end(mine, f"第 {mine.attempt} 次没做成：{what}", status=READY, run_after=again, **trace)
    if done:
        log.warning("job %s (%s) attempt %d: %s", mine.id, mine.row.task_path, mine.attempt, what)


def release(mine: Claim) -> None:
    """Give a job back unharmed (the worker is told to stop at once); this attempt does not count."""
    with transaction.atomic():
        row = _locked(mine.row.pk)
        held = mine.lease().filter(until__isnull=False)
        if row is not None and held.update(until=None, worker="", attempts=mine.attempt - 1):
            DBTaskResult.objects.filter(pk=row.pk, status=RUNNING).update(status=READY)


def _locked(pk: Any) -> DBTaskResult | None:
    # Everybody takes a job's row first and its lease second, so nobody waits for each other crosswise.
    return DBTaskResult.objects.select_for_update().filter(pk=pk).first()


@retry(retries=5, backoff_delay=0.2)
def _end(mine: Claim, reason: str, *, status: str, **columns: Any) -> bool:
    """Write how an attempt ended, unless another has begun. One given up for dead may come home."""
    if status != READY:
        columns["finished_at"] = timezone.now()
    with transaction.atomic():
        row = _locked(mine.row.pk)
        if row is None or not mine.lease().update(until=None, reason=reason[:400]):
            log.warning("job %s (%s): another worker has it; end not written", mine.id, mine.row.task_path)
            return False
        DBTaskResult.objects.filter(pk=row.pk).update(status=status, **columns)
        return True


def reap() -> int:
    """Free the jobs whose worker died (their lease ran out); returns how many."""
    now = timezone.now()
    dead = list(Lease.objects.filter(until__lt=now))
    return sum(_reap_one(lease, now) for lease in dead)


def _reap_one(lease: Lease, now: dt.datetime) -> bool:
    pk, attempts = lease.pk, lease.attempts
    with transaction.atomic():
        row = _locked(pk)
        if row is None:
            return False
        last = attempts >= policy_of(row.task_path).attempts
        reason = f"第 {attempts} 次运行时，处理它的进程中途停了（断电、被终止或内存不足）"
        if last:
            reason += "；已到次数上限，不再自动重试"
        # The worker's name stays: should it come home after all, its result is taken.
        seen = Lease.objects.filter(pk=pk, attempts=attempts, until=lease.until)
        if not seen.update(until=None, reason=reason):
            return False
        if last:
            end: dict[str, Any] = {"status": FAILED, "finished_at": now}
        else:
            end = {"status": READY, "run_after": now + back_off_after_death(attempts)}
        DBTaskResult.objects.filter(pk=pk, status=RUNNING).update(**end)
    log.warning("job %s (%s) attempt %d: its worker died", pk, row.task_path, attempts)
    return True


def drain(limit: int = 1000) -> int:
    """Run what is ready, here and now, one after the other; returns how many ran. For tests and the demo."""
    ran = 0
    while ran < limit and (mine := claim("drain", Timing())) is not None:
        execute(mine)
        ran += 1
    return ran
