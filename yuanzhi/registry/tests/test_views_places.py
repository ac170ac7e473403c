"""Parks, buildings, grids, captains, the quality to-do, settings and pickers."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.world import build, code_of
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.models import HistoryEntry, PublishedYear
from yuanzhi.registry import actions, twins
from yuanzhi.registry.forms.places import read_rooms
from yuanzhi.registry.lists import MISSING, bounded, missing
from yuanzhi.registry.models import Building, Enterprise, FactConflict, Park, ParkCaptain, Unit
from yuanzhi.registry.queries import communities_to_search
from yuanzhi.registry.queries.quality import live_of, stale_count
from yuanzhi.registry.tasks import find_twins_everywhere

TODAY = dt.date.today()


@pytest.fixture
def lead(world, client):
    client.force_login(world.user(Role.LEAD))
    return client


def page(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def of(name, row):
    return reverse(f"registry:{name}", args=[row.pk])


# -- parks and buildings ---------------------------------------------------------------------------------


def test_parks_say_grid_captain_and_how_many(lead, world):
    html = page(lead, "/parks/")
    for word in ("云溪1号园", "文一西路100号", "第 1 网格", "3 家", "1 栋"):
        assert word in html
    assert "云溪3号园" not in page(lead, f"/parks/?grid={world.grids[0].pk}").split('id="list"')[1]
    assert "没有这样的园区" in page(lead, "/parks/?q=没有的")
    assert lead.get("/parks/?grid=x&after=y").status_code == 200


def test_as_many_queries_for_one_park_as_for_eight(client, db):
    counts = []
    for world in (
        build("yi", "一家社区", parks=1, enterprises=1),
        build("duo", "多家社区", parks=8, enterprises=9),
    ):
        client.force_login(world.user(Role.LEAD))
        client.get("/parks/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/parks/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 13


def test_a_park_tells_who_is_there_and_who_looks_after_it(lead, world):
    html = page(lead, of("park", world.parks[0]))
    for word in (
        "A座",
        "10 层",
        "3 家企业",
        world.enterprises[0].name,
        "网格长",
        "专职网格员",
        "运营方",
        "物业",
    ):
        assert word in html
    page(lead, reverse("registry:park", args=[999_999]), 404)


def test_add_and_correct_places(lead, world):
    lead.post("/parks/new/", {"name": "海创科技园", "aliases": "海创，海创园", "address": "仓兴街1号"})
    park = Park.objects.get(name="海创科技园")
    assert park.aliases == ["海创", "海创园"]
    twice = lead.post("/parks/new/", {"name": "海创科技园", "operator_name": "某运营"}).content.decode()
    assert "已经有叫" in twice and 'value="某运营"' in twice
    lead.post(of("add_building", park), {"name": "B座", "floors": "12"})
    building = Building.objects.get(park=park)
    assert (building.height, len(building.code)) == (48.0, 8)
    lead.post(of("edit_building", building), {"name": "B座", "floors": "13", "height": "50"})
    lead.post(of("add_rooms", building), {"rooms": "1201-1204，1301A"})
    assert list(Unit.objects.filter(building=building).values_list("floor", "room")) == [
        (12, "1201"), (12, "1202"), (12, "1203"), (12, "1204"), (13, "1301A"),
    ]  # fmt: skip
    assert "却有 15 层" in lead.post(of("add_rooms", building), {"rooms": "1501"}).content.decode()
    html = page(lead, of("building", building))
    assert "13 层" in html and "1301A 空着" in html and "没有登记房间" in html


@pytest.mark.parametrize(
    ("typed", "rooms"),
    [
        ("101", [(1, "101")]),
        ("1501-1503", [(15, "1501"), (15, "1502"), (15, "1503")]),
        ("A301、A302", [(3, "A301"), (3, "A302")]),
        ("0801-0802", [(8, "0801"), (8, "0802")]),
        ("88", [(1, "88")]),
        ("1501至1502；1601", [(15, "1501"), (15, "1502"), (16, "1601")]),
    ],
)
def test_rooms_as_a_floor_plan_writes_them(typed, rooms):
    assert read_rooms(typed) == rooms


@pytest.mark.parametrize("typed", ["", "大厅", "1503-1501", "101-999", "A101-B105", "1501-1502A"])
def test_rooms_that_cannot_be_read(typed):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        read_rooms(typed)


def test_a_building_is_a_stack_with_the_topmost_floor_first(lead, world):
    building, lead_actor = world.buildings[0], world.actor(Role.LEAD)
    (room,) = actions.add_units(actor=lead_actor, building=building, rooms=[(9, "901")])
    from yuanzhi.registry.actions.tenancies import seat

    actions.move_in(actor=lead_actor, enterprise=world.enterprises[0], to=seat(building.park, building, room))
    html = page(lead, of("building", building))
    assert html.index("10 层</b>") < html.index("9 层</b>") < html.index("1 层</b>") < html.index("不详</b>")
    assert "901・10 人" in html and html.count("房号不详") == 2


def test_the_code_at_the_door(lead, world):
    html = page(lead, of("poster", world.buildings[0]))
    assert "<svg" in html and world.buildings[0].code in html and "style=" not in html.split("<article")[1]


def test_a_captain_sees_no_grid_of_others_enterprises(world, client):
    """Places are no secret; who sits in another park is."""
    client.force_login(world.user(Role.CAPTAIN))
    assert world.enterprises[0].name in page(client, of("park", world.parks[0]))
    assert world.enterprises[1].name not in page(client, of("park", world.parks[1]))
    assert world.enterprises[1].short_name not in page(client, of("building", world.buildings[1]))


# -- grids and captains ----------------------------------------------------------------------------------


def test_grids_say_who_is_missing(lead, world):
    html = page(lead, "/grids/")
    assert "第 1 网格缺 2 名专职网格员" in html
    assert "第 2 网格缺 1 名网格长、3 名专职网格员、1 名兼职网格员" in html
    assert "缺 2 名专职网格员" in page(lead, of("grid", world.grids[0]))
    page(lead, reverse("registry:grid", args=[999_999]), 404)


def test_a_new_grid_takes_a_park(lead, world):
    lead.post("/grids/new/", {"number": "3"})
    assert "第 3 网格已经有了" in lead.post("/grids/new/", {"number": "3"}).content.decode()
    grid = world.community.grids.get(number=3)
    lead.post(of("assign_park", world.parks[3]), {"grid": grid.pk, "why": "工作量太重"})
    assert world.parks[3].name in page(lead, of("grid", grid))


def test_appoint_and_dismiss_a_captain(lead, world):
    park, user = world.parks[2], world.user(Role.EMPLOYEE)
    url = of("appoint", park)
    assert "没有找到" in lead.post(url, {"person_text": "没有这个人"}).content.decode()
    lead.post(url, {"person": user.pk, "valid_to": (TODAY + dt.timedelta(days=10)).isoformat()})
    captain = ParkCaptain.objects.get(park=park)
    assert "快到期" in page(lead, of("park", park)) and "快到期" in page(lead, "/grids/")
    lead.post(of("dismiss", captain), {})
    assert "还没有园区长" in page(lead, "/grids/")


def test_a_term_that_ran_out_is_flagged(lead, world):
    actions.appoint_captain(
        actor=world.actor(Role.LEAD), park=world.parks[2], user=world.user(Role.EMPLOYEE),
        valid_from=TODAY - dt.timedelta(days=400), valid_to=TODAY - dt.timedelta(days=30),
    )  # fmt: skip
    for url in ("/grids/", "/parks/", of("park", world.parks[2])):
        assert "任期已过" in page(lead, url)


# -- quality ---------------------------------------------------------------------------------------------


@pytest.fixture
def untidy(world):
    """One enterprise to be placed by its address, one nobody can place, one contradiction, one twin."""
    house, lead = world.house, world.actor(Role.LEAD)
    source = actions.source_for(house, "import", "街道名单", dt.date(2026, 1, 5))
    make = lambda **facts: actions.register_enterprise(actor=house, facts=facts, source=source)  # noqa: E731
    clear = make(name="杭州青禾有限公司", registered_address="文一西路102号A座")
    vague = make(name="杭州听潮有限公司", registered_address="某处")
    twin = make(name="杭州 听潮有限公司", uscc=code_of(77_777))
    actions.state_facts(actor=lead, enterprise=world.enterprises[0], facts={"headcount": 50})
    actions.state_facts(actor=house, enterprise=world.enterprises[0], facts={"headcount": 40}, source=source)
    return clear, vague, twin


def test_the_to_do_list_counts_and_leads_to_its_rows(lead, world, untidy):
    twins.look(world.community.pk)
    html = page(lead, "/quality/")
    for word in ("待落图", "说法不一", "像是登记了两遍", "没有信用代码", "没有行业", "一年没核实过"):
        assert word in html
    context = lead.get("/quality/").context
    assert (context["to_place"].count, context["conflict"].count, context["twins"].text) == (3, 1, "1")
    for row in context["lacking"]:
        found = lead.get(row["url"]).context["count"]
        assert found == f"{row['count'].text} 家", row["title"]
    assert lead.get(context["stale_url"]).context["count"] == f"{context['stale'].text} 家"


def test_a_grid_member_counts_the_own_grid_only(world, client, untidy):
    client.force_login(world.user(Role.GRID_MEMBER))
    context = client.get("/quality/").context
    assert context["to_place"].count == 0 and context["stale"].count == 5


def test_place_by_proposal(lead, world, untidy):
    clear, vague, _ = untidy
    html = page(lead, "/quality/to-place/")
    assert "其中 1 家的地址认得出来" in html and "认不出来" in html
    seat = f"b:{world.buildings[2].pk}"
    assert f'value="{seat}"' in html
    url = reverse("registry:place_proposed")
    done = lead.post(url, {"pick": [clear.pk, vague.pk], f"seat_{clear.pk}": seat}, follow=True)
    assert "1 家落到图上了" in done.content.decode() and "没有建议的位置" in done.content.decode()
    clear.refresh_from_db()
    assert clear.building_id == world.buildings[2].pk


def test_conflicts_and_twins_are_worked_off(lead, world, untidy):
    _, vague, twin = untidy
    twins.look(world.community.pk)
    assert world.enterprises[0].name in page(lead, "/quality/conflicts/")
    lead.post(of("decide", FactConflict.objects.get()), {"take": "old", "back": "/quality/conflicts/"})
    assert "没有说法不一的" in page(lead, "/quality/conflicts/")
    html = page(lead, "/quality/duplicates/")
    assert "名称一样" in html and f"{of('merge', vague)}?with={twin.pk}" in html
    lead.post(of("merge", vague), {"other": twin.pk, "keep": vague.pk})
    assert "没有像的" in page(lead, "/quality/duplicates/")


def test_twins_are_looked_for_in_the_background_and_again_when_asked(lead, world, untidy):
    _, vague, twin = untidy
    assert "还没有查过" in page(lead, "/quality/duplicates/")
    assert "正在后台查" in lead.post("/quality/duplicates/search/", follow=True).content.decode()
    drain()
    html = page(lead, "/quality/duplicates/")
    assert "查的，共 1 组" in html and twin.name in html
    merged = actions.merge(actor=world.actor(Role.LEAD), kept=vague, gone=twin)
    assert "没有像的" in page(lead, "/quality/duplicates/")
    actions.unmerge(actor=world.actor(Role.LEAD), made=merged)
    find_twins_everywhere.func()
    assert "查的，共 1 组" in page(lead, "/quality/duplicates/")


def test_twins_are_looked_for_only_where_something_happened(world, untidy):
    find_twins_everywhere.func()
    assert communities_to_search() == []
    actions.state_facts(actor=world.actor(Role.LEAD), enterprise=untidy[0], facts={"headcount": 7})
    assert communities_to_search() == [world.community.pk]


@pytest.mark.parametrize(("never", "old"), [(0, 0), (2, 1), (0, 3), (3, 0)])
def test_stale_ones_are_counted_in_two_stretches(world, never, old):
    """Capped like all the others, whichever stretch they lie in."""
    Enterprise.objects.all().update(confirmed_on=TODAY)
    ids = [row.pk for row in world.enterprises]
    Enterprise.objects.filter(pk__in=ids[:never]).update(confirmed_on=None)
    long_ago = TODAY - dt.timedelta(days=800)
    Enterprise.objects.filter(pk__in=ids[never : never + old]).update(confirmed_on=long_ago)
    found = stale_count(live_of(world.actor(Role.LEAD)), TODAY, most=2)
    assert (found.count, found.over) == (min(2, never + old), never + old > 2)


@pytest.mark.parametrize("code", [*MISSING, "to_place"])
def test_counts_of_the_to_do_list_come_from_an_index_alone(world, code):
    """What SQLite has to look up row by row takes a hundred times as long at a million enterprises."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL decides by its statistics")
    rows = live_of(world.actor(Role.LEAD))
    rows = rows.filter(placement="to_place") if code == "to_place" else rows.filter(missing(code))
    with CaptureQueriesContext(connection) as seen:
        bounded(rows, rare=True)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + seen.captured_queries[0]["sql"])
        plan = " ".join(str(line[-1]) for line in cursor.fetchall())
    assert "USING COVERING INDEX enterprise_" in plan, plan


