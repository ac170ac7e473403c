"""One enterprise: all that is known, on one screen; correcting, confirming, registering."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import actions
from ..access import (
    EDIT_CONTACTS,
    EDIT_ENTERPRISE,
    MERGE,
    REVEAL_PHONE,
    SEE_CONTACTS,
    SEE_ENTERPRISE,
    SEE_PLACES,
    SEE_TIMELINE,
)  # fmt: skip
from ..actions.tenancies import seat
from ..forms import FactsForm, NewForm
from ..lines import fact_lines, history_lines, seat_lines
from ..models import Enterprise
from ..queries import (
    branches_of,
    contacts_visible_to,
    enterprise_for,
    facts_of,
    history_of,
    keepers_of,
    kept_instead,
    may_on,
    merges_into,
    open_conflicts_of,
    seats_of,
    twins,
    visible_to,
)  # fmt: skip
from ..rules.facts import FACTS, missing, stale
from .answers import answer, number, refused, the_enterprise


@needs(SEE_ENTERPRISE)
@require_safe
def enterprise(request: Request, pk: int) -> HttpResponse:
    """The page of an enterprise; a merged one leads to the one that was kept."""
    actor = request.actor
    found = enterprise_for(actor, pk)
    if found is None and (kept := kept_instead(actor, pk)) is not None:
        messages.info(request, "那一家已经合并到这一家了")
        return redirect("registry:enterprise", kept)
    return answer(request, "registry/enterprise.html", _page(request, found or the_enterprise(request, pk)))


def _page(request: Request, it: Enterprise) -> dict[str, Any]:
    actor, today = request.actor, timezone.localdate()
    facts = facts_of(it)
    may_edit = may_on(actor, EDIT_ENTERPRISE, it)
    sees_contacts = may_on(actor, SEE_CONTACTS, it)
    sees_history = actor.may(SEE_TIMELINE)
    past = history_of(it) if sees_history else None
    return {
        "it": it,
        "facts": fact_lines(facts),
        "business": facts["business"],
        "former": list(it.former_names.order_by("-until", "-pk")),
        "branches": branches_of(actor, it),
        "seats": seat_lines(seats_of(it)),
        "keepers": keepers_of(it),
        "contacts": list(contacts_visible_to(actor).filter(enterprise=it).order_by("pk")),
        "sees_contacts": sees_contacts,
        "conflicts": open_conflicts_of(it) if may_edit else [],
        "history": history_lines(past.rows, today) if past else [],
        "older": past.rows[-1].seq if past and past.more else None,
        "sees_history": sees_history,
        "missing": [FACTS[f] for f in missing({k: f.value for k, f in facts.items()})],
        "stale": stale(it.confirmed_on, today),
        "merges": merges_into(it) if actor.may(MERGE) else [],
        "may_edit": may_edit,
        "may_place": may_edit or (it.park_id is None and actor.may(EDIT_ENTERPRISE)),
        "may_contact": may_on(actor, EDIT_CONTACTS, it),
        "may_reveal": may_on(actor, REVEAL_PHONE, it),
        "may_merge": actor.may(MERGE),
        "may_places": actor.may(SEE_PLACES),
        "live": it.status in Enterprise.LIVE,
    }  # fmt: skip


@needs(SEE_TIMELINE)
@require_safe
def older(request: Request, pk: int) -> HttpResponse:
    """Earlier entries of the timeline: a piece for the page, or a page of its own."""
    it = the_enterprise(request, pk)
    past = history_of(it, before=number(request.GET.get("before")) or None)
    context = {
        "it": it,
        "history": history_lines(past.rows, timezone.localdate()),
        "older": past.rows[-1].seq if past.more else None,
    }
    return answer(request, "registry/history.html", context, piece="entries")


@needs(EDIT_ENTERPRISE)
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct facts. Somebody else's change in the meantime is shown beside what was typed."""
    it = the_enterprise(request, pk)
    if not may_on(request.actor, EDIT_ENTERPRISE, it):
        it = the_enterprise(request, pk, EDIT_ENTERPRISE)
    initial = {} if request.POST else {"heard": "staff"}
    form = FactsForm(request.POST or None, actor=request.actor, enterprise=it, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            said = form.facts()
            changed = actions.state_facts(
                actor=request.actor, enterprise=it, facts=said, source=_source(request, form),
                seen_version=form.cleaned_data["seen"], clear=True,
            )  # fmt: skip
        except Overtaken as late:
            it = the_enterprise(request, pk)
            form.say_current(it)
            form.add_error(None, str(late))
        except Refused as no:
            form.add_error(None, str(no))
        else:
            _say_changes(request, said, changed)
            return redirect("registry:enterprise", pk)
    return answer(request, "registry/edit.html", {"it": it, "form": form})


def _source(request: Request, form: FactsForm) -> Any:
    """The source of what was typed: who says so, for which day."""
    kind, day = form.cleaned_data["heard"], form.cleaned_data["day"]
    return actions.source_for(request.actor, kind, day=day)


def _say_changes(request: Request, said: dict[str, Any], changed: dict[str, Any]) -> None:
    waiting = [FACTS[field] for field in said if field not in changed and said[field] not in (None, "")]
    if changed:
        messages.success(request, f"改好了：{'、'.join(FACTS[field] for field in changed)}")
    if waiting:
        messages.warning(
            request,
            f"{'、'.join(waiting)}和更新、更可靠的记录不一样，先放在“说法不一”里，请核对后决定用哪一个",
        )
    if not changed and not waiting:
        messages.info(request, "没有改动")


@needs(EDIT_ENTERPRISE)
@require_POST
def confirm(request: Request, pk: int) -> HttpResponse:
    """Somebody looked: what stands here is right."""
    it = the_enterprise(request, pk)
    try:
        actions.confirm_facts(actor=request.actor, enterprise=it)
    except Refused as no:
        return refused(request, no, reverse("registry:enterprise", args=[pk]))
    messages.success(request, "记下了：今天核实过，信息无误")
    return redirect("registry:enterprise", pk)


@needs(EDIT_ENTERPRISE)
@require_POST
def decide(request: Request, pk: int) -> HttpResponse:
    """Two sources say different things: take the new one or keep ours."""
    from ..queries import open_conflicts

    conflict = open_conflicts(request.actor).filter(pk=pk).select_related("enterprise").first()
    back = request.POST.get("back", "")
    if not back.startswith("/") or back.startswith("//"):
        back = reverse("registry:enterprises")
    if conflict is None:
        messages.info(request, "这处矛盾已经处理过了")
        return redirect(back)
    try:
        actions.resolve_conflict(
            actor=request.actor, conflict=conflict, take_new=request.POST.get("take") == "new"
        )
    except Refused as no:
        return refused(request, no, back)
    messages.success(request, f"{conflict.enterprise.name}的{FACTS[conflict.field]}定下来了")
    return redirect(back)


# -- a new one -------------------------------------------------------------------------------------------


@needs(EDIT_ENTERPRISE)
def new(request: Request) -> HttpResponse:
    """Register an enterprise. Likely twins are shown before anything is saved."""
    actor = request.actor
    form = NewForm(request.POST or None, actor=actor, initial={"heard": "staff"})
    alike: list[Enterprise] = []
    if request.method == "POST" and form.is_valid():
        alike = twins(actor, form.cleaned_data["name"], form.cleaned_data["uscc"])
        if alike and not form.cleaned_data["not_twin"]:
            form.add_error(None, "名录里有很像的，先看看是不是同一家")
        elif (made := _register(request, form)) is not None:
            return redirect("registry:enterprise", made.pk)
    return answer(request, "registry/new.html", {"form": form, "alike": _may_open(request, alike)})


def _register(request: Request, form: NewForm) -> Enterprise | None:
    actor, place = request.actor, form.cleaned_data["seat"]
    try:
        made = actions.register_enterprise(actor=actor, facts=form.facts(), source=_source(request, form))
    except Refused as no:
        form.add_error(None, str(no))
        return None
    messages.success(request, f"{made.name}登记好了")
    if place is not None:
        since = form.cleaned_data["since"]
        try:
            actions.move_in(
                actor=actor, enterprise=made, to=seat(place.park, place.building, place.unit), on=since,
                arrival=None if since else "known",
            )  # fmt: skip
        except Refused as no:
            messages.warning(request, f"位置没有落上：{no}")
    return made


@needs(EDIT_ENTERPRISE)
@require_safe
def new_twins(request: Request) -> HttpResponse:
    """While the name is typed: who is already there."""
    name = request.GET.get("name", "").strip()
    alike = twins(request.actor, name, request.GET.get("uscc", "").strip().upper()) if len(name) >= 2 else []
    return answer(request, "registry/twins.html", {"alike": _may_open(request, alike)}, piece="list")


def _may_open(request: Request, alike: list[Enterprise]) -> list[dict[str, Any]]:
    seen = set(
        visible_to(request.actor).filter(pk__in=[row.pk for row in alike]).values_list("pk", flat=True)
    )
    return [{"it": row, "open": row.pk in seen} for row in alike]
