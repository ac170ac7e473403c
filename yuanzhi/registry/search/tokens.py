"""What is written into the index: the tokens of one enterprise. Pure; the same for both databases.

Every token is looked up whole, never by a range, because a prefix range of a common word has to be merged
before the first hit is known. So each place of a name gives

    融达            two Hanzi                 rong-da      two syllables
    rong-d          syllable and initial      rd rdp rdpz  two, three, four initials

and the places where a reader begins give the same once more with a mark: `^` at the brand (behind the
regions, and at the branch's own words), and `=` for the whole brand. `#` is the enterprise's id and `@` its
park, by which a search is kept within what somebody may see. `$` marks four characters of the credit code.
All tokens of a community begin with its number, so communities never share a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from .names import Name, as_brand, brand, normalise, parse
from .pinyin import SYLLABLES, lengthened_by, living, resegment, text_readings

CODE_GRAM = 4
GRAMS = (2, 3, 4)
COMMON_END = "有限公司"
_BRAND_ZONE = 4  # characters behind a start in which every reading of a polyphone is kept
_MAX_MIX = 6


@dataclass(frozen=True, slots=True)
class SearchDoc:
    """What the search knows of one enterprise; `live` is False once it is deregistered or gone."""

    id: int
    community_id: int
    name: str
    park_id: int | None = None
    short_name: str = ""
    former_names: tuple[str, ...] = ()
    uscc: str = ""
    live: bool = True


def mark(community_id: int) -> str:
    """The beginning shared by all tokens of a community."""
    return f"{community_id}:"


@lru_cache(maxsize=8_192)
def name_readings(name: Name) -> tuple[tuple[str, ...], ...]:
    """Readings of each character of a name, the likely one first; all of them in the brand."""
    found = text_readings(name.text)
    for start in name.starts:
        for at in range(start, min(start + _BRAND_ZONE, len(found))):
            every = living(name.text[at])
            if len(every) > 1:
                found[at] = tuple(dict.fromkeys((*found[at], *every)))
    return tuple(found)


def index_tokens(doc: SearchDoc) -> set[str]:
    """All tokens of an enterprise, without the community's mark."""
    out: set[str] = {f"#{doc.id}"}
    if doc.park_id is not None:
        out.add(f"@{doc.park_id}")
    code = doc.uscc.lower()
    out.update(["$" + code[at : at + CODE_GRAM] for at in range(len(code) - CODE_GRAM + 1)])
    for raw in dict.fromkeys((doc.name, *doc.former_names)):
        for name in parse(raw):
            _name_tokens(name, out)
    if doc.short_name and normalise(doc.short_name) != brand(doc.name):
        _name_tokens(as_brand(doc.short_name), out)
    return out


def index_line(doc: SearchDoc) -> str:
    """The tokens of an enterprise joined by spaces, in no order."""
    return " ".join(index_tokens(doc))


def marked(line: str, community_id: int) -> str:
    """The same with the community's mark at each token."""
    begin = mark(community_id)
    return begin + line.replace(" ", " " + begin)


def _name_tokens(name: Name, out: set[str]) -> None:
    text, sounds = name.text, name_readings(name)
    if not text:
        return
    line = [options[0] for options in sounds]
    initials = "".join([sound[0] for sound in line])
    # What nearly every name ends in isn't worth 20 tokens each; queries leave it out, too (query.py).
    body = len(text) - len(COMMON_END) if text.endswith(COMMON_END) else len(text)
    pairs = range(min(body, len(text) - 1))
    out.update([text[at : at + 2] for at in pairs])
    out.update([f"{line[at]}-{line[at + 1]}" for at in pairs])
    out.update([f"{line[at]}-{initials[at + 1]}" for at in pairs])
    for size in GRAMS:
        out.update([initials[at : at + size] for at in range(min(body, len(initials) - size + 1))])
    out.add(text[-1])
    out.update(sounds[-1])
    _other_readings(sounds, out)
    for at in pairs:
        if line[at + 1][0] in lengthened_by(line[at]):
            out.update(_recut(sounds, at))
    for start in name.starts:
        _start_tokens(text, sounds, start, out)
    if name.brand_end and name.starts:
        out.update(_brand_tokens(text, sounds, name.starts[0], name.brand_end))


