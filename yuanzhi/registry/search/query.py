"""What was typed, turned into look-ups of tokens, the most telling first. Pure.

A look-up is a tree: a token, `("&", …)` or `("|", …)`. Whoever runs them stops as soon as enough is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from .names import normalise
from .pinyin import SYLLABLES, completions, is_hanzi, readings, segment, segment_mixed, text_readings
from .tokens import CODE_GRAM, COMMON_END, GRAMS

Tree = str | tuple  # a token, or ("&" | "|", tree, …)
MAX_LENGTH = 160  # a long name in full pinyin
_MAX_LATIN = 12  # longer runs that can be read as syllables are not taken for initials or foreign words
_MAX_PAIRS = 6
_UNSURE = 3
_MAX_OPTIONS = 6
_INITIALS = "abcdefghjklmnopqrstwxyz"
_FOLLOWERS = _INITIALS + "iuv0123456789"
_LONGEST_GRAM = GRAMS[-1]


@dataclass(frozen=True, slots=True)
class Unit:
    """One character's worth of a query: a Hanzi or digit (`char`), a syllable, or a single letter."""

    char: str
    sounds: tuple[str, ...]  # what it may be read as
    letter: bool = False  # `sounds` is one letter, standing for an initial or for itself


def _common() -> frozenset[str]:
    sounds = [options[0] for options in text_readings(COMMON_END)]
    initials = "".join(sound[0] for sound in sounds)
    size = len(COMMON_END)
    return frozenset(
        [COMMON_END[at : at + 2] for at in range(size - 1)]
        + [f"{a}-{b}" for a, b in zip(sounds, sounds[1:], strict=False)]
        + [initials[at : at + _LONGEST_GRAM] for at in range(size - _LONGEST_GRAM + 1)]
    )


_COMMON = _common()


def terms(text: str) -> tuple[str, ...]:
    """The normalised words of a query: "未来加速器  云图" → two of them; nothing to search for gives none."""
    pieces = re.split(r"[\s,，、;；|]+", text[:MAX_LENGTH].strip())
    return tuple(dict.fromkeys(filter(None, map(normalise, pieces))))[:4]


def both(*trees: Tree) -> Tree:
    flat = list(dict.fromkeys(trees))
    return flat[0] if len(flat) == 1 else ("&", *flat)


def either(*trees: Tree) -> Tree:
    flat = list(dict.fromkeys(trees))
    return flat[0] if len(flat) == 1 else ("|", *flat)


def pieces(term: str) -> list[str]:
    """Runs of letters apart from everything else: "hz云图" → hz, 云, 图."""
    return re.findall(r"[a-z]+|[^a-z]", term)


def readings_of(term: str, *, sounded: bool = False) -> list[list[Unit]]:
    """The ways to take a term: letters as syllables, as initials. `sounded` takes Hanzi by sound only."""
    hanzi = dict(
        zip((i for i, c in enumerate(term) if not ("a" <= c <= "z")), _hanzi_sounds(term), strict=True)
    )
    ways: list[list[Unit]] = [[]]
    letters: list[Unit] = []  # every run by its last cut: the initials, which come last among the options
    at = 0
    for piece in pieces(term):
        if piece[0] in _INITIALS or piece[0] in "iuv":
            last = at + len(piece) == len(term)
            cuts = _cuts(piece, last)
            ways = [way + cut for way in ways for cut in cuts][:_MAX_OPTIONS]
            letters += cuts[-1]
        else:
            char = "" if sounded and is_hanzi(piece) else piece
            ways = [[*way, Unit(char, hanzi[at])] for way in ways]
            letters.append(ways[0][-1])
        at += len(piece)
    # "hza3wa3a" has more cuts than are looked up; all initials is one that must be among them.
    return ways if letters in ways else [*ways[: _MAX_OPTIONS - 1], letters]


def _hanzi_sounds(term: str) -> Iterator[tuple[str, ...]]:
    for char, likely in zip(term, text_readings(term), strict=True):
        if not "a" <= char <= "z":
            yield tuple(dict.fromkeys((*likely, *readings(char))))


