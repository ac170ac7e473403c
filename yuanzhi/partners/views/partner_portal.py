"""合伙人门户: what an expert was asked, has on hand and has done; their half-days; a guest's one ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.cases.promises import clock_of
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import answer, number, refused

from .. import actions
from ..access import PARTNER_PORTAL
from ..forms_partners import FinishForm, VisitForm
from ..models import Ask, GuestLink, Referral
from ..queries import referrals as queries
from ..queries.duty import duty_visible_to
from ..referral_rows import ask_row, row_of
from ..states import ReferralState

PAGE = 30
TABS = [("waiting", "等我答复"), ("hand", "在办"), ("done", "已完成")]
_ROWS = {"waiting": queries.waiting_for, "hand": queries.on_hand_of, "done": queries.done_by}
DONE_WORDS = {
    "accept": "接下了，谢谢您。下一个工作日结束前请联系企业",
    "decline": "知道了，我们另请别人",
    "give_back": "退回了，我们另请别人",
    "contacted": "记下了：已联系企业",
    "visit": "时间提了，等社区点头",
    "finish": "办完了，谢谢您。企业会收到评价的邀请",
    "agree": "约好了",
    "held": "记下了：一起去过",
    "cancel": "取消了，已告诉社区",
}


@needs(PARTNER_PORTAL)
@require_safe
def home(request: Request) -> HttpResponse:
    """What waits for me, what I have on hand, what I have done."""
    actor, tab = request.actor, request.GET.get("tab", "")
    waiting, on_hand = queries.waiting_for(actor), queries.on_hand_of(actor)
    counts = {"waiting": waiting.count(), "hand": on_hand.count()}
    if tab not in _ROWS:
        tab = "waiting" if counts["waiting"] or not counts["hand"] else "hand"
    clock, now = clock_of(actor.community_id), timezone.now()
    before = number(request.GET.get("before"))
    rows = _ROWS[tab](actor)
    found = list((rows.filter(pk__lt=before) if before and tab == "done" else rows)[: PAGE + 1])
    today = timezone.localdate(now)
    context = {
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"?tab={code}", "active": code == tab, "count": counts.get(code)}
            for code, label in TABS
        ],
        "rows": [ask_row(ask, clock, now, shows=queries.shows_details(ask)) for ask in found[:PAGE]],
        "next_url": f"?tab=done&before={found[PAGE - 1].pk}" if len(found) > PAGE and tab == "done" else "",
        "experts": list(queries.experts_of(actor)),
        "duties": list(
            duty_visible_to(actor)
            .filter(expert__user_id=actor.user_id, date__gte=today, is_cancelled=False)
            .order_by("date", "half")[:10]
        ),
        "counts": counts,
    }
    return answer(request, "partners/partner_home.html", context)


def _ask(request: Request, pk: int) -> Ask:
    found = queries.asks_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise not_found("没有这件事，或者它不是请您的")
    return found


@needs(PARTNER_PORTAL)
@require_safe
def ask(request: Request, pk: int) -> HttpResponse:
    """One matter: only what is needed of the case, and what can be done now."""
    row = _ask(request, pk)
    context = page_of(row) | {
        "acts": "partners:ask_act",
        "key": row.pk,
        "phone_url": "partners:ask_phone",
        "me": request.actor.label,
    }
    return render(request, "partners/ask.html", context)


def page_of(row: Ask, kept: Any = None, kept_act: str = "") -> dict[str, Any]:
    """What the page of an ask shows, for the expert with an account and for a guest. Bound forms kept."""
    clock, now = clock_of(row.referral.community_id), timezone.now()
    shows = queries.shows_details(row)
    referral = row.referral
    case = referral.case
    on_hand = row.state == Ask.State.ACCEPTED and referral.state == ReferralState.TAKEN
    return {
        "ask": row,
        "referral": referral,
        "case": case,
        "where": f"{case.building.park.name} {case.building.name}" if case.building else "",
        "now": now,
        "line": ask_row(row, clock, now, shows=shows),
        "shows": shows,
        "may_answer": row.state == Ask.State.ASKED
        and referral.state == ReferralState.OPEN
        and now <= row.due_at,
        "late": row.state == Ask.State.ASKED and now > row.due_at,
        "on_hand": on_hand,
        "contacts": queries.contacts_for(case) if on_hand else [],
        "visits": row_of(referral, clock, now).visits if shows else [],
        "author": row.expert.user_id,
        "visit_form": kept if kept_act == "visit" and kept is not None else VisitForm(),
        "finish_form": kept if kept_act == "finish" and kept is not None else FinishForm(),
        "kept_act": kept_act,
    }


def form_for(act: str, data: Any) -> forms.Form | None:
    """The bound form of an act that asks for more than a sentence."""
    return {"visit": VisitForm, "finish": FinishForm}[act](data) if act in ("visit", "finish") else None


def perform(
    *, actor: Actor, row: Ask, act: str, data: dict[str, Any], post: Any, link: GuestLink | None = None
) -> None:
    """Do what the expert asked for. Raises Refused; KeyError for an act there is none of."""
    words = post.get("words", "")
    referral: Referral = row.referral
    if act in ("accept", "decline", "give_back"):
        {"accept": actions.accept, "decline": actions.decline, "give_back": actions.give_back}[act](
            actor=actor, ask=row, words=words, link=link
        )
    elif act == "contacted":
        actions.mark_contacted(actor=actor, referral=referral, words=words, link=link)
    elif act == "visit":
        actions.propose_visit(actor=actor, referral=referral, link=link, **data)
    elif act == "finish":
        actions.finish(actor=actor, referral=referral, link=link, **data)
    elif act in ("agree", "held", "cancel"):
        visit = referral.visits.filter(pk=number(post.get("visit"))).select_related("referral__case").first()
        if visit is None:
            raise Refused("没有这次上门，请刷新看看")
        actions.move_visit(actor=actor, visit=visit, move=act, words=words, link=link)
    else:
        raise KeyError(act)


@needs(PARTNER_PORTAL)
@require_POST
def ask_act(request: Request, pk: int, act: str) -> HttpResponse:
    """Answer, note, propose, finish; what was typed stays when the house says no."""
    row = _ask(request, pk)
    if act not in DONE_WORDS:
        raise not_found("没有这个动作")
    form = form_for(act, request.POST)
    refusal = ""
    if form is None or form.is_valid():
        try:
            perform(
                actor=request.actor,
                row=row,
                act=act,
                data=form.cleaned_data if form else {},
                post=request.POST,
            )
        except Refused as no:
            refusal = str(no)
        else:
            messages.success(request, DONE_WORDS[act])
            return redirect("partners:ask", pk)
    context = page_of(_ask(request, pk), form, act) | {
        "acts": "partners:ask_act",
        "key": pk,
        "phone_url": "partners:ask_phone",
        "me": request.actor.label,
        "refusal": refusal,
        "kept": request.POST.get("words", ""),
    }
    return render(request, "partners/ask.html", context, status=409 if refusal else 422)


@needs(PARTNER_PORTAL)
@require_POST
@never_cache
@sensitive_variables("phone")
def reveal(request: Request, pk: int) -> HttpResponse:
    """A whole number, once; that it was shown is in the history."""
    row = _ask(request, pk)
    wanted = number(request.POST.get("contact"))
    contact = next((one for one in queries.contacts_for(row.referral.case) if one.pk == wanted), None)
    back = reverse("partners:ask", args=[pk])
    try:
        phone = actions.reveal(actor=request.actor, referral=row.referral, contact=contact)
    except Refused as no:
        return refused(request, no, back)
    name = contact.name if contact else row.referral.case.speaker
    return answer(
        request, "partners/ask_phone.html", {"name": name, "phone": phone, "back": back}, piece="number"
    )


@needs(PARTNER_PORTAL)
@require_POST
def cancel_duty(request: Request, pk: int) -> HttpResponse:
    """I can't come in this half-day."""
    row = duty_visible_to(request.actor).filter(pk=pk).first()
    if row is None:
        raise not_found("没有这次值守")
    try:
        actions.cancel_duty(actor=request.actor, duty=row, why=request.POST.get("why", ""))
    except Refused as no:
        return refused(request, no, reverse("partners:partner_home"))
    messages.success(request, "知道了，这个半天不排您")
    return redirect("partners:partner_home")
