"""The uploaded file: taken in, kept outside the web's reach, opened again, and thrown away in time."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from ..history import HOUSE, Acting, action
from ..models import ImportBatch
from ..refusals import Overtaken, Refused
from ..tabular.findings import Cell, TableError, cell_text, column_letter
from ..tabular.limits import Limits
from ..tabular.mapping import HEADER_ROWS, Layout, Matching, match
from ..tabular.reader import Table, open_table
from .kinds import kind_of
from .portions import Recipe
from .states import MOVES, Move, allowed

LIMITS = Limits()
CLEARED = "原文件已经清理掉了（只保留一段时间）。请重新上传一次。"
SAMPLES = 3
SAMPLED = 20  # rows looked at for them
_PIECE = 1 << 20


def path_of(batch: ImportBatch) -> Path:
    """Where its file lies."""
    return Path(settings.MEDIA_ROOT) / batch.stored


def _keep(pieces: Iterable[bytes]) -> tuple[str, int, str]:
    """Store the bytes; (name below MEDIA_ROOT, size, sha256). Raises TableError beyond the limit."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"imports/{uuid.uuid4().hex}"
    target = Path(settings.MEDIA_ROOT) / name
    digest, size = hashlib.sha256(), 0
    # Tables hold phone numbers: nobody else on the machine has to read them.
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            for piece in pieces:
                size += len(piece)
                LIMITS.check_file(size)
                digest.update(piece)
                out.write(piece)
        LIMITS.check_file(size)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return name, size, digest.hexdigest()


def pieces_of(file: BinaryIO) -> Iterable[bytes]:
    """A binary file in pieces."""
    while piece := file.read(_PIECE):
        yield piece


@action
def upload(
    *,
    actor: Acting,
    kind: str,
    pieces: Iterable[bytes],
    filename: str,
    options: dict[str, Any] | None = None,
) -> ImportBatch:
    """Take in a file. Raises Refused with the reason when it is no table that can be read.

    The batch is its own record of who brought what and when; history begins when it writes something.
    """
    try:
        stored, size, sha256 = _keep(pieces)
    except TableError as error:
        raise Refused(str(error)) from error
    batch = ImportBatch(
        chain=actor.community_id or HOUSE,
        kind=kind,
        filename=Path(filename.replace("\\", "/")).name[-200:] or "表格",
        stored=stored,
        size=size,
        sha256=sha256,
        options=options or {},
        user_id=actor.user_id,
        user_label=actor.label,
    )
    try:
        table, matching = opened(batch)
    except TableError as error:
        path_of(batch).unlink(missing_ok=True)
        raise Refused(str(error)) from error
    batch.headers = list(matching.headers)
    batch.total = max(table.rows_hint - matching.header_row, 0)
    batch.save()
    return batch


def opened(batch: ImportBatch) -> tuple[Table, Matching]:
    """Its table, and what was made of the headers. Raises TableError."""
    path = path_of(batch)
    if not batch.stored or not path.is_file():
        raise TableError(CLEARED)
    table = open_table(path, batch.filename, sheet=batch.options.get("sheet", ""), limits=LIMITS)
    return table, match(table, layout_of(batch), overrides_of(batch))


def recipe_of(batch: ImportBatch, above: int, size: int) -> Recipe:
    """How its rows above `above` are read, `size` at a time. Raises TableError."""
    path = path_of(batch)
    if not batch.stored or not path.is_file():
        raise TableError(CLEARED)
    sheet = batch.options.get("sheet", "")
    return Recipe(path, batch.filename, sheet, LIMITS, overrides_of(batch), above, size)


def layout_of(batch: ImportBatch) -> Layout:
    """The columns it is read by."""
    return kind_of(batch.kind).layout(batch.options)


def overrides_of(batch: ImportBatch) -> dict[str | int, str | None]:
    """What a person decided about the columns: by position, and by header so that the row is found again."""
    chosen: dict[str | int, str | None] = {}
    for place, key in batch.mapping.items():
        position = int(place)
        chosen[position] = key
        if key and position < len(batch.headers) and batch.headers[position]:
            chosen[batch.headers[position]] = key
    return chosen


def same_before(batch: ImportBatch) -> ImportBatch | None:
    """The last import of the very same file that is in."""
    rows = ImportBatch.objects.filter(
        chain=batch.chain, kind=batch.kind, sha256=batch.sha256, state=ImportBatch.State.DONE
    )
    return rows.exclude(pk=batch.pk).order_by("-id").first()


