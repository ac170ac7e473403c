"""Readings of Hanzi and syllables of letters. Pure: pypinyin's tables, no Django, no database.

Syllables are written without tones, ü as v: "lv". A character has a tuple of readings, the usual one first.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import takewhile

from . import words

SYLLABLES = frozenset(words.SYLLABLES.split())
PARTIAL = frozenset(s[:n] for s in SYLLABLES for n in range(1, len(s) + 1))
LONGEST = max(map(len, SYLLABLES))
# People type lü as lv, lu or, in lüe, as lue: each is accepted.
_UMLAUT = {"lv": ("lv", "lu"), "nv": ("nv", "nu"), "lve": ("lve", "lue"), "nve": ("nve", "nue")}
_MAX_READINGS = 4
_TONES = str.maketrans("āáǎàēéěèōóǒòīíǐìūúǔùüǖǘǚǜńňǹḿ", "aaaaeeeeooooiiiiuuuuvvvvvnnnm")


def is_hanzi(char: str) -> bool:
    """True for a CJK ideograph, the rare planes and 〇 included."""
    return "\u3400" <= char <= "\u9fff" or char == "〇" or "\U00020000" <= char <= "\U0003ffff"


def _widen(readings: list[str]) -> tuple[str, ...]:
    wide = [form for reading in readings for form in _UMLAUT.get(reading, (reading,))]
    return tuple(dict.fromkeys(r for r in wide if r in SYLLABLES))[:_MAX_READINGS]


@cache
def _sounds() -> dict[int, str]:
    """pypinyin's readings by code point. Its tables take 40 MB: they come when they are needed."""
    from pypinyin.constants import PINYIN_DICT

    return PINYIN_DICT


@lru_cache(maxsize=60_000)
def readings(char: str) -> tuple[str, ...]:
    """All readings of one character, the usual one first; a letter or digit reads as itself."""
    if not is_hanzi(char):
        return (char,)
    return _widen(_sounds().get(ord(char), "").translate(_TONES).split(",")) or (char,)


@lru_cache(maxsize=60_000)
def usual(char: str) -> tuple[str, ...]:
    """The usual reading of one character (two spellings where it has ü)."""
    first = readings(char)[0]
    return tuple(form for form in _UMLAUT.get(first, (first,)))


# Read otherwise as surnames, which brands often are; phrases don't show it.
_SURNAMES = {
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "盖": "ge",
    "区": "ou",
    "尉": "yu",
    "曾": "zeng",
}


@cache
def _exceptions() -> tuple[dict[str, tuple[str, ...]], dict[str, set[str]]]:
    """Phrases in which a character is not read as usual (重庆, 银行), and per character these other readings.

    pypinyin segments each text by its 47,000 phrases, 116 µs a name; these few thousand make the difference.
    """
    from pypinyin.constants import PHRASES_DICT

    sounds = _sounds()
    phrases: dict[str, tuple[str, ...]] = {}
    chars: dict[str, set[str]] = {char: {sound} for char, sound in _SURNAMES.items()}
    for phrase, toned in PHRASES_DICT.items():
        if len(phrase) > 4 or len(phrase) != len(toned):
            continue
        if all(sounds.get(ord(c), "").split(",", 1)[0] == t[0] for c, t in zip(phrase, toned, strict=True)):
            continue
        plain = tuple(options[0].translate(_TONES) for options in toned)
        odd = {c for c, reading in zip(phrase, plain, strict=True) if is_hanzi(c) and reading not in usual(c)}
        if odd:
            phrases[phrase] = plain
            for char, reading in zip(phrase, plain, strict=True):
                if char in odd:
                    chars.setdefault(char, set()).add(reading)
    return phrases, chars


@lru_cache(maxsize=60_000)
def living(char: str) -> tuple[str, ...]:
    """The readings of a character that words of today still use: 行 xing, hang, but not 达 ti."""
    others = _exceptions()[1].get(char)
    return tuple(r for r in readings(char) if r in others or r in usual(char)) if others else usual(char)


def text_readings(text: str) -> list[tuple[str, ...]]:
    """Per character its usual reading, and those that a phrase around it asks for, first.

    >>> text_readings("重庆")
    [('chong', 'zhong'), ('qing',)]
    """
    phrases, chars = _exceptions()
    found = [usual(char) for char in text]
    for at, char in enumerate(text):
        if char not in chars:
            continue
        for size in (2, 3, 4):
            for begin in range(max(0, at - size + 1), at + 1):
                phrase = phrases.get(text[begin : begin + size])
                if phrase and phrase[at - begin] not in found[at]:
                    found[at] = _widen([phrase[at - begin], *found[at]])
    return found


def segment(letters: str, *, partial: bool = True) -> tuple[str, ...] | None:
    """Split letters into syllables, the longest first; with `partial` the last may be unfinished.

    None where it cannot be done. One rule cuts names and queries, so that "xian" meets 西安 and 先 alike.
    """
    dead: set[int] = set()

    def walk(at: int) -> tuple[str, ...] | None:
        if at == len(letters):
            return ()
        if at in dead:
            return None
        for end in range(min(len(letters), at + LONGEST), at, -1):
            piece = letters[at:end]
            if piece in SYLLABLES or (partial and end == len(letters) and piece in PARTIAL):
                rest = walk(end)
                if rest is not None:
                    return (piece, *rest)
        dead.add(at)
        return None

    return walk(0)


def segment_mixed(letters: str) -> tuple[str, ...]:
    """Fewest pieces, each a syllable or a single letter standing for an initial: "hzyuntu" → h z yun tu."""
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for end in range(1, len(letters) + 1):
        options = []
        for begin in range(max(0, end - LONGEST), end):
            piece = letters[begin:end]
            if piece in SYLLABLES or end - begin == 1:
                # A lone vowel is hardly ever meant as an initial.
                cost = 1 if piece in SYLLABLES or piece not in "iuv" else 9
                options.append((best[begin][0] + cost, (*best[begin][1], piece)))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


@cache
def lengthened_by(syllable: str) -> frozenset[str]:
    """First letters that could make a longer syllable of this one: xi → a (xian), e (xie), n, o, u."""
    return frozenset(s[len(syllable)] for s in SYLLABLES if s.startswith(syllable) and s != syllable)


@lru_cache(maxsize=200_000)
def resegment(window: tuple[str, ...]) -> tuple[str, ...]:
    """How `segment` would cut these syllables once written together; empty where it cuts them as they are.

    >>> resegment(("xi", "an", "fu"))
    ('xian', 'fu')
    """
    run = "".join(takewhile(SYLLABLES.__contains__, window))
    cut = segment(run, partial=False)
    return cut if cut and cut[0] != window[0] else ()


@lru_cache(maxsize=2_000)
def completions(piece: str) -> tuple[str, ...]:
    """All syllables that begin with this piece: "da" → da, dai, dan, dang, dao."""
    return tuple(sorted(s for s in SYLLABLES if s.startswith(piece)))
