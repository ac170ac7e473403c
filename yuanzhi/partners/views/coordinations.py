"""A case's coordinations: the part of its page for staff, what they do there, and the enterprise's part."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.cases.access import SEE_PORTAL
from yuanzhi.cases.models import Case
from yuanzhi.cases.promises import clock_of
from yuanzhi.cases.queries import visible_to as cases_visible_to
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import ask_first

from .. import actions
from ..access import COORDINATE, SEE_COORDINATION
from ..coordination_rows import is_pending, link_line, row_of
from ..forms_departments import AskAgainForm, CoordinateForm, LinkForm, WhyForm
from ..models import Coordination
from ..queries import departments as queries
from ..states import COORDINATION, CoordinationState, CoordinationStep


def _case(request: Request, pk: int, verb: Any) -> Case:
    rows = cases_visible_to(request.actor, verb).select_related("enterprise", "desk", "merged_into")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found("没有这件诉求，或者它不在您负责的范围内")
    return found


def _coordination(request: Request, pk: int) -> Coordination:
    rows = queries.coordinations_visible_to(request.actor, COORDINATE)
    found = rows.filter(pk=pk).select_related("case__enterprise", "department").first()
    if found is None:
        raise not_found("没有这次协同，或者它不在您负责的范围内")
    return found


@needs(SEE_COORDINATION)
@require_safe
def of_case(request: Request, pk: int) -> HttpResponse:
    """All coordinations of a case with their clocks, and what can be done with each."""
    return _panel(request, _case(request, pk, SEE_COORDINATION))


def _panel(
    request: Request, case: Case, *, status: int = 200, refusal: str = "", **kept: forms.Form
) -> HttpResponse:
    """The part for the case's page, or a page of its own. `kept`: bound forms that go back, by their name."""
    context = _context(request, case) | {"refusal": refusal} | kept
    fragment = request.htmx and not request.htmx.history_restore_request
    template = "partners/coordinations_part.html" if fragment else "partners/coordinations.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _context(request: Request, case: Case) -> dict[str, Any]:
    actor, now = request.actor, timezone.now()
    clock = clock_of(case.community_id)
    may = cases_visible_to(actor, COORDINATE).filter(pk=case.pk).exists()
    alive = case.state in OPEN
    links: dict[int | None, list[dict[str, Any]]] = {}
    for link in queries.links_of_case(case) if may else []:
        links.setdefault(link.coordination_id, []).append(link_line(link, now))
    rows = list(queries.of_case(case))
    forms_ = _coordinate_form(request, case) if may and alive else None
    return {
        "case": case,
        "rows": [
            {
                "row": row_of(row, clock, now),
                "steps": _steps(row) if may else set(),
                "links": links.get(row.pk, []),
                "may_link": may and alive and is_pending(row),
            }
            for row in rows
        ],
        "may": may,
        "form": forms_,
        "again": AskAgainForm(auto_id=False),
        "off": WhyForm(auto_id=False),
        "link": LinkForm(auto_id=False),
    }


def _steps(row: Coordination) -> set[str]:
    state = CoordinationState(row.state)
    ours = (CoordinationStep.CLOSE, CoordinationStep.ASK_AGAIN, CoordinationStep.CALL_OFF)
    steps = {step.value for step in ours if (state, step) in COORDINATION}
    return steps if row.case.state in OPEN or row.case.merged_into_id else steps - {"ask_again"}


def _coordinate_form(request: Request, case: Case, data: Any = None) -> CoordinateForm:
    notes, files = queries.shareable(case)
    suggested = request.GET.get("department", "")
    initial = {"departments": [suggested]} if suggested.isdecimal() else None
    return CoordinateForm(
        data,
        departments=queries.active_departments(request.actor),
        notes=notes,
        files=files,
        confidential=case.is_confidential,
        initial=initial,
        prefix="ask",
    )


def _home(case: Case) -> HttpResponse:
    return redirect(reverse("cases:case", args=[case.pk]) + "#coordinations-panel")


@needs(COORDINATE)
@require_POST
def send(request: Request, pk: int) -> HttpResponse:
    """Ask departments."""
    case = _case(request, pk, COORDINATE)
    form = _coordinate_form(request, case, request.POST)
    if not form.is_valid():
        return _panel(request, case, status=422, form=form)
    said = form.cleaned_data
    try:
        rows = actions.send_coordinations(
            actor=request.actor,
            case=case,
            departments=list(said["departments"]),
            lead=said["lead"],
            question=said["question"],
            reply_days=said["reply_days"],
            notes=list(said.get("shown_notes", [])),
            files=list(said.get("shown_files", [])),
            confidential_why=said.get("confidential_why", ""),
            once=request.POST.get("once"),
        )
    except Refused as no:
        form.add_error(None, str(no))
        return _panel(request, case, status=409, form=form)
    names = "、".join(row.department.short for row in rows)
    messages.success(request, f"发给了{names}。没有账号的，可以在下面发个链接")
    return _home(case)