def test_a_clean_register_says_so(lead, world):
    Enterprise.objects.all().update(
        established_on=TODAY, division="65", capital=1, business="软件", confirmed_on=TODAY
    )
    assert "名录很干净" in page(lead, "/quality/")


# -- settings --------------------------------------------------------------------------------------------


def test_settings_are_read_and_kept(lead, world):
    url = "/settings/community/"
    assert "09:00-12:00, 13:30-17:30" in page(lead, url)
    data = {"name": "云溪社区", "phone": "0571-88880000", "office_hours": "8:30-11:30，13:00-17:00"}
    lead.post(url, data | {"address_words": "梦想小镇\n\n未来科技城"})
    world.community.refresh_from_db()
    assert world.community.office_hours == [["08:30", "11:30"], ["13:00", "17:00"]]
    assert world.community.address_words == ["梦想小镇", "未来科技城"]
    wrong = lead.post(url, data | {"office_hours": "早上到晚上"}).content.decode()
    assert "看不懂办公时间" in wrong and 'value="早上到晚上"' in wrong


NOTICE = """一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日至11日放假调休，共7天。1月30日（周六）上班。"""


def test_a_year_is_read_looked_at_and_then_published(lead, world):
    url = reverse("registry:calendar_year")
    assert "未发布" in page(lead, "/settings/community/?year=2027")
    data = {"year": "2027", "source": "国办发明电〔2026〕7号", "notice": NOTICE}
    read = lead.post(url, data).content.decode()
    assert "1 月 30 日（周六）照常上班" in read and not PublishedYear.objects.filter(pk=2027).exists()
    lead.post(url, data | {"confirmed": "1"})
    assert PublishedYear.objects.get(pk=2027).source == "国办发明电〔2026〕7号"
    assert "共 7 天" in page(lead, "/settings/community/?year=2027")
    assert HistoryEntry.objects.filter(verb="calendar.published").exists()
    assert "没有读到放假安排" in lead.post(url, data | {"notice": "随便写写"}).content.decode()


