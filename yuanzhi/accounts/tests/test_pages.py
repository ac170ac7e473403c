"""The pages of the three administrators, one's own page, the bell."""

import datetime as dt
import json
import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from yuanzhi.accounts import actions
from yuanzhi.accounts.queries import actor_for
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.notices import notify


@pytest.fixture
def enter(client, world):
    """Sign in as a role of the world, second factor in place."""

    def enter(role, of=world):
        user = of.user(role)
        Authenticator.objects.get_or_create(user=user, type="totp", defaults={"data": {"secret": "x"}})
        client.force_login(user)
        return client

    return enter


def text_of(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


# -- system administrator ------------------------------------------------------------------------------


def test_opening_an_account_shows_its_password_once(enter, world):
    client = enter(Role.SYSTEM_ADMIN)
    given = {"name": "周敏", "username": "zhoumin", "phone": "13812345678"}
    response = client.post("/people/new/", given)
    password = re.search(r'<code class="secret">([\w-]+)</code>', text_of(response))[1]
    assert "no-store" in response["Cache-Control"]
    user = actions.people.User.objects.get(username="zhoumin")
    assert user.check_password(password) and user.must_change_password
    again = text_of(client.post("/people/new/", given))
    assert "已经有人用了" in again and 'value="周敏"' in again and 'value="13812345678"' in again
    assert password not in str(list(HistoryEntry.objects.values_list("data", flat=True)))


def test_a_reset_is_asked_first_and_shown_once(enter, world):
    client, lead = enter(Role.SYSTEM_ADMIN), world.user(Role.LEAD)
    url = reverse("accounts:reset_password", args=[lead.pk])
    asked = text_of(client.post(url))
    assert "现在的密码马上作废" in asked and 'name="confirmed"' in asked
    lead.refresh_from_db()
    assert not lead.must_change_password
    password = re.search(r'"secret">([\w-]+)<', text_of(client.post(url, {"confirmed": "1"})))[1]
    lead.refresh_from_db()
    assert lead.check_password(password)


def test_an_account_is_closed_and_opened_again(enter, world):
    client, lead = enter(Role.SYSTEM_ADMIN), world.user(Role.LEAD)
    url = reverse("accounts:set_active", args=[lead.pk])
    assert "停用" in text_of(client.post(url, {"active": "0"}))
    client.post(url, {"active": "0", "confirmed": "1"})
    assert "已停用" in text_of(client.get(f"/people/{lead.pk}/"))
    assert lead.username not in text_of(client.get("/people/"))
    assert lead.username in text_of(client.get("/people/?state=closed"))
    client.post(url, {"active": "1", "confirmed": "1"})
    lead.refresh_from_db()
    assert lead.is_active


def test_what_is_refused_is_said_on_the_page(enter, world):
    client, own = enter(Role.SYSTEM_ADMIN), world.user(Role.SYSTEM_ADMIN)
    url = reverse("accounts:reset_password", args=[own.pk])
    assert "您自己的账号" in text_of(client.post(url, {"confirmed": "1"}, follow=True))


def test_the_phone_is_never_shown_whole(enter, world):
    client, lead = enter(Role.SYSTEM_ADMIN), world.user(Role.LEAD)
    edit = reverse("accounts:edit", args=[lead.pk])
    client.post(edit, {"name": "林知夏", "phone": "13812345678"})
    for page in ("/people/", f"/people/{lead.pk}/", edit):
        text = text_of(client.get(page))
        assert "13812345678" not in text and "138****5678" in text
    client.post(edit, {"name": "林知夏", "phone": "", "drop_phone": "on"})
    lead.refresh_from_db()
    assert lead.phone_masked == ""


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=林知", True), ("q=yunxi_lead", True), ("q=138 1234 5678", True), ("q=5678", True), ("q=9999", False),
     ("role=lead", True), ("role=auditor", False), ("role=nonsense", True), ("after=abc", True)],
)  # fmt: skip
def test_finding_people(enter, world, query, found):
    lead = world.user(Role.LEAD)
    actions.edit_account(actor=world.house, user=lead, name="林知夏", phone="13812345678")
    assert ("林知夏" in text_of(enter(Role.SYSTEM_ADMIN).get(f"/people/?{query}"))) is found


