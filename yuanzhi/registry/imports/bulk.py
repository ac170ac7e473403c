"""The bulk doors of the register: the same facts, seats and contacts as one by one, thousands at a time.

Used by imports and by the demo. Each leaves an entry of history per enterprise, like its single twin.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import Draft, action, draft, record_many
from yuanzhi.kernel.imports.table import Table
from yuanzhi.kernel.many import reserve_ids
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import fingerprint, seal

from .. import index
from ..access import EDIT_CONTACTS, EDIT_ENTERPRISE, IMPORT
from ..actions.contacts import one_phone
from ..actions.guard import permit
from ..models import Building, Contact, Enterprise, Park, Source, Tenancy, Unit
from ..rules.facts import FACTS
from ..rules.names import name_key
from ..rules.phones import Phone

CHUNK = 500
Place = tuple[int, int | None, int | None]  # ids of park, building, unit


@dataclass(frozen=True)
class SeatRow:
    """Where an enterprise sits or sat. `valid_from` None: unknown; `valid_to` None: it still sits there."""

    enterprise_id: int
    park_id: int
    building_id: int | None = None
    unit_id: int | None = None
    arrival: str = Tenancy.Arrival.KNOWN
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    lease_to: dt.date | None = None
    leave_reason: str = ""
    is_main: bool = True


@dataclass(frozen=True)
class ContactRow:
    """Somebody to call. `phone` as people write it, one number or none."""

    enterprise_id: int
    name: str
    phone: str = ""
    purpose: str = Contact.Purpose.OFFICE
    title: str = ""
    consent_on: dt.date | None = None


class Provenance:
    """The provenance of many rows from one source: few sets of fields, so few different texts."""

    def __init__(self, source: Source) -> None:
        self.entry = [source.pk, source.day.isoformat()]
        self._texts: dict[tuple[str, ...], str] = {}

    def text(self, fields: Iterable[str]) -> str:
        """JSON {field: [source id, day]}."""
        key = tuple(fields)
        if key not in self._texts:
            entry = f'[{self.entry[0]},"{self.entry[1]}"]'
            self._texts[key] = "{" + ",".join(f'"{field}":{entry}' for field in key) + "}"
        return self._texts[key]


def given(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts that say something, with a short name. Raises TypeError for a key that is no fact."""
    if unknown := facts.keys() - FACTS.keys():
        raise TypeError(f"not facts: {sorted(unknown)}")
    said = {key: value for key, value in facts.items() if value is not None and value != ""}
    said.setdefault("short_name", index.brand(said["name"]))
    return said


def enterprise_values(
    community_id: int, facts: dict[str, Any], provenance: str, source: Source
) -> dict[str, Any]:
    """Column values of a new enterprise."""
    return {
        **facts,
        "community_id": community_id,
        "name_key": name_key(facts["name"]),
        "provenance": provenance,
        "confirmed_on": None if source.kind == Source.Kind.IMPORT else source.day,
    }


@action
def register_many(
    *, actor: Actor, facts_rows: Sequence[dict[str, Any]], source: Source, searchable: bool = True
) -> list[int]:
    """Enter new enterprises (`facts` as in `register_enterprise`); returns their ids in order.

    Raises Refused when one is in the register already or twice in the rows. `searchable=False` leaves the
    search index to the caller (`index.refresh(ids)`), who has more to write first.
    """
    permit(actor, IMPORT)
    permit(actor, EDIT_ENTERPRISE)
    community_id = actor.community_id
    provenance, table, now = Provenance(source), Table(Enterprise), timezone.now()
    base = table.line({"created_at": now, "updated_at": now})
    ids: list[int] = []
    for start in range(0, len(facts_rows), CHUNK):
        said = [given(facts) for facts in facts_rows[start : start + CHUNK]]
        keys = [(facts.get("uscc", ""), name_key(facts["name"])) for facts in said]
        _refuse_known(community_id, keys)
        fresh = reserve_ids(Enterprise, len(said))
        lines = [
            table.line(enterprise_values(community_id, facts, provenance.text(facts), source), base)
            for facts in said
        ]
        table.insert_lines(lines, ids=fresh)
        record_many(
            draft(
                actor=actor,
                verb="enterprise.registered",
                subject=f"enterprise:{pk}",
                source=source.label,
                day=source.day,
                facts=facts,
            )
            for pk, facts in zip(fresh, said, strict=True)
        )
        ids += fresh
    if searchable:
        index.refresh(ids)
    return ids


def _refuse_known(community_id: int, keys: Sequence[tuple[str, str]]) -> None:
    marks = [uscc or key for uscc, key in keys]
    if len(set(marks)) < len(marks):
        twice = next(mark for at, mark in enumerate(marks) if mark in marks[:at])
        raise Refused(f"要登记的名单里“{twice}”出现了两次")
    base = Enterprise.objects.filter(community_id=community_id, merged_into=None)
    twin = base.filter(uscc__in=[uscc for uscc, _ in keys if uscc]).exclude(uscc="").first()
    twin = twin or base.filter(name_key__in=[key for uscc, key in keys if not uscc], uscc="").first()
    if twin is not None:
        raise Refused(f"名录里已经有{twin.name}（{twin.uscc or '无代码'}）了")


