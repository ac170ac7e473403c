"""统一社会信用代码 (GB 32100-2015, amendment 1 of 2016): 18 signs, the last one checking the others.

department (1) kind (1) region (6 digits) organisation code (9, GB 11714) check (1, MOD 31-3 of GB/T 17710).
The department is 1 编制, 5 民政, 9 市场监管, Y 其他 and, by later allotment, A 中央军委 or N 农业农村. Any
sign of the alphabet is accepted when the check sign agrees, since departments are added from time to time.
"""

from __future__ import annotations

import datetime as dt
import re
from operator import getitem
from typing import NamedTuple

from .reading import is_blank, plain, quoted

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
# One table per position, sign → value × weight: summing look-ups is several times faster than multiplying.
_TERMS = tuple({sign: value * pow(3, at, 31) for sign, value in _VALUES.items()} for at in range(17))
_ORGANISATION_TERMS = tuple(
    {sign: value * weight for value, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
    for weight in (3, 7, 9, 10, 5, 8, 4, 2)
)
_SEPARATORS = re.compile(r"[\s\-‐-―_.·:：'\"“”‘’]+")
_ALIKE = str.maketrans("OISZV", "0152U")
_LOOK_UP = "请到国家企业信用信息公示系统按名称查到 18 位代码再填。"
_PERSON = "看起来是个人身份证号，不是企业代码，系统没有保存。请填营业执照上的 18 位统一社会信用代码。"
DEPARTMENTS = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "市场监管",
    "A": "中央军委改革和编制办公室",
    "N": "农业农村",
    "Y": "其他",
}


class Uscc(NamedTuple):
    """value: the code in its standard form, "" if there is none. problem, doubt: as in `Reading`.

    kind: "uscc" (valid), "blank", "old" (15- or 13-digit registration number or another old one, then in
    `old_code`), "organisation" (9 signs, then in `old_code`), "person" (looks like an ID number), "wrong".
    """

    value: str = ""
    kind: str = "wrong"
    problem: str = ""
    doubt: str = ""
    old_code: str = ""

    @property
    def private(self) -> bool:
        return self.kind == "person"


def check_sign(code17: str) -> str:
    """The 18th sign for 17 signs of the alphabet (GB 32100-2015 annex A). KeyError on other signs."""
    return ALPHABET[-sum(map(getitem, _TERMS, code17)) % 31]


def organisation_sign(code8: str) -> str:
    """The 9th sign of an organisation code (GB 11714-1997). KeyError on other signs."""
    total = sum(map(getitem, _ORGANISATION_TERMS, code8))
    return "0123456789X0"[11 - total % 11]


def is_plain_uscc(code: str) -> bool:
    """Whether a text is a code with nothing to say about it: the quick way for the many that are right."""
    if len(code) != 18 or code[0] not in DEPARTMENTS or not code[2:8].isdecimal():
        return False
    try:
        return check_sign(code) == code[17] and organisation_sign(code[8:]) == code[16]
    except KeyError:
        return False


def check_uscc(text: str | int | float) -> Uscc:
    """Read a code as people type it: lower case, full width, spaces and hyphens are put right silently."""
    if not isinstance(text, str):
        return _number(text)
    code = text if len(text) == 18 and text.isalnum() and text.isascii() else _compact(text)
    code = code.upper()
    if len(code) == 18:
        try:
            if check_sign(code) == code[17] and code[2:8].isdigit():
                return _valid(code)
        except KeyError:
            pass
    return _explain(code, text)


def _compact(text: str) -> str:
    code = _SEPARATORS.sub("", plain(text))
    return re.sub(r"^(统一社会信用代码|社会信用代码|信用代码|注册号|USCC)", "", code)


def _valid(code: str) -> Uscc:
    doubt = ""
    if organisation_sign(code[8:16]) != code[16]:
        doubt = (
            "校验位正确，但第 9–17 位（组织机构代码）自身的校验不符；少数早年的代码如此，请对照执照看一眼。"
        )
    elif code[0] not in DEPARTMENTS:
        doubt = f"第 1 位「{code[0]}」是少见的登记管理部门代码，请对照执照看一眼。"
    return Uscc(code, "uscc", doubt=doubt)


def _number(value: int | float) -> Uscc:
    """A code that the spreadsheet took for a number: 18 digits lose the last ones."""
    if abs(value) < 1e15 and value == int(value):
        return check_uscc(str(int(value)))
    return Uscc(
        problem="被表格软件当成了数字，最后几位已经丢失。请把这一列设为「文本」，再填写完整的 18 位代码。"
    )


