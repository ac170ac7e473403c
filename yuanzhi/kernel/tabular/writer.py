"""Templates to fill in, and rows of a file written anew (for .xls uploads, and for rejected rows alone)."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .findings import Cell, cell_text, neutral
from .mapping import Column, Layout

_LINE = Alignment(wrap_text=True, vertical="top")
_REQUIRED = PatternFill("solid", fgColor="FDE9D9")
_OPTIONAL = PatternFill("solid", fgColor="E8EEF4")
_GREY = Font(color="808080")
_INLINE_LIST = 200  # Excel keeps at most 255 characters of choices inside a cell rule
_READY_ROWS = 5_000  # rows of the template that carry dropdowns and formats


def write_template(layout: Layout, out: BinaryIO) -> None:
    """An .xlsx to fill in: instructions, header (* required), dropdowns, an example row (never imported)."""
    book = Workbook()
    sheet = book.active
    sheet.title = layout.name
    width = len(layout.columns)
    lines = layout.instructions or (
        "带 * 的列必填；下面灰色的一行是示例，可以留着，不会导入。",
        "一行一条，不要合并单元格；表头的名称不要改，用不到的列可以空着。",
    )
    sheet.cell(1, 1, neutral("\n".join(lines))).alignment = _LINE
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=max(width, 2))
    sheet.row_dimensions[1].height = 18 * len(lines) + 6
    for position, column in enumerate(layout.columns, 1):
        _template_column(sheet, position, column)
    _dropdowns(book, sheet, layout)
    sheet.freeze_panes = "A3"
    book.save(out)


def _template_column(sheet, position: int, column: Column) -> None:
    header = sheet.cell(2, position, f"*{column.title}" if column.required else column.title)
    header.font = Font(bold=True)
    header.fill = _REQUIRED if column.required else _OPTIONAL
    header.alignment = Alignment(wrap_text=True, vertical="center")
    example = sheet.cell(3, position, column.example)
    example.font = _GREY
    letter = get_column_letter(position)
    sheet.column_dimensions[letter].width = column.width or max(12, 2 * len(column.title) + 4)
    if column.text:
        # Excel reads @ as "text": without it an 18-digit code loses its last digits. One format for the whole
        # column also reaches the rows a user adds later.
        sheet.column_dimensions[letter].number_format = "@"
        for row in range(3, 203):
            sheet.cell(row, position).number_format = "@"
    if column.note:
        rule = DataValidation(type=None, showInputMessage=True, promptTitle=column.title[:32])
        rule.prompt = column.note[:255]
        rule.add(f"{letter}3:{letter}{_READY_ROWS}")
        if not column.choices:
            sheet.add_data_validation(rule)


def _dropdowns(book: Workbook, sheet, layout: Layout) -> None:
    lists = None
    for position, column in enumerate(layout.columns, 1):
        if not column.choices:
            continue
        letter = get_column_letter(position)
        inline = ",".join(column.choices)
        if len(inline) <= _INLINE_LIST and not any(
            "," in choice or '"' in choice for choice in column.choices
        ):
            formula = f'"{inline}"'
        else:
            lists = lists or book.create_sheet("选项")
            lists.sheet_state = "hidden"
            for row, choice in enumerate(column.choices, 1):
                lists.cell(row, position, neutral(choice))
            formula = f"'选项'!${letter}$1:${letter}${len(column.choices)}"
        rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=True)
        rule.errorTitle, rule.error = "请从列表里选", f"「{column.title}」只能填列表里的值。"
        if column.note:
            rule.showInputMessage, rule.promptTitle, rule.prompt = True, column.title[:32], column.note[:255]
        rule.add(f"{letter}3:{letter}{_READY_ROWS}")
        sheet.add_data_validation(rule)


def write_rows(out: BinaryIO, rows: Iterable[Sequence[Cell]], title: str, widths: Sequence[int] = ()) -> None:
    """Rows as a new .xlsx, streamed. Text stays text: no cell can become a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31] or "数据")
    for position, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    for cells in rows:
        sheet.append([_safe_cell(sheet, cell) for cell in cells])
    book.save(out)


def _safe_cell(sheet, value: Cell):
    if isinstance(value, dt.timedelta | dt.time):
        value = cell_text(value)
    if not isinstance(value, str):
        return value
    text = neutral("".join(sign for sign in value if sign >= " " or sign in "\t\n\r")[:32_767])
    if not text:
        return None
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    if len(text) > 14 and text.isascii() and text.isdigit():
        cell.number_format = "@"
    return cell


class CsvWriter:
    """Rows as separated text in a given encoding, so that a file goes back the way it came."""

    def __init__(self, out: BinaryIO, encoding: str, delimiter: str):
        # What the encoding can't say is written as &#…; rather than lost.
        self._text = io.TextIOWrapper(
            out, encoding, errors="xmlcharrefreplace", newline="", write_through=True
        )
        self._writer = csv.writer(self._text, delimiter=delimiter, lineterminator="\r\n")

    def row(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([neutral(cell_text(cell)) for cell in cells])

    def close(self) -> None:
        """Finish, leaving the underlying file open."""
        self._text.flush()
        self._text.detach()
