"""Memberships, demo accounts and history entries as the lines that pages show."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from yuanzhi.kernel.models import HistoryEntry

from . import scopes, wording
from .models import Membership
from .roles import Kind, Role, role_name


@dataclass(frozen=True)
class RoleLine:
    """A role somebody holds, held or will hold. `state` is "now", "later" or "past"."""

    pk: int
    role: str
    scope: str
    since: dt.date
    until: dt.date | None
    state: str

    @property
    def words(self) -> str:
        """Words such as "专职网格员・一网格"; a role for the whole community needs no scope."""
        return f"{self.role}・{self.scope}" if self.scope else self.role

    @property
    def days(self) -> str:
        """From when to when it holds, in words."""
        if self.until is not None and self.until < self.since:
            return f"{self.since} 授予，当天收回"
        return f"{self.since} 起" if self.until is None else f"{self.since} 至 {self.until}"


def role_lines(memberships: Iterable[Membership], today: dt.date | None = None) -> dict[int, list[RoleLine]]:
    """{user id: lines}. One query for each kind of scope, however many memberships."""
    rows, day = list(memberships), today or timezone.localdate()
    names: dict[tuple[int, str], dict[int, str]] = {}
    for community, kind in {(row.community_id, row.kind) for row in rows}:
        ids = {r.scope_id for r in rows if r.scope_id and (r.community_id, r.kind) == (community, kind)}
        names[community, kind] = scopes.labels(Kind(kind), community, sorted(ids))
    found: dict[int, list[RoleLine]] = {}
    for row in rows:
        line = RoleLine(
            pk=row.pk,
            role=role_name(row.role),
            scope=_scope_words(row, names[row.community_id, row.kind]),
            since=row.valid_from,
            until=row.valid_to,
            state=_state(row, day),
        )
        found.setdefault(row.user_id, []).append(line)
    return found


def _scope_words(row: Membership, names: dict[int, str]) -> str:
    kind = Kind(row.kind)
    if kind is Kind.COMMUNITY:
        return ""
    if row.scope_id is None:
        return f"全部{scopes.KIND_NAMES[kind]}"
    return names.get(row.scope_id, f"{scopes.KIND_NAMES[kind]} {row.scope_id} 号")


def _state(row: Membership, day: dt.date) -> str:
    if row.valid_to is not None and row.valid_to < day:
        return "past"
    return "later" if row.valid_from > day else "now"


_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d|Z)$")

# What each persona gets to see, for the demo's sign-in page.
SEES = {
    Role.LEAD: "全社区的企业、诉求、走访与数字，安排网格和人手",
    Role.DESK_OFFICER: "受理与办理诉求，登记企业，导入导出",
    Role.GRID_LEADER: "自己网格的企业与诉求，一格一队",
    Role.GRID_MEMBER: "自己网格的企业，上门走访，当场记下诉求",
    Role.PART_TIMER: "自己网格的企业，搭把手",
    Role.CAPTAIN: "所在园区的企业名录，替邻居传话",
    Role.OPERATOR: "自己园区的楼宇、房间与入驻企业",
    Role.PROPERTY: "自己园区的楼宇与入驻企业",
    Role.CONTACT: "自己企业的资料、联系人与诉求进展",
    Role.EMPLOYEE: "自己企业的页面",
    Role.PARTNER: "转介给自己机构的事",
    Role.DEPARTMENT: "需要本部门协同的事",
    Role.VIEWER: "全社区的数字，只看不改",
    Role.SYSTEM_ADMIN: "开设账号、重置密码、系统状态",
    Role.SECURITY_ADMIN: "授予与结束身份",
    Role.AUDITOR: "操作历史与号码查看记录，核验有没有被改过",
}


def entry_line(entry: HistoryEntry) -> dict[str, Any]:
    """A history entry for the audit table: words for the verb, the facts as "名称：值" pairs."""
    return {
        "seq": entry.seq,
        "at": entry.at,
        "who": entry.actor_label,
        "verb": wording.name_of(entry.verb),
        "code": entry.verb,
        "subject": entry.subject,
        "what": wording.row_name(entry.subject),
        "context": entry.context,
        "within": wording.row_name(entry.context),
        "cause": entry.cause,
        "facts": list(_facts(entry.details)),
        "digest": entry.digest,
    }


def _facts(details: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for key, value in details.items():
        if key == "changes" and isinstance(value, dict):
            for name, pair in value.items():
                old, new = pair if isinstance(pair, list) and len(pair) == 2 else ("", pair)
                yield wording.fact_name(name), f"{_plain(name, old)} → {_plain(name, new)}"
        elif value not in (None, "", [], {}):
            yield wording.fact_name(key), _plain(key, wording.row_name(value) if key == "scope" else value)


def _plain(key: str, value: Any) -> str:
    if value in (None, ""):
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(_plain(key, item) for item in value)
    if isinstance(value, dict):
        told = {name: item for name, item in value.items() if item not in (None, "", False, [], {})}
        parts = (f"{wording.fact_name(name)} {_plain(name, item)}" for name, item in told.items())
        return "，".join(parts)[:200]
    text = wording.value_name(key, str(value))[:200]
    return _local(text) if _INSTANT.match(text) else text


def _local(instant: str) -> str:
    """The history keeps instants in UTC; people read the community's clock."""
    return f"{timezone.localtime(dt.datetime.fromisoformat(instant)):%Y-%m-%d %H:%M}"
