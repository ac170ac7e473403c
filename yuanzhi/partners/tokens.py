"""What a guest link is made of: 144 random bits and a signature. Only a keyed digest of it is ever stored."""

from __future__ import annotations

import secrets

from django.core import signing
from django.utils.crypto import constant_time_compare

from yuanzhi.kernel.sealed import fingerprint

_SIGNER_SALT = "yuanzhi.partners.guest"
_SIGNATURE = 10


def _sign(stem: str) -> str:
    return signing.Signer(salt=_SIGNER_SALT).signature(stem)[:_SIGNATURE]


def new_token() -> str:
    """A token for one link; it is shown once and can't be worked out again from what is stored."""
    stem = secrets.token_urlsafe(18)
    return f"{stem}.{_sign(stem)}"


def digest_of(token: str) -> str:
    """By which a link is found; "" for what this house never signed."""
    stem, dot, signature = token.partition(".")
    if not dot or not constant_time_compare(signature, _sign(stem)):
        return ""
    return fingerprint(f"guest:{token}")
