"""The scheduler's look at due cases: it plans reminders and says when to look again.

A chunk of cases is one transaction: a worker that dies leaves it undone, whole, for the next. A case that
can't be handled is noted, put off and shown; the rest goes on.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused

from ..escalation import Ear, Facts, Fall, falls, next_digest, next_look, standing
from ..models import Case, Extension, Reminder, Stumble
from ..promises import Clock, clock_of
from ..states import State

log = logging.getLogger("yuanzhi.cases")

CHUNK = 500
PUT_OFF = dt.timedelta(hours=1)  # a case that could not be handled is tried again then
Place = tuple[dt.datetime, int]  # (look_at, id) of the last case looked at


@dataclass
class Room:
    """What is needed of a community: its clock, its leads, the officers of its desks."""

    clock: Clock
    leads: list[int]
    officers: dict[int, list[int]]
    _told: dict[dt.datetime, dt.datetime] = field(default_factory=dict)

    def told_at(self, now: dt.datetime) -> dt.datetime:
        """When people are told of what is found now."""
        if now not in self._told:
            self._told[now] = next_digest(now, self.clock.terms.digests, self.clock)
        return self._told[now]

    @classmethod
    def of(cls, community_id: int) -> Room:
        """Four queries."""
        clock = clock_of(community_id)
        leads = [row.user_id for row in members_of(community_id, Role.LEAD)]
        officers: dict[int, list[int]] = {}
        for row in members_of(community_id, Role.DESK_OFFICER, kind=Kind.DESK):
            officers.setdefault(row.scope_id or 0, []).append(row.user_id)
        return cls(clock, leads, officers)

    def people(self, case: Case, fall: Fall) -> set[int]:
        """Who is told: the owner, else the desk; the lead where the fall says so."""
        found: set[int] = set()
        if Ear.OWNER in fall.ears:
            found |= {case.owner_id} if case.owner_id else set(self.officers.get(case.desk_id, ()))
        return found | (set(self.leads) if Ear.LEAD in fall.ears else set())


@dataclass
class Rooms:
    """The communities met on one run, each asked for once."""

    known: dict[int, Room] = field(default_factory=dict)

    def of(self, community_id: int) -> Room:
        if community_id not in self.known:
            with transaction.atomic():
                self.known[community_id] = Room.of(community_id)
        return self.known[community_id]


@dataclass(frozen=True)
class Plan:
    """What is to be written about one case."""

    case: Case
    look_at: dt.datetime | None
    reminders: list[Reminder]


@dataclass(frozen=True)
class Looked:
    """A chunk done: how many cases, reminders and stumbles, and where the next one begins (None: nowhere)."""

    cases: int
    reminders: int
    stumbles: int
    last: Place | None


def facts_of(case: Case, asked_at: dt.datetime | None) -> Facts:
    """A case as escalation takes it."""
    return Facts(
        State(case.state), case.due_at, case.response_due, case.response_hours, case.paused_at,
        case.call_back_due, case.urged_at, asked_at,
    )  # fmt: skip


def asked_of(case_ids: Iterable[int]) -> dict[int, dt.datetime]:
    """{case: since when it asks for an extension}. One query."""
    rows = Extension.objects.filter(state=Extension.State.ASKED, case__in=list(case_ids))
    return dict(rows.values_list("case_id", "asked_at"))


@action
def look_at_due(
    *, actor: Actor, now: dt.datetime, rooms: Rooms, after: Place | None = None, size: int = CHUNK
) -> Looked:
    """Handle the next due cases, the longest due first. Idempotent: a reminder that is there stays."""
    if not actor.is_system:
        raise Refused("时限由后台盯着，不用手工跑")
    cases = list(_due(now, after)[:size])
    ends = [(case.look_at, case.pk) for case in cases if case.look_at is not None]  # as they were
    asked = asked_of(case.pk for case in cases)
    plans: list[Plan] = []
    stumbles: dict[int, tuple[Case, str]] = {}
    for case in cases:
        try:
            plans.append(_plan(case, asked.get(case.pk), rooms.of(case.community_id), now))
        except Exception as error:
            stumbles[case.pk] = (case, _why(case, error))
    _write_all(plans, stumbles)
    _note(stumbles, now)
    _tell_history(actor, [plan for plan in plans if plan.case.pk not in stumbles])
    return Looked(
        len(cases),
        sum(len(plan.reminders) for plan in plans if plan.case.pk not in stumbles),
        len(stumbles),
        ends[-1] if len(cases) == size else None,
    )


def _due(now: dt.datetime, after: Place | None) -> QuerySet[Case]:
    rows = Case.objects.filter(look_at__isnull=False, look_at__lte=now).order_by("look_at", "pk")
    if after is not None:
        at, pk = after
        rows = rows.filter(Q(look_at__gt=at) | Q(look_at=at, pk__gt=pk))
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)  # who is being written comes next time
    return rows.only(
        "community_id", "desk_id", "owner_id", "state", "due_at", "response_due", "response_hours",
        "paused_at", "call_back_due", "urged_at", "look_at",
    )  # fmt: skip


def _plan(case: Case, asked_at: dt.datetime | None, room: Room, now: dt.datetime) -> Plan:
    found = falls(facts_of(case, asked_at), room.clock)
    reminders = [
        Reminder(
            community_id=case.community_id, case_id=case.pk, user_id=user_id, basket=fall.pile.value,
            mark=fall.mark, planned_for=room.told_at(now),
        )
        for fall in standing(found, now)
        for user_id in sorted(room.people(case, fall))
    ]  # fmt: skip
    return Plan(case, next_look(found, now), reminders)


def _write_all(plans: list[Plan], stumbles: dict[int, tuple[Case, str]]) -> None:
    """All at once; where that fails, one by one, so that only the one that can't be written is left out."""
    try:
        with transaction.atomic():
            write(plans)
    except Exception:
        log.exception("a chunk of %s cases could not be written at once", len(plans))
        for plan in plans:
            try:
                with transaction.atomic():
                    write([plan])
            except Exception as error:
                stumbles[plan.case.pk] = (plan.case, _why(plan.case, error))


