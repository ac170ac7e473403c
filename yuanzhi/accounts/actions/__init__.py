"""Writes of accounts: open, grant, end, lock. Each is recorded in the community's history."""

from yuanzhi.kernel.refusals import Overtaken, Refused

from ..phones import masked
from .guard import permit
from .own import change_password, note_factor, note_lock, note_sign_in, sign_out_devices
from .people import (
    edit_account,
    end_sessions,
    open_account,
    recover_factor,
    reset_password,
    reset_second_factor,
    set_active,
    set_password,
)
from .roles import end_role, grant_role

__all__ = [
    "Overtaken",
    "Refused",
    "change_password",
    "edit_account",
    "end_role",
    "end_sessions",
    "grant_role",
    "masked",
    "note_factor",
    "note_lock",
    "note_sign_in",
    "open_account",
    "permit",
    "recover_factor",
    "reset_password",
    "reset_second_factor",
    "set_active",
    "set_password",
    "sign_out_devices",
]
