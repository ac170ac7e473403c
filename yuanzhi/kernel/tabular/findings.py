"""What is to be said about a table, a row or a cell: plain values, in the words of its owner."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

ERROR = "error"
WARNING = "warning"

# The column a returned file carries; on the way in it is known and ignored.
FINDINGS_TITLE = "错误信息"

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta


class TableError(Exception):
    """The file as a whole can't be read. The text says what is wrong, where, and what to do."""


class BadCell(ValueError):
    """Raised by a column's parse: the cell can't be taken.

    With `private` the value itself is kept out of findings, logs and exports (a person's ID number, say).
    """

    def __init__(self, message: str, *, private: bool = False):
        super().__init__(message)
        self.message = message
        self.private = private


class DoubtfulCell(Exception):
    """Raised by a column's parse: `value` is taken (None leaves the cell blank), with a word of warning."""

    def __init__(self, message: str, value: object):
        super().__init__(message)
        self.message = message
        self.value = value


class Finding(NamedTuple):
    """One thing to say about one cell (or row, when `column` is empty).

    row: the row number the user sees in the spreadsheet, from 1. column: the column's title.
    level: ERROR, the row was not taken; WARNING, it was, with a doubt.
    value: what stood there ("" if private).
    """

    row: int
    column: str
    level: str
    message: str
    value: str = ""

    def sentence(self, taken: bool = True) -> str:
        """As shown to the user; `taken`: whether the row was, apart from this."""
        mark = "（已导入，请核对）" if taken and self.level == WARNING else ""
        return f"「{self.column}」{self.message}{mark}" if self.column else f"{self.message}{mark}"


_PROTECTED = re.compile(r'^="(.*)"$', re.DOTALL)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")


def cell_text(value: Cell) -> str:
    """A cell as the user reads it, trimmed: 5.0 → "5", a date → ISO; ="007" and '=x (our guard) unwrapped."""
    if type(value) is str:
        text = value.strip()
        if text[:2] == '="':
            return _PROTECTED.sub(r"\1", text).strip()
        if text[:1] == "'" and text[1:2] in _FORMULA_STARTS:
            return text[1:]
        return text
    if type(value) is float:
        return str(int(value)) if value.is_integer() and abs(value) < 1e18 else repr(value)
    if isinstance(value, dt.datetime):
        return (
            value.strftime("%Y-%m-%d %H:%M:%S") if value.time() != dt.time() else value.strftime("%Y-%m-%d")
        )
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value)


def neutral(text: str) -> str:
    """Text that no spreadsheet takes for a formula (OWASP: CSV injection); plain numbers stay as they are."""
    if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def column_letter(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """A → 0, AA → 26; the inverse of `column_letter`."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