def begun(batch: ImportBatch) -> bool:
    """Whether rows of it are in the product."""
    return bool(batch.options.get("stage"))


def move(batch: ImportBatch, what: Move, **columns: Any) -> None:
    """Bring a batch into its next state by compare-and-set; `columns` change along. Raises Overtaken."""
    if not allowed(what, batch.state, begun(batch)):
        raise Overtaken(f"这次导入现在是“{batch.get_state_display()}”，不能这样做：请刷新看看最新情况")
    target = MOVES[what][1]
    if not ImportBatch.objects.filter(pk=batch.pk, state=batch.state).update(state=target, **columns):
        raise Overtaken("别人刚刚处理了这次导入：请刷新看看最新情况")
    batch.state = target
    for name, value in columns.items():
        setattr(batch, name, value)


# -- which column is which ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Heading:
    """A column of the file as the mapping page shows it. `key` is what it is taken for, "" for nothing."""

    position: int
    letter: str
    header: str
    key: str
    samples: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What was made of a file's headers, for a person to confirm."""

    headings: tuple[Heading, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    header_row: int
    rows: int
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def propose(batch: ImportBatch) -> Proposal:
    """The mapping as it stands, with the first values of each column. Raises TableError."""
    table, matching = opened(batch)
    headers, first = matching.headers, matching.first_row
    if not headers:  # nothing was recognised: offer the row with the most words
        head = table.head(HEADER_ROWS)
        number, cells = max(
            head, key=lambda item: sum(isinstance(cell, str) and bool(cell) for cell in item[1])
        )
        headers, first = tuple(cell_text(cell) for cell in cells), number + 1
    samples = _samples(table, first, len(headers))
    keys = {position: key for key, position in matching.places.items()}
    headings = tuple(
        Heading(at, column_letter(at), header, keys.get(at, ""), tuple(samples[at]))
        for at, header in enumerate(headers)
        if header
    )
    notes = (*table.notes, *matching.notes)
    rows = max(table.rows_hint - first + 1, 0)
    return Proposal(headings, matching.problems, notes, matching.header_row, rows, table.sheet, table.sheets)


def _samples(table: Table, first: int, width: int) -> list[list[str]]:
    samples: list[list[str]] = [[] for _ in range(width)]
    for number, cells in table.head(first + SAMPLED):
        if number < first:
            continue
        for at, cell in enumerate(cells[:width]):
            if len(samples[at]) < SAMPLES and (text := _sample(cell)):
                samples[at].append(text)
    return samples


def _sample(cell: Cell) -> str:
    text = cell_text(cell)
    return text if len(text) <= 24 else f"{text[:24]}…"


@action
def choose_columns(
    *, actor: Acting, batch: ImportBatch, chosen: Mapping[int, str], headers: Mapping[int, str]
) -> None:
    """A person says which column is which: position → column key, "" to leave it out. Raises Refused."""
    taken: dict[str, int] = {}
    for position, key in chosen.items():
        if key and key in taken:
            title = layout_of(batch).by_key(key).title
            one, two = column_letter(taken[key]), column_letter(position)
            raise Refused(f"{one} 列和 {two} 列都选了“{title}”：一项内容只能取自一列")
        if key:
            taken[key] = position
    row = [headers.get(position, "") for position in range(max(headers, default=-1) + 1)]
    mapping = {str(position): key or None for position, key in chosen.items()}
    move(batch, Move.MAP, mapping=mapping, headers=row, message="")


@action
def choose_sheet(*, actor: Acting, batch: ImportBatch, sheet: str) -> None:
    """Read another sheet of the workbook; the columns are recognised anew. Raises Refused."""
    options = {**batch.options, "sheet": sheet}
    trial = copy.copy(batch)
    trial.options, trial.mapping = options, {}
    try:
        table, matching = opened(trial)
    except TableError as error:
        raise Refused(str(error)) from error
    total = max(table.rows_hint - matching.header_row, 0)
    headers = list(matching.headers)
    move(batch, Move.MAP, options=options, mapping={}, headers=headers, total=total, message="")


def discard_old_files(days: int = 90) -> int:
    """Throw away the files of imports this old (they hold phone numbers); returns how many."""
    limit = timezone.now() - dt.timedelta(days=days)
    gone = 0
    for batch in ImportBatch.objects.filter(created_at__lt=limit).exclude(stored="").iterator():
        path_of(batch).unlink(missing_ok=True)
        gone += ImportBatch.objects.filter(pk=batch.pk).update(stored="")
    return gone
