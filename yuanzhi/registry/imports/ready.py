"""A record of the spreadsheet as a line for the register: facts, people, and where it sits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from yuanzhi.kernel.tabular.findings import ERROR, WARNING
from yuanzhi.kernel.tabular.mapping import Record

from ..models import Enterprise
from ..rules.facts import FACTS
from ..rules.names import name_key
from ..rules.phones import Phone
from .layout import OldCode
from .placing import Places, Spot

_PLAIN = (
    "name", "kind", "status", "is_abnormal", "abnormal_note", "headcount", "scale", "business",
    "registered_address", "office_address", "district", "representative", "website", "note",
)  # fmt: skip
NAMELESS = "未留姓名"


class Person(NamedTuple):
    """Somebody to call, with one number or none."""

    name: str
    phone: Phone | None


@dataclass(slots=True)
class Line:
    """What one row says. `facts` are only those it states; `code` is their uscc or ""."""

    row: int
    facts: dict[str, Any]
    key: str
    code: str = ""
    former: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    spot: Spot | None = None

    @property
    def live(self) -> bool:
        """Whether it says that the enterprise is in business (or says nothing)."""
        return self.facts.get("status", Enterprise.Status.ACTIVE) in Enterprise.LIVE


class Reader:
    """Turns records into lines. Knows the rows so far, so that the same enterprise is not taken twice."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._named: dict[str, tuple[int, bool]] = {}  # name → first row with it, and whether it had a code

    def line(self, record: Record) -> Line | None:
        """The line, or None when the row can't be taken (its findings say why)."""
        if not record.ok:
            return None
        values = record.values
        facts = _facts(values)
        line = Line(record.row, facts, name_key(facts["name"]), facts.get("uscc", ""))
        if not line.code and "old_code" not in facts:
            record.add("统一社会信用代码", WARNING, "没有代码，先按名称登记，请尽快补上。")
        if not self._first_of_its_name(line, record):
            return None
        line.former = tuple(name for name in _former(values) if name != facts["name"])
        line.people = _people(values)
        if line.live:
            line.spot = self.places.spot(values, record)
        return line

    def _first_of_its_name(self, line: Line, record: Record) -> bool:
        """Two rows of one name are two enterprises only if each has a code of its own."""
        first, coded = self._named.setdefault(line.key, (line.row, bool(line.code)))
        if first == line.row or (coded and line.code):
            return True
        what = "这一行没有代码，分不清是不是同一家" if coded else "那一行没有代码，分不清是不是同一家"
        record.add(
            "企业名称",
            ERROR,
            f"与第 {first} 行同名，而{what}。请补上代码，或者只留一行。",
            line.facts["name"],
        )
        return False


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


def _people(values: dict[str, Any]) -> tuple[Person, ...]:
    phones: tuple[Phone, ...] = values.get("phones") or ()
    name = (values.get("contact") or "")[:40]
    if phones:
        owner = name or (values.get("representative") or NAMELESS)[:40]
        return tuple(Person(owner, phone) for phone in phones)
    return (Person(name, None),) if name else ()


assert set(_PLAIN) <= set(FACTS)


def _former(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The earlier names of a row."""
    return tuple(values.get("former") or ())
