"""Sealing what must not lie readable in a database or a backup: phone numbers and the like."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


@functools.lru_cache(maxsize=1)
def _fernet() -> Fernet:
    key = hashlib.blake2b(settings.DATA_KEY.encode(), person=b"sealing", digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(text: str) -> str:
    """Encrypt; an empty text stays empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def unseal(token: str) -> str:
    """Decrypt what `seal` made. A token of another key reads as empty rather than breaking a page."""
    if not token:
        return ""
    try:
        return _fernet().decrypt(token.encode()).decode()
    except InvalidToken:
        return ""


def fingerprint(text: str) -> str:
    """A keyed digest (40 hex digits) by which a sealed value can be found again, but not guessed."""
    key = hashlib.blake2b(settings.DATA_KEY.encode(), person=b"finger", digest_size=32).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:40] if text else ""
