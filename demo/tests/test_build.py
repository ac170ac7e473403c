"""The demo is written through the actions: whole, recorded, and only once."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from demo.build import build, exists
from yuanzhi.accounts.models import Membership, User
from yuanzhi.accounts.queries import demo_accounts
from yuanzhi.accounts.roles import Role
from yuanzhi.cases.models import Case, Verdict
from yuanzhi.kernel.history import verify_all
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.registry.models import Community, Contact, Enterprise, FactConflict, FormerName, Grid, Park
from yuanzhi.registry.search import search


@pytest.mark.django_db
def test_the_small_demo_is_whole():
    cache.clear()
    assert not exists()
    build(size=0.01)
    assert exists()
    first, neighbour = Community.objects.order_by("pk")
    assert (Park.objects.filter(community=first).count(), Grid.objects.filter(community=first).count()) == (
        4,
        2,
    )
    enterprises = Enterprise.objects.filter(community=first)
    assert enterprises.count() == 81
    assert neighbour.enterprises.count() == 1
    shown = [(user.pk, m.role) for user, m in demo_accounts()]
    assert {role for _, role in shown} == {r.value for r in Role}
    assert len(shown) == len(set(shown))  # once, however many parks somebody runs
    assert not User.objects.exclude(password__startswith="!").exists()  # nobody has a password to guess
    assert Contact.objects.filter(phone_masked="").count() == 0
    assert FactConflict.objects.count() == 0
    assert all(f.name != f.enterprise.name for f in FormerName.objects.select_related("enterprise"))
    hit = search("ytss", community_id=first.pk)[0]
    assert enterprises.get(pk=hit.id).short_name == "云图数视"
    states = set(Case.objects.values_list("state", flat=True))
    assert {"received", "accepted", "in_progress", "waiting", "resolved", "confirmed", "reopened"} <= states
    assert Verdict.objects.filter(channel="link").exists()
    assert Membership.objects.filter(role=Role.CAPTAIN.value).count() == 4
    assert verify_all() == []
    assert not HistoryEntry.objects.filter(at__gt=timezone.now()).exists()  # nothing has yet to come
    before = HistoryEntry.objects.count()
    build(size=0.01)
    assert HistoryEntry.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("built", ["2026-11-25 00:20", "2026-11-25 08:40", "2026-11-28 15:00"])
def test_nothing_in_its_history_has_yet_to_come(built):
    """Built at night, before the day begins or at the weekend: what is recorded has happened."""
    cache.clear()
    with time_machine.travel(timezone.make_aware(dt.datetime.fromisoformat(built)), tick=False):
        build(size=0.01)
        assert not HistoryEntry.objects.filter(at__gt=timezone.now()).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("size", [0, -1, 1.5, 1000])
def test_an_impossible_size_gets_a_sentence(size):
    with pytest.raises(ValueError, match="--size"):
        build(size=size)
