"""Reading imports: those of the actor's community, and what was found in them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.imports.states import Move, allowed
from yuanzhi.kernel.imports.store import begun
from yuanzhi.kernel.models import ImportBatch, ImportFinding
from yuanzhi.kernel.tabular.findings import ERROR, WARNING

from .pages import pages_for


def batches_visible_to(actor: Actor) -> QuerySet[ImportBatch]:
    """Imports into the actor's community, of the kinds they may bring in, the newest first."""
    kinds = [page.code for page in pages_for(actor)]
    if not actor.community_id or not kinds:
        return ImportBatch.objects.none()
    return ImportBatch.objects.filter(chain=actor.community_id, kind__in=kinds).order_by("-id")


def batch_for(actor: Actor, pk: int) -> ImportBatch | None:
    """One import, or None when it is not there or not visible."""
    return batches_visible_to(actor).filter(pk=pk).first()


@dataclass(frozen=True)
class Tally:
    """How often something was found in a column."""

    level: str
    column: str
    count: int


def tallies(batch: ImportBatch) -> list[Tally]:
    """Findings by column, errors first, the most frequent first."""
    rows = (
        ImportFinding.objects.filter(batch=batch).values_list("level", "column").annotate(count=Count("id"))
    )
    found = [Tally(level, column, count) for level, column, count in rows]
    return sorted(found, key=lambda tally: (tally.level != ERROR, -tally.count, tally.column))


def findings_page(
    batch: ImportBatch, *, level: str = "", column: str | None = None, after: int = 0, limit: int = 50
) -> tuple[list[ImportFinding], bool]:
    """A keyset page of findings in the order of the rows, and whether there are more."""
    rows = ImportFinding.objects.filter(batch=batch)
    if level in (ERROR, WARNING):
        rows = rows.filter(level=level)
    if column is not None:
        rows = rows.filter(column=column)
    found = list(rows.filter(pk__gt=after).order_by("pk")[: limit + 1])
    return found[:limit], len(found) > limit


def can(batch: ImportBatch, move: Move) -> bool:
    """Whether the batch may make this move now."""
    return allowed(move, batch.state, begun(batch))
