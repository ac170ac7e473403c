"""What real appeals are about: the product's own pipeline, on seven labels of 810 citizens' letters.

Nothing here is tuned: the choices stand in `cases/learning/fit.py`, and every row is told by a model that has
not seen it. Printed with `-s`.
"""

from __future__ import annotations

import csv
import gzip
import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from yuanzhi.cases.learning import from_bytes, to_bytes
from yuanzhi.cases.learning.fit import fit
from yuanzhi.cases.learning.lesson import Sample
from yuanzhi.cases.similar import likeness, marks_of, signs_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "appeals_labelled.csv.gz"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not there"),
]
SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    with gzip.open(DATA, "rt", encoding="utf-8-sig") as file:
        return [Sample(row["title"], row["text"], row["label_l1"]) for row in csv.DictReader(file)]


def told(samples: list[Sample], folds, hints=()) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(label, chance, whether sure) for each row, by a model of the other folds, kept and read back."""
    labels = np.empty(len(samples), dtype=object)
    chances, sure = np.zeros(len(samples)), np.zeros(len(samples), dtype=bool)
    for taught, asked in folds:
        learned = from_bytes(to_bytes(fit([samples[i] for i in taught], hints=hints).learned))
        for i in asked:
            best = learned.guess(samples[i].title, samples[i].words)[0]
            labels[i], chances[i] = best.label, best.chance
            sure[i] = best.chance >= learned.sure and bool(best.because)
    return labels, chances, sure


def test_macro_f1_over_five_folds(samples):
    truth = np.array([sample.label for sample in samples])
    scores = []
    for seed in SEEDS:
        began = time.perf_counter()
        folds = StratifiedKFold(5, shuffle=True, random_state=seed).split(truth, truth)
        labels, chances, sure = told(samples, folds)
        right = labels == truth
        scores.append(f1_score(truth, labels, average="macro"))
        print(
            f"\nseed {seed}: macro-F1 {scores[-1]:.4f}, right {right.mean():.3f}, said with "
            f"{chances.mean():.3f}; sure of {sure.mean():.2f}, of those right {right[sure].mean():.3f} "
            f"({time.perf_counter() - began:.0f} s)"
        )
        # The probabilities mean what they say, and "sure" is worth something.
        assert abs(chances.mean() - right.mean()) < 0.05
        assert right[sure].mean() >= 0.87
        assert sure.mean() >= 0.7
    print(f"macro-F1 {np.mean(scores):.4f} ± {np.std(scores):.4f} over {len(SEEDS)} seeds")
    assert np.mean(scores) >= 0.85


def test_macro_f1_with_look_alikes_kept_together(samples):
    """Letters sent twice, a little changed, are never on both sides: the honest figure for new needs."""
    truth = np.array([sample.label for sample in samples])
    groups = families(samples)
    scores = []
    for seed in SEEDS:
        folds = StratifiedGroupKFold(5, shuffle=True, random_state=seed).split(truth, truth, groups)
        scores.append(f1_score(truth, told(samples, folds)[0], average="macro"))
    print(
        f"\n{len(samples) - len(set(groups))} look-alikes; macro-F1 {np.mean(scores):.4f} "
        f"± {np.std(scores):.4f} with them kept together"
    )
    assert np.mean(scores) >= 0.82


def test_the_catalogue_s_own_words_help(samples):
    """The official taxonomy as the catalogue: taught beside the letters, never asked."""
    with (DATA.parent / "appeals_taxonomy.csv").open(encoding="utf-8-sig") as file:
        rows = [row for row in csv.DictReader(file) if row["l1"] in {s.label for s in samples}]
    hints = [Sample(row["l2"], f"{row['l2']} {row['l3']}", row["l1"]) for row in rows]
    truth = np.array([sample.label for sample in samples])
    scores = []
    for seed in SEEDS:
        folds = StratifiedKFold(5, shuffle=True, random_state=seed).split(truth, truth)
        scores.append(f1_score(truth, told(samples, folds, hints)[0], average="macro"))
    print(
        f"\n{len(hints)} lines of the taxonomy beside: macro-F1 {np.mean(scores):.4f} ± {np.std(scores):.4f}"
    )
    assert np.mean(scores) >= 0.85


def families(samples: list[Sample]) -> list[int]:
    """One number for all letters that say much the same (the product's own likeness, 0.6)."""
    marks = [marks_of(s.title, s.words) for s in samples]
    by_sign: dict[int, list[int]] = {}
    family = list(range(len(samples)))

    def root(i: int) -> int:
        while family[i] != i:
            i = family[i]
        return i

    for i, sample in enumerate(samples):
        signs = signs_of(sample.title, sample.words)
        for j in {j for sign in signs for j in by_sign.get(sign, [])}:
            if likeness(marks[i], marks[j]) >= 0.6:
                family[root(i)] = root(j)
        for sign in signs:
            by_sign.setdefault(sign, []).append(i)
    return [root(i) for i in range(len(samples))]


def test_every_guess_that_is_sure_has_its_reason(samples):
    learned = fit(samples).learned
    lines = []
    for sample in samples[::27]:
        best = learned.guess(sample.title, sample.words)[0]
        if best.chance >= learned.sure:
            assert best.because, sample.title
            lines.append(f"{sample.title[:24]}：像“{best.label}”，因为说到{'、'.join(best.because)}")
    print("\n" + "\n".join(lines))
    assert len(lines) >= 15
