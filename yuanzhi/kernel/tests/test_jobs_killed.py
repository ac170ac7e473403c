"""Workers in processes of their own: killed with -9 in the middle, or told to stop."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from yuanzhi.kernel import jobs
from yuanzhi.kernel.jobs import enqueue
from yuanzhi.kernel.models import Lease, Schedule

from . import work

pytestmark = pytest.mark.django_db(transaction=True)

LEASE = 3.0


@contextmanager
def process(database, kind: str = "worker") -> Iterator[subprocess.Popen]:
    """A worker or scheduler; killed at the end, if it is still there."""
    child = subprocess.Popen(
        [sys.executable, "-m", "yuanzhi.kernel.tests.worker_process", kind, str(LEASE)],
        env=database.env,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def wait_for(condition: Callable[[], bool], seconds: float = 40) -> float:
    """Wait until it holds; returns after how many seconds."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - start


def done(job_id: str) -> bool:
    return DBTaskResult.objects.filter(pk=job_id, status="SUCCESSFUL").exists()


@pytest.mark.parametrize("moment", ["before the effect", "after the effect"])
def test_killed_in_the_middle_it_is_resumed_and_done_exactly_once(worker_database, moment):
    with worker_database():
        job_id = enqueue(work.slow, "a", 4.0)
        with process(worker_database) as first:
            effect = 0 if moment == "before the effect" else 1
            mark = f"{'effect' if effect else 'begun'}:a"
            wait_for(lambda: work.noted(mark) == 1)
            assert work.noted("effect:a") == effect
            first.send_signal(signal.SIGKILL)
            first.wait()
        held = Lease.objects.get(pk=job_id)
        assert held.until is not None and (held.until - timezone.now()).total_seconds() <= LEASE
        with process(worker_database):
            wait_for(lambda: done(job_id))
        assert Lease.objects.get(pk=job_id).attempts == 2
        assert (work.noted("begun:a"), work.noted("effect:a")) == (2, 1)


def test_a_job_that_kills_its_workers_does_not_stop_the_rest(worker_database):
    with worker_database():
        enqueue(work.deadly)
        others = [enqueue(work.plain, str(n)) for n in range(5)]
        enqueue(work.poisoned)
        for _ in range(4):
            with process(worker_database) as child:
                wait_for(
                    lambda c=child: c.poll() is not None or (jobs.jobs_failed() and all(map(done, others)))
                )
            if jobs.jobs_failed():
                break
        assert all(map(done, others))
        assert [line.name for line in jobs.jobs_failed()] == ["会弄死进程"]
        assert work.noted("deadly") == 2


def test_told_to_stop_it_finishes_the_job_in_hand_and_takes_no_other(worker_database):
    with worker_database():
        first, second = enqueue(work.slow, "a", 1.5), enqueue(work.plain, "b")
        with process(worker_database) as child:
            wait_for(lambda: work.noted("begun:a") == 1)
            child.send_signal(signal.SIGTERM)
            assert child.wait(timeout=20) == 0
            assert child.stdout.read() == "ended\n"
        assert done(first) and not done(second)
        assert work.noted("effect:a") == 1


def test_told_twice_it_gives_the_job_back_and_ends(worker_database):
    with worker_database():
        job_id = enqueue(work.slow, "a", 60.0)
        with process(worker_database) as child:
            wait_for(lambda: work.noted("begun:a") == 1)
            child.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            child.send_signal(signal.SIGTERM)
            assert child.wait(timeout=20) == 128 + signal.SIGTERM
        (line,) = jobs.jobs_waiting()
        assert (line.id, line.attempts) == (job_id, 0)


def test_two_schedulers_enqueue_a_turn_once_and_stop_when_told(worker_database):
    with worker_database():
        turns = DBTaskResult.objects.filter(task_path="yuanzhi.kernel.tasks.tidy_jobs")
        with process(worker_database, "scheduler") as one, process(worker_database, "scheduler") as two:
            wait_for(lambda: Schedule.objects.filter(name="kernel.tidy_jobs").exists())
            Schedule.objects.filter(name="kernel.tidy_jobs").update(next_due=timezone.now())
            wait_for(turns.exists)
            time.sleep(0.5)
            for child in (one, two):
                child.send_signal(signal.SIGTERM)
                assert child.wait(timeout=20) == 0
        assert turns.count() == 1


def test_a_worker_in_another_process_sees_a_job_only_when_it_is_committed(worker_database):
    with worker_database(), process(worker_database):
        with transaction.atomic():
            job_id = enqueue(work.plain, "a")
            time.sleep(1)
            assert not done(job_id)
        wait_for(lambda: done(job_id))
