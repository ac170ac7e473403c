"""The page of an enterprise: all that is known, and every act on it, without JavaScript."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.registry import actions
from yuanzhi.registry.models import Contact, Enterprise, FactConflict, Merge, Tenancy

URL = "registry:enterprise"


@pytest.fixture
def lead(world, client):
    client.force_login(world.user(Role.LEAD))
    return client


@pytest.fixture
def it(world):
    """The first enterprise with a contact, a contradiction and a former name."""
    lead, row = world.actor(Role.LEAD), world.enterprises[0]
    actions.state_facts(actor=lead, enterprise=row, facts={"headcount": 128, "name": "杭州云图数视有限公司"})
    old = actions.source_for(world.house, "department", "市监部门数据", dt.date(2026, 6, 1))
    actions.state_facts(actor=world.house, enterprise=row, facts={"headcount": 96}, source=old)
    actions.add_contact(actor=lead, enterprise=row, name="王岚", phone="13800138000", purpose="head")
    row.refresh_from_db()
    return row


def page(client, url, status=200):
    response = client.get(url)
    assert response.status_code == status, url
    return response.content.decode()


def of(name, row):
    return reverse(f"registry:{name}", args=[row.pk])


def errors(response):
    assert response.status_code == 200
    return response.content.decode()


def test_all_that_is_known_is_on_one_page(lead, world, it):
    html = page(lead, of("enterprise", it))
    for word in (
        "杭州云图数视有限公司", "杭州云图科技有限公司", it.uscc, "128 人", "云溪1号园", "第 1 网格",
        "138****8000",
        "96 人", "市监部门数据", "网格长", "园区长", "从业人数从 10 人 改为 128 人",
        "落图到 云溪1号园 A座", "成立日期", "顺口问一句",
    ):  # fmt: skip
        assert word in html, word
    assert "13800138000" not in html


@pytest.mark.parametrize(
    ("role", "status", "contacts", "history", "edit"),
    [
        (Role.LEAD, 200, True, True, True),
        (Role.GRID_MEMBER, 200, True, True, True),
        (Role.VIEWER, 200, False, True, False),
        (Role.CAPTAIN, 200, False, False, False),
        (Role.PROPERTY, 200, False, False, False),
        (Role.CONTACT, 200, True, False, False),
        (Role.EMPLOYEE, 200, False, False, False),
        (Role.PARTNER, 403, False, False, False),
    ],
)
def test_each_sees_what_is_theirs(world, client, it, role, status, contacts, history, edit):
    client.force_login(world.user(role))
    html = page(client, of("enterprise", it), status)
    assert ("138****8000" in html) is contacts
    assert ("落图到" in html) is history
    assert ("更正信息" in html) is edit
    assert ("说法不一" in html) is edit


@pytest.mark.parametrize("role", [Role.CONTACT, Role.EMPLOYEE, Role.CAPTAIN])
def test_anothers_enterprise_is_not_there(world, client, role):
    client.force_login(world.user(role))
    other = world.enterprises[1]
    actions.add_contact(actor=world.actor(Role.LEAD), enterprise=other, name="别家的人", phone="13900139000")
    page(client, of("enterprise", other), 404)
    contact = Contact.objects.get(name="别家的人")
    assert client.post(reverse("registry:reveal", args=[contact.pk])).status_code in (403, 404)
    assert client.get(reverse("registry:edit_contact", args=[contact.pk])).status_code in (403, 404)
    assert client.get(of("add_contact", other)).status_code in (403, 404)


def test_the_neighbour_sees_nothing(world, neighbour, client, it):
    client.force_login(neighbour.user(Role.LEAD))
    contact = it.contacts.get()
    urls = ("enterprise", "edit", "move", "leave", "elsewhere", "merge", "history", "add_contact")
    for name in urls:
        page(client, of(name, it), 404)
    assert client.post(reverse("registry:reveal", args=[contact.pk])).status_code == 404
    assert client.post(of("confirm", it)).status_code == 404
    conflict = FactConflict.objects.get()
    client.post(of("decide", conflict), {"take": "new"})
    conflict.refresh_from_db()
    assert conflict.resolved_at is None


# -- correcting ------------------------------------------------------------------------------------------


def filled(client, url):
    """The fields of the page's form as a browser would send them."""
    form = client.get(url).context["form"]
    data = {}
    for bound in form:
        value = bound.value()
        if value in (None, False):
            continue
        data[bound.html_name] = "on" if value is True else bound.field.prepare_value(value)
    return data


