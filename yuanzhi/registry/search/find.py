"""Searching: the look-ups one after another, the most telling first, until enough is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..models import Park
from . import query
from .match import Why, answer, grade
from .names import as_brand
from .query import Tree
from .store import backend
from .tokens import mark

_FEW = 3  # a guess is only worth its time where less was found
_SPARE = 2  # how many times the limit is looked at, since the index only proposes


@dataclass(frozen=True, slots=True)
class Scope:
    """What somebody may see inside a community: everything in these parks, and these enterprises."""

    parks: frozenset[int] = frozenset()
    enterprises: frozenset[int] = frozenset()

    def signs(self) -> tuple[str, ...]:
        """The tokens of which an enterprise inside has one; none where nothing may be seen."""
        return (
            *(f"@{park}" for park in sorted(self.parks)),
            *(f"#{key}" for key in sorted(self.enterprises)),
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """An enterprise found, and what by (`why.label` in Chinese, empty where the name shows it)."""

    id: int
    why: Why


@dataclass(frozen=True, slots=True)
class Step:
    """One look-up and how its candidates are judged: `terms` must all be answered, unless by the park."""

    tree: Tree
    terms: tuple[str, ...]
    slips: int = 0
    why: Why | None = None  # where the look-up alone says why


def search(text: str, *, community_id: int, scope: Scope | None = None, limit: int = 8) -> list[Hit]:
    """The best `limit` enterprises of a community for what was typed so far; `scope` None means all of them.

    Order: whole brand, start of the brand, its initials, anywhere in the name, former name, park, same
    sound, typo; among equals live before deregistered, shorter names first. Nothing typed finds nothing.
    """
    terms = query.terms(text)
    fence = scope.signs() if scope is not None else ()
    if not terms or (scope is not None and not fence):
        return []
    found: dict[int, tuple[Why, int]] = {}
    # Each only where the one before left room: guesses where little was found, corrections where nothing.
    _collect(found, _steps(terms, community_id), community_id, fence, limit, limit)
    if len(found) < min(limit, _FEW) and not (found and query.is_long(terms[0])):
        _collect(found, _guesses(terms, community_id), community_id, fence, limit, min(limit, _FEW))
    if not found and len(terms) == 1:
        _collect(found, _typos(terms[0]), community_id, fence, limit, 1)
    best = sorted(found.items(), key=lambda item: item[1])[:limit]
    return [Hit(key, why) for key, (why, _) in best]


def _collect(
    found: dict[int, tuple[Why, int]],
    steps: Iterable[Step],
    community_id: int,
    fence: tuple[str, ...],
    limit: int,
    enough: int,
) -> None:
    """Take up the hits of these steps, {id: (why, place)}, until enough are found."""
    for step in steps:
        for key, place, names in backend().find(step.tree, mark(community_id), limit * _SPARE, fence):
            if key not in found and (why := _judge(step, names)) is not None:
                found[key] = (why, place)
        if len(found) >= enough:
            break


def _judge(step: Step, names: Sequence[str]) -> Why | None:
    if not step.terms:
        return step.why
    answers = [answer(term, names, step.slips) for term in step.terms]
    known = [a for a in answers if a is not None]
    return max(known) if len(known) == len(answers) else None


def _steps(terms: tuple[str, ...], community_id: int) -> Iterator[Step]:
    """Look-ups of what was typed, taken as it is."""
    if len(terms) > 1:
        yield from _several(terms, community_id)
        return
    (term,) = terms
    if (code := query.code_tree(term)) is not None:
        yield Step(code, terms)
    elif (brands := query.brand_tree(term)) is not None:
        yield Step(brands, terms)
    if code is None and not query.is_long(term):
        yield Step(query.start_tree(term), terms)
    yield Step(query.name_tree(term), terms)


def _several(terms: tuple[str, ...], community_id: int) -> Iterator[Step]:
    """Several words: each stands in the name, the code, or names the park."""
    inside, rest = _split(terms, community_id)
    if inside and rest:
        yield Step(query.both(*map(query.start_tree, rest), *inside), rest)
        yield Step(query.both(*map(_named, rest), *inside), rest)
    yield Step(query.both(*map(_named, terms)), terms)
    if inside and not rest:
        yield Step(query.both(*inside), (), why=Why.PARK)


def _guesses(terms: tuple[str, ...], community_id: int) -> Iterator[Step]:
    """What else may have been meant: a park, park and name in one, letters cut elsewhere, a wrong Hanzi."""
    if len(terms) > 1:
        inside, rest = _split(terms, community_id)
        if rest:
            yield Step(query.both(*(query.sound_tree(t) or _named(t) for t in rest), *inside), rest, slips=1)
        return
    (term,) = terms
    if (unfinished := query.unfinished_tree(term)) is not None:
        yield Step(unfinished, terms)
    parks = _parks(community_id)
    if (park := _park_tree(term, parks)) is not None:
        yield Step(park, (), why=Why.PARK)
    yield from _park_then_name(term, parks)
    if (sounds := query.sound_tree(term)) is not None:
        yield Step(sounds, terms, slips=1)


def _typos(term: str) -> Iterator[Step]:
    """Letters swapped or doubled, then letters wrong or missing."""
    for corrected in (query.swapped, query.altered):
        if words := corrected(term):
            # Not matched again: a dozen spellings on sixteen names would take longer than the search itself.
            yield Step(query.either(*map(query.guess_tree, words)), (), why=Why.TYPO)


def _split(terms: tuple[str, ...], community_id: int) -> tuple[list[Tree], tuple[str, ...]]:
    """The parks some of the words name, as look-ups, and the words left for the name."""
    parks = _parks(community_id)
    named = {term: tree for term in terms if (tree := _park_tree(term, parks)) is not None}
    return list(named.values()), tuple(term for term in terms if term not in named)


def _named(term: str) -> Tree:
    code = query.code_tree(term)
    return query.name_tree(term) if code is None else query.either(query.name_tree(term), code)


def _parks(community_id: int) -> list[tuple[int, str]]:
    """(id, name) of the community's parks, an entry for each other name they have."""
    rows = Park.objects.filter(community_id=community_id).values_list("id", "name", "aliases")
    return [(key, name) for key, first, others in rows for name in (first, *others)]


def _park_tree(term: str, parks: Sequence[tuple[int, str]]) -> Tree | None:
    """The parks a term of two characters or more names, as a look-up; None where it names none."""
    if len(term) < 2:
        return None
    keys = [key for key, name in parks if grade(term, (as_brand(name),)) is not None]
    return query.either(*(f"@{key}" for key in keys)) if keys else None


def _park_then_name(term: str, parks: Sequence[tuple[int, str]]) -> Iterator[Step]:
    """Park and name without a space between: 未来加速器云图."""
    for cut in range(len(term) - 1, 1, -1):
        rest = term[cut:]
        if term[cut - 1 : cut + 1].isascii():
            continue
        if inside := _park_tree(term[:cut], parks):
            yield Step(query.both(query.name_tree(rest), inside), (rest,))
            return
