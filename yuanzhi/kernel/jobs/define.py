"""Declaring jobs, and putting them into the queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.module_loading import import_string
from django_tasks import task
from django_tasks.base import Task

from .timing import ATTEMPTS, Rhythm

F = TypeVar("F", bound=Callable[..., Any])


class GiveUp(Exception):
    """Raised by a job that can never succeed: no more attempts. Its text is the reason people read."""


@dataclass(frozen=True)
class Policy:
    """What the worker and the page know of a kind of job."""

    name: str  # what people call it
    attempts: int = ATTEMPTS


@dataclass(frozen=True)
class Periodic:
    """A job without arguments that the scheduler enqueues in a rhythm."""

    name: str
    task: Task
    rhythm: Rhythm


_policies: dict[str, Policy] = {}
_periodic: dict[str, Periodic] = {}


def job(*, name: str, attempts: int = ATTEMPTS, priority: int = 0) -> Callable[[Callable[..., Any]], Task]:
    """Make a module-level function a job. `name` is Chinese, for the page of background work.

    Arguments must survive JSON: pass ids. `attempts` counts all runs, those whose worker died as well.
    """
    if attempts < 1:
        raise ValueError("a job is attempted at least once")

    def wrap(function: Callable[..., Any]) -> Task:
        made = task(priority=priority)(function)
        _policies[made.module_path] = Policy(name, attempts)
        return made

    return wrap


def policy_of(task_path: str) -> Policy:
    """The policy of a job by its dotted path; a plain task is called by its path."""
    if task_path not in _policies:
        try:
            import_string(task_path)  # a process that never ran it has not imported it either
        except ImportError:
            pass
    return _policies.get(task_path) or Policy(task_path)


def enqueue(what: Task, *args: Any, run_after: dt.datetime | None = None, **kwargs: Any) -> str:
    """Put a job into the queue; returns its id. Inside a transaction it is there only once that commits."""
    if run_after is not None:
        what = what.using(run_after=run_after)
    return str(what.enqueue(*args, **kwargs).id)


def every(**delta: float) -> Rhythm:
    """every(minutes=5)"""
    return Rhythm(dt.timedelta(**delta))


def daily(text: str) -> Rhythm:
    """daily("02:30"), Asia/Shanghai"""
    return Rhythm(dt.timedelta(days=1), dt.time.fromisoformat(text))


def periodic(name: str, rhythm: Rhythm) -> Callable[[Task], Task]:
    """Register a job without arguments to run in a rhythm: `@periodic("cases.remind", every(minutes=5))`."""

    def wrap(what: Task) -> Task:
        known = _periodic.get(name)
        if known is not None and known.task.module_path != what.module_path:
            raise ValueError(f"two periodic jobs are called {name}")
        _periodic[name] = Periodic(name, what, rhythm)
        return what

    return wrap


def registered() -> dict[str, Periodic]:
    """All periodic jobs by name."""
    return dict(_periodic)