def test_correcting_records_only_what_was_changed_with_source_and_day(lead, world, it):
    url = of("edit", it)
    data = filled(lead, url) | {
        "capital": "750万元",
        "headcount": "130",
        "heard": "visit",
        "day": "2026-11-20",
    }
    response = lead.post(url, data, follow=True)
    assert response.redirect_chain, errors(response)
    it.refresh_from_db()
    assert (it.capital, it.currency) == (7_500_000, "CNY")
    entry = HistoryEntry.objects.filter(verb="enterprise.changed").order_by("seq").last()
    assert set(entry.details["changes"]) == {"capital", "currency"} or set(entry.details["changes"]) == {
        "capital"
    }
    assert entry.details["day"] == "2026-11-20"
    # the headcount was stated today: what a visit saw before today waits for a decision
    assert it.headcount == 128
    assert "说法不一" in response.content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("uscc", "91330110MA0000000", "位"),
        ("capital", "很多钱", "看不懂"),
        ("name", "", "名称还没填"),
        ("headcount", "很多", "整数"),
        ("headcount", "-3", "负数"),
        ("established_on", "2999-01-01", "还没到"),
        ("established_on", "昨天", "日期看不懂"),
        ("status", "dead", "选择"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(lead, world, it, field, typed, told):
    url = of("edit", it)
    html = errors(lead.post(url, filled(lead, url) | {field: typed, "note": "记得这句"}))
    assert told in html
    assert 'value="记得这句"' in html
    if typed and field != "status":
        assert f'value="{typed}"' in html


def test_somebody_was_faster_shows_theirs_and_keeps_mine(lead, world, it):
    url = of("edit", it)
    mine = filled(lead, url) | {"headcount": "140", "website": "https://mine.example"}
    actions.state_facts(actor=world.actor(Role.DESK_OFFICER), enterprise=it, facts={"headcount": 133})
    html = errors(lead.post(url, mine))
    assert "刚被别人改过" in html and "现在是：133 人" in html
    assert 'value="140"' in html and "https://mine.example" in html
    again = mine | {"seen": str(Enterprise.objects.get(pk=it.pk).version)}
    assert f'value="{again["seen"]}"' in html
    lead.post(url, again)
    it.refresh_from_db()
    assert (it.headcount, it.website) == (140, "https://mine.example")


def test_clearing_a_fact(lead, world, it):
    url = of("edit", it)
    data = filled(lead, url)
    del data["headcount"]
    lead.post(url, data)
    it.refresh_from_db()
    assert it.headcount is None


def test_confirm_and_decide(lead, world, it):
    lead.post(of("confirm", it))
    conflict = FactConflict.objects.get(resolved_at=None)
    back = of("enterprise", it)
    response = lead.post(of("decide", conflict), {"take": "new", "back": back})
    assert response["Location"] == back
    it.refresh_from_db()
    assert it.headcount == 96 and it.confirmed_on is not None
    html = lead.post(of("decide", conflict), {"take": "old", "back": "//evil.example"}, follow=True)
    assert html.redirect_chain[0][0].startswith("/enterprises/")


# -- registering -----------------------------------------------------------------------------------------


def test_likely_twins_are_shown_before_anything_is_saved(lead, world):
    url = reverse("registry:new")
    data = {"name": "云图（杭州）智能有限公司", "heard": "staff"}
    html = errors(lead.post(url, data))
    assert "先看看是不是同一家" in html and "杭州云图科技有限公司" in html
    assert Enterprise.objects.count() == 12
    response = lead.post(url, data | {"not_twin": "on", "seat_text": "云溪2号园 A座"})
    new = Enterprise.objects.get(name=data["name"])
    assert response["Location"] == of("enterprise", new)
    assert new.park_id == world.parks[1].pk
    assert "杭州云图科技有限公司" in page(lead, f"{reverse('registry:new_twins')}?name=云图数据")


def test_a_grid_member_registers_in_the_own_grid_only(world, client):
    client.force_login(world.user(Role.GRID_MEMBER))
    url, data = reverse("registry:new"), {"name": "杭州青禾智造有限公司", "heard": "visit"}
    assert "写一下在哪" in errors(client.post(url, data))
    assert "不在您的网格里" in errors(client.post(url, data | {"seat_text": "云溪4号园"}))
    client.post(url, data | {"seat_text": "云溪1号园"})
    assert Enterprise.objects.get(name=data["name"]).park_id == world.parks[0].pk


# -- seats -----------------------------------------------------------------------------------------------


def test_move_leave_and_return(lead, world, it):
    lead.post(of("move", it), {"seat": f"b:{world.buildings[1].pk}", "on": "2026-09-01"})
    it.refresh_from_db()
    assert it.building_id == world.buildings[1].pk
    assert "为什么走" in errors(lead.post(of("leave", it), {"reason": ""}))
    lead.post(of("leave", it), {"reason": "租约到期", "on": "2026-10-01"})
    it.refresh_from_db()
    assert it.status == "moved_out"
    assert "它回来了" in page(lead, of("move", it))
    html = errors(lead.post(of("move", it), {"seat_text": "云溪1号园", "on": "2026-09-15"}))
    assert "才离开" in html
    lead.post(of("move", it), {"seat_text": "云溪1号园", "on": "2026-11-01"})
    assert Tenancy.objects.get(enterprise=it, valid_to=None).arrival == "return"
    html = page(lead, of("enterprise", it))
    assert "回来了，入驻 云溪1号园" in html and "走的原因：租约到期" in html
    lead.post(of("elsewhere", it), {"where": "滨江区"})
    it.refresh_from_db()
    assert it.office_address == "滨江区" and "office_address" in it.provenance
    assert "办公地址" in page(lead, of("enterprise", it))
    assert "办公在外" in page(lead, of("enterprise", it))


# -- merge -----------------------------------------------------------------------------------------------


def test_merge_by_hand_and_undo(lead, world, it):
    other = world.enterprises[4]
    url = of("merge", it)
    assert "和哪一家是同一家" in page(lead, url)
    assert "这就是它自己" in page(lead, f"{url}?other={it.pk}&with={it.pk}")
    # by a link from the duplicates, by the form's picker, by words alone
    for asked in (f"with={other.pk}", f"other_text=x&other={other.pk}", f"other_text={other.name}&other="):
        side_by_side = page(lead, f"{url}?{asked}")
        assert "留下左边的" in side_by_side and other.name in side_by_side, asked
    assert "还没选企业" in page(lead, f"{url}?other_text=&other=")
    lead.post(url, {"other": other.pk, "keep": other.pk})  # keep the other one
    it.refresh_from_db()
    assert it.merged_into_id == other.pk
    gone = lead.get(of("enterprise", it), follow=True)
    assert gone.redirect_chain[0][0] == of("enterprise", other)
    assert "并进来的" in gone.content.decode()
    made = Merge.objects.get()
    assert "再确认一下" in lead.post(of("unmerge", made)).content.decode()
    lead.post(of("unmerge", made), {"confirmed": "1"})
    page(lead, of("enterprise", it))
    assert lead.post(of("unmerge", made), {"confirmed": "1"}).status_code == 404


# -- contacts --------------------------------------------------------------------------------------------


def test_a_number_is_shown_once_and_recorded(lead, world, it):
    contact = it.contacts.get()
    url = of("reveal", contact)
    assert lead.get(url).status_code == 405
    whole = lead.post(url)
    assert "<html" in whole.content.decode() and "no-store" in whole["Cache-Control"]
    piece = lead.post(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece and "13800138000" in piece.replace(" ", "")
    assert HistoryEntry.objects.filter(verb="contact.revealed").count() == 2
    assert "13800138000" not in page(lead, of("enterprise", it)).replace(" ", "")


def test_contacts_are_added_corrected_and_retired(lead, world, it):
    url = of("add_contact", it)
    html = errors(lead.post(url, {"name": "李衡", "phone": "138001", "purpose": "hr"}))
    assert 'value="李衡"' in html and "电话" in html
    lead.post(url, {"name": "李衡", "phone": "13900139000", "purpose": "hr", "consent_on": "2026-11-01"})
    new = Contact.objects.get(name="李衡")
    sealed = new.phone_sealed
    lead.post(of("edit_contact", new), {"name": "李衡之", "phone": "", "purpose": "hr"})
    new.refresh_from_db()
    assert (new.name, new.phone_sealed) == ("李衡之", sealed)
    assert "再确认一下" in lead.post(of("retire_contact", new)).content.decode()
    lead.post(of("retire_contact", new), {"confirmed": "1"})
    page(lead, of("enterprise", it))  # the sentence of what was done
    assert "李衡之" not in page(lead, of("enterprise", it)).split('id="seats"')[0]


def test_a_contact_keeps_the_own_contacts(world, client, it):
    client.force_login(world.user(Role.CONTACT))
    client.post(of("add_contact", it), {"name": "自家人", "purpose": "office"})
    assert it.contacts.filter(name="自家人").exists()


# -- history ---------------------------------------------------------------------------------------------


def test_the_timeline_goes_back_page_by_page(lead, world, it):
    for count in range(45):
        actions.state_facts(actor=world.actor(Role.LEAD), enterprise=it, facts={"headcount": 200 + count})
    html, seen, url = page(lead, of("enterprise", it)), 0, ""
    for _ in range(5):
        seen += html.count("从业人数从 ")
        if not (more := re.search(r'hx-get="([^"]+before=\d+)"', html)):
            break
        url = more[1]
        html = page(lead, url)
    assert seen == 45 + 1
    piece = lead.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in piece


def test_an_unknown_verb_has_words(world, lead, it):
    from yuanzhi.registry.wording import say

    assert say("enterprise.confirmed", {}) == "核实过，信息无误"
    assert say("parade.held", {}) == "parade.held"
