"""The worker: one job after the other, while a second thread keeps the lease and watches for the dead."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Protocol

from django.db import Error as DatabaseError
from django.db import close_old_connections, connections

from .run import Claim, claim, execute, reap, renew
from .timing import Timing

log = logging.getLogger("yuanzhi.jobs")


class Stopping(Protocol):
    """What tells a loop to end: a `threading.Event`, or `Stop`."""

    def is_set(self) -> bool: ...
    def set(self) -> None: ...
    def wait(self, timeout: float) -> bool: ...


class Stop:
    """Like an event, but safe in a signal handler, which may interrupt the holder of an event's lock."""

    def __init__(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        return self._set

    def set(self) -> None:
        self._set = True

    def wait(self, timeout: float) -> bool:
        end = time.monotonic() + timeout
        while not self._set and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.1))
        return self._set


@contextmanager
def stopping(given: Stopping | None) -> Iterator[Stopping]:
    """What ends a loop. When nothing is given: SIGTERM or SIGINT; a second one ends at once."""
    if given is not None:
        yield given
        return
    stop = Stop()

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise SystemExit(128 + number)
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def patiently(step: Callable[[], bool], stop: Stopping, pause: float) -> None:
    """Repeat `step` until told to stop: at once when it says there is more, else after `pause` seconds.

    A database that is away or busy is waited for, never a reason to end.
    """
    trouble = 0
    while not stop.is_set():
        try:
            close_old_connections()
            more = step()
            trouble = 0
        except DatabaseError as error:
            trouble += 1
            log.warning("database: %s; trying again", error)
            connections["default"].close_if_unusable_or_obsolete()
            more = False
        if not more:
            stop.wait(min(pause * 2**trouble, 10.0) if trouble else pause)


class _Pulse:
    """Renews the lease of the job in hand and reaps dead workers' jobs, in a thread of its own."""

    def __init__(self, timing: Timing) -> None:
        self.timing = timing
        self.job: Claim | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="pulse", daemon=True)

    def __enter__(self) -> _Pulse:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=25)

    def _loop(self) -> None:
        try:
            patiently(self._beat, self._stop, self.timing.beat)
        finally:
            connections.close_all()

    def _beat(self) -> bool:
        job = self.job
        if job is not None:
            renew(job, self.timing)
        reap()
        return False


def run_worker(
    *, stop: Stopping | None = None, timing: Timing | None = None, until_idle: bool = False
) -> int:
    """Work until told to stop; returns how many jobs were run.

    With no `stop` given, SIGTERM lets the job in hand finish and then ends; a second one gives it back
    and ends at once. `until_idle` ends when nothing is ready.
    """
    timing = timing or Timing()
    name = f"{socket.gethostname()[:32]}-{os.getpid()}-{secrets.token_hex(4)}"
    ran = 0
    with stopping(stop) as ending, _Pulse(timing) as pulse:

        def step() -> bool:
            nonlocal ran
            job = claim(name, timing)
            if job is None:
                if until_idle:
                    ending.set()
                return False
            pulse.job = job
            try:
                execute(job)
            finally:
                pulse.job = None
            ran += 1
            return True

        patiently(step, ending, timing.poll)
    return ran
