"""What happens to one's own account: signing in, a new password, a second factor."""

from __future__ import annotations

from allauth.usersessions.models import UserSession

from yuanzhi.kernel.history import action, record

from ..actor import Actor
from ..models import User
from .people import set_password


@action
def change_password(*, actor: Actor, user: User, password: str) -> None:
    """Set one's own password. Raises Refused with the reasons when it is too weak."""
    set_password(user, password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    record(actor=actor, verb="account.password_changed", subject=user)


@action
def sign_out_devices(*, actor: Actor, user: User, keep: str, only: int | None = None) -> int:
    """Sign out one's other devices (or only one of them); returns how many. `keep` is this session's key."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=keep)
    ended = list(sessions if only is None else sessions.filter(pk=only))
    for session in ended:
        session.end()
    if ended:
        record(actor=actor, verb="account.sessions_ended", subject=user, devices=len(ended))
    return len(ended)


@action
def note_sign_in(*, actor: Actor, user: User, device: str) -> None:
    """Somebody signed in (the audit of GB/T 22239 asks for it). `device` is words: "Chrome · Windows"."""
    record(actor=actor, verb="account.signed_in", subject=user, device=device[:80])


@action
def note_lock(*, actor: Actor, user: User) -> None:
    """An account was locked after wrong passwords: recorded once, not for each further try."""
    record(actor=actor, verb="account.locked", subject=user)


@action
def note_factor(*, actor: Actor, user: User, verb: str) -> None:
    """The second factor was set up, taken away, or its recovery codes were renewed."""
    record(actor=actor, verb=verb, subject=user)
