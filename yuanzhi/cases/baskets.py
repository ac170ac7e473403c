"""升级篮: the piles of cases that somebody must look at now. Higher floors add theirs when they are ready.

    baskets.provide(Basket("silent_partner", "合伙人没回音", "warn", "…", silent, order=50))

`rows(cases, now, clock)` narrows a queryset of open cases the actor may see to those in the basket; `since`
names the column by which they are sorted, the oldest first, and `aged` the one from which their age counts
(the same, unless said otherwise), said in the words of `age`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from .models import Case

Rows = Callable[["QuerySet[Case]", dt.datetime, Any], "QuerySet[Case]"]  # the last one: promises.Clock


@dataclass(frozen=True)
class Basket:
    """One pile: what it is called, how urgent it looks, what to do about it, which cases are in it."""

    code: str
    name: str
    tone: str
    advice: str
    rows: Rows
    since: str = "due_at"
    order: int = 100
    icon: str = "clock-alert"
    aged: str = ""
    age: str = "等了 {}"


_baskets: dict[str, Basket] = {}


def provide(basket: Basket) -> None:
    """Offer a basket. A second one of the same code takes the first one's place."""
    _baskets[basket.code] = basket


def basket_of(code: str) -> Basket | None:
    """The basket of this code."""
    return _baskets.get(code)


def all_baskets() -> list[Basket]:
    """The most pressing first."""
    return sorted(_baskets.values(), key=lambda basket: basket.order)
