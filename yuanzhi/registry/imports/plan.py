"""What a chunk of lines would do to the register: worked out from reading alone, written elsewhere."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from yuanzhi.kernel.imports.kinds import Plan
from yuanzhi.kernel.many import ids_by
from yuanzhi.kernel.tabular.findings import ERROR, WARNING, Finding

from ..models import Contact, Enterprise, FactConflict, FormerName, Source, Tenancy
from ..rules.facts import FACTS, Outcome, Statement, weigh
from ..rules.saying import say_fact
from .placing import Places
from .ready import Line, Person
from .spots import Spot

_FIELDS = (
    "id", "version", "updated_at", "provenance", "name_key", "placement", "park_id", "building_id", "unit_id",
    *FACTS,
)  # fmt: skip
Known = dict[str, Any]  # an enterprise as it stands, by column


@dataclass
class Creation:
    """A new enterprise."""

    line: Line
    people: tuple[Person, ...]


@dataclass
class Seating:
    """What happens to where a known enterprise sits: "place" it, "move" it, or "refine" its seat."""

    what: str
    spot: Spot
    tenancy: Tenancy | None = None


@dataclass
class Change:
    """What a line changes at a known enterprise."""

    line: Line
    known: Known
    taken: dict[str, Any] = field(default_factory=dict)
    former: list[str] = field(default_factory=list)
    people: tuple[Person, ...] = ()
    seating: Seating | None = None

    def __bool__(self) -> bool:
        return bool(self.taken or self.former or self.people or self.seating)


@dataclass
class RegisterPlan(Plan):
    """A chunk's plan. `conflicts`: (enterprise id, field, value) for a person to decide."""

    creations: list[Creation] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    conflicts: list[tuple[int, str, Any]] = field(default_factory=list)

    @property
    def writes(self) -> bool:
        return bool(self.creations or self.changes or self.conflicts)

    def say(self, line: Line, column: str, level: str, message: str, value: str = "") -> None:
        self.findings.append(Finding(line.row, column, level, message, value))
        if level == ERROR:
            self.rejected.add(line.row)


