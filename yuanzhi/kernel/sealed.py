"""Sealing what must not lie readable in a database or a backup: phone numbers and the like."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Sealer:
    """Seals and recognises by one data key; for work in a process that has no settings."""

    def __init__(self, key: str) -> None:
        sealing = hashlib.blake2b(key.encode(), person=b"sealing", digest_size=32).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(sealing))
        self._finger = hashlib.blake2b(key.encode(), person=b"finger", digest_size=32).digest()

    def seal(self, text: str) -> str:
        """Encrypt; an empty text stays empty."""
        return self._fernet.encrypt(text.encode()).decode() if text else ""

    def unseal(self, token: str) -> str:
        """Decrypt what `seal` made; anything else reads as empty."""
        if not token:
            return ""
        try:
            return self._fernet.decrypt(token.encode()).decode()
        except InvalidToken:
            return ""

    def fingerprint(self, text: str) -> str:
        """A keyed digest of 40 hex digits."""
        return hmac.digest(self._finger, text.encode(), "sha256").hex()[:40] if text else ""


_sealer = functools.lru_cache(maxsize=2)(Sealer)


def seal(text: str) -> str:
    """Encrypt; an empty text stays empty."""
    return _sealer(settings.DATA_KEY).seal(text)


def unseal(token: str) -> str:
    """Decrypt what `seal` made. A token of another key reads as empty rather than breaking a page."""
    return _sealer(settings.DATA_KEY).unseal(token)


def fingerprint(text: str) -> str:
    """A keyed digest (40 hex digits) by which a sealed value can be found again, but not guessed."""
    return _sealer(settings.DATA_KEY).fingerprint(text)
