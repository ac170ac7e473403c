"""The auditor's look-up by subject: two walks of two indexes, merged; never the whole chain."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yuanzhi.accounts.queries import find_history
from yuanzhi.accounts.roles import Role
from yuanzhi.registry import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(world):
    """Entries that have the enterprise as subject and as context, in turn."""
    it, lead = world.enterprises[0], world.actor(Role.LEAD)
    for number in range(6):
        actions.add_contact(actor=lead, enterprise=it, name=f"王岚{number}")
        actions.state_facts(actor=lead, enterprise=it, facts={"headcount": 100 + number})
    return f"enterprise:{it.pk}"


def test_pages_of_both_columns_in_order_and_without_gaps(world, told):
    auditor = world.actor(Role.AUDITOR)
    whole = find_history(auditor, subject=told, limit=100)
    seqs = [entry.seq for entry in whole]
    assert seqs == sorted(set(seqs), reverse=True)
    assert all(told in (entry.subject, entry.context) for entry in whole)
    paged, before = [], None
    while page := find_history(auditor, subject=told, before=before, limit=4):
        paged += [entry.seq for entry in page]
        before = page[-1].seq
    assert paged == seqs


def test_only_ones_own_community_and_only_who_may(world, neighbour, told):
    assert find_history(neighbour.actor(Role.AUDITOR), subject=told) == []
    assert find_history(world.actor(Role.LEAD), subject=told) == []
    assert len(find_history(world.actor(Role.AUDITOR), subject=told, verb="enterprise.changed")) == 6


def test_the_chain_is_not_walked(world, told):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL decides by its statistics")
    auditor = world.actor(Role.AUDITOR)
    with CaptureQueriesContext(connection) as seen:
        find_history(auditor, subject=told, before=10_000)
    plans = []
    for query in seen.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
            plans.append(" ".join(str(line[-1]) for line in cursor.fetchall()))
    assert "history_subject" in plans[0] and "history_context" in plans[1], plans
