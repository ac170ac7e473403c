"""The intake in the browser's words: quick capture, portal, door, files, checklist, catalogue, replies, codes."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.actions.attachments import attach
from yuanzhi.cases.attachments import examine
from yuanzhi.cases.models import Attachment, Case, CaseStage, Note, ReplyTemplate, ServiceItem
from yuanzhi.kernel import uploads
from yuanzhi.kernel.models import Notice
from yuanzhi.registry import actions as registry

from .test_attachments import SVG, jpeg, located, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


def visit(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(world):
    return visit(world.user(Role.DESK_OFFICER))


def upload(name, data):
    return SimpleUploadedFile(name, data)


CHAT = "周敏 11:32\n我们云图的尾款 38 万拖了五个月\n周敏 11:33\n打我 13812345678"


@pytest.fixture
def known(world):
    registry.add_contact(actor=world.house, enterprise=world.enterprises[0], name="周敏", phone="13812345678")
    return world


# -- quick capture -----------------------------------------------------------------------------------------


def test_a_paste_and_a_press_make_a_case(known, desk):
    """One field and one press: everything else is understood."""
    answer = desk.post("/cases/new/", {"words": CHAT, "channel": "wechat", "once": "k1"})
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/cases/{case.pk}/"
    assert case.enterprise == known.enterprises[0]
    assert (case.speaker, case.channel) == ("周敏", "wechat")
    assert case.speaker_phone_masked == "138****5678"
    assert "13812345678" not in case.words + case.title and "尾款 38 万" in case.words
    desk.post("/cases/new/", {"words": CHAT, "channel": "wechat", "once": "k1"})
    assert Case.objects.count() == 1


def test_what_is_understood_is_shown_while_pasting(known, desk):
    answer = desk.post(
        "/cases/new/read/", {"words": CHAT, "channel": "wechat"}, headers={"HX-Request": "true"}
    )
    html = answer.content.decode()
    checked = re.search(r'name="heard" id="heard-(\d+)" value="\d+" checked', html)
    assert checked and int(checked[1]) == known.enterprises[0].pk
    assert "138****5678" in html and "13812345678" not in html
    assert 'hx-swap-oob="true"' in html and "会派到" in html
    assert not Case.objects.exists()
    assert desk.post("/cases/new/read/", {"words": CHAT}).status_code == 302  # without htmx: the whole page


@pytest.mark.parametrize(
    ("more", "index"),
    [({"heard": "none"}, None), ({"enterprise": "{3}"}, 3), ({"heard": "{2}"}, 2), ({"enterprise_text": "杭州禾一生物有限公司"}, 1)],
)  # fmt: skip
def test_what_a_person_picks_goes_before_what_was_understood(known, desk, more, index):
    for key, value in more.items():
        if found := re.fullmatch(r"\{(\d)\}", value):
            more = {key: str(known.enterprises[int(found[1])].pk)}
    desk.post("/cases/new/", {"words": CHAT, "channel": "wechat", **more})
    assert Case.objects.get().enterprise == (None if index is None else known.enterprises[index])


def test_nothing_typed_is_lost(known, desk):
    answer = desk.post(
        "/cases/new/",
        {"words": "电梯坏了", "channel": "phone", "speaker": "李女士", "speaker_phone": "12", "once": "k"},
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "电梯坏了" in html and "李女士" in html and 'value="12"' in html and "电话" in html
    answer = desk.post("/cases/new/", {"words": "x" * 8001, "channel": "wechat"})
    assert answer.status_code == 422 and "x" * 8001 in answer.content.decode()
    assert desk.post("/cases/new/", {"words": "", "channel": "wechat"}).status_code == 422
    assert not Case.objects.exists()


def test_it_is_the_same_one(known, desk):
    case = actions.open_case(
        actor=known.actor(Role.DESK_OFFICER), enterprise=known.enterprises[0], words="尾款拖了五个月"
    )
    page = desk.post(
        "/cases/new/read/",
        {"words": CHAT, "channel": "wechat"},
        headers={"HX-Request": "true"},
    ).content.decode()
    assert f'name="same" value="{case.pk}"' in page
    answer = desk.post(
        "/cases/new/",
        {"words": CHAT, "channel": "wechat", "same": case.pk, "once": "s1", "files": upload("a.jpg", jpeg())},
    )
    assert answer.headers["Location"] == f"/cases/{case.pk}/"
    note = Note.objects.get()
    assert note.text.startswith("周敏又说：") and not note.is_public
    assert Case.objects.count() == 1 and case.attachments.count() == 1
    desk.post("/cases/new/", {"words": CHAT, "channel": "wechat", "same": case.pk, "once": "s1"})
    assert Note.objects.count() == 1


def test_one_cannot_add_to_what_one_does_not_see(known, neighbour, desk):
    other = actions.open_case(actor=neighbour.house, words="邻居的事")
    answer = desk.post("/cases/new/", {"words": "尾款", "channel": "wechat", "same": other.pk})
    assert answer.status_code == 422 and "看不到" in answer.content.decode()
    assert not Note.objects.exists()


def test_a_confidential_case_is_no_hint_to_grid_staff(known):
    actions.open_case(
        actor=known.actor(Role.EMPLOYEE),
        enterprise=known.enterprises[0],
        words="云图两个月没发工资",
        is_confidential=True,
    )
    seen = {}
    for role in (Role.DESK_OFFICER, Role.GRID_MEMBER):
        page = visit(known.user(role)).post(
            "/cases/new/read/",
            {"words": "云图科技两个月没发工资", "channel": "wechat"},
            headers={"HX-Request": "true"},
        )
        seen[role] = "就是这件" in page.content.decode()
    assert seen == {Role.DESK_OFFICER: True, Role.GRID_MEMBER: False}


def test_from_the_palette_and_from_an_enterprise(known, desk):
    page = desk.get("/find/", {"q": "电梯又坏了"}, headers={"HX-Request": "true"}).content.decode()
    assert "登记一件诉求：电梯又坏了" in page and "/cases/new/?words=" in page
    page = desk.get("/cases/new/", {"words": "电梯又坏了"}).content.decode()
    assert "电梯又坏了</textarea>" in page and "会派到" in page
    page = desk.get("/cases/new/", {"enterprise": known.enterprises[1].pk}).content.decode()
    assert "杭州禾一生物有限公司" in page


def test_people_outside_are_sent_to_their_portal(known):
    assert visit(known.user(Role.CONTACT)).get("/cases/new/").headers["Location"] == "/portal/"


# -- files -------------------------------------------------------------------------------------------------


def test_a_bad_file_is_said_and_the_need_is_kept(known, desk):
    answer = desk.post(
        "/cases/new/",
        {"words": CHAT, "channel": "wechat", "files": [upload("合同.pdf", pdf()), upload("图.svg", SVG)]},
        follow=True,
    )
    assert [row.name for row in Attachment.objects.all()] == ["合同.pdf"]
    html = answer.content.decode()
    assert "没有收下：“图.svg”" in html and "合同.pdf" in html


def test_a_file_is_saved_not_shown_and_a_picture_is_bare(known, desk):
    case = actions.open_case(
        actor=known.house,
        enterprise=known.enterprises[0],
        words="看照片",
        files=[examine("合同.pdf", pdf()), examine("现场 1.jpg", located())],
    )
    paper, photo = case.attachments.order_by("pk")
    answer = desk.get(f"/files/{paper.pk}/")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    answer = desk.get(f"/files/{photo.pk}/")
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert b"PhoneMaker" not in answer.content
    tiny = desk.get(f"/files/{photo.pk}/?small=1")
    assert tiny.headers["Content-Type"] == "image/jpeg" and len(tiny.content) <= len(answer.content)
    assert visit(known.user(Role.CONTACT)).get(f"/files/{paper.pk}/").status_code == 200
    assert visit(known.user(Role.EMPLOYEE)).get(f"/files/{paper.pk}/").status_code == 404
    assert Client().get(f"/files/{paper.pk}/").status_code == 302


def test_a_link_opens_the_files_of_its_case_only(known):
    near = actions.open_case(actor=known.house, words="这一件", files=[examine("a.txt", b"a")])
    far = actions.open_case(actor=known.house, words="那一件", files=[examine("b.txt", b"b")])
    officer = known.actor(Role.DESK_OFFICER)
    (kept,) = attach(actor=officer, case=near, files=[examine("内部.txt", b"c")], is_public=False)
    outside = Client()
    assert outside.get(f"/t/{near.token}/files/{near.attachments.get(name='a.txt').pk}/").content == b"a"
    assert outside.get(f"/t/{near.token}/files/{far.attachments.get().pk}/").status_code == 404
    assert outside.get(f"/t/{near.token}/files/{kept.pk}/").status_code == 404
    assert outside.get(f"/t/wrong/files/{kept.pk}/").status_code == 404
    page = outside.get(f"/t/{near.token}/").content.decode()
    assert "a.txt" in page and "内部.txt" not in page


def test_a_colleagues_file_stands_in_no_enterprises_timeline(known):
    case = actions.open_case(actor=known.house, enterprise=known.enterprises[0], words="这一件")
    officer = known.actor(Role.DESK_OFFICER)
    attach(actor=officer, case=case, files=[examine("律师函草稿.txt", b"c")], is_public=False)
    assert (
        "律师函草稿" not in visit(known.user(Role.CONTACT)).get(f"/portal/cases/{case.pk}/").content.decode()
    )
    assert "律师函草稿" in visit(known.user(Role.DESK_OFFICER)).get(f"/cases/{case.pk}/").content.decode()


def test_notes_with_files_from_both_sides(known, desk):
    case = actions.open_case(actor=known.house, enterprise=known.enterprises[0], words="这一件")
    contact = visit(known.user(Role.CONTACT))
    contact.post(f"/portal/cases/{case.pk}/note/", {"text": "", "files": upload("单.pdf", pdf())})
    desk.post(f"/cases/{case.pk}/note/", {"text": "收到", "public": "1", "files": upload("a.jpg", jpeg())})
    assert case.notes.count() == 2 and case.attachments.count() == 2
    answer = contact.post(f"/portal/cases/{case.pk}/note/", {"text": "", "files": upload("x.svg", SVG)})
    assert answer.status_code == 409 and "脚本" in answer.content.decode()
    own = case.attachments.get(name="单.pdf")
    assert contact.post(f"/files/{own.pk}/remove/").status_code == 302
    assert not case.attachments.filter(removed_at=None, name="单.pdf").exists()


def test_a_flood_of_bytes_is_cut_before_it_lies_on_disk(known, monkeypatch):
    monkeypatch.setattr(uploads, "OUTSIDE", 300_000)
    code = known.buildings[0].code
    answer = Client().post(
        f"/q/{code}/",
        {"words": "看照片", "speaker_phone": "13800001234", "files": [upload(f"{n}.txt", b"a" * 200_000) for n in range(3)]},
        follow=True,
    )  # fmt: skip
    assert Case.objects.count() == 1 and Attachment.objects.count() <= 1
    assert "一次传得太多" in answer.content.decode()


# -- at the door and by link -------------------------------------------------------------------------------


def test_three_fields_and_a_photo_at_the_door(known):
    item = ServiceItem.objects.get(name="水电空调与停车", desk__community=known.community)
    answer = Client().post(
        f"/q/{known.buildings[0].code}/",
        {"words": "灯坏了", "speaker": "云图 李女士", "speaker_phone": "13800001234", "item": item.pk,
         "files": [upload("1.jpg", jpeg()), upload("2.jpg", jpeg(colour="red")), upload("3.jpg", jpeg(colour="blue")),
                   upload("4.jpg", jpeg(colour="black"))], "once": "q1"},
        follow=True,
    )  # fmt: skip
    case = Case.objects.get()
    assert (case.channel, case.item, case.building) == ("qr", item, known.buildings[0])
    assert case.attachments.count() == 3
    assert "一次最多 3 个" in answer.content.decode()


def test_saying_more_by_link_reaches_the_owner_and_is_held_back_in_a_flood(known, monkeypatch):
    from yuanzhi.cases.views import public

    officer = known.actor(Role.DESK_OFFICER)
    case = actions.accept(actor=officer, case=actions.open_case(actor=officer, words="灯坏了"))
    outside, url = Client(), f"/t/{case.token}/add/"
    answer = outside.post(url, {"text": "三楼也坏了", "files": upload("a.jpg", jpeg()), "once": "n1"})
    assert answer.headers["Location"] == f"/t/{case.token}/?said=added"
    outside.post(url, {"text": "三楼也坏了", "once": "n1"})
    assert case.notes.count() == 1 and case.attachments.count() == 1
    assert Notice.objects.filter(title__startswith="企业补充了", user_id=officer.user_id).count() == 1
    answer = outside.post(url, {"text": ""})
    assert answer.status_code == 409 and "写一句" in answer.content.decode()
    monkeypatch.setattr(public, "NOTES_PER_HOUR", 0)
    answer = outside.post(url, {"text": "还有"})
    assert answer.status_code == 429 and "还有" in answer.content.decode()


def test_a_closed_case_takes_no_more_by_link(known):
    case = actions.open_case(actor=known.house, words="灯坏了")
    actions.withdraw(actor=actions.link_actor(case), case=case, by_token=case.token)
    assert Client().post(f"/t/{case.token}/add/", {"text": "再说"}).status_code == 409
    assert "还想补充" not in Client().get(f"/t/{case.token}/").content.decode()


def test_codes_of_a_park_are_printed_on_one_sheet(known, desk):
    page = desk.get(f"/parks/{known.parks[0].pk}/codes/").content.decode()
    assert page.count("<svg") >= 1 and known.buildings[0].code in page
    assert 'class="a6"' in desk.get(f"/parks/{known.parks[0].pk}/codes/?size=a6").content.decode()


# -- procedures and the catalogue --------------------------------------------------------------------------


@pytest.fixture
def moving(known):
    item = ServiceItem.objects.get(name="入驻手续", desk__community=known.community)
    return actions.open_case(
        actor=known.house, enterprise=known.enterprises[0], words="从上海搬过来", item=item
    )


def test_ticking_off_and_what_the_enterprise_sees(known, desk, moving):
    steps = list(moving.stages.filter(kind="stage"))
    desk.post(f"/cases/stages/{steps[0].pk}/", {"do": "done"})
    desk.post(f"/cases/stages/{steps[1].pk}/", {"do": "skip", "why": "已经有执照"})
    desk.post(f"/cases/{moving.pk}/stages/", {"name": "装宽带", "workdays": "9"})
    for page in (
        desk.get(f"/cases/{moving.pk}/"),
        visit(known.user(Role.CONTACT)).get(f"/portal/cases/{moving.pk}/"),
        Client().get(f"/t/{moving.token}/"),
    ):
        html = page.content.decode()
        assert "1/8，下一步：公章刻制" in html and "不需要：已经有执照" in html and "装宽带" in html
    assert "1/8，下一步：公章刻制" in visit(known.user(Role.CONTACT)).get("/portal/").content.decode()
    desk.post(f"/cases/stages/{steps[0].pk}/", {"do": "again"})
    assert CaseStage.objects.get(pk=steps[0].pk).done_at is None
    answer = desk.post(f"/cases/{moving.pk}/stages/", {"name": "装宽带", "workdays": "九"}, follow=True)
    assert "不是工作日的个数" in answer.content.decode()


def test_resolving_with_open_stages_asks_first(known, desk, moving):
    actions.accept(actor=known.actor(Role.DESK_OFFICER), case=moving)
    answer = desk.post(f"/cases/{moving.pk}/step/resolve/", {"text": "都办好了"})
    html = answer.content.decode()
    assert "清单上还有没办的：名称核准、营业执照" in html and 'value="都办好了"' in html
    moving.refresh_from_db()
    assert moving.state == "accepted"
    desk.post(f"/cases/{moving.pk}/step/resolve/", {"text": "都办好了", "confirmed": "1"})
    moving.refresh_from_db()
    assert moving.state == "resolved"


def test_a_need_begins_from_the_catalogue(known):
    contact = visit(known.user(Role.CONTACT))
    item = ServiceItem.objects.get(name="入驻手续", desk__community=known.community)
    assert "十个工作日" in contact.get(f"/portal/items/{item.pk}/").content.decode()
    assert "入驻手续" in contact.get("/portal/items/").content.decode()
    page = contact.get(f"/portal/?item={item.pk}").content.decode()
    assert f'<option value="{item.pk}" selected>' in page
    contact.post("/portal/", {"words": "想搬进来", "item": item.pk, "files": upload("章程.pdf", pdf())})
    case = Case.objects.get()
    assert (case.item, case.stages.count(), case.attachments.count()) == (item, 13, 1)


def fields_of(item, **changed):
    lines = [
        (s.kind, s.name, s.who, "" if s.workdays is None else s.workdays, s.hint) for s in item.stages.all()
    ]
    columns = zip(*lines, strict=True) if lines else ([], [], [], [], [])
    said = {
        "desk": item.desk_id, "name": item.name, "response_hours": item.response_hours,
        "resolution_days": item.resolution_days, "guide": item.guide, "words": item.words, "is_listed": "on",
    }  # fmt: skip
    names = ("line_kind", "line_name", "line_who", "line_workdays", "line_hint")
    return said | {name: list(column) for name, column in zip(names, columns, strict=True)} | changed


def test_the_lead_changes_an_entry_and_the_old_one_stays(known, moving):
    lead, item = visit(known.user(Role.LEAD)), moving.item
    answer = lead.post(f"/items/{item.pk}/edit/", fields_of(item, resolution_days=12))
    fresh = ServiceItem.objects.get(replaces=item)
    assert answer.headers["Location"] == f"/items/{fresh.pk}/"
    assert (fresh.resolution_days, fresh.stages.count()) == (12, 13)
    page = lead.get(f"/items/{item.pk}/").content.decode()
    assert "看最新的一版" in page
    assert lead.get(f"/items/{item.pk}/edit/").status_code == 302
    answer = lead.post(f"/items/{fresh.pk}/edit/", fields_of(fresh, resolution_days=3))
    assert answer.status_code == 422 and "超过了整件事的 3 个" in answer.content.decode()
    assert "回访：都安顿好了吗" in answer.content.decode()  # what was typed
    lead.post("/items/new/", fields_of(fresh, name="公寓申请", resolution_days=15))
    assert ServiceItem.objects.filter(name="公寓申请").exists()
    lead.post(f"/items/{fresh.pk}/end/", {"confirmed": "1"})
    lead.get("/items/")  # says that it is done
    assert "入驻手续" not in lead.get("/items/").content.decode()
    assert visit(known.user(Role.CONTACT)).get(f"/portal/items/{fresh.pk}/").status_code == 404


def test_replies_are_filled_from_the_case(known, desk):
    desk.post("/replies/", {"title": "收到了", "text": "{称呼}您好，{企业}的事（{编号}）{承诺时间}前回音"})
    reply = ReplyTemplate.objects.get()
    answer = desk.post("/replies/", {"title": "错", "text": "{老板}好"})
    assert answer.status_code == 422 and "不认识的空格：老板" in answer.content.decode()
    case = actions.open_case(
        actor=known.house, enterprise=known.enterprises[0], words="尾款", speaker="李女士"
    )
    page = desk.get(f"/cases/{case.pk}/").content.decode()
    assert f"李女士您好，云图的事（{case.number}）" in page
    page = desk.get(f"/cases/{case.pk}/?reply={reply.pk}").content.decode()
    assert re.search(r'<textarea id="note-text"[^>]*>李女士您好', page)
    desk.post(f"/replies/{reply.pk}/", {"title": "收到", "text": "{称呼}好", "version": reply.version})
    answer = desk.post(f"/replies/{reply.pk}/", {"title": "旧", "text": "旧", "version": reply.version})
    assert answer.status_code == 422 and "刚被别人改过" in answer.content.decode()
    desk.post(f"/replies/{reply.pk}/", {"do": "retire"})
    assert not ReplyTemplate.objects.get().is_active
    assert desk.get(f"/replies/{reply.pk}/").status_code == 404


# -- as many queries for thirty as for one -----------------------------------------------------------------


def _count(client, url):
    client.get(url)  # what only the first visit writes
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_query_counts_do_not_grow(known, desk, moving):
    contact, lead = visit(known.user(Role.CONTACT)), visit(known.user(Role.LEAD))
    pages = [
        (desk, f"/cases/{moving.pk}/"), (contact, "/portal/"), (contact, f"/portal/cases/{moving.pk}/"),
        (lead, "/items/"), (contact, "/portal/items/"), (desk, "/replies/"), (Client(), f"/t/{moving.token}/"),
    ]  # fmt: skip
    before = {url: _count(client, url) for client, url in pages}
    item = moving.item
    for number in range(12):
        actions.open_case(
            actor=known.house, enterprise=known.enterprises[0], words=f"第 {number} 件", item=item
        )
        attach(actor=known.house, case=moving, files=[examine(f"{number}.txt", f"{number}".encode())])
        ReplyTemplate.objects.create(community=known.community, title=f"{number}", text="好")
    after = {url: _count(client, url) for client, url in pages}
    assert before == after
