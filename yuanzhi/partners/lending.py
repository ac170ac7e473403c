"""What departments lend to the floors below: names, words, a basket, parts of a case's page, an import."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from yuanzhi.accounts import scopes, wording
from yuanzhi.accounts.roles import Kind
from yuanzhi.cases import baskets, panels
from yuanzhi.cases.access import SEE_PORTAL
from yuanzhi.kernel.signals import calendar_changed

from .access import SEE_COORDINATION
from .imports import departments as department_table
from .news import on_calendar_changed
from .queries.departments import TOLD, names_of, of_case, search_names, silent_cases

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from yuanzhi.cases.models import Case
    from yuanzhi.cases.promises import Clock

_VERBS = {
    "department.added": "添加部门",
    "department.changed": "修改部门",
    "department.retired": "停用部门",
    "department.restored": "恢复部门",
    "department.withdrawn": "撤销导入，删去部门",
    "department.revealed": "查看部门联络人号码",
    "department.exported": "导出部门表",
    "coordination.sent": "请部门协同",
    "coordination.accept": "部门签收",
    "coordination.answer": "部门答复",
    "coordination.return": "部门退回",
    "coordination.close": "采用部门答复",
    "coordination.ask_again": "再问部门",
    "coordination.call_off": "取消部门协同",
    "coordination.moved": "部门时限重新推算",
    "link.made": "发链接",
    "link.revoked": "收回链接",
}
_FACTS = {
    "department": "部门",
    "part": "主办或协办",
    "handler": "经办",
    "instead": "该找",
    "due_at": "到期",
    "coordination": "协同",
    "coordination_state": "状态",
    "confidential": "让部门看到私下反映",
    "shown": "给部门看的备注和附件",
    "public": "企业可见",
    "link": "链接",
    "days": "有效天数",
    "open": "手上还有",
    "reply_days": "几个工作日内答复",
}
# The enterprise reads who works on its matter, not the back and forth among offices.
_TOLD = {
    "coordination.sent": "请{department}{part}",
    "coordination.accept": "{department}签收了，{handler}在办",
    "coordination.answer": "{department}答复了",
}
_AMONG_US = {
    "coordination.return": "{department}退回：不归他们管",
    "coordination.close": "采用了{department}的答复",
    "coordination.ask_again": "再问{department}一次",
    "coordination.call_off": "不再请{department}",
    "coordination.moved": "放假安排公布，{department}的答复时限重新推算",
    "link.made": "给{name}发了链接，{days} 天有效",
    "link.revoked": "收回了给{name}的链接",
}


def lend_departments() -> None:
    """Called once, when the app is ready."""
    scopes.provide(Kind.DEPARTMENT, search=search_names, label=names_of)
    wording.add(_VERBS, kinds={"coordination": "协同"}, facts=_FACTS)
    panels.say({**_TOLD, **_AMONG_US}, internal=_AMONG_US)
    staff, portal = frozenset({panels.Audience.STAFF}), frozenset({panels.Audience.PORTAL})
    panels.provide(
        panels.Panel(
            "coordinations", "部门协同", "partners:of_case", SEE_COORDINATION, staff, icon="landmark"
        )
    )
    panels.provide(
        panels.Panel(
            "coordinations_portal",
            "部门在办",
            "partners:portal_part",
            SEE_PORTAL,
            portal,
            icon="landmark",
            shows=lambda case: of_case(case).filter(state__in=TOLD).exists(),
        )
    )
    baskets.provide(
        baskets.Basket(
            "silent_dept",  # a reminder's basket has sixteen characters
            "部门没回音",
            "bad",
            "给部门联络人打个电话；还没动静，请书记出面",
            _silent,
            since="department_due",
            order=60,
        )
    )
    department_table.introduce()
    calendar_changed.connect(on_calendar_changed, dispatch_uid="partners.coordinations")


def _silent(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    return silent_cases(cases, now)
