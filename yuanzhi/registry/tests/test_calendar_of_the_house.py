"""One calendar for all communities: who may publish a year, and who hears of it."""

import datetime as dt

import pytest
from django.urls import reverse

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.models import Notice, PublishedYear
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.workdays import Day, Kind
from yuanzhi.registry import actions

YEAR, SOURCE = 2027, "国办发明电〔2026〕7号"
DAYS = {dt.date(2027, 1, 1): Day(Kind.HOLIDAY, "元旦")}
NOTICE = "一、元旦：1月1日（周五）至3日（周日）放假，共3天。"


def publish(actor):
    return actions.publish_calendar(actor=actor, year=YEAR, days=DAYS, source=SOURCE)


def test_the_lead_of_the_only_community_may(world):
    assert publish(world.actor(Role.LEAD)) is True
    assert publish(world.actor(Role.LEAD)) is False
    assert not Notice.objects.filter(key__startswith="calendar:").exists()  # told to oneself


def test_among_several_the_system_administrator_does_and_all_leads_hear_of_it(world, neighbour):
    with pytest.raises(Refused, match="请系统管理员"):
        publish(world.actor(Role.LEAD))
    assert not PublishedYear.objects.filter(pk=YEAR).exists()
    assert publish(world.actor(Role.SYSTEM_ADMIN)) is True
    told = Notice.objects.filter(key__startswith="calendar:")
    assert {n.user_id for n in told} == {world.user(Role.LEAD).pk, neighbour.user(Role.LEAD).pk}


@pytest.mark.parametrize("role", [Role.DESK_OFFICER, Role.AUDITOR, Role.SECURITY_ADMIN, Role.VIEWER])
def test_nobody_else_may(world, role):
    with pytest.raises(Refused):
        publish(world.actor(role))


def test_the_pages_say_so(world, neighbour, client):
    client.force_login(world.user(Role.LEAD))
    url = reverse("registry:calendar_year")
    assert url not in client.get("/settings/community/?year=2027").content.decode()
    data = {"year": YEAR, "source": SOURCE, "notice": NOTICE}
    read = client.post(url, data).content.decode()
    assert "请系统管理员来载入" in read and 'name="confirmed"' not in read
    assert "请系统管理员" in client.post(url, data | {"confirmed": "1"}).content.decode()
    assert not PublishedYear.objects.filter(pk=YEAR).exists()
