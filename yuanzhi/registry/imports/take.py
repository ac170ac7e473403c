"""Writing a planned chunk: enterprises, seats, rooms, people, conflicts, and a history that can be undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import Draft, action, changes, draft, record_many
from yuanzhi.kernel.imports.step import Step
from yuanzhi.kernel.imports.table import Table
from yuanzhi.kernel.refusals import Overtaken

from .. import index
from ..access import IMPORT
from ..actions.guard import permit
from ..actions.sources import source_for
from ..models import Contact, Enterprise, FactConflict, FormerName, Source, Tenancy, Unit
from ..rules.names import name_key
from .bulk import Provenance, enterprise_values, given, highest_id, ids_of_new, sealed
from .placing import Places, Spot
from .plan import Change, RegisterPlan
from .ready import Person

# An undo puts the version back. What was seen in between must not pass for what was there before: no number
# of ordinary edits reaches the version that an import gives.
LEAP = 1000
PLACED = Enterprise.Placement.PLACED


@action
def take_rows(*, actor: Actor, plan: RegisterPlan, step: Step, writer: Writer) -> None:
    """Write one chunk of an import: all of it or nothing. Raises Overtaken when it was planned on old facts,
    Ahead when another worker has written it."""
    permit(actor, IMPORT)
    step.note()
    if plan.writes:
        record_many(writer.write(actor, plan))


class Writer:
    """Writes the chunks of one import. `source` is made with the first thing that is written."""

    def __init__(self, community_id: int, places: Places, label: str, day: dt.date, batch_id: int) -> None:
        self.community_id, self.places, self.day = community_id, places, day
        self.label, self.batch_id = label, batch_id
        self.tables = {
            model: Table(model) for model in (Contact, Enterprise, FactConflict, FormerName, Tenancy, Unit)
        }
        self.sealed: dict[Person, dict[str, str]] = {}
        self.said: list[dict[str, Any]] = []

    def prepare(self, plan: RegisterPlan) -> None:
        """What takes time and needs no lock: sealing the numbers, cutting the 字号 out of the names."""
        self.said = [given(creation.line.facts) for creation in plan.creations]
        items: list[Any] = [*plan.creations, *plan.changes]
        people = [person for item in items for person in item.people]
        self.sealed = {person: sealed(person.phone) for person in people}

    def write(self, actor: Actor, plan: RegisterPlan) -> Iterable[Draft]:
        """Write; the history of it. Runs inside the action."""
        now = timezone.now()
        source = source_for(actor, Source.Kind.IMPORT, self.label, self.day, self.batch_id)
        rooms, drafts = self._rooms(actor, plan)
        drafts += self._change(actor, plan.changes, source, rooms, now)
        drafts += self._create(actor, plan, source, rooms, now)
        self.tables[FactConflict].insert(
            (
                {"enterprise_id": pk, "field": name, "value": str(value)[:400], "source_id": source.pk,
                 "created_at": now}
                for pk, name, value in plan.conflicts
            ),
            ignore_conflicts=True,
        )  # fmt: skip
        return drafts

    # -- rooms -------------------------------------------------------------------------------------------

    def _rooms(self, actor: Actor, plan: RegisterPlan) -> tuple[dict[tuple[int, str], int], list[Draft]]:
        """The rooms that are needed, by building and number; those not there yet are added."""
        spots = [item.line.spot for item in plan.creations if item.line.spot]
        spots += [change.seating.spot for change in plan.changes if change.seating]
        needed = {
            (spot.building, spot.room): spot.floor
            for spot in spots
            if spot.building is not None and spot.room and spot.floor is not None
        }
        known = {key: pk for key in needed if (pk := self.places.units.get(key)) is not None}
        fresh = {key: floor for key, floor in needed.items() if key not in known}
        if not fresh:
            return known, []
        before = self._find_rooms(fresh)
        new = {key: floor for key, floor in fresh.items() if key not in before}
        self.tables[Unit].insert(
            (
                {"building_id": building, "room": room, "floor": floor}
                for (building, room), floor in sorted(new.items())
            ),
            ignore_conflicts=True,
        )
        found = self._find_rooms(fresh)
        self.places.units.update(found)
        by_building: dict[int, list[int]] = {}
        for key in new:
            by_building.setdefault(key[0], []).append(found[key])
        drafts = [
            draft(
                actor=actor, verb="units.added", subject=f"building:{building}", count=len(ids),
                undo={"units": ids},
            )
            for building, ids in by_building.items()
        ]  # fmt: skip
        return known | found, drafts

    def _find_rooms(self, keys: dict[tuple[int, str], Any]) -> dict[tuple[int, str], int]:
        rows = Unit.objects.filter(
            building_id__in={key[0] for key in keys}, room__in={key[1] for key in keys}
        )
        found = {(b, r): pk for pk, b, r in rows.values_list("pk", "building_id", "room")}
        return {key: pk for key, pk in found.items() if key in keys}

    @staticmethod
    def _seat(spot: Spot, rooms: dict[tuple[int, str], int]) -> dict[str, int | None]:
        unit = rooms.get((spot.building, spot.room)) if spot.building is not None else None
        return {"park_id": spot.park, "building_id": spot.building, "unit_id": unit}

    # -- new ones ----------------------------------------------------------------------------------------

    def _create(
        self, actor: Actor, plan: RegisterPlan, source: Source, rooms, now: dt.datetime
    ) -> list[Draft]:
        if not plan.creations:
            return []
        provenance, above = Provenance(source), highest_id()
        said = self.said
        stamp = {"created_at": now, "updated_at": now}
        lines, seats = [], []
        for creation, facts in zip(plan.creations, said, strict=True):
            spot = creation.line.spot
            seat = {**self._seat(spot, rooms), "placement": PLACED} if spot else {}
            values = enterprise_values(
                self.community_id, facts, provenance.text(facts), source, key=creation.line.key
            )
            lines.append({**values, **seat, **stamp})
            seats.append(seat)
        self.tables[Enterprise].insert(lines)
        ids = ids_of_new(self.community_id, [(c.line.code, c.line.key) for c in plan.creations], above)
        self.tables[Tenancy].insert(
            _tenancy(pk, seat, source, Tenancy.Arrival.KNOWN)
            for pk, seat in zip(ids, seats, strict=True)
            if seat
        )
        pairs = list(zip(ids, plan.creations, strict=True))
        self._add_names((pk, name, None) for pk, creation in pairs for name in creation.line.former)
        self._add_people(((pk, creation.people) for pk, creation in pairs), source)
        return [
            draft(
                actor=actor, verb="enterprise.registered", subject=f"enterprise:{pk}", at=now,
                source=source.label, day=source.day, facts=facts, **self._more(creation),
            )
            for (pk, creation), facts in zip(pairs, said, strict=True)
        ]  # fmt: skip

    def _more(self, item) -> dict[str, Any]:
        """What else happened, for the history: where it sits, whom to call (numbers masked)."""
        more: dict[str, Any] = {}
        if spot := item.line.spot if not isinstance(item, Change) else item.seating and item.seating.spot:
            more["to"] = self.places.title(spot)
        if item.people:
            more["contacts"] = [
                f"{person.name} {self.sealed[person]['phone_masked']}".strip() for person in item.people
            ]
        return more

    def _add_names(self, rows: Iterable[tuple[int, str, dt.date | None]]) -> None:
        self.tables[FormerName].insert(
            ({"enterprise_id": pk, "name": name, "until": until} for pk, name, until in rows),
            ignore_conflicts=True,
        )

    def _add_people(self, rows: Iterable[tuple[int, tuple[Person, ...]]], source: Source) -> None:
        self.tables[Contact].insert(
            {"enterprise_id": pk, "name": person.name, "source_id": source.pk, **self.sealed[person]}
            for pk, people in rows
            for person in people
        )

    # -- known ones --------------------------------------------------------------------------------------

    def _change(
        self, actor: Actor, made: list[Change], source: Source, rooms, now: dt.datetime
    ) -> list[Draft]:
        if not made:
            return []
        made = sorted(made, key=lambda change: change.known["id"])
        drafts, rows, closing, refining, opening = [], [], [], [], []
        for change in made:
            known, seating = change.known, change.seating
            undo: dict[str, Any] = {
                "version": known["version"],
                "updated_at": known["updated_at"],
                "provenance": {name: known["provenance"].get(name) for name in change.taken},
            }
            if change.former:
                undo["former"] = change.former
            values = _changed_values(change, source)
            if seating is not None:
                seat = self._seat(seating.spot, rooms)
                values |= {**seat, "placement": PLACED}
                undo["seat"] = {key: known[key] for key in ("placement", *seat)}
                if seating.tenancy is not None:
                    old = seating.tenancy
                    undo["tenancy"] = [old.pk, old.valid_to, old.building_id, old.unit_id]
                if seating.what == "refine" and seating.tenancy is not None:
                    refining.append((seating.tenancy.pk, {k: seat[k] for k in ("building_id", "unit_id")}))
                else:
                    opening.append((known["id"], seat, seating))
                if seating.what == "move":
                    last = self.day - dt.timedelta(days=1)
                    closing.append((old.pk, {"valid_to": max(last, old.valid_from or last)}))
            rows.append((known["id"], {**values, "version": known["version"] + LEAP, "updated_at": now,
                                       "seen": known["version"]}))  # fmt: skip
            before = {name: known[name] for name in change.taken}
            drafts.append(
                draft(
                    actor=actor, verb="enterprise.changed", subject=f"enterprise:{known['id']}", at=now,
                    source=source.label, day=source.day, changes=changes(before, change.taken), undo=undo,
                    **self._more(change),
                )
            )  # fmt: skip
        if self.tables[Enterprise].update(rows, version=True) != len(rows):
            raise Overtaken("其中有企业刚被别人改过，这一批重新比对")
        self.tables[Tenancy].update(closing)
        self.tables[Tenancy].update(refining)
        self.tables[Tenancy].insert(self._opened(pk, seat, seating, source) for pk, seat, seating in opening)
        self._add_names(
            (change.known["id"], name, source.day if name == change.known["name"] else None)
            for change in made
            for name in change.former
        )
        self._add_people(((change.known["id"], change.people) for change in made), source)
        return drafts

    def _opened(self, pk: int, seat: dict, seating, source: Source) -> dict[str, Any]:
        moved = seating.what == "move"
        row = _tenancy(pk, seat, source, Tenancy.Arrival.MOVE if moved else Tenancy.Arrival.KNOWN)
        return row | {"valid_from": self.day} if moved else row


def _tenancy(pk: int, seat: dict[str, Any], source: Source, arrival: str) -> dict[str, Any]:
    columns = {key: seat[key] for key in ("park_id", "building_id", "unit_id")}
    return {"enterprise_id": pk, **columns, "arrival": arrival, "source_id": source.pk}


def _changed_values(change: Change, source: Source) -> dict[str, Any]:
    """Column values of a change: the facts, what follows from the name, and where they come from."""
    if not change.taken:
        return {}
    values = dict(change.taken)
    if "name" in values:
        values["name_key"] = name_key(values["name"])
        values.setdefault("short_name", index.brand(values["name"]))
    entry = [source.pk, source.day.isoformat()]
    values["provenance"] = {**change.known["provenance"], **dict.fromkeys(change.taken, entry)}
    return values
