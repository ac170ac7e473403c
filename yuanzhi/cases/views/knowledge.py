"""大家常问: answered questions for everybody, written by the desks from what closed cases taught."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import answer as page
from yuanzhi.registry.views.answers import number, refused

from .. import actions, queries, queries_knowledge
from ..access import EDIT_ANSWERS, OPEN_CASE, SEE_ANSWERS
from ..forms_knowledge import AnswerForm
from ..models import Answer, Case

_TONES = {"draft": "warn", "published": "good", "retired": "neutral"}


def part(actor: Actor, case: Case) -> dict[str, Any]:
    """What the case page offers once a case is resolved. One query then, none before."""
    if not actor.may(EDIT_ANSWERS) or case.is_confidential or case.state not in ("resolved", "confirmed"):
        return {}
    known = case.answers.first()
    url = "" if known else f"{reverse('cases:answer_new')}?case={case.pk}"
    return {"known_answer": known, "knowledge_url": url}


@needs(SEE_ANSWERS)
def answers(request: Request) -> HttpResponse:
    """The questions: those that helped most first, or those closest to what is asked."""
    actor, q = request.actor, request.GET.get("q", "")
    state = request.GET.get("state", "")
    edits = actor.may(EDIT_ANSWERS)
    context = {
        "q": q,
        "rows": queries_knowledge.find(actor, q, state=state),
        "most": queries_knowledge.most_asked(actor) if not q else [],
        "may_edit": edits,
        "tabs": [
            {"label": label, "url": f"?state={value}", "active": value == (state or "published")}
            for value, label in Answer.State.choices
        ]
        if edits
        else [],
        "may_open": actor.may(OPEN_CASE),
        "open_url": reverse("cases:intake" if actor.is_staff else "cases:portal"),
    }
    return page(request, "cases/answers.html", context, piece="list")


def _answer(request: Request, pk: int) -> Answer:
    return get_object_or_404(queries_knowledge.answers_visible_to(request.actor), pk=pk)


@needs(SEE_ANSWERS)
def answer_page(request: Request, pk: int) -> HttpResponse:
    """One question with its answer."""
    row = _answer(request, pk)
    edits = request.actor.may(EDIT_ANSWERS)
    context = {
        "row": row,
        "tone": _TONES[row.state],
        "may_edit": edits,
        "stale": bool(row.review_on and row.review_on < timezone.localdate()),
        "case": row.case if edits and row.case_id else None,
        "open_url": reverse("cases:intake" if request.actor.is_staff else "cases:portal"),
        "may_open": request.actor.may(OPEN_CASE),
    }
    return page(request, "cases/answer.html", context)


@needs(EDIT_ANSWERS)
def new(request: Request) -> HttpResponse:
    """Write one, from a closed case (`?case=7`) or from scratch."""
    case = _case(request)
    form = _form(request, _prefilled(case))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.write_answer(
                actor=request.actor, case=case, publish=request.POST.get("draft") != "1", **form.given()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "公开了，下回有人问就会看到" if made.state == "published" else "草稿存好了"
            )
            return redirect("cases:answer", made.pk)
    return page(
        request, "cases/answer_form.html", {"form": form, "case": case}, status=422 if form.errors else 200
    )


def _case(request: Request) -> Case | None:
    pk = number(request.GET.get("case"))
    rows = queries.visible_to(request.actor).select_related("enterprise", "item")
    return get_object_or_404(rows, pk=pk) if pk else None


def _prefilled(case: Case | None) -> dict[str, Any]:
    """The case's own words with the enterprise's name taken out, for somebody to make a question of."""
    if case is None:
        return {}
    question, text = case.title, case.outcome
    if case.enterprise:
        for name in (case.enterprise.name, case.enterprise.short_name):
            if name:
                question, text = question.replace(name, "一家企业"), text.replace(name, "一家企业")
    return {"question": question, "answer": text, "item": case.item_id}


def _form(request: Request, initial: dict[str, Any]) -> AnswerForm:
    items = list(queries.items_of(request.actor.community_id))
    return AnswerForm(request.POST or None, initial=initial, items=items)


@needs(EDIT_ANSWERS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Put an answer right."""
    row = _answer(request, pk)
    form = _form(request, AnswerForm.of(row))
    if request.method == "POST" and form.is_valid():
        given = form.given()
        try:
            actions.revise_answer(
                actor=request.actor,
                answer=row,
                seen=number(request.POST.get("seen"), row.version),
                text=given.pop("answer"),
                **given,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "改好了")
            return redirect("cases:answer", pk)
    context = {"form": form, "row": row, "case": None}
    return page(request, "cases/answer_form.html", context, status=422 if form.errors else 200)


@needs(EDIT_ANSWERS)
@require_POST
def set_state(request: Request, pk: int) -> HttpResponse:
    """Publish, or take down."""
    row = _answer(request, pk)
    publish = request.POST.get("publish") == "1"
    try:
        actions.set_answer_state(actor=request.actor, answer=row, publish=publish)
    except Refused as no:
        return refused(request, no, reverse("cases:answer", args=[pk]))
    messages.success(request, "公开了" if publish else "下架了，谁都查不到了；要恢复随时可以")
    return redirect("cases:answer", pk)


@needs(SEE_ANSWERS)
@require_POST
def helped(request: Request, pk: int) -> HttpResponse:
    """This was all somebody needed."""
    row = _answer(request, pk)
    try:
        actions.count_help(
            actor=request.actor, answer=row, key=f"{request.actor.user_id}:{timezone.localdate()}"
        )
    except Refused as no:
        return refused(request, no, reverse("cases:answers"))
    messages.success(request, "太好了。还有别的事，随时说")
    return redirect("cases:answer", pk)
