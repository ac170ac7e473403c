"""The list of cases: filters, paging by keyset in both orders, and the questions a page asks."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, listing
from yuanzhi.cases.models import Case, ServiceItem

pytestmark = pytest.mark.django_db


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


@pytest.fixture
def cases(world):
    """Six needs of two parks over three days, one accepted, one resolved."""
    officer = world.actor(Role.DESK_OFFICER)
    item = ServiceItem.objects.get(desk=world.desks["public"], name="社保与公积金")
    made = []
    for number in range(6):
        with time_machine.travel(at(f"2026-11-{16 + number // 2} 10:0{number % 2}"), tick=False):
            made.append(
                actions.open_case(
                    actor=officer,
                    enterprise=world.enterprises[number % 2],
                    words=f"第{number}件事",
                    channel=Case.Channel.PHONE if number == 3 else Case.Channel.WECHAT,
                    item=item if number == 4 else None,
                    desk=world.desks["economy"],
                )
            )
    with time_machine.travel(at("2026-11-18 11:00"), tick=False):
        made[1] = actions.accept(actor=officer, case=made[1])
        made[2] = actions.resolve(
            actor=officer, case=actions.accept(actor=officer, case=made[2]), outcome="好了"
        )
    return made


ASKED = [
    ({}, [5, 4, 3, 2, 1, 0]),
    ({"state": "open"}, [5, 4, 3, 1, 0]),
    ({"state": "resolved"}, [2]),
    ({"state": "nonsense", "desk": "x", "park": "-", "owner": "?", "channel": "?"}, [5, 4, 3, 2, 1, 0]),
    ({"owner": "me"}, [2, 1]),
    ({"owner": "none"}, [5, 4, 3, 0]),
    ({"channel": "phone"}, [3]),
    ({"since": "2026-11-17", "until": "2026-11-17"}, [3, 2]),
    ({"since": "2026-02-30"}, [5, 4, 3, 2, 1, 0]),
    ({"q": "第3件"}, [3]),
    ({"q": "SQ2611-0002"}, [1]),
    ({"q": "禾一"}, [5, 3, 1]),
    ({"q": "hysw"}, [5, 3, 1]),
    ({"late": "on"}, [5, 4, 3, 0]),
    ({"late": "on", "sort": "due"}, [0, 3, 4, 5]),
    ({"state": "open", "sort": "due"}, [0, 3, 4, 5, 1]),
    ({"sort": "due"}, [5, 4, 3, 2, 1, 0]),  # what is closed presses nobody
]


@pytest.mark.parametrize(("asked", "numbers"), ASKED)
def test_what_can_be_asked(world, cases, asked, numbers):
    now = at("2026-11-19 09:00")
    page = listing.page_of(world.actor(Role.DESK_OFFICER), listing.Picked.of(asked), size=30, now=now)
    assert [cases.index(case) for case in page.cases] == numbers


def test_a_park_is_where_it_was_raised(world, cases):
    Case.objects.filter(pk=cases[1].pk).update(building=world.buildings[0])
    lead, now = world.actor(Role.LEAD), at("2026-11-19 09:00")
    page = listing.page_of(lead, listing.Picked.of({"park": str(world.parks[0].pk)}), size=30, now=now)
    assert [cases.index(case) for case in page.cases] == [4, 2, 1, 0]


@pytest.mark.parametrize("asked", [{}, {"state": "open", "sort": "due"}])
def test_pages_miss_nothing_and_repeat_nothing(world, cases, asked):
    actor, now = world.actor(Role.DESK_OFFICER), at("2026-11-19 09:00")
    Case.objects.filter(pk__in=[case.pk for case in cases[3:]]).update(due_at=at("2026-11-20 12:00"))
    whole = listing.page_of(actor, listing.Picked.of(asked), size=30, now=now).cases
    seen, before = [], ""
    while True:
        page = listing.page_of(actor, listing.Picked.of({**asked, "before": before}), size=2, now=now)
        seen += page.cases
        if not (before := page.next):
            break
    assert seen == whole


def questions(client, path):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in seen.captured_queries]


def test_one_row_and_thirty_cost_the_same(client, world):
    officer = world.actor(Role.DESK_OFFICER)
    client.force_login(world.user(Role.LEAD))
    actions.open_case(actor=officer, enterprise=world.enterprises[0], words="电梯坏了")
    paths = ("/cases/", "/cases/?state=open&sort=due&q=电梯")
    for path in paths:
        client.get(path)
    few = [len(questions(client, path)) for path in paths]
    for number in range(32):
        actions.open_case(
            actor=officer, enterprise=world.enterprises[number % 12], words=f"{number} 号电梯坏了"
        )
    assert [len(questions(client, path)) for path in paths] == few
    assert few[0] <= 16
