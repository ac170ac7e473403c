"""A case's file as Word."""

from __future__ import annotations

from typing import Any, BinaryIO

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from .content import CaseFile, Table

_BODY, _HEAD = "宋体", "黑体"
_GREY = RGBColor(0x66, 0x66, 0x66)


def _clean(text: str) -> str:
    """Without the control characters that XML can't hold."""
    return "".join(sign for sign in text if sign >= " " or sign in "\t\n")


def _font(style: Any, name: str, size: float) -> None:
    style.font.name, style.font.size = "Times New Roman", Pt(size)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), name)


def write_word(file: CaseFile, out: BinaryIO) -> None:
    """A .docx on A4 with the mark in the footer of every page."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    _font(document.styles["Normal"], _BODY, 10.5)
    for level in (1, 2):
        _font(document.styles[f"Heading {level}"], _HEAD, 16 if level == 1 else 12)
        document.styles[f"Heading {level}"].font.color.rgb = RGBColor(0, 0, 0)
    document.core_properties.title = _clean(f"{file.number} {file.title}")
    document.core_properties.author = _clean(file.community)
    head = document.add_heading(_clean(f"{file.community}诉求办理单"), 1)
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_heading(_clean(file.title), 2)
    _table(document, Table("", ("", ""), file.facts), header=False)
    for passage in file.passages:
        document.add_heading(_clean(passage.title), 2)
        for line in passage.text.splitlines():
            document.add_paragraph(_clean(line))
    for table in file.tables:
        document.add_heading(_clean(table.title), 2)
        _table(document, table)
        if table.note:
            document.add_paragraph(_clean(table.note))
    document.add_heading("办理流程", 2)
    events = tuple((when, who, f"{what}\n{words}".strip()) for when, who, what, words in file.events)
    _table(document, Table("", ("时间", "谁", "做了什么"), events))
    foot = section.footer.paragraphs[0].add_run(_clean(file.mark))
    foot.font.size, foot.font.color.rgb = Pt(8), _GREY
    document.save(out)


def _table(document: Any, table: Table, *, header: bool = True) -> None:
    made = document.add_table(rows=0, cols=len(table.header), style="Table Grid")
    lines = [table.header, *table.rows] if header else list(table.rows)
    for number, cells in enumerate(lines):
        for cell, text in zip(made.add_row().cells, cells, strict=True):
            cell.text = _clean(text)
            if header and number == 0:
                for run in cell.paragraphs[0].runs:
                    run.bold = True
