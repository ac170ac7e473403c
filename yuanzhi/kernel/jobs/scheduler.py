"""The scheduler: enqueues periodic jobs when they are due. Several may run; one of them gets each turn."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules

from ..models import Schedule
from ..workdays import SHANGHAI
from .define import Periodic, enqueue, registered
from .run import reap
from .worker import Stopping, patiently, stopping

log = logging.getLogger("yuanzhi.jobs")


def tick(now: dt.datetime, jobs: Iterable[Periodic] | None = None) -> list[str]:
    """Enqueue what is due at `now`, once across all schedulers; returns the names this call enqueued.

    A job seen for the first time waits for its next turn. After a stop, one turn stands for all missed ones.
    """
    jobs = list(registered().values()) if jobs is None else list(jobs)
    dues = dict(Schedule.objects.values_list("name", "next_due"))
    new = [Schedule(name=j.name, next_due=j.rhythm.after(now, SHANGHAI)) for j in jobs if j.name not in dues]
    Schedule.objects.bulk_create(new, ignore_conflicts=True)
    return [j.name for j in jobs if j.name in dues and _take(j, dues[j.name], now)]


def _take(job: Periodic, due: dt.datetime, now: dt.datetime) -> bool:
    upcoming = job.rhythm.after(now, SHANGHAI)
    if due > now:
        # The rhythm was changed in the program to an earlier turn: don't wait for the old one.
        if upcoming < due:
            Schedule.objects.filter(name=job.name, next_due=due).update(next_due=upcoming)
        return False
    with transaction.atomic():
        rows = Schedule.objects.filter(name=job.name, next_due=due)
        if not rows.update(next_due=upcoming, last_due=due):
            return False  # another scheduler was faster
        enqueue(job.task)
    return True


def run_scheduler(*, stop: Stopping | None = None, pause: float = 1.0) -> None:
    """Keep the schedule until told to stop (SIGTERM and SIGINT when nothing is given)."""
    autodiscover_modules("tasks", "jobs")  # periodic jobs register when their module is imported

    def step() -> bool:
        for name in tick(timezone.now()):
            log.info("due: %s", name)
        reap()
        return False

    with stopping(stop) as ending:
        patiently(step, ending, pause)
