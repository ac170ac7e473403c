"""Which column of an upload is which field, and the records that follow from it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .findings import (
    ERROR,
    FINDINGS_TITLE,
    WARNING,
    BadCell,
    Cell,
    DoubtfulCell,
    Finding,
    TableError,
    cell_text,
    column_letter,
)
from .limits import Limits
from .reader import Table, open_table

HEADER_ROWS = 15  # the header is looked for in this many rows; instructions may stand above it
Parse = Callable[[Cell], object]

_BRACKETS = re.compile(r"[(\[【〔<《].*?[)\]】〕>》]")
_NOISE = re.compile(r"[\s*:;,.、。·_\-#?!'\"“”​‎﻿]+|必填项?|选填项?")


def normal(header: str) -> str:
    """A header without what people add: spaces, full width, asterisks, units in brackets, colons, 必填."""
    text = unicodedata.normalize("NFKC", header).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", text)) or _NOISE.sub("", text)


@dataclass(frozen=True)
class Column:
    """One field of a layout.

    key: name of the value in a record. synonyms: other headers people use.
    parse: cell → value; raises BadCell or DoubtfulCell; gets non-empty cells only.
    bind: instead of parse: header text → parse, where the header carries meaning (注册资本（万元）).
    required: an empty or bad cell refuses the row. Otherwise a bad cell is left blank and warned about, so
    that one bad phone number doesn't keep an enterprise out; strict: a bad cell refuses the row all the same.
    unique: the same value twice in one file refuses the later row.
    choices, text (codes, phones stay text), example, note, width: for the template.
    """

    key: str
    title: str
    synonyms: tuple[str, ...] = ()
    required: bool = False
    strict: bool = False
    unique: bool = False
    example: str = ""
    note: str = ""
    parse: Parse = cell_text
    bind: Callable[[str], Parse] | None = None
    choices: tuple[str, ...] = ()
    text: bool = False
    width: int = 0


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of import. `name` is what one row is (企业): the template's sheet name."""

    name: str
    columns: tuple[Column, ...]
    instructions: tuple[str, ...] = ()
    _known: dict[str, tuple[Column, int]] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for column in self.columns:
            for rank, header in ((2, column.title), *((1, synonym) for synonym in column.synonyms)):
                known = self._known.setdefault(normal(header), (column, rank))
                if known[0] is not column and known[1] == rank:
                    raise ValueError(f"{header!r} names two columns: {known[0].key} and {column.key}")
                if rank > known[1]:
                    self._known[normal(header)] = (column, rank)

    def find(self, header: str) -> tuple[Column, int] | None:
        """(column, strength) of a header: 2 for its title, 1 for a synonym, 0 for one half of "甲/乙"."""
        name = normal(header)
        if found := self._known.get(name):
            return found
        for part in re.split(r"[/|或]", name):
            if part and (found := self._known.get(part)):
                return found[0], 0
        return None

    def by_key(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)


@dataclass
class Matching:
    """What was made of the headers. With `problems` nothing can be imported before they are solved."""

    layout: Layout
    header_row: int
    first_row: int  # of data
    headers: tuple[str, ...]
    places: dict[str, int]  # column key → position in the row, from 0
    unknown: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def match(table: Table, layout: Layout, overrides: Mapping[str | int, str | None] | None = None) -> Matching:
    """Find the header row and give every header its column.

    `overrides`: the user's own choice, header text or position (from 0) → column key, None to leave it out.
    """
    head = table.head(HEADER_ROWS)
    overrides = overrides or {}
    best, best_score = -1, 0.0
    for position, (_, cells) in enumerate(head):
        score = _score(layout, cells, overrides)
        if score > best_score:
            best, best_score = position, score
    if best < 0:
        return _no_header(layout, head)
    number, cells = head[best]
    headers, first_row = _two_storeys(table, head, best)
    places, problems, notes, unknown = _assign(layout, headers, overrides)
    missing = [column for column in layout.columns if column.required and column.key not in places]
    if missing:
        names = "、".join(f"「{column.title}」" for column in missing)
        found = "、".join(filter(None, headers)) or "（空）"
        problems.insert(
            0,
            f"第 {number} 行的表头里没有{names}；现有：{found[:200]}。请补上，或在下面指定它对应哪一列。",
        )
    return Matching(layout, number, first_row, headers, places, tuple(unknown), tuple(problems), tuple(notes))