def test_many_people_come_in_pages_with_the_same_number_of_queries(
    enter, world, django_assert_max_num_queries
):
    client = enter(Role.LEAD)
    client.get("/people/")
    with django_assert_max_num_queries(14):
        client.get("/people/")
    for number in range(60):
        user = actions.open_account(actor=world.house, username=f"many{number:02}", name=f"众{number:02}")
        actions.grant_role(
            actor=world.house, user=user, role=Role.CONTACT, scope_id=world.enterprises[number % 12].pk
        )
    with django_assert_max_num_queries(14):
        first = text_of(client.get("/people/"))
    following = re.search(r'href="(\?after=\d+)" rel="next"', first)[1]
    second = text_of(client.get(f"/people/{following}"))
    assert "众59" in second and "众59" not in first


# -- security administrator ----------------------------------------------------------------------------


def test_granting_a_role_step_by_step(enter, world):
    client, viewer = enter(Role.SECURITY_ADMIN), world.user(Role.VIEWER)
    url = reverse("accounts:grant_role", args=[viewer.pk, "grid_member"])
    assert url in text_of(client.get(reverse("accounts:grant", args=[viewer.pk])))
    assert "哪个网格" in text_of(client.get(url))
    grid = world.grids[1]
    response = client.post(url, {"scope": grid.pk, "scope_text": grid.name})
    assert response.url == f"/people/{viewer.pk}/"
    assert f"专职网格员・{grid.name}" in text_of(client.get(response.url))


def test_a_scope_typed_without_javascript(enter, world, neighbour):
    client, viewer = enter(Role.SECURITY_ADMIN), world.user(Role.VIEWER)
    url = reverse("accounts:grant_role", args=[viewer.pk, "captain"])
    assert "换个写法" in text_of(client.post(url, {"scope_text": "没有这个园"}))
    assert "有好几个" in text_of(client.post(url, {"scope_text": "号园"}))
    assert "本社区没有" in text_of(client.post(url, {"scope": neighbour.parks[0].pk}))
    assert "换个写法" in text_of(client.post(url, {"scope_text": neighbour.parks[0].name}))
    assert client.post(url, {"scope_text": world.parks[2].name}).status_code == 302


def test_the_picker_lists_own_rows_only(enter, world, neighbour):
    client = enter(Role.SECURITY_ADMIN)
    text = text_of(client.get("/people/scopes/park/?q=园"))
    assert world.parks[0].name in text and neighbour.parks[0].name not in text
    assert client.get("/people/scopes/planet/").status_code == 404


def test_an_impossible_role_is_a_sentence_and_keeps_what_was_typed(enter, world):
    client, auditor = enter(Role.SECURITY_ADMIN), world.user(Role.AUDITOR)
    url = reverse("accounts:grant_role", args=[auditor.pk, "lead"])
    text = text_of(client.post(url, {"valid_to": "2030-01-31"}))
    assert "此人是管理员" in text and 'value="2030-01-31"' in text
    assert client.get(reverse("accounts:grant_role", args=[auditor.pk, "emperor"])).status_code == 404


def test_a_security_administrator_cannot_serve_himself(enter, world):
    client, own = enter(Role.SECURITY_ADMIN), world.user(Role.SECURITY_ADMIN)
    url = reverse("accounts:grant_role", args=[own.pk, "lead"])
    assert "不能给自己" in text_of(client.post(url, {}))
    assert "授予身份" not in text_of(client.get(f"/people/{own.pk}/"))


def test_ending_a_role_now_and_later(enter, world):
    client, viewer = enter(Role.SECURITY_ADMIN), world.user(Role.VIEWER)
    held = viewer.memberships.get()
    url = reverse("accounts:end_role", args=[held.pk])
    later = timezone.localdate() + dt.timedelta(days=10)
    assert client.post(url, {"last_day": later.isoformat()}).status_code == 302
    assert f"至 {later}" in text_of(client.get(f"/people/{viewer.pk}/"))
    client.post(url, {"last_day": ""})
    assert not actor_for(viewer, world.community.pk).bonds
    assert "已经结束" in text_of(client.post(url, {"last_day": ""}))


