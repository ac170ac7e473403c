"""The enterprise spreadsheet: which columns an import of enterprises knows, and how each is read. Pure.

The values of a record are ready for the register: uscc (str), name (normal form), established_on (Day),
capital (Capital), phones (tuple of Phones), division (Division), headcount (int), the rest text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import partial

from yuanzhi.kernel.tabular.findings import BadCell, Cell, DoubtfulCell, cell_text
from yuanzhi.kernel.tabular.mapping import Column, Layout

from .capital import parse_capital, unit_of
from .dates import parse_day
from .industry import divisions, parse_division
from .names import check_name
from .phones import parse_phones
from .reading import LONGEST_BLANK, Reading, is_blank, plain, quoted
from .uscc import check_uscc, is_plain_uscc

_STATUSES = {
    "存续": "active", "在业": "active", "开业": "active", "正常": "active", "在营": "active",
    "迁入": "active",
    "停业": "suspended", "歇业": "suspended", "停业歇业": "suspended",
    "吊销": "revoked", "吊销未注销": "revoked", "注销": "cancelled", "已注销": "cancelled",
    "迁出": "moved_out", "已迁出": "moved_out",
}  # fmt: skip
_SCALES = {"大型": "large", "中型": "medium", "小型": "small", "微型": "micro"}


def taken(reading: Reading) -> object:
    """A Reading in the manner of a column: its value, or BadCell, or DoubtfulCell."""
    if reading.problem:
        raise BadCell(reading.problem, private=reading.private)
    if reading.doubt:
        raise DoubtfulCell(reading.doubt, reading.value)
    return reading.value


def read_uscc(cell: Cell) -> str:
    """The code in its standard form; BadCell with the explanation otherwise."""
    if cell.__class__ is str and is_plain_uscc(cell):
        return cell
    code = check_uscc(cell if isinstance(cell, str | int | float) else cell_text(cell))
    if code.problem:
        raise BadCell(code.problem, private=code.private)
    if code.doubt:
        raise DoubtfulCell(code.doubt, code.value)
    return code.value


def read_name(cell: Cell) -> object:
    name = taken(check_name(cell_text(cell)))
    if name is None:
        raise BadCell("没有填企业名称。")
    return name


def read_text(cell: Cell, most: int = 0) -> str | None:
    """Text without invisible signs; placeholders such as "-" and 无 are blanks."""
    text = cell_text(cell)
    if len(text) < LONGEST_BLANK and is_blank(text):
        return None
    if most and len(text) > most:
        raise DoubtfulCell(f"有 {len(text)} 个字，只留下前 {most} 个。", text[:most])
    return text


def read_count(cell: Cell) -> int | None:
    """A number of people: 35, 35.0, "35人", "约35"."""
    text = cell_text(cell)
    if is_blank(text):
        return None
    found = re.fullmatch(r"约?(\d[\d,]*)(?:\.0+)?\s*[人名个]?(?:左右)?", plain(text))
    if not found:
        raise BadCell(f"{quoted(text)}不是人数，请只填整数。")
    count = int(found[1].replace(",", ""))
    if count > 2_000_000:
        raise BadCell(f"{quoted(text)}太大，不像人数。请核对。")
    return count


def read_choice(cell: Cell, choices: dict[str, str]) -> str | None:
    """One of the words, also at the start of a longer one (存续（在营、开业、在册）)."""
    text = re.sub(r"[(（].*", "", cell_text(cell)).strip()
    if is_blank(text):
        return None
    value = choices.get(text) or choices.get(f"{text}型") or choices.get(text.removesuffix("企业"))
    if value is None:
        raise BadCell(f"{quoted(text)}不在可选的值里：{'、'.join(dict.fromkeys(choices))}。")
    return value


def enterprise_layout(today: dt.date, area_code: str = "0571") -> Layout:
    """The columns of an import of enterprises. `today` (at the community) refuses days to come."""

    def day(cell: Cell) -> object:
        return taken(parse_day(cell, today))  # type: ignore[arg-type]

    def phones(cell: Cell) -> object:
        return taken(
            parse_phones(cell if isinstance(cell, str | int | float) else cell_text(cell), area_code)
        )

    return Layout(
        name="企业",
        columns=(*_identity(), *_facts(day), *_contact(phones)),
        instructions=(
            "带 * 的列必填；灰色的一行是示例，可以留着，不会导入。",
            "一行一家企业，不要合并单元格；用不到的列可以空着，也可以删掉。",
            "导入后不合格的行会连同「错误信息」一列还给您，改好再传一次即可，已经导入的不会重复。",
        ),
    )


def _identity() -> tuple[Column, ...]:
    return (
        Column(
            "name",
            "企业名称",
            ("单位名称", "公司名称", "企业全称", "单位全称", "公司全称", "名称", "企业名", "市场主体名称"),
            required=True,
            parse=read_name,
            example="杭州示例智能科技有限公司",
            note="营业执照上的全称",
            width=34,
        ),
        Column(
            "uscc",
            "统一社会信用代码",
            (
                "社会信用代码",
                "信用代码",
                "统一代码",
                "统一信用代码",
                "营业执照号",
                "营业执照号码",
                "注册号",
                "机构代码",
                "USCC",
            ),
            required=True,
            unique=True,
            text=True,
            parse=read_uscc,
            example="91330100MA00000001",
            note="18 位",
            width=24,
        ),
    )


def _facts(day: Callable) -> tuple[Column, ...]:
    text = partial(read_text, most=80)
    return (
        Column(
            "kind",
            "企业类型",
            ("类型", "市场主体类型", "经济性质", "登记类型"),
            parse=text,
            example="有限责任公司",
        ),
        Column(
            "status",
            "登记状态",
            ("经营状态", "状态", "企业状态", "登记情况"),
            parse=partial(read_choice, choices=_STATUSES),
            choices=("存续", "停业", "吊销", "注销", "迁出"),
            example="存续",
        ),
        Column(
            "established_on",
            "成立日期",
            ("成立时间", "注册日期", "注册时间", "设立日期"),
            parse=day,
            example="2019-03-05",
        ),
        Column(
            "capital",
            "注册资本",
            ("注册资金", "认缴资本", "认缴出资额"),
            bind=_capital,
            example="500万元",
            note="写上单位，如 500万元、100万美元",
        ),
        Column(
            "division",
            "行业大类",
            ("行业", "所属行业", "行业代码", "国民经济行业", "行业分类"),
            parse=lambda cell: taken(parse_division(cell_text(cell))),
            choices=tuple(f"{item.section}{item.code} {item.name}" for item in divisions().values()),
            example="I65 软件和信息技术服务业",
            width=28,
        ),
        Column(
            "headcount",
            "从业人数",
            ("员工数", "员工人数", "职工人数", "人数", "从业人员"),
            parse=read_count,
            example="35",
        ),
        Column(
            "scale",
            "规模",
            ("企业规模", "规模类型"),
            parse=partial(read_choice, choices=_SCALES),
            choices=tuple(_SCALES),
            example="小型",
        ),
        Column(
            "business",
            "经营范围",
            ("主营业务", "主营", "主营产品"),
            parse=read_text,
            example="人工智能软件开发",
            width=40,
        ),
        Column(
            "district",
            "登记区县",
            ("区县", "所属区县", "所属区", "行政区"),
            parse=partial(read_text, most=40),
        ),
        Column(
            "registered_address",
            "注册地址",
            ("地址", "住所", "登记地址", "企业地址", "注册住所"),
            parse=partial(read_text, most=300),
            example="杭州市余杭区仓前街道文一西路1818-2号7幢603室",
            width=40,
        ),
        Column(
            "office_address",
            "办公地址",
            ("经营地址", "实际地址", "实际办公地址", "实际经营地址", "经营场所", "办公地点"),
            parse=partial(read_text, most=300),
            note="与注册地址相同可不填",
            width=40,
        ),
    )


def _contact(phones: Callable) -> tuple[Column, ...]:
    return (
        Column(
            "representative",
            "法定代表人",
            ("法人", "法人代表", "负责人", "法定代表人姓名"),
            parse=partial(read_text, most=60),
        ),
        Column(
            "contact",
            "联系人",
            ("联系人姓名", "企业联系人"),
            parse=partial(read_text, most=60),
            example="王小二",
        ),
        Column(
            "phones",
            "联系电话",
            ("电话", "手机", "手机号", "手机号码", "联系方式", "联系人电话", "联系人手机"),
            text=True,
            parse=phones,
            example="13800001234",
            width=20,
        ),
        Column("website", "网址", ("官网", "网站"), parse=partial(read_text, most=200)),
        Column("note", "备注", ("说明",), parse=partial(read_text, most=400), width=30),
    )


def _capital(header: str) -> Callable[[Cell], object]:
    unit = unit_of(header)

    def read(cell: Cell) -> object:
        return taken(parse_capital(cell if isinstance(cell, str | int | float) else cell_text(cell), unit))

    return read
