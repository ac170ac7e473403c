"""Telling people: written with the action that makes the news, so neither can be there without the other."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from .models import Notice


def notify(
    user_ids: Iterable[int], *, chain: int, key: str, title: str, body: str = "", url: str = ""
) -> None:
    """Put news at these people's bells. The same `key` again adds nothing."""
    rows = [
        Notice(
            user_id=user_id,
            chain=chain,
            key=key[:120],
            title=title[:120],
            body=body[:400],
            url=url[:200],
        )
        for user_id in sorted(set(user_ids))
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def notices_of(user_id: int) -> QuerySet[Notice]:
    """An account's news, the newest first."""
    return Notice.objects.filter(user_id=user_id).order_by("-id")


def unread_count(user_id: int, limit: int = 100) -> int:
    """How many are unread, counted up to `limit`."""
    return Notice.objects.filter(user_id=user_id, read_at=None)[:limit].count()


def mark_read(user_id: int, ids: Iterable[int] | None = None) -> int:
    """Mark these (or all) of an account's news as read; returns how many were unread."""
    rows = Notice.objects.filter(user_id=user_id, read_at=None)
    if ids is not None:
        rows = rows.filter(pk__in=list(ids))
    return rows.update(read_at=timezone.now())
