"""一张图: figures, who sees which, the list, the drawing, the ground as GeoJSON."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.world import build
from yuanzhi.accounts.roles import Role
from yuanzhi.registry import actions
from yuanzhi.registry.figures import figures_for, nowhere
from yuanzhi.registry.models import Enterprise, Unit
from yuanzhi.registry.queries.ground import borders_of, ground_of


@pytest.fixture
def lead(world, client):
    client.force_login(world.user(Role.LEAD))
    return client


def page(client, url="/map/"):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def figure(world, code, role=Role.LEAD):
    actor = world.actor(role)
    return figures_for(actor)[code].of(world.community.pk, actor)


# -- figures ---------------------------------------------------------------------------------------------


def test_figures_count_by_park(world):
    first, second = world.parks[:2]
    assert figure(world, "enterprises") == dict.fromkeys((p.pk for p in world.parks), 3)
    assert figure(world, "employees")[first.pk] == 10 + 14 + 18
    Unit.objects.create(building=world.buildings[1], floor=2, room="201")
    assert figure(world, "vacant") == {second.pk: 1}
    Enterprise.objects.filter(pk=world.enterprises[0].pk).update(confirmed_on="2020-01-01")
    assert figure(world, "stale")[first.pk] >= 1


def test_enterprises_that_left_count_nowhere(world):
    gone = world.enterprises[0]
    Enterprise.objects.filter(pk=gone.pk).update(status="moved_out")
    for code in ("enterprises", "stale"):
        assert figure(world, code).get(world.parks[0].pk, 0) <= 2


def test_to_place_counts_what_the_address_names_and_what_lacks_a_building(world):
    rows = [Enterprise.objects.get(pk=e.pk) for e in world.enterprises[:3]]
    Enterprise.objects.filter(pk=rows[0].pk).update(
        park=None, building=None, placement="to_place", registered_address=f"{world.parks[2].name}A座3楼"
    )
    Enterprise.objects.filter(pk=rows[1].pk).update(building=None)
    Enterprise.objects.filter(pk=rows[2].pk).update(
        park=None, building=None, placement="to_place", registered_address="不知道在哪"
    )
    assert figure(world, "to_place") == {world.parks[2].pk: 1, world.parks[1].pk: 1}
    assert nowhere(world.actor(Role.LEAD)) == 1


@pytest.mark.parametrize(
    "code", ["enterprises", "employees", "to_place", "stale", "vacant", "open_cases", "breached"]
)
def test_a_figure_takes_few_queries(world, code):
    actor = world.actor(Role.LEAD)
    with CaptureQueriesContext(connection) as seen:
        figures_for(actor)[code].of(world.community.pk, actor)
    assert len(seen) <= (4 if code == "to_place" else 1)


def test_who_sees_a_part_is_told_so_and_sees_no_more(world, client):
    """A captain's reach is one park; the others' employees are nobody's business of theirs."""
    figures = figures_for(world.actor(Role.CAPTAIN))
    assert figures["employees"].partial_for(world.actor(Role.CAPTAIN))
    assert not figures["enterprises"].partial_for(world.actor(Role.CAPTAIN))
    assert set(figure(world, "employees", Role.CAPTAIN)) == {world.parks[0].pk}
    client.force_login(world.user(Role.CAPTAIN))
    assert "只算您看得到的" in page(client, "/map/?figure=employees")
    assert "stale" not in figures_for(world.actor(Role.PARTNER))
    client.force_login(world.user(Role.PARTNER))
    assert "在册企业" in page(client, "/map/?figure=stale"), "what one may not see falls back to what one may"


# -- the page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["3d", "flat", "svg", "nonsense"])
def test_every_view_is_drawn_without_javascript(lead, world, view):
    html = page(lead, f"/map/?view={view}&figure=enterprises")
    assert html.count('class="lot step-') == 4
    for park in world.parks:
        assert f'href="/parks/{park.pk}/"' in html and park.name in html
    assert "在册企业共 12 家" in html and "截至" in html and "落在园区、存续或停业的企业" in html
    assert f"/enterprises/?park={world.parks[0].pk}" in html, "a figure leads to its rows"


