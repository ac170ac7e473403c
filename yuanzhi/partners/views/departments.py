"""The community's departments: the list, one of them, and keeping them in order."""

from __future__ import annotations

import datetime as dt
import tempfile
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.cases.promises import clock_of
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.writer import write_rows
from yuanzhi.registry.queries import community_of
from yuanzhi.registry.views.answers import answer, ask_first, refused

from .. import actions
from ..access import EDIT_DEPARTMENTS, EXPORT_DEPARTMENTS, REVEAL_LIAISON, SEE_COORDINATION, SEE_DEPARTMENTS
from ..answering import REPLY_DEFINITION, RETURNED_DEFINITION, WINDOW_DAYS, reply_figures
from ..coordination_rows import row_of
from ..forms_departments import DepartmentForm, ExportForm
from ..models import Department
from ..queries import departments as queries

SHOWN = 50


@needs(SEE_DEPARTMENTS)
@require_safe
def departments(request: Request) -> HttpResponse:
    """All of them, those in use first: what is open with each, what is overdue."""
    actor, now = request.actor, timezone.now()
    found = queries.with_counts(queries.departments_visible_to(actor), now)
    rows: list[Any] = list(found.order_by("-is_active", "pk"))
    context = {
        "rows": [{"it": row, "kept": _share(row)} for row in rows],
        "may_edit": actor.may(EDIT_DEPARTMENTS),
        "may_export": actor.may(EXPORT_DEPARTMENTS),
        "late": sum(row.late_count for row in rows),
        "window": WINDOW_DAYS,
    }
    return answer(request, "partners/departments.html", context)


def _share(row: Any) -> str:
    return f"{row.kept_count or 0}/{row.answered_count}" if row.answered_count else ""


def _one(request: Request, pk: int, verb: Verb = SEE_DEPARTMENTS) -> Department:
    found = queries.departments_visible_to(request.actor, verb).filter(pk=pk).first()
    if found is None:
        raise not_found("没有这个部门，或者它不在您社区的名单里")
    return found


