"""The cases' own baskets of the board: what escalation.falls decides, as questions to the database."""

from __future__ import annotations

import datetime as dt

from django.db.models import BooleanField, DateTimeField, F, Func, QuerySet, Value, When
from django.db.models import Case as Choose

from . import baskets
from .baskets import Basket
from .escalation import LONG, Pile, half_bounds, paused_before
from .models import Case, Extension
from .promises import Clock
from .states import CLOCK_RUNS, State

# Written out as in the condition of the index case_worked: bound, SQLite doesn't see that the list fits.
_STATES = ", ".join(f"'{state.value}'" for state in sorted(CLOCK_RUNS - {State.RECEIVED}))
_WORKED = Func(F("state"), template=f"%(expressions)s IN ({_STATES})", output_field=BooleanField())


def introduce() -> None:
    """Called once, when the app is ready."""
    for basket in _OWN:
        baskets.provide(basket)


def _urged(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    return cases.filter(urged_at__isnull=False, urged_at__lte=now)


def _breached(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    return cases.filter(_WORKED, due_at__lte=now)


def _nobody(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    bounds = half_bounds(now, clock)
    longest = Value(bounds[LONG], output_field=DateTimeField())
    past_half = Choose(
        *(When(response_hours=hours, then=Value(at)) for hours, at in bounds.items()), default=longest
    )
    waiting = cases.filter(state=State.RECEIVED.value, due_at__lte=bounds[LONG])
    return waiting.filter(response_due__lte=past_half)


def _call_back(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    return cases.filter(call_back_due__isnull=False, call_back_due__lte=now)


def _extension(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    asked = cases.filter(extensions__state=Extension.State.ASKED.value)
    return asked.annotate(asked_at=F("extensions__asked_at"))


def _amber(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    return cases.filter(_WORKED, due_at__gt=now, due_at__lte=clock.soon(now))


def _waiting(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    return cases.filter(state=State.WAITING.value, paused_at__lt=paused_before(now, clock))


_OWN = (
    Basket(
        Pile.URGED, "督办了还没动静", "bad", "先回书记一句：到哪一步了，哪天能成",
        _urged, since="urged_at", order=10, icon="megaphone", age="催了 {}",
    ),
    Basket(
        Pile.BREACHED, "已经超时", "bad", "今天给企业回个话；实在要拖，早点换人或请部门",
        _breached, order=20, icon="alarm-clock-off", aged="opened_at", age="提了 {}",
    ),
    Basket(
        Pile.NOBODY, "没人接", "bad", "响应时限过半还没人受理：接下来，或者转给该接的窗口",
        _nobody, order=30, icon="hand", aged="opened_at", age="来了 {}",
    ),
    Basket(
        Pile.CALL_BACK, "该回访没回访", "bad", "企业不满意，给他打个电话，问问差在哪儿",
        _call_back, since="call_back_due", order=40, icon="phone-missed", age="晚了 {}",
    ),
    Basket(
        Pile.EXTENSION, "等批延期", "warn", "到期前批一批：同意，还是照原来的时限办",
        _extension, since="asked_at", order=45, icon="calendar-clock", age="等了 {}",
    ),
    Basket(
        Pile.AMBER, "快到期", "warn", "今天能办的今天办；办不完的，到期前申请延期",
        _amber, order=70, icon="hourglass", aged="opened_at", age="提了 {}",
    ),
    Basket(
        Pile.WAITING, "等企业太久", "violet", "打个电话问问还缺什么；等不来的，商量先撤回",
        _waiting, since="paused_at", order=80, icon="circle-pause", age="等了 {}",
    ),
)  # fmt: skip
