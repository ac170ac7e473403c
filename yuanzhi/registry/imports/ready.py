"""A record of the spreadsheet as a line for the register: facts, people, and where it sits.

Knows no database: for large tables it works in a process beside the one that writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from yuanzhi.kernel.canonical import canonical
from yuanzhi.kernel.sealed import Sealer
from yuanzhi.kernel.tabular.findings import ERROR, WARNING
from yuanzhi.kernel.tabular.mapping import Layout, Record

from ..rules.facts import FACTS, LIVE
from ..rules.names import name_key
from ..rules.phones import Phone
from ..search.names import brand
from . import layout
from .layout import OldCode
from .spots import Spot, Spots

_PLAIN = (
    "name", "kind", "status", "is_abnormal", "abnormal_note", "headcount", "scale", "business",
    "registered_address", "office_address", "district", "representative", "website", "note",
)  # fmt: skip
NAMELESS = "未留姓名"


class Person(NamedTuple):
    """Somebody to call, with one number or none: `shown` is what is sealed, `mark` finds it again."""

    name: str
    shown: str = ""
    mark: str = ""
    masked: str = ""


class Fresh(NamedTuple):
    """What takes time to make for an enterprise that is new: its 字号, the sealed numbers of its people in
    their order, and the data of its first entry of history."""

    short_name: str
    sealed: tuple[str, ...]
    told: str


class Line(NamedTuple):
    """What one row says. `facts` are only those it states; `code` is their uscc or "".

    `fresh` is there when the row was expected to be a new enterprise.
    """

    row: int
    facts: dict[str, Any]
    key: str
    code: str = ""
    former: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    spot: Spot | None = None
    fresh: Fresh | None = None


class Maker:
    """Makes what a new enterprise needs. `source` and `day`: where the table comes from and when it holds."""

    def __init__(self, spots: Spots, sealer: Sealer, source: str, day: str) -> None:
        self.spots, self.sealer = spots, sealer
        self.source, self.day = source, day

    def fresh(self, line: Line) -> Fresh:
        """For this line."""
        facts = line.facts
        short_name = brand(facts["name"])
        told: dict[str, Any] = {
            "source": self.source,
            "day": self.day,
            "facts": {**facts, "short_name": short_name},
            **more(line.people, line.spot, self.spots),
        }
        sealed = tuple([self.sealer.seal(person.shown) for person in line.people])
        return Fresh(short_name, sealed, canonical(told))


def more(people: tuple[Person, ...], spot: Spot | None, spots: Spots) -> dict[str, Any]:
    """What else is told in the history: where it sits, whom to call (numbers masked)."""
    told: dict[str, Any] = {}
    if spot:
        told["to"] = spots.title(spot)
    if people:
        told["contacts"] = [f"{person.name} {person.masked}".strip() for person in people]
    return told


class Reader:
    """Turns records into lines. Knows the rows so far, so that the same enterprise is not taken twice.

    `eager`: whether most rows are likely to be new, so that it is worth making all of a line at once.
    """

    def __init__(self, options: dict[str, Any], maker: Maker) -> None:
        self.options, self.maker = options, maker
        self.eager = True
        self._named: dict[str, tuple[int, bool]] = {}  # name → first row with it, and whether it had a code

    def layout(self) -> Layout:
        """The columns."""
        return layout.layout(self.options)

    def ready(self, record: Record) -> Line | None:
        """The line, or None when the row can't be taken (its findings say why)."""
        if not record.ok:
            return None
        values = record.values
        facts = _facts(values)
        key, code = name_key(facts["name"]), facts.get("uscc", "")
        if not code and "old_code" not in facts:
            record.add("统一社会信用代码", WARNING, "没有代码，先按名称登记，请尽快补上。")
        if not self._first_of_its_name(record, facts["name"], key, code):
            return None
        former = tuple([name for name in _former(values) if name != facts["name"]])
        # Whether it says that the enterprise is in business (or says nothing).
        live = facts.get("status", LIVE[0]) in LIVE
        spot = self.maker.spots.spot(values, record) if live else None
        line = Line(record.row, facts, key, code, former, self._people(values), spot)
        return line._replace(fresh=self.maker.fresh(line)) if self.eager else line

    def _first_of_its_name(self, record: Record, name: str, key: str, code: str) -> bool:
        """Two rows of one name are two enterprises only if each has a code of its own."""
        first, coded = self._named.setdefault(key, (record.row, bool(code)))
        if first == record.row or (coded and code):
            return True
        what = "这一行没有代码，分不清是不是同一家" if coded else "那一行没有代码，分不清是不是同一家"
        record.add("企业名称", ERROR, f"与第 {first} 行同名，而{what}。请补上代码，或者只留一行。", name)
        return False

    def _people(self, values: Mapping[str, Any]) -> tuple[Person, ...]:
        phones: tuple[Phone, ...] = values.get("phones") or ()
        name = (values.get("contact") or "")[:40]
        if phones:
            owner = name or (values.get("representative") or NAMELESS)[:40]
            mark = self.maker.sealer.fingerprint
            return tuple(
                [Person(owner, phone.display(), mark(phone.number), phone.masked()) for phone in phones]
            )
        return (Person(name),) if name else ()


def _facts(values: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for field in _PLAIN:
        value = values.get(field)
        if value is not None and value != "":
            facts[field] = value
    if code := values.get("uscc"):
        facts["old_code" if isinstance(code, OldCode) else "uscc"] = str(code)
    if day := values.get("established_on"):
        facts["established_on"] = day.date
    if capital := values.get("capital"):
        facts["capital"], facts["currency"] = capital
    if division := values.get("division"):
        facts["division"] = division.code
    return facts


assert set(_PLAIN) <= set(FACTS)


def _former(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The earlier names of a row."""
    return tuple(values.get("former") or ())