@needs(COORDINATE)
@require_POST
def step(request: Request, pk: int, step: str) -> HttpResponse:
    """Adopt the answer, ask again, or call it off."""
    row = _coordination(request, pk)
    seen = request.POST.get("seen", "")
    if step not in ("close", "ask_again", "call_off") or not seen.isdecimal() or len(seen) > 9:
        raise Http404("没有这个步骤：请回到诉求页再试")
    form: forms.Form = {"ask_again": AskAgainForm, "call_off": WhyForm}.get(step, forms.Form)(request.POST)
    if not form.is_valid():
        sentence = next(iter(form.errors.values()))[0]
        return _refused(request, row, str(sentence), 422)
    common: dict[str, Any] = {"actor": request.actor, "coordination": row, "seen": int(seen)}
    try:
        if step == "close":
            actions.close_coordination(**common)
        elif step == "ask_again":
            actions.ask_again(**common, **form.cleaned_data)
        else:
            actions.call_off_coordination(**common, **form.cleaned_data)
    except Refused as no:
        return _refused(request, row, str(no), 409)
    said = {
        "close": "采用了，部门会知道",
        "ask_again": "又问了一次，时限从现在重新算",
        "call_off": "取消了，部门会知道",
    }
    messages.success(request, f"{row.department.short}：{said[step]}")
    return _home(row.case)


def _refused(request: Request, row: Coordination, sentence: str, status: int) -> HttpResponse:
    case = _case(request, row.case_id, COORDINATE)
    typed = {name: request.POST.get(name, "")[:4000] for name in ("question", "why", "reply_days", "name")}
    match = request.resolver_match
    context: Any = {
        "kept_at": row.pk,
        "kept_step": match.kwargs.get("step", "link") if match else "link",
        "typed": typed,
    }
    return _panel(request, case, status=status, refusal=sentence, **context)


# -- links -----------------------------------------------------------------------------------------------


@needs(COORDINATE)
@require_POST
@never_cache
@sensitive_variables("made", "url")
def make_link(request: Request, pk: int) -> HttpResponse:
    """A link for somebody without an account: shown here, once, and kept nowhere."""
    row = _coordination(request, pk)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _refused(request, row, str(next(iter(form.errors.values()))[0]), 422)
    try:
        made = actions.make_link(
            actor=request.actor, coordination=row, once=request.POST.get("once"), **form.cleaned_data
        )
    except Refused as no:
        return _refused(request, row, str(no), 409)
    url = request.build_absolute_uri(reverse("partners:guest", args=[made.token])) if made.token else ""
    context = {
        "link": made.link,
        "link_url": url,
        "back": reverse("cases:case", args=[row.case_id]) + "#coordinations-panel",
        "what": f"{row.department.short}・{row.case.title}",
    }
    response = render(request, "partners/link_made.html", context)
    response["Referrer-Policy"] = "no-referrer"
    return response


@needs(COORDINATE)
@require_POST
def revoke(request: Request, pk: int) -> HttpResponse:
    """Take a link back."""
    link = queries.link_visible_to(request.actor, pk)
    if link is None:
        raise not_found("没有这个链接，或者它不在您负责的范围内")
    back = reverse("cases:case", args=[link.case_id]) + "#coordinations-panel"
    if (page := ask_first(request, f"收回给{link.name}的链接？对方就打不开了", back)) is not None:
        return page
    try:
        actions.revoke_link(actor=request.actor, link=link)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, f"收回了，{link.name}手里的链接已经打不开")
    return redirect(back)


# -- the enterprise's part -------------------------------------------------------------------------------


@needs(SEE_PORTAL)
@require_safe
def portal_part(request: Request, pk: int) -> HttpResponse:
    """Who works on one's own matter, by when they answer, and what they said for everybody to read."""
    case = _case(request, pk, SEE_PORTAL)
    clock, now = clock_of(case.community_id), timezone.now()
    rows = [row_of(row, clock, now) for row in queries.of_case(case) if row.state in queries.TOLD]
    context = {
        "case": case,
        "rows": [
            {"row": row, "replies": [r for r in row.it.replies.all() if r.is_public]}
            for row in rows
            if not row.is_over
        ],
    }
    fragment = request.htmx and not request.htmx.history_restore_request
    template = "partners/coordinations_portal_part.html" if fragment else "partners/coordinations_portal.html"
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response
