"""注册资本 as it is really written: 750(万元人民币), 5,000万元, 1.2亿, 港币 300 万, 伍佰万元整, 100万美元."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from .numerals import SIGNS, hanzi_number
from .reading import Reading, is_blank, plain, quoted

LIMIT = Decimal(10) ** 15  # beyond a thousand trillion somebody's finger stayed on a key
_EXAMPLE = "请写成「500万元」或「100万美元」这样的样子。"

# Longer names first: 港元 stands inside 香港元, 元 inside them all.
_CURRENCIES = {
    "CNY": ("人民币", "人民幣", "CNY", "RMB", "CNH"),
    "HKD": ("香港元", "港币", "港幣", "港元", "HKD", "HK$"),
    "USD": ("美金", "美元", "USD", "US$"),
    "TWD": ("新台币", "新台幣", "台币", "台幣", "TWD", "NT$"),
    "MOP": ("澳门元", "澳门币", "MOP"),
    "JPY": ("日本元", "日元", "日圆", "日币", "JPY"),
    "EUR": ("欧元", "欧罗", "EUR", "€"),
    "GBP": ("英镑", "GBP", "£"),
    "AUD": ("澳大利亚元", "澳元", "澳币", "AUD"),
    "CAD": ("加拿大元", "加元", "CAD"),
    "SGD": ("新加坡元", "新元", "坡币", "SGD"),
    "CHF": ("瑞士法郎", "瑞郎", "CHF"),
    "KRW": ("韩国元", "韩国圆", "韩元", "韩币", "KRW"),
    "NZD": ("新西兰元", "NZD"),
    "SEK": ("瑞典克朗", "SEK"),
    "DKK": ("丹麦克朗", "DKK"),
    "NOK": ("挪威克朗", "NOK"),
    "RUB": ("俄罗斯卢布", "卢布", "RUB"),
    "THB": ("泰国铢", "泰铢", "THB"),
    "MYR": ("马来西亚林吉特", "林吉特", "马币", "MYR"),
    "INR": ("印度卢比", "卢比", "INR"),
    "DEM": ("德国马克", "马克", "DEM"),
    "FRF": ("法国法郎", "FRF"),
    "ITL": ("意大利里拉", "里拉", "ITL"),
    "NLG": ("荷兰盾", "NLG"),
}
_ISO = {name.upper(): iso for iso, names in _CURRENCIES.items() for name in names}
_CURRENCY = re.compile(
    "|".join(re.escape(name) for name in sorted(_ISO, key=len, reverse=True)), re.IGNORECASE
)
_UNITS = {
    "亿": 10**8,
    "億": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "萬": 10**4,
    "W": 10**4,
    "千": 1000,
    "百": 100,
    "": 1,
}
_AMOUNT = re.compile(r"(\d[\d,]*(?:\.\d+)?|\.\d+)(亿|億|千万|百万|十万|万|萬|W|千|百)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})*(\.\d+)?|\d+(\.\d+)?|\.\d+")
_LABEL = re.compile(r"^(注册资本|注册资金|认缴资本|认缴|实缴|资本|折合|合计|共计|约)+[:：]?")
_TRIM = re.compile(r"[()\[\]【】{}\s:：;；。]+")
_END = re.compile(r"(元|圆|圓|块|整|正)*")
_HANZI = re.compile(f"^[{SIGNS}]+$")


class Capital(NamedTuple):
    """amount in units of the currency (元, not 万元), at most two decimals; currency: ISO 4217."""

    amount: Decimal
    currency: str


def unit_of(header: str) -> int:
    """The unit a header promises for bare numbers: 注册资本（万元） → 10000, （元） → 1, nothing said → 0."""
    found = re.search(
        r"[(\[/【:_-]?\s*(?:单位[:：]?)?\s*(亿|万|千)?\s*[元圆]", plain(header).split("资", 1)[-1]
    )
    return _UNITS[found[1] or ""] if found else 0


def parse_capital(value: str | int | float, unit: int = 0) -> Reading:
    """Reading of a Capital. `unit`: what a bare number counts (see `unit_of`; 0: not said, so not guessed).

    A blank gives neither value nor problem.
    """
    if not isinstance(value, str):
        value = str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")
    return _parse(value, unit)


@lru_cache(maxsize=8192)
def _parse(value: str, unit: int) -> Reading:
    text = _LABEL.sub("", _TRIM.sub("", plain(value))).replace("，", ",").replace("、", "")
    if is_blank(text):
        return Reading()
    if text.startswith("-") or "负" in text:
        return Reading(problem=f"{quoted(value)}是负数，注册资本不会小于 0。请改正。")
    currencies = {_ISO[found.upper()] for found in _CURRENCY.findall(text)}
    if len(currencies) > 1:
        return Reading(problem=f"{quoted(value)}里有两种币种，分不清以哪个为准。{_EXAMPLE}")
    rest = _CURRENCY.sub("", text).replace("¥", "")
    currencies_said = bool(currencies)
    currency = currencies.pop() if currencies else "CNY"
    if currency == "CNY" and "$" in rest:
        return Reading(problem=f"{quoted(value)}里的 $ 看不出是美元还是港元。{_EXAMPLE}")
    amount, bare = _amount(rest)
    if amount is None:
        return Reading(problem=f"{quoted(value)}看不懂是多少钱。{_EXAMPLE}")
    # 元 may be the end of a currency's name; a currency alone (500 CNY) is clear only for large sums.
    said = any(sign in text for sign in "元圆圓块¥") or (currencies_said and amount >= 10_000)
    return _judge(value, amount, currency, bare and not said, unit)


def _judge(value: str, amount: Decimal, currency: str, bare: bool, unit: int) -> Reading:
    """`bare`: a number without 万 or 元, so only the header can say what it counts."""
    doubt = ""
    if bare and amount:
        if not unit:
            return Reading(problem=f"{quoted(value)}只有数字，看不出是元还是万元。{_EXAMPLE}")
        if unit > 1 and amount >= 1_000_000:
            doubt = f"表头说按 {unit} 元一个单位，这里填了 {value}，请核对是不是已经换成了元。"
        amount *= unit
    if amount >= LIMIT:
        return Reading(problem=f"{quoted(value)}大得不像真的。请核对数字和单位。")
    amount = (
        amount.quantize(Decimal("0.01"))
        if amount != amount.to_integral_value()
        else amount.quantize(Decimal(1))
    )
    return Reading(Capital(amount, currency), doubt=doubt)


def _amount(text: str) -> tuple[Decimal | None, bool]:
    """(amount, whether it was a bare number): 1亿2000万元, 5,000万, 伍佰万元整."""
    head = re.sub(r"(元|圆|圓|块|整|正)+$", "", text)
    if _HANZI.match(head):
        number = hanzi_number(head)
        return number, False
    total, position, bare, last = Decimal(0), 0, True, LIMIT * 10
    for found in _AMOUNT.finditer(text):
        gap = text[position : found.start()]
        if gap or not _GROUPED.fullmatch(found[1]):
            return None, False
        size = Decimal(_UNITS[(found[2] or "").upper()])
        if size >= last:  # 500万200万 is no amount
            return None, False
        last = size
        bare = bare and not found[2]
        try:
            total += Decimal(found[1].replace(",", "")) * size
        except InvalidOperation:
            return None, False
        position = found.end()
    # What remains may be 元, 整 or a unit that follows a currency: 300(万元).
    if position == 0 or not _END.fullmatch(text[position:]):
        return None, False
    return total, bare
