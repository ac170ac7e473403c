"""What kinds of partners a rule may suggest: lent by the floor above, where partners live.

partner_kinds.provide(lambda community_id: [("law", "律师")])
"""

from __future__ import annotations

from collections.abc import Callable

Kinds = Callable[[int], list[tuple[str, str]]]

_kinds: list[Kinds] = []


def provide(kinds: Kinds) -> None:
    """Called once, when the app above is ready."""
    _kinds[:] = [kinds]


def partner_kinds(community_id: int) -> list[tuple[str, str]]:
    """(code, name) of the kinds of a community; none where no partners are."""
    return _kinds[0](community_id) if _kinds else []
