"""Passwords that are read out once. Pure but for the operating system's randomness."""

from __future__ import annotations

import secrets

# No 0/o, 1/l/i: it is read from a screen and typed on a phone. 31 letters, 12 of them: 59 bits.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def one_time() -> str:
    """A password for the first sign-in, in three groups of four: "k7mp-3xqd-9fwh"."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
