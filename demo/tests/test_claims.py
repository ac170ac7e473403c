"""The bulk claim of the report, and the published answers: as many as told, through the same doors."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from demo import claims as plan
from demo.build import build
from yuanzhi.cases.claims import add_up
from yuanzhi.cases.knowledge import reveals
from yuanzhi.cases.models import Answer, Case
from yuanzhi.cases.queries import claim_lines


def test_no_answer_names_anybody():
    for question, answer, words, _, _ in plan.ANSWERS:
        assert not reveals(f"{question} {answer} {words}", []), question


@pytest.mark.django_db
def test_forty_three_lines_and_twenty_two_recovered():
    cache.clear()
    build(size=0.01)
    case = Case.objects.get(title=plan.TITLE)
    totals = add_up(claim_lines(case), case.resolved_at.date())
    assert (totals.count, totals.touched) == (plan.COUNT, plan.BACK) and totals.recovered < totals.amount
    assert case.state == "confirmed"
    assert len(claim_lines(Case.objects.get(title=plan.ONE))) == 1
    assert Answer.objects.filter(state="published").count() == len(plan.ANSWERS)
