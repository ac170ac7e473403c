# ruff: noqa: E501 — what somebody sent and said reads best on one line
"""Firms moving in by the checklist, photos and papers on cases, and the replies the desks send most."""

from __future__ import annotations

import datetime as dt
import io
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone
from PIL import Image, ImageDraw
from reportlab.pdfgen.canvas import Canvas

from demo.then import then
from yuanzhi.accounts.queries import actor_for
from yuanzhi.cases import actions
from yuanzhi.cases.actions import attachments, replies, stages
from yuanzhi.cases.attachments import Examined, examine
from yuanzhi.cases.models import Case, Desk, ServiceItem
from yuanzhi.cases.replies import STARTER_REPLIES
from yuanzhi.registry.models import Enterprise

if TYPE_CHECKING:
    from demo.build import Builder


class Moving(NamedTuple):
    """A firm on its way in: which, how many days ago it asked, how many stages are done, what isn't needed."""

    firm: str
    days: int
    done: int
    words: str
    skipped: str = ""
    why: str = ""


MOVING = (
    Moving(
        "微澜智能",
        11,
        5,
        "众创空间坐不下了，搬到整层来。执照要换地址，税务、银行、社保跟着一起办。",
        "公章刻制",
        "公章照旧，不用重刻",
    ),
    Moving("汀禾生物", 6, 2, "从上海迁来，想十天里把执照、税务、银行都办好，月底开始发工资。"),
    Moving("步衡外骨骼", 1, 0, "新设的子公司，注册在园区，先要一张清单看看缺什么。"),
)

# On which case (by title) who sent what: (kind, name, line drawn on it)
SENT: dict[str, tuple[tuple[str, str, str], ...]] = {
    "楼道堆放纸箱堵住消防通道": (("photo", "五楼东头.jpg", "5F"), ("photo", "消防门.jpg", "FIRE DOOR")),
    "办公室漏水，物业和楼上互相推": (("photo", "顶上滴水.jpg", "LEAK"),),
    "充电桩坏了三个没人修": (("photo", "B2 充电桩.png", "B2"),),
    "尾款 38 万拖了五个月，想走支付令": (
        ("paper", "对账单.pdf", "STATEMENT 380,000.00"),
        ("paper", "验收单.pdf", "ACCEPTED 2026-06-12"),
    ),
    "高企复审材料缺专项审计报告": (("paper", "材料清单.pdf", "CHECKLIST"),),
    "入驻手续十天能办完吗": (("paper", "租赁合同.pdf", "LEASE"),),
    "40 多笔工程尾款要不回来": (("paper", "四十三笔明细.pdf", "43 ITEMS"),),
}

REPLIES: tuple[tuple[str, str, str], ...] = (
    *(("", title, text) for title, text in STARTER_REPLIES),
    (Desk.Code.ECONOMY, "律师明天到", "{称呼}您好，律师明天到您公司，聊天记录和对账单请先别删，他教您怎么固定。{编号} 有进展我随时告诉您。"),
    (Desk.Code.PUBLIC, "学位在对", "{称呼}您好，学位正在和教育部门对，{承诺时间}前一定给您准信。"),
    (Desk.Code.GOVERNANCE, "马上到现场", "{称呼}您好，网格员半小时内到现场，先拍张照发过来，我们带着物业一起看。"),
)  # fmt: skip


def add_intake(builder: Builder) -> None:
    """Replies, then the firms on their way in, then what was sent to whom. After the cases."""
    for code, title, text in REPLIES:
        replies.add_reply(
            actor=builder.house, title=title, text=text, desk=builder.desks.get(code) if code else None
        )
    item = ServiceItem.objects.filter(desk__community=builder.community, name="入驻手续").first()
    firms = _firms(builder)
    if item is not None:
        for moving in MOVING:
            if (firm := firms.get(moving.firm)) is not None:
                _move_in(builder, moving, firm, item)
    cases = Case.objects.filter(community=builder.community, title__in=SENT).select_related("community")
    for case in cases:
        with then(case.opened_at + dt.timedelta(minutes=8)):
            attachments.attach(
                actor=builder.house, case=case, files=[_made(*row) for row in SENT[case.title]]
            )


def _firms(builder: Builder) -> dict[str, Enterprise]:
    wanted = {moving.firm for moving in MOVING}
    keys = {firm.key: firm.short_name for firm in builder.plan.enterprises if firm.short_name in wanted}
    rows = Enterprise.objects.select_related("building").in_bulk([builder.enterprises[key] for key in keys])
    return {name: rows[builder.enterprises[key]] for key, name in keys.items()}


def _move_in(builder: Builder, moving: Moving, firm: Enterprise, item: ServiceItem) -> None:
    """Opened so many days ago at ten, accepted an hour later, a stage done on each day since."""
    owner = next(
        p for p in builder.plan.cast.posts if p.role == "desk_officer" and p.scope_key == item.desk.code
    )
    officer = actor_for(builder.users[owner.person], builder.community.pk)
    begun = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) - dt.timedelta(
        days=moving.days
    )
    with then(begun):
        case = actions.open_case(
            actor=builder.house, enterprise=firm, title="入驻手续一起办", words=moving.words, item=item,
            channel=Case.Channel.PORTAL, files=[_made("paper", "租赁合同.pdf", "LEASE")],
        )  # fmt: skip
    with then(begun + dt.timedelta(hours=1)):
        case = actions.accept(actor=officer, case=case)
    steps = list(case.stages.filter(kind="stage"))
    bring = list(case.stages.filter(kind="material"))
    for number, line in enumerate([*bring[: 5 if moving.done else 2], *steps[: moving.done]]):
        moment = begun + dt.timedelta(days=max(number - 4, 0), hours=2, minutes=7 * number)
        with then(moment):
            if line.name == moving.skipped:
                stages.skip_stage(actor=officer, stage=line, why=moving.why)
            else:
                stages.tick_stage(actor=officer, stage=line)


@lru_cache(maxsize=64)
def _made(kind: str, name: str, line: str) -> Examined:
    """A small picture or page, drawn here, examined like any other file."""
    return examine(name, _photo(name, line) if kind == "photo" else _paper(line))


def _photo(name: str, line: str) -> bytes:
    picture = Image.new("RGB", (640, 420), "#8d9aa3")
    draw = ImageDraw.Draw(picture)
    shade = sum(map(ord, name)) % 60
    for at in range(0, 420, 6):
        draw.line(
            [(0, at), (640, at)], fill=(120 + shade + at // 12, 130 + at // 10, 140 + at // 12), width=6
        )
    for left in range(40, 560, 130):
        draw.rectangle(
            [left, 210 - shade, left + 96, 380], fill=(150, 112 + shade, 70), outline=(94, 70, 44), width=3
        )
    draw.text((24, 22), line, fill="white")
    out = io.BytesIO()
    picture.save(out, "PNG" if name.endswith("png") else "JPEG", quality=80)
    return out.getvalue()


def _paper(line: str) -> bytes:
    out = io.BytesIO()
    page = Canvas(out, pagesize=(420, 594), invariant=True)
    page.setFont("Helvetica-Bold", 18)
    page.drawString(48, 520, line)
    page.setFont("Helvetica", 10)
    for row in range(14):
        page.line(48, 470 - 26 * row, 372, 470 - 26 * row)
    page.showPage()
    page.save()
    return out.getvalue()
