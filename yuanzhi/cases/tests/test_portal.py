"""The portal: one's own needs, and a captain's relay for a neighbour in the park."""

import pytest
from django.test import Client

from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, queries
from yuanzhi.cases.access import OPEN_CASE
from yuanzhi.cases.models import Case

pytestmark = pytest.mark.django_db


def visit(user):
    client = Client()
    client.force_login(user)
    return client


def test_a_contact_speaks_for_the_own_enterprise(world):
    client = visit(world.user(Role.CONTACT))
    answer = client.post("/portal/", {"words": "尾款拖了五个月", "once": "k"})
    assert answer.status_code == 302
    client.post("/portal/", {"words": "尾款拖了五个月", "once": "k"})
    case = Case.objects.get()
    assert (case.enterprise, case.channel) == (world.enterprises[0], "portal")


def test_a_captain_speaks_for_whom_he_names_never_for_his_employer_by_accident(world):
    captain = world.user(Role.CAPTAIN)
    accounts.grant_role(actor=world.house, user=captain, role=Role.EMPLOYEE, scope_id=world.enterprises[0].pk)
    neighbour_in_the_park = world.enterprises[4]
    client = visit(captain)
    client.post("/portal/", {"words": "隔壁的管道漏水", "enterprise": neighbour_in_the_park.pk})
    client.post("/portal/", {"words": "园区门口的路灯坏了"})
    relayed, public = Case.objects.order_by("pk")
    assert (relayed.enterprise, relayed.channel) == (neighbour_in_the_park, "captain")
    assert (public.enterprise, public.channel) == (None, "captain")
    assert not queries.visible_to(world.actor(Role.CONTACT)).exists()  # the employer sees neither
    assert client.get("/portal/").content.decode().count("SQ") >= 2


def test_a_captain_cannot_speak_for_another_park(world):
    client = visit(world.user(Role.CAPTAIN))
    answer = client.post("/portal/", {"words": "漏水", "enterprise": world.enterprises[1].pk})
    assert answer.status_code == 422
    assert "不在您的范围内" in answer.content.decode()
    assert "漏水" in answer.content.decode()  # what was typed is kept
    assert not Case.objects.exists()


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.PROPERTY])
def test_park_people_have_the_portal(world, role):
    client = visit(world.user(role))
    assert client.get("/").headers["Location"] == "/portal/"
    client.post("/portal/", {"words": "电梯年检到期"})
    assert client.get(f"/portal/cases/{Case.objects.get().pk}/").status_code == 200


@pytest.mark.parametrize(
    "role",
    [
        Role.CONTACT,
        Role.EMPLOYEE,
        Role.CAPTAIN,
        Role.GRID_MEMBER,
        Role.DESK_OFFICER,
        Role.VIEWER,
        Role.PARTNER,
    ],
)
def test_the_newest_are_those_one_may_see(world, role):
    actor, officer = world.actor(role), world.actor(Role.DESK_OFFICER)
    for number in range(12):
        who = actor if number % 4 == 0 and actor.may(OPEN_CASE) else officer
        firm = world.enterprises[0] if who is actor and role is Role.CONTACT else None
        actions.open_case(
            actor=who,
            enterprise=firm if who is actor else world.enterprises[number % 5],
            words=f"第{number}件事",
            is_confidential=number % 3 == 0,
        )
    seen = list(queries.visible_to(actor).order_by("-id"))
    assert list(queries.newest_of(actor, 20)) == seen
    assert list(queries.newest_of(actor, 2)) == seen[:2]
    if role in (Role.CONTACT, Role.CAPTAIN, Role.DESK_OFFICER):
        assert seen