def open_matching(
    source: str | Path | BinaryIO,
    layout: Layout,
    filename: str = "",
    *,
    sheet: str = "",
    overrides: Mapping[str | int, str | None] | None = None,
    limits: Limits | None = None,
) -> tuple[Table, Matching]:
    """Open a file and match its headers. Where no sheet is named, the first one that fits is taken."""
    table = open_table(source, filename, sheet=sheet, limits=limits)
    matching = match(table, layout, overrides)
    if sheet or not matching.problems:
        return table, matching
    for name in table.sheets:
        if name == table.sheet:
            continue
        try:
            other = open_table(source, filename, sheet=name, limits=limits)
        except TableError:  # an empty sheet among others is nobody's mistake
            continue
        fitting = match(other, layout, overrides)
        if not fitting.problems:
            return other, fitting
    return table, matching


def _score(layout: Layout, cells: Sequence[Cell], overrides: Mapping[str | int, str | None]) -> float:
    keys: dict[str, float] = {}
    for cell in cells:
        if type(cell) is not str or not cell or len(cell) > 60:
            continue
        text = cell.strip()
        if overrides.get(text):
            keys[str(overrides[text])] = 2.0
        elif found := layout.find(text):
            keys[found[0].key] = max(keys.get(found[0].key, 0), 1.0 + found[1] / 10 + found[0].required)
    # One word alone may be part of a sentence or a title, unless the layout itself is that small.
    return sum(keys.values()) if len(keys) >= min(2, len(layout.columns)) else 0.0


def _no_header(layout: Layout, head: list) -> Matching:
    wanted = "、".join(f"「{column.title}」" for column in layout.columns if column.required)
    seen = next(("、".join(filter(None, map(cell_text, cells))) for _, cells in head if any(cells)), "（空）")
    problem = (
        f"前 {HEADER_ROWS} 行里没有找到表头（至少要有{wanted}）；第一行有字的是：{seen[:120]}。"
        "请确认选对了文件和工作表，或者下载模板，把数据贴进去。"
    )
    return Matching(layout, 0, 0, (), {}, problems=(problem,))


def _two_storeys(table: Table, head: list, best: int) -> tuple[tuple[str, ...], int]:
    """Headers (of two rows, where merged cells make a group over the first) and the first row of data."""
    number, cells = head[best]
    headers = [cell_text(cell).replace("\n", "") for cell in cells]
    groups = [area for area in table.merged if area[0] == area[2] == number and area[3] > area[1]]
    tall = [area for area in table.merged if area[0] == number < area[2]]
    first_row = max([number, *(area[2] for area in tall)]) + 1
    if groups and best + 1 < len(head) and first_row > number + 1:
        below = head[best + 1][1]
        for _, left, _, right in groups:
            group = headers[left] if left < len(headers) else ""
            for position in range(left, min(right + 1, len(below))):
                headers.extend([""] * (position + 1 - len(headers)))
                part = cell_text(below[position])
                headers[position] = f"{group}{part}" if _needs_group(part) else part
    return tuple(headers), first_row


def _needs_group(part: str) -> bool:
    """Whether a sub-header means little without its group: 姓名 under 联系人, 电话 under 负责人."""
    return normal(part) in {"姓名", "电话", "名称", "手机", "日期", "金额", "号码"}


def _assign(layout: Layout, headers: Sequence[str], overrides: Mapping[str | int, str | None]):
    places: dict[str, int] = {}
    strength: dict[str, int] = {}
    problems, notes, unknown = [], [], []
    for position, header in enumerate(headers):
        blank = not header or normal(header) == normal(FINDINGS_TITLE)
        if blank and position not in overrides:
            continue
        chosen = overrides.get(position, overrides.get(header, ""))
        if chosen is None:
            continue
        found = (layout.by_key(chosen), 3) if chosen else layout.find(header)
        if found is None:
            unknown.append(header)
            continue
        column, rank = found
        before = places.get(column.key)
        if before is None or rank > strength[column.key]:
            if before is not None:
                notes.append(_other(headers, before, column))
            places[column.key], strength[column.key] = position, rank
        elif rank == strength[column.key]:
            problems.append(
                f"有两列都是「{column.title}」：{column_letter(before)} 列「{headers[before]}」和"
                f" {column_letter(position)} 列「{header}」。请删掉一列，或在下面指定用哪一列。"
            )
        else:
            notes.append(_other(headers, position, column))
    if unknown:
        names = "、".join(f"「{name[:20]}」" for name in unknown[:20])
        more = f"等 {len(unknown)} 列" if len(unknown) > 20 else ""
        notes.append(f"这些列不认识，没有导入：{names}{more}。")
    return places, problems, notes, unknown


