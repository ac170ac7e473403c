"""Places and who looks after them: community, parks, buildings, units, grids, captains."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import IntegrityError, transaction

from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import Membership, User
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.workdays import OfficeHours

from .. import index
from ..access import EDIT_PLACES, SETTINGS, STAFF_GRID
from ..models import Building, Community, Enterprise, Park, ParkCaptain, Unit
from .guard import as_house, permit

# Letters that can't be mistaken for each other on a poster.
_CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@action
def found_community(*, actor: Actor, name: str, code: str, **details: Any) -> Community:
    """Found a community (`details`: fields of Community). Only the house itself does."""
    if not actor.is_system:
        raise Refused("新建社区请用命令行：yuanzhi community")
    try:
        with transaction.atomic():
            community = Community.objects.create(name=name, code=code, **details)
    except IntegrityError as error:
        raise Refused(f"代号“{code}”已经有社区在用") from error
    record(actor=actor, chain=community.pk, verb="community.founded", subject=community, name=name, code=code)
    return community


@action
def set_office_hours(*, actor: Actor, community: Community, spans: list[list[str]]) -> None:
    """Change the office hours, e.g. [["09:00", "12:00"], ["13:30", "17:30"]]. Given promises stay."""
    permit(actor, SETTINGS)
    try:
        OfficeHours.of(spans)
    except ValueError as error:
        raise Refused(str(error)) from error
    before, community.office_hours = community.office_hours, spans
    community.save(update_fields=["office_hours"])
    record(
        actor=actor,
        verb="community.hours",
        subject=community,
        changes={"office_hours": [before, spans]},
    )


def _named(kind: type[Park] | type[Building], what: str, **values: Any) -> Any:
    if not str(values.get("name", "")).strip():
        raise Refused(f"{what}名称还没填")
    try:
        with transaction.atomic():
            return kind.objects.create(**values)
    except IntegrityError as error:
        raise Refused(f"已经有叫“{values['name']}”的{what}了") from error


@action
def add_park(*, actor: Actor, name: str, **details: Any) -> Park:
    """Add a park (`details`: aliases, address, lng, lat, outline, operator_name, property_name)."""
    permit(actor, EDIT_PLACES)
    park: Park = _named(Park, "园区", community_id=actor.community_id, name=name.strip(), **details)
    record(actor=actor, verb="park.added", subject=park, name=park.name)
    return park


@action
def edit_park(*, actor: Actor, park: Park, **values: Any) -> Park:
    """Correct a park's fields."""
    permit(actor, EDIT_PLACES)
    _own(actor, park.community_id)
    before = {field: getattr(park, field) for field in values}
    _set(park, values, "园区")
    if "name" in values and values["name"] != before["name"]:
        index.refresh(park.enterprises.values_list("pk", flat=True))
    record(actor=actor, verb="park.changed", subject=park, changes=changes(before, values))
    return park


def _set(row: Park | Building, values: dict[str, Any], what: str) -> None:
    for field, value in values.items():
        setattr(row, field, value)
    try:
        with transaction.atomic():
            row.save(update_fields=list(values))
    except IntegrityError as error:
        raise Refused(f"已经有叫“{values.get('name')}”的{what}了") from error


def _own(actor: Actor, community_id: int) -> None:
    if community_id != actor.community_id:
        raise Refused("它不在您的社区")


@action
def add_building(*, actor: Actor, park: Park, name: str, **details: Any) -> Building:
    """Add a building (`details`: floors, height, footprint, lng, lat, aliases). It gets its own QR code."""
    permit(actor, EDIT_PLACES)
    _own(actor, park.community_id)
    code = details.pop("code", None) or "".join(secrets.choice(_CODE_LETTERS) for _ in range(8))
    building: Building = _named(Building, "楼宇", park=park, name=name.strip(), code=code, **details)
    record(actor=actor, verb="building.added", subject=building, context=park, name=building.name)
    return building


@action
def edit_building(*, actor: Actor, building: Building, **values: Any) -> Building:
    """Correct a building's fields."""
    permit(actor, EDIT_PLACES)
    _own(actor, building.park.community_id)
    before = {field: getattr(building, field) for field in values}
    _set(building, values, "楼宇")
    record(
        actor=actor,
        verb="building.changed",
        subject=building,
        context=building.park,
        changes=changes(before, values),
    )
    return building


@action
def add_units(*, actor: Actor, building: Building, rooms: list[tuple[int, str]]) -> list[Unit]:
    """Add rooms as (floor, room); those that are there already are left as they are."""
    permit(actor, EDIT_PLACES)
    _own(actor, building.park.community_id)
    Unit.objects.bulk_create(
        [Unit(building=building, floor=floor, room=room) for floor, room in rooms], ignore_conflicts=True
    )
    record(actor=actor, verb="units.added", subject=building, context=building.park, count=len(rooms))
    return list(Unit.objects.filter(building=building, room__in=[room for _, room in rooms]))


@action
def appoint_captain(
    *,
    actor: Actor,
    park: Park,
    user: User,
    enterprise: Enterprise | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
) -> ParkCaptain:
    """Make somebody 园区长 of a park for a term; `enterprise` is where they work."""
    permit(actor, STAFF_GRID)
    _own(actor, park.community_id)
    membership = accounts.grant_role(
        actor=as_house(actor),
        user=user,
        role=Role.CAPTAIN,
        scope_id=park.pk,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    captain = ParkCaptain.objects.create(
        park=park,
        membership_id=membership.pk,
        user_id=user.pk,
        enterprise=enterprise,
        valid_from=membership.valid_from,
        valid_to=membership.valid_to,
    )
    record(
        actor=actor,
        verb="captain.appointed",
        subject=park,
        name=user.name,
        enterprise=enterprise.name if enterprise else "",
        valid_from=captain.valid_from,
        valid_to=captain.valid_to,
    )
    return captain


@action
def dismiss_captain(*, actor: Actor, captain: ParkCaptain, last_day: dt.date | None = None) -> None:
    """End a captain's term (yesterday is the last day unless given)."""
    permit(actor, STAFF_GRID)
    _own(actor, captain.park.community_id)
    membership = Membership.objects.get(pk=captain.membership_id)
    accounts.end_role(actor=as_house(actor), membership=membership, last_day=last_day)
    captain.valid_to = membership.valid_to
    captain.save(update_fields=["valid_to"])
    record(actor=actor, verb="captain.dismissed", subject=captain.park, last_day=captain.valid_to)
