"""Find an enterprise by what somebody remembers: Hanzi, pinyin, initials, a piece of the code, an old name.

    search("rongda", community_id=1, scope=None)   → [Hit(id=7, why=Why.BRAND), …]
    reindex(docs)                                  after an enterprise was written, in the same transaction
    forget(ids)                                    after it was merged away
    brand(name)                                    its 字号

Only `sqlite.py` and `postgres.py` know which database; names, pinyin, tokens, queries and matching are pure.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .match import Why
from .names import brand
from .tokens import SearchDoc

if TYPE_CHECKING:
    from .find import Hit, Scope, search
    from .store import clear, create, drop, forget, reindex

# What needs the database comes when it is asked for: tokens are also made where there is none.
_AT_THE_DATABASE = {
    "find": ("Hit", "Scope", "search"),
    "store": ("clear", "create", "drop", "forget", "reindex"),
}


def __getattr__(name: str) -> Any:
    for module, names in _AT_THE_DATABASE.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Hit",
    "Scope",
    "SearchDoc",
    "Why",
    "brand",
    "clear",
    "create",
    "drop",
    "forget",
    "reindex",
    "search",
]
