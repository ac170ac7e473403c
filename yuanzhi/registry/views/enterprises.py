"""The list of enterprises: finding, filtering, keeping a list, acting on many at once, taking it away."""

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
from yuanzhi.kernel.links import links_to
from yuanzhi.kernel.refusals import Refused

from .. import actions
from ..access import EDIT_ENTERPRISE, EXPORT, IMPORT, MERGE, SEE_ENTERPRISE, SEE_PLACES
from ..actions.tenancies import seat
from ..export import stream
from ..forms import ExportForm, FilterForm, SaveFilterForm, SeatForm
from ..lists import HEAVY, MOST, SORTS, bounded, narrow, page_of, say_count
from ..models import Enterprise
from ..queries import community_of, grids_by_park, saved_filters, search_scope, visible_to
from ..rules.facts import stale
from ..rules.saying import say_capital
from ..search import search
from .answers import answer, ask_first, number, status_badges

FOUND = 60  # so many of the best hits are shown for typed words


@needs(SEE_ENTERPRISE)
@require_safe
def enterprises(request: Request) -> HttpResponse:
    """The list. With typed words the best hits in their order, otherwise a keyset page of the chosen one."""
    actor, today = request.actor, timezone.localdate()
    form = FilterForm(request.GET, actor=actor)
    asked = form.asked()
    rows = narrow(visible_to(actor), asked, today).select_related("park", "building", "unit")
    rows = rows.defer(*HEAVY)
    if asked.q:
        shown, pages, count = _hits(request, rows, asked.q)
    else:
        found = page_of(
            rows,
            SORTS[form.order],
            after=request.GET.get("after", ""),
            before=request.GET.get("before", ""),
        )
        shown, count = found.rows, say_count(*bounded(rows, rare=asked.rare))
        pages = {
            "next_url": f"?{form.query(after=found.next)}" if found.next else "",
            "prev_url": f"?{form.query(before=found.prev)}" if found.prev else "",
        }
    context = _list_context(request, form, shown, today) | pages | {"count": count}
    return answer(request, "registry/enterprises.html", context, piece="list")


def _hits(request: Request, rows: Any, words: str) -> tuple[list[Enterprise], dict[str, str], str]:
    actor = request.actor
    hits = search(words, community_id=actor.community_id, scope=search_scope(actor), limit=FOUND)
    by_id = rows.in_bulk([hit.id for hit in hits])
    shown = [by_id[hit.id] for hit in hits if hit.id in by_id]
    for hit in hits:
        if hit.id in by_id:
            by_id[hit.id].found_by = hit.why.label
    return shown, {}, f"{len(shown)} 家" if len(hits) < FOUND else f"最像的 {len(shown)} 家"


def _list_context(request: Request, form: FilterForm, shown: list[Enterprise], today) -> dict[str, Any]:
    actor = request.actor
    grids = grids_by_park({row.park_id for row in shown if row.park_id})
    query = form.query()
    kept = [
        {"label": f.name, "url": f"?{f.query}", "active": bool(query) and f.query == query, "pk": f.pk}
        for f in saved_filters(actor)
    ]
    may_edit = actor.may(EDIT_ENTERPRISE)
    page_of_grid = links_to("registry:grid")
    return {
        "form": form,
        "rows": [
            {
                "it": row,
                "status": status_badges(row.status, row.is_abnormal),
                "grid": grids.get(row.park_id or 0),
                "grid_url": page_of_grid(grids[row.park_id].pk) if row.park_id in grids else "",
                "industry": form.industries.get(row.division, ""),
                "stale": stale(row.confirmed_on, today),
                "capital": say_capital(row.capital, row.currency),
                "place": " ".join(str(part) for part in (row.park, row.building, row.unit) if part),
            }
            for row in shown
        ],
        "kept": [{"label": "全部在册", "url": "?", "active": not query, "pk": None}, *kept],
        "current": next((f for f in kept if f["active"]), None),
        "query": query,
        "most": MOST,
        "may_edit": may_edit,
        "may_export": actor.may(EXPORT),
        "may_import": actor.may(IMPORT),
        "may_places": actor.may(SEE_PLACES),
        "may_merge": actor.may(MERGE),
        "may_pick": may_edit or actor.may(EXPORT),
    }


# -- lists one comes back to -----------------------------------------------------------------------------


@needs(SEE_ENTERPRISE)
def keep_filter(request: Request) -> HttpResponse:
    """Give the present list a name."""
    query = request.POST.get("query", request.GET.urlencode())
    form = SaveFilterForm(request.POST or None, initial={"query": query})
    back = f"{reverse('registry:enterprises')}?{query}"
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.save_filter(actor=request.actor, **form.cleaned_data)
        except Refused as no:
            form.add_error("name", str(no))
        else:
            messages.success(request, f"存好了：“{kept.name}”，下次在列表上面点它")
            return redirect(back)
    return answer(request, "registry/keep_filter.html", {"form": form, "back": back})


@needs(SEE_ENTERPRISE)
@require_POST
def drop_filter(request: Request, pk: int) -> HttpResponse:
    """Forget a saved list."""
    kept = next((f for f in saved_filters(request.actor) if f.pk == pk), None)
    back = reverse("registry:enterprises")
    if kept is not None:
        if (page := ask_first(request, f"删掉存的筛选“{kept.name}”？企业不受影响", back)) is not None:
            return page
        actions.drop_filter(actor=request.actor, kept=kept)
        messages.success(request, f"“{kept.name}”删掉了")
    return redirect(back)


