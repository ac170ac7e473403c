"""派件规则: the ordered list, one rule, trying it on past cases, what was learned, who gets how much."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.writer import write_rows
from yuanzhi.registry.access import IMPORT
from yuanzhi.registry.views.answers import answer, number, refused

from ..access import EDIT_ROUTING, SEE_ROUTING
from ..actions import assignment, learning, routing_rules, trials
from ..forms_routing import RuleForm, data_of, initial_of
from ..imports.rules import COLUMNS, form_of, rows_of
from ..models import RoutingRule, RoutingTrial
from ..queries_learning import newest
from ..queries_routing import catalogue_of
from ..queries_rules import (
    Offers,
    history_of,
    is_assigning,
    lines_of,
    offers_for,
    rule_for,
    seats_of,
    trial_for,
)

BACK = "cases:routing"


@needs(SEE_ROUTING)
@require_safe
def rules(request: Request) -> HttpResponse:
    """The list in its order, and all else that decides where a need goes."""
    actor = request.actor
    catalogue = catalogue_of(actor.community_id)
    model = newest(actor.community_id)
    context = {
        "lines": lines_of(actor, catalogue),
        "may_edit": actor.may(EDIT_ROUTING),
        "may_import": actor.may(EDIT_ROUTING) and actor.may(IMPORT),
        "model": model,
        "score": round(model.score * 100) if model and model.score is not None else None,
        "assigning": is_assigning(actor),
        "desks": seats_of(actor, catalogue.desks),
        "entries": history_of(actor),
    }
    return answer(request, "cases/routing.html", context)


def _rule(request: Request, pk: int) -> RoutingRule:
    found = rule_for(request.actor, pk)
    if found is None:
        raise not_found("没有这条规则，或者它不在本社区")
    return found


@needs(EDIT_ROUTING)
def add(request: Request) -> HttpResponse:
    """A new rule, at the end of the list; tried first, if one wants."""
    return _edit(request, None)


@needs(EDIT_ROUTING)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a rule; what it did before stays as it was."""
    return _edit(request, _rule(request, pk))


def _edit(request: Request, rule: RoutingRule | None) -> HttpResponse:
    actor, offers = request.actor, offers_for(request.actor)
    form = _form(request, offers, rule)
    if request.method == "POST" and form.is_valid():
        data = form.data_of_rule()
        try:
            if "try" in request.POST:
                days = number(request.POST.get("days"), 90)
                trial = trials.try_rule(actor=actor, data=data, rule=rule, days=days)
                return redirect("cases:routing_trial", trial.pk)
            saved = routing_rules.save_rule(
                actor=actor,
                data=data,
                rule=rule,
                seen=number(request.POST.get("seen")) if rule else None,
                key=request.POST.get("once", ""),
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"规则“{saved.name}”已保存，从下一件起按它派")
            return redirect(BACK)
    context = {"form": form, "rule": rule, "seen": request.POST.get("seen") or (rule.version if rule else "")}
    return answer(request, "cases/routing_rule.html", context, status=422 if form.errors else 200)


def _form(request: Request, offers: Offers, rule: RoutingRule | None) -> RuleForm:
    initial: dict[str, Any] = data_of(rule) if rule else {}
    if tried := trial_for(request.actor, number(request.GET.get("trial"))):
        initial = initial_of(tried.change["data"])  # back from a dry run, with what was typed
    if rule:  # an item is named by the row in force
        for name in ("item", "give_item"):
            current = offers.catalogue.now(int(initial.get(name) or 0))
            initial[name] = current.pk if current else ""
    return form_of(offers, request.POST or None, initial=initial)


@needs(EDIT_ROUTING)
@require_POST
def move(request: Request, pk: int) -> HttpResponse:
    """One place up or down."""
    rule = _rule(request, pk)
    seen = number(request.POST.get("seen")) or None
    try:
        routing_rules.move_rule(actor=request.actor, rule=rule, up=request.POST.get("to") == "up", seen=seen)
    except Refused as no:
        return refused(request, no, BACK)
    return redirect(f"{_url()}#r{pk}")


def _url() -> str:
    return reverse(BACK)


