"""Find an enterprise by what somebody remembers: Hanzi, pinyin, initials, a piece of the code, an old name.

    search("rongda", community_id=1, scope=None)   → [Hit(id=7, why=Why.BRAND), …]
    reindex(docs)                                  after an enterprise was written, in the same transaction
    forget(ids)                                    after it was merged away
    brand(name)                                    its 字号

Only `sqlite.py` and `postgres.py` know a database; names, pinyin, tokens, queries and matching are pure.
"""

from .find import Hit, Scope, search
from .match import Why
from .names import brand
from .store import clear, create, drop, forget, reindex
from .tokens import SearchDoc

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
