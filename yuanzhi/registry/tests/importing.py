"""Shared by the tests of the import: writing tables, running the passes, and dumping the register."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from tests.world import World
from yuanzhi.kernel.imports import run
from yuanzhi.kernel.imports.store import upload
from yuanzhi.kernel.models import ImportBatch, ImportFinding
from yuanzhi.registry.imports.kind import options_for
from yuanzhi.registry.imports.layout import KIND
from yuanzhi.registry.models import (
    Contact,
    Enterprise,
    FactConflict,
    FormerName,
    Source,
    Tenancy,
    Unit,
)
from yuanzhi.registry.rules.uscc import check_sign, organisation_sign

HEAD = (
    "企业名称",
    "统一社会信用代码",
    "成立日期",
    "注册资本",
    "从业人数",
    "园区",
    "楼栋",
    "房间",
    "联系人",
    "联系电话",
)


def code_of(number: int) -> str:
    """A code that is right in every digit, for a test enterprise."""
    body = f"MA{number:06d}"
    stem = f"91330110{body}{organisation_sign(body)}"
    return stem + check_sign(stem)


def csv_of(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def xlsx_of(rows: Sequence[Sequence[Any]], merge: Sequence[str] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for area in merge:
        sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def line(number: int, name: str = "", **more: Any) -> list[Any]:
    """A good row under HEAD; `more` by header."""
    values = {
        "企业名称": name or f"杭州第{number}号科技有限公司",
        "统一社会信用代码": code_of(number),
        **more,
    }
    return [values.get(head, "") for head in HEAD]


def uploaded(world: World, data: bytes, filename: str = "名单.csv", day=None, actor=None) -> ImportBatch:
    return upload(
        actor=actor or world.house, kind=KIND, pieces=[data], filename=filename, options=options_for(day)
    )


def brought_in(world: World, data: bytes, filename: str = "名单.csv", day=None, actor=None) -> ImportBatch:
    batch = run.commit(uploaded(world, data, filename, day, actor).pk)
    batch.refresh_from_db()
    return batch


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """(created, updated, unchanged, rejected)"""
    batch.refresh_from_db()
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def said(batch: ImportBatch) -> dict[int, str]:
    """Row → all that was said about it."""
    told: dict[int, str] = {}
    for item in ImportFinding.objects.filter(batch=batch).order_by("id"):
        told[item.row] = told.get(item.row, "") + f"{item.level} {item.column}：{item.message}\n"
    return told


def dump() -> dict[str, list[dict[str, Any]]]:
    """Every row of the register's tables, to the last column."""
    models = (Enterprise, Tenancy, Contact, FormerName, FactConflict, Source, Unit)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
