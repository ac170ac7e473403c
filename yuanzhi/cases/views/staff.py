"""What staff see and do: the list, quick capture, the case page and its steps."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.queries import parks_visible_to
from yuanzhi.registry.queries import visible_to as enterprises_visible_to

from .. import listing, queries
from ..access import EXPORT_CASE, OPEN_CASE, SEE_CASE, SEE_WORKBENCH, WORK_CASE
from ..actions.attachments import add_note_with_files
from ..models import Case
from ..promises import clock_of
from ..rows import row_of
from ..states import STEP_NAMES, Step
from .case_page import DO, show, visible
from .files import read_files, tell
from .procedure import ask_about_stages, reply_asked

PAGE = 30


@needs(SEE_WORKBENCH)
def case_list(request: Request) -> HttpResponse:
    """All cases the actor may see, by whatever one asks for; the newest or the most pressing first."""
    actor, now = request.actor, timezone.now()
    picked = listing.Picked.of(request.GET)
    clock = clock_of(actor.community_id)
    page = listing.page_of(actor, picked, size=PAGE, now=now)
    context = {
        "rows": [row_of(case, clock, now) for case in page.cases],
        "next_url": f"?{picked.query(before=page.next)}" if page.next else "",
        "prev_url": f"?{picked.query()}" if picked.before else "",
        "picked": picked,
        "by_due": listing.by_due(picked),
        "sort_urls": {"due": f"?{picked.query(sort='due')}", "newest": f"?{picked.query(sort='')}"},
        "states": [(state.value, name) for state, name in queries.STATE_FILTERS],
        "channels": Case.Channel.choices,
        "desks": list(queries.desks_of(actor.community_id)),
        "items": list(queries.items_of(actor.community_id).order_by("desk_id", "pk")),
        "parks": list(parks_visible_to(actor).order_by("pk").values_list("pk", "name")),
        "people": listing.colleagues(actor.community_id),
        "query": picked.query(),
        "may_work": actor.may(WORK_CASE),
        "may_export": actor.may(EXPORT_CASE),
        "may_pick": actor.may(WORK_CASE) or actor.may(EXPORT_CASE),
    }
    return render(request, "cases/list.html", context)


@needs(SEE_CASE)
def case(request: Request, pk: int) -> HttpResponse:
    """A case: as a page, or in the drawer beside a list."""
    actor = request.actor
    if not actor.is_staff and not actor.may(SEE_WORKBENCH):
        return redirect("cases:portal_case", pk=pk)
    return show(request, visible(request, pk), **reply_asked(request))


@needs(WORK_CASE)
@require_POST
def take_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Take a step; what was typed stays when the house says no."""
    actor = request.actor
    row = visible(request, pk)
    if step not in {s.value for s in DO}:
        raise Http404("没有这个步骤")
    text = request.POST.get("text", "")
    if (page := ask_about_stages(request, row, step)) is not None:
        return page
    try:
        DO[Step(step)](actor, row, text)
    except Refused as refusal:
        row = visible(request, pk)
        return show(request, row, status=409, refusal=str(refusal), kept=text, kept_step=step)
    messages.success(request, f"{row.number}：{STEP_NAMES[Step(step)]}，已记下")
    return redirect("cases:case", pk=pk)


@needs(SEE_CASE)
@require_POST
def write_note(request: Request, pk: int) -> HttpResponse:
    """Write to colleagues, or to the enterprise."""
    actor = request.actor
    row = visible(request, pk)
    text = request.POST.get("text", "")
    files, sentences = read_files(request)
    try:
        add_note_with_files(
            actor=actor,
            case=row,
            text=text,
            files=files,
            is_public=request.POST.get("public") == "1",
            once=request.POST.get("once"),
        )
    except Refused as refusal:
        said = sentences[0] if sentences and not files else str(refusal)
        return show(request, row, status=409, refusal=said, kept=text, kept_step="note")
    tell(request, sentences)
    return redirect("cases:case", pk=pk)


@needs(SEE_CASE)
def of_enterprise(request: Request, pk: int) -> HttpResponse:
    """An enterprise's cases, for its page."""
    actor = request.actor
    enterprise = get_object_or_404(enterprises_visible_to(actor), pk=pk)
    cases = queries.visible_to(actor).filter(enterprise=enterprise).select_related(*queries.FOR_ROWS)
    clock, now = clock_of(actor.community_id), timezone.now()
    context = {
        "enterprise": enterprise,
        "rows": [row_of(case, clock, now) for case in cases.order_by("-id")[:20]],
        "may_open": actor.may(OPEN_CASE),
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    return render(
        request, "cases/of_enterprise_part.html" if fragment else "cases/of_enterprise.html", context
    )
