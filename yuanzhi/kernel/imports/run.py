"""The three passes over a table: check it, bring it in, take it back. Each goes on where it was cut off."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from ..beside import Beside, Gone
from ..history import Acting, action, cause, record
from ..jobs import check_lease
from ..many import log_kept_longer
from ..models import HistoryEntry, ImportBatch, ImportFinding
from ..refusals import Overtaken, Refused
from ..tabular.findings import TableError
from .kinds import Plan, Session, kind_of
from .pace import Pace
from .portions import Portion, Reading
from .states import Move, allowed
from .step import Ahead, Counts, Step, UndoStep, keep_findings, turn
from .store import begun, move, recipe_of

log = logging.getLogger("yuanzhi.imports")

CHUNK = 500  # rows in one transaction to begin with, then as the pace goes (trial: p95 80 ms at 500)
PORTION = 250  # rows read at a time
LARGE = 3_000  # rows from which a second process reads: it takes half a second to start
FOLLOW = 2_000  # entries of one step of what follows
GONE = "读表的进程中途停了（可能是内存不够）。已经导入的行都在，请点“接着做”；仍不行请把表拆成几份。"
TRIES = 10  # times a chunk is planned anew because somebody was faster

Say = Callable[[ImportBatch], None]
NOTHING = dict.fromkeys(("cursor", "created", "updated", "unchanged", "rejected", "doubted"), 0)


def _silent(batch: ImportBatch) -> None:
    pass


def origin(batch: ImportBatch) -> str:
    """The cause under which all it wrote stands in the history."""
    return f"import:{batch.pk}"


def load(batch_id: int) -> ImportBatch:
    """The batch as it is now. Raises ImportBatch.DoesNotExist."""
    return ImportBatch.objects.get(pk=batch_id)


def _fail(batch: ImportBatch, message: str) -> ImportBatch:
    now = load(batch.pk)
    options = dict(now.options)
    if not now.cursor:  # nothing went in: the columns may still be put right
        options.pop("stage", None)
    move(now, Move.FAIL, message=message[:400], options=options, finished_at=timezone.now())
    return now


class _Ready:
    """A session's own `ready`, for kinds whose rows can't be made ready elsewhere."""

    eager = True

    def __init__(self, kind: Any, batch: ImportBatch, session: Session) -> None:
        self.layout, self.ready = partial(kind.layout, batch.options), session.ready


class _Pass:
    """A table being read, and the session that plans and writes what is read."""

    def __init__(self, batch: ImportBatch, above: int = 0, *, eager: bool) -> None:
        kind = kind_of(batch.kind)
        self.actor = kind.actor(batch)
        self.session: Session = kind.session(batch, self.actor)
        self.eager, self.size = eager, min(PORTION, CHUNK)
        making = getattr(self.session, "reader", None)
        apart = making is not None and batch.total >= LARGE
        making = making or _Ready(kind, batch, self.session)
        self._beside = Beside(Reading, recipe_of(batch, above, self.size), making, apart=apart)
        self._answers = self._beside.answers(iter(lambda: self.eager, None))

    def __enter__(self) -> _Pass:
        try:
            self.notes, self.total = next(self._answers)
        except BaseException:
            self._beside.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._beside.close()

    def portions(self, pace: Pace) -> Iterator[Portion]:
        """The rows, as many at a time as the pace wants."""
        whole: Portion | None = None
        for portion in self._answers:
            if portion is None:
                break
            if whole is None:
                whole = portion
            else:
                whole.join(portion)
            if whole.last - whole.first + 1 + self.size > pace.rows:
                yield whole
                whole = None
        if whole is not None:
            yield whole

    def plan(self, portion: Portion) -> Plan:
        """What these rows would do; whoever reads the next ones is told whether they are likely to be new."""
        plan = self.session.plan(portion.items)
        self.eager = plan.created > plan.unchanged + plan.updated
        return plan


def check(batch_id: int, say: Say = _silent) -> ImportBatch:
    """Dry run: find out what each row would do, write nothing but findings. Ends in CHECKED or FAILED."""
    batch = load(batch_id)
    if not allowed(Move.CHECK, batch.state, begun(batch)):
        return batch
    try:
        _start_check(batch)
        with _Pass(batch, eager=False) as going:
            ImportBatch.objects.filter(pk=batch.pk).update(total=going.total)
            batch.total = going.total
            for portion in going.portions(Pace(CHUNK)):
                plan = going.session.plan(portion.items)
                with transaction.atomic():
                    _add(batch, portion.last, Counts.of(portion, plan))
                    keep_findings(batch.pk, portion.findings + plan.findings)
                check_lease()
                say(batch)
    except Overtaken:
        raise
    except Gone as error:
        log.warning("import %s: %s", batch.pk, error)
        return _fail(batch, GONE)
    except (TableError, Refused) as error:
        return _fail(batch, str(error))
    rows = batch.created + batch.updated + batch.unchanged + batch.rejected
    message = "" if rows else "表头下面没有数据。"
    options = {**batch.options, "notes": list(going.notes)}
    move(batch, Move.CHECKED, total=rows, options=options, message=message)
    return batch


def _start_check(batch: ImportBatch) -> None:
    with transaction.atomic():
        ImportFinding.objects.filter(batch=batch).delete()
        move(batch, Move.CHECK, message="", **NOTHING)


def _add(batch: ImportBatch, cursor: int, counts: Counts) -> None:
    batch.cursor = cursor
    for name, value in vars(counts).items():
        setattr(batch, name, getattr(batch, name) + value)
    batch.save(update_fields=["cursor", *vars(counts)])


def commit(batch_id: int, say: Say = _silent) -> ImportBatch:
    """Bring the rows in, those above the cursor; then what follows them. Ends in DONE or FAILED.

    May be cut off anywhere and called again: no row goes in twice. Raises Ahead or LeaseLost when another
    worker is at it.
    """
    batch = load(batch_id)
    if not allowed(Move.COMMIT, batch.state, begun(batch)):
        return batch
    try:
        begin_commit(batch)
        with cause(origin(batch)):
            if batch.options["stage"] == "rows":
                batch = _rows(batch, say)
                _stage(batch, "follow")
            with log_kept_longer():
                _follow(batch, say)
    except Overtaken:
        raise
    except Gone as error:
        log.warning("import %s: %s", batch.pk, error)
        return _fail(batch, GONE)
    except (TableError, Refused) as error:
        return _fail(batch, str(error))
    _end(actor=kind_of(batch.kind).actor(batch), batch=batch)
    return batch


def begin_commit(batch: ImportBatch) -> None:
    """Rows may go in from now on, or go on going in. Raises Overtaken."""
    if batch.options.get("stage"):
        move(batch, Move.COMMIT, message="", finished_at=None)
        return
    with transaction.atomic():
        ImportFinding.objects.filter(batch=batch).delete()
        move(batch, Move.COMMIT, options={**batch.options, "stage": "rows"}, message="", **NOTHING)


def _rows(batch: ImportBatch, say: Say) -> ImportBatch:
    with log_kept_longer(), _Pass(batch, batch.cursor, eager=True) as going:
        if not batch.cursor and not batch.total:
            ImportBatch.objects.filter(pk=batch.pk).update(total=going.total)
            batch.total = going.total
        pace = Pace(CHUNK, most=4 * CHUNK)
        for portion in going.portions(pace):
            _take(batch, going, portion, pace)
            batch = load(batch.pk)
            check_lease()
            say(batch)
        batch.options["notes"] = list(going.notes)
    return batch


def _take(batch: ImportBatch, going: _Pass, portion: Portion, pace: Pace) -> None:
    """One portion: planned from what is there, written if that still holds, else planned anew."""
    for left in range(TRIES, 0, -1):
        now = turn(batch)
        plan = going.plan(portion)
        findings = portion.findings + plan.findings
        step = Step(batch, batch.cursor, portion.last, now, Counts.of(portion, plan), findings)
        try:
            going.session.take(actor=going.actor, plan=plan, step=step)
            pace.wrote(portion.last - portion.first + 1, time.perf_counter() - step.began)
            return
        except (Overtaken, IntegrityError, OperationalError) as error:
            if left == 1:
                raise
            log.info("import %s row %s: planned anew (%s)", batch.pk, portion.first, error)


def _stage(batch: ImportBatch, stage: str) -> None:
    current = load(batch.pk)
    options = {**current.options, **batch.options, "stage": stage}
    total = current.created + current.updated + current.unchanged + current.rejected
    done = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.COMMITTING)
    if not done.update(options=options, total=total):
        raise Ahead
    batch.options = options


def _entries(batch: ImportBatch, **where: Any):
    # The second condition is the index's own: without it SQLite would walk the whole chain.
    return HistoryEntry.objects.filter(chain=batch.chain, cause=origin(batch), **where).exclude(cause="")


def _follow(batch: ImportBatch, say: Say) -> None:
    kind = kind_of(batch.kind)
    session = kind.session(batch, kind.actor(batch))
    while True:
        after = batch.options.get("followed", 0)
        entries = list(_entries(batch, seq__gt=after).order_by("seq")[:FOLLOW])
        if not entries:
            return
        session.follow(entries)
        batch.options["followed"] = entries[-1].seq
        ImportBatch.objects.filter(pk=batch.pk).update(options=batch.options)
        check_lease()
        say(load(batch.pk))


@action
def _end(*, actor: Acting, batch: ImportBatch) -> None:
    """The last step: what came of it, for the history when it changed something."""
    batch.refresh_from_db()
    move(batch, Move.DONE, finished_at=timezone.now(), message="")
    if batch.created or batch.updated:
        record(
            actor=actor,
            verb="import.done",
            subject=origin(batch),
            kind=batch.kind,
            filename=batch.filename,
            created=batch.created,
            updated=batch.updated,
            unchanged=batch.unchanged,
            rejected=batch.rejected,
        )


def undo(batch_id: int, say: Say = _silent, actor: Acting | None = None) -> ImportBatch:
    """Take the whole import back, the newest entry first. Ends in UNDONE or FAILED. May be cut off and
    called again. `actor`: who wants it; default is who uploaded it."""
    batch = load(batch_id)
    if not allowed(Move.UNDO, batch.state, begun(batch)):
        return batch
    kind = kind_of(batch.kind)
    try:
        actor = actor or kind.actor(batch)
        move(batch, Move.UNDO, message="", finished_at=None)
        with cause(f"undo:{batch.pk}"):
            session = kind.session(batch, actor)
            _take_back(batch, session, actor, say)
            _end_undo(actor=actor, batch=batch, session=session)
    except Overtaken:
        raise
    except Refused as error:
        _fail(batch, str(error))
    return load(batch_id)


def _take_back(batch: ImportBatch, session: Session, actor: Acting, say: Say) -> None:
    while True:
        batch = load(batch.pk)
        below = batch.options.get("undo_below", 0)
        bound = {"seq__lt": below} if below else {}
        entries = list(_entries(batch, **bound).order_by("-seq")[:CHUNK])
        if not entries:
            return
        session.undo(actor=actor, entries=entries, step=UndoStep(batch, below, entries[-1].seq))
        check_lease()
        say(load(batch.pk))


@action
def _end_undo(*, actor: Acting, batch: ImportBatch, session: Session) -> None:
    batch.refresh_from_db()
    session.finish_undo(actor=actor)
    kept = batch.options.get("kept_count", 0)
    message = f"有 {kept} 处导入以后又有人动过，没有撤销，原因列在下面。" if kept else ""
    move(batch, Move.UNDONE, finished_at=timezone.now(), message=message)
    record(actor=actor, verb="import.undone", subject=origin(batch), filename=batch.filename, kept=kept)