def write(plans: list[Plan]) -> None:
    """The reminders, the next look, and that nobody stumbles over these any more."""
    Reminder.objects.bulk_create([r for plan in plans for r in plan.reminders], ignore_conflicts=True)
    for plan in plans:
        plan.case.look_at = plan.look_at
    ended = [
        plan.case.pk for plan in plans if plan.look_at is None
    ]  # most: nothing comes after the last pile
    Case.objects.filter(pk__in=ended).update(look_at=None)
    Case.objects.bulk_update([plan.case for plan in plans if plan.look_at is not None], ["look_at"])
    Stumble.objects.filter(case__in=[plan.case.pk for plan in plans]).delete()


def _why(case: Case, error: Exception) -> str:
    log.error("case %s could not be handled", case.pk, exc_info=error)
    return f"{type(error).__name__}: {error}"[:200]


def _note(stumbles: dict[int, tuple[Case, str]], now: dt.datetime) -> None:
    for case, why in stumbles.values():
        row, is_new = Stumble.objects.get_or_create(
            case_id=case.pk,
            defaults={"community_id": case.community_id, "why": why, "first_at": now, "last_at": now},
        )
        if not is_new:
            Stumble.objects.filter(pk=row.pk).update(why=why, last_at=now, times=F("times") + 1)
    Case.objects.filter(pk__in=list(stumbles)).update(look_at=now + PUT_OFF)


def _tell_history(actor: Actor, plans: list[Plan]) -> None:
    counts: dict[int, int] = {}
    for plan in plans:
        if plan.reminders:
            counts[plan.case.community_id] = counts.get(plan.case.community_id, 0) + len(plan.reminders)
    for community_id, count in counts.items():
        record(
            actor=actor,
            verb="reminder.planned",
            subject=f"community:{community_id}",
            chain=community_id,
            count=count,
        )
