"""合伙人名册: the list, one firm, and everything that is kept about it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.lines import entry_line
from yuanzhi.accounts.requests import Request
from yuanzhi.cases.promises import clock_of
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.workdays import say_minutes
from yuanzhi.registry.access import EXPORT
from yuanzhi.registry.queries import community_of
from yuanzhi.registry.views.answers import answer, ask_first, number, refused

from .. import actions
from ..access import ACCREDIT, MANAGE_PARTNERS, SEE_PARTNERS
from ..export import stream
from ..forms_partners import DecideForm, ExpertForm, KindForm, PartnerForm, TieForm, WhyForm
from ..models import Expert, Partner
from ..queries import partners as queries
from ..queries.duty import half_at, next_duties, say_duty
from ..queries.referrals import kinds_of
from ..states import DECISION_NAMES, decisions_from

STATE_TONES = {"candidate": "brand", "accredited": "good", "suspended": "bad", "ended": "neutral"}
FILTERS = ("kind", "state", "q")


@needs(SEE_PARTNERS)
@require_safe
def partners(request: Request) -> HttpResponse:
    """The firms, by kind and state."""
    actor = request.actor
    picked = {key: request.GET.get(key, "") for key in FILTERS}
    after = number(request.GET.get("after"))
    page = queries.partner_page(actor, today=timezone.localdate(), after=after, **picked)
    kept = {key: value for key, value in picked.items() if value}
    context = {
        "rows": page.rows,
        "tones": STATE_TONES,
        "picked": picked,
        "kinds": list(kinds_of(actor.community_id, all_of_them=True)),
        "states": Partner.State.choices,
        "next_url": f"?{urlencode(kept | {'after': page.next})}" if page.next else "",
        "prev_url": f"?{urlencode(kept)}" if after else "",
        "may_manage": actor.may(MANAGE_PARTNERS),
        "may_export": actor.may(EXPORT),
        "filters": urlencode(kept),
    }
    return answer(request, "partners/partners.html", context)


def the_partner(request: Request, pk: int) -> Partner:
    """The firm, or a 404 that says why."""
    found = queries.partners_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise not_found("没有这家合伙人，或者它不在您的社区")
    return found


@needs(SEE_PARTNERS)
@require_safe
def partner(request: Request, pk: int) -> HttpResponse:
    """One firm: its people, what binds them, when they are here, what came of their help."""
    actor, it = request.actor, the_partner(request, pk)
    clock, now = clock_of(actor.community_id), timezone.now()
    today, half = timezone.localdate(now), half_at(now, clock.hours)
    experts = list(it.experts.order_by("-is_active", "pk"))
    duties = next_duties([expert.pk for expert in experts], today, half)
    figures = queries.figures_of(it, experts, clock)
    lines = [
        {
            "it": expert,
            "figures": figures.by_expert[expert.pk],
            "load": figures.loads.get(expert.pk, 0),
            "rating": figures.ratings.get(expert.pk),
            "duty": say_duty(duties.get(expert.pk), now, clock.hours),
            "over": expert.licence_until is not None and expert.licence_until < today,
        }
        for expert in experts
    ]
    median = figures.all.answers.median_minutes
    context = {
        "it": it,
        "tone": STATE_TONES[it.state],
        "experts": lines,
        "figures": figures.all,
        "median": say_minutes(median, clock.hours) if median is not None else "",
        "ends": queries.ends_of(it, experts, today),
        "ties": [
            {"it": tie, "over": tie.until is not None and tie.until < today}
            for tie in queries.ties_visible_to(actor).filter(partner=it).order_by("-pk")
        ],
        "referrals": queries.recent_referrals(it),
        "history": [entry_line(entry) for entry in queries.history_of(it)],
        "decisions": [(move, DECISION_NAMES[move]) for move in decisions_from(it.state)],
        "may_manage": actor.may(MANAGE_PARTNERS),
        "may_accredit": actor.may(ACCREDIT),
        "now": now,
    }
    return answer(request, "partners/partner.html", context)


# -- forms ---------------------------------------------------------------------------------------------


def _form(request: Request, form: forms.Form, title: str, crumb: str, back: str, **more: Any) -> HttpResponse:
    context = {"form": form, "title": title, "crumb": crumb, "back": back, "yes": "保存", **more}
    return answer(request, "registry/small_form.html", context, status=422 if form.errors else 200)


@needs(MANAGE_PARTNERS)
def add(request: Request) -> HttpResponse:
    """Register a firm."""
    actor, back = request.actor, reverse("partners:partners")
    form = PartnerForm(request.POST or None, kinds=kinds_of(actor.community_id))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_partner(actor=actor, facts=form.facts(), phone=form.cleaned_data["phone"])
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"登记好了：{made.name}。书记认证以后才能派事")
            return redirect("partners:partner", made.pk)
    return _form(request, form, "登记合伙人", "合伙人", back)


@needs(MANAGE_PARTNERS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct a firm's facts."""
    it = the_partner(request, pk)
    initial = {key: getattr(it, key) for key in actions.PARTNER_FACTS} | {"kind": it.kind_id}
    kinds = kinds_of(it.community_id, all_of_them=True)
    form = PartnerForm(request.POST or None, kinds=kinds, initial=initial)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"] or None
        try:
            actions.edit_partner(actor=request.actor, partner=it, facts=form.facts(), phone=phone)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, "改好了")
            return redirect("partners:partner", pk)
    return _form(request, form, "修改资料", it.name, _page(it))


