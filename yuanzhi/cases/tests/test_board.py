"""The board: what lies in which basket, for whom, by how many questions and over which indexes."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, baskets, queries_board
from yuanzhi.cases.models import Case, Extension
from yuanzhi.cases.promises import clock_of
from yuanzhi.cases.queries_board import COUNTED, SHOWN, Narrowed

pytestmark = pytest.mark.django_db

OWN = ["urged", "breached", "nobody", "call_back", "extension", "amber", "waiting"]
NOW = "2026-11-24 10:00"


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def open_case(world, words, when, enterprise=0, **more):
    with time_machine.travel(at(when), tick=False):
        return actions.open_case(
            actor=world.actor(Role.DESK_OFFICER),
            enterprise=world.enterprises[enterprise],
            words=words,
            desk=world.desks["economy"],
            **more,
        )


@pytest.fixture
def cases(world):
    """One for each basket, and three that need nobody."""
    made = {name: open_case(world, name, "2026-11-24 09:30") for name in ("fresh", "calm", "paused", *OWN)}
    for name, values in {
        "calm": {"state": "accepted", "due_at": at("2026-11-27 10:00")},
        "paused": {"state": "waiting", "paused_at": at("2026-11-23 10:00")},
        "urged": {"state": "accepted", "due_at": at("2026-11-27 10:00"), "urged_at": at("2026-11-23 15:00")},
        "breached": {"state": "in_progress", "due_at": at("2026-11-23 17:00")},
        "nobody": {"due_at": at("2026-11-24 11:00"), "response_due": at("2026-11-24 11:00")},
        "call_back": {
            "state": "reopened", "due_at": at("2026-11-27 10:00"), "call_back_due": at("2026-11-23 17:30"),
        },
        "extension": {"state": "accepted", "due_at": at("2026-11-27 10:00")},
        "amber": {"state": "accepted", "due_at": at("2026-11-24 17:00")},
        "waiting": {"state": "waiting", "paused_at": at("2026-11-13 10:00")},
    }.items():  # fmt: skip
        Case.objects.filter(pk=made[name].pk).update(**values)
    for state, asked in (("refused", "2026-11-20 10:00"), ("asked", "2026-11-23 16:00")):
        Extension.objects.create(
            case=made["extension"], days=2, reason="等部门", state=state, asked_by_label="经办",
            asked_at=at(asked), due_before=at("2026-11-27 10:00"),
        )  # fmt: skip
    return made


def columns(world, role=Role.LEAD, **narrowed):
    actor, now = world.actor(role), at(NOW)
    found = queries_board.board(actor, Narrowed(**narrowed), clock_of(actor.community_id), now)
    return {column.basket.code: column for column in found}


def test_each_case_lies_where_it_belongs(world, cases):
    found = {code: [line.row.case.title for line in column.lines] for code, column in columns(world).items()}
    assert {code: found[code] for code in OWN} == {code: [code] for code in OWN}
    ages = {code: column.lines[0].age for code, column in columns(world).items() if column.lines}
    assert ages == {
        "urged": "催了 3 小时 30 分钟",
        "breached": "提了 30 分钟",
        "nobody": "来了 30 分钟",
        "call_back": "晚了 1 小时",
        "extension": "等了 2 小时 30 分钟",
        "amber": "提了 30 分钟",
        "waiting": "等了 7 天",
    }


def test_a_case_that_is_closed_is_in_no_basket(world, cases):
    Case.objects.update(state="confirmed")
    assert all(not column.count for column in columns(world).values())


def test_own_baskets_are_there_and_are_named(world):
    codes = [basket.code for basket in baskets.all_baskets()]
    assert [code for code in codes if code in OWN] == OWN
    assert {"silent_partner", "silent_dept"} < set(codes)


def test_the_page_says_it_in_words_and_links_to_the_rows(client, world, cases):
    client.force_login(world.user(Role.LEAD))
    with time_machine.travel(at(NOW), tick=False):
        page = client.get("/cases/board/").content.decode()
        rows = client.get("/cases/board/breached/").content.decode()
    assert "没人接" in page and "超时 1 小时 30 分钟" in page and "提了 30 分钟" in page
    assert "这些是空的：" in page
    assert "breached" in rows and "calm" not in rows
    assert client.get("/cases/board/none/").status_code == 404


@pytest.mark.parametrize(
    ("role", "sees"),
    [(Role.LEAD, 7), (Role.DESK_OFFICER, 7), (Role.VIEWER, 7), (Role.GRID_LEADER, 0)],
)
def test_everybody_sees_what_is_theirs(world, cases, role, sees):
    Case.objects.update(enterprise=world.enterprises[3], opened_by_id=None)  # another grid's
    assert sum(columns(world, role)[code].count for code in OWN) == sees


def test_a_grid_leader_sees_the_own_grid_s_and_what_is_confidential_not(world, cases):
    assert columns(world, Role.GRID_LEADER)["breached"].count == 1
    Case.objects.update(is_confidential=True, opened_by_id=None)
    assert columns(world, Role.GRID_LEADER)["breached"].count == 0


def test_narrowed_by_desk_and_grid(world, cases):
    economy, party = world.desks["economy"].pk, world.desks["party"].pk
    assert columns(world, desk=economy)["breached"].count == 1
    assert columns(world, desk=party)["breached"].count == 0
    counts = [columns(world, grid=grid.pk)["breached"].count for grid in world.grids]
    assert sorted(counts) == [0] * (len(counts) - 1) + [1]


def test_filters_that_make_no_sense_are_left_out(client, world, cases):
    client.force_login(world.user(Role.LEAD))
    for query in ("desk=x", "desk=-1", "desk=9999999999999999999999", "grid=²"):
        assert client.get(f"/cases/board/?{query}").status_code == 200
    for before in ("x", "2026-02-30T00:00:00Z~1", "2026-11-24T00:00:00Z~²", "~", "2026-11-24~1"):
        assert client.get("/cases/board/breached/", {"before": before}).status_code == 200


def many(world, case, count):
    rows = [
        Case(
            **{
                field.attname: getattr(case, field.attname)
                for field in Case._meta.concrete_fields
                if field.name not in ("id", "number", "token", "intake_key", "due_at")
            },
            number=f"X{number}",
            token=f"x{number}",
            due_at=case.due_at - dt.timedelta(minutes=number // 2),
        )
        for number in range(count)
    ]
    Case.objects.bulk_create(rows)


def test_counts_are_capped_and_say_so(world, cases):
    cases["breached"].refresh_from_db()
    many(world, cases["breached"], COUNTED + 30)
    column = columns(world)["breached"]
    assert (column.said, len(column.lines), column.more) == ("100+", SHOWN, True)
    ages = [line.row.case.due_at for line in column.lines]
    assert ages == sorted(ages)


def test_pages_of_a_basket_miss_none_and_show_none_twice(world, cases):
    cases["breached"].refresh_from_db()
    many(world, cases["breached"], 25)
    actor, now, before, seen = world.actor(Role.LEAD), at(NOW), "", []
    basket = baskets.basket_of("breached")
    for _ in range(4):
        page = queries_board.page(
            actor, basket, Narrowed(), clock_of(actor.community_id), now, before=before, size=8
        )
        seen += [line.row.case.pk for line in page.lines]
        before = page.next
    assert len(seen) == len(set(seen)) == 26 and before == ""


@pytest.mark.parametrize("code", OWN)
def test_every_basket_has_pages(world, cases, code):
    actor = world.actor(Role.LEAD)
    page = queries_board.page(
        actor, baskets.basket_of(code), Narrowed(), clock_of(actor.community_id), at(NOW), size=1
    )
    assert [line.row.case.title for line in page.lines] == [code]


@pytest.mark.parametrize("url", ["/cases/board/", "/cases/board/breached/"])
def test_a_page_asks_as_often_for_thirty_rows_as_for_one(client, world, cases, url):
    client.force_login(world.user(Role.LEAD))
    with time_machine.travel(at(NOW), tick=False):
        client.get(url)
        with CaptureQueriesContext(connection) as one:
            client.get(url)
        cases["breached"].refresh_from_db()
        many(world, cases["breached"], 30)
        with CaptureQueriesContext(connection) as thirty:
            client.get(url)
    assert len(one) == len(thirty)
    assert len(thirty) <= len(baskets.all_baskets()) + 14


INDEXES = {
    "urged": "case_urged",
    "breached": "case_worked",
    "nobody": "case_received",
    "call_back": "case_call_back",
    "extension": "extension_one_open",
    "amber": "case_worked",
    "waiting": "case_waiting",
}


@pytest.mark.parametrize("code", OWN)
def test_each_basket_reads_its_own_index(world, cases, code):
    """Among twenty thousand cases that are long closed and a few hundred that are not."""
    cases["calm"].refresh_from_db()
    shape = cases["calm"]
    if code == "nobody":
        shape.due_at = at("2026-11-20 10:00")
    values = {
        field.attname: getattr(shape, field.attname)
        for field in Case._meta.concrete_fields
        if field.name not in ("id", "number", "token", "intake_key", "state")
    }
    Case.objects.bulk_create(
        Case(**values, number=f"Y{n}", token=f"y{n}", state="confirmed" if n % 40 else "accepted")
        for n in range(20_000)
    )
    decided = Extension.objects.get(state="refused")
    Extension.objects.bulk_create(
        Extension(
            case_id=decided.case_id, days=1, reason="…", state="granted", asked_by_label="经办",
            due_before=decided.due_before,
        )
        for _ in range(3000)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    actor = world.actor(Role.LEAD)
    rows = queries_board.in_basket(
        queries_board.cases_for(actor, Narrowed()), baskets.basket_of(code), clock_of(actor.community_id), at(NOW)
    ).values_list("pk", baskets.basket_of(code).since)[: COUNTED + 1]  # fmt: skip
    plan = rows.explain()
    # Of two received cases PostgreSQL takes those of the state and sorts them: as good.
    assert INDEXES[code] in plan or (code == "nobody" and "case_closed" in plan), plan
