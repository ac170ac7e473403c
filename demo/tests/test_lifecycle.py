"""The demo shows what can happen to a need on its way."""

import pytest
from django.core.cache import cache

from demo import lifecycle
from demo.build import build
from yuanzhi.cases.models import Case, CaseLink, Extension
from yuanzhi.kernel.models import HistoryEntry


@pytest.mark.django_db
def test_every_turn_happens():
    cache.clear()
    said = []
    build(size=0.01, say=said.append)
    refused = [line for line in said for turn in lifecycle.TURNS if line.startswith(f"{turn.title}：")]
    assert not refused
    happened = set(HistoryEntry.objects.values_list("verb", flat=True))
    assert happened >= {
        "case.split", "case.linked", "case.urged", "case.extension_asked", "case.extension_granted",
        "case.return", "case.called_back", "case.withdraw", "case.merge",
    }  # fmt: skip
    again = Case.objects.get(title=lifecycle.AGAIN[0])
    assert again.merged_into.title == lifecycle.AGAIN[1]
    assert Case.objects.filter(urged_at__isnull=False).count() >= 1
    assert Case.objects.filter(call_back_due__isnull=False).exists()
    assert Extension.objects.filter(state="asked").exists() and CaseLink.objects.exists()
