"""Where somebody lands after signing in."""

from __future__ import annotations

from django.urls import reverse

from .actor import Actor
from .models import User
from .roles import Role


def landing_url(user: User, actor: Actor) -> str:
    """A new password first; administrators to what they administer; everybody else to the front page."""
    if user.must_change_password and user.has_usable_password():
        return reverse("account_change_password")
    if actor.has(Role.AUDITOR):
        return reverse("accounts:audit")
    if actor.has(Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN):
        return reverse("accounts:people")
    return "/"
