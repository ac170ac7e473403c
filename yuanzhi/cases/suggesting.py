"""What a need probably is, with the reason: from what was learned, else from the catalogue's words."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from .learning import Entry, Learned, by_catalogue, from_bytes
from .models import Desk, ServiceItem, TextModel
from .queries_routing import Catalogue

KEPT = 16  # models in the memory of a process, the latest used
STRONG = 1.2  # from here on the catalogue's words are clear enough to decide

_lock = threading.Lock()
_loaded: OrderedDict[int, Learned | None] = OrderedDict()


@dataclass(frozen=True)
class Choice:
    """One likely item, or a desk when no item is told apart."""

    desk: Desk
    item: ServiceItem | None
    chance: float  # 0 to 1; 0 where it is not a probability
    because: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.item.name if self.item else f"{self.desk.name}的事"

    @property
    def percent(self) -> int:
        """The chance in percent; 0 where it is not a probability."""
        return round(self.chance * 100)

    @property
    def code(self) -> str:
        """As a radio posts it."""
        return f"i{self.item.pk}" if self.item else f"d{self.desk.pk}"


@dataclass(frozen=True)
class Suggestion:
    """The likeliest choices, the best first; `is_sure`: the first is clear enough to be pre-chosen."""

    choices: tuple[Choice, ...] = ()
    is_sure: bool = False
    source: str = ""  # learned or catalogue
    model_id: int | None = None

    @property
    def best(self) -> Choice | None:
        return self.choices[0] if self.choices else None

    @property
    def why(self) -> str:
        """ "像“欠款追讨”：因为说到“尾款”“合同”", or that it can't be told."""
        if not self.choices:
            return ""
        if self.is_sure:
            return f"像“{self.choices[0].name}”{_because(self.choices[0])}"
        names = "，也可能是".join(f"“{choice.name}”" for choice in self.choices[:2])
        return f"说不准，可能是{names}"


def _because(choice: Choice) -> str:
    words = "".join(f"“{word}”" for word in choice.because)
    return f"：因为说到{words}" if words else ""


def suggest(community_id: int, title: str, words: str, catalogue: Catalogue) -> Suggestion:
    """What these words are probably about. One query once the model is in memory."""
    if not (title + words).strip():
        return Suggestion()
    model_id, learned = newest_model(community_id)
    if learned is not None:
        guesses = learned.guess(title, words, 4)
        choices = [
            Choice(*place, guess.chance, guess.because)
            for guess in guesses
            if (place := _place(guess.label, catalogue)) is not None
        ]
        if choices and choices[0].because and choices[0].chance >= learned.sure:  # no reason, no certainty
            return Suggestion(tuple(choices[:3]), True, "learned", model_id)
        by_words = _by_words(title, words, catalogue)
        if by_words.is_sure and any(_same(by_words.choices[0], choice) for choice in choices[:2]):
            return by_words  # what was learned wavers between two, and the catalogue names one of them
        if choices:
            return Suggestion(tuple(choices[:3]), False, "learned", model_id)
    return _by_words(title, words, catalogue)


def _same(one: Choice, other: Choice) -> bool:
    return one.code == other.code


def _by_words(title: str, words: str, catalogue: Catalogue) -> Suggestion:
    entries = [
        Entry(item_label(root), item.name, item.words, item.guide) for root, item in catalogue.current.items()
    ]
    found = by_catalogue(entries, f"{title}\n{words}")
    choices = [
        Choice(*place, 0.0, hit.because)
        for hit in found
        if (place := _place(hit.label, catalogue)) is not None
    ]
    clear = bool(found) and found[0].score >= STRONG and (len(found) < 2 or found[0].score > found[1].score)
    return Suggestion(tuple(choices), clear, "catalogue")


# -- labels: what the model calls an item or a desk ----------------------------------------------------


def item_label(root: int) -> str:
    """An item by its root: a new edition or a new name is the same item."""
    return f"item:{root}"


def desk_label(code: str) -> str:
    """A desk, where an item has too few closed cases to be told apart."""
    return f"desk:{code}"


def _place(label: str, catalogue: Catalogue) -> tuple[Desk, ServiceItem | None] | None:
    kind, _, value = label.partition(":")
    if kind == "item":
        item = catalogue.current.get(int(value)) if value.isdecimal() else None
        return (item.desk, item) if item else None
    desk = catalogue.desk(value)
    return (desk, None) if desk else None


# -- the model in memory -------------------------------------------------------------------------------


def newest_model(community_id: int) -> tuple[int | None, Learned | None]:
    """(id, what was learned) of a community; (None, None) before it has learned. One query, two the first
    time in a process."""
    rows = TextModel.objects.filter(community_id=community_id).order_by("-trained_at", "-pk")
    model_id = rows.values_list("pk", flat=True).first()
    return (None, None) if model_id is None else (model_id, _load(model_id))


def _load(model_id: int) -> Learned | None:
    with _lock:
        if model_id in _loaded:
            _loaded.move_to_end(model_id)
            return _loaded[model_id]
    data = TextModel.objects.values_list("weights", flat=True).filter(pk=model_id).first()
    learned = from_bytes(bytes(data)) if data is not None else None
    with _lock:
        _loaded[model_id] = learned
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return learned


def forget_models() -> None:
    """Empty the memory: for tests, whose rows come and go under the same ids."""
    with _lock:
        _loaded.clear()
