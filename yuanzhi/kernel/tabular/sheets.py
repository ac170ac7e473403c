"""The rows of one .xlsx sheet, two ways: calamine (fast, dense in memory) or a stream (slower, flat memory).

Both give the same rows (a test compares them); `Package.extent` tells which one a sheet can afford.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from .findings import Cell, TableError, column_index
from .workbook import Package

_CHUNK = 1 << 18
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
PASSWORD = "这个文件加了密码，读不了。请在 Excel 或 WPS 里取消密码（文件→信息→保护工作簿），保存后再上传。"  # noqa: S105
DAMAGED = "文件内部结构损坏，读不了。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。"

Numbered = Iterator[tuple[int, tuple[Cell, ...]]]


@contextmanager
def calamine_trouble() -> Iterator[None]:
    """What calamine raises, as a TableError. A panic of its Rust code is no Exception to Python."""
    try:
        yield
    except PasswordError as error:
        raise TableError(PASSWORD) from error
    except CalamineError as error:
        raise TableError(DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise TableError(DAMAGED) from error
        raise


def calamine_rows(source, sheet: str) -> Numbered:
    """Rows by calamine. Also serves .xls. Yields (row number from 1, cells from column A)."""
    with calamine_trouble():
        book = CalamineWorkbook.from_object(source)
        table = book.get_sheet_by_name(sheet)
    if table.start is None:
        return
    margin = ("",) * table.start[1]
    for number, cells in enumerate(table.iter_rows(), 1):
        yield number, margin + tuple(cells)


def streamed_rows(package: Package, part: str) -> Numbered:
    """Rows by an event parser, one chunk of XML at a time; memory: the shared strings and a few rows."""
    try:
        reader = _SheetStream(shared_strings(package), date_styles(package), package.date1904)
        for chunk in package.unpacker.chunks(part, _CHUNK):
            reader.feed(chunk)
            yield from reader.take()
    except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
        raise TableError(DAMAGED) from error


def first_rows(package: Package, part: str, count: int) -> list[tuple[int, tuple[Cell, ...]]]:
    """The first rows, gaps filled with empty ones as `calamine_rows` does; nothing else is unpacked."""
    reader = _SheetStream(_FirstStrings(package), date_styles(package), package.date1904)
    found: dict[int, tuple[Cell, ...]] = {}
    try:
        for chunk in package.unpacker.chunks(part, _CHUNK):
            reader.feed(chunk)
            found.update(reader.take())
            if found and max(found) >= count:
                break
    except (expat.ExpatError, ValueError, LookupError, OverflowError) as error:
        raise TableError(DAMAGED) from error
    return [(number, found.get(number, ())) for number in range(1, min(max(found, default=0), count) + 1)]


def shared_strings(package: Package) -> list[str]:
    """All shared strings, phonetic guides left out."""
    return list(_strings(package))


class _FirstStrings:
    """Shared strings by index, read as far as asked for: those of the header stand at the beginning."""

    def __init__(self, package: Package):
        self._known: list[str] = []
        self._more = _strings(package)

    def __getitem__(self, index: int) -> str:
        while len(self._known) <= index:
            try:
                self._known.append(next(self._more))
            except StopIteration:
                raise IndexError(index) from None
        return self._known[index]


def _strings(package: Package) -> Iterator[str]:
    if not package.strings_part:
        return
    strings: list[str] = []
    buffer: list[str] = []
    state = {"text": False, "phonetic": False}

    def start(name: str, _attributes) -> None:
        name = name.rpartition(":")[2]
        if name == "t":
            state["text"] = not state["phonetic"]
        elif name == "si":
            buffer.clear()
        elif name == "rPh":
            state["phonetic"] = True

    def end(name: str) -> None:
        name = name.rpartition(":")[2]
        if name == "t":
            state["text"] = False
        elif name == "rPh":
            state["phonetic"] = False
        elif name == "si":
            strings.append(_unescape("".join(buffer)))

    def text(data: str) -> None:
        if state["text"]:
            buffer.append(data)

    parser = _parser(start, end, text)
    try:
        for chunk in package.unpacker.chunks(package.strings_part, _CHUNK):
            parser.Parse(chunk, False)
            yield from strings
            strings.clear()
    except expat.ExpatError as error:
        raise TableError(DAMAGED) from error


def date_styles(package: Package) -> set[int]:
    """Indexes of the cell styles that show a number as a date."""
    if not package.styles_part:
        return set()
    root = package.xml(package.styles_part)
    formats = dict(BUILTIN_FORMATS)
    for item in root.iter():
        if item.tag.endswith("}numFmt"):
            formats[int(item.get("numFmtId", -1))] = item.get("formatCode", "")
    dates = set()
    for group in root:
        if group.tag.endswith("}cellXfs"):
            for index, style in enumerate(group):
                number = int(style.get("numFmtId", 0))
                # 27-36 and 50-58 are the East Asian dates, which BUILTIN_FORMATS leaves out.
                if 27 <= number <= 36 or 50 <= number <= 58 or is_date_format(formats.get(number, "")):
                    dates.add(index)
    return dates


def _parser(start, end, text) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text

    def refuse(*_) -> None:
        raise TableError("文件内部有不安全的内容，没有打开。请用 Excel 或 WPS 打开后另存为 .xlsx 再上传。")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class _SheetStream:
    """Turns sheet XML into rows. Cells may lack `r` and then follow the one before, as the format allows."""

    def __init__(self, strings: list[str] | _FirstStrings, dates: set[int], date1904: bool):
        self.strings, self.dates = strings, dates
        self.epoch = CALENDAR_MAC_1904 if date1904 else CALENDAR_WINDOWS_1900
        self.rows: list[tuple[int, tuple[Cell, ...]]] = []
        self.number = 0
        self.cells: list[Cell] = []
        self.column = -1
        self.kind = self.text = self.style = ""
        self.inside = self.phonetic = False
        self.parser = _parser(self.start, self.end, self.data)

    def feed(self, chunk: bytes) -> None:
        self.parser.Parse(chunk, False)

    def take(self) -> list[tuple[int, tuple[Cell, ...]]]:
        rows, self.rows = self.rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            at = attributes.get("r")
            self.column = column_index(at.rstrip("0123456789")) if at else self.column + 1
            self.kind = attributes.get("t", "n")
            self.style = attributes.get("s", "")
            self.text = ""
        elif name in ("v", "t"):
            self.inside = not self.phonetic
        elif name == "row":
            at = attributes.get("r")
            self.number = int(at) if at else self.number + 1
            self.cells, self.column = [], -1
        elif name == "rPh":
            self.phonetic = True

    def end(self, name: str) -> None:
        if ":" in name:
            name = name.rpartition(":")[2]
        if name in ("v", "t"):
            self.inside = False
        elif name == "c":
            if self.text:
                self.put(self.value())
        elif name == "row":
            self.rows.append((self.number, tuple(self.cells)))
        elif name == "rPh":
            self.phonetic = False

    def data(self, text: str) -> None:
        if self.inside:
            self.text += text

    def put(self, value: Cell) -> None:
        missing = self.column - len(self.cells)
        if not 0 <= self.column < 16_384:
            raise TableError(DAMAGED)
        if missing < 0:
            self.cells[self.column] = value
            return
        if missing:
            self.cells.extend([""] * missing)
        self.cells.append(value)

    def value(self) -> Cell:
        kind, text = self.kind, self.text
        try:
            if kind == "s":
                return self.strings[int(text)]
            if kind == "n":
                number = float(text)
                if self.style and self.style.isdigit() and int(self.style) in self.dates:
                    return _moment(number, self.epoch)
                return number
            if kind == "b":
                return text == "1"
            if kind == "d":
                return dt.datetime.fromisoformat(text)
        except (ValueError, IndexError, OverflowError):
            return ""
        return "" if kind == "e" else _unescape(text)


def _moment(number: float, epoch: dt.datetime) -> Cell:
    moment = from_excel(number, epoch)
    if isinstance(moment, dt.datetime) and moment.time() == dt.time():
        return moment.date()
    return moment