def test_somebody_of_another_community_is_found_by_the_exact_name_only(enter, world, neighbour):
    client, lawyer = enter(Role.SECURITY_ADMIN), neighbour.user(Role.PARTNER)
    assert client.get(f"/people/{lawyer.pk}/").status_code == 404
    assert "没有用户名" in text_of(client.get("/people/invite/?name=linqu"))
    step = client.get("/people/invite/?name=linqu_partner").url
    assert step == f"/people/{lawyer.pk}/grant/?name=linqu_partner"
    assert "?name=linqu_partner" in text_of(client.get(step))
    url = reverse("accounts:grant_role", args=[lawyer.pk, "viewer"])
    assert client.post(url, {}).status_code == 404
    assert client.post(f"{url}?name=linqu_partner", {}).url == f"/people/{lawyer.pk}/"
    text = text_of(client.get(f"/people/{lawyer.pk}/"))
    assert "账号由邻渠社区管理" in text and "重置两步验证" not in text


# -- auditor -------------------------------------------------------------------------------------------


def test_the_history_by_person_verb_subject_and_day(enter, world):
    client, lead = enter(Role.AUDITOR), world.user(Role.LEAD)
    actions.edit_account(actor=world.actor(Role.SYSTEM_ADMIN), user=lead, name="林知夏")
    today = timezone.localdate()
    for query in ("who=系统管理员", "verb=account.edited", f"subject=user:{lead.pk}", f"day={today}"):
        assert "林知夏" in text_of(client.get(f"/audit/?{query}")), query
    for query in ("who=没有这人", "verb=role.ended", "subject=user:0", "day=2020-01-01"):
        assert "没有符合的记录" in text_of(client.get(f"/audit/?{query}")), query
    assert text_of(client.get("/audit/?day=昨天"))
    assert text_of(client.get("/audit/?before=9999999999999999999999"))


def test_the_history_speaks_in_words_and_the_clock_of_the_community():
    from yuanzhi.accounts.lines import entry_line

    entry = HistoryEntry(
        verb="case.opened",
        subject="case:7",
        data=json.dumps(
            {
                "changes": {"state": ["received", "accepted"]},
                "promise": {
                    "is_provisional": False,
                    "response_hours": 4,
                    "response_due": "2026-11-24T06:30:00+00:00",
                },
                "solved": True,
            }
        ),
    )
    assert entry_line(entry)["facts"] == [
        ("状态", "待受理 → 已受理"),
        ("承诺", "回应时限（小时） 4，回应到期 2026-11-24 14:30"),
        ("解决了", "是"),
    ]


def test_the_history_comes_in_pages(enter, world):
    client = enter(Role.AUDITOR)
    seen, url = [], "/audit/"
    while url:
        text = text_of(client.get(url))
        seen += [int(n) for n in re.findall(r'data-label="编号">(\d+)<', text)]
        found = re.search(r'href="([^"]*)" rel="next"', text)
        url = f"/audit/{found[1]}" if found else None
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) == HistoryEntry.objects.filter(chain=world.community.pk).count()


def test_verifying_says_so_and_names_the_first_broken_entry(enter, world):
    client = enter(Role.AUDITOR)
    assert "核验通过" in text_of(client.post("/audit/verify/", follow=True))
    HistoryEntry.objects.filter(chain=world.community.pk, seq=5).update(data="{}")
    said = text_of(client.post("/audit/verify/", follow=True))
    assert "核验不通过" in said and "第 5 条" in said and "被改过" in said


def test_a_long_history_is_verified_in_the_background(enter, world, monkeypatch):
    monkeypatch.setattr("yuanzhi.accounts.views.audit.INLINE", 3)
    client = enter(Role.AUDITOR)
    assert "后台核验" in text_of(client.post("/audit/verify/", follow=True))
    from yuanzhi.accounts.tasks import verify_in_background

    user = world.user(Role.AUDITOR)
    for _ in range(2):
        verify_in_background.func(world.community.pk, user.pk, "k")
    text = text_of(client.get("/notices/"))
    assert text.count("操作历史核验完了") == 1 and "核验通过" in text


@action
def _look(*, actor, contact):
    record(
        actor=actor, verb="contact.revealed", subject="contact:7", context="enterprise:3", phone="138****5678"
    )


