"""Writers of an SQLite file take turns; a killed one gives its turn on; nobody waits crosswise."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest
from django.db import connection, transaction

from yuanzhi.kernel.turns import turn

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's row locks are fair by themselves"),
]

HOLDER = """
import fcntl, sys, time
queue = open(sys.argv[1], "ab")
fcntl.flock(queue, fcntl.LOCK_EX)
print("mine", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder():
    """Another process that has its turn."""
    path = f"{connection.settings_dict['NAME']}-turn"
    process = subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "mine\n"
    yield process
    process.kill()
    process.wait()


def waiting() -> tuple[threading.Thread, threading.Event]:
    """Somebody who waits for a turn, and whether it came."""
    came = threading.Event()

    def wait() -> None:
        with turn():
            came.set()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, came


def test_who_comes_waits_until_the_one_before_is_done_or_killed(holder):
    thread, came = waiting()
    assert not came.wait(0.3)
    holder.send_signal(signal.SIGKILL)
    thread.join(10)
    assert came.is_set()


def test_inside_a_transaction_nobody_waits(holder):
    with transaction.atomic(), turn():
        assert holder.poll() is None