class Planner:
    """Plans chunk after chunk of one import. `claimed` remembers which row spoke for which enterprise."""

    def __init__(self, community_id: int, places: Places, day: dt.date, kind: str) -> None:
        self.community_id, self.places, self.day, self.kind = community_id, places, day, kind
        self.claimed: dict[int, int] = {}
        self._kinds: dict[int, str] = {}

    def plan(self, lines: Sequence[Line]) -> RegisterPlan:
        """What these lines would do."""
        plan = RegisterPlan()
        by_code, by_old, by_name = self._known(lines)
        matched: list[tuple[Line, Known]] = []
        for line in lines:
            found = _match(line, by_code, by_old, by_name, plan)
            if line.row in plan.rejected:
                continue
            if found is None:
                _note_namesake(line, by_name, plan)
                plan.creations.append(Creation(line, line.people))
                continue
            first = self.claimed.setdefault(found["id"], line.row)
            if first != line.row:
                what = f"与第 {first} 行说的是名录里的同一家（{found['name']}）；请核对后只留一行。"
                plan.say(line, "企业名称", ERROR, what, line.facts["name"])
                continue
            matched.append((line, found))
        self._changes(matched, plan)
        plan.created, plan.updated = len(plan.creations), len(plan.changes)
        plan.unchanged = len(matched) - plan.updated
        return plan

    # -- what is known -----------------------------------------------------------------------------------

    def _known(self, lines: Sequence[Line]):
        """What is known, by code, by old code, and by name (a list each: names may repeat)."""
        base = Enterprise.objects.filter(community_id=self.community_id, merged_into=None)
        codes = self._ids("uscc", (line.code for line in lines if line.code))
        by_code = {row["uscc"]: row for row in _rows(base, codes)}
        # Only the rows that are not found by their code have to be looked for by name.
        rest = [line for line in lines if line.code not in by_code]
        old = [code for line in rest if (code := line.facts.get("old_code"))]
        olds = base.filter(old_code__in=old).values_list("pk", flat=True) if old else ()
        by_old = {row["old_code"]: row for row in _rows(base, list(olds))}
        by_name: dict[str, list[Known]] = defaultdict(list)
        for row in _rows(base, self._ids("name_key", (line.key for line in rest))):
            by_name[row["name_key"]].append(row)
        return by_code, by_old, by_name

    def _ids(self, column: str, values: Iterable[str]) -> list[int]:
        # In the words of the index of codes, which knows only what is not merged and has a code.
        also = "NOT (e.uscc = '') AND e.merged_into_id IS NULL" if column == "uscc" else "true"
        return ids_by(
            Enterprise, ("community_id", self.community_id), column, list(dict.fromkeys(values)), also
        )

    def _kind_of(self, source_id: int) -> str:
        if source_id not in self._kinds:
            rows = Source.objects.filter(community_id=self.community_id, pk__gte=source_id)
            self._kinds |= dict(rows.values_list("pk", "kind"))
            self._kinds.setdefault(source_id, Source.Kind.IMPORT)
        return self._kinds[source_id]

    # -- what changes ------------------------------------------------------------------------------------

    def _changes(self, matched: list[tuple[Line, Known]], plan: RegisterPlan) -> None:
        changes = [Change(line, known) for line, known in matched]
        for change in changes:
            self._weigh(change, plan)
        self._former_names(changes)
        self._people(changes)
        self._seats(changes, plan)
        _drop_known_conflicts(plan)
        plan.changes = [change for change in changes if change and change.line.row not in plan.rejected]

    def _weigh(self, change: Change, plan: RegisterPlan) -> None:
        known = change.known
        provenance = known["provenance"]
        for name, value in change.line.facts.items():
            entry = provenance.get(name)
            if entry is not None and known[name] == value:
                continue
            before = None
            if entry is not None:
                before = Statement(known[name], dt.date.fromisoformat(entry[1]), self._kind_of(entry[0]))
            outcome = weigh(before, Statement(value, self.day, self.kind))
            if outcome is Outcome.TAKE:
                change.taken[name] = value
            elif outcome is Outcome.CONFLICT:
                plan.conflicts.append((known["id"], name, value))
                then = f"名录里是“{_short(say_fact(name, known[name]))}”（{entry[1]}，比这张表新或更可靠）"
                plan.say(
                    change.line, FACTS[name], WARNING, f"{then}，没有改，已列入待核对。", _short(str(value))
                )

    def _former_names(self, changes: list[Change]) -> None:
        wanted = []
        for change in changes:
            names = list(change.line.former)
            if "name" in change.taken:
                names.append(change.known["name"])
            change.former = [name for name in dict.fromkeys(names) if name != change.taken.get("name")]
            wanted += [change.known["id"]] if change.former else []
        if wanted:
            rows = FormerName.objects.filter(enterprise_id__in=wanted)
            there = set(rows.values_list("enterprise_id", "name"))
            for change in changes:
                change.former = [name for name in change.former if (change.known["id"], name) not in there]

    def _people(self, changes: list[Change]) -> None:
        with_people = [change for change in changes if change.line.people]
        if not with_people:
            return
        rows = Contact.objects.filter(enterprise_id__in=[change.known["id"] for change in with_people])
        there: set[tuple[int, str, str]] = set()
        left: dict[tuple[int, str], dt.date] = {}
        for owner, name, mark, gone in rows.values_list("enterprise_id", "name", "phone_mark", "valid_to"):
            if gone is None:
                there |= {(owner, name, mark), (owner, name, "")}
            else:
                left[owner, name] = gone
        for change in with_people:
            owner = change.known["id"]
            change.people = tuple(
                person
                for person in change.line.people
                if (owner, person.name, person.mark) not in there
                # Who was taken off the list does not come back by a table of before that.
                and not ((gone := left.get((owner, person.name))) is not None and gone >= self.day)
            )

    def _seats(self, changes: list[Change], plan: RegisterPlan) -> None:
        maybe = [change for change in changes if (spot := change.line.spot) and _may_seat(change, spot)]
        stated = [change.known["id"] for change in maybe if change.known["placement"] != "to_place"]
        tenancies: dict[int, Tenancy] = {}
        if stated:
            rows = Tenancy.objects.filter(enterprise_id__in=stated, valid_to=None, is_main=True)
            tenancies = {row.enterprise_id: row for row in rows.select_related("source")}
        for change in maybe:
            spot = change.line.spot
            assert spot is not None
            here = tenancies.get(change.known["id"])
            if here is None:
                change.seating = Seating("place", spot)
            elif here.park_id == spot.park:
                change.seating = self._refined(here, spot)
            elif self._believed(here):
                change.seating = Seating("move", spot, here)
            else:
                now = self.places.spots.names.get(here.park_id, "别处")
                plan.say(
                    change.line, "所属园区", WARNING, f"名录里它在{now}，那条记录更新或更可靠，没有搬动。",
                    self.places.spots.names[spot.park],
                )  # fmt: skip

    def _refined(self, here: Tenancy, spot: Spot) -> Seating | None:
        """The same park: a building or room that was not known so far is added, nothing is replaced."""
        if here.building_id is None and spot.building is not None:
            return Seating("refine", spot, here)
        if (
            here.building_id == spot.building
            and here.unit_id is None
            and spot.room
            and spot.floor is not None
        ):
            return Seating("refine", spot, here)
        return None

    def _believed(self, here: Tenancy) -> bool:
        """Whether this table knows better than who noted the present seat."""
        if here.source is None:
            return here.valid_from is None or here.valid_from < self.day
        before = Statement("there", here.source.day, here.source.kind)
        return weigh(before, Statement("here", self.day, self.kind)) is Outcome.TAKE


