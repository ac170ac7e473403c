"""Browser journeys: Debian's Chromium against the live server.

Whatever a journey does, at its end the page must have thrown no JavaScript error, broken no content
policy and asked nothing of another origin. A journey that provokes an error on purpose says so with
`watch.expect("part of the message")`.

Fixtures: `page`, `sign_in(user)`, `axe(page)`, `no_sideways_scroll(page)`, `shots(page, name)`, `watch`.
The page's policy forbids eval: wait with locators or on `html[data-ready]`, not on script strings.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Playwright's own event loop lives in the test's thread, where Django then suspects async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"
WIDTHS = (320, 360, 390, 600, 768, 1024, 1280, 1440, 1920, 2560)
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
SUPPRESS_MOTION = {"reduced_motion": "reduce"}
STICKING_OUT = (Path(__file__).parent / "sticking_out.js").read_text()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@dataclass
class Watch:
    """What went wrong in the browser while nobody looked."""

    origin: str
    seen: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def expect(self, *parts: str) -> None:
        """Messages containing one of these are part of the journey."""
        self.expected += parts

    @property
    def unexpected(self) -> list[str]:
        return [line for line in self.seen if not any(part in line for part in self.expected)]

    def attach(self, context: BrowserContext) -> None:
        context.add_init_script(
            "document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP violation:"
            " ${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`))"
        )
        context.on("weberror", lambda error: self.seen.append(f"JS error: {error.error}"))
        context.on("console", self._console)
        context.on("request", lambda request: self._request(request.url))

    def _console(self, message) -> None:
        if message.type == "error":
            self.seen.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if (
            parts.scheme in ("http", "https", "ws", "wss")
            and f"{parts.scheme}://{parts.netloc}" != self.origin
        ):
            self.seen.append(f"off origin: {url}")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory
) -> None:
    """SQLite in a file: the server's threads each have a connection, as in real life."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("journeys") / "test.sqlite3")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"没有浏览器 {CHROMIUM}：apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=SWITCHES)
        yield chromium
        chromium.close()


@pytest.fixture
def watch(live_server) -> Watch:
    return Watch(live_server.url)


@pytest.fixture
def context(browser: Browser, live_server, watch: Watch) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=live_server.url,
        viewport=DESKTOP,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="light",
        **SUPPRESS_MOTION,
    )
    context.set_default_timeout(10_000)
    watch.attach(context)
    yield context
    context.close()
    assert watch.unexpected == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A desktop page, light, with motion reduced."""
    return context.new_page()


@pytest.fixture
def phone(browser: Browser, live_server, watch: Watch) -> Iterator[Page]:
    """A page on a phone: narrow, touched with a finger."""
    context = browser.new_context(
        base_url=live_server.url,
        viewport=PHONE,
        device_scale_factor=2,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        **SUPPRESS_MOTION,
    )
    context.set_default_timeout(10_000)
    watch.attach(context)
    yield context.new_page()
    context.close()
    assert watch.unexpected == []


@pytest.fixture
def sign_in(client, live_server) -> Callable[[Page, object], None]:
    """`sign_in(page, user)`: the browser carries this user's session from now on."""

    def go(page: Page, user: object) -> None:
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return go


@pytest.fixture
def axe() -> Callable[..., None]:
    """`axe(page)`: no violation of WCAG 2.2 A and AA in either theme, dialogs as they stand."""
    # Without `preload`: axe would put imported sheets into the page, which the policy forbids it.
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": rules, "preload": False}

    def run(page: Page, themes: tuple[str, ...] = ("light", "dark"), ignore: tuple[str, ...] = ()) -> None:
        before = page.locator("html").get_attribute("data-theme")
        found = []
        for theme in themes:
            _set_theme(page, theme)
            for violation in Axe().run(page, options=options).response["violations"]:
                if violation["id"] not in ignore:
                    found += [
                        f"{theme} {violation['id']}: {node['html'][:160]} {node.get('failureSummary')}"
                        for node in violation["nodes"]
                    ]
        _set_theme(page, before or "auto")
        assert not found, "\n".join(found)

    return run


@pytest.fixture
def no_sideways_scroll() -> Callable[..., None]:
    """`no_sideways_scroll(page)`: nothing sticks out from 320 to 2560 pixels, and no Chinese stands one
    character a line."""

    def run(page: Page, widths: tuple[int, ...] = WIDTHS) -> None:
        size = page.viewport_size or DESKTOP
        wrong = []
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            wrong += [f"{width}px: {line}" for line in page.evaluate(STICKING_OUT)]
        page.set_viewport_size(size)
        assert not wrong, "\n".join(wrong)

    return run


@pytest.fixture
def shots() -> Callable[..., None]:
    """`shots(page, name)`: screenshots light/dark × desktop/phone, into screenshots/ (git-ignored)."""

    def run(page: Page, name: str, full_page: bool = False) -> None:
        SCREENSHOTS.mkdir(exist_ok=True)
        size, before = page.viewport_size or DESKTOP, page.locator("html").get_attribute("data-theme")
        for device, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            page.set_viewport_size(viewport)
            for theme in ("light", "dark"):
                _set_theme(page, theme)
                page.screenshot(path=SCREENSHOTS / f"{name}_{theme}_{device}.png", full_page=full_page)
        page.set_viewport_size(size)
        _set_theme(page, before or "auto")

    return run


def _set_theme(page: Page, theme: str) -> None:
    # two frames later every colour has arrived
    page.evaluate(
        "(theme) => new Promise((done) => { document.documentElement.dataset.theme = theme;"
        " requestAnimationFrame(() => requestAnimationFrame(done)); })",
        theme,
    )
