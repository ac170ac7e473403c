"""What an app tells about one kind of table, so that the engine can bring it in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from ..history import Acting
from ..models import HistoryEntry, ImportBatch
from ..tabular.findings import Finding
from ..tabular.mapping import Layout, Record

if TYPE_CHECKING:
    from .step import Step, UndoStep


@dataclass
class Plan:
    """What a chunk of rows would do, worked out from reading alone. An app adds what its `take` needs.

    rejected: rows that turn out not to fit what is there already, each with an error among the findings.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)
    rejected: set[int] = field(default_factory=set)


class Session(Protocol):
    """One pass over one table. Holds what is looked up once."""

    def ready(self, record: Record) -> Any:
        """Turn a record into what `plan` wants; may add findings. Called for every record, in order, also
        for those that went in before a crash (so that duplicates inside the file are still found).

        A session may have `reader` instead, a `portions.Making` that needs no database: large tables are then
        read in a process of their own."""

    def plan(self, items: Sequence[Any]) -> Plan:
        """What these items would do. Reads only; called again when somebody was faster."""

    def take(self, *, actor: Acting, plan: Any, step: Step) -> None:
        """Do it: an @action that calls `step.note()` first. All of a chunk or nothing of it."""

    def follow(self, entries: Sequence[HistoryEntry]) -> None:
        """What comes after the rows (a search index, say), for these entries of the import. Idempotent."""

    def undo(self, *, actor: Acting, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        """Take back what these entries did, the newest first: an @action that calls `step.note(kept)`."""

    def finish_undo(self, *, actor: Acting) -> None:
        """After the last entry was taken back: clear away what only the import needed."""


class Kind(Protocol):
    """One kind of table."""

    code: str
    name: str  # what one row is, in Chinese

    def layout(self, options: dict[str, Any]) -> Layout:
        """The columns. `options` are those given at the upload, e.g. the day for which the table holds."""

    def actor(self, batch: ImportBatch) -> Acting:
        """Who acts when the batch runs in the background: the person who uploaded it, as they are today.
        Raises Refused when they may no longer."""

    def session(self, batch: ImportBatch, actor: Acting) -> Session:
        """A new pass."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known. Called when its app is ready."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> Kind:
    """The kind by its code. Raises KeyError."""
    return _kinds[code]
