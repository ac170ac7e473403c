"""The catalogue: for staff with its history and editing, for enterprises as what we do and how long."""

from __future__ import annotations

import datetime as dt
import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import ask_first

from .. import queries
from ..access import EDIT_CATALOGUE, EDIT_REPLIES, SEE_CATALOGUE, SEE_WORKBENCH
from ..actions import catalogue as actions
from ..actions import replies as reply_actions
from ..forms_catalogue import ItemForm, ReplyForm, initial_of, lines_shown
from ..imports.items import filename, write_catalogue
from ..models import ItemStage, ReplyTemplate, ServiceItem
from ..queries_catalogue import all_items, catalogue, lineage, listed, replies_for
from ..replies import filled
from ..rows import DESK_ICONS


def _by_desk(rows: Any) -> list[dict[str, Any]]:
    groups: dict[int, dict[str, Any]] = {}
    for row in rows:
        group = groups.setdefault(
            row.desk_id, {"desk": row.desk, "icon": DESK_ICONS[row.desk.code], "items": []}
        )
        group["items"].append(row)
    return list(groups.values())


@needs(SEE_WORKBENCH)
@require_safe
def items(request: Request) -> HttpResponse:
    """What the community offers, by desk; with `?day=` what it offered or will offer then."""
    actor, day = request.actor, _day(request.GET.get("day", ""))
    context = {
        "groups": _by_desk(catalogue(actor, day)),
        "day": day,
        "today": timezone.localdate(),
        "may_edit": actor.may(EDIT_CATALOGUE),
        "may_reply": actor.may(EDIT_REPLIES),
    }
    return render(request, "cases/items.html", context)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


def _item(request: Request, pk: int) -> ServiceItem:
    return get_object_or_404(all_items(request.actor), pk=pk)


@needs(SEE_WORKBENCH)
@require_safe
def item(request: Request, pk: int) -> HttpResponse:
    """One entry: promise, procedure, and what it said before."""
    row, actor, today = _item(request, pk), request.actor, timezone.localdate()
    rows = lineage(row)
    context = {
        **_shown(row),
        "rows": rows,
        "is_now": row.valid_from <= today and (row.valid_to is None or row.valid_to >= today),
        "is_coming": row.valid_from > today,
        "may_edit": actor.may(EDIT_CATALOGUE) and row.valid_to is None,
        "newest": rows[0],
    }
    return render(request, "cases/item.html", context)


def _shown(row: ServiceItem) -> dict[str, Any]:
    stages = sorted(row.stages.all(), key=lambda stage: (stage.kind, stage.order))
    return {
        "item": row,
        "materials": [stage for stage in stages if stage.kind == ItemStage.Kind.MATERIAL],
        "steps": [stage for stage in stages if stage.kind == ItemStage.Kind.STAGE],
        "icon": DESK_ICONS[row.desk.code],
    }


