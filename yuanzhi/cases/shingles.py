"""Keeping the index by which cases that say the same are found (queries_similar.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef

from .models import Case, CaseShingle
from .similar import signs_of


def shingles_of(case: Case) -> list[CaseShingle]:
    """The index rows of a case. Touches nothing."""
    signs = signs_of(case.title, case.words)
    return [CaseShingle(community_id=case.community_id, sign=sign, case_id=case.pk) for sign in signs]


def index_cases(cases: Iterable[Case]) -> None:
    """Make these cases findable by what they say: called where they are written, in the same transaction."""
    rows = [row for case in cases for row in shingles_of(case)]
    CaseShingle.objects.bulk_create(rows, ignore_conflicts=True, batch_size=400)


def not_indexed(after: int, limit: int) -> tuple[Sequence[Case], int]:
    """(cases without a sign among the next `limit`, the last id looked at; 0 at the end)."""
    rows = list(Case.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:limit])
    if not rows:
        return [], 0
    known = CaseShingle.objects.filter(case=OuterRef("pk"))
    bare = Case.objects.filter(~Exists(known), pk__gt=after, pk__lte=rows[-1])
    return list(bare.only("pk", "community_id", "title", "words")), rows[-1]
