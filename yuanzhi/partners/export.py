"""Taking the partners' list away: recorded first, marked with who and why, phones masked."""

from __future__ import annotations

import tempfile
from typing import Any
from urllib.parse import quote

from django.http import FileResponse
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.writer import write_rows
from yuanzhi.registry.access import EXPORT
from yuanzhi.registry.models import Community
from yuanzhi.registry.queries import community_of

from .actions.guard import permit
from .queries.partners import partner_page

# The titles are those of the import, so that a list that left can come back.
COLUMNS = (
    "机构名称", "类别", "统一社会信用代码", "执业许可证号", "许可有效期至", "什么免费", "什么收费", "擅长",
    "专家", "职称", "执业证号", "证书有效期至", "专长", "语言", "专家电话（遮盖）", "状态", "认证有效期至",
)  # fmt: skip
_WIDTHS = (30, 10, 22, 18, 12, 30, 30, 24, 10, 12, 18, 12, 24, 16, 16, 10, 12)


@action
def note_export(*, actor: Actor, community: Community, reason: str, count: int) -> None:
    """That the list left, and why."""
    permit(actor, EXPORT, community.pk)
    if not reason.strip():
        raise Refused("写一句为什么导出")
    record(actor=actor, verb="partners.exported", subject=community, reason=reason.strip()[:200], count=count)


def stream(*, actor: Actor, reason: str, kind: str = "", state: str = "", q: str = "") -> FileResponse:
    """One line an expert, firms without experts one line too. Raises Refused when there is nothing."""
    rows, after, today = [], 0, timezone.localdate()
    while True:
        page = partner_page(actor, today=today, kind=kind, state=state, q=q, after=after)
        rows += page.rows
        after = page.next
        if not after:
            break
    if not rows:
        raise Refused("名册是空的，没有可导出的")
    lines = [line for row in rows for line in _lines(row)]
    community = community_of(actor)
    note_export(actor=actor, community=community, reason=reason, count=len(rows))
    now = timezone.localtime()
    mark = f"{community.name}合伙人名册・{actor.label}于 {now:%Y-%m-%d %H:%M} 导出・用途：{reason.strip()}"
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_rows(file, [[f"{mark}・仅供此用途，请勿转发"], list(COLUMNS), *lines], "合伙人", _WIDTHS)
    file.seek(0)
    response = FileResponse(
        file, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    name = f"合伙人名册-{now:%Y%m%d-%H%M}.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response


def _lines(row: Any) -> list[list[Any]]:
    it = row.it
    firm = [it.name, it.kind.name, it.uscc, it.licence_no, it.licence_until or ""]
    firm += [it.free_terms, it.paid_terms, it.intro]
    tail = [it.get_state_display(), it.accredited_until or ""]
    people = [
        [
            expert.name,
            expert.title,
            expert.licence_no,
            expert.licence_until or "",
            "、".join(expert.specialities),
            "、".join(expert.languages),
            expert.phone_masked,
        ]
        for expert in row.experts
    ]
    return [[*firm, *person, *tail] for person in people or [[""] * 7]]
