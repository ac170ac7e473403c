"""The main job from one end to the other: find, take in, work, resolve, the enterprise's own verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.world import build
from yuanzhi.accounts.roles import Role
from yuanzhi.cases.models import Case, Verdict
from yuanzhi.kernel.history import verify
from yuanzhi.registry.models import Enterprise

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "enterprises_hangzhou.csv.gz"

pytestmark = pytest.mark.django_db(transaction=True)


def import_register(world) -> Enterprise:
    """The real register where it is there, else the small one of the world; the enterprise to look for."""
    if not REAL.exists():
        return world.enterprises[0]
    from yuanzhi.registry.imports.command import run

    assert run(actor=world.house, path=REAL) == 0
    return Enterprise.objects.get(community=world.community, name="杭州外运物流有限公司")


def test_from_need_to_verdict_on_the_imported_register(page, sign_in, watch, axe):
    world = build()
    enterprise = import_register(world)
    initials = "wywl" if REAL.exists() else "ytkj"
    sign_in(page, world.user(Role.DESK_OFFICER))

    # find the firm by the initials of its name
    page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="找企业").fill(initials)
    page.get_by_role("option", name=enterprise.name).first.click()
    page.wait_for_url(f"**/enterprises/{enterprise.pk}/")

    # a need is captured: words, and the firm is already chosen
    page.get_by_role("link", name="替它登记一件").click()
    page.get_by_label("企业说了什么").fill("尾款 38 万拖了五个月，想走支付令。聊天记录都有")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/cases/*/")
    case = Case.objects.get()
    assert (case.enterprise, case.desk.code) == (enterprise, "economy")
    axe(page)

    # worked and resolved
    page.get_by_role("button", name="受理", exact=True).click()
    page.get_by_text("已受理").first.wait_for()
    steps = page.locator("main .steps")
    steps.locator("summary", has_text="办结").click()
    steps.get_by_label("办成了什么").fill("律师陪着整理了证据，支付令已经受理")
    steps.get_by_role("button", name="办结").click()
    page.get_by_text("待企业评价").first.wait_for()
    link = page.get_by_label("跟踪链接").input_value()

    # staff see the enterprise's page but can't answer in its place
    page.goto(link)
    page.get_by_text("评价只能由企业自己做").wait_for()
    assert page.get_by_role("button", name="提交评价").count() == 0

    # the enterprise judges by its link, without an account
    page.context.clear_cookies()
    page.goto(link)
    axe(page)
    page.get_by_text("解决了", exact=True).click()
    page.get_by_text("非常满意").click()
    page.get_by_label("想说的话").fill("谢谢，第二天律师就来了")
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("这件事就此了结").wait_for()
    verdict = Verdict.objects.get()
    assert (verdict.satisfaction, verdict.channel, verdict.case_id) == (5, "link", case.pk)

    # and all of it stands in the history, of the case and of the enterprise
    sign_in(page, world.user(Role.DESK_OFFICER))
    page.goto(f"/cases/{case.pk}/")
    page.get_by_text("企业评价：非常满意").wait_for()
    page.get_by_text("第二天律师就来了").wait_for()
    page.goto(f"/enterprises/{enterprise.pk}/")
    page.get_by_text(case.title).first.wait_for()
    assert verify(world.community.pk) is None


def test_scan_a_building_and_follow_the_link(phone, axe, no_sideways_scroll, watch):
    world = build()
    watch.expect("422")  # a form that is sent back
    phone.goto(f"/q/{world.buildings[0].code}/")
    axe(phone)
    no_sideways_scroll(phone)
    phone.get_by_role("button", name="提交").click()  # three fields; an empty one is said, the rest is kept
    phone.get_by_label("有什么事要办").fill("电梯早高峰等二十分钟")
    phone.get_by_label("企业和称呼").fill("云图 李女士")
    phone.get_by_label("电话").fill("12")
    phone.get_by_role("button", name="提交").click()
    assert phone.get_by_label("有什么事要办").input_value() == "电梯早高峰等二十分钟"
    phone.get_by_label("电话").fill("13800001234")
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_url("**/t/*/")
    phone.get_by_text("待受理").first.wait_for()
    case = Case.objects.get()
    assert (case.channel, case.building) == ("qr", world.buildings[0])
    assert case.speaker_phone_masked == "138****1234"


def test_pages_of_the_thread_are_clean(page, sign_in, axe, no_sideways_scroll, shots):
    """Every page of cases and the workbench: no accessibility violation, nothing sticking out, looked at."""
    from yuanzhi.cases import actions

    world = build()
    officer = world.actor(Role.DESK_OFFICER)
    first = actions.open_case(actor=officer, enterprise=world.enterprises[0], words="尾款拖了五个月")
    actions.accept(actor=officer, case=first)
    actions.open_case(actor=officer, enterprise=world.enterprises[1], words="楼道堆放纸箱堵住消防通道")
    done = actions.open_case(actor=officer, enterprise=world.enterprises[0], words="空调夜里停供")
    done = actions.accept(actor=officer, case=done)
    done = actions.resolve(actor=officer, case=done, outcome="装了延时开关")
    pages = {
        Role.DESK_OFFICER: ["/", "/?tab=done", "/cases/", "/cases/?q=没有的", "/cases/new/",
                            f"/cases/{first.pk}/", f"/cases/of/{world.enterprises[0].pk}/",
                            "/find/?q=yt", "/find/?q=zzzz"],
        Role.CONTACT: ["/portal/", f"/portal/cases/{done.pk}/"],
        Role.PARTNER: ["/"],
    }  # fmt: skip
    for role, urls in pages.items():
        sign_in(page, world.user(role))
        for url in urls:
            page.goto(url)
            axe(page)
            no_sideways_scroll(page)
            name = url.strip("/").replace("/", "_").replace("?", "_") or "home"
            shots(page, f"thread_{role.value}_{name}")


def test_the_drawer_opens_a_case_and_gives_the_focus_back(page, sign_in, axe):
    from yuanzhi.cases import actions

    world = build()
    officer = world.actor(Role.DESK_OFFICER)
    case = actions.open_case(actor=officer, enterprise=world.enterprises[0], words="尾款拖了五个月")
    sign_in(page, world.user(Role.DESK_OFFICER))
    page.goto("/")
    page.get_by_role("link", name=case.title).click()
    drawer = page.locator("#drawer")
    drawer.get_by_text(case.number).wait_for()
    axe(page)
    page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.textContent").strip() == case.title