def _explain(code: str, text: str) -> Uscc:
    if not code or is_blank(plain(text)):
        return Uscc(kind="blank", problem="没有填统一社会信用代码。")
    if looks_like_person(code):
        return Uscc(kind="person", problem=_PERSON)
    if re.search(r"[\u4e00-\u9fff]", code):
        return _with_words(code)
    if re.fullmatch(r"\d+E\+\d+", code):
        return _number(1e17)
    if len(code) == 18:
        return _wrong_signs(code)
    return _wrong_length(code)


def looks_like_person(code: str) -> bool:
    """Whether 18 signs look like a resident's ID number (GB 11643): region, day of birth, check digit."""
    if not re.fullmatch(r"[1-8]\d{16}[\dX]", code):
        return False
    try:
        born = dt.date(int(code[6:10]), int(code[10:12]), int(code[12:14]))
    except ValueError:
        return False
    return 1900 <= born.year <= 2100


def _like_old_person(code: str) -> bool:
    """A 15-digit ID number of before 1999 has a day of birth and fails the check of registration numbers."""
    if not (code.isdigit() and "1" <= code[0] <= "8") or registration_check(code[:14]) == code[14]:
        return False
    try:
        dt.date(1900 + int(code[6:8]), int(code[8:10]), int(code[10:12]))
    except ValueError:
        return False
    return True


def registration_check(code14: str) -> str:
    """The 15th digit of a registration number (GS 15-2006: MOD 11,10 of GB/T 17710)."""
    rest = 10
    for sign in code14:
        rest = (rest + int(sign)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def _with_words(code: str) -> Uscc:
    if re.search(r"[企独合外]", code) and ("字第" in code or "字" in code):
        return Uscc(
            kind="old",
            old_code=code[:18],
            problem=f"{quoted(code)}是外资企业的旧注册号，三证合一后换成了 18 位统一社会信用代码。{_LOOK_UP}",
        )
    return Uscc(problem=f"{quoted(code)}不是代码：里面有汉字。请只填 18 位统一社会信用代码。")


def _wrong_length(code: str) -> Uscc:
    length = len(code)
    if length == 15 and _like_old_person(code):
        return Uscc(kind="person", problem=_PERSON)
    if length in (13, 15) and code.isdigit():
        return Uscc(
            kind="old",
            old_code=code,
            problem=f"这是 {length} 位旧注册号，三证合一后换成了 18 位统一社会信用代码。{_LOOK_UP}",
        )
    if length == 9 and re.fullmatch(r"[0-9A-Z]{8}[0-9X]", code):
        return Uscc(
            kind="organisation",
            old_code=code,
            problem=f"这是 9 位组织机构代码，它是新代码的第 9–17 位，还缺前 8 位和最后 1 位。{_LOOK_UP}",
        )
    if length == 15 and code.isalnum():
        return Uscc(
            kind="old",
            old_code=code,
            problem=f"这是 15 位的旧证号（税务登记号或注册号），已换成 18 位统一社会信用代码。{_LOOK_UP}",
        )
    if length > 18 and (found := _inside(code)):
        return Uscc(
            problem=f"比 18 位多了 {length - 18} 位；其中 {found} 通得过校验，是不是它？请确认后再填。"
        )
    more = f"多了 {length - 18} 位" if length > 18 else f"少了 {18 - length} 位"
    return Uscc(problem=f"应是 18 位，填的是 {length} 位，{more}。请对照营业执照补全。")


def _inside(code: str) -> str:
    for start in range(min(len(code) - 17, 30)):
        part = code[start : start + 18]
        if all(sign in _VALUES for sign in part) and check_sign(part[:17]) == part[17]:
            return part
    return ""


def _wrong_signs(code: str) -> Uscc:
    strange = [(position, sign) for position, sign in enumerate(code, 1) if sign not in _VALUES]
    if strange:
        where = "、".join(f"第 {position} 位「{sign}」" for position, sign in strange[:4])
        mended = code.translate(_ALIKE)
        hint = "请对照营业执照改正。"
        if all(sign in _VALUES for sign in mended) and check_sign(mended[:17]) == mended[17]:
            hint = f"是不是 {mended}？（数字 0、1 容易写成字母 O、I）请对照营业执照确认后再填。"
        return Uscc(problem=f"{where}不会出现在代码里（代码不用字母 I、O、S、V、Z）。{hint}")
    if not code[2:8].isdigit():
        return Uscc(problem=f"第 3–8 位是登记地区，只能是数字，现在是「{code[2:8]}」。请对照营业执照改正。")
    return Uscc(
        problem=f"校验不通过：按前 17 位算，最后一位应是「{check_sign(code[:17])}」，填的是「{code[17]}」。"
        "可能抄错了其中一位，请对照营业执照逐位核对。"
    )
