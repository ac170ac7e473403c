"""Writers of an SQLite file, one after another and in the order they came.

SQLite lets who waits for its lock look again every so often: who came last may get it first, and of fifty
people writing without a pause one waited for more than 20 seconds and failed (bench/writers.py). A file lock
is handed on by the kernel in order, wakes its next holder at once and is freed when a process is killed.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to write; on PostgreSQL, whose row locks are fair, there is nothing to wait for.

    Whoever is inside a transaction already may hold SQLite's own lock: waiting here as well would be waiting
    crosswise, so they don't.
    """
    path = Path(str(connection.settings_dict["NAME"]))
    if connection.vendor != "sqlite" or connection.in_atomic_block or not path.is_file():
        yield
        return
    with path.with_name(f"{path.name}-turn").open("ab") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)  # closing the file gives it on
        yield
