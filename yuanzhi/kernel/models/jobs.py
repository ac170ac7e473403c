"""What background work needs beside the task queue: leases, effects done once, schedules."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """Who works on a job and until when, how often it was tried and why it failed last.

    Made when a job is first claimed; goes with its task row. `attempts` is the fencing token: a worker
    may write a job's end only while it still holds the attempt it began.
    """

    task = models.OneToOneField(
        "django_tasks_database.DBTaskResult", models.CASCADE, primary_key=True, related_name="lease"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(null=True)  # null: nobody works on it
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["until"], name="lease_until", condition=models.Q(until__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.task_id} #{self.attempts} {self.worker}"


class Effect(models.Model):
    """A mark that something was done, written in the same transaction as the thing itself."""

    key = models.CharField(max_length=160, primary_key=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return self.key


class Schedule(models.Model):
    """When a periodic job is due next. Whoever moves `next_due` on (compare-and-set) may enqueue it."""

    name = models.CharField(max_length=80, primary_key=True)
    next_due = models.DateTimeField(db_index=True)
    last_due = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} {self.next_due:%Y-%m-%d %H:%M}"