@needs(SEE_WORKBENCH)
@require_safe
def export(request: Request) -> FileResponse:
    """Today's catalogue as the spreadsheet that can be brought in again."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    write_catalogue(list(catalogue(request.actor).prefetch_related("stages")), out)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=filename(timezone.localdate()))


@needs(EDIT_CATALOGUE)
def add(request: Request) -> HttpResponse:
    """A new entry."""
    return _edit(request, None)


@needs(EDIT_CATALOGUE)
def edit(request: Request, pk: int) -> HttpResponse:
    """Say an entry anew from a day on."""
    row = _item(request, pk)
    if row.valid_to is not None:
        messages.error(request, "这一版已经停了：请打开最新的一版再改")
        return redirect("cases:item", pk=pk)
    return _edit(request, row)


def _edit(request: Request, row: ServiceItem | None) -> HttpResponse:
    actor, posted = request.actor, request.method == "POST"
    initial = initial_of(row) if row else {"response_hours": 4, "resolution_days": 5, "is_listed": True}
    form = ItemForm(
        request.POST if posted else None, desks=queries.desks_of(actor.community_id), initial=initial
    )
    if posted and form.is_valid():
        try:
            entry, since = form.entry(request.POST), form.since()
            if row is None:
                made = actions.add_item(actor=actor, entry=entry, valid_from=since)
            else:
                made = actions.change_item(actor=actor, item=row, entry=entry, valid_from=since)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            same = row is not None and made.pk == row.pk
            messages.success(
                request, "什么也没有改" if same else f"“{made.name}”改好了，以前的诉求照原来的办"
            )
            return redirect("cases:item", pk=made.pk)
    context = {"form": form, "item": row, "lines": lines_shown(row, request.POST if posted else None)}
    return render(request, "cases/item_form.html", context, status=422 if form.errors else 200)


@needs(EDIT_CATALOGUE)
@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """No longer offer an entry."""
    row = _item(request, pk)
    back = reverse("cases:item", args=[pk])
    if page := ask_first(request, f"停用“{row.name}”？企业不能再选它，正在办的照常办完。", back):
        return page
    try:
        actions.end_item(actor=request.actor, item=row)
    except Refused as no:
        messages.error(request, str(no))
        return redirect(back)
    messages.success(request, f"“{row.name}”停用了")
    return redirect("cases:items")


# -- replies ---------------------------------------------------------------------------------------------


_SAMPLE = {
    "企业": "云图数视",
    "称呼": "李女士",
    "编号": "SQ2611-0001",
    "承诺时间": "11 月 24 日 17:30",
    "经办": "林知夏",
    "链接": "https://…/t/…",
}


@needs(EDIT_REPLIES)
def replies(request: Request) -> HttpResponse:
    """Replies that are sent often, and the form for another."""
    return _replies(request, None)


@needs(EDIT_REPLIES)
def reply(request: Request, pk: int) -> HttpResponse:
    """Reword one, or put it away."""
    row = next((found for found in replies_for(request.actor) if found.pk == pk), None)
    if row is None:
        raise Http404("没有这条常用回复，或者它已经收起来了")
    return _replies(request, row)


def _replies(request: Request, row: ReplyTemplate | None) -> HttpResponse:
    actor, posted = request.actor, request.method == "POST"
    desks = queries.desks_of(actor.community_id)
    form = ReplyForm(request.POST if posted else None, desks=desks, reply=row)
    try:
        if posted and row is not None and request.POST.get("do") == "retire":
            reply_actions.retire_reply(actor=actor, reply=row)
            messages.success(request, f"“{row.title}”收起来了")
            return redirect("cases:replies")
        if posted and form.is_valid():
            said = form.cleaned_data
            if row is None:
                reply_actions.add_reply(actor=actor, **said)
            else:
                seen = request.POST.get("version", "")
                version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
                reply_actions.change_reply(actor=actor, reply=row, version=version, **said)
            messages.success(request, "存好了，写一句的时候就能选")
            return redirect("cases:replies")
    except Refused as no:
        form.add_error(None, str(no))
    rows = [{"reply": found, "text": filled(found.text, _SAMPLE)} for found in replies_for(actor)]
    context = {"form": form, "reply": row, "rows": rows}
    return render(request, "cases/replies.html", context, status=422 if form.errors else 200)


# -- for enterprises -------------------------------------------------------------------------------------


@needs(SEE_CATALOGUE)
@require_safe
def portal_items(request: Request) -> HttpResponse:
    """What we do for enterprises, how long it takes, what to bring."""
    return render(request, "cases/portal_items.html", {"groups": _by_desk(listed(request.actor))})


@needs(SEE_CATALOGUE)
@require_safe
def portal_item(request: Request, pk: int) -> HttpResponse:
    """One of them, and the way to begin."""
    row = get_object_or_404(listed(request.actor), pk=pk)
    return render(request, "cases/portal_item.html", _shown(row))