def _rows(base: QuerySet[Enterprise], ids: Sequence[int]) -> Iterable[Known]:
    """These of the register's enterprises, by id."""
    if not ids:
        return ()
    rows = base.filter(pk__in=ids).order_by("pk")
    return (dict(zip(_FIELDS, row, strict=True)) for row in rows.values_list(*_FIELDS))


def _match(line: Line, by_code, by_old, by_name, plan: RegisterPlan) -> Known | None:
    """Which known enterprise a line is about: by code, by old code, else by name if that is clear."""
    if line.code and (found := by_code.get(line.code)):
        return found
    if (old := line.facts.get("old_code")) and (found := by_old.get(old)):
        return found
    same = by_name.get(line.key, ())
    if line.code:  # found by name only where the code is not known yet
        same = [row for row in same if not row["uscc"]]
        return same[0] if len(same) == 1 else None
    if len(same) > 1:
        codes = "、".join(row["uscc"] or "无代码" for row in same[:3])
        what = f"名录里有 {len(same)} 家叫这个名字（{codes}）：请补上代码。"
        plan.say(line, "企业名称", ERROR, what, line.facts["name"])
        return None
    return same[0] if same else None


def _note_namesake(line: Line, by_name, plan: RegisterPlan) -> None:
    if line.code and (same := by_name.get(line.key)):
        code = same[0]["uscc"] or "无代码"
        what = f"名录里已有同名企业（{code}），按另一家登记；若是同一家，请到企业页合并。"
        plan.say(line, "企业名称", WARNING, what, line.facts["name"])


def _may_seat(change: Change, spot: Spot) -> bool:
    """Whether a table may say where a known enterprise sits: only if not settled, or if it names a park."""
    status = change.taken.get("status", change.known["status"])
    if status not in Enterprise.LIVE:
        return False
    return spot.stated or change.known["placement"] == Enterprise.Placement.TO_PLACE


def _drop_known_conflicts(plan: RegisterPlan) -> None:
    """What was laid before a person already, decided or not, is not laid before them again."""
    if not plan.conflicts:
        return
    rows = FactConflict.objects.filter(enterprise_id__in={pk for pk, _, _ in plan.conflicts})
    there = set(rows.values_list("enterprise_id", "field", "value"))
    plan.conflicts = [item for item in plan.conflicts if (item[0], item[1], str(item[2])[:400]) not in there]


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
