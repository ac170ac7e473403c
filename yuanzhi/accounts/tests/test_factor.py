"""The second factor: required of administrators, set up, asked for, replaced by recovery codes; devices."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client

from tests.world import PASSWORD
from yuanzhi.accounts.roles import ADMINISTRATORS, Role
from yuanzhi.kernel.models import HistoryEntry

SET_UP = "/accounts/2fa/set-up/"


def sign_in(client, user, **extra):
    return client.post("/accounts/login/", {"login": user.username, "password": PASSWORD}, **extra)


def code_for(secret, steps=0):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def secret_on(response):
    """The key that stands under the QR code for typing."""
    return re.search(r'<code class="secret small">([A-Z2-7]+)</code>', response.content.decode())[1]


def set_up(client):
    """Set a second factor up as a person does; returns the secret."""
    secret = secret_on(client.get(SET_UP))
    response = client.post(SET_UP, {"code": code_for(secret)})
    assert response.status_code == 302 and response.url == "/accounts/2fa/codes/"
    return secret


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_administrators_set_it_up_before_they_administer(client, world, role):
    sign_in(client, world.user(role))
    page = "/audit/" if role is Role.AUDITOR else "/people/"
    assert client.get(page).url == SET_UP
    text = client.get(SET_UP).content.decode()
    assert "您是管理员" in text and 'src="data:image/svg+xml;base64,' in text
    set_up(client)
    assert client.get(page).status_code == 200


def test_others_may_do_without(client, world):
    sign_in(client, world.user(Role.LEAD))
    assert client.get("/people/").status_code == 200
    assert "还没有开启" in client.get("/accounts/2fa/").content.decode()


def test_the_qr_code_needs_no_inline_style(client, world):
    sign_in(client, world.user(Role.LEAD))
    response = client.get(SET_UP)
    assert "style=" not in response.content.decode()
    assert "data:" in response["Content-Security-Policy"]


def test_a_wrong_code_is_a_sentence_and_keeps_the_key(client, world):
    sign_in(client, world.user(Role.LEAD))
    secret = secret_on(client.get(SET_UP))
    response = client.post(SET_UP, {"code": "000000"})
    assert "验证码不对" in response.content.decode()
    assert secret_on(response) == secret
    assert not Authenticator.objects.exists()


def test_the_secret_is_sealed_and_the_history_knows(client, world):
    user = world.user(Role.LEAD)
    sign_in(client, user)
    with_commit = HistoryEntry.objects.filter(subject=f"user:{user.pk}", verb="factor.added")
    secret = set_up(client)
    stored = Authenticator.objects.get(user=user, type="totp").data
    assert secret not in str(stored)
    assert with_commit.count() <= 1  # written on commit: see test_signals


def test_signing_in_then_asks_for_the_code(client, world):
    user = world.user(Role.LEAD)
    sign_in(client, user)
    secret = set_up(client)
    other = Client()
    assert sign_in(other, user).url == "/accounts/2fa/code/"
    assert "_auth_user_id" not in other.session
    assert "6 位数字" in other.get("/accounts/2fa/code/").content.decode()
    assert "验证码不对" in other.post("/accounts/2fa/code/", {"code": "000000"}).content.decode()
    assert other.post("/accounts/2fa/code/", {"code": code_for(secret)}).url == "/"
    assert other.session["_auth_user_id"] == str(user.pk)


def test_a_recovery_code_works_once(client, world):
    user = world.user(Role.LEAD)
    sign_in(client, user)
    set_up(client)
    text = client.get("/accounts/2fa/codes/").content.decode()
    codes = re.findall(r"<li>(\w{8})</li>", text)
    assert len(codes) == 10
    for accepted in (True, False):
        other = Client()
        sign_in(other, user)
        response = other.post("/accounts/2fa/code/", {"code": codes[0]})
        assert (response.status_code == 302) is accepted


def test_removing_it_sends_an_administrator_back_to_setting_it_up(client, world):
    user = world.user(Role.SECURITY_ADMIN)
    sign_in(client, user)
    set_up(client)
    assert "作废" in client.get("/accounts/2fa/remove/").content.decode()
    client.post("/accounts/2fa/remove/")
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get("/people/").url == SET_UP


def test_an_old_sign_in_must_show_the_password_again(client, world, monkeypatch):
    sign_in(client, world.user(Role.LEAD))
    later = time.time() + 3600
    monkeypatch.setattr("yuanzhi.accounts.adapter.time.time", lambda: later)
    response = client.get(SET_UP)
    assert response.status_code == 302 and response.url.startswith("/accounts/again/")
    assert "再确认一下是您本人" in client.get(response.url).content.decode()


# -- devices -------------------------------------------------------------------------------------------


def test_devices_are_listed_in_words_and_can_be_signed_out(client, world):
    user = world.user(Role.LEAD)
    sign_in(client, user, headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/120"})
    phone, tablet = Client(), Client()
    sign_in(phone, user, headers={"user-agent": "Mozilla/5.0 (iPhone) MicroMessenger/8"})
    sign_in(tablet, user, headers={"user-agent": "Mozilla/5.0 (iPad) Safari/604"})
    text = client.get("/accounts/devices/").content.decode()
    assert "Chrome · Windows 电脑" in text and "微信 · iPhone" in text and "就是这台" in text
    one = UserSession.objects.get(session_key=phone.session.session_key)
    client.post("/accounts/devices/", {"session": one.pk})
    assert phone.get("/me/").status_code == 302
    assert tablet.get("/me/").status_code == 200
    client.post("/accounts/devices/", {"session": "others"})
    assert tablet.get("/me/").status_code == 302
    assert client.get("/me/").status_code == 200


def test_nobody_signs_out_somebody_elses_device(client, world):
    lead, viewer = world.user(Role.LEAD), world.user(Role.VIEWER)
    other = Client()
    sign_in(other, lead)
    sign_in(client, viewer)
    theirs = UserSession.objects.get(user=lead)
    client.post("/accounts/devices/", {"session": theirs.pk})
    assert other.get("/me/").status_code == 200


def test_being_seen_is_written_rarely(client, world, django_assert_num_queries):
    sign_in(client, world.user(Role.LEAD))
    client.get("/me/")
    session = UserSession.objects.get()
    first = session.last_seen_at
    client.get("/me/")
    session.refresh_from_db()
    assert session.last_seen_at == first


def test_nobody_else_recovers_a_factor(world):
    from yuanzhi.accounts import actions

    with pytest.raises(actions.Refused, match="命令行"):
        actions.recover_factor(actor=world.actor(Role.SECURITY_ADMIN), user=world.user(Role.SYSTEM_ADMIN))
