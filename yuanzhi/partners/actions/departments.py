"""The community's list of departments: who there is, whom to call, how soon they answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.sealed import seal, unseal
from yuanzhi.registry.actions.contacts import one_phone

from ..access import EDIT_DEPARTMENTS, EXPORT_DEPARTMENTS, REVEAL_LIAISON
from ..models import Department
from ..states import CoordinationState
from .said import said

MOST_DAYS = 30
_CODE = re.compile(r"[a-z0-9_-]{1,20}")


def _may(actor: Actor, verb: Verb, department: Department | None = None) -> None:
    if not actor.may(verb):
        raise Refused(f"您没有“{verb.name}”的权限：请社区书记来办")
    if department is not None and department.community_id != actor.community_id:
        raise Refused("这个部门不在本社区的名单里")


def plain_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Name, short name, duties, liaison, reply_days as they are kept. Raises Refused."""
    name = said(str(facts["name"]), 40, missing="部门名称还没写", line=True)
    days = int(facts.get("reply_days") or 3)
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"答复时限请填 1 到 {MOST_DAYS} 个工作日")
    return {
        "name": name,
        "short": said(str(facts.get("short") or ""), 10, line=True) or _short(name),
        "duties": said(str(facts.get("duties") or ""), 300),
        "liaison": said(str(facts.get("liaison") or ""), 40, line=True),
        "reply_days": days,
    }


def _short(name: str) -> str:
    """What a department is called when nobody says: its name without district and form."""
    bare = re.sub(r"^.{2,6}?[市区县]|(局|委员会|委|办公室|中心|支队|大队)?(（.*）)?$", "", name)
    return (bare or name)[:10]


def sealed_phone(phone: str) -> dict[str, str]:
    """The stored forms of a number; empty clears it. Raises Refused."""
    if not phone.strip():
        return {"phone_sealed": "", "phone_masked": ""}
    number = one_phone(phone)
    return {"phone_sealed": seal(number.display()), "phone_masked": number.masked()}


@action
def add_department(*, actor: Actor, code: str = "", phone: str = "", **facts: Any) -> Department:
    """Put a department on the list. Raises Refused when it is there already."""
    _may(actor, EDIT_DEPARTMENTS)
    values = plain_facts(facts) | sealed_phone(phone)
    code = code.strip().lower()
    if code and not _CODE.fullmatch(code):
        raise Refused("代号只用小写字母、数字和短横线，最多 20 个；留空就由系统编")
    taken = set(Department.objects.filter(community_id=actor.community_id).values_list("code", flat=True))
    code = code or next(c for n in range(1, len(taken) + 2) if (c := f"d{n:02d}") not in taken)
    try:
        with transaction.atomic():
            made = Department.objects.create(community_id=actor.community_id, code=code, **values)
    except IntegrityError as error:
        raise Refused(f"“{values['name']}”（代号 {code}）已经在名单里了：停用的也算，恢复它就行") from error
    record(actor=actor, verb="department.added", subject=made, name=made.name, reply_days=made.reply_days)
    return made


@action
def edit_department(
    *, actor: Actor, department: Department, seen: int | None = None, phone: str | None = None, **facts: Any
) -> Department:
    """Correct a department; `phone=None` leaves the number as it is, "" erases it."""
    _may(actor, EDIT_DEPARTMENTS, department)
    values = plain_facts(facts)
    before = {name: getattr(department, name) for name in values}
    told = changes(before, values)
    if phone is not None:
        values |= sealed_phone(phone)
        told |= changes({"phone": department.phone_masked}, {"phone": values["phone_masked"]})
    if not told:
        return department
    version = department.version if seen is None else seen
    try:
        with transaction.atomic():
            won = Department.objects.filter(pk=department.pk, version=version).update(
                **values, version=F("version") + 1
            )
    except IntegrityError as error:
        raise Refused(f"名单里已经有一个“{values['name']}”了") from error
    if not won:
        raise Overtaken("这个部门刚被别人改过：请刷新看看，再改一次")
    department.refresh_from_db()
    record(actor=actor, verb="department.changed", subject=department, name=department.name, changes=told)
    return department


@action
def set_department_active(*, actor: Actor, department: Department, is_active: bool) -> Department:
    """Take a department off the list, or put it back. What it is working on goes on."""
    _may(actor, EDIT_DEPARTMENTS, department)
    won = Department.objects.filter(pk=department.pk, is_active=not is_active).update(
        is_active=is_active, version=F("version") + 1
    )
    if not won:
        raise Overtaken(f"{department.name}已经{'在列' if is_active else '停用'}了")
    department.refresh_from_db()
    open_now = department.coordinations.filter(
        state__in=[CoordinationState.SENT, CoordinationState.ACCEPTED]
    ).count()
    verb = "department.restored" if is_active else "department.retired"
    record(actor=actor, verb=verb, subject=department, name=department.name, open=open_now)
    return department


@action
def reveal_liaison(*, actor: Actor, department: Department) -> str:
    """The liaison's full number. That it was shown, and to whom, is recorded."""
    _may(actor, REVEAL_LIAISON, department)
    record(
        actor=actor,
        verb="department.revealed",
        subject=department,
        name=department.liaison,
        phone=department.phone_masked,
    )
    return unseal(department.phone_sealed)


@action
def note_department_export(*, actor: Actor, reason: str, count: int) -> None:
    """Recorded before the list leaves."""
    _may(actor, EXPORT_DEPARTMENTS)
    reason = said(reason, 100, missing="写一句导出做什么用：会记进历史，也印在表头", line=True)
    record(
        actor=actor,
        verb="department.exported",
        subject=f"community:{actor.community_id}",
        reason=reason,
        count=count,
    )