# -- many at once ----------------------------------------------------------------------------------------


def _picked(request: Request) -> list[Enterprise]:
    given = request.POST if request.method == "POST" else request.GET
    ids = [number(value) for value in given.getlist("pick")][:200]
    rows = visible_to(request.actor).filter(pk__in=ids).select_related("park", "building", "unit")
    return list(rows.order_by("pk"))


def _back(request: Request) -> str:
    query = request.POST.get("query", "")
    return reverse("registry:enterprises") + (f"?{query}" if query else "")


@needs(EDIT_ENTERPRISE)
@require_POST
def confirm_many(request: Request) -> HttpResponse:
    """These were looked at and are right."""
    return _each(request, "核实了", lambda row: actions.confirm_facts(actor=request.actor, enterprise=row))


@needs(EDIT_ENTERPRISE)
@require_POST
def elsewhere_many(request: Request) -> HttpResponse:
    """These are registered here and work elsewhere."""
    question = (
        f"把选中的 {len(_picked(request))} 家标记为“注册在此、办公在外”？它们会离开地图，以后可以再落回来"
    )
    if (page := ask_first(request, question, _back(request))) is not None:
        return page
    return _each(request, "标记了", lambda row: actions.mark_elsewhere(actor=request.actor, enterprise=row))


def _each(request: Request, done: str, act: Any, back: str = "") -> HttpResponse:
    """Act on each picked enterprise; what is refused is said, the rest is done."""
    picked = _picked(request)
    if not picked:
        messages.warning(request, "还没有选企业：在名单左边打勾")
    _say_outcome(request, done, [_outcome(act, row) for row in picked])
    return redirect(back or _back(request))


def _outcome(act: Any, row: Enterprise) -> str:
    try:
        act(row)
    except Refused as no:
        return str(no)
    return ""


def _say_outcome(request: Request, done: str, outcomes: list[str]) -> None:
    refusals = [line for line in outcomes if line]
    if len(outcomes) > len(refusals):
        messages.success(request, f"{done} {len(outcomes) - len(refusals)} 家")
    if refusals:
        more = f"（另有 {len(refusals) - 2} 家类似）" if len(refusals) > 2 else ""
        messages.error(request, f"{len(refusals)} 家没有办成：{'；'.join(refusals[:2])}{more}")


@needs(EDIT_ENTERPRISE)
def place_many(request: Request) -> HttpResponse:
    """Put the picked enterprises into one place. Asked for from the list and from the 待落图 page."""
    picked = _picked(request)
    back = request.POST.get("back") or _back(request)
    if not back.startswith("/") or back.startswith("//"):
        back = reverse("registry:enterprises")
    if not picked:
        messages.warning(request, "还没有选企业：在名单左边打勾")
        return redirect(back)
    form = SeatForm(request.POST if "seat" in request.POST or "seat_text" in request.POST else None,
                    actor=request.actor, initial={"known": True})  # fmt: skip
    if form.is_bound and form.is_valid():
        place, known = form.cleaned_data["seat"], form.cleaned_data["known"]
        to = seat(place.park, place.building, place.unit)
        on = None if known else form.cleaned_data["on"]

        def act(row: Enterprise) -> Any:
            arrival = "known" if known else None
            return actions.move_in(actor=request.actor, enterprise=row, to=to, on=on, arrival=arrival)

        _say_outcome(request, f"落到{place.label}", [_outcome(act, row) for row in picked])
        return redirect(back)
    return answer(request, "registry/place_many.html", {"form": form, "picked": picked, "back": back})


# -- taking it away --------------------------------------------------------------------------------------


@needs(EXPORT)
def export(request: Request) -> HttpResponse:
    """Take the list (or the picked rows) away: a reason first, then the file."""
    actor, today = request.actor, timezone.localdate()
    given = request.POST if request.method == "POST" else request.GET
    filters = FilterForm(request.GET, actor=actor)
    ids = [number(value) for value in given.getlist("pick")][:200]
    rows = visible_to(actor)
    if ids:
        rows, words = rows.filter(pk__in=ids), f"选中的 {len(ids)} 家"
    else:
        asked = filters.asked()
        rows = narrow(rows, asked, today)
        if asked.q:
            hits = search(asked.q, community_id=actor.community_id, scope=search_scope(actor), limit=FOUND)
            rows = rows.filter(pk__in=[hit.id for hit in hits])
        words = "、".join(filters.words().values()) or "全部在册企业"
    sent = request.method == "POST" and "reason" in request.POST
    form = ExportForm(request.POST if sent else None)
    community = community_of(actor)
    if sent and form.is_valid():
        count = rows.count()
        try:
            return stream(
                actor=actor, community=community, rows=rows, count=count, words=words, **form.cleaned_data
            )
        except Refused as no:
            form.add_error(None, str(no))
    context = {
        "form": form,
        "words": words,
        "count": say_count(*bounded(rows)),
        "ids": ids,
        "back": f"{reverse('registry:enterprises')}?{filters.query()}",
    }
    return answer(request, "registry/export.html", context)
