"""The work calendar: which days the State Council moved, and which years it has published."""

from __future__ import annotations

from django.db import models

from ..workdays import Kind


class PublishedYear(models.Model):
    """A year whose notice is in. `digest` tells one content from another, so caches compare it."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    source = models.CharField("文号或来源", max_length=120)
    published_at = models.DateTimeField("载入时间")
    digest = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.year}（{self.source}）"


class CalendarDay(models.Model):
    """A day that differs from Monday to Friday. The notice of one year may move days of the year before."""

    date = models.DateField("日期", unique=True)
    kind = models.CharField("性质", max_length=8, choices=[(kind.value, kind.label) for kind in Kind])
    name = models.CharField("节日", max_length=40, blank=True)
    source = models.CharField("文号或来源", max_length=120)
    published = models.ForeignKey(PublishedYear, models.CASCADE, related_name="days")

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.kind} {self.name}"
