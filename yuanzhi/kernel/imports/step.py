"""One chunk of an import: its rows, its place in the file and its findings are written in one transaction."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import F

from ..many import not_waiting_for_the_disk
from ..models import ImportBatch, ImportFinding
from ..models import Sequence as Counter
from ..refusals import Overtaken
from ..tabular.findings import Finding
from .kinds import Plan
from .portions import Portion
from .table import Table


class Ahead(Exception):
    """Another worker has taken this batch further: leave it to them."""


@dataclass(frozen=True)
class Counts:
    """Rows by what became of them; `doubted` are taken rows with a warning."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    doubted: int = 0

    @classmethod
    def of(cls, portion: Portion, plan: Plan) -> Counts:
        bad = portion.rejected | plan.rejected
        told = {finding.row for finding in (*portion.findings, *plan.findings)}
        return cls(plan.created, plan.updated, plan.unchanged, len(bad), len(told - bad))

    def added(self) -> dict[str, F]:
        """As increments of the batch's columns."""
        return {name: F(name) + value for name, value in vars(self).items()}


def series(batch: ImportBatch) -> str:
    """The counter that puts imports of one community in line."""
    return f"import:{batch.chain}"


def turn(batch: ImportBatch) -> int:
    """How many chunks went in so far in this community: a plan holds as long as this does not change."""
    counter, _ = Counter.objects.get_or_create(series=series(batch))
    return counter.value


@dataclass
class Step:
    """Handed to `take`. `seen` is the cursor this worker knows, `turn` the state its plan was made for."""

    batch: ImportBatch
    seen: int
    cursor: int
    turn: int
    counts: Counts
    findings: list[Finding] = field(default_factory=list)
    began: float = 0.0  # when this step got its turn to write: others wait from then on

    def note(self) -> None:
        """Move the cursor, add up, keep the findings: in the running transaction, before anything else.

        Raises Overtaken when another import went in since the plan was made, Ahead when another worker has
        this very chunk: then the whole transaction is undone.
        """
        self.began = time.perf_counter()
        not_waiting_for_the_disk()
        mine = Counter.objects.filter(series=series(self.batch), value=self.turn)
        if not mine.update(value=F("value") + 1):
            raise Overtaken("另一次导入同时在写，这一批重新比对")
        rows = ImportBatch.objects.filter(
            pk=self.batch.pk, cursor=self.seen, state=ImportBatch.State.COMMITTING
        )
        if not rows.update(cursor=self.cursor, **self.counts.added()):
            raise Ahead
        keep_findings(self.batch.pk, self.findings)


@dataclass
class UndoStep:
    """Handed to `undo`: entries under `below` were to be taken back, after this step those under `seq`."""

    batch: ImportBatch
    below: int
    seq: int

    def note(self, kept: Sequence[str] = ()) -> None:
        """Move on, and remember what had to be kept and why (sentences). Raises Ahead."""
        rows = ImportBatch.objects.select_for_update().filter(
            pk=self.batch.pk, state=ImportBatch.State.UNDOING
        )
        batch = rows.first()
        if batch is None or batch.options.get("undo_below", 0) != self.below:
            raise Ahead
        options = {**batch.options, "undo_below": self.seq}
        options["kept_count"] = options.get("kept_count", 0) + len(kept)
        options["kept"] = [*options.get("kept", []), *kept][:200]
        ImportBatch.objects.filter(pk=batch.pk).update(options=options)


def keep_findings(batch_id: int, findings: Sequence[Finding]) -> None:
    """Write findings."""
    Table(ImportFinding).insert(
        {
            "batch_id": batch_id,
            "row": item.row,
            "column": item.column[:60],
            "level": item.level,
            "message": item.message[:300],
            "value": item.value[:200],
        }
        for item in findings
    )
