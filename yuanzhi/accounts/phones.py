"""Mobile numbers as people type them. Pure."""

from __future__ import annotations

import re

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_NOISE = re.compile(r"[\s\-‐-―－.()（）]+")


def mobile(text: str) -> str:
    """The 11 digits of a mainland mobile number; empty when it isn't one.

    "138 1234-5678", "+86 13812345678" and full-width digits are the same number.
    """
    plain = _NOISE.sub("", text.translate(_NARROW))
    found = _MOBILE.fullmatch(plain)
    return found[1] if found else ""


def masked(phone: str) -> str:
    """138****1234; shorter numbers keep their last two digits."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else f"****{phone[-2:]}" if phone else ""


_NARROW = {ord("０") + i: ord("0") + i for i in range(10)} | {ord("＋"): ord("+")}
