"""A case's file as PDF. The font is one of the standard Chinese ones that every reader of PDF brings."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from .content import CaseFile, Table

FONT = "STSong-Light"
WIDTH = A4[0] - 4 * cm
_LINES = [
    ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
]


@lru_cache(maxsize=1)
def _styles() -> dict[str, ParagraphStyle]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    text = ParagraphStyle("text", fontName=FONT, fontSize=10, leading=15, wordWrap="CJK")
    return {
        "text": text,
        "cell": ParagraphStyle("cell", parent=text, fontSize=9, leading=13),
        "title": ParagraphStyle("title", parent=text, fontSize=16, leading=24, alignment=TA_CENTER),
        "head": ParagraphStyle("head", parent=text, fontSize=12, leading=18, spaceBefore=8, spaceAfter=4),
    }


def _said(text: str, style: str) -> Paragraph:
    clean = "".join(sign for sign in text if sign >= " " or sign == "\n")
    return Paragraph(escape(clean).replace("\n", "<br/>"), _styles()[style])


def write_pdf(file: CaseFile, out: BinaryIO) -> None:
    """An A4 .pdf with the mark and the page number at the foot of every page."""
    document = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=2 * cm, rightMargin=2 * cm, topMargin=1.8 * cm, bottomMargin=2 * cm,
        title=f"{file.number} {file.title}", author=file.community,
    )  # fmt: skip
    story: list[Any] = [_said(f"{file.community}诉求办理单", "title"), _said(file.title, "head")]
    story.append(_grid(file.facts, (0.22, 0.78)))
    for passage in file.passages:
        story += [_said(passage.title, "head"), _said(passage.text, "text")]
    for table in file.tables:
        story += [_said(table.title, "head"), _table(table)]
        if table.note:
            story.append(_said(table.note, "text"))
    events = [(when, who, f"{what}\n{words}".strip()) for when, who, what, words in file.events]
    story += [_said("办理流程", "head"), _grid([("时间", "谁", "做了什么"), *events], (0.2, 0.24, 0.56))]
    story.append(Spacer(1, 6))

    def foot(canvas: Any, page: Any) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 7.5)
        canvas.setFillColor(colors.grey)
        canvas.drawString(2 * cm, 1.1 * cm, file.mark[:110])
        canvas.drawRightString(A4[0] - 2 * cm, 1.1 * cm, f"第 {page.page} 页")
        canvas.restoreState()

    document.build(story, onFirstPage=foot, onLaterPages=foot)


def _table(table: Table) -> Grid:
    return _grid([table.header, *table.rows], tuple(1 / len(table.header) for _ in table.header))


def _grid(rows: Any, shares: tuple[float, ...]) -> Grid:
    cells = [[_said(text, "cell") for text in row] for row in rows]
    return Grid(cells, colWidths=[WIDTH * share for share in shares], style=_LINES, splitInRow=1)
