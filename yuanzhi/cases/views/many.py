"""Many cases at once: taken on, handed over, taken away as a sheet. What is refused is said."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.writer import write_rows
from yuanzhi.registry.queries import community_of
from yuanzhi.registry.views.answers import answer, number

from .. import actions, listing, queries, queries_people
from ..access import EXPORT_CASE, WORK_CASE
from ..models import Case
from ..printing.content import mark_of

MOST_PICKED, MOST_ROWS = 200, 20_000
HEAD = (
    "编号", "标题", "企业", "园区", "窗口", "事项", "经办", "状态", "来源", "提出", "应响应", "响应",
    "应办结", "办结", "结果",
)  # fmt: skip
_WIDTHS = (14, 40, 30, 16, 10, 16, 10, 12, 8, 17, 17, 17, 17, 17, 40)


def _picked(request: Request, verb: Any) -> list[Case]:
    ids = [number(value) for value in request.POST.getlist("pick")][:MOST_PICKED]
    rows = queries.visible_to(request.actor, verb).filter(pk__in=ids)
    return list(rows.select_related("desk", "enterprise").order_by("pk"))


def _back(request: Request) -> str:
    query = listing.Picked.of(request.GET or request.POST).query()
    return reverse("cases:list") + (f"?{query}" if query else "")


def _each(request: Request, done: str, rows: list[Case], act: Callable[[Case], Any]) -> HttpResponse:
    """Each on its own: one that somebody else has just moved doesn't hold up the others."""
    refusals = []
    for row in rows:
        try:
            act(row)
        except Refused as no:
            refusals.append(f"{row.number}：{no}")
    if not rows:
        messages.warning(request, "还没有选：在左边打勾")
    if good := len(rows) - len(refusals):
        messages.success(request, f"{done} {good} 件")
    if refusals:
        more = f"（另有 {len(refusals) - 2} 件类似）" if len(refusals) > 2 else ""
        messages.error(request, f"{len(refusals)} 件没有办成。{'；'.join(refusals[:2])}{more}")
    return redirect(_back(request))


@needs(WORK_CASE)
@require_POST
def accept(request: Request) -> HttpResponse:
    """Take on all that are ticked."""
    return _each(
        request,
        "受理了",
        _picked(request, WORK_CASE),
        lambda row: actions.accept(actor=request.actor, case=row),
    )


class HandOverForm(forms.Form):
    """To which desk, to whom, and why."""

    desk = forms.TypedChoiceField(label="转给哪个窗口", coerce=int)
    owner = forms.TypedChoiceField(label="指定给谁", coerce=int, required=False, empty_value=None)
    why = forms.CharField(label="为什么", max_length=200, required=False)

    def __init__(self, *args: Any, desks: list[Any], people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["desk"].choices = [(desk.pk, desk.name) for desk in desks]  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", "不指定，由窗口接"), *people]  # type: ignore[attr-defined]


@needs(WORK_CASE)
@require_POST
def hand_over(request: Request) -> HttpResponse:
    """Ask where to, then hand all that are ticked over."""
    actor, rows = request.actor, _picked(request, WORK_CASE)
    desks = list(queries.desks_of(actor.community_id))
    people = list(listing.colleagues(actor.community_id))
    sent = "desk" in request.POST and request.POST.get("go") == "1"
    form = HandOverForm(request.POST if sent else None, desks=desks, people=people)
    if rows and not (form.is_bound and form.is_valid()):
        context = {"form": form, "rows": rows, "back": _back(request)}
        return answer(request, "cases/hand_over_many.html", context, status=422 if form.errors else 200)
    desk = next((d for d in desks if rows and d.pk == form.cleaned_data["desk"]), None)
    owner_id = form.cleaned_data.get("owner") if rows else None
    owner = queries_people.account(owner_id) if owner_id else None
    why = form.cleaned_data["why"] if rows else ""

    def act(row: Case) -> None:
        assert desk is not None
        actions.hand_over(actor=actor, case=row, desk=desk, owner=owner, why=why)

    return _each(request, f"转给{desk.name if desk else ''}窗口", rows, act)


class ExportForm(forms.Form):
    """What the list is for."""

    reason = forms.CharField(
        label="导出做什么用", min_length=4, max_length=100,
        help_text="会和您的名字、时间一起写在表头，并记入历史",
        error_messages={
            "required": "写一句导出做什么用，例如“月底给街道汇总”",
            "min_length": "再写具体一点：给谁、做什么用",
        },
    )  # fmt: skip


@needs(EXPORT_CASE)
def export(request: Request) -> HttpResponse | FileResponse:
    """The list as it is filtered, or what is ticked, as a spreadsheet: a reason first."""
    actor = request.actor
    picked = listing.Picked.of(request.GET)
    ids = [number(value) for value in request.POST.getlist("pick")][:MOST_PICKED]
    rows = queries.visible_to(actor, EXPORT_CASE)
    rows = rows.filter(pk__in=ids) if ids else listing.narrowed(rows, picked, actor, timezone.now())
    sent = request.method == "POST" and "reason" in request.POST
    form = ExportForm(request.POST if sent else None)
    if form.is_bound and form.is_valid():
        try:
            return _sheet(request, rows, form.cleaned_data["reason"].strip())
        except Refused as no:
            form.add_error(None, str(no))
    context = {"form": form, "ids": ids, "back": _back(request), "query": picked.query()}
    return answer(request, "cases/export.html", context, status=422 if form.errors else 200)


def _sheet(request: Request, rows: Any, reason: str) -> FileResponse:
    actor, now = request.actor, timezone.localtime()
    found = list(
        rows.select_related("enterprise__park", "building__park", "desk", "item").order_by("-pk")[
            : MOST_ROWS + 1
        ]
    )
    if not found:
        raise Refused("名单是空的，没有可导出的")
    if len(found) > MOST_ROWS:
        raise Refused(f"超过 {MOST_ROWS:,} 件，一次导不完：请先按日期或窗口筛选")
    actions.note_list(actor=actor, reason=reason, count=len(found))
    mark = mark_of(community_of(actor).name, actor.label, f"{now:%Y-%m-%d %H:%M}", reason)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    write_rows(out, [[mark], list(HEAD), *[_cells(row) for row in found]], "诉求", _WIDTHS)
    out.seek(0)
    response = FileResponse(out, as_attachment=True, filename=f"诉求-{now:%Y%m%d-%H%M}.xlsx")
    response["Cache-Control"] = "no-store"
    return response


def _cells(row: Case) -> list[Any]:
    # The enterprise's name of a confidential matter stays in the house.
    firm = row.enterprise.name if row.enterprise and not row.is_confidential else ""
    place = row.building.park if row.building else row.enterprise.park if row.enterprise else None
    times = (row.opened_at, row.response_due, row.responded_at, row.resolution_due, row.resolved_at)
    shown = [timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else "" for at in times]
    secret = row.is_confidential
    return [
        row.number, "（私下反映）" if secret else row.title, firm,
        "" if secret or place is None else place.name,
        row.desk.name, row.item.name if row.item else "", row.owner_name, row.get_state_display(),
        row.get_channel_display(), *shown, "" if secret else row.outcome,
    ]  # fmt: skip
