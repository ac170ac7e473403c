"""What is inside an .xlsx, found out before any parser sees it: the sheets, their extent, the cost."""

from __future__ import annotations

import posixpath
import re
import zipfile
from array import array
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree import ElementTree

import numpy as np

from .findings import TableError, column_index
from .limits import MB, ZIP_TROUBLE, Limits, Unpacker

_ODD_CELL = re.compile(rb"<[\w.-]+:c[\s/>]|<c[\t\r\n/>]")
_SHARED = re.compile(rb't="s"[^>]*>\s*<v>(\d+)</v>')
_NO_RESULT = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>'
)
_ERROR = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*t="e"')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_MAX_GAPS = 100_000
_CELL_BYTES = 32  # of calamine's dense grid

Merged = tuple[
    int, int, int, int
]  # top row, left column, bottom row, right column; rows from 1, columns from 0


@dataclass
class SheetPart:
    name: str
    part: str
    visible: bool


@dataclass
class Extent:
    """What one pass over a sheet's XML showed. `gaps`: (row, column) → why a cell came without a value."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    size: int = 0
    plain: bool = True  # every cell says where it stands, in the usual way of writing
    formulas: bool = False
    strings: int = 0  # bytes of shared strings, counted as often as they are used
    merged: list[Merged] = field(default_factory=list)
    gaps: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def cost(self) -> int:
        """Bytes a dense parser would take."""
        return self.rows * self.columns * _CELL_BYTES + self.size + self.strings


class Package:
    """An .xlsx as a zip of parts, already checked against the limits."""

    def __init__(self, source: BinaryIO, limits: Limits):
        self.limits = limits
        try:
            self.archive = zipfile.ZipFile(source)
        except ZIP_TROUBLE as error:
            raise TableError(
                "文件损坏或没有传完整，打不开。请用 Excel 或 WPS 打开原文件，另存为 .xlsx 再上传。"
            ) from error
        self.names = set(self.archive.namelist())
        self._refuse_others()
        self.unpacker = Unpacker(self.archive, limits)
        self.sheets = self._sheets()

    def _refuse_others(self) -> None:
        if "xl/workbook.xml" in self.names or any(
            re.fullmatch(r"xl/workbook\d*\.xml", name) for name in self.names
        ):
            return
        for path, sentence in (
            (
                "word/document.xml",
                "这是 Word 文档（.docx），不是表格。请把其中的表格复制到 Excel，存为 .xlsx 再上传。",
            ),
            ("ppt/presentation.xml", "这是 PowerPoint 演示文稿，不是表格。请上传 .xlsx、.xls 或 .csv 文件。"),
            ("xl/workbook.bin", "这是二进制工作簿（.xlsb），暂不支持。请在 Excel 里另存为 .xlsx 再上传。"),
            ("Index/Document.iwa", "这是苹果 Numbers 表格。请在 Numbers 里导出为 Excel（.xlsx）再上传。"),
            ("content.xml", "这是 OpenDocument 文件（.ods 等），暂不支持。请另存为 .xlsx 再上传。"),
        ):
            if path in self.names:
                raise TableError(sentence)
        raise TableError("这是一个压缩包，里面没有 Excel 表格。请解压后上传其中的 .xlsx、.xls 或 .csv 文件。")

    def xml(self, name: str, most: int = 20 * MB) -> ElementTree.Element:
        text = self.unpacker.whole(name, most)
        if b"<!DOCTYPE" in text[:2000] or b"<!ENTITY" in text:
            raise TableError(
                "文件内部有不安全的内容，没有打开。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
            )
        try:
            return ElementTree.fromstring(text)  # noqa: S314 - no document type, no entities (checked above)
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            raise TableError(
                "文件内部结构损坏，读不了。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"
            ) from error

    def _workbook_part(self) -> str:
        if "_rels/.rels" in self.names:
            for item in self.xml("_rels/.rels"):
                if item.get("Type", "").endswith("/officeDocument"):
                    return item.get("Target", "").lstrip("/")
        return "xl/workbook.xml"

    def _sheets(self) -> list[SheetPart]:
        self.workbook_part = self._workbook_part()
        folder, file = posixpath.split(self.workbook_part)
        self.folder = folder
        rels = f"{folder}/_rels/{file}.rels"
        if self.workbook_part not in self.names or rels not in self.names:
            raise TableError("文件里找不到工作表，可能已损坏。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")
        self.parts = {}
        self.strings_part = self.styles_part = ""
        for item in self.xml(rels):
            target = item.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
            kind = item.get("Type", "").rsplit("/", 1)[-1]
            if kind == "worksheet" and part in self.names:
                self.parts[item.get("Id")] = part
            elif kind == "sharedStrings" and part in self.names:
                self.strings_part = part
            elif kind == "styles" and part in self.names:
                self.styles_part = part
        if not self.strings_part and f"{folder}/sharedStrings.xml" in self.names:
            self.strings_part = (
                f"{folder}/sharedStrings.xml"  # calamine finds it there without a relation, too
            )
        root = self.xml(self.workbook_part)
        self.date1904 = any(
            item.tag.endswith("}workbookPr") and item.get("date1904") in {"1", "true"} for item in root
        )
        sheets = []
        for item in root.iter():
            if item.tag.endswith("}sheet"):
                rid = next((value for key, value in item.attrib.items() if key.endswith("}id")), "")
                if rid in self.parts:
                    visible = item.get("state", "visible") == "visible"
                    sheets.append(SheetPart(item.get("name", ""), self.parts[rid], visible))
        if not sheets:
            raise TableError("这个工作簿里没有普通工作表。请把数据放进一张工作表，另存为 .xlsx 再上传。")
        return sheets

    def extent(self, part: str) -> Extent:
        """One pass over a sheet: how far it reaches, what is merged, which cells lack their value."""
        lengths = self._string_lengths()
        # Only long strings used again and again can cost much more than the file itself.
        weigh = len(lengths) > 0 and int(lengths.max()) > 1_000
        extent = Extent()
        uses = shared = 0
        for text in self._whole_tags(part):
            extent.size += len(text)
            self._reach(text, extent)
            self._note_gaps(text, extent)
            if weigh:
                used = np.array(_SHARED.findall(text), dtype=np.int64)
                uses += len(used)
                shared += text.count(b't="s"') + text.count(b"t='s'")
                extent.strings += int(lengths[used[used < len(lengths)]].sum())
        if uses != shared:
            extent.plain = False
        return extent

    @staticmethod
    def _reach(text: bytes, extent: Extent) -> None:
        rows, columns, sound = _references(text)
        # Counting is quick, and only what it leaves open (<cols>, a prefix) is looked at closely.
        doubtful = text.count(b"<c") != len(rows) or b":c" in text
        if not sound or (doubtful and _ODD_CELL.search(text)):
            extent.plain = False
            extent.cells += 1
        extent.cells += len(rows)
        if len(rows):
            extent.columns = max(extent.columns, int(columns.max()))
            extent.rows = max(extent.rows, int(rows.max()))

    def _note_gaps(self, text: bytes, extent: Extent) -> None:
        # </f> is found faster than <f; a sheet with formulas has one long before those written <f …/>.
        extent.formulas = extent.formulas or b"</f>" in text
        seen = ((extent.formulas, _NO_RESULT, "formula"), (b't="e"' in text, _ERROR, "error"))
        for present, pattern, why in seen:
            if present and len(extent.gaps) < _MAX_GAPS:
                for letters, row in pattern.findall(text):
                    extent.gaps[int(row), column_index(letters.decode())] = why
        if b"mergeCell" in text:
            for left, top, right, bottom in _MERGED.findall(text):
                extent.merged.append(
                    (int(top), column_index(left.decode()), int(bottom), column_index(right.decode()))
                )

    def _whole_tags(self, part: str):
        """The part's bytes in pieces that never cut a cell in two (while cells stay below a megabyte)."""
        rest = b""
        for chunk in self.unpacker.chunks(part):
            text = rest + chunk
            cut = max(text.rfind(b"</row>"), text.rfind(b"</c>"), text.rfind(b"<c "))
            if cut <= 0 or len(text) - cut > 2 * MB:
                cut = text.rfind(b"<")
            rest = text[cut:] if cut > 0 else b""
            yield text[:cut] if cut > 0 else text
        if rest:
            yield rest

    def _string_lengths(self) -> np.ndarray:
        """Bytes of each shared string, in order."""
        if not self.strings_part:
            return np.zeros(0, dtype=np.int64)
        lengths = array("q")  # a list of as many numbers takes four times the room
        rest, total = b"", 0
        for chunk in self.unpacker.chunks(self.strings_part):
            total += len(chunk)
            if total > self.limits.strings:
                raise TableError(
                    f"文件里的文字超过了 {self.limits.strings // MB} MB，一次读不下。请拆成几个文件上传。"
                )
            *items, rest = (rest + chunk).split(b"</si>")
            lengths.extend(map(len, items))
        return np.frombuffer(lengths, dtype=np.int64) if lengths else np.zeros(0, dtype=np.int64)


