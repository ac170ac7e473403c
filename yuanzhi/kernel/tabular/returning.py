"""The same file back with a 错误信息 column, so that its owner mends the rows and uploads it again.

.xlsx: the sheet's own XML gets one more cell per row while all else (formats, pictures, other sheets) is
copied as it was; memory is flat. .csv: same encoding and delimiter. .xls can't be written any more:
it comes back as .xlsx with the same values.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from xml.sax.saxutils import escape

from .findings import ERROR, FINDINGS_TITLE, Cell, Finding, column_index, column_letter, neutral
from .limits import Limits
from .mapping import Matching, normal
from .reader import Table, _opener
from .workbook import Package
from .writer import CsvWriter, write_rows

_ROW = re.compile(rb"<((?:[\w.-]+:)?)row\b([^>]*?)(/?)>")
_ROW_END = re.compile(rb"(</(?:[\w.-]+:)?row>)")
_REFERENCE = re.compile(rb"<((?:[\w.-]+:)?)c\s[^>]*?\br=[\"']([A-Z]{1,3})\d")
_DIMENSION = re.compile(rb"<(?:[\w.-]+:)?dimension\b[^>]*/>")
_NUMBER = re.compile(rb'\sr\s*=\s*["\'](\d+)["\']')
_SPANS = re.compile(rb'\sspans\s*=\s*["\'][^"\']*["\']')
_MESSAGE = 2_000  # characters; a cell of Excel holds 32,767
_WIDTH = 60
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f￾￿]")


def messages(findings: Iterable[Finding]) -> dict[int, str]:
    """Row number → what stands in its 错误信息 cell; errors first, then what was taken with a doubt."""
    rows: dict[int, list[Finding]] = {}
    for finding in findings:
        rows.setdefault(finding.row, []).append(finding)
    texts = {}
    for row, items in rows.items():
        items.sort(key=lambda item: item.level)
        taken = items[0].level != ERROR
        texts[row] = "\n".join(item.sentence(taken) for item in items)[:_MESSAGE]
    return texts


def returned_name(table: Table) -> str:
    """File name of the file that goes back: 名单.xlsx → 名单-错误信息.xlsx."""
    stem = re.sub(r"\.(xlsx|xlsm|xls|csv|csv\.gz|txt|tsv|gz)$", "", table.filename, flags=re.IGNORECASE)
    stem = re.sub(r"\.csv$|-错误信息$", "", stem, flags=re.IGNORECASE) or "表格"
    return f"{stem}-{FINDINGS_TITLE}.{'csv' if table.kind == 'csv' else 'xlsx'}"


def write_back(
    source: str | Path | BinaryIO,
    table: Table,
    matching: Matching,
    findings: Iterable[Finding],
    out: BinaryIO,
    *,
    only_rejected: bool = False,
    limits: Limits | None = None,
) -> None:
    """Write the uploaded file to `out` with a 错误信息 column (an older one is overwritten).

    With `only_rejected` only the header and the rows that have findings are written, as values.
    Raises TableError beyond the limits, which are those of the way in.
    """
    limits = limits or Limits()
    with _opener(source)() as file:
        limits.check_file(file.seek(0, io.SEEK_END))
    texts = messages(findings)
    position = _position(table, matching)
    if table.kind == "xlsx" and not only_rejected:
        _amend_sheet(source, table, matching, texts, position, out, limits)
        return
    rows = _rows_with_messages(table, matching, texts, position, only_rejected)
    if table.kind == "csv":
        writer = CsvWriter(out, table.encoding, table.delimiter)
        for cells in rows:
            writer.row(cells)
        writer.close()
    else:
        write_rows(out, rows, table.sheet, [16] * position + [_WIDTH])


def _position(table: Table, matching: Matching) -> int:
    """Where the column goes: over its predecessor, else right of everything."""
    for position, header in enumerate(matching.headers):
        if normal(header) == normal(FINDINGS_TITLE):
            return position
    width = len(matching.headers)
    while width and not matching.headers[width - 1]:
        width -= 1
    if table.columns != width:
        # Notes may stand beyond the header; nothing of the user's is written over.
        for number, cells in table.rows():
            if len(cells) > width and number >= matching.header_row:
                width = max(width, 1 + max((at for at, cell in enumerate(cells) if cell != ""), default=0))
    return width


def _rows_with_messages(
    table: Table, matching: Matching, texts: dict[int, str], position: int, only_rejected: bool
) -> Iterator[list[Cell]]:
    for number, cells in table.rows():
        if only_rejected and number not in texts and number != matching.header_row:
            continue
        line = list(cells)
        if number >= matching.header_row:
            line.extend([""] * (position + 1 - len(line)))
            line[position] = FINDINGS_TITLE if number == matching.header_row else texts.get(number, "")
        yield line


def _amend_sheet(
    source,
    table: Table,
    matching: Matching,
    texts: dict[int, str],
    position: int,
    out: BinaryIO,
    limits: Limits,
) -> None:
    package = Package(_opener(source)(), limits)
    part = next(item.part for item in package.sheets if item.name == table.sheet)
    texts = {**texts, matching.header_row: FINDINGS_TITLE}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target:
        for info in package.archive.infolist():
            entry = zipfile.ZipInfo(info.filename, info.date_time)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = info.external_attr
            with target.open(entry, "w", force_zip64=info.file_size > 1 << 31) as stream:
                chunks = package.unpacker.chunks(info.filename)
                if info.filename == part:
                    chunks = _amended(chunks, texts, position, matching.header_row)
                for chunk in chunks:
                    stream.write(chunk)


def _amended(chunks: Iterator[bytes], texts: dict[int, str], position: int, header: int) -> Iterator[bytes]:
    """The sheet's XML with one more cell in each row from the header down. Rows pass one by one."""
    letter = column_letter(position).encode()
    old = re.compile(
        rb"<((?:[\w.-]+:)?)c\s[^>]*?\br=[\"']" + letter + rb"\d+[\"'][^>]*?(?:/>|>.*?</\1c>)", re.DOTALL
    )
    rest, number, prologue = b"", 0, True
    for chunk in chunks:
        rest += chunk
        pieces = _ROW_END.split(rest)
        rest = pieces.pop()
        for body, close in zip(pieces[::2], pieces[1::2], strict=True):
            if prologue:
                body, prologue = _widened(body, position), False
            # Empty rows (<row …/>) may stand before the one this piece closes.
            opened = list(_ROW.finditer(body))
            last = opened[-1] if opened and not opened[-1][3] else None
            at = _NUMBER.search(last[2]) if last else None
            number = int(at[1]) if at else number + max(len(opened), 1)
            if last is None or number < header:
                yield body + close
                continue
            opening = body[: last.start()] + _SPANS.sub(b"", last[0])
            cells = body[last.end() :]
            if letter in cells:
                cells = old.sub(b"", cells)
            left, right = _around(cells, position)
            yield opening + left + _cell(last[1], letter, number, texts.get(number, "")) + right + close
    yield rest


