"""工作台: what waits for me, the most pressing first."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from yuanzhi.accounts.access import SEE_HISTORY, SEE_PEOPLE
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import signed_in
from yuanzhi.accounts.requests import Request
from yuanzhi.cases import queries
from yuanzhi.cases.access import SEE_PORTAL, SEE_WORKBENCH, WORK_CASE
from yuanzhi.cases.promises import Clock, clock_of
from yuanzhi.cases.rows import grouped, row_of
from yuanzhi.cases.rules import Urgency
from yuanzhi.partners.access import ANSWER_COORDINATION, MANAGE_PARTNERS, PARTNER_PORTAL
from yuanzhi.partners.queries.duty import on_duty_today

from ..greeting import greeting, sentence
from ..panels import days_ahead, register_todo

PAGE = 40
TABS = [("todo", "待办"), ("verdict", "待回访"), ("raised", "我发起"), ("done", "已办")]


@signed_in
def home(request: Request) -> HttpResponse:
    """Each to where their day begins."""
    actor = request.actor
    if actor.may(SEE_WORKBENCH):
        return _workbench(request, actor)
    if actor.may(SEE_PORTAL):
        return redirect("cases:portal")
    if actor.may(PARTNER_PORTAL):
        return redirect("partners:partner_home")
    if actor.may(ANSWER_COORDINATION):
        return redirect("partners:department_home")
    if actor.may(SEE_HISTORY):
        return redirect("accounts:audit")
    if actor.may(SEE_PEOPLE):
        return redirect("accounts:people")
    return render(request, "insights/welcome.html")


def _workbench(request: Request, actor: Actor) -> HttpResponse:
    now = timezone.now()
    tab = request.GET.get("tab", "todo")
    desk = request.GET.get("desk", "")
    clock = clock_of(actor.community_id)
    todo = queries.todo(actor)
    counts = queries.urgency_counts(todo, now, clock.soon(now))
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": _tabs(actor, tab, counts),
        "desks": _desks(actor, tab, desk),
        "greeting": greeting(actor.name, timezone.localtime(now)),
        "sentence": sentence(counts),
        "today": timezone.localtime(now),
        "may_work": actor.may(WORK_CASE),
        "verdicts": queries.latest_verdicts(actor),
        "quality": register_todo(actor),
        "quality_url": reverse("registry:quality"),
        "on_duty": on_duty_today(actor, clock, now),
        "may_roster": actor.may(MANAGE_PARTNERS),
        "calendar": days_ahead(clock.calendar, timezone.localdate(now)),
    }
    if tab == "todo":
        context.update(_todo(todo, desk, clock, now, counts))
    else:
        context.update(_plain(actor, tab, desk, clock, now))
    return render(request, "insights/workbench.html", context)


def _tabs(actor: Actor, tab: str, counts: dict[Urgency, int]) -> list[dict[str, Any]]:
    number = {"todo": sum(counts.values()), "verdict": queries.awaiting_verdict(actor)[:100].count()}
    return [
        {"label": label, "url": f"?tab={code}", "active": code == tab, "count": number.get(code)}
        for code, label in TABS
    ]


def _desks(actor: Actor, tab: str, desk: str) -> list[dict[str, Any]]:
    rows = queries.desks_of(actor.community_id)
    return [
        {
            "label": row.short,
            "url": f"?tab={tab}" if str(row.pk) == desk else f"?tab={tab}&desk={row.pk}",
            "active": str(row.pk) == desk,
        }
        for row in rows
    ]


def _todo(todo: Any, desk: str, clock: Clock, now: Any, counts: dict[Urgency, int]) -> dict[str, Any]:
    if desk.isdecimal():
        todo = todo.filter(desk_id=int(desk))
        counts = queries.urgency_counts(todo, now, clock.soon(now))
    rows = todo.select_related(*queries.FOR_ROWS).defer(*queries.HEAVY)
    cases = list(rows.order_by("due_at", "pk")[: PAGE + 1])
    return {"groups": grouped(cases[:PAGE], clock, now, counts), "more": len(cases) > PAGE}


def _plain(actor: Actor, tab: str, desk: str, clock: Clock, now: Any) -> dict[str, Any]:
    source = {
        "verdict": queries.awaiting_verdict,
        "raised": queries.raised_by,
        "done": queries.done_by,
    }.get(tab, queries.done_by)
    rows = source(actor)
    if desk.isdecimal():
        rows = rows.filter(desk_id=int(desk))
    cases = list(rows.select_related(*queries.FOR_ROWS).defer(*queries.HEAVY).order_by("-id")[:PAGE])
    return {"rows": [row_of(case, clock, now) for case in cases]}
