"""The list: finding, filtering, keeping, acting on many, taking away."""

import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.world import build
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.registry import actions
from yuanzhi.registry.models import Enterprise, SavedFilter

LIST = "/enterprises/"


@pytest.fixture
def lead(world, client):
    client.force_login(world.user(Role.LEAD))
    return client


def page(client, url):
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def names_in(html):
    """The names of the rows, in their order."""
    return re.findall(r'<th scope="row"><a href="/enterprises/\d+/">([^<]+)</a>', html)


def test_the_list_says_what_where_and_whose(lead, world):
    html = page(lead, LIST)
    assert "共 12 家" in html
    assert len(names_in(html)) == 12
    for word in ("云溪1号园 A座", "第 1 网格", "10 人"):
        assert word in html


@pytest.mark.parametrize("words", ["云图", "yuntu", "yt", "YT"])
def test_finding_by_hanzi_and_pinyin(lead, world, words):
    html = page(lead, f"{LIST}?q={words}")
    assert names_in(html)[0] == world.enterprises[0].name
    assert "最像的在前" in html


def test_words_and_filters_together(lead, world):
    assert names_in(page(lead, f"{LIST}?q=yt&park={world.parks[0].pk}"))
    assert names_in(page(lead, f"{LIST}?q=yt&park={world.parks[1].pk}")) == []


def test_a_grid_is_its_parks(lead, world):
    html = page(lead, f"{LIST}?grid={world.grids[0].pk}")
    assert len(names_in(html)) == 6
    both = f"{LIST}?grid={world.grids[0].pk}&park={world.parks[3].pk}"
    assert names_in(page(lead, both)) == []
    assert "没有这样的企业" in page(lead, both)


def test_filters_show_as_chips_that_can_be_taken_back(lead, world):
    html = page(lead, f"{LIST}?park={world.parks[0].pk}&people_min=10&stale=1")
    for chip in (world.parks[0].name, "至少 10 人", "一年没核实过"):
        assert f"去掉“{chip}”" in html
    assert f'href="?park={world.parks[0].pk}&amp;stale=1"' in html


