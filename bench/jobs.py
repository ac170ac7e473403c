"""Background work whose workers are killed with -9 at random: what is lost, done twice, how soon resumed.

`python -m bench.jobs [jobs] [kills]` runs on SQLite in a folder of its own, or on DATABASE_URL's server in a
database of its own, which is dropped in the end.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

JOBS, KILLS, WORKERS, LEASE = 300, 30, 3, 3.0
JOB_SECONDS = 0.25


def run(jobs: int = JOBS, kills: int = KILLS) -> list[dict]:
    """Rows for the bench table, measured in a child process with a database of its own."""
    with tempfile.TemporaryDirectory() as home, _own_database() as url:
        env = {**os.environ, "YUANZHI_HOME": home, "DATABASE_URL": url}
        child = subprocess.run(
            [sys.executable, "-m", "bench.jobs", "--measure", str(jobs), str(kills)],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return json.loads(child.stdout.splitlines()[-1])


@contextmanager
def _own_database() -> Iterator[str]:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        yield ""
        return
    import psycopg

    name = f"bench_jobs_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(jobs: int, kills: int) -> list[dict]:
    """Enqueue, let workers work, kill one of them every now and then, and count."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from yuanzhi.kernel.jobs import enqueue, jobs_failed
    from yuanzhi.kernel.tests import work

    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    with transaction.atomic():
        for n in range(jobs):
            enqueue(work.slow, str(n), JOB_SECONDS)
    enqueued = jobs / (time.perf_counter() - started)
    killed = _work_and_kill(kills)
    effects = [work.noted(f"effect:{n}") for n in range(jobs)]
    begun = sum(work.noted(f"begun:{n}") for n in range(jobs))
    resumed = sorted(seconds for attempt, seconds in killed if attempt == 1)  # later ones pause on purpose
    where = connection.vendor
    note = f"{where}，{jobs} 个任务，{WORKERS} 个进程，随机 kill -9 {kills} 次，打断 {len(killed)} 个任务"
    return [
        _row("后台任务：丢失", effects.count(0), "个", 0, note),
        _row("后台任务：重复生效", sum(e > 1 for e in effects), "个", 0, f"{where}，共开始 {begun} 次"),
        _row(
            "后台任务：误判失败", len(jobs_failed(10_000)), "个", None, f"{where}，同一任务被打断 5 次才放弃"
        ),
        _row(
            "后台任务：被杀后接着办，最慢",
            round(max(resumed, default=0), 2),
            "秒",
            LEASE,
            f"{where}，上限即租约，另有进程空闲时",
        ),
        _row("后台任务：被杀后接着办，中位", round(_middle(resumed), 2), "秒", None, where),
        _row("后台任务：入队", round(enqueued), "个/秒", None, f"{where}，同一事务"),
    ]


def _middle(figures: list[float]) -> float:
    return figures[len(figures) // 2] if figures else 0.0


def _row(name: str, figure: float, unit: str, bound: float | None, note: str) -> dict:
    return {"name": name, "figure": figure, "unit": unit, "bound": bound, "note": note}


def _worker() -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "yuanzhi.kernel.tests.worker_process", "worker", str(LEASE)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _work_and_kill(kills: int) -> list[tuple[int, float]]:
    """For each kill that cut a job off: which attempt it was, and seconds until another worker had it."""
    from django_tasks_db.models import DBTaskResult

    from yuanzhi.kernel.models import Lease

    rng = random.Random(20261124)
    workers = [_worker() for _ in range(WORKERS)]
    cut: dict[tuple, float] = {}  # (job, attempt) → when its worker was killed
    waits: list[tuple[int, float]] = []
    next_kill = time.monotonic()
    while True:
        now = time.monotonic()
        for key in [key for key in cut if not _waits(Lease, key)]:
            waits.append((key[1], now - cut.pop(key)))
        if not cut and not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists():
            break
        if kills and now >= next_kill and (victim := _victim(Lease, workers, rng)) is not None:
            pid = workers[victim].pid
            os.kill(pid, signal.SIGKILL)
            workers[victim].wait()
            for lease in _leases(Lease, pid).filter(until__isnull=False):
                cut[lease.pk, lease.attempts] = time.monotonic()
            workers[victim] = _worker()
            kills, next_kill = kills - 1, now + rng.uniform(0.3, 1.2)
        time.sleep(0.02)
    for worker in workers:
        worker.terminate()
        worker.wait()
    return waits


def _leases(leases, pid: int):
    return leases.objects.filter(worker__contains=f"-{pid}-")


def _victim(leases, workers: list[subprocess.Popen], rng: random.Random) -> int | None:
    """A worker with a job in hand, as long as another one is up; one that still starts is no fair game."""
    up = [n for n, worker in enumerate(workers) if _leases(leases, worker.pid).exists()]
    busy = [n for n in up if _leases(leases, workers[n].pid).filter(until__isnull=False).exists()]
    return rng.choice(busy) if len(up) > 1 and busy else None


def _waits(leases, key: tuple) -> bool:
    unfinished = leases.objects.exclude(task__status__in=["SUCCESSFUL", "FAILED"])
    return unfinished.filter(pk=key[0], attempts=key[1]).exists()


if __name__ == "__main__":
    if "--measure" in sys.argv:
        print(json.dumps(measure(int(sys.argv[2]), int(sys.argv[3]))))
    else:
        for line in run(*map(int, sys.argv[1:3])):
            print(line)
