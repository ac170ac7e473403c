"""Forms of the register as a person fills them in: the first press counts, menus stay on the screen."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.world import World, build
from yuanzhi.accounts.roles import Role

from .conftest import STICKING_OUT


@pytest.fixture
def world(live_server) -> World:
    return build()


@pytest.fixture
def lead(sign_in, world: World, page: Page) -> Page:
    sign_in(page, world.user(Role.LEAD))
    return page


def test_the_first_press_counts_while_likenesses_are_still_being_looked_up(lead):
    lead.goto("/enterprises/new/")
    lead.wait_for_selector("html[data-ready]")
    lead.route(re.compile("/new/twins/"), lambda route: (time.sleep(0.8), route.continue_()))
    lead.get_by_label("企业名称").fill("杭州启明测试有限公司")
    lead.get_by_label("统一社会信用代码").fill("91330110ABC")
    lead.get_by_role("button", name="登记", exact=True).click()
    expect(lead.get_by_label("统一社会信用代码")).to_have_attribute("aria-invalid", "true")
    expect(lead.get_by_label("企业名称")).to_have_value("杭州启明测试有限公司")


def test_two_enterprises_are_put_side_by_side_by_the_picker(lead, world):
    it, other = world.enterprises[0], world.enterprises[4]
    lead.goto(f"/enterprises/{it.pk}/merge/")
    lead.wait_for_selector("html[data-ready]")
    lead.get_by_role("combobox", name="和哪一家是同一家").press_sequentially(other.name[2:4])
    lead.get_by_role("option", name=re.compile(other.name)).click()
    lead.get_by_role("button", name="放在一起看").click()
    expect(lead.get_by_role("columnheader", name=other.name)).to_be_visible()
    expect(lead.get_by_role("button", name="留下左边的")).to_be_visible()


def test_back_from_an_enterprise_brings_the_list_as_it_was_asked(lead, world):
    lead.goto("/enterprises/")
    lead.wait_for_selector("html[data-ready]")
    lead.get_by_role("searchbox", name="找企业").fill("云图")
    row = lead.get_by_role("link", name=world.enterprises[0].name)
    expect(lead.get_by_role("row")).to_have_count(2)
    lead.wait_for_url(re.compile("q="))
    row.click()
    expect(lead.get_by_role("heading", level=1, name=world.enterprises[0].name)).to_be_visible()
    lead.go_back()
    expect(lead.get_by_role("searchbox", name="找企业")).to_have_value("云图")
    expect(lead.get_by_role("row")).to_have_count(2)


@pytest.mark.parametrize("width", (320, 390, 1440))
def test_an_open_menu_stays_on_the_screen(lead, world, width, axe):
    lead.set_viewport_size({"width": width, "height": 900})
    lead.goto(f"/enterprises/{world.enterprises[0].pk}/")
    lead.wait_for_selector("html[data-ready]")
    lead.get_by_text("更多", exact=True).click()
    last = lead.get_by_role("link", name="和另一家是同一家")
    expect(last).to_be_visible()
    box = last.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= width
    assert lead.evaluate(STICKING_OUT) == []
    axe(lead)


def test_what_is_picked_is_counted_in_one_line_on_the_phone(phone, world, sign_in):
    sign_in(phone, world.user(Role.LEAD))
    phone.goto("/enterprises/")
    phone.wait_for_selector("html[data-ready]")
    phone.locator("[name=pick]").first.check()
    said = phone.get_by_text(re.compile("选中了"))
    expect(said).to_contain_text("1 家")
    assert phone.evaluate(STICKING_OUT) == []
    assert said.bounding_box()["height"] < 40