def _other(headers: Sequence[str], position: int, column: Column) -> str:
    return f"{column_letter(position)} 列「{headers[position]}」也像「{column.title}」，没有用它。"


@dataclass(slots=True)
class Record:
    """One row as values. `ok` says whether it can be taken; `findings` hold the warnings too."""

    row: int
    values: dict[str, object]
    findings: list[Finding]
    ok: bool = True

    def add(self, column: str, level: str, message: str, value: str = "") -> None:
        """Say something more about this row (checks across columns, against the register)."""
        self.findings.append(Finding(self.row, column, level, message, value))
        if level == ERROR:
            self.ok = False


def read_records(table: Table, matching: Matching) -> Iterator[Record]:
    """Stream the rows below the header as records, without blank rows and the untouched example row."""
    plan = [_Place(matching, key, position) for key, position in matching.places.items()]
    absent = [column.key for column in matching.layout.columns if column.key not in matching.places]
    examples = [(place.position, place.column.example) for place in plan if place.column.example]
    for number, cells in table.rows():
        if number < matching.first_row or _is_blank_row(cells):
            continue
        if number <= matching.first_row + 2 and len(examples) > 1 and _is_example(cells, examples):
            continue
        yield _record(number, cells, plan, absent, table.gaps)


class _Place:
    """A column at its place in this file. `cache`: clean results by cell, for columns that repeat."""

    __slots__ = ("cache", "column", "key", "parse", "position", "seen")
    CACHE = 16_384

    def __init__(self, matching: Matching, key: str, position: int):
        self.column = column = matching.layout.by_key(key)
        self.key, self.position = key, position
        self.parse = column.bind(matching.headers[position]) if column.bind else column.parse
        self.seen: dict[object, int] | None = {} if column.unique else None
        self.cache: dict[Cell, object] | None = None if column.unique else {}

    def keep(self, cell: Cell, value: object) -> None:
        """Remember a clean result; a column that never repeats stops being remembered."""
        cache = self.cache
        if cache is not None and cell.__class__ is not bool:  # True would answer for 1
            cache[cell] = value
            if len(cache) > self.CACHE:
                self.cache = None


def _is_blank_row(cells: Sequence[Cell]) -> bool:
    if cells and cells[0].__class__ is str and cells[0] and not cells[0].isspace():
        return False
    return all(cell == "" or (cell.__class__ is str and cell.isspace()) for cell in cells)


def _is_example(cells: Sequence[Cell], examples: list[tuple[int, str]]) -> bool:
    return all(position < len(cells) and cell_text(cells[position]) == text for position, text in examples)


_GAPS = {
    "formula": "是公式，但文件里没有存下计算结果；请在 Excel 里打开、保存一次，或把公式粘贴成数值",
    "error": "是公式错误（如 #N/A、#REF!）；请改成实际的值",
}


def _record(number: int, cells: Sequence[Cell], plan: list[_Place], absent: list[str], gaps: dict) -> Record:
    record = Record(number, dict.fromkeys(absent), [])
    values = record.values
    width = len(cells)
    for place in plan:
        cell = cells[place.position] if place.position < width else ""
        if cell == "" or (cell.__class__ is str and cell.isspace()):
            values[place.key] = None
            if place.column.required or gaps:
                _note_blank(record, place, gaps)
            continue
        if place.cache is not None and cell in place.cache and cell.__class__ is not bool:
            values[place.key] = place.cache[cell]
            continue
        values[place.key] = value = _read_cell(record, place, cell)
        if place.seen is not None and value is not None:
            first = place.seen.setdefault(value, number)
            if first != number:
                record.add(
                    place.column.title, ERROR, f"与第 {first} 行重复；请核对后只留一行。", cell_text(cell)
                )
    return record


def _read_cell(record: Record, place: _Place, cell: Cell) -> object:
    column = place.column
    try:
        value = place.parse(cell)
    except DoubtfulCell as doubt:
        record.add(column.title, WARNING, doubt.message, cell_text(cell))
        return doubt.value
    except BadCell as bad:
        level = ERROR if column.required or column.strict else WARNING
        message = bad.message if level == ERROR else f"{bad.message}这一格先留空。"
        record.add(column.title, level, message, "" if bad.private else cell_text(cell))
        return None
    if place.cache is not None:
        place.keep(cell, value)
    return value


def _note_blank(record: Record, place: _Place, gaps: dict[tuple[int, int], str]) -> None:
    column = place.column
    if why := gaps.get((record.row, place.position)):
        record.add(column.title, ERROR if column.required else WARNING, _GAPS[why])
    elif column.required:
        record.add(column.title, ERROR, "没有填。")
