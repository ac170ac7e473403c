"""Taking a list away: recorded first, marked with who and when, phones masked, no cell a formula."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.writer import CsvWriter, write_rows

from . import actions
from .access import SEE_CONTACTS
from .models import Community, Enterprise
from .queries import contacts_visible_to, grids_by_park
from .rules.saying import SCALES, STATUSES, say_capital, say_division

CHUNK = 1000
MOST_XLSX = 50_000  # a larger workbook takes a minute to build and few programs open it gladly

COLUMNS = (
    "企业名称", "统一社会信用代码", "登记状态", "经营异常", "园区", "楼宇", "房间", "网格", "行业大类",
    "成立日期", "注册资本", "从业人数", "规模", "法定代表人", "注册地址", "办公地址", "联系人",
    "电话（遮盖）", "最近核实",
)  # fmt: skip
_WIDTHS = (34, 22, 10, 10, 18, 10, 10, 12, 26, 12, 14, 10, 8, 12, 40, 12, 16, 12)


def watermark(community: Community, actor: Actor, reason: str, count: int, at: dt.datetime) -> str:
    """The line at the head of every file that leaves."""
    when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    told = f"{community.name}企业名单・{actor.label}于 {when} 导出・用途：{reason}・共 {count} 家"
    return f"{told}・仅供此用途，请勿转发"


def stream(
    *,
    actor: Actor,
    community: Community,
    rows: QuerySet[Enterprise],
    count: int,
    words: str,
    reason: str,
    form: str,
) -> HttpResponse:
    """The file as a response. The export is in the history before its first row leaves.

    Raises Refused without a reason, and for a workbook of more than MOST_XLSX rows.
    """
    if not count:
        raise Refused("名单是空的，没有可导出的")
    if form == "xlsx" and count > MOST_XLSX:
        raise Refused(f"有 {count:,} 家，Excel 表格最多 {MOST_XLSX:,} 家：请改选 CSV，或先筛选")
    actions.note_export(actor=actor, community=community, reason=reason, form=form, count=count, words=words)
    now = timezone.now()
    mark = watermark(community, actor, reason.strip(), count, now)
    name = f"企业名单-{timezone.localtime(now):%Y%m%d-%H%M}.{form}"
    lines = table(actor, rows, mark)
    if form == "csv":
        response: Any = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
        write_rows(file, lines, "企业名单", _WIDTHS)
        file.seek(0)
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        response = FileResponse(file, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response


def table(actor: Actor, rows: QuerySet[Enterprise], mark: str) -> Iterator[list[Any]]:
    """Watermark, header and rows. Read in chunks along the id, so that memory stays flat."""
    yield [mark]
    yield list(COLUMNS)
    rows = rows.select_related("park", "building", "unit").defer("business", "provenance").order_by("pk")
    with_contacts, last = actor.may(SEE_CONTACTS), 0
    while chunk := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = chunk[-1].pk
        grids = grids_by_park({row.park_id for row in chunk if row.park_id})
        contacts: dict[int, Any] = {}
        if with_contacts:
            wanted = contacts_visible_to(actor).filter(enterprise_id__in=[row.pk for row in chunk])
            for contact in wanted.order_by("-pk"):
                contacts[contact.enterprise_id] = contact
        for row in chunk:
            yield _cells(row, grids.get(row.park_id or 0), contacts.get(row.pk))


def _cells(row: Enterprise, grid: Any, contact: Any) -> list[Any]:
    return [
        row.name,
        row.uscc,
        STATUSES.get(row.status, row.status),
        "是" if row.is_abnormal else "",
        row.park.name if row.park else "",
        row.building.name if row.building else "",
        row.unit.room if row.unit else "",
        grid.name if grid else "",
        say_division(row.division),
        row.established_on or "",
        say_capital(row.capital, row.currency),
        row.headcount if row.headcount is not None else "",
        SCALES.get(row.scale, ""),
        row.representative,
        row.registered_address,
        row.office_address,
        contact.name if contact else "",
        contact.phone_masked if contact else "",
        row.confirmed_on or "",
    ]


def _csv(lines: Iterator[list[Any]]) -> Iterator[bytes]:
    buffer = io.BytesIO()
    writer = CsvWriter(buffer, "utf-8-sig", ",")  # with its mark, so that Excel reads the Hanzi
    for at, cells in enumerate(lines):
        writer.row(cells)
        if at % 200 == 199:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    writer.close()
    yield buffer.getvalue()
