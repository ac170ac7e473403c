"""The shell as a person uses it: palette, picker, drawer, theme, questions, and what it promises all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from yuanzhi.kernel.joining import served
from yuanzhi.kernel.templatetags import ui

SMALL_TARGETS = """() => [...document.querySelectorAll(`a.button, button.button, .chip, .nav a, .tabs a,
    select, textarea, .picker input, .look-tiles label, .look-chips label, .look-segmented label,
    .searchbox`)]
  .filter((e) => e.checkVisibility() && e.getBoundingClientRect().height < 43.5)
  .map((e) => `${e.className} ${e.textContent.trim().slice(0, 12)} ${e.getBoundingClientRect().height}`)"""
SMALL_TYPE = """() => [...document.querySelectorAll('input, select, textarea')]
  .filter((e) => !['checkbox', 'radio', 'hidden', 'file'].includes(e.type) && e.checkVisibility())
  .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 16).map((e) => e.name)"""
COMPOSING_ENTER = """(e) => e.dispatchEvent(new KeyboardEvent('keydown',
  { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }))"""
FRAMES = ("house", "bare", "focus", "full", "workbench")


@pytest.fixture(autouse=True)
def style_page(settings) -> None:
    settings.STYLE_PAGE = True


def at(page: Page, frame: str = "house") -> Page:
    page.goto(f"/__style?frame={frame}")
    page.wait_for_selector("html[data-ready]")
    return page


@pytest.mark.parametrize("frame", FRAMES)
def test_every_frame_is_accessible_and_fits_every_width(page, frame, axe, no_sideways_scroll, shots):
    at(page, frame)
    axe(page)
    no_sideways_scroll(page)
    shots(page, f"style_{frame}", full_page=frame == "house")


@pytest.mark.parametrize("frame", ("house", "workbench", "focus"))
def test_a_finger_finds_its_target(phone, frame, axe):
    at(phone, frame)
    assert phone.evaluate(SMALL_TARGETS) == []
    assert phone.evaluate(SMALL_TYPE) == []
    axe(phone)


def test_ctrl_k_finds_by_initials_and_enter_opens(page, axe):
    at(page, "workbench")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="搜索")
    expect(palette).to_be_visible()
    page.keyboard.type("yt")
    expect(palette.get_by_role("option", name=re.compile("云图数视（杭州）"))).to_be_visible()
    expect(palette.get_by_role("option", name=re.compile("微澜智能"))).to_have_count(0)
    axe(page)
    page.keyboard.press("ArrowDown")
    expect(palette.get_by_role("option", selected=True)).to_contain_text("云图数视（杭州）")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"picked=0"))


def test_escape_closes_the_palette_and_returns_the_focus(page):
    at(page, "workbench")
    page.locator(".searchbox").click()
    expect(page.get_by_role("combobox", name=re.compile("找企业"))).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(page.locator(".searchbox")).to_be_focused()


def test_the_newest_question_wins_over_a_late_answer(page):
    at(page, "workbench")
    # The answer to "y" takes longer than the one to "yt".
    page.route(re.compile(r"find\?q=y$"), lambda route: route.continue_(url=route.request.url + "&wait=0.6"))
    page.route(re.compile(r"find\?q=w$"), lambda route: route.continue_(url=route.request.url + "&wait=0.6"))
    page.keyboard.press("Control+k")
    page.keyboard.type("w")
    page.wait_for_timeout(200)
    page.keyboard.press("Backspace")
    page.keyboard.type("yt")
    expect(
        page.locator("#palette").get_by_role("option", name=re.compile("云图数视（杭州）"))
    ).to_be_visible()
    page.wait_for_timeout(700)
    expect(page.locator("#palette").get_by_role("option", name=re.compile("微澜智能"))).to_have_count(0)


def test_enter_within_an_input_method_chooses_nothing(page):
    at(page, "workbench")
    page.keyboard.press("Control+k")
    page.keyboard.type("yt")
    expect(page.locator("#palette").get_by_role("option").first).to_be_visible()
    page.locator("#palette input").evaluate(COMPOSING_ENTER)
    page.wait_for_timeout(100)
    expect(page.locator("#palette")).to_be_visible()
    assert "picked" not in page.url


def test_a_picker_posts_the_id_and_forgets_it_when_the_words_change(page):
    at(page)
    box = page.get_by_role("combobox", name="哪家企业")
    box.fill("wl")
    page.get_by_role("option", name=re.compile("微澜智能")).click()
    expect(box).to_have_value("微澜智能科技（杭州）有限公司")
    chosen = page.locator("input[name=enterprise]")
    expect(chosen).to_have_value("1")
    box.press_sequentially("x")
    expect(chosen).to_have_value("")


def test_a_drawer_has_an_address_and_back_closes_it(page, axe):
    at(page, "workbench")
    start = page.url
    row = page.get_by_role("link", name=re.compile("尾款 38 万"))
    row.click()
    drawer = page.get_by_role("dialog", name=re.compile("尾款 38 万"))
    expect(drawer.get_by_role("heading", name="经过")).to_be_visible()
    assert page.url.endswith("/__style/thing")
    axe(page)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(row).to_be_focused()
    page.wait_for_url(start)
    row.click()
    expect(drawer).to_be_visible()
    page.go_back()
    expect(page.locator("#drawer")).to_be_hidden()
    assert page.url == start
    row.click()
    expect(drawer.get_by_role("heading", name="经过")).to_be_visible()
    page.reload()  # the address alone is the whole page
    expect(page.get_by_role("heading", level=1, name=re.compile("尾款 38 万"))).to_be_visible()
    expect(page.locator("#drawer")).to_be_hidden()


def test_the_theme_changes_at_once_and_stays(page):
    at(page)
    page.get_by_role("button", name="换成深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="换成浅色")).to_be_visible()
    page.wait_for_timeout(200)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert (
        page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor") == "rgb(15, 19, 23)"
    )


def test_a_destructive_act_asks_first(page, axe):
    at(page)
    page.get_by_role("button", name="移出").click()
    ask = page.get_by_role("alertdialog")
    expect(ask).to_contain_text("可以再移回来")
    axe(page)
    ask.get_by_role("button", name="先不").click()
    expect(ask).to_be_hidden()
    expect(page.get_by_role("button", name="移出")).to_be_focused()
    page.get_by_role("button", name="移出").click()
    with page.expect_request(lambda r: r.method == "POST") as sent:
        ask.get_by_role("button", name="移出").click()
    assert "confirmed=1" in sent.value.post_data
    assert "act=remove" in sent.value.post_data
    assert "once=" in sent.value.post_data


def test_a_second_press_sends_nothing(page):
    at(page)
    sent = []
    page.on("request", lambda r: r.method == "POST" and sent.append(r.url))
    button = page.get_by_role("button", name="慢慢存")
    button.evaluate("(e) => { e.click(); e.click(); e.click(); }")
    page.wait_for_url(re.compile("slow=1"))
    page.wait_for_selector("html[data-ready]")
    assert len(sent) == 1


def test_a_dialog_opens_and_returns_the_focus(page, axe):
    at(page)
    opener = page.get_by_role("link", name="打开对话框")
    opener.click()
    expect(page.get_by_role("dialog", name="派给合伙人")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_errors_stand_beside_their_fields_and_keep_what_was_typed(page, axe, shots):
    at(page)
    page.get_by_label("企业说了什么").fill("尾款拖了五个月")
    page.get_by_role("button", name="保存").click()
    page.wait_for_selector("html[data-ready]")
    expect(page.get_by_label("企业说了什么")).to_have_value("尾款拖了五个月")
    box = page.get_by_role("combobox", name="哪家企业")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(re.compile("必填|这个字段|This field"))
    axe(page)
    shots(page, "style_errors", full_page=True)


def test_a_toast_lies_above_an_open_dialog_and_is_announced(page):
    at(page)
    page.get_by_role("link", name="打开对话框").click()
    page.evaluate(
        "() => document.body.dispatchEvent(new CustomEvent('toast',"
        " { bubbles: true, detail: { text: '已派给顾明律师', url: '#', action: '撤回' } }))"
    )
    toast = page.get_by_role("status").filter(has_text="已派给顾明律师")
    expect(toast).to_be_visible()
    assert toast.evaluate("(e) => e.matches(':popover-open')")
    expect(toast.get_by_role("link", name="撤回")).to_be_visible()


def test_a_lost_network_is_said_in_words(page, watch):
    watch.expect("ERR_FAILED", "console: htmx:")
    at(page, "workbench")
    page.route(re.compile("__style/thing"), lambda route: route.abort())
    page.get_by_role("link", name=re.compile("尾款 38 万")).click()
    expect(page.get_by_role("status").filter(has_text="网络断了")).to_be_visible()
    page.unroute_all()
    page.get_by_role("link", name="再试一次").click()
    expect(page.get_by_role("dialog", name=re.compile("尾款 38 万"))).to_be_visible()


def test_without_javascript_everything_has_a_way(browser, live_server):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/__style?frame=workbench")
    page.get_by_role("link", name=re.compile("尾款 38 万")).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("尾款 38 万"))).to_be_visible()
    page.goto("/__style")
    page.get_by_role("button", name="换成深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    context.close()


DRAW_MAP = """async ([library, worker]) => {
  const { Map, setWorkerUrl } = await import(library);
  setWorkerUrl(worker);
  const box = Object.assign(document.createElement('div'), { className: 'full-canvas' });
  document.getElementById('main').replaceChildren(box);
  const ring = [[120, 30], [120.1, 30], [120.1, 30.1], [120, 30.1], [120, 30]];
  const data = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
  const map = new Map({ container: box, center: [120.05, 30.05], zoom: 10, style: {
    version: 8, sources: { parks: { type: 'geojson', data } },
    layers: [{ id: 'parks', type: 'fill', source: 'parks', paint: { 'fill-color': '#0d5f80' } }] } });
  return new Promise((done) => {
    map.on('idle', () => done(map.queryRenderedFeatures({ layers: ['parks'] }).length));
    map.on('error', (e) => done(String(e.error)));
    setTimeout(() => done('too slow'), 20000);
  });
}"""
DRAW_CHART = """async ([library]) => {
  const { init } = await import(library);
  const box = Object.assign(document.createElement('div'), { className: 'chart' });
  document.getElementById('main').replaceChildren(box);
  const chart = init(box);
  chart.setOption({ animation: false, tooltip: { renderMode: 'richText' }, aria: { enabled: true },
    xAxis: { type: 'category', data: ['1 月', '2 月'] }, yAxis: {},
    series: [{ type: 'bar', data: [3, 5] }] });
  return box.querySelectorAll('canvas').length;
}"""


@pytest.mark.parametrize(
    ("script", "bundles"), [(DRAW_MAP, ("map.js", "map-worker.js")), (DRAW_CHART, ("charts.js",))]
)
def test_maps_and_charts_draw_under_the_content_policy(page, script, bundles):
    urls = [ui.bundle(name) for name in bundles]
    if not all(urls):
        pytest.skip("图表和地图还没有打包：make assets")
    at(page)
    assert page.evaluate(script, urls) == 1


@pytest.fixture
def as_served(context) -> None:
    """Own sheets and modules as a deployment serves them: joined and squeezed."""
    static = Path(__file__).resolve().parents[2] / "yuanzhi" / "static"
    names = [path.relative_to(static).as_posix() for path in static.glob("[cj]s*/*.*s*")]
    files = served(names, lambda name: (static / name).read_text())

    def answer(route) -> None:
        name = route.request.url.split("/static/")[1]
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        route.fulfill(body=files[name], content_type=kind)

    context.route(re.compile(r"/static/[cj]ss?/"), answer)


def test_the_shell_as_it_is_served_works_and_looks_the_same(page, as_served):
    at(page, "workbench")
    page.keyboard.press("Control+k")
    page.keyboard.type("yt")
    expect(page.locator("#palette").get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.get_by_role("link", name=re.compile("尾款 38 万")).click()
    expect(page.locator("#drawer").get_by_role("heading", name="经过")).to_be_visible()
    joined = at(page, "workbench").screenshot()
    page.context.unroute_all()
    assert at(page, "workbench").screenshot() == joined


def test_a_module_of_a_page_shares_the_shells_toasts(page, as_served):
    at(page)
    page.evaluate(
        "() => import('/static/js/toast.js').then(() => document.body.dispatchEvent("
        "new CustomEvent('toast', { bubbles: true, detail: { text: '复制好了' } })))"
    )
    expect(page.get_by_text("复制好了")).to_have_count(1)


def test_the_servers_first_answer_is_in_the_chosen_theme(page):
    """No flash: the theme stands in the page before any script runs."""
    at(page).get_by_role("button", name="换成深色").click()
    page.wait_for_timeout(200)
    html = page.context.request.get("/__style").text()
    assert '<html lang="zh-Hans" data-theme="dark">' in html
    assert '<meta name="color-scheme" content="dark">' in html


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_motion_is_reduced_where_somebody_wishes_so(page, wish, moves):
    page.emulate_media(reduced_motion=wish)
    at(page, "workbench")
    page.get_by_role("link", name=re.compile("尾款 38 万")).click()
    seconds = page.locator("#drawer").evaluate("(e) => parseFloat(getComputedStyle(e).animationDuration)")
    assert (seconds > 0.05) == moves
    button = page.locator(".button").first
    assert (button.evaluate("(e) => getComputedStyle(e).transitionDuration") != "0s") == moves


def test_a_tip_opens_by_key_and_escape_returns_the_focus(page):
    at(page)
    tip = page.locator("details.tip > summary").first
    tip.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details.tip[open]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("details.tip[open]")).to_have_count(0)
    expect(tip).to_be_focused()


def test_enter_within_an_input_method_sends_no_picker(page):
    at(page)
    box = page.get_by_role("combobox", name="哪家企业")
    box.press_sequentially("wl")
    expect(page.get_by_role("option", name=re.compile("微澜智能"))).to_be_visible()
    box.evaluate(COMPOSING_ENTER)
    page.wait_for_timeout(100)
    expect(page.locator("input[name=enterprise]")).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator(".picker-list").first).to_be_hidden()
    expect(box).to_be_focused()


def test_the_first_key_leads_past_the_navigation(page):
    at(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
