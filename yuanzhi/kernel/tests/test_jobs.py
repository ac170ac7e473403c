"""Jobs from the queue to their end, in one process."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import OperationalError, connections, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from yuanzhi.kernel import jobs
from yuanzhi.kernel.jobs import Timing, daily, drain, enqueue, every, once, run
from yuanzhi.kernel.jobs.define import Periodic
from yuanzhi.kernel.jobs.scheduler import tick
from yuanzhi.kernel.jobs.timing import back_off, back_off_after_death
from yuanzhi.kernel.jobs.worker import Stop, patiently, run_worker
from yuanzhi.kernel.models import Effect, HistoryEntry, Lease, Schedule
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.tasks import _House as House
from yuanzhi.kernel.tasks import tidy_jobs
from yuanzhi.kernel.workdays import SHANGHAI

from . import work

pytestmark = pytest.mark.django_db


def status(job_id: str) -> str:
    return DBTaskResult.objects.get(pk=job_id).status


def test_a_job_runs_once_and_is_done():
    job_id = enqueue(work.plain, "a")
    assert [line.name for line in jobs.jobs_waiting()] == ["记一笔"]
    assert drain() == 1
    assert (status(job_id), work.noted("effect:a")) == ("SUCCESSFUL", 1)
    assert drain() == 0
    assert jobs.jobs_waiting() == jobs.jobs_running() == jobs.jobs_failed() == []


def test_rolled_back_there_is_no_job():
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue(work.plain, "a")
        raise RuntimeError
    assert drain() == 0


def test_a_job_for_later_waits():
    now = timezone.now()
    enqueue(work.plain, "a", run_after=now + dt.timedelta(hours=1))
    assert drain() == 0
    with time_machine.travel(now + dt.timedelta(hours=1, seconds=1)):
        assert drain() == 1


def test_retries_pause_longer_each_time_and_end_in_a_reason():
    job_id = enqueue(work.poisoned)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        assert drain() == 1
        (line,) = jobs.jobs_waiting()
        assert (line.attempts, line.reason) == (1, "第 1 次没做成：ValueError：第 3 行不对")
        assert line.next_at - timezone.now() == dt.timedelta(seconds=5)
        assert drain() == 0
        clock.shift(6)
        assert drain() == 1
        clock.shift(29)
        assert drain() == 0
        clock.shift(2)
        assert drain() == 1
        clock.shift(dt.timedelta(days=1))
        assert drain() == 0
    (line,) = jobs.jobs_failed()
    assert line.id == job_id and line.name == "总是出错"
    assert line.reason == "试了 3 次都没做成，最后一次：ValueError：第 3 行不对"
    assert "poisoned" in line.traceback
    assert work.noted("poisoned") == 3


def test_a_poisoned_job_does_not_stop_the_rest():
    enqueue(work.poisoned)
    enqueue(work.plain, "a")
    assert drain() == 2
    assert work.noted("effect:a") == 1


def test_a_hopeless_job_is_given_up_at_once_with_its_own_words():
    enqueue(work.hopeless)
    drain()
    assert [line.reason for line in jobs.jobs_failed()] == ["企业已经迁出，不用再提醒"]


def test_a_job_whose_code_is_gone_is_tried_again_like_any_other():
    job_id = enqueue(work.plain, "a")
    DBTaskResult.objects.filter(pk=job_id).update(task_path="yuanzhi.kernel.tests.work.gone")
    drain()
    (line,) = jobs.jobs_waiting()
    assert (line.name, line.attempts) == ("yuanzhi.kernel.tests.work.gone", 1)


def test_a_value_that_can_not_be_kept_does_not_repeat_the_work():
    job_id = enqueue(work.odd_value)
    drain()
    assert (status(job_id), work.noted("odd_value")) == ("SUCCESSFUL", 1)


def test_a_job_knows_itself():
    job_id = enqueue(work.introspective)
    drain()
    assert DBTaskResult.objects.get(pk=job_id).return_value == [job_id, 1]


def test_what_a_failing_job_enqueued_in_its_transaction_is_gone():
    enqueue(work.enqueues_and_fails)
    assert drain() == 1
    assert jobs.jobs_waiting() == []


# -- leases --------------------------------------------------------------------------------------------


def dead_job(clock, task=work.plain, args=("a",)) -> run.Claim:
    """A job claimed by a worker that was never heard of again."""
    enqueue(task, *args)
    mine = run.claim("dead", Timing())
    assert mine is not None
    clock.shift(31)
    return mine


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as coordinates:
        yield coordinates


def test_a_lease_that_is_renewed_is_left_alone(clock):
    enqueue(work.plain, "a")
    mine = run.claim("alive", Timing())
    for _ in range(5):
        clock.shift(15)
        assert run.renew(mine, Timing())
        assert run.reap() == 0


def test_a_dead_workers_job_is_free_again_and_nobody_has_it_twice(clock):
    mine = dead_job(clock)
    assert drain() == 0
    assert run.reap() == 1
    assert run.reap() == 0
    assert "中途停了" in jobs.jobs_waiting()[0].reason
    assert drain() == 1
    assert (status(mine.id), work.noted("effect:a")) == ("SUCCESSFUL", 1)


def test_within_one_lease_it_is_free_again():
    for timing in (Timing(), Timing(lease=2, poll=0.1), Timing(lease=300)):
        # held + one look of a colleague + one look for work
        assert timing.held.total_seconds() + timing.beat + timing.poll <= timing.lease
        assert timing.held.total_seconds() >= 3 * timing.beat  # two lost beats don't cost the lease


def test_a_job_that_kills_its_workers_is_given_up(clock):
    mine = dead_job(clock, work.deadly, ())
    assert run.reap() == 1
    assert run.claim("next", Timing()).attempt == 2
    clock.shift(31)
    assert run.reap() == 1
    (line,) = jobs.jobs_failed()
    assert line.id == mine.id
    assert line.reason.startswith("第 2 次运行时，处理它的进程中途停了")
    assert line.reason.endswith("不再自动重试")


def test_a_worker_that_was_overtaken_can_not_write_the_end(clock):
    late = dead_job(clock)
    run.reap()
    second = run.claim("second", Timing())
    run._end(late, "", status=run.SUCCESSFUL, return_value="late")
    assert status(late.id) == "RUNNING"
    assert not run.renew(late, Timing())
    run.execute(second)
    assert DBTaskResult.objects.get(pk=late.id).return_value == "a"


def test_a_worker_given_up_for_dead_may_still_come_home(clock):
    late = dead_job(clock)
    run.reap()
    run.execute(late)
    assert status(late.id) == "SUCCESSFUL"
    assert drain() == 0


def test_check_lease_stops_the_one_that_was_overtaken(clock):
    late = dead_job(clock)
    run.reap()
    token = run._current.set(late)
    try:
        jobs.check_lease()
        run.claim("second", Timing())
        with pytest.raises(jobs.LeaseLost):
            jobs.check_lease()
    finally:
        run._current.reset(token)


def test_a_job_given_back_does_not_lose_an_attempt():
    enqueue(work.plain, "a")
    run.release(run.claim("leaving", Timing()))
    assert run.claim("next", Timing()).attempt == 1


# -- effects, people, tidying --------------------------------------------------------------------------


def test_once_is_once():
    with transaction.atomic():
        assert once("k")
        assert not once("k")
        assert once("other")


def test_a_rolled_back_effect_may_be_done_again():
    with pytest.raises(RuntimeError), transaction.atomic():
        assert once("k")
        raise RuntimeError
    with transaction.atomic():
        assert once("k")


@pytest.mark.django_db(transaction=True)
def test_once_belongs_inside_a_transaction():
    with pytest.raises(RuntimeError):
        once("k")


def test_a_failed_job_is_tried_again_by_hand_or_struck_off():
    enqueue(work.hopeless)
    drain()
    (line,) = jobs.jobs_failed()
    jobs.retry_job(actor=House(), job_id=line.id)
    assert status(line.id) == "READY"
    with pytest.raises(Overtaken, match="不是失败状态"):
        jobs.retry_job(actor=House(), job_id=line.id)
    drain()
    jobs.dismiss_job(actor=House(), job_id=line.id)
    assert jobs.jobs_failed() == []
    for unknown in (line.id, "nonsense"):
        with pytest.raises(Refused, match="找不到"):
            jobs.dismiss_job(actor=House(), job_id=unknown)
    verbs = HistoryEntry.objects.filter(subject=f"job:{line.id}").order_by("seq")
    assert [entry.verb for entry in verbs] == ["job.retried", "job.dismissed"]


def test_tidying_keeps_what_is_recent():
    old, new = enqueue(work.plain, "old"), enqueue(work.plain, "new")
    drain()
    DBTaskResult.objects.filter(pk=old).update(finished_at=timezone.now() - dt.timedelta(days=8))
    Effect.objects.create(key="old")
    Effect.objects.update(at=timezone.now() - dt.timedelta(days=366))
    Effect.objects.create(key="new")
    tidy_jobs.call()
    assert [str(pk) for pk in DBTaskResult.objects.values_list("pk", flat=True)] == [new]
    assert [str(pk) for pk in Lease.objects.values_list("pk", flat=True)] == [new]
    assert list(Effect.objects.values_list("key", flat=True)) == ["new"]


def test_the_queue_in_numbers(clock):
    enqueue(work.plain, "a")
    enqueue(work.plain, "b")
    enqueue(work.hopeless, run_after=timezone.now() + dt.timedelta(minutes=2))
    assert run.claim("busy", Timing()) is not None
    clock.shift(dt.timedelta(minutes=5))
    state = jobs.queue_state(timezone.now())
    assert (state.ready, state.running, state.failed) == (2, 1, 0)
    assert state.longest_wait == dt.timedelta(minutes=5)


def test_periodic_jobs_are_listed_with_their_next_turn():
    tick(at("2026-11-24 10:00:00"))
    lines = {line.name: line.next_due for line in jobs.schedules()}
    assert lines["清理旧的后台任务记录"] == at("2026-11-25 03:20:00")


# -- schedules -----------------------------------------------------------------------------------------


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "rhythm, now, due",
    [
        (every(minutes=5), "2026-11-24 10:02:00", "2026-11-24 10:05:00"),
        (every(minutes=5), "2026-11-24 10:05:00", "2026-11-24 10:10:00"),
        (every(hours=1), "2026-11-24 23:59:59", "2026-11-25 00:00:00"),
        (daily("02:30"), "2026-11-24 02:29:59", "2026-11-24 02:30:00"),
        (daily("02:30"), "2026-11-24 02:30:00", "2026-11-25 02:30:00"),
        (daily("00:00"), "2026-12-31 12:00:00", "2027-01-01 00:00:00"),
    ],
)
def test_rhythms(rhythm, now, due):
    assert rhythm.after(at(now), SHANGHAI) == at(due)


def test_pauses():
    assert [back_off(n).seconds for n in (1, 2, 3, 99)] == [5, 30, 120, 3600]
    assert [back_off_after_death(n).seconds for n in (1, 2, 3)] == [0, 5, 30]


EVERY_FIVE = [Periodic("test.five", work.hopeless, every(minutes=5))]


def test_a_turn_is_taken_once_and_missed_ones_are_not_made_up_for():
    assert tick(at("2026-11-24 10:02:00"), EVERY_FIVE) == []  # seen for the first time
    assert tick(at("2026-11-24 10:04:59"), EVERY_FIVE) == []
    assert tick(at("2026-11-24 10:05:00"), EVERY_FIVE) == ["test.five"]
    assert tick(at("2026-11-24 10:05:01"), EVERY_FIVE) == []
    assert tick(at("2026-11-24 12:01:00"), EVERY_FIVE) == ["test.five"]
    assert tick(at("2026-11-24 12:01:01"), EVERY_FIVE) == []
    assert len(jobs.jobs_waiting()) == 2
    assert jobs.schedules() == []  # only what this program registers is shown
    assert Schedule.objects.get().next_due == at("2026-11-24 12:05:00")


def test_a_rhythm_that_became_faster_is_followed():
    daily_first = [Periodic("test.five", work.hopeless, daily("03:00"))]
    tick(at("2026-11-24 10:00:00"), daily_first)
    tick(at("2026-11-24 10:01:00"), EVERY_FIVE)
    assert tick(at("2026-11-24 10:05:00"), EVERY_FIVE) == ["test.five"]


def at_once(database, what) -> None:
    """Run `what(barrier)` in four threads on the shared database."""
    barrier, trouble = threading.Barrier(4), []

    def body() -> None:
        try:
            with database():
                what(barrier)
        except Exception as error:
            trouble.append(error)
            barrier.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=body) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert trouble == []


@pytest.mark.django_db(transaction=True)
def test_schedulers_that_look_at_the_same_moment_run_a_turn_once(worker_database):
    taken = []

    def schedule(barrier: threading.Barrier) -> None:
        for minute in range(5, 60, 5):
            barrier.wait(timeout=30)
            taken.extend(tick(at(f"2026-11-24 10:{minute:02}:00"), EVERY_FIVE))

    with worker_database():
        tick(at("2026-11-24 10:02:00"), EVERY_FIVE)
        at_once(worker_database, schedule)
        assert len(taken) == 11
        assert DBTaskResult.objects.count() == 11


@pytest.mark.django_db(transaction=True)
def test_workers_that_reach_at_the_same_moment_take_each_job_once(worker_database):
    taken = []

    def take(barrier: threading.Barrier) -> None:
        barrier.wait(timeout=30)
        while (mine := run.claim(threading.current_thread().name, Timing())) is not None:
            taken.append(mine.id)

    with worker_database():
        waiting = [enqueue(work.plain, str(n)) for n in range(30)]
        at_once(worker_database, take)
        # One that had to skip locked rows may have left early; nothing may be taken twice.
        taken += [mine.id for mine in iter(lambda: run.claim("last", Timing()), None)]
        assert sorted(taken) == sorted(waiting)


@pytest.mark.django_db(transaction=True)
def test_once_holds_between_two_that_run_at_the_same_moment(worker_database):
    firsts = []

    def effect(barrier: threading.Barrier) -> None:
        for n in range(10):
            barrier.wait(timeout=30)
            with transaction.atomic():
                if once(f"effect {n}"):
                    firsts.append(n)

    with worker_database():
        at_once(worker_database, effect)
        assert sorted(firsts) == list(range(10))


# -- loops ---------------------------------------------------------------------------------------------


def test_a_loop_outlives_a_database_that_is_away(monkeypatch):
    monkeypatch.setattr("yuanzhi.kernel.jobs.worker.close_old_connections", lambda: None)
    stop, calls = Stop(), []

    def step() -> bool:
        calls.append(1)
        if len(calls) < 3:
            raise OperationalError("the database is away")
        stop.set()
        return False

    patiently(step, stop, 0.001)
    assert len(calls) == 3


@pytest.mark.django_db(transaction=True)
def test_the_worker_stops_when_idle_if_asked(worker_database):
    with worker_database():
        enqueue(work.plain, "a")
        enqueue(work.plain, "b")
        assert run_worker(stop=Stop(), timing=Timing(lease=5, poll=0.05), until_idle=True) == 2
        assert work.noted("effect:b") == 1
