"""Open an uploaded table, whatever it calls itself, and stream its rows. Nothing is trusted unmeasured."""

from __future__ import annotations

import io
import itertools
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from .delimited import open_delimited
from .findings import Cell, TableError
from .limits import BoundedGzip, Limits
from .sheets import DAMAGED, PASSWORD, calamine_rows, calamine_trouble, first_rows, streamed_rows
from .workbook import Merged, Package

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "这是 PDF 文件，不是表格。请向对方要一份 Excel 表，或者先转换成 .xlsx 再上传。"),
    (b"\x89PNG", "这是图片，不是表格。请把内容录入 Excel，存为 .xlsx 再上传。"),
    (b"\xff\xd8\xff", "这是图片，不是表格。请把内容录入 Excel，存为 .xlsx 再上传。"),
    (b"GIF8", "这是图片，不是表格。请把内容录入 Excel，存为 .xlsx 再上传。"),
    (b"Rar!", "这是 RAR 压缩包。请解压后上传其中的 .xlsx、.xls 或 .csv 文件。"),
    (b"7z\xbc\xaf", "这是 7z 压缩包。请解压后上传其中的 .xlsx、.xls 或 .csv 文件。"),
    (b"{\\rtf", "这是 Word 的 RTF 文档，不是表格。请把表格复制到 Excel，存为 .xlsx 再上传。"),
)


@dataclass
class Table:
    """An opened table: facts about it, and its rows as often as wanted.

    kind: xlsx, xls or csv. rows_hint: about how many rows there are, for a progress bar. columns: at most (0:
    unknown). merged, gaps: see `workbook.Extent`. notes: sentences for the user about the file as a whole.
    fast: read by calamine.
    """

    kind: str
    filename: str
    opened: Callable[[], Iterator[tuple[int, tuple[Cell, ...]]]]
    rows_hint: int = 0
    columns: int = 0
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    merged: list[Merged] = field(default_factory=list)
    gaps: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    fast: bool = True
    max_columns: int = Limits.columns
    first: Callable[[int], list[tuple[int, tuple[Cell, ...]]]] | None = None  # the first rows for less
    _begun: tuple[list, Iterator] | None = None  # what head() has read, and where the reading goes on

    def rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """(row number as the spreadsheet shows it, cells from column A); merges are filled downward."""
        if self._begun:
            (first, rest), self._begun = self._begun, None
            return itertools.chain(first, rest)
        if not self.merged and 0 < self.columns <= self.max_columns:
            return self.opened()
        return self._rows()

    def _rows(self) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        filled = _fill_merged(self.opened(), self.merged) if self.merged else self.opened()
        for number, cells in filled:
            yield number, self._narrow(number, cells)

    def _narrow(self, number: int, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        if len(cells) <= self.max_columns:
            return cells
        if any(cell != "" for cell in cells[self.max_columns :]):
            raise TableError(
                f"第 {number} 行有 {len(cells)} 列，超过了 {self.max_columns} 列的上限。"
                "请删掉右边用不到的列（选中整列，右键删除），保存后再上传。"
            )
        return cells[: self.max_columns]

    def head(self, count: int = 15) -> list[tuple[int, tuple[Cell, ...]]]:
        """The first rows, enough to find the header; `rows` after it goes on without parsing twice."""
        if self.first is not None:
            rows = _fill_merged(iter(self.first(count)), self.merged) if self.merged else self.first(count)
            return [(number, self._narrow(number, cells)) for number, cells in rows]
        rest = self.rows()
        first = list(itertools.islice(rest, count))
        self._begun = (first, rest)
        return first


def open_table(
    source: str | Path | BinaryIO, filename: str = "", *, sheet: str = "", limits: Limits | None = None
) -> Table:
    """Open .xlsx, .xls, .csv or .csv.gz (told by content, not by name) and check it.

    `source` is a path or a seekable binary file that stays open while the table is used. `sheet` names a
    sheet; default is the first visible one with content. Raises TableError with a sentence for the user.
    """
    limits = limits or Limits()
    filename = filename or (os.path.basename(source) if isinstance(source, str | Path) else "")
    opened = _opener(source)
    stream = opened()
    size = stream.seek(0, io.SEEK_END)
    limits.check_file(size)
    stream.seek(0)
    start = stream.read(4096)
    for magic, sentence in _OTHERS:
        if start.startswith(magic):
            raise TableError(sentence)
    if start.startswith(b"PK"):
        table = _open_xlsx(opened, sheet, limits)
    elif start.startswith(_OLE):
        table = _open_xls(opened, sheet)
    elif start.startswith(b"\x1f\x8b"):
        table = _open_text(lambda: BoundedGzip(opened(), size, limits))
    else:
        _refuse_markup(start)
        table = _open_text(opened)
    table.filename, table.max_columns = filename, limits.columns
    return table


def _opener(source: str | Path | BinaryIO) -> Callable[[], Any]:
    """Each call yields an independent reader over the same bytes, from the start."""
    if isinstance(source, str | Path):
        return lambda: open(source, "rb")  # noqa: SIM115 - closed by its reader or with it
    return lambda: _Window(source)


class _Window(io.RawIOBase):
    """A reader with a position of its own over a shared seekable file (closing it leaves the file open)."""

    def __init__(self, source: BinaryIO):
        self._source, self._position = source, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_CUR:
            offset, whence = self._position + offset, io.SEEK_SET
        self._position = self._source.seek(offset, whence)
        return self._position

    def read(self, size: int = -1) -> bytes:
        self._source.seek(self._position)
        data = self._source.read(size)
        self._position += len(data)
        return data


def _refuse_markup(start: bytes) -> None:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")) or b"<html" in text[:1000]:
        raise TableError(
            "这个文件其实是网页，只是名字像表格（有些系统导出时会这样）。"
            "请用 Excel 或 WPS 打开它，另存为 .xlsx 再上传。"
        )
    if text.startswith(b"<?xml"):
        raise TableError("这是 XML 文件，不是能直接读的表格。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。")


def _open_text(opened: Callable[[], Any]) -> Table:
    text = open_delimited(opened)
    return Table(
        kind="csv",
        filename="",
        opened=text.rows,
        rows_hint=text.lines,
        encoding=text.encoding,
        delimiter=text.delimiter,
        notes=text.notes,
    )


def _open_xlsx(opened: Callable[[], Any], sheet: str, limits: Limits) -> Table:
    package = Package(opened(), limits)
    names = tuple(item.name for item in package.sheets if item.visible)
    candidates = [item for item in package.sheets if (item.name == sheet if sheet else item.visible)]
    if not candidates:
        raise TableError(
            f"没有找到工作表「{sheet}」。" if sheet else "所有工作表都是隐藏的，请取消隐藏后再上传。"
        )
    sizes = {}
    for item in candidates:
        extent = package.extent(item.part)
        sizes[item.part] = extent.size
        if extent.cells:
            break
    else:
        raise TableError("工作表里一个字也没有。请确认数据在哪张表上，表头和数据都要有。")
    package.unpacker.measure(sizes)
    fast = extent.plain and extent.cost <= limits.fast
    name, part = item.name, item.part
    table = Table(
        kind="xlsx",
        filename="",
        opened=(lambda: calamine_rows(opened(), name)) if fast else (lambda: streamed_rows(package, part)),
        rows_hint=extent.rows,
        columns=extent.columns,
        sheet=name,
        sheets=names,
        merged=[area for area in extent.merged if area[0] < area[2] or area[1] < area[3]],
        gaps=extent.gaps,
        fast=fast,
        first=(lambda count: first_rows(package, part, count)) if fast else None,
    )
    _note_sheets(table)
    return table


def _open_xls(opened: Callable[[], Any], sheet: str) -> Table:
    data = opened().read()
    _refuse_other_ole(data)
    _probe(data)
    with calamine_trouble():
        book = CalamineWorkbook.from_object(opened())
        names = [
            item.name
            for item in book.sheets_metadata
            if item.typ == SheetTypeEnum.WorkSheet and item.visible == SheetVisibleEnum.Visible
        ]
        for name in [sheet] if sheet else names:
            if name not in book.sheet_names:
                raise TableError(f"没有找到工作表「{name}」。")
            found = book.get_sheet_by_name(name)
            if found.start is not None:
                break
        else:
            raise TableError("工作表里一个字也没有。请确认数据在哪张表上，表头和数据都要有。")
        merged = [(a + 1, b, c + 1, d) for (a, b), (c, d) in found.merged_cell_ranges or []]
        rows, columns = (at + 1 for at in found.end or (-1, -1))
    table = Table(
        kind="xls",
        filename="",
        opened=lambda: calamine_rows(opened(), name),
        rows_hint=rows,
        columns=columns,
        sheet=name,
        sheets=tuple(names),
        merged=merged,
    )
    _note_sheets(table)
    return table


# A damaged .xls can make its parser ask for all memory there is, which ends the process: a child tries first.
_PROBE = """
import io, sys
from python_calamine import CalamineError, CalamineWorkbook
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
except ImportError:
    pass
try:
    book = CalamineWorkbook.from_object(io.BytesIO(sys.stdin.buffer.read()))
    for name in book.sheet_names:
        for row in book.get_sheet_by_name(name).iter_rows():
            pass
except CalamineError:
    pass
"""


def _probe(data: bytes) -> None:
    """Raise TableError if reading this .xls breaks a process (out of memory, a panic, no end in a minute)."""
    command = [sys.executable, "-I", "-c", _PROBE]
    try:
        result = subprocess.run(command, input=data, capture_output=True, timeout=60, check=False)
    except subprocess.TimeoutExpired as error:
        raise TableError(DAMAGED) from error
    if result.returncode:
        raise TableError(DAMAGED)


def _note_sheets(table: Table) -> None:
    if len(table.sheets) > 1:
        table.notes.append(f"文件里有 {len(table.sheets)} 张工作表，读的是「{table.sheet}」。")


def _refuse_other_ole(data: bytes) -> None:
    """Old Office files share one container; the names in its directory (UTF-16) tell them apart."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise TableError(PASSWORD)
    if holds("Workbook") or re.search("Book\x00".encode("utf-16-le"), data):
        return
    if holds("WordDocument"):
        raise TableError("这是 Word 文档（.doc），不是表格。请把其中的表格复制到 Excel，存为 .xlsx 再上传。")
    if holds("PowerPoint Document"):
        raise TableError("这是 PowerPoint 演示文稿，不是表格。请上传 .xlsx、.xls 或 .csv 文件。")
    raise TableError("这个文件不是 Excel 表格，或者已经损坏。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")


def _fill_merged(
    rows: Iterator[tuple[int, tuple[Cell, ...]]], merged: list[Merged]
) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """A value merged over several rows of one column belongs to each of them."""
    starts: dict[int, list[Merged]] = {}
    for area in merged:
        if area[2] > area[0]:
            starts.setdefault(area[0], []).append(area)
    open_areas: list[tuple[Merged, Cell]] = []
    for number, cells in rows:
        open_areas = [item for item in open_areas if item[0][2] >= number]
        if open_areas:
            line = list(cells)
            for (_, column, _, _), value in open_areas:
                line.extend([""] * (column + 1 - len(line)))
                line[column] = value
            cells = tuple(line)
        for area in starts.get(number, ()):
            open_areas.append((area, cells[area[1]] if area[1] < len(cells) else ""))
        yield number, cells
