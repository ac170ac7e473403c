"""A case's referrals, for staff: the part of its page, asking for help, calling off, dates, links."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.cases.models import Case
from yuanzhi.cases.promises import clock_of
from yuanzhi.cases.queries import visible_to as cases_visible_to
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import answer

from .. import actions
from ..access import REFER, SEE_REFERRALS
from ..forms_partners import ReferForm, VisitForm
from ..models import PartnerKind, Referral
from ..queries import referrals as queries
from ..queries.candidates import Candidate, candidates
from ..referral_rows import row_of
from ..rules import Wanted


def _case(request: Request, pk: int, verb: Any) -> Case:
    rows = cases_visible_to(request.actor, verb).select_related("enterprise", "desk", "merged_into")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found("没有这件诉求，或者它不在您负责的范围内")
    return found


def _referral(request: Request, pk: int) -> Referral:
    rows = queries.visible_to(request.actor, REFER).select_related("kind", "case__enterprise", "taker")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise not_found("没有这次转介，或者它不在您负责的范围内")
    return found


def _back(referral: Referral) -> str:
    return reverse("cases:case", args=[referral.case_id]) + "#referrals-panel"


@needs(SEE_REFERRALS)
@require_safe
def of_case(request: Request, pk: int) -> HttpResponse:
    """All referrals of a case with their clocks, and what can be done with each."""
    return _panel(request, _case(request, pk, SEE_REFERRALS))


def _panel(
    request: Request, case: Case, *, status: int = 200, refusal: str = "", kept_at: int = 0, **more: Any
) -> HttpResponse:
    clock, now = clock_of(case.community_id), timezone.now()
    rows = [row_of(referral, clock, now) for referral in queries.of_case(case)]
    may = cases_visible_to(request.actor, REFER).filter(pk=case.pk).exists()
    context = {
        "case": case,
        "rows": rows,
        "now": now,
        "may": may,
        "may_ask": may and case.state in OPEN,
        "actor_label": request.actor.label,
        "refusal": refusal,
        "kept_at": kept_at,
        "typed": request.POST,
        **more,
    }
    part = request.htmx and not request.htmx.history_restore_request
    template = "partners/referrals_part.html" if part else "partners/referrals.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response


# -- asking for help -----------------------------------------------------------------------------------


@needs(REFER)
def refer(request: Request, pk: int) -> HttpResponse:
    """Choose the kind and the way; who can be asked, and why not the others."""
    actor, case = request.actor, _case(request, pk, REFER)
    kinds = list(queries.kinds_of(actor.community_id))
    kind = _kind(request, case, kinds)
    form = ReferForm(
        request.POST or None,
        actor=actor,
        kinds=queries.kinds_of(actor.community_id),
        initial={
            "kind": kind.pk if kind else None,
            "question": "" if case.is_confidential else case.words[:2000],
        },
    )
    looks = request.method == "POST" and "look" in request.POST
    if request.method == "POST" and not looks and form.is_valid():
        done = _send(request, case, form)
        if done is not None:
            return done
    found = _candidates(request, case, kind, form)
    first = next((one for one in found if not one.why_not), None)
    if first is not None:
        for field in ("free_terms", "paid_terms"):
            form.fields[field].initial = getattr(first.expert.partner, field)
    context = {
        "case": case,
        "form": form,
        "kind": kind,
        "kinds": kinds,
        "able": [one for one in found if not one.why_not],
        "barred": [one for one in found if one.why_not],
        "first": first,
        "chosen": request.POST.getlist("expert"),
        "looks": looks,
    }
    wrong = request.method == "POST" and not looks
    return answer(request, "partners/refer.html", context, status=422 if wrong else 200)


def _kind(request: Request, case: Case, kinds: list[PartnerKind]) -> PartnerKind | None:
    """The chosen kind, else the one suggested by the routing, else the first."""
    wanted = request.POST.get("kind") or request.GET.get("kind") or case.partner_kind
    for kind in kinds:
        if wanted in (str(kind.pk), kind.code, kind.name):
            return kind
    return kinds[0] if kinds else None


def _candidates(request: Request, case: Case, kind: PartnerKind | None, form: ReferForm) -> list[Candidate]:
    if kind is None:
        return []
    field = form.fields["other_side"]
    try:
        other_side = field.clean(field.widget.value_from_datadict(request.POST, request.FILES, "other_side"))
    except forms.ValidationError:
        other_side = ""
    wanted = Wanted(
        request.POST.get("speciality", "").strip()[:40], request.POST.get("language", "").strip()[:20]
    )
    clock = clock_of(case.community_id)
    return candidates(case, kind, clock=clock, now=timezone.now(), other_side=other_side, wanted=wanted)


def _send(request: Request, case: Case, form: ReferForm) -> HttpResponse | None:
    data = form.cleaned_data
    chosen = [int(pk) for pk in request.POST.getlist("expert") if pk.isdecimal()]
    experts = list(queries.experts_in(case.community_id, chosen)) if data["way"] != "rotation" else []
    try:
        referral = actions.refer(
            actor=request.actor, case=case, experts=experts, once=request.POST.get("once"), **data
        )
    except Refused as no:
        form.add_error(None, str(no))
        return None
    asked = "、".join(ask.expert.name for ask in referral.asks.select_related("expert"))
    messages.success(request, f"已请{asked}帮忙，{data['accept_hours']} 个工作小时内答复；没答复会转请下一位")
    return redirect(_back(referral))


# -- afterwards ----------------------------------------------------------------------------------------


@needs(REFER)
@require_POST
def call_off(request: Request, pk: int) -> HttpResponse:
    """No longer needed."""
    referral = _referral(request, pk)
    try:
        actions.call_off(actor=request.actor, referral=referral, why=request.POST.get("why", ""))
    except Refused as no:
        return _panel(request, referral.case, status=409, refusal=str(no), kept_at=pk)
    messages.success(request, "取消了，已告诉专家")
    return redirect(_back(referral))


@needs(REFER)
@require_POST
def propose_visit(request: Request, pk: int) -> HttpResponse:
    """Propose a date to go together."""
    referral = _referral(request, pk)
    form = VisitForm(request.POST)
    if not form.is_valid():
        said = "；".join(str(error) for errors in form.errors.values() for error in errors)
        return _panel(request, referral.case, status=422, refusal=said, kept_at=pk)
    try:
        actions.propose_visit(actor=request.actor, referral=referral, **form.cleaned_data)
    except Refused as no:
        return _panel(request, referral.case, status=409, refusal=str(no), kept_at=pk)
    messages.success(request, "时间提了，等专家点头")
    return redirect(_back(referral))


@needs(REFER)
@require_POST
def move_visit(request: Request, pk: int, move: str) -> HttpResponse:
    """Agree to a date, note that it took place, cancel it."""
    visit = queries.visit_for(request.actor, pk, REFER)
    if visit is None:
        raise not_found("没有这次上门")
    try:
        actions.move_visit(actor=request.actor, visit=visit, move=move, words=request.POST.get("why", ""))
    except Refused as no:
        return _panel(request, visit.referral.case, status=409, refusal=str(no), kept_at=visit.referral_id)
    messages.success(request, "记下了")
    return redirect(_back(visit.referral))


@needs(REFER)
@require_POST
@never_cache
@sensitive_variables("made", "url")
def make_link(request: Request, pk: int) -> HttpResponse:
    """A link for an expert without an account; it is shown once."""
    ask = queries.ask_for_staff(request.actor, pk)
    if ask is None:
        raise not_found("没有这次邀请，或者它不在您负责的范围内")
    try:
        made = actions.make_link(
            actor=request.actor,
            ask=ask,
            name=request.POST.get("name", "") or ask.expert.name,
            verb=REFER,
            once=request.POST.get("once"),
        )
    except Refused as no:
        return _panel(request, ask.referral.case, status=409, refusal=str(no), kept_at=ask.referral_id)
    url = request.build_absolute_uri(reverse("partners:guest", args=[made.token])) if made.token else ""
    what = f"请{ask.expert.name}帮忙：{ask.referral.case.title}"
    context = {"link": made.link, "link_url": url, "what": what, "back": _back(ask.referral)}
    return render(request, "partners/link_made.html", context)