def _around(cells: bytes, position: int) -> tuple[bytes, bytes]:
    """The cells left and right of a position: Excel calls a row damaged whose cells are out of order."""
    last = _REFERENCE.search(cells, max(cells.rfind(b"<c "), 0))
    if last and column_index(last[2].decode()) > position:
        for found in _REFERENCE.finditer(cells):
            if column_index(found[2].decode()) > position:
                return cells[: found.start()], cells[found.start() :]
    return cells, b""


def _widened(prologue: bytes, position: int) -> bytes:
    """What stands before the first row, with a wide column for the messages and no stale <dimension>."""
    prologue = _DIMENSION.sub(b"", prologue)
    column = b'col min="%d" max="%d" width="%d" customWidth="1"/>' % (position + 1, position + 1, _WIDTH)
    if found := re.search(rb"<((?:[\w.-]+:)?)cols>.*?(?=</\1cols>)", prologue, re.DOTALL):
        taken = [int(number) for number in re.findall(rb'\smax\s*=\s*["\'](\d+)', found[0])]
        if max(taken, default=0) > position:
            return prologue
        return prologue[: found.end()] + b"<" + found[1] + column + prologue[found.end() :]
    if found := re.search(rb"<((?:[\w.-]+:)?)sheetData>", prologue):
        tag = b"<%bcols><%b%b</%bcols>" % (found[1], found[1], column, found[1])
        return prologue[: found.start()] + tag + prologue[found.start() :]
    return prologue


def _cell(prefix: bytes, letter: bytes, number: int, text: str) -> bytes:
    if not text:
        return b""
    inner = escape(neutral(_ILLEGAL.sub("", text))).encode()
    tag = b'<%bc r="%b%d" t="inlineStr"><%bis><%bt xml:space="preserve">%b</%bt></%bis></%bc>'
    return tag % (prefix, letter, number, prefix, prefix, inner, prefix, prefix, prefix)
