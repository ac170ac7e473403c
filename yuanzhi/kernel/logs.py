"""What logs must not keep: a link is a key, and a log is read by more people than hold it."""

from __future__ import annotations

import logging
import re
from typing import Any

# /t/<token>/ (tracking) and /g/<token>/ (guests): whoever has the rest of the path has the key.
_LINK = re.compile(r"/([gt])/(?!\s|$)[^/\s\"'?]+")


def mask(text: str) -> str:
    """ "/g/abc.def/answer/" → "/g/…/answer/"."""
    return _LINK.sub(r"/\1/…", text)


class HideLinks(logging.Filter):
    """Put on a handler: masks links in the message and its arguments. A traceback shows lines, not values."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through, without the keys in it."""
        if isinstance(record.msg, str):
            record.msg = mask(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_masked(value) for value in record.args)
        elif isinstance(record.args, dict):
            record.args = {name: _masked(value) for name, value in record.args.items()}
        return True


def _masked(value: Any) -> Any:
    return mask(value) if isinstance(value, str) else value
