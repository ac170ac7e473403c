"""Accounts of others: what the system administrator does, and the second factor, which only the security
administrator resets. Nobody can take over an account alone: that takes both."""

from __future__ import annotations

import re

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from yuanzhi.kernel.history import HOUSE, action, changes, record
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import fingerprint, seal

from ..access import EDIT_PEOPLE, RESET_FACTOR
from ..actor import Actor
from ..lockout import forget
from ..models import User
from ..passwords import one_time
from ..phones import masked, mobile
from ..queries import communities_of
from .guard import permit, permit_on
from .roles import refuse_if_last

_USERNAME = re.compile(r"[\w.\-]{2,40}")


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
    """Open an account without any role. Raises Refused for a taken name or phone or a weak password.

    `password=None` leaves the account without one: nobody can sign in until `reset_password`.
    """
    permit(actor, actor.may(EDIT_PEOPLE), EDIT_PEOPLE.name)
    username = _checked_username(username)
    user = User(
        username=username,
        name=_checked_name(name),
        must_change_password=must_change_password,
        community_id=actor.community_id or None,
    )
    _set_phone(user, phone)
    set_password(user, password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:  # two administrators at the same moment
        raise Refused("用户名或手机刚刚被别的账号用了，请换一个") from error
    record(actor=actor, verb="account.opened", subject=user, username=username, name=user.name)
    return user


@action
def edit_account(*, actor: Actor, user: User, name: str, phone: str | None = None) -> None:
    """Correct the name, and the phone unless None ("" takes it away). The number stays out of the history."""
    permit_on(actor, EDIT_PEOPLE, user)
    before = {"name": user.name, "phone": user.phone_masked}
    user.name = _checked_name(name)
    if phone is not None:
        _set_phone(user, phone)
    after = {"name": user.name, "phone": user.phone_masked}
    if before == after:
        return
    try:
        with transaction.atomic():
            user.save(update_fields=["name", "phone_sealed", "phone_mark", "phone_masked"])
    except IntegrityError as error:
        raise Refused("这个手机刚刚被别的账号用了，请核对号码") from error
    record(actor=actor, verb="account.edited", subject=user, changes=changes(before, after))


def set_password(user: User, password: str | None) -> None:
    """Check and set a password (None: unusable until one is set). Raises Refused with the reasons."""
    if password is None:
        user.set_unusable_password()
        return
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("；".join(message.rstrip("。") for message in error.messages)) from error
    user.set_password(password)


@action
def reset_password(*, actor: Actor, user: User) -> str:
    """Give the account a one-time password and return it: it is shown once and kept nowhere.

    Everybody signed in with the old one is signed out. Raises Refused for one's own account.
    """
    permit_on(actor, EDIT_PEOPLE, user)
    if actor.user_id == user.pk:
        raise Refused("这是您自己的账号，请在“我的账号”里改密码")
    password = one_time()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _end_sessions(user)
    transaction.on_commit(lambda: forget(user))
    record(actor=actor, verb="account.password_reset", subject=user)
    return password


@action
def set_active(*, actor: Actor, user: User, active: bool) -> None:
    """Close an account (its holder is signed out at once) or open it again."""
    permit_on(actor, EDIT_PEOPLE, user)
    if actor.user_id == user.pk:
        raise Refused("不能停用自己的账号：请另一位系统管理员来办")
    if user.is_active == active:
        raise Refused(f"{user.name}的账号已经是{'在用' if active else '停用'}状态")
    if not active:
        refuse_if_last(actor, user)
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        _end_sessions(user)
    record(actor=actor, verb="account.reactivated" if active else "account.deactivated", subject=user)


@action
def end_sessions(*, actor: Actor, user: User) -> int:
    """Sign an account out everywhere, e.g. when a phone was lost; returns how many devices that were."""
    permit_on(actor, EDIT_PEOPLE, user)
    ended = _end_sessions(user)
    record(actor=actor, verb="account.sessions_ended", subject=user, devices=ended)
    return ended


@action
def reset_second_factor(*, actor: Actor, user: User) -> None:
    """Forget somebody's authenticator and recovery codes (phone lost). Signs the account out everywhere."""
    permit_on(actor, RESET_FACTOR, user)
    if actor.user_id == user.pk:
        raise Refused("不能重置自己的两步验证：用恢复码登录，或请另一位安全管理员来办")
    gone, _ = Authenticator.objects.filter(user=user).delete()
    if not gone:
        raise Refused(f"{user.name}还没有设置两步验证，不用重置")
    _end_sessions(user)
    record(actor=actor, verb="factor.reset", subject=user)


@action
def recover_factor(*, actor: Actor, user: User) -> int:
    """The same from the console, for the only security administrator whose phone is gone: nobody else may.

    Recorded in the house's history and in that of each community in which the account holds a role. Returns
    how many devices were signed out. Raises Refused.
    """
    permit(actor, actor.is_system, "在命令行重置两步验证")
    gone, _ = Authenticator.objects.filter(user=user).delete()
    if not gone:
        raise Refused(f"{user.name}（{user.username}）没有设置两步验证：直接用密码登录就行")
    ended = _end_sessions(user)
    for chain in (HOUSE, *communities_of(user)):
        record(actor=actor, verb="factor.recovered", subject=user, chain=chain, devices=ended)
    return ended


def _end_sessions(user: User) -> int:
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return len(sessions)


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name:
        raise Refused("姓名还没填")
    if len(name) > 40:
        raise Refused("姓名最多 40 个字")
    return name


def _checked_username(username: str) -> str:
    username = username.strip()
    if not _USERNAME.fullmatch(username):
        raise Refused("用户名用 2 到 40 个字母、数字、汉字、点、横线或下划线，例如 zhangsan")
    if mobile(username):
        raise Refused("用户名不要用手机号：把号码填在“手机”里，一样可以用它登录")
    if User.objects.filter(username__iexact=username).exists():
        raise Refused(f"用户名“{username}”已经有人用了，换一个，例如在后面加数字")
    return username


def _set_phone(user: User, phone: str) -> None:
    if not phone.strip():
        user.phone_sealed, user.phone_mark, user.phone_masked = "", None, ""
        return
    number = mobile(phone)
    if not number:
        raise Refused(f"“{phone.strip()[:24]}”不像手机号：要 11 位、以 1 开头")
    mark = fingerprint(number)
    if User.objects.filter(phone_mark=mark).exclude(pk=user.pk).exists():
        raise Refused(f"手机 {masked(number)} 已经绑定了别的账号：一个号码只能登录一个账号")
    user.phone_sealed, user.phone_mark, user.phone_masked = seal(number), mark, masked(number)
