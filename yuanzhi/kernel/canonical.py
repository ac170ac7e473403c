"""The text of a history entry's data: the same facts always give the same text. Knows no database."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any


def canonical(data: dict[str, Any]) -> str:
    """JSON with sorted keys and no spaces: the same facts always give the same text."""
    return _encode(data)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if hasattr(value, "_meta"):  # a model's row, by its short name
        return f"{value._meta.model_name}:{value.pk}"
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)


# One encoder for all: json.dumps would make a new one for each entry.
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode
