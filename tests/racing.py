"""Several people at the same moment, for tests of who wins: works on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections, connection


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run these at the same moment, each on a connection of its own; [result or exception]."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        close_old_connections()
        try:
            gate.wait()
            results[number] = act()
        except Exception as error:  # the test looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