@action
def seat_many(
    *, actor: Actor, seats: Sequence[SeatRow], source: Source | None = None, searchable: bool = True
) -> None:
    """Note where enterprises sit and sat. An open main seat puts the enterprise on the map there.

    Raises Refused for a place of another community or of another building than it says.
    """
    permit(actor, IMPORT)
    community_id = actor.community_id
    names = _place_names(community_id, seats)
    tenancies, enterprises = Table(Tenancy), Table(Enterprise)
    now = timezone.now()
    for start in range(0, len(seats), CHUNK):
        chunk = seats[start : start + CHUNK]
        tenancies.insert(_tenancy(row, source) for row in chunk)
        enterprises.update(
            (
                row.enterprise_id,
                {
                    "park_id": row.park_id,
                    "building_id": row.building_id,
                    "unit_id": row.unit_id,
                    "placement": Enterprise.Placement.PLACED,
                    "updated_at": now,
                },
            )
            for row in sorted(chunk, key=lambda row: row.enterprise_id)
            if row.is_main and row.valid_to is None
        )
        record_many(draft for row in chunk for draft in _seat_drafts(actor, row, names))
    if searchable:
        index.refresh(row.enterprise_id for row in seats)


def _tenancy(row: SeatRow, source: Source | None) -> dict[str, Any]:
    return {
        "enterprise_id": row.enterprise_id,
        "park_id": row.park_id,
        "building_id": row.building_id,
        "unit_id": row.unit_id,
        "is_main": row.is_main,
        "arrival": row.arrival,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "lease_to": row.lease_to,
        "leave_reason": row.leave_reason[:120],
        "source_id": source.pk if source else None,
    }


def _place_names(
    community_id: int, seats: Sequence[SeatRow]
) -> dict[tuple[int, int | None, int | None], str]:
    """{(park, building, unit): "云溪1号园 A座 301"} of all seats, checked."""
    parks = dict(Park.objects.filter(community_id=community_id).values_list("pk", "name"))
    buildings = {
        pk: (park_id, name)
        for pk, park_id, name in Building.objects.filter(park__community_id=community_id).values_list(
            "pk", "park_id", "name"
        )
    }
    wanted = {row.unit_id for row in seats if row.unit_id}
    rows = Unit.objects.filter(building__park__community_id=community_id).values_list(
        "pk", "building_id", "room"
    )
    units = {pk: (building_id, room) for pk, building_id, room in rows.iterator() if pk in wanted}
    names = {}
    for place in {(row.park_id, row.building_id, row.unit_id) for row in seats}:
        park, building, unit = place
        if park not in parks:
            raise Refused("名单里有不属于本社区的园区")
        if building is not None and buildings.get(building, (None,))[0] != park:
            raise Refused(f"名单里有不在{parks[park]}的楼宇")
        if unit is not None and units.get(unit, (None,))[0] != building:
            raise Refused("名单里有不在所说楼宇的房间")
        parts = [parks[park]]
        parts += [buildings[building][1]] if building is not None else []
        parts += [units[unit][1]] if unit is not None else []
        names[place] = " ".join(parts)
    return names


def _seat_drafts(actor: Actor, row: SeatRow, names: dict) -> Iterable[Draft]:
    place = names[row.park_id, row.building_id, row.unit_id]
    about: dict[str, Any] = {
        "actor": actor,
        "subject": f"enterprise:{row.enterprise_id}",
        "context": f"park:{row.park_id}",
    }
    arrival = Tenancy.Arrival(row.arrival).label
    yield draft(verb="enterprise.moved_in", to=place, arrival=arrival, on=row.valid_from, **about)
    if row.valid_to is not None:
        yield draft(
            verb="enterprise.moved_out", on=row.valid_to, reason=row.leave_reason, place=place, **about
        )


def sealed(phone: Phone | None) -> dict[str, str]:
    """The three stored forms of a number."""
    if phone is None:
        return {"phone_sealed": "", "phone_mark": "", "phone_masked": ""}
    return {
        "phone_sealed": seal(phone.display()),
        "phone_mark": fingerprint(phone.number),
        "phone_masked": phone.masked(),
    }


@action
def add_contacts_many(*, actor: Actor, rows: Sequence[ContactRow], source: Source) -> None:
    """Note people to call. Raises Refused for a number that is none (see `add_contact`)."""
    permit(actor, IMPORT)
    permit(actor, EDIT_CONTACTS)
    table = Table(Contact)
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        numbers = [sealed(one_phone(row.phone) if row.phone.strip() else None) for row in chunk]
        table.insert(
            {
                "enterprise_id": row.enterprise_id,
                "name": row.name,
                "purpose": row.purpose,
                "title": row.title,
                "consent_on": row.consent_on,
                "source_id": source.pk,
                **number,
            }
            for row, number in zip(chunk, numbers, strict=True)
        )
        record_many(
            draft(
                actor=actor,
                verb="contact.added",
                subject=f"enterprise:{row.enterprise_id}",
                name=row.name,
                purpose=Contact.Purpose(row.purpose).label,
                phone=number["phone_masked"],
            )
            for row, number in zip(chunk, numbers, strict=True)
        )
