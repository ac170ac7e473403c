"""The same need told twice: real appeals, exact copies and planted ones, found through the product's index.

Planted: sentences in another order, a fifth of the signs lost, other words for the same, a beginning put before,
only the first half, and all at once. A hit counts when the original is among the cases shown. Printed with `-s`.
"""

from __future__ import annotations

import csv
import gzip
import random
import re
import time
from pathlib import Path

import pytest

from tests.world import build
from yuanzhi.cases.models import Case, CaseShingle
from yuanzhi.cases.queries_similar import COMPARED, candidates
from yuanzhi.cases.shingles import index_cases
from yuanzhi.cases.similar import DUPLICATE, closest, likeness, marks_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "appeals_with_replies.csv.gz"
pytestmark = [
    pytest.mark.real,
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.exists(), reason=f"{DATA} is not there"),
]
ASKED = 250  # planted needs of each kind
SHOWN = 3
_SAME = {
    "小区": "院子", "问题": "情况", "希望": "盼望", "业主": "住户", "政府": "有关方面", "解决": "处理",
    "严重": "厉害", "学校": "校方", "没有": "没", "公司": "单位", "物业": "物管", "噪音": "噪声",
    "居民": "住户", "车辆": "车子", "道路": "马路",
}  # fmt: skip
_BEFORE = "您好，我是这里的一名住户，之前也打过电话一直没有人回，现在再说一次，麻烦尽快看看。"


def _swapped(text: str, chance: random.Random) -> str:
    parts = [part for part in re.split(r"(?<=[。！？；])", text) if part]
    chance.shuffle(parts)
    return "".join(parts)


def _lost(text: str, chance: random.Random) -> str:
    return "".join(sign for sign in text if chance.random() > 0.2)


def _other_words(text: str) -> str:
    for one, other in _SAME.items():
        text = text.replace(one, other)
    return text


PLANTED = {
    "exact": lambda t, w, c: (t, w),
    "sentences swapped": lambda t, w, c: (t, _swapped(w, c)),
    "a fifth of the signs lost": lambda t, w, c: (_lost(t, c), _lost(w, c)),
    "other words": lambda t, w, c: (_other_words(t), _other_words(w)),
    "a beginning before, no title": lambda t, w, c: ("", _BEFORE + w),
    "the first half": lambda t, w, c: (t, w[: max(20, len(w) // 2)]),
    "all at once": lambda t, w, c: (
        _lost(_other_words(t), c), _BEFORE + _lost(_other_words(_swapped(w, c)), c)
    ),
}  # fmt: skip


@pytest.fixture
def rows() -> list[tuple[str, str]]:
    with gzip.open(DATA, "rt", encoding="utf-8-sig") as file:
        return [(row["title"].strip()[:80], row["text"].strip()) for row in csv.DictReader(file)]


@pytest.fixture
def cases(rows) -> dict[int, int]:
    """Every appeal as a case, indexed; {case id: row}."""
    world = build(parks=1, enterprises=1)
    from django.utils import timezone

    now = timezone.now()
    made = Case.objects.bulk_create(
        Case(
            community=world.community, number=f"R{number}", desk=world.desks["public"], title=title,
            words=words, opened_at=now, response_due=now, resolution_due=now, due_at=now,
            promise_from=now, response_hours=4, resolution_days=5,
        )
        for number, (title, words) in enumerate(rows)
    )  # fmt: skip
    index_cases(made)
    return {case.pk: number for number, case in enumerate(made)}


def shown(community_id: int, title: str, words: str, marks: dict[int, object]) -> list[int]:
    """The ids that would be shown as the same need."""
    found = candidates(community_id, title, words)[:COMPARED]
    mine = marks_of(title, words)
    return [pk for pk, _ in closest(mine, ((pk, marks[pk]) for pk in found), least=DUPLICATE, limit=SHOWN)]


def test_planted_duplicates_are_found_and_little_else(rows, cases):
    community_id = Case.objects.values_list("community_id", flat=True)[0]
    print(f"\n{len(rows)} appeals, {CaseShingle.objects.count() / len(rows):.1f} signs each")
    marks = {pk: marks_of(*rows[number]) for pk, number in cases.items()}
    ids = {number: pk for pk, number in cases.items()}
    chance = random.Random(20261124)
    for kind, change in PLANTED.items():
        found = right = wrong = 0
        began = time.perf_counter()
        for number in chance.sample(range(len(rows)), ASKED):
            title, words = change(*rows[number], chance)
            hits = shown(community_id, title, words, marks)
            found += ids[number] in hits or any(_one(rows, cases[pk], number) for pk in hits)
            for pk in hits:
                # What real people sent twice is no mistake: it says the same as the original.
                same = cases[pk] == number or _one(rows, cases[pk], number)
                right, wrong = right + same, wrong + (not same)
        recall, precision = found / ASKED, right / max(right + wrong, 1)
        spent = (time.perf_counter() - began) / ASKED * 1000
        print(f"{kind:30} recall {recall:.3f}  precision {precision:.3f}  {spent:.1f} ms")
        assert recall >= (0.9 if kind == "all at once" else 0.97)
        assert precision >= 0.95


def _one(rows, one: int, other: int) -> bool:
    """Whether two real appeals are the same one: much the same words when laid side by side."""
    return likeness(marks_of(*rows[one]), marks_of(*rows[other])) >= 0.6


def test_exact_pairs_among_the_real_ones(rows, cases):
    """Letters sent twice word for word are found; of all pairs shown, how many are about the same matter."""
    community_id = Case.objects.values_list("community_id", flat=True)[0]
    marks = {pk: marks_of(*rows[number]) for pk, number in cases.items()}
    by_words: dict[str, list[int]] = {}
    for pk, number in cases.items():
        by_words.setdefault(rows[number][1], []).append(pk)
    twins = {pk: group for group in by_words.values() if len(group) > 1 for pk in group}
    pairs: dict[tuple[int, int], float] = {}
    found = 0
    for pk, number in cases.items():
        hits = [hit for hit in shown(community_id, *rows[number], marks) if hit != pk]
        found += pk in twins and any(hit in twins[pk] for hit in hits)
        for hit in hits:
            pairs[min(pk, hit), max(pk, hit)] = likeness(marks[pk], marks[hit])
    sure = sum(score >= 0.6 for score in pairs.values())
    print(
        f"\n{len(twins)} of exact pairs, {found} found; {len(pairs)} pairs shown, {sure} of them beyond doubt"
    )
    for (one, other), score in sorted(pairs.items(), key=lambda row: row[1])[:12]:
        print(f"  {score:.2f} {rows[cases[one]][0][:26]} | {rows[cases[other]][0][:26]}")
    assert found == len(twins)
    assert sure / len(pairs) >= 0.7