@needs(SEE_DEPARTMENTS)
@require_safe
def department(request: Request, pk: int) -> HttpResponse:
    """One department: how soon it answers, what is open with it, what it sent back."""
    actor, now = request.actor, timezone.now()
    it = _one(request, pk)
    clock = clock_of(actor.community_id)
    tab = "done" if request.GET.get("tab") == "done" else "open"
    rows = list(queries.of_department(actor, it, tab=tab)[: SHOWN + 1])
    figures = reply_figures(
        queries.reply_spans(it, now),
        **queries.asked_counts(it, now),
        calendar=clock.calendar,
        hours=clock.hours,
    )
    context = {
        "it": it,
        "rows": [row_of(row, clock, now) for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "tab": tab,
        "tabs": [
            {"label": "在办", "url": "?", "active": tab == "open"},
            {"label": "办过的", "url": "?tab=done", "active": tab == "done"},
        ],
        "figures": figures,
        "median": figures.in_workdays(clock.hours),
        "median_words": figures.in_words(clock.hours),
        "reply_definition": REPLY_DEFINITION,
        "returned_definition": RETURNED_DEFINITION,
        "now": now,
        "sees_cases": actor.may(SEE_COORDINATION),
        "may_edit": actor.may(EDIT_DEPARTMENTS),
        "may_reveal": actor.may(REVEAL_LIAISON),
    }
    return answer(request, "partners/department.html", context)


@needs(EDIT_DEPARTMENTS)
def add(request: Request) -> HttpResponse:
    """A new one."""
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.add_department(actor=request.actor, phone=form.typed_phone or "", **form.facts)
        except Refused as no:
            _say(form, no)
        else:
            messages.success(request, f"添上了：{made.name}")
            return redirect("partners:department", pk=made.pk)
    return _form(request, form, "添加部门", reverse("partners:departments"), "部门")


@needs(EDIT_DEPARTMENTS)
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct one."""
    it = _one(request, pk, EDIT_DEPARTMENTS)
    form = DepartmentForm(request.POST or None, department=it)
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_department(
                actor=request.actor,
                department=it,
                seen=form.cleaned_data["seen"],
                phone=form.typed_phone,
                **form.facts,
            )
        except Refused as no:
            _say(form, no)
        else:
            messages.success(request, "改好了")
            return redirect("partners:department", pk=pk)
    return _form(request, form, f"修改{it.short}", reverse("partners:department", args=[pk]), it.name)


def _say(form: forms.Form, no: Refused) -> None:
    form.add_error("phone" if "电话" in str(no) else None, str(no))


def _form(request: Request, form: forms.Form, title: str, back: str, crumb: str) -> HttpResponse:
    context = {"form": form, "title": title, "back": back, "crumb": crumb, "yes": "保存"}
    return TemplateResponse(request, "registry/small_form.html", context, status=422 if form.errors else 200)


@needs(EDIT_DEPARTMENTS)
@require_POST
def set_active(request: Request, pk: int) -> HttpResponse:
    """Take one off the list, or put it back."""
    it = _one(request, pk, EDIT_DEPARTMENTS)
    back = reverse("partners:department", args=[pk])
    wanted = not it.is_active
    if not wanted:
        question = f"停用{it.name}？以后选不到它，手上在办的照常办完，随时可以恢复"
        if (page := ask_first(request, question, back)) is not None:
            return page
    try:
        actions.set_department_active(actor=request.actor, department=it, is_active=wanted)
    except Refused as no:
        return refused(request, no, back)
    messages.success(request, f"{it.name}{'恢复了' if wanted else '停用了'}")
    return redirect(back)


@needs(REVEAL_LIAISON)
@require_POST
@never_cache
@sensitive_variables("phone")
def reveal(request: Request, pk: int) -> HttpResponse:
    """Show the liaison's number once; that it was shown is in the history."""
    it = _one(request, pk, REVEAL_LIAISON)
    back = reverse("partners:department", args=[pk])
    try:
        phone = actions.reveal_liaison(actor=request.actor, department=it)
    except Refused as no:
        return refused(request, no, back)
    context = {"contact": {"name": it.liaison or it.short}, "phone": phone, "back": back}
    return answer(request, "registry/reveal.html", context, piece="number")


# -- taking the list away --------------------------------------------------------------------------------

_HEAD = (
    "部门名称", "简称", "代号", "管什么", "联络人", "电话（遮盖）", "几个工作日内答复", "在列",
    "在办", "其中超时",
)  # fmt: skip
_WIDTHS = (32, 10, 12, 44, 12, 18, 16, 8, 8, 10)


@needs(EXPORT_DEPARTMENTS)
def export(request: Request) -> HttpResponse:
    """The list as a workbook: with who took it, when and what for on its first line."""
    actor, now = request.actor, timezone.now()
    form = ExportForm(request.POST or None)
    rows = list(queries.with_counts(queries.departments_visible_to(actor, EXPORT_DEPARTMENTS), now))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            actions.note_department_export(actor=actor, reason=reason, count=len(rows))
        except Refused as no:
            form.add_error("reason", str(no))
        else:
            return _workbook(request, rows, reason, now)
    context = {
        "form": form,
        "title": "导出部门表",
        "hint": f"{len(rows)} 个部门。第一行写着谁、什么时候、为什么导出；电话只有前三位和后四位。",
        "back": reverse("partners:departments"),
        "crumb": "部门",
        "yes": "导出",
    }
    return TemplateResponse(request, "registry/small_form.html", context, status=422 if form.errors else 200)


def _workbook(request: Request, rows: list[Any], reason: str, now: dt.datetime) -> HttpResponse:
    at = timezone.localtime(now)
    name = community_of(request.actor).name
    mark = (
        f"{name}部门表・{request.actor.label}于 {at:%Y-%m-%d %H:%M} 导出・用途：{reason}・共 {len(rows)} 个"
        "・仅供此用途，请勿转发"
    )
    lines: list[list[Any]] = [[mark], list(_HEAD)]
    lines += [
        [
            row.name, row.short, row.code, row.duties, row.liaison, row.phone_masked, row.reply_days,
            "是" if row.is_active else "停用", row.open_count, row.late_count,
        ]
        for row in rows
    ]  # fmt: skip
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_rows(file, lines, "部门", _WIDTHS)
    file.seek(0)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = FileResponse(file, content_type=kind)
    filename = quote(f"部门表-{at:%Y%m%d-%H%M}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{filename}"
    response["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]
