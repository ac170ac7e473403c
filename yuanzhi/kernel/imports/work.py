"""The passes as background work, and the words for where they stand."""

from __future__ import annotations

from django.db import transaction
from django_tasks_db.models import DBTaskResult

from ..history import Acting
from ..jobs import current_job, daily, enqueue, job, periodic
from ..jobs.define import policy_of
from ..models import ImportBatch
from ..refusals import Overtaken
from . import run
from .states import RUNNING, Move
from .step import Ahead
from .store import discard_old_files, move

GIVEN_UP = "试了几次都没做成。已经写进去的行都在，请点“继续”，或者撤销整次导入；仍不行请联系维护人员。"


def _carefully(batch_id: int, what) -> None:
    """Run a pass; when its last attempt fails, say so at the batch and not only among the failed jobs."""
    try:
        what(batch_id)
    except Ahead:
        return  # another worker is at it
    except Exception:
        mine = current_job()
        if mine is not None and mine.attempt >= policy_of(mine.row.task_path).attempts:
            batch = run.load(batch_id)
            if batch.state in RUNNING:
                move(batch, Move.FAIL, message=GIVEN_UP)
        raise


@job(name="检查导入的表格")
def check_table(batch_id: int) -> None:
    """The dry run of an uploaded table."""
    _carefully(batch_id, run.check)


@job(name="导入表格")
def commit_table(batch_id: int) -> None:
    """Bring an uploaded table in."""
    _carefully(batch_id, run.commit)


@job(name="撤销导入")
def undo_table(batch_id: int) -> None:
    """Take an import back."""
    _carefully(batch_id, run.undo)


@periodic("kernel.discard_import_files", daily("03:40"))
@job(name="清理过期的导入文件")
def discard_files() -> None:
    """Uploaded tables hold phone numbers: they are not kept for longer than they are of use."""
    discard_old_files()


_START = {Move.CHECK: check_table, Move.COMMIT: commit_table, Move.UNDO: undo_table}


def start(*, actor: Acting, batch: ImportBatch, what: Move) -> None:
    """Set a pass going in the background: the state changes at once, the work follows. Raises Refused.

    The pass acts for `actor`, with the permissions they have when it runs.
    """
    if batch.state in RUNNING and not stalled(batch):
        raise Overtaken("这次导入正在进行，请等它做完")
    with transaction.atomic():
        if what is Move.COMMIT and not batch.options.get("stage"):
            run.begin_commit(batch)
        else:
            move(batch, what, message="")
        job_id = enqueue(_START[what], batch.pk)
        options = {**batch.options, "job": job_id, "by": actor.label, "by_id": actor.user_id}
        ImportBatch.objects.filter(pk=batch.pk).update(options=options)


def stalled(batch: ImportBatch) -> bool:
    """Whether a running batch has nobody working on it any more: its job failed for good or is gone."""
    if batch.state not in RUNNING:
        return False
    job_id = batch.options.get("job")
    row = DBTaskResult.objects.filter(pk=job_id).values_list("status", flat=True).first() if job_id else None
    return row not in ("READY", "RUNNING")
