"""Comma, semicolon and tab separated text in the encodings Chinese offices really use."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .findings import TableError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "gb18030": "GB18030"}
_CHUNK = 1 << 20
_SAMPLE = 1 << 16
_QUOTED_LINES = 60  # a field over more lines than this is a quotation mark nobody closed


@dataclass
class Delimited:
    """A text table: how it is written, and its records on demand (`opened` yields a fresh binary stream)."""

    opened: Callable[[], Any]
    encoding: str
    delimiter: str
    lines: int  # upper bound of the number of records
    skip: int = 0  # 1 when the first line is Excel's "sep=;"
    errors: str = "strict"
    notes: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """(record number as Excel counts it, cells), one after another."""
        text = io.TextIOWrapper(
            _Readable(self.opened()),  # type: ignore[type-var]
            encoding=self.encoding,
            errors=self.errors,
            newline="",
        )
        for _ in range(self.skip):
            text.readline()
        reader = csv.reader(text, delimiter=self.delimiter)
        number, line = 0, 0
        try:
            for cells in reader:
                number += 1
                if reader.line_num - line > _QUOTED_LINES:
                    raise csv.Error
                line = reader.line_num
                yield number, tuple(cells)
        except csv.Error as error:
            raise TableError(
                f"第 {number + 1} 行附近的引号没有配对，后面的内容分不清是哪一列。"
                "请检查这一行的双引号，或者另存为 .xlsx 再上传。"
            ) from error
        finally:
            text.close()


class _Readable(io.RawIOBase):
    """Lets TextIOWrapper read from anything that has read()."""

    def __init__(self, source: Any):
        self._source = source

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        return self._source.read(size if size > 0 else _CHUNK)

    def read(self, size: int = -1) -> bytes:
        return self._source.read(size if size and size > 0 else _CHUNK)

    def close(self) -> None:
        if not self.closed and hasattr(self._source, "close"):
            self._source.close()
        super().close()


def open_delimited(opened: Callable[[], Any]) -> Delimited:
    """Find out encoding and delimiter by reading the whole stream once (constant memory)."""
    stream = opened()
    sample = stream.read(_SAMPLE)
    if not sample.strip(b"\x00 \t\r\n\xff\xfe\xef\xbb\xbf"):
        raise TableError("这个文件里没有内容。请确认选对了文件，第一行应是表头。")
    encoding, lines, bad = _choose_encoding(opened, sample)
    table = Delimited(opened, encoding, ",", lines)
    if bad:
        table.errors = "replace"
        name = _NAMES.get(encoding, encoding)
        table.notes.append(f"有 {bad} 处文字按 {name} 读不出来，已用「�」代替，请核对。")
    table.skip, table.delimiter = _choose_delimiter(sample.decode(encoding, "replace"))
    return table


def _choose_encoding(opened: Callable[[], Any], sample: bytes) -> tuple[str, int, int]:
    """(encoding, number of lines, number of undecodable places)."""
    for bom, encoding in _BOMS:
        if sample.startswith(bom):
            lines, bad = _decode(opened, encoding)
            return encoding, lines, bad
    if encoding := _bare_utf16(sample):
        return encoding, *_decode(opened, encoding)
    if b"\x00" in sample:
        raise TableError("这不是表格文件（里面是二进制内容）。请上传 .xlsx、.xls 或 .csv 文件。")
    tried = {}
    for encoding in ("utf-8", "gb18030"):
        lines, bad = _decode(opened, encoding)
        if not bad:
            return encoding, lines, 0
        tried[encoding] = (bad, lines)
    encoding = min(tried, key=lambda name: tried[name][0])
    bad, lines = tried[encoding]
    if bad > 20 + lines // 100:
        raise TableError(
            "文件里的文字读出来是乱码，既不是 UTF-8 也不是 GB18030（GBK）编码。"
            "请用 Excel 或 WPS 打开，确认文字正常后另存为 .xlsx 再上传。"
        )
    return encoding, lines, bad


def _bare_utf16(sample: bytes) -> str:
    """UTF-16 without a byte order mark shows by zeros in every other place (commas, digits, line ends)."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd > len(sample) // 40 and odd > 8 * even:
        return "utf-16-le"
    if even > len(sample) // 40 and even > 8 * odd:
        return "utf-16-be"
    return ""


def _decode(opened: Callable[[], Any], encoding: str) -> tuple[int, int]:
    """(lines, undecodable places) of the whole stream."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    bad = 0
    stream = opened()
    lines, last = 0, "\n"
    while chunk := stream.read(_CHUNK):
        text = decoder.decode(chunk)
        bad += text.count("�")
        lines += text.count("\n") or text.count("\r")
        last = text[-1:] or last
    bad += decoder.decode(b"", final=True).count("�")
    return lines + (last not in "\r\n"), bad


def _choose_delimiter(text: str) -> tuple[int, str]:
    """(lines to skip, delimiter): the one that cuts the first lines into the most columns, evenly."""
    text = text.lstrip("﻿")
    first = text.splitlines()[0] if text.strip() else ""
    if first.lower().startswith("sep=") and len(first) == 5:
        return 1, first[4]
    best, best_score = ",", 0.0
    for delimiter in (",", "\t", ";"):
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            widths = [len(cells) for cells, _ in zip(reader, range(20), strict=False) if any(cells)]
        except csv.Error:
            continue
        widths = widths[:-1] or widths  # the sample may cut the last one
        usual = max(set(widths), key=widths.count, default=0)
        score = (usual - 1) * widths.count(usual) / max(len(widths), 1)
        if score > best_score:
            best, best_score = delimiter, score
    return 0, best
