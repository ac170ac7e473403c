"""Telling people of the cases that wait for them: one piece of news each, in office hours, once."""

from __future__ import annotations

import datetime as dt
import logging

from django.urls import reverse

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import STAFF
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.notices import notify
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..baskets import basket_of
from ..escalation import falls, standing
from ..models import Reminder
from .escalation import Room, asked_of, facts_of

log = logging.getLogger("yuanzhi.cases")

GONE = "已经不在本社区办事，提醒没人收：请把这件转给别人"
LISTED = 6  # cases named in the news; the board has all


def due_people(now: dt.datetime) -> list[tuple[int, int]]:
    """[(community, user)] for whom reminders are due. One query."""
    rows = Reminder.objects.filter(state=Reminder.State.PLANNED.value, planned_for__lte=now)
    return sorted(set(rows.order_by().values_list("community_id", "user_id")))


@action
def send_digest(*, actor: Actor, user_id: int, now: dt.datetime, room: Room) -> int:
    """Tell somebody of all that is due, in one piece of news; returns of how many cases.

    What has been seen to since is left out (不用发了). Who is no longer of the house is told nothing, and
    that is kept with its reason (没发成). News and marks are one transaction: both are there, or neither.
    """
    if not actor.is_system:
        raise Refused("汇总提醒由后台发")
    rows = list(
        Reminder.objects.filter(
            state=Reminder.State.PLANNED.value,
            planned_for__lte=now,
            community_id=actor.community_id,
            user_id=user_id,
        )
        .select_related("case")
        .order_by("pk")
    )
    asked = asked_of(row.case_id for row in rows)
    alive = [row for row in rows if _still(row, asked.get(row.case_id), room, now)]
    member = members_of(actor.community_id, *STAFF).filter(user_id=user_id).exists()
    ids = {row.pk for row in alive}
    _mark([row.pk for row in rows if row.pk not in ids], state=Reminder.State.VOID)
    if not alive:
        return 0
    if not member:
        _mark(sorted(ids), state=Reminder.State.NOT_SENT, why=GONE)
    else:
        _mark(sorted(ids), state=Reminder.State.SENT, sent_at=now)
        _tell(user_id, actor.community_id, alive)
    record(
        actor=actor,
        verb="reminder.sent" if member else "reminder.not_sent",
        subject=f"user:{user_id}",
        count=len(alive),
    )
    return len({row.case_id for row in alive}) if member else 0


def _still(row: Reminder, asked_at: dt.datetime | None, room: Room, now: dt.datetime) -> bool:
    """Whether what it is about still holds, and is still this person's."""
    try:
        found = standing(falls(facts_of(row.case, asked_at), room.clock), now)
    except Exception:
        log.exception("reminder %s could not be checked", row.pk)
        return True  # rather told once too often than never
    return any(
        (fall.pile.value, fall.mark) == (row.basket, row.mark) and row.user_id in room.people(row.case, fall)
        for fall in found
    )


def _mark(ids: list[int], **values: object) -> None:
    """Compare-and-set: whoever else is sending the same ones undoes their part."""
    won = Reminder.objects.filter(pk__in=ids, state=Reminder.State.PLANNED.value).update(**values)
    if won != len(ids):
        raise Overtaken("这些提醒刚被另一个进程发了")


def _tell(user_id: int, community_id: int, rows: list[Reminder]) -> None:
    cases = list({row.case_id: row.case for row in reversed(rows)}.values())[::-1]
    names = {row.case_id: basket.name for row in rows if (basket := basket_of(row.basket))}
    body = "；".join(f"{names.get(case.pk, '')}：{case.title}" for case in cases[:LISTED])
    if len(cases) > LISTED:
        body += f"；还有 {len(cases) - LISTED} 件"
    one = len(cases) == 1
    notify(
        [user_id],
        chain=community_id,
        key=f"digest:{max(row.planned_for for row in rows):%Y%m%d%H%M}:{rows[0].pk}",
        title=f"{names.get(cases[0].pk, '')}：{cases[0].title}" if one else f"{len(cases)} 件诉求等您看看",
        body="" if one else body,
        url=reverse("cases:case", args=[cases[0].pk]) if one else reverse("cases:board"),
    )