def _references(text: bytes) -> tuple[np.ndarray, np.ndarray, bool]:
    """Row and column numbers (from 1) of all cells written <c r="AB12"…; whether all <c … are written so.

    A million cells: a tenth of a second, where a regular expression takes half of one.
    """
    signs = np.frombuffer(text + bytes(20), dtype=np.uint8)
    found = np.flatnonzero((signs[:-20] == 60) & (signs[1:-19] == 99) & (signs[2:-18] == 32))  # "<c "
    named = (signs[found + 3] == 114) & (signs[found + 4] == 61) & (signs[found + 5] == 34)  # r="
    base = found[named] + 6
    rows = np.zeros(len(base), dtype=np.int64)
    columns = np.zeros(len(base), dtype=np.int64)
    going = np.ones(len(base), dtype=bool)
    sound = bool(named.all())
    for at in range(11):  # XFD1048576" is eleven signs
        sign = signs[base + at].astype(np.int64)
        going &= sign != 34
        if not going.any():
            break
        letter = going & (sign >= 65) & (sign <= 90)
        digit = going & (sign >= 48) & (sign <= 57)
        sound = sound and bool((letter | digit | ~going).all()) and not (letter & (rows > 0)).any()
        rows = np.where(digit, rows * 10 + sign - 48, rows)
        columns = np.where(letter, columns * 26 + sign - 64, columns)
    whole = not going.any() and bool(((rows > 0) & (columns > 0) & (columns <= 18_278)).all())
    return rows, columns, sound and whole
