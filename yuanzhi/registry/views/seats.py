"""Where an enterprise sits, and which other row it is: in, about, out, back; merge and undo."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused

from .. import actions
from ..access import EDIT_ENTERPRISE, MERGE
from ..actions.tenancies import seat
from ..forms import ElsewhereForm, LeaveForm, MergeForm, SeatForm
from ..lines import compare
from ..models import Enterprise
from ..queries import enterprise_for, facts_of, merge_to_undo
from .answers import answer, ask_first, number, refused, the_enterprise


def _seat_words(it: Enterprise) -> tuple[str, str]:
    """(title, hint) of the seat page for where the enterprise is now."""
    if it.status == Enterprise.Status.MOVED_OUT:
        return "它回来了", "欢迎回来。写下它这次坐到哪、从哪天起。"
    if it.placement == Enterprise.Placement.PLACED:
        return "搬到别处", "现在的地方到前一天为止，新的地方从那天起。"
    return "落到图上", "它坐在哪个园区、哪栋楼、哪间房。"


@needs(EDIT_ENTERPRISE)
def move(request: Request, pk: int) -> HttpResponse:
    """Move in, move within the community, come back, or note where it has long been."""
    it = the_enterprise(request, pk)  # one that sits nowhere may be taken in by any grid; the action decides
    placed = it.placement == Enterprise.Placement.PLACED
    moved_out = it.status == Enterprise.Status.MOVED_OUT
    form = SeatForm(
        request.POST or None, actor=request.actor, initial={"known": not placed and not moved_out}
    )
    if placed or moved_out:
        del form.fields["known"]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        place, known = data["seat"], data.get("known", False)
        try:
            actions.move_in(
                actor=request.actor, enterprise=it, to=seat(place.park, place.building, place.unit),
                on=None if known else data["on"], arrival="known" if known else None,
                lease_to=data["lease_to"],
            )  # fmt: skip
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"记下了：{it.name}在{place.label}")
            return redirect("registry:enterprise", pk)
    title, hint = _seat_words(it)
    return answer(request, "registry/small_form.html", {
        "form": form, "title": title, "hint": hint, "crumb": it.name, "yes": "记下",
        "back": reverse("registry:enterprise", args=[pk]),
    })  # fmt: skip


@needs(EDIT_ENTERPRISE)
def leave(request: Request, pk: int) -> HttpResponse:
    """The enterprise leaves the community."""
    it = the_enterprise(request, pk, EDIT_ENTERPRISE)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.move_out(actor=request.actor, enterprise=it, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"记下了：{it.name}迁离。资料都留着，回来时接着用")
            return redirect("registry:enterprise", pk)
    return answer(request, "registry/small_form.html", {
        "form": form, "title": "它要迁离", "crumb": it.name, "yes": "记下迁离", "danger": True,
        "hint": "迁离以后它不再算在册，资料和历史都留着，回来时接着用。",
        "back": reverse("registry:enterprise", args=[pk]),
    })  # fmt: skip


@needs(EDIT_ENTERPRISE)
def elsewhere(request: Request, pk: int) -> HttpResponse:
    """Registered here, working somewhere else."""
    it = the_enterprise(request, pk, EDIT_ENTERPRISE)
    form = ElsewhereForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.mark_elsewhere(actor=request.actor, enterprise=it, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"记下了：{it.name}注册在此、办公在外")
            return redirect("registry:enterprise", pk)
    return answer(request, "registry/small_form.html", {
        "form": form, "title": "注册在此、办公在外", "crumb": it.name, "yes": "记下",
        "hint": "它不再出现在地图和待落图名单里，仍然在册。",
        "back": reverse("registry:enterprise", args=[pk]),
    })  # fmt: skip


# -- merge -----------------------------------------------------------------------------------------------


@needs(MERGE)
def merge(request: Request, pk: int) -> HttpResponse:
    """Choose the other row, look at both side by side, then make them one."""
    it = the_enterprise(request, pk)
    asked = request.POST or request.GET
    chosen = asked.get("with") or asked.get("other") or asked.get("other_text", "")
    given = {"other": chosen} if {"with", "other", "other_text"} & set(asked) else None
    form = MergeForm(given, actor=request.actor, enterprise=it)
    other = form.cleaned_data["other"] if form.is_bound and form.is_valid() else None
    if request.method == "POST" and other is not None and request.POST.get("keep"):
        kept, gone = (it, other) if number(request.POST["keep"]) == it.pk else (other, it)
        try:
            actions.merge(actor=request.actor, kept=kept, gone=gone)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"{gone.name}并入了{kept.name}。弄错了可以在这一页撤销")
            return redirect("registry:enterprise", kept.pk)
    lines = compare(facts_of(it), facts_of(other)) if other is not None else []
    both = enterprise_for(request.actor, other.pk) if other is not None else None
    context = {"it": it, "form": form, "other": both, "lines": lines}
    return answer(request, "registry/merge.html", context)


@needs(MERGE)
@require_POST
def unmerge(request: Request, pk: int) -> HttpResponse:
    """Undo a merge: both are as they were."""
    made = merge_to_undo(request.actor, pk)
    if made is None:
        raise not_found("没有这次合并，或者已经撤销了")
    back = reverse("registry:enterprise", args=[made.kept_id])
    if (page := ask_first(request, f"撤销合并？{made.gone.name}会重新单列", back)) is not None:
        return page
    try:
        actions.unmerge(actor=request.actor, made=made)
    except Refused as no:
        return refused(request, no, back)
    messages.success(request, f"撤销了：{made.gone.name}重新单列")
    return redirect(back)
