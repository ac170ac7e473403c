"""Files and checklist of a case as pages show them: for staff, in the portal, by link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from yuanzhi.accounts.actor import Actor

from .attachments import is_picture
from .models import Attachment, Case, CaseStage
from .procedure import progress_of, say_by
from .queries_catalogue import attachments_of
from .rows import Row
from .states import CLOSED, State

_SIGNS = {"done": "circle-check", "skipped": "circle-slash", "late": "clock-alert", "open": "circle"}
_SAID = {"done": "已办好", "skipped": "不需要", "late": "过了日子还没办好", "open": "还没办"}
_FILE_SIGNS = {"application/pdf": "file-text", "text/csv": "file-spreadsheet", "text/plain": "file-text"}


@dataclass(frozen=True)
class Line:
    """One line of the checklist."""

    pk: int
    kind: str
    name: str
    who: str
    hint: str
    state: str  # done, skipped, late or open
    by: str
    done_at: dt.datetime | None
    done_by: str
    why: str

    @property
    def sign(self) -> str:
        return _SIGNS[self.state]

    @property
    def said(self) -> str:
        return _SAID[self.state]


@dataclass(frozen=True)
class File:
    """One file."""

    pk: int
    name: str
    size: int
    author_label: str
    is_public: bool
    is_picture: bool
    sign: str
    may_remove: bool


def checklist(case: Case) -> dict[str, Any]:
    """`stages` and `progress` of a case. One query; none for a case that can't have any."""
    rows = list(CaseStage.objects.filter(case=case))
    now = timezone.localtime()
    closed = State(case.state) in CLOSED
    return {
        "stages": [_line(row, now) for row in sorted(rows, key=lambda r: (r.kind, r.order))],
        "progress": progress_of(rows, now),
        "closed": closed,
    }


def moving_along(rows: Iterable[Row], now: dt.datetime) -> dict[int, str]:
    """{case id: "3/7，下一步：银行开户，周四前"} of those of these rows that have a procedure. One query."""
    local = timezone.localtime(now)
    lines: dict[int, list[CaseStage]] = {}
    ids = [row.case.pk for row in rows if row.case.item_id and State(row.case.state) not in CLOSED]
    for line in CaseStage.objects.filter(case__in=ids).order_by("case_id", "kind", "order") if ids else ():
        lines.setdefault(line.case_id, []).append(line)
    return {pk: words for pk, found in lines.items() if (words := progress_of(found, local).words)}


def _line(row: CaseStage, now: dt.datetime) -> Line:
    if row.done_at:
        state = "done"
    elif row.is_skipped:
        state = "skipped"
    else:
        state = "late" if row.due_at and row.due_at < now else "open"
    by = say_by(row.due_at, now) if row.due_at and state in ("open", "late") else ""
    return Line(
        row.pk, row.kind, row.name, row.who, row.hint, state, by, row.done_at, row.done_by_label, row.why
    )


def files_of(case: Case, actor: Actor, *, public: bool, works: bool = False) -> dict[str, Any]:
    """`attachments` of a case. One query."""
    return {"attachments": [_file(row, actor, works) for row in attachments_of(case, public=public)]}


def _file(row: Attachment, actor: Actor, works: bool) -> File:
    own = actor.user_id is not None and row.author_id == actor.user_id
    sign = _FILE_SIGNS.get(row.mime) or ("file-spreadsheet" if "spreadsheet" in row.mime else "file")
    return File(
        row.pk,
        row.name,
        row.size,
        row.author_label,
        row.is_public,
        is_picture(row.mime),
        sign,
        works or own,
    )
