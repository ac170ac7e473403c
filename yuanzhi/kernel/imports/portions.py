"""A table in portions: read, checked, and made ready for planning, as far as that needs no database.

A large table is read in a process beside the one that plans and writes (`kernel/beside.py`): then reading the
next rows takes no time from writing these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ..tabular.findings import Finding, TableError
from ..tabular.limits import Limits
from ..tabular.mapping import Layout, Record, match, read_records
from ..tabular.reader import open_table


class Making(Protocol):
    """What makes an item of each record. For a large table it is pickled and works elsewhere: plain values.

    eager: the engine says whether the last rows were new; what only new rows need can be made beforehand.
    """

    eager: bool

    def layout(self) -> Layout:
        """The columns."""

    def ready(self, record: Record) -> Any:
        """What `plan` wants, or None; may add findings. Called for every record, in order."""


@dataclass(frozen=True)
class Recipe:
    """Where the table is and how it is read. `above`: rows up to here are in already."""

    path: Path
    filename: str
    sheet: str
    limits: Limits
    overrides: Mapping[str | int, str | None]
    above: int
    size: int


class Opening(NamedTuple):
    """The first thing to be told: sentences about the file, and about how many rows it has."""

    notes: tuple[str, ...]
    total: int


@dataclass
class Portion:
    """Some rows of the table, in order. `first`, `last`: row numbers; items: of rows that can be taken."""

    first: int
    last: int
    rejected: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    items: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, pairs: list[tuple[Record, Any]]) -> Portion:
        """Of records and what became of them."""
        portion = cls(pairs[0][0].row, pairs[-1][0].row)
        for record, item in pairs:
            if not record.ok:
                portion.rejected.add(record.row)
            if record.findings:
                portion.findings += record.findings
            if item is not None:
                portion.items.append(item)
        return portion

    def join(self, other: Portion) -> None:
        """The rows that follow, too."""
        self.last = other.last
        self.rejected |= other.rejected
        self.findings += other.findings
        self.items += other.items


class Reading:
    """Answers with an Opening, then portions, then None. Asked with whether the last rows were new."""

    def __init__(self, recipe: Recipe, making: Making) -> None:
        self.recipe, self.making = recipe, making
        self._portions: Iterator[Portion] | None = None

    def __call__(self, eager: bool) -> Opening | Portion | None:
        self.making.eager = eager
        if self._portions is None:
            return self._open()
        return next(self._portions, None)

    def _open(self) -> Opening:
        recipe = self.recipe
        table = open_table(recipe.path, recipe.filename, sheet=recipe.sheet, limits=recipe.limits)
        matching = match(table, self.making.layout(), recipe.overrides)
        if matching.problems:
            raise TableError("".join(matching.problems))
        self._portions = self._read(read_records(table, matching))
        return Opening((*table.notes, *matching.notes), max(table.rows_hint - matching.header_row, 0))

    def _read(self, records: Iterator[Record]) -> Iterator[Portion]:
        making, above = self.making, self.recipe.above
        while chunk := list(islice(records, self.recipe.size)):
            pairs = [(record, making.ready(record)) for record in chunk]
            if chunk[0].row <= above:
                pairs = [pair for pair in pairs if pair[0].row > above]
            if pairs:
                yield Portion.of(pairs)
