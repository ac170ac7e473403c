"""Facts as people say them: 750 万元, 1.2 亿元, 存续, I65 软件和信息技术服务业. Pure."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from .industry import divisions

CURRENCIES = {
    "CNY": "元", "USD": "美元", "HKD": "港元", "EUR": "欧元", "JPY": "日元", "GBP": "英镑", "TWD": "新台币",
    "SGD": "新加坡元", "AUD": "澳元", "CAD": "加元", "CHF": "瑞士法郎", "KRW": "韩元", "MOP": "澳门元",
}  # fmt: skip
STATUSES = {
    "active": "存续",
    "suspended": "停业歇业",
    "revoked": "吊销",
    "cancelled": "注销",
    "moved_out": "迁出",
}
SCALES = {"large": "大型", "medium": "中型", "small": "小型", "micro": "微型"}


def say_capital(amount: Decimal | None, currency: str = "CNY") -> str:
    """An amount in currency units: 7500000 → "750 万元", 120000000 USD → "1.2 亿美元"; None → ""."""
    if amount is None:
        return ""
    for size, word in ((10**8, "亿"), (10**4, "万")):
        if amount >= size:
            # Cut to what one reads at a glance only where nothing is lost.
            return f"{_number(amount / size)} {word}{CURRENCIES.get(currency, currency)}"
    return f"{_number(amount)} {CURRENCIES.get(currency, currency)}"


def _number(value: Decimal) -> str:
    text = f"{Decimal(value):,.10f}"  # to the cent, also of 亿
    return text.rstrip("0").rstrip(".")


def capital_text(amount: Decimal | None, currency: str = "CNY") -> str:
    """An amount as a form shows it and reads it back: "750万元", "100万美元"."""
    return say_capital(amount, currency).replace(" ", "").replace(",", "")


def say_division(code: str) -> str:
    """ "65" → "软件和信息技术服务业"; an unknown code stays as it is."""
    return divisions()[code].name if code in divisions() else code


def say_fact(field: str, value: Any) -> str:
    """A fact's value in words; empty when nothing is known."""
    if value in (None, ""):
        return ""
    if field == "is_abnormal":
        return "列入经营异常" if value in (True, "True", "true", 1) else "没有异常"
    if field == "status":
        return STATUSES.get(value, str(value))
    if field == "scale":
        return SCALES.get(value, str(value))
    if field == "division":
        return say_division(str(value))
    if field == "capital":
        return say_capital(Decimal(str(value)))
    if field == "currency":
        return {"CNY": "人民币"}.get(str(value), CURRENCIES.get(str(value), str(value)))
    if field == "headcount":
        return f"{int(value):,} 人"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)