@needs(EDIT_ROUTING)
@require_POST
def switch(request: Request, pk: int) -> HttpResponse:
    """Off, or on again."""
    rule, on = _rule(request, pk), request.POST.get("on") == "1"
    try:
        routing_rules.switch_rule(actor=request.actor, rule=rule, on=on)
    except Refused as no:
        return refused(request, no, BACK)
    said = "又用上了" if on else "停用了，已派的不变"
    messages.success(request, f"规则“{rule.name}”{said}")
    return redirect(f"{_url()}#r{pk}")


# -- trying a rule on past cases -----------------------------------------------------------------------


def _trial(request: Request, pk: int) -> RoutingTrial:
    found = trial_for(request.actor, pk)
    if found is None:
        raise not_found("没有这次试跑：试跑只留七天，再试一次就有")
    return found


@needs(EDIT_ROUTING)
@require_safe
def trial(request: Request, pk: int) -> HttpResponse:
    """What would change, and how far the work is."""
    one = _trial(request, pk)
    desks = {desk_id: desk.name for desk_id, desk in catalogue_of(one.community_id).desks.items()}
    desks[0] = "看内容"
    found = one.found
    moves = [
        {"source": desks.get(row[0], "？"), "target": desks.get(row[1], "？"), "by": row[2], "count": row[3]}
        for row in found.get("moves", [])
    ]
    examples = [
        {
            "pk": row[0], "number": row[1], "title": row[2], "source": desks.get(row[3], "？"),
            "target": desks.get(row[4], "？"), "handled": desks.get(row[5], "？"),
            "right": row[4] == row[5], "why": row[6],
        }
        for row in found.get("samples", [])
    ]  # fmt: skip
    context = {
        "one": one,
        "name": one.change["data"]["name"],
        "working": one.state == RoutingTrial.State.RUNNING,
        "moves": moves,
        "examples": examples,
        "hits": found.get("hits", {}).get(one.change["data"]["name"], 0),
        "changed": found.get("changed", 0),
        "right": found.get("right", 0),
    }
    return answer(request, "cases/routing_trial.html", context, piece="progress")


@needs(EDIT_ROUTING)
@require_POST
def use(request: Request, pk: int) -> HttpResponse:
    """Save what was tried."""
    one = _trial(request, pk)
    try:
        rule = trials.use_trial(actor=request.actor, trial=one)
    except Refused as no:
        return refused(request, no, BACK)
    messages.success(request, f"规则“{rule.name}”已保存，从下一件起按它派")
    return redirect(BACK)


@needs(EDIT_ROUTING)
@require_safe
def sheet(request: Request) -> FileResponse:
    """The whole list as a spreadsheet, to be changed and brought in again."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    write_rows(out, rows_of(request.actor), "派件规则", [column.width or 14 for column in COLUMNS])
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename="派件规则.xlsx")


# -- learning and fair turns ---------------------------------------------------------------------------


@needs(EDIT_ROUTING)
@require_POST
def learn(request: Request) -> HttpResponse:
    """Learn anew now."""
    try:
        learning.ask_to_learn(actor=request.actor)
    except Refused as no:
        return refused(request, no, BACK)
    messages.success(request, "后台已经开始学了，过一两分钟刷新就能看到")
    return redirect(BACK)


@needs(EDIT_ROUTING)
@require_POST
def assigning(request: Request) -> HttpResponse:
    """Whether a case is given to somebody as it comes in."""
    on = request.POST.get("on") == "1"
    try:
        assignment.set_assigning(actor=request.actor, on=on)
    except Refused as no:
        return refused(request, no, BACK)
    messages.success(request, "登记时就派到人" if on else "登记后在窗口等人受理")
    return redirect(BACK)


@needs(EDIT_ROUTING)
@require_POST
def share(request: Request) -> HttpResponse:
    """How much of somebody's time a desk has."""
    actor, post = request.actor, request.POST
    desk = catalogue_of(actor.community_id).desks.get(number(post.get("desk")))
    if desk is None:
        return refused(request, Refused("这个窗口不在了"), BACK)
    try:
        assignment.set_share(
            actor=actor, desk=desk, user_id=number(post.get("user")), share=number(post.get("share"))
        )
    except Refused as no:
        return refused(request, no, BACK)
    messages.success(request, "份额改好了，从下一件起按它派")
    return redirect(f"{_url()}#turns")
