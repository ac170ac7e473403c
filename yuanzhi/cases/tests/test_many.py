"""Many cases at once: done one by one, said one by one; a list leaves with its reason and without secrets."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.models import Case
from yuanzhi.kernel.models import HistoryEntry


@pytest.fixture
def rows(world):
    return [
        actions.open_case(actor=world.house, enterprise=world.enterprises[n], words=f"第{n}件事要办")
        for n in range(3)
    ]


def texts(client) -> str:
    return client.get(reverse("cases:list")).content.decode()


@pytest.mark.django_db
def test_all_that_can_be_accepted_are(client, world, rows):
    client.force_login(world.user(Role.DESK_OFFICER))
    assert f'name="pick" value="{rows[0].pk}"' in texts(client)
    actions.accept(actor=world.actor(Role.LEAD), case=rows[1])
    answer = client.post(reverse("cases:accept_many") + "?state=open", {"pick": [row.pk for row in rows]})
    assert answer.url == reverse("cases:list") + "?state=open"
    page = texts(client)
    assert "受理了 2 件" in page and f"{rows[1].number}：“已受理”的诉求不能受理" in page
    assert set(Case.objects.values_list("state", flat=True)) == {"accepted"}
    client.post(reverse("cases:accept_many"), {})
    assert "还没有选" in texts(client)


@pytest.mark.django_db
def test_handed_over_together(client, world, rows):
    client.force_login(world.user(Role.LEAD))
    url, picked = reverse("cases:hand_over_many"), {"pick": [row.pk for row in rows]}
    page = client.post(url, picked).content.decode()
    assert "把 3 件转走" in page and rows[2].title in page
    assert client.post(url, picked | {"go": "1", "desk": "999"}).status_code == 422
    client.post(url, picked | {"go": "1", "desk": str(world.desks["public"].pk), "why": "归公共事务"})
    assert set(Case.objects.values_list("desk__code", flat=True)) == {"public"}
    assert HistoryEntry.objects.filter(verb="case.handed_over").count() == 3


@pytest.mark.django_db
def test_what_is_not_ones_own_is_left_alone(client, world, neighbour, rows):
    theirs = actions.open_case(actor=neighbour.house, enterprise=neighbour.enterprises[0], words="隔壁的事")
    client.force_login(world.user(Role.DESK_OFFICER))
    client.post(reverse("cases:accept_many"), {"pick": [theirs.pk]})
    theirs.refresh_from_db()
    assert theirs.state == "received"


@pytest.mark.django_db
def test_a_list_leaves_with_its_reason_and_without_secrets(client, world, rows):
    actions.open_case(
        actor=world.house, enterprise=world.enterprises[5], words="公司欠我两个月工资", is_confidential=True
    )
    client.force_login(world.user(Role.DESK_OFFICER))
    url = reverse("cases:export")
    assert client.post(url, {"reason": "用"}).status_code == 422
    assert not HistoryEntry.objects.filter(verb="cases.exported").exists()
    answer = client.post(url, {"reason": "月底给街道汇总"})
    table = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    lines = table.get_sheet_by_index(0).to_python()
    assert "月底给街道汇总" in lines[0][0] and len(lines) == 6
    flat = str(lines)
    assert "工资" not in flat and world.enterprises[5].name not in flat and "（私下反映）" in flat
    entry = HistoryEntry.objects.get(verb="cases.exported")
    assert (entry.details["reason"], entry.details["count"]) == ("月底给街道汇总", 4)
    answer = client.post(url + "?q=" + rows[0].number, {"reason": "月底给街道汇总"})
    lines = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(
        0
    )
    assert len(lines.to_python()) == 3
    client.force_login(world.user(Role.VIEWER))
    assert client.post(url, {"reason": "月底给街道汇总"}).status_code == 403
