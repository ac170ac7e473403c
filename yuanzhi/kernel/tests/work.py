"""Jobs for the tests and the bench, importable by a worker in a process of its own."""

from __future__ import annotations

import os
import signal
import time

from django.db import transaction
from django.db.models import F

from yuanzhi.kernel.jobs import GiveUp, current_job, enqueue, job, once
from yuanzhi.kernel.models import Sequence

OWN_PACE = 0.02


def note(what: str) -> None:
    """Count something where every process can see it."""
    with transaction.atomic():
        Sequence.objects.bulk_create([Sequence(series=what)], ignore_conflicts=True)
        Sequence.objects.filter(series=what).update(value=F("value") + 1)


def noted(what: str) -> int:
    """How often it was counted."""
    return Sequence.objects.filter(series=what).values_list("value", flat=True).first() or 0


@job(name="记一笔")
def plain(key: str) -> str:
    note(f"effect:{key}")
    return key


@job(name="分两步记一笔")
def slow(key: str, seconds: float) -> None:
    """Done once, with time to be killed before the effect, and after it before the job is marked as done."""
    note(f"begun:{key}")
    time.sleep(seconds / 2)
    with transaction.atomic():
        if once(f"slow:{key}"):
            note(f"effect:{key}")
    time.sleep(seconds / 2)


@job(name="总是出错", attempts=3)
def poisoned() -> None:
    note("poisoned")
    raise ValueError("第 3 行不对")


@job(name="会弄死进程", attempts=2)
def deadly() -> None:
    note("deadly")
    os.kill(os.getpid(), signal.SIGKILL)


@job(name="没有指望")
def hopeless() -> None:
    raise GiveUp("企业已经迁出，不用再提醒")


@job(name="返回值存不下")
def odd_value() -> object:
    note("odd_value")
    return object()


@job(name="看看自己")
def introspective() -> list:
    mine = current_job()
    assert mine is not None
    return [mine.id, mine.attempt]


@job(name="先排新任务再出错", attempts=1)
def enqueues_and_fails() -> None:
    with transaction.atomic():
        enqueue(plain, "never")
        raise RuntimeError("撤回")
