"""Who sits where since when: moves in, within, out, and back again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused

from .. import index
from ..access import EDIT_ENTERPRISE
from ..models import Building, Enterprise, Park, Source, Tenancy, Unit
from ..queries import may_at
from .enterprises import state_facts
from .guard import permit, permit_on


@dataclass(frozen=True)
class Seat:
    """A place as exactly as it is known: always the park, perhaps the building, perhaps the unit."""

    park: Park
    building: Building | None = None
    unit: Unit | None = None

    def __str__(self) -> str:
        return " ".join(str(part) for part in (self.park, self.building, self.unit) if part)


def seat(park: Park, building: Building | None = None, unit: Unit | None = None) -> Seat:
    """A consistent seat. Raises Refused for a building of another park or a unit of another building."""
    if unit is not None and building is None:
        building = unit.building
    if building is not None and building.park_id != park.pk:
        raise Refused(f"{building.name}不在{park.name}")
    if unit is not None and building is not None and unit.building_id != building.pk:
        raise Refused(f"{unit.room}不在{building.name}")
    return Seat(park, building, unit)


@action
def move_in(
    *,
    actor: Actor,
    enterprise: Enterprise,
    to: Seat,
    on: dt.date | None = None,
    arrival: str | None = None,
    lease_to: dt.date | None = None,
    source: Source | None = None,
) -> Tenancy:
    """The enterprise sits here from `on` (today). Where it sat before is closed the day before.

    `arrival` is worked out when not given: a move when it sat in the community, a return when it once did.
    Raises Refused for a date before the present seat's, or a place of another community.
    """
    permit(actor, EDIT_ENTERPRISE)
    if actor.community_id != enterprise.community_id or to.park.community_id != enterprise.community_id:
        raise Refused(f"{to.park.name}不在本社区")
    if enterprise.park_id is not None or not may_at(actor, EDIT_ENTERPRISE, to.park.pk):
        # What sits nowhere may be taken in by whoever looks after the place it comes to.
        permit_on(actor, EDIT_ENTERPRISE, enterprise)
    day = on or timezone.localdate()
    present = Tenancy.objects.filter(enterprise=enterprise, valid_to=None, is_main=True).first()
    if on is not None and present is None:
        _not_before_leaving(enterprise, on)
    if present is not None:
        if present.valid_from is not None and present.valid_from > day:
            raise Refused(f"它 {present.valid_from} 才搬到现在的地方，新的入驻日期不能早于这一天")
        if (present.park_id, present.building_id, present.unit_id) == _ids(to):
            return present
        last = day - dt.timedelta(days=1)
        present.valid_to = max(last, present.valid_from or last)
        present.save(update_fields=["valid_to"])
    if arrival is None:
        arrival = _arrival(enterprise, present)
    tenancy = Tenancy.objects.create(
        enterprise=enterprise,
        park=to.park,
        building=to.building,
        unit=to.unit,
        arrival=arrival,
        valid_from=on or (None if arrival == Tenancy.Arrival.KNOWN else day),
        lease_to=lease_to,
        source=source,
    )
    _sit(enterprise, to)
    if enterprise.status == Enterprise.Status.MOVED_OUT:
        Enterprise.objects.filter(pk=enterprise.pk).update(status=Enterprise.Status.ACTIVE)
        enterprise.status = Enterprise.Status.ACTIVE
    index.refresh([enterprise.pk])
    record(
        actor=actor,
        verb="enterprise.moved_in",
        subject=enterprise,
        context=to.park,
        to=str(to),
        arrival=Tenancy.Arrival(arrival).label,
        on=tenancy.valid_from,
    )
    return tenancy


def _not_before_leaving(enterprise: Enterprise, day: dt.date) -> None:
    """Nobody comes back before having left."""
    left = Tenancy.objects.filter(enterprise=enterprise, valid_to__gt=day).order_by("-valid_to").first()
    if left is not None:
        raise Refused(f"它 {left.valid_to} 才离开原来的地方，回来的日期不能早于这一天")


def close_seats(enterprise: Enterprise, day: dt.date) -> list[int]:
    """End all open seats on this day (one that begins later ends with its first day); returns their ids."""
    closed = []
    for tenancy in Tenancy.objects.filter(enterprise=enterprise, valid_to=None):
        tenancy.valid_to = max(day, tenancy.valid_from or day)
        tenancy.save(update_fields=["valid_to"])
        closed.append(tenancy.pk)
    return closed


def _ids(to: Seat) -> tuple[int, int | None, int | None]:
    return (
        to.park.pk,
        to.building.pk if to.building else None,
        to.unit.pk if to.unit else None,
    )


def _arrival(enterprise: Enterprise, present: Tenancy | None) -> str:
    if present is not None:
        return Tenancy.Arrival.MOVE
    was_here = Tenancy.objects.filter(enterprise=enterprise).exists()
    return Tenancy.Arrival.RETURN if was_here else Tenancy.Arrival.NEW


def _sit(enterprise: Enterprise, to: Seat | None, placement: str = Enterprise.Placement.PLACED) -> None:
    """Keep the enterprise's own copy of where it sits."""
    enterprise.park = to.park if to else None
    enterprise.building = to.building if to else None
    enterprise.unit = to.unit if to else None
    enterprise.placement = placement
    enterprise.updated_at = timezone.now()
    enterprise.save(update_fields=["park", "building", "unit", "placement", "updated_at"])


@action
def place_known(*, actor: Actor, enterprise: Enterprise, to: Seat, source: Source | None = None) -> Tenancy:
    """Put an enterprise that has long been here on the map: since when is not known."""
    return move_in(actor=actor, enterprise=enterprise, to=to, arrival=Tenancy.Arrival.KNOWN, source=source)


@action
def move_out(*, actor: Actor, enterprise: Enterprise, reason: str, on: dt.date | None = None) -> None:
    """The enterprise leaves the community; `on` is its last day here (today)."""
    permit_on(actor, EDIT_ENTERPRISE, enterprise)
    if not reason.strip():
        raise Refused("写一句它为什么走：以后挽留别家用得上")
    day = on or timezone.localdate()
    for tenancy in Tenancy.objects.filter(enterprise=enterprise, valid_to=None):
        if tenancy.valid_from is not None and tenancy.valid_from > day:
            raise Refused(f"它 {tenancy.valid_from} 才搬来，迁离日期不能早于这一天")
        tenancy.valid_to, tenancy.leave_reason = day, reason.strip()[:120]
        tenancy.save(update_fields=["valid_to", "leave_reason"])
    place = enterprise.park
    _sit(enterprise, None)
    Enterprise.objects.filter(pk=enterprise.pk).update(status=Enterprise.Status.MOVED_OUT)
    enterprise.status = Enterprise.Status.MOVED_OUT
    index.refresh([enterprise.pk])
    record(
        actor=actor,
        verb="enterprise.moved_out",
        subject=enterprise,
        context=place or "",
        on=day,
        reason=reason.strip(),
    )


@action
def mark_elsewhere(*, actor: Actor, enterprise: Enterprise, where: str = "") -> None:
    """Registered here, but sitting outside the community: no place on the map, and none to look for."""
    permit_on(actor, EDIT_ENTERPRISE, enterprise)
    close_seats(enterprise, timezone.localdate())
    _sit(enterprise, None, Enterprise.Placement.ELSEWHERE)
    index.refresh([enterprise.pk])
    record(actor=actor, verb="enterprise.elsewhere", subject=enterprise, where=where)
    if where.strip():
        state_facts(actor=actor, enterprise=enterprise, facts={"office_address": where.strip()})
