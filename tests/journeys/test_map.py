"""The map and districting as a person uses them: with WebGL, without it, without JavaScript, on the phone."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from tests.journeys.conftest import CHROMIUM, DESKTOP, SUPPRESS_MOTION
from tests.world import build
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.templatetags.ui import bundle
from yuanzhi.registry import actions
from yuanzhi.registry.models import Community

# Software WebGL: what a machine without a graphics card has.
WITH_WEBGL = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
BUDGET = 550 * 1024
LAYOUT_SHIFT = """() => performance.getEntriesByType('layout-shift').reduce((sum, e) => sum + e.value, 0)"""


def plate(x: float, y: float, reach: float = 0.0007) -> dict:
    corners = [(x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach), (x - reach, y + reach)]
    return {"type": "Polygon", "coordinates": [[*map(list, corners), list(corners[0])]]}


@pytest.fixture
def town(transactional_db):
    """Six parks in two rows with a tower each, a canal between, three grids; all cases in the second park."""
    world = build(parks=6, enterprises=18)
    canal = [
        [119.998, 30.2788],
        [120.006, 30.2788],
        [120.006, 30.2792],
        [119.998, 30.2792],
        [119.998, 30.2788],
    ]
    water = {
        "type": "Feature",
        "properties": {"kind": "canal", "name": "运河"},
        "geometry": {"type": "Polygon", "coordinates": [canal]},
    }
    Community.objects.filter(pk=world.community.pk).update(
        backdrop=[water], boundary=plate(120.002, 30.279, 0.004)
    )
    for index, (park, building) in enumerate(zip(world.parks, world.buildings, strict=True)):
        x, y = 120.0 + index % 3 * 0.002, 30.278 + index // 3 * 0.002
        actions.edit_park(actor=world.house, park=park, outline=plate(x, y))
        actions.edit_building(
            actor=world.house, building=building, footprint=plate(x, y, 0.0002), height=40.0
        )
    for _ in range(3):
        cases.open_case(actor=world.house, enterprise=world.enterprises[1], words="电梯又停了")
    # Grid 1 has four parks now: something to put right.
    actions.assign_parks(
        actor=world.house, plan={p.pk: world.grids[0].pk for p in (world.parks[2], world.parks[3])}
    )
    return world


def at(page: Page, url: str) -> Page:
    page.goto(url)
    page.wait_for_selector("html[data-map]")
    return page


def test_without_webgl_the_drawn_map_serves(page, town, sign_in, axe, no_sideways_scroll, shots):
    sign_in(page, town.user(Role.LEAD))
    at(page, "/map/?view=svg&figure=open_cases")
    expect(page.get_by_role("group", name=re.compile("未结诉求共 3 件"))).to_be_visible()
    expect(page.locator("a.lot.step-0")).to_have_count(5)
    axe(page)
    no_sideways_scroll(page)
    shots(page, "map_svg")
    # Another figure recolours the same drawing and renews list, legend and address.
    page.get_by_label("按什么上色").select_option("enterprises")
    expect(page.get_by_role("heading", name="在册企业最多的园区")).to_be_visible()
    expect(page.get_by_role("group", name=re.compile("在册企业共 18 家"))).to_be_visible()
    expect(page.get_by_label("在册企业", exact=True)).to_contain_text("家起")
    expect(page).to_have_url(re.compile("figure=enterprises"))
    page.get_by_role("link", name=re.compile("云溪2号园，第 1 网格")).focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/parks/{town.parks[1].pk}/$"))
    page.go_back()
    expect(page.get_by_role("heading", name="在册企业最多的园区")).to_be_visible()


def test_a_device_that_cannot_draw_it_is_told(page, town, sign_in):
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    sign_in(page, town.user(Role.LEAD))
    at(page, "/map/")
    expect(page.locator("html")).to_have_attribute("data-map", "drawn")
    expect(page.locator("[data-note]")).to_be_visible()
    expect(page.locator("svg.drawing")).to_be_visible()


def test_without_javascript_everything_is_there(browser, live_server, town, client):
    client.force_login(town.user(Role.LEAD))
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, viewport=DESKTOP)
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto("/map/")
    expect(page.locator("svg.drawing")).to_be_visible()
    page.get_by_label("按什么上色").select_option("grids")
    page.get_by_role("button", name="看", exact=True).click()
    expect(page.get_by_role("heading", name="网格", exact=True)).to_be_visible()
    page.get_by_role("link", name="平面").click()
    expect(page.locator("svg.drawing.flat")).to_be_visible()
    page.goto("/districting/")
    page.get_by_label("最重的网格不超过平均的几倍").fill("1.30")  # with six parks it can't be very even
    page.get_by_role("button", name="推算方案").click()
    expect(page.get_by_role("heading", name="排队中")).to_be_visible()
    drain()
    page.reload()
    expect(page.get_by_text("已证明最优").first).to_be_visible()
    context.close()


def test_with_webgl_the_map_is_live(browser, live_server, town, client, watch):
    """In software it is slow, but it is the real thing: no error, no violation, nothing off origin."""
    if not bundle("map.js"):
        pytest.skip("地图的前端库没有打包：python frontend/build.py")
    client.force_login(town.user(Role.LEAD))
    cookie = {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
    }
    chromium = browser.browser_type.launch(executable_path=CHROMIUM, args=WITH_WEBGL)
    try:
        context = chromium.new_context(
            base_url=live_server.url, viewport=DESKTOP, locale="zh-CN", **SUPPRESS_MOTION
        )
        context.set_default_timeout(60_000)
        context.add_cookies([{**cookie, "url": live_server.url}])
        watch.attach(context)
        page = context.new_page()
        at(page, "/map/")
        if page.locator("html").get_attribute("data-map") != "live":
            pytest.skip("这个浏览器没有 WebGL")
        expect(page.locator("svg.drawing")).to_be_hidden()
        canvas = page.get_by_role("region", name=re.compile("社区地图"))
        expect(canvas).to_be_visible()
        page.get_by_role("button", name="放大").click()
        page.get_by_role("link", name="平面").click()
        expect(page).to_have_url(re.compile("view=flat"))
        expect(page.get_by_role("link", name="平面")).to_have_attribute("aria-current", "true")
        page.get_by_label("按什么上色").select_option("grids")
        expect(page.get_by_role("heading", name="网格", exact=True)).to_be_visible()
        page.get_by_role("button", name="换成深色").click()
        expect(page.locator(".map-frame.dark-map")).to_be_visible()
        assert page.evaluate(LAYOUT_SHIFT) < 0.02
    finally:
        chromium.close()
    assert watch.unexpected == []


def test_what_the_map_transfers(town, client):
    """Page, ground, bundles and the house's own files, compressed as they are served."""
    import brotli

    if not bundle("map.js"):
        pytest.skip("地图的前端库没有打包：python frontend/build.py")
    client.force_login(town.user(Role.LEAD))
    html = client.get("/map/").content
    packed = {"Accept-Encoding": "gzip"}
    total = sum(len(client.get(url, headers=packed).content) for url in ("/map/", "/map/places.json"))
    assets = set(re.findall(r'(?:href|src|data-script|data-worker)="(/static/[^"]+)"', html.decode()))
    for url in assets:
        body = b"".join(client.get(url).streaming_content)
        total += len(brotli.compress(body, quality=11))
    assert total < BUDGET, f"{total / 1024:.0f} KB"