def _other_readings(sounds: Sequence[tuple[str, ...]], out: set[str]) -> None:
    """Pairs and grams around the polyphones; everywhere else one reading has already given them."""
    grams: set[tuple[int, int]] = set()
    for at, options in enumerate(sounds):
        if len(options) == 1:
            continue
        for first in (at - 1, at):
            if 0 <= first < len(sounds) - 1:
                out.update(_sound_pairs(sounds[first : first + 2]))
        if any(sound[0] != options[0][0] for sound in options):
            grams.update(
                (first, size)
                for size in GRAMS
                for first in range(max(0, at - size + 1), min(at, len(sounds) - size) + 1)
            )
    for first, size in grams:
        out.update(_initial_grams(sounds[first : first + size]))


def _sound_pairs(two: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if len(two) == 2:
        for first in two[0]:
            for second in two[1]:
                yield f"{first}-{second}"
                yield f"{first}-{second[0]}"


def _initial_grams(run: Sequence[tuple[str, ...]]) -> Sequence[str]:
    return _letter_mixes(tuple(["".join([sound[0] for sound in options]) for options in run]))


@lru_cache(maxsize=50_000)
def _letter_mixes(letters: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys("".join(mixed) for mixed in _mixes(list(map(dict.fromkeys, letters)))))


def _mixes(options: Sequence) -> Iterator[tuple[str, ...]]:
    for count, mixed in enumerate(product(*options)):
        if count == _MAX_MIX:
            return
        yield mixed


@lru_cache(maxsize=100_000)
def _recut_first(sounds: tuple[str, ...]) -> tuple[str, ...]:
    """Pairs that arise when these syllables are typed together and cut anew: xi an fu → xian-fu, xian-f."""
    cut = resegment(sounds)
    if len(cut) < 2:
        return ()
    return tuple(
        token for pair in zip(cut, cut[1:], strict=False) for token in _sound_pairs([(s,) for s in pair])
    )


def _recut(sounds: Sequence[tuple[str, ...]], at: int) -> Iterator[str]:
    window = tuple([options[0] for options in sounds[at : at + 4]])
    cut = resegment(window)
    if cut:
        yield from _recut_first(window)
        if at:
            yield from (f"{before}-{cut[0]}" for before in sounds[at - 1])
        # Where a digit or foreign letter ends the run, it is the neighbour of the last syllable.
        size = next((n for n, sound in enumerate(window) if sound not in SYLLABLES), None)
        if size is not None:
            yield f"{cut[-1]}-{window[size]}"
        elif at + 4 < len(sounds):
            yield from (f"{cut[-1]}-{behind}" for behind in sounds[at + 4])


def _start_tokens(text: str, sounds: Sequence[tuple[str, ...]], start: int, out: set[str]) -> None:
    sign = "^"
    out.add(sign + text[start])
    out.update(sign + sound for sound in sounds[start])
    out.update(sign + sound[0] for sound in sounds[start])
    cut = resegment(tuple(options[0] for options in sounds[start : start + 4]))
    if cut:
        out.add(sign + cut[0])
        out.update(f"{sign}{a}" for a in _sound_pairs([(s,) for s in cut[:2]]))
    if start + 1 < len(text):
        out.add(sign + text[start : start + 2])
        out.update(sign + pair for pair in _sound_pairs(sounds[start : start + 2]))
    for size in GRAMS:
        if start + size <= len(text):
            out.update(sign + gram for gram in _initial_grams(sounds[start : start + size]))


def _brand_tokens(text: str, sounds: Sequence[tuple[str, ...]], start: int, end: int) -> Iterator[str]:
    yield "=" + text[start:end]
    run = sounds[start:end]
    for mixed in _mixes(run):
        yield "=" + "".join(mixed)
    for gram in _initial_grams(run):
        yield "=" + gram


def rank(doc: SearchDoc) -> int:
    """Order among equals: live before deregistered, the shorter name, then the older entry. Below 2**63."""
    length = min(len(parse(doc.name)[0].text), 127)
    return (0 if doc.live else 1) << 47 | length << 40 | doc.id


ID_MASK = (1 << 40) - 1
