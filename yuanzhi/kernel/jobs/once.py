"""Effects that are done once, however often their job runs."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from ..models import Effect


def once(key: str) -> bool:
    """True the first time this key is committed. Do the effect in the same transaction, when it says True.

    A second run that comes at the same moment waits for the first one's transaction to end. The key names the
    effect and not the run, e.g. "remind:12:2026-11-24". At most 160 characters. Marks are kept for a year.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("once() belongs inside the transaction of the effect")
    if len(key) > 160:
        raise ValueError("the key of an effect has at most 160 characters")
    if Effect.objects.filter(pk=key).exists():
        return False
    try:
        with transaction.atomic():  # a savepoint: the outer transaction outlives the clash
            Effect.objects.create(pk=key)
    except IntegrityError:
        return False
    return True
