"""Lists that people keep and take away: saved filters, exports."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused

from ..access import EXPORT, SEE_ENTERPRISE
from ..models import Community, SavedFilter
from .guard import permit

MOST_FILTERS = 30


@action
def save_filter(*, actor: Actor, name: str, query: str) -> SavedFilter:
    """Keep a list under a name of one's own; the same name again replaces it.

    `query` is the list's query string, without paging. Raises Refused without a name or with too many.
    """
    permit(actor, SEE_ENTERPRISE)
    name = name.strip()[:40]
    if not name:
        raise Refused("给这个筛选起个名字，例如“待落图的软件企业”")
    if len(query) > 400:
        raise Refused("条件太多了，存不下：少选几项再存")
    own: dict[str, Any] = {"user_id": actor.user_id or 0, "community_id": actor.community_id}
    mine = SavedFilter.objects.filter(**own)
    if not mine.filter(name=name).exists() and mine.count() >= MOST_FILTERS:
        raise Refused(f"已经存了 {MOST_FILTERS} 个：先删掉不用的")
    try:
        with transaction.atomic():
            kept, _ = SavedFilter.objects.update_or_create(**own, name=name, defaults={"query": query})
    except IntegrityError as error:
        raise Refused("刚刚已经存过了") from error
    record(actor=actor, verb="filter.saved", subject=kept, name=name)
    return kept


@action
def drop_filter(*, actor: Actor, kept: SavedFilter) -> None:
    """Forget a saved list. Only one's own."""
    if kept.user_id != actor.user_id or kept.community_id != actor.community_id:
        raise Refused("这不是您存的筛选")
    record(actor=actor, verb="filter.dropped", subject=kept, name=kept.name)
    kept.delete()


@action
def note_export(
    *, actor: Actor, community: Community, reason: str, form: str, count: int, words: str
) -> None:
    """Record who takes which list away and what for, before the first row leaves.

    `form` is the file's kind, `words` says in Chinese what was chosen. Raises Refused without a reason.
    """
    permit(actor, EXPORT)
    if community.pk != actor.community_id:
        raise Refused("只能导出本社区的名单")
    if len(reason.strip()) < 4:
        raise Refused("写一句导出做什么用，例如“发给街道经济科做三季度统计”")
    record(
        actor=actor,
        verb="register.exported",
        subject=community,
        reason=reason.strip()[:200],
        form=form,
        count=count,
        words=words[:300],
    )
