"""Workbench, palette, jobs: what each shows to whom, and what it costs."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.rules import Urgency
from yuanzhi.insights.greeting import greeting, sentence
from yuanzhi.insights.panels import days_ahead
from yuanzhi.kernel.workdays import Calendar, Day, Kind

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit(world):
    def go(role, url, **headers):
        client = Client()
        client.force_login(world.user(role))
        return client.get(url, headers=headers)

    return go


GREETINGS = [
    ("林知夏", 2, "夜深了，知夏"),
    ("林知夏", 8, "早上好，知夏"),
    ("林知夏", 11, "上午好，知夏"),
    ("方棠", 13, "中午好，方棠"),
    ("欧阳明月", 15, "下午好，欧阳明月"),
    ("", 20, "晚上好"),
]


@pytest.mark.parametrize(("name", "hour", "words"), GREETINGS)
def test_greeting(name, hour, words):
    assert greeting(name, dt.datetime(2026, 11, 24, hour)) == words


SENTENCES = [
    ({}, "手上没有要办的事，可以去园区走走。"),
    ({Urgency.BREACHED: 4, Urgency.SOON: 6}, "有 4 件已超时，先办这些；6 件快到期。"),
    ({Urgency.BREACHED: 1}, "有 1 件已超时，先办这些。"),
    ({Urgency.CALM: 3, Urgency.PAUSED: 1}, "3 件还在时限内。另有 1 件在等企业补充。"),
    ({Urgency.SOON: 2, Urgency.CALM: 3}, "2 件快到期；3 件还在时限内。"),
]


@pytest.mark.parametrize(("counts", "words"), SENTENCES)
def test_the_day_in_a_sentence(counts, words):
    assert "".join(text for text, _ in sentence(counts)) == words


def test_days_ahead_names_holidays_makeup_days_and_the_unpublished_year():
    days = {
        dt.date(2026, 12, 31): Day(Kind.HOLIDAY, "元旦"),
        dt.date(2026, 12, 27): Day(Kind.MAKEUP, "元旦"),
    }
    lines = days_ahead(Calendar(days, frozenset({2026})), dt.date(2026, 12, 20))
    assert [(line["day"].isoformat(), line["label"]) for line in lines] == [
        ("2026-12-27", "上班"),
        ("2026-12-31", "放假"),
        ("2027-01-01", "未发布"),
    ]


def test_the_palette_finds_enterprise_case_and_park(world, visit):
    case = actions.open_case(
        actor=world.actor(Role.DESK_OFFICER), enterprise=world.enterprises[0], words="尾款拖了五个月"
    )
    text = visit(Role.DESK_OFFICER, "/find/?q=ytkj", hx_request="true").content.decode()
    assert world.enterprises[0].name in text
    assert case.title in text  # the open case of the enterprise that was found
    assert "<html" not in text
    assert world.parks[0].name in visit(Role.DESK_OFFICER, f"/find/?q={world.parks[0].name}").content.decode()


def test_the_palette_stays_inside_what_one_may_see(world, visit):
    mine, other = world.enterprises[0], world.enterprises[1]
    text = visit(Role.CONTACT, f"/find/?q={other.short_name}").content.decode()
    assert other.name not in text
    assert mine.name in visit(Role.CONTACT, f"/find/?q={mine.short_name}").content.decode()


LANDINGS = [
    (Role.LEAD, 200, ""),
    (Role.DESK_OFFICER, 200, ""),
    (Role.GRID_MEMBER, 200, ""),
    (Role.VIEWER, 200, ""),
    (Role.CONTACT, 302, "/portal/"),
    (Role.EMPLOYEE, 302, "/portal/"),
    (Role.CAPTAIN, 302, "/portal/"),
    (Role.PARTNER, 302, "/partner/"),
]


@pytest.mark.parametrize(("role", "status", "where"), LANDINGS)
def test_each_lands_where_their_day_begins(visit, role, status, where):
    answer = visit(role, "/")
    assert (answer.status_code, answer.headers.get("Location", "")) == (status, where)


@pytest.mark.parametrize("tab", ["todo", "verdict", "raised", "done", "nonsense"])
def test_the_workbench_costs_the_same_for_one_and_for_thirty(world, tab):
    officer = world.actor(Role.DESK_OFFICER)
    client = Client()
    client.force_login(world.user(Role.DESK_OFFICER))

    def cases(count):
        for number in range(count):
            enterprise = world.enterprises[number % len(world.enterprises)]
            case = actions.open_case(actor=officer, enterprise=enterprise, words=f"要办的事 {number}")
            if tab != "todo":
                case = actions.accept(actor=officer, case=case)
                actions.resolve(actor=officer, case=case, outcome="好了")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/?tab={tab}").status_code == 200
        return [query["sql"] for query in queries]

    cases(1)
    cost()  # the first visit of a session notes the device
    one = cost()
    cases(29)
    thirty = cost()
    assert len(thirty) == len(one), thirty
    assert len(one) == 15, "\n".join(sql[:160] for sql in one)
    assert not [sql for sql in one if sql.split()[0] in {"INSERT", "UPDATE", "DELETE"}]


def test_a_piece_for_htmx_does_not_pay_for_the_shell(world):
    client = Client()
    client.force_login(world.user(Role.LEAD))
    client.get("/find/?q=x")  # notes the session as seen

    def asked(**headers):
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/find/?q=x", headers=headers).status_code == 200
        return [query["sql"] for query in seen.captured_queries]

    whole, piece = asked(), asked(hx_request="true")
    assert len(whole) == len(piece) + 2
    assert not any("kernel_notice" in sql for sql in piece)