# -- pickers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("云溪1号园", "p"), ("yx1", "p"), ("云溪1号园 A座", "b"), ("云溪1号园A座", "b"), ("云溪1号园 A", "b"),
        ("云溪1号园 A座 301", "u"), ("云溪1号园A座301", "u"), ("云溪1号园 301", "u"),
    ],
)  # fmt: skip
def test_a_seat_is_found_as_people_write_it(lead, world, words, code):
    (room,) = actions.add_units(actor=world.house, building=world.buildings[0], rooms=[(3, "301")])
    first = {"p": world.parks[0], "b": world.buildings[0], "u": room}[code]
    html = page(lead, f"{reverse('registry:pick_seat')}?q={words}")
    assert html.index('data-id="') == html.index(f'data-id="{code}:{first.pk}"')


def test_pickers_stay_within_what_one_may_see(world, neighbour, client):
    client.force_login(world.user(Role.CAPTAIN))
    for words, count in (("云图", 1), ("禾一", 0), ("yt", 1)):
        html = page(client, f"{reverse('registry:pick_enterprise')}?q={words}")
        assert html.count("data-id") == count, words
    client.force_login(world.user(Role.LEAD))
    assert "data-id" not in page(client, reverse("registry:pick_seat") + "?q=邻渠1号园")
    assert page(client, reverse("registry:pick_park") + "?q=yx").count("data-id") == 4
    assert "data-id" in page(client, reverse("registry:pick_person") + "?q=网格长")
    assert "输入名称" in page(client, reverse("registry:pick_enterprise"))


def test_festivals_read_as_people_say_them():
    from yuanzhi.kernel.workdays import Day, Kind
    from yuanzhi.registry.views.settings import spans

    days = [
        (dt.date(2026, 9, 20), Day(Kind.MAKEUP, "国庆节")),
        (dt.date(2026, 9, 25), Day(Kind.HOLIDAY, "中秋节")),
    ]
    days += [(dt.date(2026, 10, n), Day(Kind.HOLIDAY, "国庆节")) for n in range(1, 8)]
    days += [
        (dt.date(2026, 1, 1), Day(Kind.HOLIDAY, "元旦")),
        (dt.date(2026, 12, 31), Day(Kind.HOLIDAY, "元旦")),
    ]
    assert [(line["name"], line["off"], line["work"]) for line in spans(days)] == [
        ("元旦", "1 月 1 日（周四）", []),
        ("国庆节", "10 月 1 日（周四）至 10 月 7 日（周三）", ["9 月 20 日（周日）"]),
        ("中秋节", "9 月 25 日（周五）", []),
        ("元旦", "12 月 31 日（周四）", []),
    ]