def test_on_the_phone_the_list_follows_the_map(phone, town, sign_in, axe):
    sign_in(phone, town.user(Role.LEAD))
    at(phone, "/map/?view=svg")
    frame, side = phone.locator(".map-frame").bounding_box(), phone.locator("#side").bounding_box()
    assert frame["y"] + frame["height"] <= side["y"] + 1 and frame["height"] < 600
    axe(phone)


def test_a_better_partition_is_asked_for_and_taken(page, town, sign_in, axe, no_sideways_scroll, shots):
    sign_in(page, town.user(Role.LEAD))
    page.goto("/districting/")
    axe(page)
    no_sideways_scroll(page)
    shots(page, "districting", full_page=True)
    page.get_by_text("工作量怎么算、哪些园区不动").click()
    page.get_by_label("云溪6号园（第 3 网格）").check()
    axe(page)
    page.get_by_label("最重的网格不超过平均的几倍").fill("1.30")  # with six parks it can't be very even
    page.get_by_role("button", name="推算方案").click()
    expect(page.get_by_role("heading", name="排队中")).to_be_visible()
    axe(page)
    drain()
    expect(page.get_by_role("heading", name="谁换到哪")).to_be_visible()  # by itself, when it is done
    expect(page.get_by_text("已证明最优").first).to_be_visible()
    axe(page)
    no_sideways_scroll(page)
    shots(page, "proposal", full_page=True)
    page.get_by_role("button", name="采用这个方案").click()
    page.get_by_role("alertdialog").get_by_role("button", name="采用").click()
    expect(page.get_by_text(re.compile("生效，"))).to_be_visible()
    expect(page.get_by_text("起按它划分")).to_be_visible()
