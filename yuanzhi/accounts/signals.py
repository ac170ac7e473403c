"""allauth tells us what happened at the door; we write it into the history."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.http import HttpRequest

from .actions import note_factor, note_sign_in
from .devices import device
from .models import User
from .queries import actor_for


def connect() -> None:
    """Called once, when the app is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="accounts.signed_in")
    authenticator_added.connect(_factor_added, dispatch_uid="accounts.factor_added")
    authenticator_removed.connect(_factor_removed, dispatch_uid="accounts.factor_removed")
    authenticator_reset.connect(_codes_renewed, dispatch_uid="accounts.factor_reset")


def _signed_in(*, request: HttpRequest, user: User, **kwargs: Any) -> None:
    note_sign_in(actor=actor_for(user), user=user, device=device(request.META.get("HTTP_USER_AGENT", "")))


def _factor_added(*, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:  # its recovery codes come along
        note_factor(actor=actor_for(user), user=user, verb="factor.added")


def _factor_removed(*, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.TOTP:
        note_factor(actor=actor_for(user), user=user, verb="factor.removed")


def _codes_renewed(*, user: User, **kwargs: Any) -> None:
    note_factor(actor=actor_for(user), user=user, verb="factor.codes_renewed")
