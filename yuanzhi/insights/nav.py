"""The shell of every page: navigation by what the actor may do, the bell, the community's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from yuanzhi.accounts.access import SEE_HISTORY, SEE_JOBS, SEE_PEOPLE
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import role_name
from yuanzhi.cases.access import (
    OPEN_CASE,
    OWN_ABSENCE,
    SEE_ANSWERS,
    SEE_BOARD,
    SEE_PORTAL,
    SEE_RATES,
    SEE_ROUTING,
    SEE_WORKBENCH,
)
from yuanzhi.kernel.notices import unread_count
from yuanzhi.partners.access import ANSWER_COORDINATION, PARTNER_PORTAL, SEE_DEPARTMENTS, SEE_PARTNERS
from yuanzhi.registry.access import DISTRICT, EDIT_ENTERPRISE, IMPORT, SEE_ENTERPRISE, SEE_PLACES, SETTINGS
from yuanzhi.registry.models import Community

# label, url name, icon, verb, group, the path prefixes that belong to it
_ITEMS = [
    ("工作台", "insights:home", "layout-list", SEE_WORKBENCH, 1, ()),
    ("企业门户", "cases:portal", "message-circle", SEE_PORTAL, 1, ("/portal/",)),
    ("合伙人门户", "partners:partner_home", "handshake", PARTNER_PORTAL, 1, ("/partner/",)),
    ("部门协同", "partners:department_home", "landmark", ANSWER_COORDINATION, 1, ("/department/",)),
    ("一张图", "registry:map", "map", SEE_PLACES, 1, ("/map/",)),
    ("诉求", "cases:list", "message-square-text", SEE_WORKBENCH, 1, ("/cases/",)),
    ("升级篮", "cases:board", "siren", SEE_BOARD, 1, ("/cases/board/", "/cases/terms/")),
    ("合伙人", "partners:partners", "handshake", SEE_PARTNERS, 1, ("/partners/", "/duty/", "/experts/")),
    ("部门", "partners:departments", "landmark", SEE_DEPARTMENTS, 1, ("/departments/",)),
    ("大家常问", "cases:answers", "book-open", SEE_ANSWERS, 1, ("/answers/",)),
    ("办得怎么样", "cases:rates", "chart-no-axes-column", SEE_RATES, 1, ("/rates/",)),
    ("企业", "registry:enterprises", "building-2", SEE_ENTERPRISE, 1, ("/enterprises/",)),
    ("园区楼宇", "registry:parks", "factory", SEE_PLACES, 1, ("/parks/", "/buildings/")),
    ("网格", "registry:grids", "grid-3x3", SEE_PLACES, 1, ("/grids/",)),
    ("服务事项", "cases:items", "list-checks", SEE_WORKBENCH, 2, ("/items/", "/replies/")),
    ("名录体检", "registry:quality", "clipboard-check", EDIT_ENTERPRISE, 2, ("/quality/",)),
    ("导入表格", "registry:imports", "file-up", IMPORT, 2, ("/imports/",)),
    ("划分网格", "registry:districting", "split", DISTRICT, 2, ("/districting/",)),
    ("谁不在", "cases:absences", "calendar-off", OWN_ABSENCE, 2, ("/absences/",)),
    ("派件规则", "cases:routing", "waypoints", SEE_ROUTING, 3, ("/routing/",)),
    ("社区设置", "registry:settings", "settings", SETTINGS, 3, ("/settings/",)),
    ("人员与身份", "accounts:people", "users", SEE_PEOPLE, 3, ("/people/",)),
    ("操作历史", "accounts:audit", "scroll-text", SEE_HISTORY, 3, ("/audit/",)),
    ("后台任务", "insights:jobs", "cpu", SEE_JOBS, 3, ("/jobs/",)),
]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for base.html: two queries for somebody signed in, none otherwise.

    Worked out when the template asks: a piece for htmx has no shell and pays nothing for it.
    """
    context: dict[str, Any] = {"theme": request.COOKIES.get("theme", "auto")}
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not actor.is_signed_in:
        return context
    parts: dict[str, Callable[[], Any]] = {
        "nav": lambda: list(_nav(actor, request.path)),
        "community_name": lambda: _community_name(actor.community_id),
        "card": lambda: _card(actor),
        "bell": lambda: _bell(actor),
        "search_url": lambda: _url("insights:find"),
        "palette_url": lambda: _url("insights:find"),
        "primary": lambda: _primary(actor),
    }
    return context | {name: cache(part) for name, part in parts.items()}


def _community_name(pk: int) -> str:
    return Community.objects.filter(pk=pk).order_by().values_list("name", flat=True).first() or ""


def _card(actor: Actor) -> dict[str, str]:
    note = role_name(actor.bonds[0].role) if actor.bonds else "还没有身份"
    return {"name": actor.name, "note": note, "url": _url("accounts:me") or "/"}


def _bell(actor: Actor) -> dict[str, Any] | None:
    url = _url("accounts:notices")
    return {"url": url, "count": unread_count(actor.user_id or 0)} if url else None


def _primary(actor: Actor) -> dict[str, str] | None:
    if not (actor.is_staff and actor.may(OPEN_CASE)):
        return None
    return {"label": "登记诉求", "url": _url("cases:intake"), "icon": "message-square-plus"}


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _nav(actor: Actor, path: str) -> Any:
    closest = max((p for item in _ITEMS for p in item[5] if path.startswith(p)), key=len, default="")
    for label, name, icon, verb, group, prefixes in _ITEMS:
        if not actor.may(verb) or not (url := _url(name)):
            continue
        active = path == url or closest in prefixes
        yield {"label": label, "url": url, "icon": icon, "active": active, "group": group}
