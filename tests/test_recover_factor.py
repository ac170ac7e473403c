"""`yuanzhi recover-factor`: the only security administrator lost the phone and the recovery codes."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from yuanzhi.__main__ import parser
from yuanzhi.accounts.roles import Role
from yuanzhi.config.commands import RUN
from yuanzhi.kernel.models import HistoryEntry


def test_the_console_helps_the_only_security_administrator_back_in(client, world, capsys):
    user = world.user(Role.SECURITY_ADMIN)
    client.force_login(user)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    UserSession.objects.create(
        user=user, session_key=client.session.session_key, ip="127.0.0.1", user_agent="x"
    )

    def recover(name):
        return RUN["recover-factor"](parser().parse_args(["recover-factor", name]))

    assert recover(user.username) == 0
    said = capsys.readouterr().out
    assert user.name in said and "重新设置两步验证" in said
    assert not Authenticator.objects.filter(user=user).exists()
    told = HistoryEntry.objects.filter(verb="factor.recovered", subject=f"user:{user.pk}")
    assert {entry.chain for entry in told} == {0, world.community.pk}
    assert client.get("/people/").status_code == 302  # signed out everywhere
    assert recover(user.username) == 1 and "没有设置两步验证" in capsys.readouterr().err
    assert recover("nobody") == 1 and "没有“nobody”" in capsys.readouterr().err