@pytest.mark.parametrize(
    "query",
    [
        "people_min=many", "grid=x", "grid=999999", "park=-1", "since=昨天", "sort=name", "after=x~y",
        "before=1~", "missing=soul",
        "industry=ZZ", "building=999999", "building=x", "status=dead", "q=" + "长" * 300,
        "capital_min=1e400", "after=1~a&sort=big",
        "people_min=99999999999999999999", "q='%22);--",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_no_error(lead, query):
    assert lead.get(f"{LIST}?{query}").status_code == 200


def test_a_sign_no_database_takes_is_turned_away_with_a_sentence(lead):
    answer = lead.get(f"{LIST}?q=%00")
    assert answer.status_code == 400 and "<h1" in answer.content.decode()


def test_an_unusable_filter_is_said(lead):
    assert "看不懂" in page(lead, f"{LIST}?people_min=many")


def test_htmx_gets_the_piece_and_history_the_page(lead):
    piece = lead.get(LIST, headers={"HX-Request": "true"})
    assert b"<html" not in piece.content and "共 12 家".encode() in piece.content
    assert "HX-Request" in piece["Vary"]
    whole = lead.get(LIST, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in whole.content


def test_paging_keeps_the_filters(client, db):
    world = build(enterprises=64)
    client.force_login(world.user(Role.LEAD))
    first = page(client, f"{LIST}?status=all&sort=big")
    assert len(names_in(first)) == 50
    second_url = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "status=all" in second_url and "sort=big" in second_url
    second = page(client, LIST + second_url)
    assert len(names_in(second)) == 14
    assert set(names_in(first)) & set(names_in(second)) == set()
    assert 'rel="prev"' in second


def test_as_many_queries_for_one_row_as_for_thirty(client, db):
    counts = []
    for world in (
        build("yi", "一家社区", parks=1, enterprises=1),
        build("duo", "多家社区", parks=6, enterprises=30),
    ):
        client.force_login(world.user(Role.LEAD))
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14  # of which the frame of the page asks half


# -- who sees what ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status", "count"),
    [
        (Role.LEAD, 200, 12),
        (Role.GRID_MEMBER, 200, 12),
        (Role.VIEWER, 200, 12),
        (Role.CAPTAIN, 200, 3),
        (Role.OPERATOR, 200, 3),
        (Role.CONTACT, 200, 1),
        (Role.EMPLOYEE, 200, 1),
        (Role.PARTNER, 403, 0),
        (Role.DEPARTMENT, 403, 0),
    ],
)
def test_each_sees_the_own_part(world, neighbour, client, role, status, count):
    client.force_login(world.user(role))
    response = client.get(LIST)
    assert response.status_code == status
    assert len(names_in(response.content.decode())) == count
    if status == 200:
        found = names_in(client.get(f"{LIST}?q=有限").content.decode())
        assert len(found) <= count


def test_only_who_may_act_gets_ticks(world, client):
    client.force_login(world.user(Role.VIEWER))
    html = page(client, LIST)
    assert 'name="pick"' not in html and "导出名单" not in html and "登记企业" not in html


# -- keeping a list --------------------------------------------------------------------------------------


def test_keep_a_list_find_it_again_and_drop_it(lead, world):
    query = f"park={world.parks[0].pk}&sort=big"
    form = page(lead, f"{reverse('registry:keep_filter')}?{query}")
    assert "起个名字" in form
    lead.post(reverse("registry:keep_filter"), {"name": "一号园大户", "query": query})
    assert "一号园大户" in page(lead, LIST)
    kept = SavedFilter.objects.get()
    url = reverse("registry:drop_filter", args=[kept.pk])
    assert "再确认一下" in lead.post(url).content.decode()  # without JavaScript it asks
    lead.post(url, {"confirmed": "1"})
    assert not SavedFilter.objects.exists()


def test_nobody_drops_anothers_list(world, client):
    kept = actions.save_filter(actor=world.actor(Role.LEAD), name="我的", query="")
    client.force_login(world.user(Role.DESK_OFFICER))
    client.post(reverse("registry:drop_filter", args=[kept.pk]), {"confirmed": "1"})
    assert SavedFilter.objects.exists()


# -- many at once ----------------------------------------------------------------------------------------


def test_confirm_many_says_what_was_not_done(world, client):
    """The first two sit in the member's grid, the third and fourth do not."""
    client.force_login(world.user(Role.GRID_MEMBER))
    picked = [e.pk for e in world.enterprises[:4]]
    response = client.post(
        reverse("registry:confirm_many"), {"pick": picked, "query": "sort=big"}, follow=True
    )
    assert response.redirect_chain[0][0] == f"{LIST}?sort=big"
    html = response.content.decode()
    assert "核实了 2 家" in html and "2 家没有办成" in html
    assert Enterprise.objects.exclude(confirmed_on=None).count() == 2


def test_place_many(lead, world):
    picked = [e.pk for e in world.enterprises[:3]]
    url = reverse("registry:place_many")
    html = lead.post(url, {"pick": picked}).content.decode()
    assert "把 3 家落到一处" in html
    wrong = lead.post(url, {"pick": picked, "seat_text": "没有的园"})
    assert "没有找到" in wrong.content.decode() and 'value="没有的园"' in wrong.content.decode()
    lead.post(url, {"pick": picked, "seat_text": "云溪4号园 A座", "known": "on"})
    assert set(Enterprise.objects.filter(pk__in=picked).values_list("park_id", flat=True)) == {
        world.parks[3].pk
    }


def test_elsewhere_many_asks_first(lead, world):
    data = {"pick": [world.enterprises[0].pk]}
    url = reverse("registry:elsewhere_many")
    assert "再确认一下" in lead.post(url, data).content.decode()
    lead.post(url, data | {"confirmed": "1"})
    assert Enterprise.objects.get(pk=world.enterprises[0].pk).placement == "elsewhere"


def test_nothing_picked_is_said(lead):
    html = lead.post(reverse("registry:confirm_many"), {}, follow=True).content.decode()
    assert "还没有选企业" in html


# -- taking away -----------------------------------------------------------------------------------------


def body(response):
    return b"".join(response.streaming_content)


@pytest.fixture
def tricky(world):
    """An enterprise whose cells a spreadsheet might run, with a phone."""
    lead = world.actor(Role.LEAD)
    it = world.enterprises[0]
    actions.state_facts(
        actor=lead, enterprise=it, facts={"representative": "=HYPERLINK(1)", "registered_address": "@路1号"}
    )
    actions.add_contact(actor=lead, enterprise=it, name="+王岚", phone="13800138000")
    return it


def test_export_asks_why(lead):
    url = reverse("registry:export")
    assert "做什么用" in page(lead, url)
    html = lead.post(url, {"reason": "看", "form": "csv"}).content.decode()
    assert "再写具体一点" in html
    assert not HistoryEntry.objects.filter(verb="register.exported").exists()


def test_csv_is_marked_masked_and_harmless(lead, world, tricky):
    response = lead.post(reverse("registry:export"), {"reason": "三季度统计", "form": "csv"})
    text = body(response).decode("utf-8-sig")
    lines = text.split("\r\n")
    assert "云溪社区企业名单" in lines[0] and "三季度统计" in lines[0] and "共 12 家" in lines[0]
    assert lines[1].startswith("企业名称,")
    assert len(lines) == 2 + 12 + 1
    assert "138****8000" in text and "13800138000" not in text
    assert "'=HYPERLINK(1)" in text and "'@路1号" in text and "'+王岚" in text
    entry = HistoryEntry.objects.get(verb="register.exported")
    assert entry.details["count"] == 12 and entry.details["reason"] == "三季度统计"


def test_workbook_holds_text_only(lead, world, tricky):
    response = lead.post(reverse("registry:export"), {"reason": "三季度统计", "form": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(body(response))).active
    rows = list(sheet.iter_rows())
    assert len(rows) == 14
    assert not any(cell.data_type == "f" for row in rows for cell in row)


def test_export_takes_the_list_as_it_is_filtered_or_picked(lead, world):
    url = f"{reverse('registry:export')}?park={world.parks[0].pk}"
    text = body(lead.post(url, {"reason": "三季度统计", "form": "csv"})).decode("utf-8-sig")
    assert text.count("\r\n") == 2 + 3
    data = {"reason": "三季度统计", "form": "csv", "pick": [world.enterprises[4].pk]}
    text = body(lead.post(reverse("registry:export"), data)).decode("utf-8-sig")
    assert text.count("\r\n") == 2 + 1 and world.enterprises[4].name in text


def test_who_may_export(world, client):
    for role in (Role.GRID_LEADER, Role.VIEWER, Role.CONTACT):
        client.force_login(world.user(role))
        response = client.post(reverse("registry:export"), {"reason": "三季度统计", "form": "csv"})
        assert response.status_code == 403


def test_an_empty_list_is_not_exported(lead):
    html = lead.post(f"{reverse('registry:export')}?status=revoked", {"reason": "三季度统计", "form": "csv"})
    assert "名单是空的" in html.content.decode()
