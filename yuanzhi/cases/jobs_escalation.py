"""Background work of escalation: every five minutes the due cases, then the digests. Both can run twice."""

from __future__ import annotations

import datetime as dt
import logging

from yuanzhi.accounts.actor import system
from yuanzhi.kernel import clock
from yuanzhi.kernel.jobs import check_lease, every, job, periodic

from .actions.digests import due_people, send_digest
from .actions.escalation import CHUNK, Rooms, look_at_due

log = logging.getLogger("yuanzhi.cases")


@periodic("cases.escalate", every(minutes=5))
@job(name="盯时限、安排提醒")
def escalate() -> str:
    """Look at every case whose next look is due."""
    return escalate_all(clock.now())


@periodic("cases.digests", every(minutes=5))
@job(name="发汇总提醒")
def send_digests() -> str:
    """Tell everybody what is due for them, where the office is open."""
    return send_all(clock.now())


def escalate_all(now: dt.datetime, size: int = CHUNK) -> str:
    """Chunk after chunk, each a transaction of its own. What was done, in words, for the page of jobs."""
    rooms, place, cases, planned, stumbles = Rooms(), None, 0, 0, 0
    while True:
        done = look_at_due(actor=system(name="盯时限"), now=now, rooms=rooms, after=place, size=size)
        cases, planned, stumbles = (
            cases + done.cases,
            planned + done.reminders,
            stumbles + done.stumbles,
        )
        if (place := done.last) is None:
            return f"看了 {cases} 件，安排 {planned} 次提醒，{stumbles} 件没处理成"
        check_lease()


def send_all(now: dt.datetime) -> str:
    """One person after another, each a transaction of its own; one that fails doesn't stop the rest."""
    rooms, people, failed = Rooms(), 0, 0
    for community_id, user_id in due_people(now):
        check_lease()
        try:
            room = rooms.of(community_id)
            if not room.clock.is_open(now):
                continue  # at the next opening, then
            actor = system(community_id, "汇总提醒")
            people += send_digest(actor=actor, user_id=user_id, now=now, room=room) > 0
        except Exception:
            log.exception("the digest of user %s could not be sent", user_id)
            failed += 1
    return f"提醒了 {people} 人，{failed} 人没发成"
