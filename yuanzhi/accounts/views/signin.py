"""The door: sign-in, password, second factor, devices. allauth's views with our forms and words."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import LoginView, PasswordChangeView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as FactorReauthenticateView
from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from .. import scopes
from ..actions import sign_out_devices
from ..devices import device, is_phone
from ..forms import (
    FactorAgainForm,
    FactorForm,
    PasswordAgainForm,
    PasswordForm,
    SetUpFactorForm,
    SignInForm,
)
from ..guards import not_found, public, signed_in
from ..lines import SEES, role_lines
from ..queries import demo_accounts, sessions_of
from ..requests import Request
from ..roles import Role


class SignIn(LoginView):
    """By user name or phone; the demo also offers its personas at one click."""

    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        personas = demo_personas() if settings.DEMO else []
        return super().get_context_data(**kwargs) | {"personas": personas}


class ChangePassword(PasswordChangeView):
    """One's own password; the demo's personas have none."""

    form_class = PasswordForm

    def dispatch(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated and not request.user.has_usable_password():
            messages.info(request, "这个账号不用密码登录，没有密码可改")
            return redirect("accounts:me")
        return super().dispatch(request, *args, **kwargs)


class PasswordAgain(ReauthenticateView):
    form_class = PasswordAgainForm


class SetUpFactor(ActivateTOTPView):
    form_class = SetUpFactorForm


class Factor(AuthenticateView):
    form_class = FactorForm


class FactorAgain(FactorReauthenticateView):
    form_class = FactorAgainForm


def demo_personas() -> list[dict[str, Any]]:
    """The demo's accounts by community: name, role, what they see."""
    accounts = demo_accounts()
    names = scopes.community_names({m.community_id for _, m in accounts})
    lines = {line.pk: line for rows in role_lines(m for _, m in accounts).values() for line in rows}
    return [
        {
            "community": names.get(community, ""),
            "community_id": community,
            "people": [
                {
                    "username": user.username,
                    "name": user.name,
                    "role": lines[m.pk].words,
                    "sees": SEES[Role(m.role)],
                }
                for user, m in rows
            ],
        }
        for community, rows in groupby(accounts, key=lambda pair: pair[1].community_id)
    ]


@public
@require_POST
def demo_sign_in(request: Request, username: str) -> HttpResponse:
    """Sign in as one of the demo's personas. Does not exist anywhere but in a demo."""
    if not settings.DEMO:
        raise not_found("这里没有演示账号")
    held = [(u, m.community_id) for u, m in demo_accounts() if u.username == username]
    if not held:
        raise not_found("没有这个演示账号")
    user, community = held[0]
    if (wanted := request.POST.get("community", "")).isdecimal() and (user, int(wanted)) in held:
        community = int(wanted)
    user.backend = settings.AUTHENTICATION_BACKENDS[0]
    record_authentication(request, user, method="demo")
    response = perform_login(request, Login(user=user))
    request.session["community"] = community
    return response


@signed_in
def devices(request: Request) -> HttpResponse:
    """Where this account is signed in; one device or all the others can be signed out."""
    current = request.session.session_key
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        ended = sign_out_devices(
            actor=request.actor,
            user=request.user,
            keep=current or "",
            only=int(chosen) if chosen.isdecimal() else None,
        )
        messages.success(request, f"已退出 {ended} 台设备" if ended else "没有别的设备要退出")
        return redirect("usersessions_list")
    lines = [
        {
            "pk": s.pk,
            "device": device(s.user_agent),
            "icon": "smartphone" if is_phone(s.user_agent) else "monitor",
            "ip": s.ip,
            "since": s.created_at,
            "seen": s.last_seen_at,
            "current": s.session_key == current,
        }
        for s in sessions_of(request.user)
    ]
    return TemplateResponse(
        request, "usersessions/usersession_list.html", {"lines": lines, "others": len(lines) - 1}
    )


sign_in = public(SignIn.as_view())
