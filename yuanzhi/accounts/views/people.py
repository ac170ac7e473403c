"""People of the community: accounts (system administrator) and roles (security administrator)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.kernel.refusals import Refused

from .. import actions, scopes
from ..access import EDIT_PEOPLE, GRANT_ROLE, RESET_FACTOR, SEE_PEOPLE
from ..forms import EditForm, EndForm, GrantForm, OpenForm, PeopleFilter
from ..guards import needs, not_found
from ..lines import role_lines
from ..models import User
from ..passwords import one_time
from ..queries import (
    account_named,
    find_people,
    has_second_factor,
    membership_to_end,
    memberships_of,
    people_visible_to,
    sessions_of,
)
from ..requests import Request
from ..roles import ADMINISTRATORS, ENTERPRISE_PEOPLE, PARK_PEOPLE, ROLES, STAFF, Kind, Role

PAGE = 50


@needs(SEE_PEOPLE)
@require_safe
def people(request: Request) -> HttpResponse:
    """Who has an account here, with which roles."""
    form = PeopleFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    after = int(after) if (after := request.GET.get("after", "")).isdecimal() else 0
    found = find_people(
        request.actor,
        asked.get("q", ""),
        Role(asked["role"]) if asked.get("role") else None,
        active=asked.get("state") != "closed",
        after=after,
        limit=PAGE + 1,
    )
    rows, more = found[:PAGE], len(found) > PAGE
    held = memberships_of(request.actor, rows)
    lines = role_lines(m for ms in held.values() for m in ms)
    kept = {k: v for k, v in asked.items() if v}
    context = {
        "form": form,
        "rows": [{"user": u, "roles": [r for r in lines.get(u.pk, []) if r.state != "past"]} for u in rows],
        "filtered": bool(kept),
        "next_url": f"?{urlencode(kept | {'after': rows[-1].pk})}" if more else "",
        "first_url": f"?{urlencode(kept)}" if after else "",
        "may_open": request.actor.may(EDIT_PEOPLE),
        "may_grant": request.actor.may(GRANT_ROLE),
    }
    return TemplateResponse(request, "accounts/people.html", context)


@needs(SEE_PEOPLE)
@require_safe
def person(request: Request, pk: int) -> HttpResponse:
    """One account: who it is, its roles past and present, what an administrator can do about it."""
    return _person_page(request, _visible(request, pk))


def _person_page(request: Request, user: User, **extra: Any) -> HttpResponse:
    actor = request.actor
    lines = role_lines(memberships_of(actor, [user]).get(user.pk, [])).get(user.pk, [])
    mine = user.community_id == actor.community_id
    context = {
        "person": user,
        "roles": [line for line in lines if line.state != "past"],
        "past": [line for line in lines if line.state == "past"],
        "devices": len(sessions_of(user)),
        "factor": has_second_factor(user),
        "home": ""
        if mine
        else scopes.community_names([user.community_id or 0]).get(user.community_id or 0, "别的社区"),
        "own": actor.user_id == user.pk,
        "may_edit": actor.may(EDIT_PEOPLE) and mine,
        "may_grant": actor.may(GRANT_ROLE) and actor.user_id != user.pk and user.is_active,
        "may_reset_factor": actor.may(RESET_FACTOR) and mine and actor.user_id != user.pk,
    }
    return TemplateResponse(request, "accounts/person.html", context | extra)


@needs(EDIT_PEOPLE)
@never_cache
@sensitive_variables("password")
def open_account(request: Request) -> HttpResponse:
    """A new account; its one-time password is shown on the page that answers, and nowhere else."""
    form = OpenForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        password = one_time()
        try:
            user = actions.open_account(actor=request.actor, password=password, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return _password_once(request, user, password, "账号开好了")
    return TemplateResponse(request, "accounts/open.html", {"form": form})


@needs(EDIT_PEOPLE)
def edit_account(request: Request, pk: int) -> HttpResponse:
    """Correct a name, change a phone."""
    user = _visible(request, pk)
    form = EditForm(_posted(request), initial={"name": user.name}, masked=user.phone_masked)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_account(
                actor=request.actor, user=user, name=form.cleaned_data["name"], phone=form.new_phone()
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, "已保存")
            return redirect("accounts:person", pk)
    return TemplateResponse(request, "accounts/edit.html", {"form": form, "person": user})


@needs(EDIT_PEOPLE)
@require_POST
@never_cache
@sensitive_variables("password")
def reset_password(request: Request, pk: int) -> HttpResponse:
    """A one-time password for somebody who forgot theirs, shown once."""
    user = _visible(request, pk)
    if (page := _ask_first(request, user, f"重置{user.name}的密码？现在的密码马上作废")) is not None:
        return page
    try:
        password = actions.reset_password(actor=request.actor, user=user)
    except Refused as no:
        return _refused(request, user, no)
    return _password_once(request, user, password, "密码已重置")


@needs(EDIT_PEOPLE)
@require_POST
def set_active(request: Request, pk: int) -> HttpResponse:
    """Close an account or open it again."""
    user = _visible(request, pk)
    active = request.POST.get("active") == "1"
    question = f"恢复{user.name}的账号？" if active else f"停用{user.name}的账号？马上不能登录，以后可以恢复"
    if (page := _ask_first(request, user, question)) is not None:
        return page
    try:
        actions.set_active(actor=request.actor, user=user, active=active)
    except Refused as no:
        return _refused(request, user, no)
    messages.success(request, "账号已恢复，可以登录了" if active else "账号已停用，已从所有设备退出")
    return redirect("accounts:person", pk)


@needs(EDIT_PEOPLE)
@require_POST
def end_sessions(request: Request, pk: int) -> HttpResponse:
    """Sign somebody out everywhere."""
    user = _visible(request, pk)
    if (page := _ask_first(request, user, f"让{user.name}从所有设备退出？")) is not None:
        return page
    try:
        ended = actions.end_sessions(actor=request.actor, user=user)
    except Refused as no:
        return _refused(request, user, no)
    messages.success(request, f"已从 {ended} 台设备退出" if ended else "没有登录着的设备")
    return redirect("accounts:person", pk)


@needs(RESET_FACTOR)
@require_POST
def reset_factor(request: Request, pk: int) -> HttpResponse:
    """Forget an authenticator whose phone was lost."""
    user = _visible(request, pk)
    question = f"重置{user.name}的两步验证？请先当面或打电话确认是本人"
    if (page := _ask_first(request, user, question)) is not None:
        return page
    try:
        actions.reset_second_factor(actor=request.actor, user=user)
    except Refused as no:
        return _refused(request, user, no)
    messages.success(request, "两步验证已重置：下次登录后重新设置")
    return redirect("accounts:person", pk)


ROLE_GROUPS = (
    ("社区工作人员", sorted(STAFF, key=list(Role).index)),
    ("园区", sorted(PARK_PEOPLE, key=list(Role).index)),
    ("企业", sorted(ENTERPRISE_PEOPLE, key=list(Role).index)),
    ("合作方与上级", [Role.PARTNER, Role.DEPARTMENT, Role.VIEWER]),
    ("管理员（三个人分别担任）", sorted(ADMINISTRATORS, key=list(Role).index)),
)


@needs(GRANT_ROLE)
def grant_role(request: Request, pk: int, role: str = "") -> HttpResponse:
    """First which role, then bound to what and for how long."""
    user = _visible(request, pk, or_named=request.GET.get("name", ""))
    if not role:
        groups = [(name, [(r.value, *ROLES[r]) for r in members]) for name, members in ROLE_GROUPS]
        context = {"person": user, "groups": groups, "kinds": scopes.KIND_NAMES}
        return TemplateResponse(request, "accounts/grant.html", context)
    if role not in set(Role):
        raise not_found(f"没有“{role}”这种身份")
    wanted = Role(role)
    form = GrantForm(_posted(request), role=wanted, community_id=request.actor.community_id)
    if request.method == "POST" and form.is_valid():
        try:
            actions.grant_role(
                actor=request.actor,
                user=user,
                role=wanted,
                scope_id=form.cleaned_data.get("scope"),
                valid_from=form.cleaned_data["valid_from"],
                valid_to=form.cleaned_data["valid_to"],
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"已授予{user.name}“{ROLES[wanted][0]}”")
            return redirect("accounts:person", user.pk)
    context = {"person": user, "form": form, "role_name": ROLES[wanted][0]}
    return TemplateResponse(request, "accounts/grant_role.html", context)


@needs(GRANT_ROLE)
@require_safe
def invite(request: Request) -> HttpResponse:
    """Somebody with an account, perhaps opened by another community: found by the exact name only."""
    name = request.GET.get("name", "").strip()
    user = account_named(name) if name else None
    if user is not None:
        url = redirect("accounts:grant", user.pk).url
        return redirect(f"{url}?{urlencode({'name': name})}")
    return TemplateResponse(request, "accounts/invite.html", {"name": name, "missing": bool(name)})


@needs(GRANT_ROLE)
def end_role(request: Request, pk: int) -> HttpResponse:
    """End a role now, or on a day to come."""
    membership = membership_to_end(request.actor, pk)
    if membership is None:
        raise not_found("没有这个身份，或者它不在您的社区")
    form = EndForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_role(actor=request.actor, membership=membership, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"已记下：{membership.user.name}的身份到 {membership.valid_to} 为止")
            return redirect("accounts:person", membership.user_id)
    line = role_lines([membership])[membership.user_id][0]
    context = {"form": form, "person": membership.user, "line": line}
    return TemplateResponse(request, "accounts/end_role.html", context)


@needs(GRANT_ROLE)
@require_safe
def scope_options(request: Request, kind: str) -> HttpResponse:
    """What the scope picker lists for the typed words."""
    if kind not in set(Kind):
        raise not_found(f"没有“{kind}”这种范围")
    text = request.GET.get("q", "")
    found = scopes.search(Kind(kind), request.actor.community_id, text)
    options = [{"id": pk, "label": label} for pk, label in found]
    groups = [{"label": scopes.KIND_NAMES[Kind(kind)], "options": options}] if options else []
    return TemplateResponse(request, "components/options.html", {"groups": groups, "q": text})


def _visible(request: Request, pk: int, or_named: str = "") -> User:
    """The account, when the actor may see it; or when the actor knows its exact name (`invite`)."""
    named = account_named(or_named) if or_named else None
    if named is not None and named.pk == pk:
        return named
    return get_object_or_404(people_visible_to(request.actor), pk=pk)


def _posted(request: Request) -> Any:
    """What a form is bound to: nothing unless it was sent (an empty sending counts)."""
    return request.POST if request.method == "POST" else None


def _ask_first(request: Request, user: User, question: str) -> HttpResponse | None:
    """The page that asks where the browser's own dialog could not (no JavaScript)."""
    if request.POST.get("confirmed"):
        return None
    fields = [(k, v) for k, v in request.POST.items() if k not in ("csrfmiddlewaretoken", "confirmed")]
    context = {"question": question, "fields": fields, "back": reverse("accounts:person", args=[user.pk])}
    return TemplateResponse(request, "confirm.html", context)


def _refused(request: Request, user: User, no: Refused) -> HttpResponse:
    messages.error(request, str(no))
    return redirect("accounts:person", user.pk)


def _password_once(request: Request, user: User, password: str, title: str) -> HttpResponse:
    context = {"person": user, "password": password, "title": title}
    return TemplateResponse(request, "accounts/password_once.html", context)
