"""Background work that survives its workers.

A job is a `django_tasks` task in the database. On top of the queue stand a *lease* that a running worker
renews (one that dies is noticed, its job is tried again), retries with growing pauses and an end to them,
effects that are done once, and schedules. Write jobs so that a second run does no harm:

    @job(name="提醒快到期的诉求")
    def remind(case_id: int) -> None:
        with transaction.atomic():
            if once(f"remind:{case_id}"):
                ...                       # committed together with the mark

    enqueue(remind, case.pk)              # inside the action's transaction: rolled back, there is no job
"""

from .define import GiveUp, daily, enqueue, every, job, periodic
from .once import once
from .overview import (
    dismiss_job,
    jobs_failed,
    jobs_running,
    jobs_waiting,
    queue_state,
    retry_job,
    schedules,
)
from .run import LeaseLost, check_lease, current_job, drain
from .scheduler import run_scheduler
from .timing import Timing
from .worker import run_worker

__all__ = [
    "GiveUp",
    "LeaseLost",
    "Timing",
    "check_lease",
    "current_job",
    "daily",
    "dismiss_job",
    "drain",
    "enqueue",
    "every",
    "job",
    "jobs_failed",
    "jobs_running",
    "jobs_waiting",
    "once",
    "periodic",
    "queue_state",
    "retry_job",
    "run_scheduler",
    "run_worker",
    "schedules",
]