def _cuts(run: str, last: bool) -> list[list[Unit]]:
    sounded = dict.fromkeys(filter(None, (segment(run, partial=False), segment(run) if last else None)))
    found = []
    for cut in sounded or _foreign(run, last) or (segment_mixed(run),):
        foreign = not sounded and cut[0] not in SYLLABLES
        units = [Unit("", (piece,), len(piece) == 1 and (foreign or piece not in SYLLABLES)) for piece in cut]
        if last and len(cut[-1]) > 1:
            # Still being typed: "rongda" is also the beginning of rongdai.
            units[-1] = Unit("", completions(cut[-1]))
        found.append(units)
    letters = [Unit("", (letter,), True) for letter in run]
    if letters not in found and not (sounded and len(run) > _MAX_LATIN):
        found.append(letters)
    return found


def _foreign(run: str, last: bool) -> tuple[tuple[str, ...], ...]:
    """Letters of a foreign word and then syllables: "necruanjian" → n e c ruan jian. Empty for short runs."""
    if len(run) < 6:
        return ()
    for head in range(1, len(run) - 3):
        if tail := segment(run[head:], partial=last):
            return ((*run[:head], *tail), segment_mixed(run))
    return ()


def _pair(first: Unit, second: Unit, sign: str = "") -> Tree | None:
    """The look-up of two neighbours; None where only their initials are known."""
    if first.char and second.char:
        return sign + first.char + second.char
    if first.letter:
        return None
    return either(*(f"{sign}{a}-{b}" for a, b in list(product(first.sounds, second.sounds))[:24]))


def _grams(units: Sequence[Unit], sign: str = "") -> Tree:
    mixes = product(*(dict.fromkeys(sound[0] for sound in unit.sounds) for unit in units))
    return either(*(sign + "".join(mix) for _, mix in zip(range(_MAX_OPTIONS), mixes, strict=False)))


def _inner(units: Sequence[Unit]) -> list[Tree]:
    """Look-ups without a place: pairs, and initials where a letter stands for one."""
    found = [pair for first, second in zip(units, units[1:], strict=False) if (pair := _pair(first, second))]
    found = _telling(found)
    if not found:
        # "y图": one Hanzi among initials is worth more than they are.
        found = [either(unit.char, unit.char + "*") for unit in units if unit.char and is_hanzi(unit.char)]
    if any(unit.letter for unit in units) and len(units) > 1:
        size = min(_LONGEST_GRAM, len(units))
        stops = sorted({*range(0, len(units) - size + 1, 2), len(units) - size})
        found += _telling([_grams(units[at : at + size]) for at in stops])
    return found


def _telling(trees: list[Tree]) -> list[Tree]:
    """The look-ups that narrow a long query down: not those of the form, which nearly every name has."""
    kept = [
        tree
        for tree in trees
        if not any(token in _COMMON for token in (tree[1:] if tree[0] == "|" else [tree]))
    ]
    if not kept:
        return trees[:1]
    if len(kept) <= _MAX_PAIRS:
        return kept
    # Every second one still covers every character; fewer would not tell 第一 from 第二. The first is left
    # out: it is the region, which most names of a register share.
    return list(dict.fromkeys([*kept[1::2], kept[-1]]))


def _started(units: Sequence[Unit]) -> Tree:
    """Look-up of a query that begins where a brand begins."""
    sign = "^"
    if len(units) == 1:
        unit = units[0]
        return sign + unit.char if unit.char else either(*(sign + sound for sound in unit.sounds))
    pair = _pair(units[0], units[1], sign)
    head = pair or _grams(units[: min(_LONGEST_GRAM, len(units))], sign)
    rest = _inner(units[1:]) if len(units) > 2 else []
    if not pair and len(units) > 2:
        rest = _inner(units)
    return both(head, *rest)


def _anywhere(units: Sequence[Unit]) -> Tree:
    if len(units) > 1:
        return both(*_inner(units))
    unit = units[0]
    if unit.char and not unit.char.isascii():
        return either(unit.char, unit.char + "*")
    if unit.letter or unit.char:
        return either(*("^" + sound for sound in unit.sounds))
    return either(*unit.sounds, *(f"{sound}-{sign}" for sound in unit.sounds[:3] for sign in _FOLLOWERS))


