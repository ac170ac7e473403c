"""What was learned: weights over signs and pairs, applied to new words, with the words that spoke for it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .grams import Codes, Weights, counted
from .reasons import telling_words

Array = npt.NDArray[np.float32]
VERSION = 1
REASONS = 3


@dataclass(frozen=True)
class Guess:
    """A label, how probable (0 to 1), and the words that spoke for it most."""

    label: str
    chance: float
    because: tuple[str, ...] = ()


@dataclass(frozen=True)
class Learned:
    """labels × grams: `weights`, with each gram's rarity; `warmth` makes margins into probabilities.

    From `sure` on, a guess was right often enough when it was measured on cases it had not seen.
    """

    labels: tuple[str, ...]
    grams: Codes
    rarity: Weights
    weights: Array
    bias: Array
    warmth: float
    sure: float

    def guess(self, title: str, words: str, count: int = 3) -> list[Guess]:
        """The likeliest labels, the best first. The reasons are words of the text itself."""
        index, values = self.vector(title, words)
        margins = self.margins(index, values)
        chances = soften(margins * self.warmth)
        # What a sign says for a label is its weight there against the mean of the others.
        against = self.weights[:, index].mean(axis=0) if len(index) else np.zeros(0, np.float32)
        found = []
        for row in np.argsort(-margins, kind="stable")[:count]:
            speaks = (self.weights[row, index] - against) * values
            said = dict(zip(self.grams[index].tolist(), speaks.tolist(), strict=True))
            reasons = telling_words(title, words, said, REASONS)
            found.append(Guess(self.labels[row], float(chances[row]), tuple(reasons)))
        return found

    def vector(self, title: str, words: str) -> tuple[npt.NDArray[np.intp], Weights]:
        """(places of the known grams, their values at length one)."""
        return place(self.grams, self.rarity, *counted(title, words))

    def margins(self, index: npt.NDArray[np.intp], values: Weights) -> Array:
        return self.weights[:, index] @ values + self.bias


def place(
    known: Codes, rarity: Weights, found: Codes, counts: Weights
) -> tuple[npt.NDArray[np.intp], Weights]:
    """Counted grams of a text as places among the known ones, weighed by rarity, at length one."""
    if not len(known) or not len(found):
        return np.zeros(0, np.intp), np.zeros(0, np.float32)
    index = np.searchsorted(known, found)
    index[index == len(known)] = 0
    hit = known[index] == found
    index, values = index[hit], counts[hit] * rarity[index[hit]]
    length = float(np.sqrt((values * values).sum()))
    return index, (values / length if length else values).astype(np.float32)


def soften(margins: Array) -> Array:
    """Softmax: probabilities that sum to one."""
    powers = np.exp(margins - margins.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def to_bytes(learned: Learned) -> bytes:
    """As data that can't hold code: an .npz of numbers and one text array."""
    out = io.BytesIO()
    np.savez_compressed(
        out,
        version=np.array(VERSION),
        labels=np.array(learned.labels, dtype=np.str_),
        grams=learned.grams,
        rarity=learned.rarity.astype(np.float16),
        weights=learned.weights.astype(np.float16),
        bias=learned.bias,
        numbers=np.array([learned.warmth, learned.sure]),
    )
    return out.getvalue()


def from_bytes(data: bytes) -> Learned | None:
    """What `to_bytes` wrote; None for anything else (another version, a broken file): then we do without."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as box:
            if int(box["version"]) != VERSION:
                return None
            learned = Learned(
                labels=tuple(str(label) for label in box["labels"]),
                grams=box["grams"].astype(np.int64),
                rarity=box["rarity"].astype(np.float32),
                weights=box["weights"].astype(np.float32),
                bias=box["bias"].astype(np.float32),
                warmth=float(box["numbers"][0]),
                sure=float(box["numbers"][1]),
            )
    except (ValueError, KeyError, OSError, EOFError, IndexError, TypeError, zipfile.BadZipFile):
        return None
    shape = (len(learned.labels), len(learned.grams))
    fits = learned.weights.shape == shape and learned.rarity.shape == shape[1:] and shape[0] > 0
    return learned if fits and learned.bias.shape == shape[:1] else None
