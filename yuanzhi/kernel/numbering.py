"""Readable numbers without gaps under concurrency: the series' row is taken with the transaction."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from .models import Sequence


def next_number(series: str) -> int:
    """The next number of a series, from 1 on. Runs inside a transaction: rolled back, it is free again."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("next_number() belongs inside a transaction")
    if not Sequence.objects.filter(series=series).update(value=F("value") + 1):
        Sequence.objects.bulk_create([Sequence(series=series)], ignore_conflicts=True)
        Sequence.objects.filter(series=series).update(value=F("value") + 1)
    return Sequence.objects.values_list("value", flat=True).get(series=series)
