"""How allauth finds our people: by user name or by phone; nobody signs up alone."""

from __future__ import annotations

import io
import math
import time
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.userkit import get_user_by_username
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.http import HttpRequest

from yuanzhi.kernel.sealed import fingerprint, seal, unseal

from .landing import landing_url
from .lockout import key_of, seconds_left
from .models import User
from .phones import mobile
from .queries import actor_for
from .requests import Request

FRESH = 300  # seconds after a sign-in during which the password needn't be typed again
_WRONG = "用户名（手机号）或密码不对，请再试一次；忘了密码，请社区的系统管理员重置"


class PhoneField(forms.CharField):
    """A mainland mobile number in any common spelling; anything else is taken for a user name."""

    def clean(self, value: Any) -> str:
        number = mobile(super().clean(value))
        if not number:
            raise forms.ValidationError("不像手机号：要 11 位、以 1 开头")
        return number


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the system administrator; phones are sealed."""

    error_messages = {  # noqa: RUF012
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "这个账号已停用，请联系社区的系统管理员",
        "phone_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        "too_many_login_attempts": "试错的次数太多了，请过 15 分钟再试",
        "rate_limited": "试得太快了，请稍等一分钟再试",
        "enter_current_password": "现在的密码不对，请再输一次",
        "incorrect_password": "密码不对，请再输一次",
        "incorrect_code": "验证码不对：看看手机时间是否准确，等下一组 6 位数字再试",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    # -- phones ----------------------------------------------------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def get_user_by_phone(self, phone: str) -> User | None:
        mark = fingerprint(mobile(phone))
        return User.objects.filter(phone_mark=mark).first() if mark else None

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        phone = unseal(user.phone_sealed)
        return (phone, True) if phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        raise NotImplementedError("phones are changed by actions.edit_account")

    def set_phone_verified(self, user: User, phone: str) -> None:
        return None

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        return None

    # -- wrong passwords -------------------------------------------------------------------------------

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One counter for each account, however the name or number is spelt.

        allauth counts by what was typed and by the Host header: "138 1234-5678", "+8613812345678" and the
        user name would each have had their own five tries.
        """
        return key_of(self._claimed(credentials), credentials.get("username") or "")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        key = self._get_login_attempts_cache_key(request, **credentials)
        self._login_failed_rl_usage = ratelimit.consume(
            request, app="allauth.account", action="login_failed", key=key
        )
        if not self._login_failed_rl_usage:
            minutes = math.ceil(seconds_left(request, key) / 60) or 1
            raise forms.ValidationError(
                f"密码试错太多次，为安全起见请过 {minutes} 分钟再试；急用请找社区的系统管理员重置密码",
                code="too_many_login_attempts",
            )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """The try that uses up the last chance locks the account: that is worth an entry in the history."""
        from .actions import note_lock

        user = self._claimed(credentials)
        key = self._get_login_attempts_cache_key(request, **credentials)
        if user and seconds_left(request, key, per="key"):
            note_lock(actor=actor_for(user), user=user)

    def _claimed(self, credentials: dict[str, Any]) -> User | None:
        """The account that somebody claims to be."""
        typed = (credentials.get("username") or "").strip()
        return (get_user_by_username(typed) if typed else None) or self.get_user_by_phone(
            credentials.get("phone") or typed
        )

    # -- where to, and what with -----------------------------------------------------------------------

    def get_client_ip(self, request: HttpRequest) -> str:
        # A unix socket has no address; everybody behind it then shares one counter for each network.
        return get_client_ip(request) or "0.0.0.0"  # noqa: S104

    def get_login_redirect_url(self, request: Request) -> str:
        return landing_url(request.user, actor_for(request.user))

    def get_password_change_redirect_url(self, request: Request) -> str:
        return landing_url(request.user, actor_for(request.user))

    def set_password(self, user: User, password: str) -> None:
        from .actions import change_password

        change_password(actor=actor_for(user), user=user, password=password)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just typed the password needn't type it again to set up the second factor."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < FRESH:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)


class MFAAdapter(DefaultMFAAdapter):
    """The secret of the second factor is sealed like a phone number."""

    error_messages = {  # noqa: RUF012
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return f"{user.name}（{user.username}）"

    def build_totp_svg(self, url: str) -> str:
        """Dark on white with its own quiet zone, so that it scans in the dark theme as well."""
        out = io.BytesIO()
        segno.make(url, micro=False).save(out, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
        return out.getvalue().decode()
