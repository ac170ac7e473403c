"""Reading the catalogue and procedures: what is in force on a day, what was, what a case has left to do."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from yuanzhi.accounts.actor import Actor

from .access import SEE_CASE, SEE_CATALOGUE
from .models import Attachment, Case, CaseStage, ItemStage, ReplyTemplate, ServiceItem
from .queries import visible_to


def on_day(day: dt.date) -> Q:
    """Items that hold on this day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def in_force(item: ServiceItem, day: dt.date) -> ServiceItem:
    """The row that holds on this day in the place of `item`: itself, or what replaced it. No query for a row
    that holds."""
    while item.valid_to is not None and item.valid_to < day:
        later = ServiceItem.objects.filter(replaces=item).select_related("desk").first()
        if later is None:
            return item
        item = later
    return item


def catalogue(actor: Actor, day: dt.date | None = None) -> QuerySet[ServiceItem]:
    """What the community offers on a day (today), by desk; with how many stages and materials each has."""
    if not actor.may(SEE_CATALOGUE):
        return ServiceItem.objects.none()
    kinds = ItemStage.Kind
    return (
        ServiceItem.objects.filter(on_day(day or timezone.localdate()), desk__community_id=actor.community_id)
        .select_related("desk")
        .annotate(
            steps=Count("stages", filter=Q(stages__kind=kinds.STAGE)),
            materials=Count("stages", filter=Q(stages__kind=kinds.MATERIAL)),
        )
        .order_by("desk_id", "name", "id")
    )


def all_items(actor: Actor) -> QuerySet[ServiceItem]:
    """Every row of the catalogue, those of the past and of the future included."""
    if not actor.may(SEE_CATALOGUE):
        return ServiceItem.objects.none()
    return ServiceItem.objects.filter(desk__community_id=actor.community_id).select_related("desk")


def listed(actor: Actor) -> QuerySet[ServiceItem]:
    """What enterprises can choose today, with the procedure loaded."""
    stages = Prefetch("stages", ItemStage.objects.order_by("kind", "order"))
    rows = ServiceItem.objects.filter(
        on_day(timezone.localdate()), desk__community_id=actor.community_id, is_listed=True
    )
    return rows.select_related("desk").prefetch_related(stages).order_by("desk_id", "name", "id")


def listed_at(community_id: int) -> QuerySet[ServiceItem]:
    """The same for a page without an account, whose community the building's code tells."""
    rows = ServiceItem.objects.filter(
        on_day(timezone.localdate()), desk__community_id=community_id, is_listed=True
    )
    return rows.select_related("desk").order_by("desk_id", "name", "id")


def lineage(item: ServiceItem) -> list[ServiceItem]:
    """The rows of one entry through time, the newest first."""
    rows = [item]
    while (older := rows[-1].replaces) is not None:
        rows.append(older)
    while (newer := ServiceItem.objects.filter(replaces=rows[0]).first()) is not None:
        rows.insert(0, newer)
    return rows


def stages_for(actor: Actor, pk: int) -> CaseStage | None:
    """A line of a case that the actor sees."""
    rows = CaseStage.objects.filter(case__in=visible_to(actor).values("pk"))
    return rows.select_related("case__enterprise").filter(pk=pk).first()


def open_stages(case: Case) -> list[CaseStage]:
    """Lines that are neither done nor left out, in order."""
    return list(CaseStage.objects.filter(case=case, done_at=None, is_skipped=False))


def attachments_of(case: Case, *, public: bool) -> list[Attachment]:
    """Files on a case and on those merged into it; `public`: what the enterprise may see. One query."""
    rows = Attachment.objects.filter(Q(case=case) | Q(case__merged_into=case), removed_at=None)
    return list((rows.filter(is_public=True) if public else rows).order_by("id"))


def attachment_for(actor: Actor, pk: int) -> Attachment | None:
    """A file on a case that the actor sees; people outside only see what is meant for them."""
    rows = Attachment.objects.filter(removed_at=None, case__in=visible_to(actor, SEE_CASE).values("pk"))
    if not actor.is_staff and not actor.is_system:
        rows = rows.filter(is_public=True)
    return rows.select_related("case__enterprise").filter(pk=pk).first()


def attachment_by_link(case: Case, pk: int) -> Attachment | None:
    """A file that whoever holds the case's link may see."""
    return Attachment.objects.filter(case=case, pk=pk, removed_at=None, is_public=True).first()


def replies_for(actor: Actor, desk_id: int | None = None) -> list[ReplyTemplate]:
    """Replies to choose from, those of the desk first. One query."""
    rows = ReplyTemplate.objects.filter(community_id=actor.community_id, is_active=True)
    if desk_id is not None:
        rows = rows.filter(Q(desk_id=desk_id) | Q(desk=None))
    found = rows.select_related("desk").order_by("title", "id")
    return sorted(found, key=lambda reply: (reply.desk_id is None, reply.desk_id or 0))
