"""Phone numbers in a cell: mobile, landline with extension, 400 numbers; several of them; shown masked."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from .reading import Reading, is_blank, plain, quoted

MOBILE, LANDLINE, SERVICE, FOREIGN = "mobile", "landline", "service", "foreign"
_EXAMPLE = "请写成 13800001234 或 0571-88881234 这样的样子。"
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"\(?(0(?:10|2\d|[3-9]\d{2}))\)?[-\s]*([2-9]\d{6,7})")
_LOCAL = re.compile(r"[2-9]\d{6,7}")
_SERVICE = re.compile(r"[48]00-?\d{3}-?\d{4}|[48]00-?\d{4}-?\d{3}")
_EXTENSION = re.compile(r"(?:[-\s,]*(?:转|分机|ext\.?|[x#])[\s:]*|-)(\d{1,6})\)?$", re.IGNORECASE)
_SPLIT = re.compile(
    r"[/;,、|\n\r]+|\s{2,}|或|(?<=\d{11})\s+(?=1[3-9])|(?<=\d{7})\s+(?=0\d{2,3}[-\s]|1[3-9]\d)"
)
_WORDS = re.compile(r"[\u4e00-\u9fffA-Za-z·:]+|\(\s*\)")


class Phone(NamedTuple):
    """number: digits as dialled in China (13800001234, 057188881234), or +… abroad. area: of a landline."""

    number: str
    kind: str
    area: str = ""
    extension: str = ""

    def display(self) -> str:
        """As people write it: 0571-88881234 转 801."""
        number = f"{self.area}-{self.number[len(self.area) :]}" if self.area else self.number
        return f"{number} 转 {self.extension}" if self.extension else number

    def masked(self) -> str:
        return masked(self)


def masked(phone: Phone) -> str:
    """138****1234, 0571-****5678: enough to recognise, too little to call."""
    if phone.kind == MOBILE:
        return f"{phone.number[:3]}****{phone.number[-4:]}"
    tail = phone.number[-4:] if len(phone.number) >= 10 else phone.number[-2:]
    head = f"{phone.area}-" if phone.area else phone.number[:3] if phone.kind == FOREIGN else ""
    return f"{head}****{tail}"


def parse_phones(value: str | int | float, area: str = "") -> Reading:
    """Reading of a tuple of Phones, in their order. `area`: dialling code for numbers without one.

    One number understood is enough; what isn't is named in the doubt. A blank gives no value and no problem.
    """
    if not isinstance(value, str):
        value = str(int(value))
    if len(value) == 11 and value.isascii() and _MOBILE.fullmatch(value):
        return Reading((Phone(value, MOBILE),))
    text = plain(value)
    if is_blank(text):
        return Reading()
    if re.fullmatch(r"\d(\.\d+)?E\+?\d+", text, re.IGNORECASE):
        return Reading(problem="被表格软件写成了科学记数，后几位丢了。请把这一列设为「文本」，重新填写号码。")
    phones: list[Phone] = []
    failed: list[str] = []
    for part in filter(None, map(str.strip, _SPLIT.split(text))):
        if is_blank(part) or not re.search(r"\d", part):
            continue
        phone = _read(part, phones[-1].area if phones else area)
        if phone is None:
            failed.append(part)
        elif phone not in phones:
            phones.append(phone)
    if not phones:
        return Reading(problem=_why(text, area))
    doubt = "、".join(quoted(_half(part)) for part in failed)
    return Reading(tuple(phones), doubt=f"其中{doubt}不像电话号码，没有导入。" if failed else "")


@lru_cache(maxsize=4096)
def _read(part: str, area: str) -> Phone | None:
    part = (
        re.sub(r"^(?:\+|00)?86[-\s]*(?=1[3-9]|\(?0?[1-9])", "", part)
        if re.match(r"\+|0086|86[-\s]?1", part)
        else part
    )
    extension = ""
    bare = re.sub(r"[\s\-()]", "", part)
    if _MOBILE.fullmatch(bare):
        return Phone(bare, MOBILE)
    if part.startswith(("+", "00")):
        return _by_library(part if part[0] == "+" else f"+{part[2:]}", "")
    core = _WORDS.sub(" ", part).strip(" -()") if not _EXTENSION.search(part) else part.strip()
    if (found := _EXTENSION.search(core)) and len(re.sub(r"\D", "", core[: found.start()])) >= 7:
        trunk = core[: found.start()]
        if not _SERVICE.fullmatch(core) and not re.fullmatch(r"0\d{2,3}", trunk):
            extension, core = found[1], trunk
    core = _WORDS.sub(" ", core).strip(" -()")
    digits = re.sub(r"\D", "", core)
    if _MOBILE.fullmatch(digits):
        return Phone(digits, MOBILE, extension=extension)
    if len(digits) == 12 and digits[0] == "0" and _MOBILE.fullmatch(digits[1:]):
        return Phone(digits[1:], MOBILE, extension=extension)  # 0 before a mobile: an old trunk prefix
    if _SERVICE.fullmatch(core) and len(digits) == 10:
        return Phone(digits, SERVICE, extension=extension)
    if found := _LANDLINE.fullmatch(core) or _LANDLINE.fullmatch(digits):
        return Phone(found[1] + found[2], LANDLINE, found[1], extension)
    if area and _LOCAL.fullmatch(digits):
        return Phone(area + digits, LANDLINE, area, extension)
    return _by_library(core, extension)


def _by_library(core: str, extension: str) -> Phone | None:
    """Everything else: foreign numbers, rare forms. The library is right but slow, so it comes last."""
    try:
        number = phonenumbers.parse(core, "CN")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    if number.country_code != 86:
        text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return Phone(text, FOREIGN, extension=extension)
    national = str(number.national_number)
    length = phonenumbers.length_of_geographical_area_code(number)
    if length:
        return Phone(f"0{national}", LANDLINE, f"0{national[:length]}", extension)
    return Phone(national, SERVICE, extension=extension)


def _half(text: str) -> str:
    """Half of what was typed, so that a finding doesn't give a number away."""
    return f"{text[:3]}…" if len(text) > 5 else text


def _why(text: str, area: str) -> str:
    digits = re.sub(r"\D", "", text)
    if _LOCAL.fullmatch(digits) and not area:
        return f"只有 {len(digits)} 位，缺区号。{_EXAMPLE}"
    if digits.startswith("1") and len(digits) in (9, 10, 12, 13):
        return f"手机号应是 11 位，填的是 {len(digits)} 位。请核对后补全。"
    if not digits:
        return f"{quoted(text)}里没有号码。{_EXAMPLE}"
    return f"{quoted(_half(text))}不像电话号码（{len(digits)} 位数字）。{_EXAMPLE}"
