"""Writes of accounts: open, grant, end, lock. Each is recorded in the community's history."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.sealed import fingerprint, seal

from .access import EDIT_PEOPLE, GRANT_ROLE
from .actor import Actor
from .models import Membership, User
from .queries import in_force
from .roles import ROLES, Role, conflicts, role_name


class Refused(Exception):
    """The house says no, in a sentence for the person who asked."""


def permit(actor: Actor, allowed: bool, what: str) -> None:
    """Raise Refused unless `allowed`."""
    if not allowed:
        raise Refused(f"{actor.name or '您'}没有{what}的权限：请找社区安全管理员核对身份")


def masked(phone: str) -> str:
    """138****1234; shorter numbers keep their last two digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}" if phone else ""


@action
def open_account(
    *,
    actor: Actor,
    username: str,
    name: str,
    phone: str = "",
    password: str | None = None,
    must_change_password: bool = True,
) -> User:
    """Open an account without any role. Raises Refused for a taken name or phone or a weak password."""
    permit(actor, actor.may(EDIT_PEOPLE), "开设账号")
    username = username.strip()
    if not username or not name.strip():
        raise Refused("用户名和姓名都要填")
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(f"用户名“{username}”已经有人用了，换一个，例如在后面加数字")
    digits = "".join(ch for ch in phone if ch.isdigit())[-11:]
    mark = fingerprint(digits) or None
    if mark and User.objects.filter(phone_mark=mark).exists():
        raise Refused(f"手机 {masked(digits)} 已经绑定了别的账号：一个号码只能登录一个账号")
    user = User(
        username=username,
        name=name.strip(),
        phone_sealed=seal(digits),
        phone_mark=mark,
        phone_masked=masked(digits),
        must_change_password=must_change_password,
        community_id=actor.community_id,
    )
    set_password(user, password)
    user.save()
    record(actor=actor, verb="account.opened", subject=user, username=username, name=user.name)
    return user


def set_password(user: User, password: str | None) -> None:
    """Check and set a password (None: unusable until one is set). Raises Refused with the reasons."""
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("；".join(error.messages)) from error
    user.set_password(password)


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
    """Give somebody a role in the actor's community. Raises Refused for incompatible roles or dates."""
    permit(actor, actor.may(GRANT_ROLE), "授予身份")
    kind = ROLES[role][1]
    start = valid_from or timezone.localdate()
    if valid_to is not None and valid_to < start:
        raise Refused(f"结束日期 {valid_to} 早于开始日期 {start}")
    held = Membership.objects.filter(in_force(start), user=user, community_id=actor.community_id)
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
    """End a role: its last day is yesterday unless given."""
    permit(
        actor, actor.may(GRANT_ROLE) and membership.community_id == actor.community_id, "结束身份"
    )
    day = last_day or timezone.localdate() - dt.timedelta(days=1)
    membership.valid_to = max(day, membership.valid_from)
    membership.save(update_fields=["valid_to"])
    record(
        actor=actor,
        verb="role.ended",
        subject=membership.user,
        role=role_name(membership.role),
        last_day=membership.valid_to,
    )
