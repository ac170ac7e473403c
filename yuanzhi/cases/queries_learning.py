"""What there is to learn from: closed cases, and what each turned out to be."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from .learning.lesson import Sample
from .models import Case, TextModel
from .queries_routing import catalogue_of
from .routing import words_of
from .states import State
from .suggesting import desk_label, item_label

MOST = 20_000  # the newest closed cases; what was asked for years ago is no guide
LONGEST = 2000  # signs of each that are read
ENOUGH = 8  # closed cases of an item from which on it is told apart, fewer teach the desk
_TAUGHT = (State.CONFIRMED, State.RESOLVED)  # in the end handled by this desk under this item


def newest(community_id: int) -> TextModel | None:
    """The model in use, without its weights. One query."""
    rows = TextModel.objects.filter(community_id=community_id).order_by("-trained_at", "-pk")
    return rows.defer("weights").first()


def samples_of(community_id: int) -> list[Sample]:
    """The newest closed cases with their item, or their desk where the item has too few. Four queries.

    Confidential ones teach nothing: what is learned is shown to everybody who enters a need.
    """
    catalogue = catalogue_of(community_id)
    found: list[tuple[str, str, int | None, int]] = []
    for state in _TAUGHT:
        rows = Case.objects.filter(community_id=community_id, state=state, is_confidential=False)
        values = rows.order_by("-closed_at", "-pk").values_list("title", "words", "item_id", "desk_id")
        for title, words, item, desk in values[:MOST].iterator(chunk_size=2000):
            found.append((title, words[:LONGEST], catalogue.root.get(item or 0), desk))
    found = found[:MOST]
    often = Counter(item for *_, item, _ in found)
    return [
        Sample(
            title,
            words,
            item_label(item)
            if item is not None and often[item] >= ENOUGH
            else desk_label(catalogue.desks[desk].code),
        )
        for title, words, item, desk in found
        if desk in catalogue.desks
    ]


def hints_of(community_id: int) -> list[Sample]:
    """What the catalogue says of its items, a line for each way of calling one. Two queries."""
    found = []
    for root, item in catalogue_of(community_id).current.items():
        said = [item.name, *words_of(item.words)]
        found += [Sample(words, words, item_label(root)) for words in said]
    return found


def closed_since(community_id: int, since: dt.datetime) -> bool:
    """Whether a case was closed after this instant. One query."""
    return Case.objects.filter(community_id=community_id, state=State.CONFIRMED, closed_at__gt=since).exists()
