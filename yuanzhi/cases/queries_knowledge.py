"""Reading answered questions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from yuanzhi.accounts.actor import Actor

from .access import EDIT_ANSWERS, SEE_ANSWERS
from .knowledge import Asked, rank
from .models import Answer, Case
from .queries import LATELY

RANKED = 500  # questions compared with what somebody says: those that helped most


def answers_visible_to(actor: Actor) -> QuerySet[Answer]:
    """Published ones; drafts and those taken down as well for who writes them."""
    if not actor.community_id or not actor.may(SEE_ANSWERS):
        return Answer.objects.none()
    rows = Answer.objects.filter(community_id=actor.community_id).select_related("item")
    return rows if actor.may(EDIT_ANSWERS) else rows.filter(state=Answer.State.PUBLISHED)


def offer(community_id: int, said: str, *, item_id: int | None = None, limit: int = 3) -> list[Answer]:
    """Published answers to what somebody says, the closest first. Two queries, one where nothing fits."""
    rows = Answer.objects.filter(community_id=community_id, state=Answer.State.PUBLISHED).order_by("-helped")
    asked = [Asked(*row) for row in rows.values_list("pk", "question", "words", "item_id", "helped")[:RANKED]]
    best = rank(said, asked, item_id=item_id, limit=limit)
    found = Answer.objects.select_related("item").in_bulk(best) if best else {}
    return [found[pk] for pk in best if pk in found]


def find(actor: Actor, q: str, *, state: str = "", limit: int = 50) -> list[Answer]:
    """The list page: by closeness to `q`, or the most helpful first."""
    rows = answers_visible_to(actor)
    if actor.may(EDIT_ANSWERS):
        rows = rows.filter(state=state if state in Answer.State.values else Answer.State.PUBLISHED)
    if not q.strip():
        return list(rows.order_by("-helped", "-pk")[:limit])
    values = rows.order_by("-helped").values_list("pk", "question", "words", "item_id", "helped")
    asked = [Asked(*row) for row in values[:RANKED]]
    best = rank(q, asked, limit=limit)
    literal = list(rows.filter(answer__contains=q.strip()).values_list("pk", flat=True)[:limit])
    wanted = list(dict.fromkeys([*best, *literal]))[:limit]
    found = rows.in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]


@dataclass(frozen=True)
class MostAsked:
    """A service item, how often it was asked for lately, and whether an answer is published."""

    item_id: int
    name: str
    count: int
    answers: int


def most_asked(actor: Actor, limit: int = 8) -> list[MostAsked]:
    """What enterprises of the community asked for most in 90 days. Two queries."""
    since = timezone.now() - LATELY
    rows = (
        Case.objects.filter(community_id=actor.community_id, opened_at__gte=since, item__isnull=False)
        .values_list("item_id", "item__name")
        .annotate(n=Count("pk"))
        .order_by("-n", "item_id")[:limit]
    )
    counted = list(rows)
    published = dict(
        Answer.objects.filter(
            community_id=actor.community_id,
            state=Answer.State.PUBLISHED,
            item_id__in=[row[0] for row in counted],
        )
        .values_list("item_id")
        .annotate(n=Count("pk"))
        .order_by()
    )
    return [MostAsked(item, name, count, published.get(item, 0)) for item, name, count in counted]
