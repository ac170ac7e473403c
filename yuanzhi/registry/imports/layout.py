"""The columns of a spreadsheet of enterprises: those of the rules, and where each sits, by whatever name."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

from yuanzhi.kernel.tabular.findings import BadCell, Cell, DoubtfulCell, cell_text
from yuanzhi.kernel.tabular.mapping import Column, Layout

from ..rules.dates import DAY, YEAR, Day
from ..rules.sheet import enterprise_layout, read_text
from ..rules.uscc import check_uscc

KIND = "registry.enterprise"
_YES = {"是", "有", "异常", "已列入", "列入", "y", "yes", "true", "1"}
_NO = {"否", "无", "正常", "未列入", "没有", "n", "no", "false", "0"}


class OldCode(str):
    """A code of before 2015: it names the enterprise, but isn't its 统一社会信用代码."""

    __slots__ = ()


def read_code(cell: Cell) -> str:
    """The code, or an OldCode with a word of warning. BadCell with the explanation for anything else."""
    code = check_uscc(cell if isinstance(cell, str | int | float) else cell_text(cell))
    if code.kind == "blank":
        return ""
    if code.old_code:
        raise DoubtfulCell(f"{code.problem}先按旧号登记。", OldCode(code.old_code[:18]))
    if code.problem:
        raise BadCell(code.problem, private=code.private)
    if code.doubt:
        raise DoubtfulCell(code.doubt, code.value)
    return code.value


def read_abnormal(cell: Cell) -> bool | None:
    """是 or 否, as people write it."""
    text = cell_text(cell).strip().casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadCell(f"“{text[:20]}”看不出是还是否，请填“是”或“否”。")


def read_names(cell: Cell) -> tuple[str, ...]:
    """Former names, several with 、；/ or line breaks between."""
    text = cell_text(cell)
    for sign in "；;\n/|":
        text = text.replace(sign, "、")
    names = [str(read_text(part) or "")[:200] for part in text.split("、")]
    return tuple(dict.fromkeys(name for name in names if len(name) > 1))


def _exact_day(parse: Callable[[Cell], object]) -> Callable[[Cell], object]:
    """A day of which only the year or the month is known is taken, with a word."""

    def read(cell: Cell) -> object:
        day = parse(cell)
        if isinstance(day, Day) and day.precision != DAY:
            known = "年份，先按 1 月 1 日" if day.precision == YEAR else "月份，先按 1 日"
            raise DoubtfulCell(f"“{cell_text(cell)[:20]}”只有{known}登记，请核对。", day)
        return day

    return read


def _private(parse: Callable[[Cell], object]) -> Callable[[Cell], object]:
    """Phones that can't be read are not kept in the findings either."""

    def read(cell: Cell) -> object:
        try:
            return parse(cell)
        except BadCell as bad:
            raise BadCell(bad.message, private=True) from bad

    return read


def _short(most: int) -> Callable[[Cell], object]:
    return lambda cell: read_text(cell, most=most)


SEAT = (
    Column("park", "所属园区", ("园区", "园区名称", "所在园区", "入驻园区", "产业园"), parse=_short(60),
           example="云溪创意园", note="与系统里登记的园区同名", width=18),
    Column("building", "楼宇", ("楼栋", "楼幢", "所在楼宇", "楼宇名称", "幢", "幢号", "楼号", "栋号"),
           parse=_short(40), example="7幢"),
    Column("room", "房号", ("房间", "房间号", "室号", "门牌号", "单元号"), text=True,
           parse=_short(20), example="603"),
    Column("former", "曾用名", ("曾用名称", "原名称", "历史名称", "原企业名称"), parse=read_names, width=24),
    Column("is_abnormal", "经营异常", ("是否异常", "异常名录", "是否经营异常"), parse=read_abnormal,
           choices=("是", "否")),
    Column("abnormal_note", "异常原因", ("列入异常原因",), parse=_short(200)),
)  # fmt: skip


def layout(options: dict) -> Layout:
    """The layout of an import that holds for `options["day"]`; days after today are refused."""
    today = dt.date.fromisoformat(options["today"])
    base = enterprise_layout(today)
    columns = []
    for column in base.columns:
        if column.key == "uscc":
            column = dataclasses.replace(
                column, parse=read_code, required=False, strict=True, note="18 位；没有的先空着，以后补",
                synonyms=(*column.synonyms, "code", "credit code"),
            )  # fmt: skip
        elif column.key == "name":
            column = dataclasses.replace(column, synonyms=(*column.synonyms, "name", "enterprise"))
        elif column.key == "established_on":
            column = dataclasses.replace(column, parse=_exact_day(column.parse))
        elif column.key == "phones":
            column = dataclasses.replace(column, parse=_private(column.parse))
        columns.append(column)
    known = {column.key for column in columns}
    extra = [column for column in SEAT if column.key not in known]
    return Layout("企业", (*columns, *extra), base.instructions)