def code_tree(term: str) -> Tree | None:
    """Look-up of a fragment of a credit code: four or more letters and digits, at least one digit."""
    if len(term) < CODE_GRAM or not term.isascii() or not any(map(str.isdigit, term)):
        return None
    return both(*("$" + term[at : at + CODE_GRAM] for at in range(len(term) - CODE_GRAM + 1)))


def brand_tree(term: str) -> Tree | None:
    """The whole term is a brand: written, sounded or its initials. None where it is too long or mixed."""
    mixed = not term.isascii() and any("a" <= sign <= "z" for sign in term)
    return None if mixed or len(term) > (_MAX_LATIN if term.isascii() else 3) else "=" + term


def is_long(term: str) -> bool:
    """So long that where it stands no longer matters: few names can hold it."""
    return min(map(len, readings_of(term))) > 5


def start_tree(term: str) -> Tree:
    """The term begins a brand, or the own words of a branch."""
    return either(*(_started(way) for way in readings_of(term)))


def unfinished_tree(term: str) -> Tree | None:
    """Where letters break off, the last syllables may have been cut wrongly: those are left out, or cut anew.

    "…youxiango" is on its way to youxiangongsi; "rongdag" to rongda guo.
    """
    if not "a" <= term[-1] <= "z":
        return None
    way = readings_of(term)[0]
    if len(way) > 2 * _UNSURE:
        return _anywhere(way[:-_UNSURE])
    way = readings_of(term[:-1])[0] if len(term) > 2 else []
    if len(way) < 2 or way[-1].char or way[-1].letter or term[-1] not in _INITIALS:
        return None
    syllable = next((s for s in way[-1].sounds if term[:-1].endswith(s)), None)
    return (
        None
        if syllable is None
        else _anywhere([*way[:-1], Unit("", (syllable,)), Unit("", (term[-1],), True)])
    )


def name_tree(term: str) -> Tree:
    """The term stands anywhere in a name."""
    return either(*(_anywhere(way) for way in readings_of(term)))


def sound_tree(term: str) -> Tree | None:
    """The term with its Hanzi taken by sound only; None without two of anything or without Hanzi."""
    if not any(map(is_hanzi, term)):
        return None
    trees = [_anywhere(way) for way in readings_of(term, sounded=True) if len(way) > 1]
    return either(*trees) if trees else None


def swapped(term: str) -> list[str]:
    """Terms one slip of the finger away: two letters swapped, or one too many; only readable ones."""
    found: dict[str, None] = {}
    for at, letter in enumerate(term):
        if not "a" <= letter <= "z":
            continue
        after = term[at + 1 : at + 2]
        if "a" <= after <= "z" and after != letter:
            found[term[:at] + after + letter + term[at + 2 :]] = None
        found[term[:at] + term[at + 1 :]] = None
    return _readable(found, term, 12)


def altered(term: str) -> list[str]:
    """Terms with one letter wrong or missing: readable ones, of pure pinyin and of bearable length."""
    if not term.isalpha() or not term.isascii() or len(term) > 16:
        return []
    found: dict[str, None] = {}
    for at in range(1, len(term) + 1):
        for letter in _INITIALS + "iuv":
            found[term[:at] + letter + term[at:]] = None
            found[term[:at] + letter + term[at + 1 :]] = None
    return _readable(found, term, 24)


def _readable(words: Iterable[str], term: str, most: int) -> list[str]:
    """Those that are whole syllables throughout, as few as can be: fewer syllables are likelier meant."""
    if sum("a" <= sign <= "z" for sign in term) < 4:
        return []
    kept = []
    for word in words:
        cuts = [segment(run, partial=False) for run in re.findall(r"[a-z]+", word)]
        if word != term and all(cuts):
            kept.append((sum(len(cut) for cut in cuts if cut), word))
    return [word for _, word in sorted(kept)[:most]]


def guess_tree(word: str) -> Tree:
    """Look-up of a corrected term: as whole syllables only."""
    return _anywhere(readings_of(word)[0])
