"""Work for the second process in the tests of `kernel/beside.py`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any


def adding(start: int) -> Callable[[int], tuple[int, int]]:
    """Adds up what it is asked; says in which process."""
    total = [start]

    def add(number: int) -> tuple[int, int]:
        total[0] += number
        return total[0], os.getpid()

    return add


def large(size: int) -> Callable[[bytes], bytes]:
    """Answers as much as it is asked, and more than a pipe holds."""
    return lambda asked: asked + bytes(size)


def failing() -> Callable[[Any], Any]:
    def fail(asked: Any) -> Any:
        if asked == "value":
            raise ValueError("这一行不行")
        if asked == "odd":
            raise type("Odd", (Exception,), {})("奇怪")
        if asked == "die":
            os._exit(9)
        print("printed, and in nobody's way")
        return "django.db" in sys.modules

    return fail


def unmade() -> Callable[[Any], Any]:
    raise ValueError("没做成")
