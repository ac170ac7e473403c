"""`yuanzhi import enterprises FILE` and its undo: the same passes as in the browser, here and now."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

from yuanzhi.accounts.actor import Actor, system
from yuanzhi.kernel.imports import run as passes
from yuanzhi.kernel.imports.back import findings_of, give_back
from yuanzhi.kernel.imports.states import Move, allowed
from yuanzhi.kernel.imports.store import begun, pieces_of, same_before, upload
from yuanzhi.kernel.models import ImportBatch
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.findings import ERROR
from yuanzhi.kernel.tabular.returning import messages

from .pages import page_of, slugs

SHOWN = 50


class Progress:
    """One line that grows, on a terminal; nothing in a log file."""

    def __init__(self, what: str) -> None:
        self.what, self.last, self.live = what, 0.0, sys.stderr.isatty()

    def __call__(self, batch: ImportBatch) -> None:
        now = time.monotonic()
        if self.live and now - self.last > 0.2:
            self.last = now
            step = "建立搜索" if batch.options.get("stage") == "follow" else self.what
            print(f"\r{step} {batch.cursor}/{batch.total} 行", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.live:
            print("\r\033[K", end="", file=sys.stderr)


def run(
    *,
    kind: str = "enterprises",
    actor: Actor,
    path: Path,
    day: dt.date | None = None,
    dry_run: bool = False,
    back: str | None = None,
) -> int:
    """Import a file; the exit code is 0 when it was read, however many rows were refused. Raises Refused."""
    page = page_of(kind)
    if page is None or not page.starts_here:
        raise Refused(f"没有“{kind}”这种表格，可以导入的有：{'、'.join(slugs())}")
    if not path.is_file():
        raise Refused(f"找不到文件 {path}")
    started = time.monotonic()
    with path.open("rb") as file:
        batch = upload(
            actor=actor, kind=page.code, pieces=pieces_of(file), filename=path.name, options=page.options(day)
        )
    if (before := same_before(batch)) is not None and not dry_run:
        print(
            f"提醒：同一个文件 {before.created_at:%Y-%m-%d} 已经导入过（第 {before.pk} 次），照样再比对一遍。"
        )
    progress = Progress("检查" if dry_run else "导入")
    batch = passes.check(batch.pk, progress) if dry_run else passes.commit(batch.pk, progress)
    progress.end()
    if batch.state == ImportBatch.State.FAILED:
        print(batch.message, file=sys.stderr)
        return 1
    _report(batch, dry_run, time.monotonic() - started)
    if back:
        with open(back, "wb") as out:
            give_back(batch, out)
        print(f"带“错误信息”列的原表已写到 {back}")
    return 0


def _report(batch: ImportBatch, dry_run: bool, seconds: float) -> None:
    rows = batch.created + batch.updated + batch.unchanged + batch.rejected
    print(
        f"{'检查' if dry_run else '导入'}完成（第 {batch.pk} 次，{seconds:.1f} 秒）：共 {rows} 行，"
        f"新登记 {batch.created}，更新 {batch.updated}，没有变化 {batch.unchanged}，"
        f"不合格 {batch.rejected}；另有 {batch.doubted} 行收下了，但请核对。"
    )
    for note in batch.options.get("notes", ()):
        print(f"注意：{note}")
    bad = [finding for finding in findings_of(batch) if finding.level == ERROR]
    texts = messages(bad)
    for row, text in list(texts.items())[:SHOWN]:
        print(f"第 {row} 行：{text.replace(chr(10), '；')}")
    if len(texts) > SHOWN:
        print(f"……还有 {len(texts) - SHOWN} 行不合格，用 --back 文件名 可得到逐行说明。")
    if not dry_run and (batch.created or batch.updated):
        print(f"要撤销这次导入：yuanzhi undo-import {batch.pk}")


def undo(*, batch_id: int) -> int:
    """Take an import back as a whole; the exit code is 0 when nothing is left of it but what was touched."""
    batch = ImportBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        print(f"没有第 {batch_id} 次导入", file=sys.stderr)
        return 2
    if not allowed(Move.UNDO, batch.state, begun(batch)):
        print(f"第 {batch_id} 次导入现在是“{batch.get_state_display()}”，不能撤销", file=sys.stderr)
        return 1
    progress = Progress("撤销")
    batch = passes.undo(batch_id, progress, actor=system(batch.chain, "命令行撤销"))
    progress.end()
    if batch.state == ImportBatch.State.FAILED:
        print(batch.message, file=sys.stderr)
        return 1
    print(f"第 {batch_id} 次导入（{batch.filename}）已撤销。{batch.message}")
    for sentence in batch.options.get("kept", ()):
        print(f"  {sentence}")
    return 0
