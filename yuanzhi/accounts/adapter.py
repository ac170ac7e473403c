"""How allauth finds our people: by user name or by phone; nobody signs up alone."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from yuanzhi.kernel.sealed import fingerprint, seal, unseal

from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by the system administrator; phones are sealed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone_mark=fingerprint(_digits(phone))).first()

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        phone = unseal(user.phone_sealed)
        return (phone, True) if phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        user.phone_sealed, user.phone_mark = seal(phone), fingerprint(_digits(phone))

    def set_phone_verified(self, user: User, phone: str) -> None:
        return None

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: Any) -> None:
        return None


class MFAAdapter(DefaultMFAAdapter):
    """The secret of the second factor is sealed like a phone number."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text)


def _digits(phone: str) -> str:
    return "".join(ch for ch in phone if ch.isdigit())[-11:]
