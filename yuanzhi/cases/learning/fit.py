"""Learning from closed cases: a linear classifier over signs and pairs, measured on cases it hasn't seen.

The choices (signs and pairs, log counts, the title thrice, balanced classes, C = 2) are fixed; the ADR on
text suggestions says what was tried. Only two numbers are taken from the cases at hand: how margins become
probabilities, and from which probability on a guess is shown as the one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.svm import LinearSVC

from .grams import Codes, Weights, counted, plain
from .learned import Learned, place, soften
from .lesson import Lesson, Sample

MIN_PER_LABEL = 8  # fewer closed cases of an item than these: they teach their desk only
MIN_CASES = 40
FOLDS = 5
MOST_GRAMS = 60_000
C = 2.0
RIGHT_ENOUGH = 0.9  # a guess is pre-chosen from the probability on at which nine of ten were right
NEVER_SURE_BELOW = 0.5
DOUBT = 0.02


class TooFew(ValueError):
    """There is not enough to learn from."""


def fit(samples: Sequence[Sample], *, hints: Sequence[Sample] = (), folds: int = FOLDS) -> Lesson:
    """Learn. The same words with the same label count once. Raises TooFew.

    `hints` are what the catalogue says of its items: taught beside the cases in every fold, never asked.
    """
    kept = _usable(samples)
    labels = tuple(sorted({sample.label for sample in kept}))
    if len(kept) < MIN_CASES or len(labels) < 2:
        raise TooFew(f"{len(kept)} cases of {len(labels)} labels")
    texts = [counted(sample.title, sample.words) for sample in kept]
    told = [hint for hint in hints if hint.label in labels]
    beside = [counted(hint.title, hint.words) for hint in told]
    theirs = np.array([labels.index(hint.label) for hint in told], dtype=int)
    truth = np.array([labels.index(sample.label) for sample in kept])
    groups = _groups(kept)
    margins = np.full((len(kept), len(labels)), -1.0, dtype=np.float32)
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    for taught, asked in split.split(margins, truth, groups):
        part = _weigh([*(texts[i] for i in taught), *beside], np.append(truth[taught], theirs), len(labels))
        margins[asked] = _margins(part, [texts[i] for i in asked])
    warmth, sure = _calibrate(margins, truth)
    whole = _weigh([*texts, *beside], np.append(truth, theirs), len(labels))
    score = float(f1_score(truth, margins.argmax(axis=1), average="macro"))
    learned = Learned(labels, whole.grams, whole.rarity, whole.weights, whole.bias, warmth, sure)
    return Lesson(learned, len(kept), score)


def _usable(samples: Sequence[Sample]) -> list[Sample]:
    once = {(plain(s.title), plain(s.words), s.label): s for s in samples if (s.title + s.words).strip()}
    often = Counter(sample.label for sample in once.values())
    return [sample for sample in once.values() if often[sample.label] >= MIN_PER_LABEL]


def _groups(samples: Sequence[Sample]) -> npt.NDArray[np.intp]:
    """The same words under two labels, or one text told twice, never stand on both sides of a measurement."""
    seen: dict[str, int] = {}
    return np.array([seen.setdefault(plain(s.words or s.title)[:200], len(seen)) for s in samples])


@dataclass(frozen=True)
class _Weighed:
    grams: Codes
    rarity: Weights
    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]


def _weigh(texts: Sequence[tuple[Codes, Weights]], truth: npt.NDArray[np.intp], labels: int) -> _Weighed:
    """One-against-all linear weights, the classes balanced. A label absent from a part can't win there."""
    grams, rarity = _vocabulary(texts)
    model = LinearSVC(C=C, class_weight="balanced", random_state=0)
    model.fit(_matrix(grams, rarity, texts), truth)
    weights = np.zeros((labels, len(grams)), dtype=np.float32)
    bias = np.full(labels, -10.0, dtype=np.float32)
    rows, shifts = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # two classes share one row
        rows, shifts = np.vstack([-rows, rows]), np.concatenate([-shifts, shifts])
    weights[model.classes_], bias[model.classes_] = rows, shifts
    return _Weighed(grams, rarity, weights, bias)


def _vocabulary(texts: Sequence[tuple[Codes, Weights]]) -> tuple[Codes, Weights]:
    """Grams of at least two cases (the commonest, if there are very many), with their rarity."""
    known, often = np.unique(np.concatenate([found for found, _ in texts]), return_counts=True)
    keep = often >= 2
    if keep.sum() > MOST_GRAMS:
        keep &= often > np.partition(often, -MOST_GRAMS)[-MOST_GRAMS]
    rarity = np.log((1 + len(texts)) / (1 + often[keep])) + 1
    return known[keep], rarity.astype(np.float32)


def _matrix(grams: Codes, rarity: Weights, texts: Sequence[tuple[Codes, Weights]]) -> sparse.csr_matrix:
    rows = [place(grams, rarity, found, counts) for found, counts in texts]
    starts = np.concatenate([[0], np.cumsum([len(index) for index, _ in rows])])
    columns = np.concatenate([index for index, _ in rows]).astype(np.int32)
    values = np.concatenate([values for _, values in rows])
    return sparse.csr_matrix((values, columns, starts), shape=(len(rows), len(grams)))


def _margins(part: _Weighed, texts: Sequence[tuple[Codes, Weights]]) -> npt.NDArray[np.float32]:
    return _matrix(part.grams, part.rarity, texts) @ part.weights.T + part.bias


def _calibrate(margins: npt.NDArray[np.float32], truth: npt.NDArray[np.intp]) -> tuple[float, float]:
    """(warmth, sure): the one number that makes margins of unseen cases the likeliest probabilities, and the
    lowest probability from which on nine of ten guesses were right."""
    rows = np.arange(len(truth))

    def surprise(log_warmth: float) -> float:
        chances = np.maximum(soften(margins * np.float32(np.exp(log_warmth))), 1e-9)
        # A few cases all told right are no proof of certainty: a grain of doubt goes to every other label.
        told = (1 - DOUBT) * np.log(chances[rows, truth]) + DOUBT * np.log(chances).mean(axis=1)
        return float(-told.mean())

    warmth = float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 4.0), method="bounded").x))
    chances = soften(margins * np.float32(warmth))
    best, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    order = np.argsort(-best)
    share = np.cumsum(right[order]) / (rows + 1)
    enough = np.nonzero(share >= RIGHT_ENOUGH)[0]
    last = int(enough[-1]) if len(enough) else -1
    sure = 0.0 if last == len(rows) - 1 else float(best[order][last]) if last >= 0 else 1.0
    return warmth, max(NEVER_SURE_BELOW, sure)