def _page(it: Partner, part: str = "") -> str:
    return reverse("partners:partner", args=[it.pk]) + (f"#{part}" if part else "")


@needs(ACCREDIT)
def decide(request: Request, pk: int, move: str) -> HttpResponse:
    """Accredit, suspend or end."""
    it = the_partner(request, pk)
    if move not in DECISION_NAMES:
        raise not_found("没有这个决定")
    form = DecideForm(request.POST or None, move=move)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide(actor=request.actor, partner=it, move=move, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"{it.name}：{DECISION_NAMES[move]}，已记下")
            return redirect("partners:partner", pk)
    hint = {
        "accredit": "认证以后可以排值守、接转介；到期自动不再派事。",
        "suspend": "暂停期间不再派新的事，手上的照常办完。",
        "end": "退出以后不再出现在名册里，办过的事和评价都留着。",
    }[move]
    name = DECISION_NAMES[move]
    return _form(
        request, form, f"{name}{it.name}", it.name, _page(it), yes=name, hint=hint, danger=move != "accredit"
    )


@needs(MANAGE_PARTNERS)
def add_expert(request: Request, pk: int) -> HttpResponse:
    """Put a professional on the firm's list."""
    it = the_partner(request, pk)
    form = ExpertForm(request.POST or None, partner=it)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.add_expert(
                actor=request.actor, partner=it, facts=form.facts(), phone=data["phone"], user=data["user"]
            )
        except Refused as no:
            form.add_error("phone" if "电话" in str(no) else None, str(no))
        else:
            messages.success(request, f"{data['name']}在列了")
            return redirect(_page(it, "experts"))
    return _form(request, form, "添加专家", it.name, _page(it, "experts"))


def the_expert(request: Request, pk: int) -> Expert:
    """The expert, or a 404 that says why."""
    found = queries.experts_visible_to(request.actor).filter(pk=pk).first()
    if found is None:
        raise not_found("没有这位专家，或者不在您的社区")
    return found


