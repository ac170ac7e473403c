"""What a list and a case's page ask is found by an index on both databases, whatever the archive's size."""

import pytest
from django.db import connection
from django.db.models import Q

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import listing, queries
from yuanzhi.cases.models import Case, CaseLink, Extension
from yuanzhi.cases.queries_acts import cases_like
from yuanzhi.kernel import clock

from .lives import opened

pytestmark = pytest.mark.django_db


def plan_of(rows):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # a few rows are quicker read than looked up
    return rows.explain()


def walks_all(rows, table="cases_case"):
    """The lines of the plan that read a whole table."""
    plan = plan_of(rows)
    signs = (f"Seq Scan on {table}", f"SCAN {table}")
    return [
        line
        for line in plan.splitlines()
        if any(sign in line for sign in signs) and "USING" not in line.upper()
    ]


PAGES = [
    {},
    {"state": "open"},
    {"state": "open", "sort": "due"},
    {"late": "on", "sort": "due"},
    {"state": "resolved"},
    {"owner": "me"},
    {"park": "1"},
    {"q": "SQ2611-0001"},
    {"since": "2026-11-01"},
]


@pytest.mark.parametrize("role", [Role.LEAD, Role.DESK_OFFICER, Role.GRID_MEMBER])
@pytest.mark.parametrize("asked", PAGES, ids=str)
def test_a_page_of_the_list(world, role, asked):
    opened(world)
    actor, picked = world.actor(role), listing.Picked.of(asked)
    rows = listing.narrowed(queries.visible_to(actor), picked, actor, clock.now())
    order = ("due_at", "pk") if listing.by_due(picked) else ("-id",)
    assert not walks_all(rows.order_by(*order)[:31])


def test_what_belongs_to_a_case(world):
    case = opened(world)
    assert not walks_all(Case.objects.filter(Q(parent=case) | Q(merged_into=case)).order_by("pk"))
    assert not walks_all(Case.objects.filter(merged_into=case))
    assert not walks_all(CaseLink.objects.filter(Q(one=case) | Q(other=case)), "cases_caselink")
    assert not walks_all(Extension.objects.filter(case=case, state="asked"), "cases_extension")
    assert cases_like(world.actor(Role.LEAD), "宽带", None)
