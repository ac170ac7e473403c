"""Writing a planned chunk: enterprises, seats, rooms, people, conflicts, and a history that can be undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import Draft, action, changes, draft, record_many, told
from yuanzhi.kernel.imports.step import Step
from yuanzhi.kernel.imports.table import Table
from yuanzhi.kernel.many import reserve_ids
from yuanzhi.kernel.refusals import Overtaken

from .. import index
from ..access import IMPORT
from ..actions.guard import permit
from ..actions.sources import source_for
from ..models import Contact, Enterprise, FactConflict, FormerName, Source, Tenancy, Unit
from ..rules.names import name_key
from .bulk import Provenance
from .placing import Places
from .plan import Change, RegisterPlan
from .ready import Fresh, Maker, Person, more
from .spots import Spot

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

    def __init__(
        self, community_id: int, places: Places, maker: Maker, label: str, day: dt.date, batch_id: int
    ) -> None:
        self.community_id, self.places, self.maker, self.day = community_id, places, maker, day
        self.label, self.batch_id = label, batch_id
        self.tables = {
            model: Table(model) for model in (Contact, Enterprise, FactConflict, FormerName, Tenancy, Unit)
        }
        self.sealed: dict[Person, str] = {}
        self.fresh: list[Fresh] = []

    def prepare(self, plan: RegisterPlan) -> None:
        """What takes time and needs no lock, as far as it was not made already: sealing the numbers, cutting
        the 字号 out of the names."""
        self.fresh = [item.line.fresh or self.maker.fresh(item.line) for item in plan.creations]
        people = {person for change in plan.changes for person in change.people}
        self.sealed = {person: self.maker.sealer.seal(person.shown) for person in people}

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
        ids = reserve_ids(Enterprise, len(plan.creations))
        provenance, table = Provenance(source), self.tables[Enterprise]
        base = table.line({"community_id": self.community_id, "created_at": now, "updated_at": now})
        lines, seats, people, names, drafts = [], [], [], [], []
        for pk, creation, fresh in zip(ids, plan.creations, self.fresh, strict=True):
            line = creation.line
            facts = {**line.facts, "short_name": fresh.short_name}
            values = {**facts, "name_key": line.key, "provenance": provenance.text(facts)}
            if line.spot:
                seat = self._seat(line.spot, rooms)
                seats.append(_tenancy(pk, seat, source, Tenancy.Arrival.KNOWN))
                values |= {**seat, "placement": PLACED}
            lines.append(table.line(values, base))
            people += [(pk, who, token) for who, token in zip(line.people, fresh.sealed, strict=True)]
            names += [(pk, name, None) for name in line.former]
            drafts.append(told(actor, "enterprise.registered", f"enterprise:{pk}", fresh.told, now))
        table.insert_lines(lines, ids=ids)
        self.tables[Tenancy].insert(seats)
        self._add_names(names)
        self._add_people(people, source)
        return drafts

    def _more(self, change: Change) -> dict[str, Any]:
        """What else happened, for the history."""
        spot = change.seating.spot if change.seating is not None else None
        return more(change.people, spot, self.places.spots)

    def _add_names(self, rows: Iterable[tuple[int, str, dt.date | None]]) -> None:
        self.tables[FormerName].insert(
            ({"enterprise_id": pk, "name": name, "until": until} for pk, name, until in rows),
            ignore_conflicts=True,
        )

    def _add_people(self, rows: Iterable[tuple[int, Person, str]], source: Source) -> None:
        self.tables[Contact].insert(
            {
                "enterprise_id": pk, "name": person.name, "source_id": source.pk,
                "phone_sealed": sealed, "phone_mark": person.mark, "phone_masked": person.masked,
            }
            for pk, person, sealed in rows
        )  # fmt: skip

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
        self._add_people(
            (
                (change.known["id"], person, self.sealed[person])
                for change in made
                for person in change.people
            ),
            source,
        )
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
