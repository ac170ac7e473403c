"""Killed with -9 in the middle, two at the same time, two workers at one: nothing lost, nothing done twice."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django_tasks_db.models import DBTaskResult

from yuanzhi.kernel import history
from yuanzhi.kernel.imports import run, work
from yuanzhi.kernel.imports.states import Move
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.refusals import Overtaken
from yuanzhi.kernel.tests.conftest import worker_database as worker_database
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.search import search

from .importing import HEAD, brought_in, code_of, counts, csv_of, dump, line, uploaded

ROWS = 200
pytestmark = pytest.mark.django_db(transaction=True)


def rows(count: int = ROWS, **more) -> bytes:
    return csv_of(
        [HEAD, *(line(1000 + n, 联系人="甲", 联系电话=f"1390000{n:04d}", **more) for n in range(count))]
    )


def child(database, settings, batch: int, what: str = "commit", pause: float = 0.15) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, "-m", "yuanzhi.registry.tests.import_process", str(batch), what, str(pause)],
        env={**database.env, "TEST_MEDIA": str(settings.MEDIA_ROOT), "TEST_DATA_KEY": settings.DATA_KEY},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() == "ready\n"
    return process


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.03)


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


def whole(batch: ImportBatch) -> None:
    """Every row is in exactly once, with one entry of history, one contact, and can be found."""
    assert counts(batch) == (ROWS, 0, 0, 0) and batch.state == "done"
    mine = Enterprise.objects.filter(uscc__in=[code_of(1000 + n) for n in range(ROWS)])
    assert mine.count() == ROWS and sum(e.contacts.count() for e in mine.iterator()) == ROWS
    entries = HistoryEntry.objects.filter(cause=f"import:{batch.pk}", verb="enterprise.registered")
    assert entries.count() == ROWS and history.verify_all() == []
    last = mine.get(uscc=code_of(1000 + ROWS - 1))
    assert [hit.id for hit in search(last.name, community_id=batch.chain, scope=None)][:1] == [last.pk]


@pytest.mark.parametrize("moment", ["rows", "follow"])
def test_killed_in_the_middle_it_goes_on_where_it_was(world, worker_database, settings, moment):
    with worker_database():
        batch = uploaded(world, rows())
        first = child(worker_database, settings, batch.pk)

        def midway() -> bool:
            now = run.load(batch.pk)
            return now.cursor > 60 if moment == "rows" else now.options.get("followed", 0) > 60

        wait_for(midway)
        kill(first)
        cut = run.load(batch.pk)
        assert cut.state == "committing" and (moment == "follow" or 60 < cut.cursor < ROWS)
        run.commit(batch.pk)
        whole(batch)


def test_killed_while_it_is_undone(world, worker_database, settings):
    with worker_database():
        before = dump()
        batch = brought_in(world, rows())
        first = child(worker_database, settings, batch.pk, "undo")
        wait_for(lambda: Enterprise.objects.filter(uscc=code_of(1000 + ROWS - 30)).count() == 0)
        kill(first)
        assert (
            run.load(batch.pk).state == "undoing" and Enterprise.objects.filter(uscc=code_of(1000)).exists()
        )
        run.undo(batch.pk)
        assert run.load(batch.pk).state == "undone" and dump() == before


def test_a_job_whose_worker_died_is_taken_up_by_another(world, worker_database, settings):
    with worker_database():
        batch = run.check(uploaded(world, rows()).pk)
        work.start(actor=world.house, batch=batch, what=Move.COMMIT)
        first = child(worker_database, settings, 0, "work")
        wait_for(lambda: run.load(batch.pk).cursor > 60)
        kill(first)
        assert not work.stalled(run.load(batch.pk))
        second = child(worker_database, settings, 0, "work", 0.0)
        wait_for(lambda: run.load(batch.pk).state == "done")
        wait_for(lambda: DBTaskResult.objects.get().status == "SUCCESSFUL")
        kill(second)
        whole(batch)


def test_two_workers_at_one_batch(world, worker_database, settings):
    with worker_database():
        batch = uploaded(world, rows())
        both = [child(worker_database, settings, batch.pk, pause=0.02) for _ in range(2)]
        for process in both:
            process.wait(timeout=90)
            process.stdout.close()
        run.commit(batch.pk)
        whole(batch)


def test_two_imports_of_one_community_at_once(world, worker_database, settings):
    with worker_database():
        one, two = uploaded(world, rows()), uploaded(world, rows(从业人数="8"), "另一份.csv")
        both = [child(worker_database, settings, batch.pk, pause=0.02) for batch in (one, two)]
        for process in both:
            assert process.stdout.read() == "ended\n" and process.wait(timeout=90) == 0
            process.stdout.close()
        mine = Enterprise.objects.filter(uscc__in=[code_of(1000 + n) for n in range(ROWS)])
        assert mine.count() == ROWS and {e.headcount for e in mine} == {8}
        assert sum(e.contacts.count() for e in mine) == ROWS and history.verify_all() == []
        total = [sum(pair) for pair in zip(counts(one), counts(two), strict=True)]
        assert total[0] == ROWS and sum(total) == 2 * ROWS and total[3] == 0


def test_in_the_background_step_by_step(world, db):
    from yuanzhi.kernel.jobs import drain

    batch = uploaded(world, rows(30))
    work.start(actor=world.house, batch=batch, what=Move.CHECK)
    with pytest.raises(Overtaken, match="正在进行"):
        work.start(actor=world.house, batch=run.load(batch.pk), what=Move.COMMIT)
    drain()
    assert run.load(batch.pk).state == "checked"
    work.start(actor=world.house, batch=run.load(batch.pk), what=Move.COMMIT)
    drain()
    assert counts(batch) == (30, 0, 0, 0) and run.load(batch.pk).state == "done"
    work.start(actor=world.house, batch=run.load(batch.pk), what=Move.UNDO)
    drain()
    assert run.load(batch.pk).state == "undone"


def test_a_table_that_fails_for_good_says_so_and_can_go_on(world, monkeypatch):
    from yuanzhi.kernel.jobs import drain
    from yuanzhi.registry.imports import kind

    batch = run.check(uploaded(world, rows(30)).pk)
    with monkeypatch.context() as patch:
        patch.setattr(kind.Session, "plan", lambda self, items: 1 / 0)
        work.start(actor=world.house, batch=batch, what=Move.COMMIT)
        for _ in range(8):
            DBTaskResult.objects.filter(status="READY").update(run_after="2020-01-01T00:00:00Z")
            drain()
    failed = run.load(batch.pk)
    assert failed.state == "failed" and "继续" in failed.message
    work.start(actor=world.house, batch=failed, what=Move.COMMIT)
    drain()
    assert counts(batch) == (30, 0, 0, 0)
