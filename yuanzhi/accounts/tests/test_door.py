"""Signing in and out: by name, by phone, wrong passwords, one-time passwords, the demo's personas."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.world import PASSWORD
from yuanzhi.accounts import actions
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.models import HistoryEntry

SIGN_IN = "/accounts/login/"


def sign_in(client, login, password=PASSWORD, **extra):
    return client.post(SIGN_IN, {"login": login, "password": password}, **extra)


def signed_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def lead(world):
    user = world.user(Role.LEAD)
    actions.edit_account(actor=world.house, user=user, name="林知夏", phone="13812345678")
    return user


@pytest.mark.parametrize(
    "typed",
    [
        "yunxi_lead",
        "YUNXI_LEAD",
        " yunxi_lead ",
        "13812345678",
        "138 1234-5678",
        "+86 13812345678",
        "１３８１２３４５６７８",
    ],
)
def test_by_user_name_or_phone_however_it_is_spelt(client, lead, typed):
    response = sign_in(client, typed)
    assert response.status_code == 302 and response.url == "/"
    assert client.session["_auth_user_id"] == str(lead.pk)


def test_signing_in_is_recorded_with_the_device(client, world, lead):
    sign_in(client, "yunxi_lead", headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120"})
    entry = HistoryEntry.objects.filter(chain=world.community.pk).latest("seq")
    assert (entry.verb, entry.details) == ("account.signed_in", {"device": "Chrome · Windows 电脑"})


def test_back_to_where_one_wanted_to_go_but_never_elsewhere(client, lead):
    there = client.get("/me/")
    assert there.status_code == 302 and there.url == f"{SIGN_IN}?next=/me/"
    assert sign_in(client, "yunxi_lead").status_code == 302
    client.logout()
    data = {"login": "yunxi_lead", "password": PASSWORD}
    assert client.post(SIGN_IN, data | {"next": "/me/"}).url == "/me/"
    client.logout()
    assert client.post(SIGN_IN, data | {"next": "https://evil.example/"}).url == "/"


def test_a_fragment_sends_the_whole_page_to_the_door(client, lead):
    response = client.get(
        "/people/", headers={"hx-request": "true", "hx-current-url": "http://testserver/me/?a=1"}
    )
    assert response.status_code == 200 and not response.content
    assert response["HX-Redirect"] == f"{SIGN_IN}?next=/me/%3Fa%3D1"


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("yunxi_lead", "不对的密码不对的密码"),
        ("13812345678", "不对"),
        ("nobody", PASSWORD),
        ("13900000000", "x"),
    ],
)
def test_a_wrong_password_is_a_sentence_that_gives_nothing_away(client, lead, login, password):
    response = sign_in(client, login, password)
    assert response.status_code == 200 and not signed_in(client)
    text = response.content.decode()
    assert "用户名（手机号）或密码不对" in text
    assert f'value="{login}"' in text  # what was typed stays


def test_a_closed_account_is_told_so(client, world, lead):
    actions.set_active(actor=world.actor(Role.SYSTEM_ADMIN), user=lead, active=False)
    response = client.post(SIGN_IN, {"login": "yunxi_lead", "password": PASSWORD}, follow=True)
    assert "已停用" in response.content.decode() and not signed_in(client)


def test_five_wrong_passwords_close_the_account_for_a_while(client, world, lead):
    """However the account is named, from whatever address, and also for the right password."""
    for login in ("yunxi_lead", "13812345678", "138 1234 5678", "YUNXI_LEAD", "+8613812345678"):
        assert "密码不对" in sign_in(client, login, "不对").content.decode()
    other = Client(REMOTE_ADDR="10.1.2.3")
    response = sign_in(other, "yunxi_lead")
    assert response.status_code == 200 and not signed_in(other)
    said = re.search(r"请过 (\d+) 分钟再试", response.content.decode())
    assert said and 14 <= int(said[1]) <= 15
    locks = HistoryEntry.objects.filter(chain=world.community.pk, verb="account.locked")
    assert [e.subject for e in locks] == [f"user:{lead.pk}"]
    sign_in(other, "yunxi_lead")
    assert locks.count() == 1


def test_the_counter_is_not_wiped_by_somebody_elses_sign_in(client, world, lead):
    for _ in range(5):
        sign_in(client, "yunxi_lead", "不对")
    assert sign_in(client, "yunxi_viewer").status_code == 302
    client.logout()
    assert sign_in(client, "yunxi_lead").status_code == 200


def test_a_new_password_opens_the_account_again(client, world, lead, django_capture_on_commit_callbacks):
    for _ in range(5):
        sign_in(client, "yunxi_lead", "不对")
    with django_capture_on_commit_callbacks(execute=True):
        password = actions.reset_password(actor=world.actor(Role.SYSTEM_ADMIN), user=lead)
    response = sign_in(client, "yunxi_lead", password)
    assert response.status_code == 302 and response.url == "/accounts/password/"


def test_too_many_tries_from_one_network_get_a_page_in_chinese(client, lead, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip", "login_failed": "20/m/ip,5/15m/key"}
    for _ in range(3):
        sign_in(client, "nobody", "x")
    response = sign_in(client, "nobody", "x")
    assert response.status_code == 429
    assert "请稍等一分钟" in response.content.decode()


def test_the_counters_are_in_the_shared_table(client, lead):
    from yuanzhi.kernel.models import CacheRow

    sign_in(client, "yunxi_lead", "不对")
    assert CacheRow.objects.filter(cache_key__contains="login_failed").count() >= 2
    cache.clear()


def test_a_one_time_password_must_be_changed_first(client, world):
    user = world.user(Role.DESK_OFFICER)
    password = actions.reset_password(actor=world.actor(Role.SYSTEM_ADMIN), user=user)
    sign_in(client, user.username, password)
    for page in ("/me/", "/notices/"):
        assert client.get(page).url == "/accounts/password/"
    text = client.get("/accounts/password/").content.decode()
    assert "先换成自己的密码" in text
    new = "运河边的老桥头有灯"
    wrong = {"oldpassword": "不是", "password1": new, "password2": new}
    assert "现在的密码不对" in client.post("/accounts/password/", wrong).content.decode()
    weak = {"oldpassword": password, "password1": "12345", "password2": "12345"}
    assert "密码太短" in client.post("/accounts/password/", weak).content.decode()
    same = {"oldpassword": password, "password1": password, "password2": password}
    assert "和现在的一样" in client.post("/accounts/password/", same).content.decode()
    differing = {"oldpassword": password, "password1": new + "一二", "password2": new}
    assert "两遍新密码不一样" in client.post("/accounts/password/", differing).content.decode()
    right = {"oldpassword": password, "password1": new + "一二", "password2": new + "一二"}
    assert client.post("/accounts/password/", right).url == "/"
    assert client.get("/me/").status_code == 200
    user.refresh_from_db()
    assert not user.must_change_password
    assert HistoryEntry.objects.filter(verb="account.password_changed", subject=f"user:{user.pk}").exists()


def test_a_new_password_signs_out_the_other_devices(client, lead):
    other = Client()
    for device in (client, other):
        sign_in(device, "yunxi_lead")
    new = "运河边的老桥头有灯笼"
    client.post("/accounts/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302


def test_signing_out(client, lead):
    sign_in(client, "yunxi_lead")
    assert "要退出登录吗" in client.get("/accounts/logout/").content.decode()
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert not signed_in(client)


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "account_reset_password", "account_change_phone"]
)
def test_no_door_is_open_that_nobody_watches(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


# -- the demo ------------------------------------------------------------------------------------------


@pytest.fixture
def persona(world):
    user = actions.open_account(
        actor=world.house, username="demo_lead", name="程知远", must_change_password=False
    )
    actions.grant_role(actor=world.house, user=user, role=Role.LEAD)
    return user


def test_without_a_demo_there_are_no_personas(client, persona, settings):
    assert settings.DEMO is False
    assert "程知远" not in client.get(SIGN_IN).content.decode()
    assert client.post("/demo/demo_lead/").status_code == 404
    assert not signed_in(client)


def test_in_a_demo_one_click_signs_in(client, world, persona, settings):
    settings.DEMO = True
    text = client.get(SIGN_IN).content.decode()
    assert "程知远" in text and "社区书记/站长" in text and world.community.name in text
    assert client.get("/demo/demo_lead/").status_code == 405
    assert client.post("/demo/demo_lead/").url == "/"
    assert client.session["_auth_user_id"] == str(persona.pk)
    assert client.get("/accounts/password/").url == "/me/"  # it has none


@pytest.mark.parametrize("username", ["yunxi_lead", "demo_nobody", "demo_", "%"])
def test_in_a_demo_only_personas_sign_in_that_way(client, persona, settings, username):
    settings.DEMO = True
    assert client.post(f"/demo/{username}/").status_code == 404
    assert not signed_in(client)


def test_a_closed_persona_is_gone(client, persona, settings, world):
    settings.DEMO = True
    actions.set_active(actor=world.house, user=persona, active=False)
    assert client.post("/demo/demo_lead/").status_code == 404