def test_htmx_gets_list_and_legend_alone(lead):
    response = lead.get("/map/?figure=employees", headers={"HX-Request": "true"})
    html = response.content.decode()
    assert html.lstrip().startswith("<section") and '<svg class="drawing' not in html
    assert 'hx-swap-oob="true"' in html and "HX-Request" in response["Vary"]


def test_grids_are_coloured_and_listed(lead, world):
    html = page(lead, "/map/?figure=grids&view=svg")
    assert 'class="lot tint-0"' in html and 'class="lot tint-1"' in html
    assert "第 1 网格" in html and "重新划分" in html and 'class="numbers"' in html


def test_a_park_without_a_place_is_named_below(lead, world):
    actions.add_park(actor=world.house, name="还没落图的园")
    html = page(lead)
    assert "还没有位置" in html and "还没落图的园" in html
    assert html.count('class="lot ') == 4


def test_before_there_are_parks_the_page_says_what_to_do(client, db):
    empty = build("kong", "空空社区", parks=1, enterprises=1)
    empty.parks[0].lng = None
    empty.parks[0].save(update_fields=["lng"])
    client.force_login(empty.user(Role.LEAD))
    assert "图上还没有园区" in page(client)


def test_as_many_queries_for_four_parks_as_for_twelve(client, db):
    counts = []
    for code, parks in (("si", 4), ("shier", 12)):
        client.force_login(build(code, f"{code}社区", parks=parks, enterprises=parks).user(Role.LEAD))
        page(client)
        with CaptureQueriesContext(connection) as seen:
            page(client)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 16


# -- the ground ------------------------------------------------------------------------------------------


def test_the_ground_is_kept_by_the_browser_until_it_changes(lead, world):
    first = lead.get("/map/places.json")
    assert {"private", "max-age=60"} == set(first["Cache-Control"].split(", "))
    assert lead.get("/map/places.json", headers={"If-None-Match": first["ETag"]}).status_code == 304
    packed = lead.get("/map/places.json", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip" and packed["Vary"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}
    assert lead.get("/map/places.json", headers=again).status_code == 304
    actions.edit_park(actor=world.house, park=world.parks[0], name="改了名的园")
    fresh = lead.get("/map/places.json", headers={"If-None-Match": first["ETag"]})
    assert fresh.status_code == 200
    names = {f["properties"]["name"] for f in fresh.json()["parks"]["features"]}
    assert "改了名的园" in names and len(names) == 4


def test_the_ground_holds_no_figures_and_nobody_elses_places(lead, world):
    build("linqu", "邻渠社区", parks=2, enterprises=3)
    text = lead.get("/map/places.json").content.decode()
    assert "邻渠" not in text and all(e.name not in text for e in world.enterprises)


def test_outlines_footprints_and_backdrop_that_are_nonsense_are_left_out(world):
    world.community.backdrop = [7, {"geometry": "x"}, {"type": "Feature", "geometry": {"type": "Polygon"}}]
    world.community.boundary = {"type": "Polygon", "coordinates": "四至"}
    world.community.save()
    world.parks[0].outline = {"type": "Polygon", "coordinates": [[[1]]]}
    world.parks[0].save()
    world.buildings[0].footprint = {"kaputt": True}
    world.buildings[0].save()
    ground = ground_of(world.actor(Role.LEAD))
    assert len(ground.plots) == 4 and ground.strips == () and ground.boundary == ()
    assert all(plot.is_stand_in for plot in ground.plots)


def test_borders_follow_the_grids(world):
    actor = world.actor(Role.LEAD)
    before = borders_of(ground_of(actor))
    actions.assign_parks(actor=world.house, plan={world.parks[2].pk: world.grids[0].pk})
    assert before and borders_of(ground_of(actor)) != before
