"""The intake as people do it: a WeChat message in half a minute, a photo at the door, a firm moving in."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.world import build
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.actions.attachments import attach
from yuanzhi.cases.actions.replies import add_reply
from yuanzhi.cases.attachments import examine
from yuanzhi.cases.models import Case, CaseStage, ServiceItem
from yuanzhi.registry import actions as registry

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = "周敏 11:32\n我们云图的尾款 38 万拖了五个月，能不能帮忙问问\n周敏 11:33\n打我 13812345678"
# Seconds for each thing a person does, on the slow side: keystroke-level model (Card, Moran & Newell 1980):
# a look and a decision 1.35, pointing 1.1, a key or a click 0.28, hands from mouse to keys 0.4.
DECIDE, POINT, PRESS, HOME = 1.35, 1.1, 0.28, 0.4


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


def photo(name="现场.jpg"):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    Image.new("RGB", (900, 600), "#2a6").save(out, "JPEG", exif=exif)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_a_wechat_message_becomes_a_case_in_half_a_minute(page, sign_in, axe):
    world = build()
    registry.add_contact(actor=world.house, enterprise=world.enterprises[0], name="周敏", phone="13812345678")
    sign_in(page, world.user(Role.DESK_OFFICER))
    page.goto("/")
    clicks, keys, fields, seconds = 0, 0, 0, 0.0

    page.get_by_role("link", name="登记诉求").first.click()
    clicks, seconds = clicks + 1, seconds + DECIDE + POINT + PRESS
    words = page.get_by_label("企业说了什么")
    words.wait_for()
    assert words.evaluate("box => box === document.activeElement")  # no click into the box
    page.evaluate("text => navigator.clipboard?.writeText(text).catch(() => {})", CHAT)
    words.fill(CHAT)  # Ctrl V
    keys, fields, seconds = keys + 1, fields + 1, seconds + HOME + 2 * PRESS

    page.get_by_text("认出来了").wait_for()
    assert page.get_by_label("云图").first.is_checked()
    page.get_by_text("138****5678").wait_for()
    page.get_by_text("会派到").wait_for()
    seconds += 3 * DECIDE  # reads who, whose and where
    axe(page)

    page.keyboard.press("Control+Enter")
    keys, seconds = keys + 1, seconds + DECIDE + 2 * PRESS
    page.get_by_text("已登记 SQ").wait_for()
    case = Case.objects.get()
    assert (case.enterprise, case.speaker, case.channel) == (world.enterprises[0], "周敏", "wechat")
    assert case.speaker_phone_masked == "138****5678" and "13812345678" not in case.words
    print(
        f"\nWeChat: {clicks} click, {keys} key strokes, {fields} field, {seconds:.1f} s by the keystroke model"
    )
    assert (clicks, keys, fields) == (1, 2, 1) and seconds < 30


def test_what_was_recognised_can_be_put_right_and_the_same_matter_is_found(page, sign_in, watch):
    world = build()
    first = actions.open_case(
        actor=world.house, enterprise=world.enterprises[0], words="尾款 38 万拖了五个月，能不能帮忙问问"
    )
    sign_in(page, world.user(Role.DESK_OFFICER))
    page.goto("/")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="找企业").fill("我们云图的尾款 38 万拖了五个月")
    page.get_by_role("option", name="登记一件诉求").click()
    page.wait_for_url("**/cases/new/?words=*")
    page.get_by_text("是不是已经有了").wait_for()
    page.get_by_role("button", name="就是这件").first.click()
    page.wait_for_url(f"**/cases/{first.pk}/")
    page.get_by_text("没有另开一件").wait_for()
    assert Case.objects.count() == 1 and first.notes.count() == 1


def test_a_photo_at_the_door(phone, axe, no_sideways_scroll, watch):
    world = build()
    phone.goto(f"/q/{world.buildings[0].code}/")
    phone.get_by_label("有什么事要办").fill("三楼走廊的灯坏了")
    phone.get_by_label("企业和称呼").fill("云图 李女士")
    phone.get_by_label("电话").fill("13800001234")
    phone.get_by_text("加张照片").click()
    phone.get_by_label("拍张照片").set_input_files([photo()])
    axe(phone)
    no_sideways_scroll(phone)
    phone.get_by_role("button", name="提交").click()
    phone.wait_for_url("**/t/*/")
    phone.get_by_text("现场.jpg").first.wait_for()
    case = Case.objects.get()
    assert (case.channel, case.building, case.attachments.count()) == ("qr", world.buildings[0], 1)
    from yuanzhi.cases import storage

    assert b"PhoneMaker" not in storage.path_of(case.attachments.get().stored).read_bytes()
    phone.get_by_label("写一句").fill("四楼也坏了")
    phone.get_by_role("button", name="补充").click()
    phone.get_by_text("收到了，经办人会看到").wait_for()
    axe(phone)
    no_sideways_scroll(phone)


def test_a_firm_moves_in_within_ten_workdays(page, sign_in, axe, browser, live_server):
    """From the portal's catalogue: the firm asks, the desk ticks off, the firm sees how far it is."""
    world = build()
    sign_in(page, world.user(Role.CONTACT))
    page.goto("/portal/")
    page.get_by_role("link", name="能帮您办什么").click()
    page.get_by_role("link", name="入驻手续").click()
    page.get_by_text("10 个工作日内").first.wait_for()
    axe(page)
    page.get_by_role("link", name="办这件事").click()
    page.get_by_label("有什么事要办").fill("从上海搬过来，执照、税务、社保、银行一起办")
    page.get_by_label("照片、合同、截图").set_input_files([photo("租赁合同.jpg")])
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/portal/cases/*/**")
    page.get_by_text("0/8，下一步：名称核准").first.wait_for()
    case = Case.objects.get()
    assert (case.item.name, case.resolution_days, case.stages.count()) == ("入驻手续", 10, 13)
    last = case.stages.filter(kind="stage").order_by("-order")[0]
    assert last.due_at == case.resolution_due, "the last stage ends with the promise"

    sign_in(page, world.user(Role.DESK_OFFICER))
    page.goto(f"/cases/{case.pk}/")
    page.get_by_role("button", name="受理", exact=True).click()
    page.get_by_text("已受理").first.wait_for()
    for name in ("名称核准", "营业执照"):
        page.get_by_role("button", name=f"{name}，办好了").click()
        page.get_by_role("button", name=f"{name}，已办好").wait_for()
    seal = page.locator("li.check-line", has_text="公章刻制")
    seal.get_by_text("不需要", exact=True).click()
    seal.get_by_label("为什么不需要").fill("总公司刻好了")
    seal.get_by_role("button", name="这一步不用办").click()
    page.get_by_text("不需要：总公司刻好了").wait_for()
    axe(page)
    for stage in CaseStage.objects.filter(case=case, kind="stage", done_at=None, is_skipped=False):
        page.get_by_role("button", name=f"{stage.name}，办好了").click()
        page.get_by_role("button", name=f"{stage.name}，已办好").wait_for()
    page.get_by_text("7/7，都办好了").first.wait_for()

    sign_in(page, world.user(Role.CONTACT))
    page.goto(f"/portal/cases/{case.pk}/")
    page.get_by_text("7/7，都办好了").first.wait_for()
    axe(page)


def test_pages_of_the_intake_are_clean(page, sign_in, axe, no_sideways_scroll, shots):
    world = build()
    registry.add_contact(actor=world.house, enterprise=world.enterprises[0], name="周敏", phone="13812345678")
    item = ServiceItem.objects.get(name="入驻手续")
    case = actions.open_case(
        actor=world.house, enterprise=world.enterprises[0], words="从上海搬过来，执照税务一起办", item=item,
        files=[examine("租赁合同.jpg", photo()["buffer"]), examine("说明.txt", "清单".encode())],
    )  # fmt: skip
    actions.open_case(actor=world.house, enterprise=world.enterprises[0], words="尾款 38 万拖了五个月")
    attach(actor=world.house, case=case, files=[examine("平面图.jpg", photo()["buffer"][:-2] + b"\xff\xd9")])
    add_reply(actor=world.house, title="收到了", text="{称呼}您好，{编号} 收到了，{承诺时间}前回音")
    pages = {
        Role.DESK_OFFICER: ["/cases/new/?words=我们云图的尾款 38 万拖了五个月，打 13812345678", "/cases/new/",
                            f"/cases/{case.pk}/", "/items/", f"/items/{item.pk}/", "/replies/",
                            f"/parks/{world.parks[0].pk}/codes/"],
        Role.LEAD: [f"/items/{item.pk}/edit/", "/items/new/", "/imports/?kind=cases"],
        Role.CONTACT: ["/portal/", "/portal/items/", f"/portal/items/{item.pk}/", f"/portal/cases/{case.pk}/",
                       f"/t/{case.token}/"],
    }  # fmt: skip
    for role, urls in pages.items():
        sign_in(page, world.user(role))
        for number, url in enumerate(urls):
            page.goto(url)
            axe(page)
            no_sideways_scroll(page)
            shots(page, f"intake_{role.value}_{number}", full_page=True)
