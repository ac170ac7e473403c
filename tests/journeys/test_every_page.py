"""Every page of the house in Chromium, desktop and phone, light and dark: what ui.md asks of all of them.

A page is looked at once on each device. The whole of axe runs in the light theme; in the dark one its rules
about colour, as a theme changes nothing else. With SHOTS=1 pictures of all go to screenshots/pages/; WALK=registry
looks only at urls whose name has that in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as BrowserError

from tests.world import PASSWORD
from yuanzhi.accounts.roles import Role

from .conftest import DESKTOP, PHONE, SCREENSHOTS, STICKING_OUT, Watch, _set_theme
from .conftest import SUPPRESS_MOTION as CALM
from .walking import Itinerary, cookie_of, itinerary, sent_empty, session_of

FAULTS = (Path(__file__).parent / "plain_faults.js").read_text()
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RUN_AXE = """(rules) => axe.run(document, rules).then((found) => found.violations.flatMap((v) =>
  v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 160)} ${n.failureSummary.slice(0, 240)}`)))"""
WHOLE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # would put imported sheets into the page, which the policy forbids
}
COLOURS = {**WHOLE, "runOnly": {"type": "rule", "values": ["color-contrast"]}}
DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"viewport": PHONE, "device_scale_factor": 2, "has_touch": True, "is_mobile": True},
}
WIDTHS = {"desktop": (1440, 2560), "phone": (320, 390)}
PICTURES = SCREENSHOTS / "pages"


@pytest.fixture(autouse=True)
def style_page(settings: Any) -> None:
    settings.STYLE_PAGE = True


@pytest.fixture
def plan(live_server: Any) -> Itinerary:
    return itinerary(only=os.environ.get("WALK", ""))


class Walker:
    """Goes from page to page on one device and notes what is wrong."""

    def __init__(self, browser: Browser, device: str, origin: str) -> None:
        self.browser, self.device, self.origin = browser, device, origin
        self.found: list[str] = []
        self.seen = 0

    @contextmanager
    def visiting(self, client: Client) -> Iterator[tuple[Page, Watch]]:
        """A page of a browser that carries the client's session."""
        context = self.browser.new_context(
            base_url=self.origin, locale="zh-CN", timezone_id="Asia/Shanghai", **DEVICES[self.device], **CALM
        )
        context.set_default_timeout(10_000)
        context.add_cookies(cookie_of(client, self.origin))
        watch = Watch(self.origin)
        watch.attach(context)
        try:
            yield context.new_page(), watch
        finally:
            context.close()

    def report(self) -> None:
        assert self.found == [], "\n" + "\n".join(self.found)

    def look(self, page: Page, name: str, watch: Watch, *, quiet: bool = False) -> None:
        """Everything a machine can tell about the page as it stands."""
        self.seen += 1
        where = f"{name} on {self.device}"
        try:
            settle(page)
            wrong = list(page.evaluate(FAULTS, self.device == "phone"))
            page.evaluate(AXE)
            _set_theme(page, "light")
            wrong += page.evaluate(RUN_AXE, WHOLE)
            self.picture(page, name, "light")
            _set_theme(page, "dark")
            wrong += [f"dark: {line}" for line in page.evaluate(RUN_AXE, COLOURS)]
            self.picture(page, name, "dark")
            _set_theme(page, "light")
            if not quiet:
                wrong += self.widths(page)
        except (AssertionError, BrowserError) as error:
            wrong = [str(error)[:400]]
        self.found += [f"{where}: {line}" for line in [*wrong, *watch.unexpected]]
        watch.seen.clear()

    def widths(self, page: Page) -> list[str]:
        wrong = []
        for width in WIDTHS[self.device]:
            page.set_viewport_size({"width": width, "height": 900})
            wrong += [f"{width}px: {line}" for line in page.evaluate(STICKING_OUT)]
        page.set_viewport_size(DEVICES[self.device]["viewport"])
        return wrong

    def picture(self, page: Page, name: str, theme: str) -> None:
        if os.environ.get("SHOTS"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.{self.device}.{theme}.png", full_page=True)


def settle(page: Page) -> None:
    """The shell has started and what htmx brings by itself is there."""
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".htmx-request")).to_have_count(0)
    expect(page.locator("[hx-trigger~=load] > .skeleton")).to_have_count(0)


def test_somebody_sees_every_page(plan: Itinerary) -> None:
    assert plan.lost == []


@pytest.mark.parametrize("device", DEVICES)
def test_every_page(browser: Browser, live_server: Any, plan: Itinerary, device: str) -> None:
    walker = Walker(browser, device, live_server.url)
    for label, stops in plan.stops.items():
        with walker.visiting(session_of(plan.people[label])) as (page, watch):
            for stop in stops:
                page.goto(stop.url)
                walker.look(page, f"{stop.name}.{label}", watch)
    assert walker.seen == sum(map(len, plan.stops.values()))
    walker.report()


@pytest.mark.parametrize("device", DEVICES)
def test_every_form_sent_empty(browser: Browser, live_server: Any, plan: Itinerary, device: str) -> None:
    """The answers to forms that were sent with nothing in them: errors beside their fields, in words."""
    walker = Walker(browser, device, live_server.url)
    for label, stops in plan.stops.items():
        client = session_of(plan.people[label])
        with walker.visiting(client) as (page, watch):
            for stop, answer in sent_empty(client, stops):
                headers = {name: value for name, value in answer.items() if name != "Set-Cookie"}
                shown(page, stop.url, answer.content, headers)
                walker.look(page, f"{stop.name}.{label}.wrong", watch, quiet=True)
    assert walker.seen > 10
    walker.report()


@pytest.mark.parametrize("device", DEVICES)
def test_every_page_that_says_no(browser: Browser, live_server: Any, plan: Itinerary, device: str) -> None:
    """What is not there, not allowed, too old, too much or broken: a sentence and a way on."""
    walker = Walker(browser, device, live_server.url)
    with walker.visiting(Client()) as (page, watch):
        watch.expect("the server responded with a status of 4")
        page.goto("/nothing/here/")
        walker.look(page, "404.anonymous", watch)
        for name in ("400", "429", "500"):
            shown(page, f"/{name}/", render_to_string(f"{name}.html").encode(), {"Content-Type": "text/html"})
            walker.look(page, name, watch)
    with walker.visiting(session_of(plan.people[Role.CONTACT.value])) as (page, watch):
        watch.expect("the server responded with a status of 4")
        for name, url in (("404", "/nothing/here/"), ("403", "/people/"), ("405", "/notices/read/")):
            page.goto(url)
            walker.look(page, f"{name}.contact", watch)
        page.goto("/me/")
        page.context.clear_cookies(name="csrftoken")
        page.locator("form[action*=logout] button").click()
        expect(page.get_by_role("heading", name="页面放得太久了")).to_be_visible()
        walker.look(page, "403_csrf.contact", watch)
    walker.report()


@pytest.mark.parametrize("device", DEVICES)
def test_the_page_in_the_middle_of_signing_in(
    browser: Browser, live_server: Any, plan: Itinerary, device: str
) -> None:
    walker = Walker(browser, device, live_server.url)
    with walker.visiting(Client()) as (page, watch):
        page.goto(reverse("account_login"))
        page.get_by_label("用户名或手机号").fill(plan.people[Role.SYSTEM_ADMIN.value].user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(f"**{reverse('mfa_authenticate')}")
        walker.look(page, "mfa_authenticate", watch)
    walker.report()


def shown(page: Page, url: str, body: bytes, headers: dict[str, str]) -> None:
    """Open `url`, which is answered with `body` whatever stands there."""
    page.route(f"**{url}", lambda route: route.fulfill(status=200, headers=headers, body=body))
    page.goto(url)
    page.unroute(f"**{url}")
