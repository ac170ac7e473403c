"""A department's own pages: what waits, what is worked on, what was answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.accounts.roles import Kind
from yuanzhi.cases.promises import clock_of
from yuanzhi.kernel.refusals import Refused

from ..access import ANSWER_COORDINATION
from ..answering import may_return
from ..coordination_rows import row_of
from ..models import Coordination
from ..queries import departments as queries
from ..states import COORDINATION, CoordinationState, CoordinationStep
from .answering import FORMS, SAID, act, file_answer, form_of

PAGE = 50
_TABS = [("sent", "待签收"), ("accepted", "在办"), ("answered", "已答复")]


@needs(ANSWER_COORDINATION)
@require_safe
def home(request: Request) -> HttpResponse:
    """The department's list, the most pressing first."""
    actor, now = request.actor, timezone.now()
    tab = request.GET.get("tab", "sent")
    tab = tab if tab in queries.TABS else "sent"
    counts = queries.portal_counts(actor)
    rows = list(queries.portal_rows(actor, tab)[: PAGE + 1])
    clock = clock_of(actor.community_id)
    names = queries.names_of(actor.community_id, actor.bound_to(Kind.DEPARTMENT))
    context = {
        "rows": [row_of(row, clock, now) for row in rows[:PAGE]],
        "more": len(rows) > PAGE,
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"?tab={code}", "active": code == tab, "count": counts.get(code)}
            for code, label in _TABS
        ],
        "names": "、".join(names.values()),
        "counts": counts,
    }
    return render(request, "partners/department_home.html", context)


def _visible(request: Request, pk: int) -> Coordination:
    rows = queries.coordinations_visible_to(request.actor, ANSWER_COORDINATION)
    found = rows.filter(pk=pk).select_related("case__enterprise", "case__merged_into", "department").first()
    if found is None:
        raise not_found("没有这件协同，或者不是请您的部门办的")
    return found


@needs(ANSWER_COORDINATION)
@require_safe
def coordination(request: Request, pk: int) -> HttpResponse:
    """One of them: what is asked, by when, and what of the case was opened."""
    return _page(request, _visible(request, pk))


def _page(
    request: Request,
    row: Coordination,
    *,
    status: int = 200,
    refusal: str = "",
    kept: dict[str, forms.Form] | None = None,
) -> HttpResponse:
    context = (
        page_of(row) | {"refusal": refusal} | {f"{name}_form": form for name, form in (kept or {}).items()}
    )
    context |= {"acts": "partners:department_act", "key": row.pk, "file_url": "partners:department_file"}
    return render(request, "partners/department_coordination.html", context, status=status)


def page_of(row: Coordination) -> dict[str, Any]:
    """What the department's page and the guest's show of a coordination, the same for both."""
    now = timezone.now()
    clock = clock_of(row.community_id)
    shown = row_of(row, clock, now)
    state = CoordinationState(row.state)
    notes, files = queries.shown_of(row)
    steps = {
        step.value
        for step in (CoordinationStep.ACCEPT, CoordinationStep.ANSWER, CoordinationStep.RETURN)
        if (state, step) in COORDINATION and not shown.is_over
    }
    if "return" in steps and may_return(round=row.round, returned_before=queries.returned_before(row)):
        steps.discard("return")
    return {
        "row": shown,
        "it": row,
        "case": row.case,
        "steps": steps,
        "notes": notes,
        "files": files,
        "replies": list(row.replies.all()),
        **{f"{name}_form": form_of(name, row) for name in FORMS if name in steps},
    }


@needs(ANSWER_COORDINATION)
@require_POST
def take_step(request: Request, pk: int, step: str) -> HttpResponse:
    """Sign for it, answer, or send it back."""
    row = _visible(request, pk)
    if step not in FORMS:
        raise Http404("没有这个步骤")
    form = form_of(step, row, request.POST)
    if not form.is_valid():
        return _page(request, row, status=422, kept={step: form})
    try:
        act(step, row, form, actor=request.actor, seen=request.POST.get("seen", ""))
    except Refused as no:
        return _page(request, _visible(request, pk), status=409, refusal=str(no), kept={step: form})
    messages.success(request, SAID[step])
    return redirect("partners:department_coordination", pk=pk)


@needs(ANSWER_COORDINATION)
@require_safe
def file(request: Request, pk: int, file_id: int) -> HttpResponse:
    """An attachment the sender opened to the department."""
    return file_answer(_visible(request, pk), file_id)
