"""The kernel's own periodic jobs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from .calendar import load_published_calendar
from .jobs import daily, job, periodic
from .models import Effect

KEEP_DONE = dt.timedelta(days=7)
KEEP_FAILED = dt.timedelta(days=180)
KEEP_EFFECTS = dt.timedelta(days=365)  # longer than any job that could still be tried again


@dataclass(frozen=True)
class _House:
    user_id: int | None = None
    label: str = "系统"
    community_id: int = 0


@periodic("kernel.tidy_jobs", daily("03:20"))
@job(name="清理旧的后台任务记录")
def tidy_jobs() -> None:
    """Forget jobs and marks nobody needs any more."""
    now = timezone.now()
    kept = {TaskResultStatus.SUCCESSFUL: KEEP_DONE, TaskResultStatus.FAILED: KEEP_FAILED}
    for status, keep in kept.items():
        DBTaskResult.objects.filter(status=status, finished_at__lt=now - keep).delete()
    Effect.objects.filter(at__lt=now - KEEP_EFFECTS).delete()


@periodic("kernel.new_calendar_years", daily("04:10"))
@job(name="载入新公布的放假安排")
def new_calendar_years() -> list[int]:
    """After an upgrade the packaged data may know another year."""
    return load_published_calendar(actor=_House())