def test_who_looked_at_a_phone_number(enter, world, neighbour):
    client = enter(Role.AUDITOR)
    assert "还没有人看过" in text_of(client.get("/audit/reveals/"))
    _look(actor=world.actor(Role.DESK_OFFICER), contact=7)
    _look(actor=neighbour.actor(Role.LEAD), contact=8)
    text = text_of(client.get("/audit/reveals/"))
    assert text.count("138****5678") == 1 and "窗口专员" in text


# -- oneself, the bell ---------------------------------------------------------------------------------


def test_ones_own_page(enter, world):
    text = text_of(enter(Role.GRID_MEMBER).get("/me/"))
    assert f"专职网格员・{world.grids[0].name}" in text and "换一个社区" not in text


def test_working_in_two_communities(enter, world, neighbour):
    lead = world.user(Role.LEAD)
    actions.grant_role(actor=neighbour.house, user=lead, role=Role.VIEWER)
    client = enter(Role.LEAD)
    assert "邻渠社区" in text_of(client.get("/me/"))
    assert client.post("/me/community/", {"community": neighbour.community.pk}).url == "/"
    assert "街道/区领导" in text_of(client.get("/me/"))
    for foreign in ("999999", "", "abc"):
        assert client.post("/me/community/", {"community": foreign}).status_code == 404
    actions.end_role(actor=neighbour.house, membership=lead.memberships.get(role="viewer"))
    assert "社区书记" in text_of(client.get("/me/"))  # back home when the other role ends


@pytest.mark.parametrize(
    ("role", "url"),
    [(Role.AUDITOR, "/audit/"), (Role.SYSTEM_ADMIN, "/people/"), (Role.SECURITY_ADMIN, "/people/"),
     (Role.LEAD, "/"), (Role.CONTACT, "/")],
)  # fmt: skip
def test_where_one_lands(world, role, url):
    from yuanzhi.accounts.landing import landing_url

    assert landing_url(world.user(role), world.actor(role)) == url


def test_the_bell(enter, world):
    client, lead, viewer = enter(Role.LEAD), world.user(Role.LEAD), world.user(Role.VIEWER)
    assert "还没有消息" in text_of(client.get("/notices/"))
    for number in range(3):
        notify(
            [lead.pk, viewer.pk],
            chain=world.community.pk,
            key=f"k{number}",
            title=f"第 {number} 件",
            url="/me/",
        )
    text = text_of(client.get("/notices/"))
    assert text.count("第 ") == 3 and "有 <b>3</b> 条没看过" in text
    mine, theirs = lead.pk, viewer.pk
    from yuanzhi.kernel.notices import notices_of, unread_count

    first = notices_of(mine)[0]
    assert client.post(f"/notices/{first.pk}/").url == "/me/"
    assert unread_count(mine) == 2
    assert client.post(f"/notices/{notices_of(theirs)[0].pk}/").status_code == 404
    client.post("/notices/read/")
    assert (unread_count(mine), unread_count(theirs)) == (0, 3)
    assert "都看过了" in text_of(client.get("/notices/"))


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:1", ""]
)
def test_a_notice_leads_nowhere_else(enter, world, url):
    client, lead = enter(Role.LEAD), world.user(Role.LEAD)
    notify([lead.pk], chain=world.community.pk, key="bad", title="坏", url=url)
    from yuanzhi.kernel.notices import notices_of

    assert client.post(f"/notices/{notices_of(lead.pk)[0].pk}/").url == "/notices/"


def test_old_notices_come_in_pages(enter, world):
    client, lead = enter(Role.LEAD), world.user(Role.LEAD)
    for number in range(70):
        notify([lead.pk], chain=world.community.pk, key=f"k{number}", title=f"旧事{number:02}")
    client.post("/notices/read/")
    seen, url = [], "/notices/"
    while url:
        text = text_of(client.get(url))
        seen += re.findall(r"旧事\d\d", text)
        found = re.search(r'href="([^"]*)" rel="next"', text)
        url = f"/notices/{found[1]}" if found else None
    assert seen == [f"旧事{n:02}" for n in reversed(range(70))]
