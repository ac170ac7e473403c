"""A newly published calendar moves open promises; each move is recorded."""

from __future__ import annotations

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.clock import now
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused

from .. import promises
from ..models import Case
from ..states import OPEN, State
from .telling import context_of

CHUNK = 200


@action
def recompute_promises(*, actor: Actor, community_id: int, after: int = 0) -> int:
    """Work out the promises of the next open cases anew; returns the last id looked at, 0 at the end.

    In chunks, each a transaction of its own, so that nobody who is writing has to wait for ten thousand.
    """
    if not actor.is_system:
        raise Refused("时限由日历推算，不能手工重算")
    clock = promises.clock_of(community_id)
    rows = Case.objects.filter(community_id=community_id, state__in=sorted(OPEN), pk__gt=after)
    chunk = list(rows.order_by("pk")[:CHUNK])
    for case in chunk:
        promise = promises.of_case(case, clock)
        responding = case.state == State.RECEIVED
        response = promise.response_due if case.responded_at is None else case.response_due
        moved = {
            "response_due": response,
            "resolution_due": promise.resolution_due,
            "due_at": response if responding else promise.resolution_due,
            "is_provisional": promise.is_provisional,
        }
        before = {field: getattr(case, field) for field in moved}
        if before == moved:
            continue
        if Case.objects.filter(pk=case.pk, version=case.version).update(
            **moved, version=case.version + 1, look_at=now()
        ):
            record(
                actor=actor,
                verb="case.promise_moved",
                subject=case,
                context=context_of(case),
                changes={key: [before[key], value] for key, value in moved.items() if before[key] != value},
            )
    return chunk[-1].pk if len(chunk) == CHUNK else 0
