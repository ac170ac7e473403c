"""Roles are granted and ended by the security administrator, never to or for oneself."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import scopes
from ..access import GRANT_ROLE
from ..actor import Actor
from ..models import Membership, User
from ..queries import in_force, members_of
from ..roles import ROLES, Kind, Role, conflicts, role_name
from .guard import permit

# Without these two nobody could open accounts or grant roles any more.
_NEEDED = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)


@action
def grant_role(
    *,
    actor: Actor,
    user: User,
    role: Role,
    scope_id: int | None = None,
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
) -> Membership:
    """Give somebody a role in the actor's community, from a first to a last day (today, open when not given).

    Raises Refused for incompatible roles, a missing or foreign scope, wrong dates, and for one's own account.
    """
    permit(actor, actor.may(GRANT_ROLE) and bool(actor.community_id), GRANT_ROLE.name)
    if actor.user_id == user.pk:
        raise Refused("不能给自己授予身份：请另一位安全管理员来办")
    kind = ROLES[role][1]
    start = valid_from or timezone.localdate()
    if valid_to is not None and valid_to < start:
        raise Refused(f"结束日期 {valid_to} 早于开始日期 {start}，请改一下")
    scope_id = _checked_scope(actor, role, scope_id)
    # Two grants to one person at the same moment must see each other, or both of two roles that exclude
    # each other would get through.
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise Refused(f"{user.name}的账号已停用：先恢复账号，再授予身份")
    held = list(_overlapping(user, actor.community_id, start, valid_to))
    if any(m.role == role.value and m.scope_id == scope_id for m in held):
        raise Refused(f"{user.name}在这段时间里已经是{role_name(role)}了")
    if reason := conflicts({Role(m.role) for m in held}, role):
        raise Refused(reason)
    membership = Membership.objects.create(
        user=user,
        community_id=actor.community_id,
        role=role.value,
        kind=kind.value,
        scope_id=scope_id,
        valid_from=start,
        valid_to=valid_to,
    )
    record(
        actor=actor,
        verb="role.granted",
        subject=user,
        role=role_name(role),
        scope=f"{kind.value}:{scope_id}" if scope_id else kind.value,
        valid_from=start,
        valid_to=valid_to,
    )
    return membership


@action
def end_role(*, actor: Actor, membership: Membership, last_day: dt.date | None = None) -> None:
    """End a role: at once when no last day is given (its last day was yesterday then).

    A role that began today and ends at once held on no day. Raises Refused when it has ended already,
    Overtaken when somebody else changed it meanwhile.
    """
    permit(actor, actor.may(GRANT_ROLE) and membership.community_id == actor.community_id, "结束身份")
    today = timezone.localdate()
    seen = membership.valid_to
    if seen is not None and seen < today:
        raise Refused(f"这个身份在 {seen} 已经结束了")
    day = last_day or today - dt.timedelta(days=1)
    if last_day is not None and last_day < today - dt.timedelta(days=1):
        raise Refused("不能把身份追溯到过去结束：留空就是现在结束")
    refuse_if_last(actor, membership.user, membership)
    day = max(day, membership.valid_from - dt.timedelta(days=1))
    if not Membership.objects.filter(pk=membership.pk, valid_to=seen).update(valid_to=day):
        raise Overtaken("别人刚刚改过这个身份，请刷新后再看")
    membership.valid_to = day
    record(
        actor=actor,
        verb="role.ended",
        subject=membership.user,
        role=role_name(membership.role),
        scope=f"{membership.kind}:{membership.scope_id}" if membership.scope_id else membership.kind,
        last_day=day,
    )


def refuse_if_last(actor: Actor, user: User, membership: Membership | None = None) -> None:
    """Raise Refused when the community would be left without a system or security administrator."""
    if actor.is_system:
        return
    held = Membership.objects.filter(in_force(), user=user, role__in=[r.value for r in _NEEDED])
    for row in [membership] if membership is not None else held:
        if row.role not in {r.value for r in _NEEDED}:
            continue
        others = members_of(row.community_id, Role(row.role)).exclude(user=user)
        if not others.exists():
            name = role_name(row.role)
            raise Refused(f"{user.name}是本社区唯一的{name}：先让另一个人担任{name}")


def _checked_scope(actor: Actor, role: Role, scope_id: int | None) -> int | None:
    kind = ROLES[role][1]
    if kind is Kind.COMMUNITY:
        return None
    if scope_id is None:
        if kind in scopes.BOUND:
            raise Refused(f"{role_name(role)}要说明是哪个{scopes.KIND_NAMES[kind]}的")
        return None
    if scopes.is_provided(kind) and not scopes.labels(kind, actor.community_id, [scope_id]):
        raise Refused(f"本社区没有这个{scopes.KIND_NAMES[kind]}，请重新选")
    return scope_id


def _overlapping(user: User, community_id: int, start: dt.date, end: dt.date | None):
    open_or_later = Q(valid_to=None) | Q(valid_to__gte=start)
    rows = Membership.objects.filter(open_or_later, user=user, community_id=community_id)
    return rows if end is None else rows.filter(valid_from__lte=end)
