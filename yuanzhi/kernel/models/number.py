"""Readable running numbers."""

from django.db import models


class Sequence(models.Model):
    """The last number given out in a series, e.g. "case:3:2611"."""

    series = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}={self.value}"
