"""Spreadsheets, good and bad, made for the tests of tabular import."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook

HEADER = ("企业名称", "统一社会信用代码", "员工数")


def xlsx(rows: Sequence[Sequence], *, title: str = "企业", merge: Sequence[str] = ()) -> io.BytesIO:
    """A workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for area in merge:
        sheet.merge_cells(area)
    return saved(book)


def saved(book: Workbook) -> io.BytesIO:
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def with_parts(base: io.BytesIO, parts: dict[str, bytes | None]) -> io.BytesIO:
    """The same zip with some parts replaced, added or (None) removed."""
    out = io.BytesIO()
    with zipfile.ZipFile(base) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in parts if name not in old.namelist())]:
            content = parts.get(name, old.read(name) if name in old.namelist() else b"")
            if content is not None:
                new.writestr(name, content)
    out.seek(0)
    return out


def with_sheet(xml: str) -> io.BytesIO:
    """A workbook whose only sheet has this <sheetData> content."""
    head = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    text = f"{head}<sheetData>{xml}</sheetData></worksheet>"
    return with_parts(xlsx([HEADER]), {"xl/worksheets/sheet1.xml": text.encode()})


def with_shared_strings(strings: Sequence[str], xml: str) -> io.BytesIO:
    """A workbook with these shared strings (each the inside of an <si>) and this <sheetData> content."""
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    items = "".join(f"<si>{text}</si>" for text in strings)
    base = with_sheet(xml)
    relations = zipfile.ZipFile(base).read("xl/_rels/workbook.xml.rels").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Type="{kind}" Target="sharedStrings.xml" Id="rId99" /></Relationships>'
    return with_parts(
        base,
        {
            "xl/sharedStrings.xml": f"<sst {namespace}>{items}</sst>".encode(),
            "xl/_rels/workbook.xml.rels": relations.replace("</Relationships>", relation).encode(),
        },
    )


def sharing(file: io.BytesIO) -> io.BytesIO:
    """The same workbook the way Excel writes it: texts in a shared table instead of in their cells."""
    strings: list[str] = []

    def share(found: re.Match[str]) -> str:
        strings.append(found[2] or "<t/>")
        return f'<c{found[1]} t="s"><v>{len(strings) - 1}</v></c>'

    xml = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    data = re.search(r"<sheetData>(.*)</sheetData>", xml, re.DOTALL)[1]
    shared = re.sub(r'<c([^>]*?) t="inlineStr"><is>(.*?)</is></c>', share, data, flags=re.DOTALL)
    out = with_shared_strings(strings, shared)
    styles = zipfile.ZipFile(file).read("xl/styles.xml")
    return with_parts(out, {"xl/styles.xml": styles})


def bomb(size: int, *, lie: bool = False) -> io.BytesIO:
    """A small file that unpacks to `size` bytes; with `lie` its headers claim 100 bytes."""
    parts = io.BytesIO()
    with zipfile.ZipFile(xlsx([HEADER])) as old, zipfile.ZipFile(parts, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        with new.open("xl/worksheets/sheet1.xml", "w") as stream:
            for _ in range(size >> 20):
                stream.write(b" " * (1 << 20))
    data = bytearray(parts.getvalue())
    if lie:
        for signature, at, name_at in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
            start = data.find(signature)
            while start >= 0:
                if data[start + name_at :].startswith(b"xl/worksheets/sheet1.xml"):
                    struct.pack_into("<I", data, start + at, 100)
                start = data.find(signature, start + 4)
    return io.BytesIO(bytes(data))


def ole(*names: str) -> io.BytesIO:
    """An old Office container, as far as its signature and the names in its directory go."""
    directory = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + directory)
