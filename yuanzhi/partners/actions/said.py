"""What people write, before it is kept: trimmed, without control characters, not endless."""

from __future__ import annotations

import unicodedata

from yuanzhi.kernel.refusals import Refused


def said(text: str, most: int, *, missing: str = "", line: bool = False) -> str:
    """The text as it is kept. Raises Refused with `missing` when nothing is left of it, and when too long.

    `line`: one line only. Control characters are dropped: no page shows them and PostgreSQL refuses NUL.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))
    kept = " ".join(kept.split()) if line else kept.strip()
    if missing and not kept:
        raise Refused(missing)
    if len(kept) > most:
        raise Refused(f"写得太长了：最多 {most:,} 字，现在有 {len(kept):,} 字，请挑要紧的说")
    return kept
