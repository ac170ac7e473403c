"""The same file back, with a 错误信息 column."""

from __future__ import annotations

from typing import BinaryIO

from ..models import ImportBatch, ImportFinding
from ..tabular.findings import Finding
from ..tabular.returning import returned_name, write_back
from .store import LIMITS, opened, path_of


def findings_of(batch: ImportBatch) -> list[Finding]:
    """All that was found, in the order of the rows."""
    rows = ImportFinding.objects.filter(batch=batch).order_by("row", "level", "id")
    return [
        Finding(*line) for line in rows.values_list("row", "column", "level", "message", "value").iterator()
    ]


def give_back(batch: ImportBatch, out: BinaryIO, *, only_rejected: bool = False) -> str:
    """Write the uploaded file with what was found to `out`; returns its name. Raises TableError."""
    table, matching = opened(batch)
    write_back(
        path_of(batch), table, matching, findings_of(batch), out, only_rejected=only_rejected, limits=LIMITS
    )
    return returned_name(table)