@needs(MANAGE_PARTNERS)
def edit_expert(request: Request, pk: int) -> HttpResponse:
    """Correct an expert's facts."""
    it = the_expert(request, pk)
    initial = {key: getattr(it, key) for key in actions.EXPERT_FACTS} | {"user": it.user_id}
    initial |= {"specialities": "、".join(it.specialities), "languages": "、".join(it.languages)}
    form = ExpertForm(request.POST or None, partner=it.partner, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.edit_expert(
                actor=request.actor,
                expert=it,
                facts=form.facts(),
                phone=data["phone"] or None,
                user=data["user"],
                keep_user=False,
            )
        except Refused as no:
            form.add_error("phone" if "电话" in str(no) else None, str(no))
        else:
            messages.success(request, f"{it.name}的资料改好了")
            return redirect(_page(it.partner, "experts"))
    return _form(request, form, f"修改{it.name}的资料", it.partner.name, _page(it.partner, "experts"))


@needs(MANAGE_PARTNERS)
def add_tie(request: Request, pk: int) -> HttpResponse:
    """Note what binds a firm."""
    it = the_partner(request, pk)
    form = TieForm(request.POST or None, partner=it, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_tie(actor=request.actor, partner=it, **form.facts())
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, "记下了，以后请人时会自动避开")
            return redirect(_page(it, "ties"))
    hint = "代理对方、在对方任职或持股的，系统不会请他帮另一方。"
    return _form(request, form, "添加关联关系", it.name, _page(it, "ties"), hint=hint)


@needs(MANAGE_PARTNERS)
@require_POST
def end_tie(request: Request, pk: int) -> HttpResponse:
    """The tie no longer holds."""
    tie = queries.ties_visible_to(request.actor).filter(pk=pk).first()
    if tie is None:
        raise not_found("没有这条关系")
    back = _page(tie.partner, "ties")
    if page := ask_first(request, f"和{tie.name}的关系结束了？以后查冲突不再算它", back):
        return page
    try:
        actions.end_tie(actor=request.actor, tie=tie)
    except Refused as no:
        return refused(request, no, back)
    messages.success(request, "记下了，这条关系已结束")
    return redirect(back)


@needs(MANAGE_PARTNERS)
def kinds(request: Request) -> HttpResponse:
    """The fields of help: the community's own rows."""
    actor = request.actor
    form = KindForm(request.POST if "name" in request.POST else None)
    if request.method == "POST":
        try:
            if request.POST.get("act") == "starter":
                actions.open_kinds(actor=actor, community=community_of(actor))
                messages.success(request, "常用的几类补上了")
                return redirect("partners:kinds")
            if request.POST.get("act") in ("retire", "back"):
                rows = kinds_of(actor.community_id, all_of_them=True)
                kind = rows.filter(pk=number(request.POST.get("kind"))).first()
                if kind is None:
                    raise not_found("没有这个类别")
                actions.set_kind_active(actor=actor, kind=kind, is_active=request.POST["act"] == "back")
                return redirect("partners:kinds")
            if form.is_valid():
                actions.add_kind(actor=actor, name=form.cleaned_data["name"])
                messages.success(request, f"多了一类：{form.cleaned_data['name']}")
                return redirect("partners:kinds")
        except Refused as no:
            form.add_error(None, str(no)) if form.is_bound else messages.error(request, str(no))
    context = {"form": form, "kinds": list(kinds_of(actor.community_id, all_of_them=True))}
    return answer(request, "partners/kinds.html", context, status=422 if form.errors else 200)


@needs(EXPORT)
def export(request: Request) -> HttpResponse | FileResponse:
    """The list as a workbook; why it leaves is recorded and stands on it."""
    form = WhyForm(request.POST or None)
    back = reverse("partners:partners")
    if request.method == "POST" and form.is_valid():
        picked = {key: request.GET.get(key, "") for key in FILTERS}
        try:
            return stream(actor=request.actor, reason=form.cleaned_data["why"], **picked)
        except Refused as no:
            form.add_error(None, str(no))
    hint = "文件里会写上谁、什么时候、为什么导出；电话是遮盖的。"
    return _form(request, form, "导出合伙人名册", "合伙人", back, yes="导出", hint=hint)
