"""Bringing a spreadsheet in: upload, columns, dry run, result, the file back, undo."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.imports.back import give_back
from yuanzhi.kernel.imports.kinds import kind_of
from yuanzhi.kernel.imports.states import RUNNING, Move
from yuanzhi.kernel.imports.store import (
    LIMITS,
    Proposal,
    choose_columns,
    choose_sheet,
    layout_of,
    propose,
    same_before,
    upload,
)
from yuanzhi.kernel.imports.work import stalled, start
from yuanzhi.kernel.models import ImportBatch
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.findings import TableError
from yuanzhi.kernel.tabular.writer import write_template

from ..access import IMPORT
from ..imports.forms import UploadForm
from ..imports.pages import ImportPage, page_for, page_of, pages_for
from ..imports.queries import batch_for, batches_visible_to, can, findings_page, tallies
from .answers import answer, ask_first, number, refused

PAGE = 20
TONES = {
    "uploaded": "warn", "checking": "brand", "checked": "warn", "committing": "brand", "done": "good",
    "failed": "bad", "undoing": "brand", "undone": "neutral",
}  # fmt: skip
DOING = {"checking": "正在检查", "committing": "正在导入", "undoing": "正在撤销"}


@needs(IMPORT)
def imports(request: Request) -> HttpResponse:
    """The imports of one kind so far, and the form for another."""
    kinds = [page for page in pages_for(request.actor) if page.starts_here]
    page = next((page for page in kinds if page.slug == request.GET.get("kind")), kinds[0])
    posted = request.method == "POST"
    form = UploadForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        asks_day=page.asks_day,
        initial={"day": timezone.localdate()},
    )
    status = 200
    if posted:
        if form.is_valid() and (batch := _upload(request, form, page)) is not None:
            return redirect("registry:import", batch.pk)
        status = 422
    before = number(request.GET.get("before"))
    rows = batches_visible_to(request.actor).filter(kind=page.code)
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    context = {
        "form": form,
        "page": page,
        "tabs": [
            {"label": each.label, "url": f"?kind={each.slug}", "active": each is page} for each in kinds
        ],
        "rows": [{"batch": batch, "tone": TONES[batch.state]} for batch in found[:PAGE]],
        "next_url": f"?kind={page.slug}&before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "first_url": f"?kind={page.slug}" if before else "",
    }
    return answer(request, "registry/imports/list.html", context, status=status)


def _upload(request: Request, form: UploadForm, page: ImportPage) -> ImportBatch | None:
    file = form.cleaned_data["file"]
    try:
        LIMITS.check_file(file.size)
        return upload(
            actor=request.actor,
            kind=page.code,
            pieces=file.chunks(),
            filename=file.name,
            options=page.options(form.cleaned_data.get("day")),
        )
    except (Refused, TableError) as no:
        form.add_error("file", str(no))
        return None


@needs(IMPORT)
@require_safe
def template(request: Request) -> FileResponse:
    """The template to fill in, of the kind asked for."""
    page = page_of(request.GET.get("kind", "enterprises"))
    if page is None or not page.starts_here or not request.actor.may(page.verb):
        raise not_found("没有这种表格的模板")
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    write_template(kind_of(page.code).layout(page.options(None)), out)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{page.label}模板.xlsx")


@needs(IMPORT)
@require_safe
def one(request: Request, pk: int) -> HttpResponse:
    """One import, as far as it is: its columns, its progress, what was found, what came of it."""
    batch = _the_batch(request, pk)
    context = _context(batch)
    if batch.state in RUNNING:
        return answer(request, "registry/imports/running.html", context)
    if batch.state == "uploaded":
        return _columns_page(request, batch, context)
    return answer(request, "registry/imports/result.html", context | _findings(request, batch))


def _the_batch(request: Request, pk: int) -> ImportBatch:
    batch = batch_for(request.actor, pk)
    if batch is None:
        raise not_found("没有这次导入，或者它不在您的社区")
    return batch


def _context(batch: ImportBatch) -> dict[str, Any]:
    taken = batch.created + batch.updated + batch.unchanged
    page = page_for(batch)
    return {
        "batch": batch,
        "page": page,
        "leads": [{"url": reverse(name), "label": label} for name, label in page.leads_to],
        "tone": TONES[batch.state],
        "doing": _doing(batch),
        "stalled": stalled(batch),
        "progress_text": f"{min(taken + batch.rejected, batch.total or 0):,} / {batch.total:,} 行",
        "done_rows": min(taken + batch.rejected, batch.total or taken + batch.rejected),
        "rows_total": taken + batch.rejected,
        "begun": bool(batch.options.get("stage")),
        "same": same_before(batch) if batch.state in ("uploaded", "checked") else None,
        "notes": batch.options.get("notes", ()),
        "kept": batch.options.get("kept", ()),
        "kept_more": max(batch.options.get("kept_count", 0) - len(batch.options.get("kept", ())), 0),
        "can_commit": batch.state in ("checked", "failed") and can(batch, Move.COMMIT),
        "can_undo": batch.state in ("done", "failed") and can(batch, Move.UNDO),
        "can_map": batch.state in ("checked", "failed") and can(batch, Move.MAP),
    }


def _doing(batch: ImportBatch) -> str:
    if batch.state == "committing" and batch.options.get("stage") == "follow":
        return "都写进去了，正在编入搜索"
    return DOING.get(batch.state, "")


def _columns_page(
    request: Request,
    batch: ImportBatch,
    context: dict[str, Any],
    proposal: Proposal | None = None,
    **more,
) -> HttpResponse:
    try:
        proposal = proposal or propose(batch)
    except TableError as error:
        messages.error(request, str(error))
        return redirect("registry:imports")
    context |= {"proposal": proposal, "columns": layout_of(batch).columns, **more}
    return answer(request, "registry/imports/columns.html", context, status=422 if more else 200)


def _findings(request: Request, batch: ImportBatch) -> dict[str, Any]:
    level, column = request.GET.get("level", ""), request.GET.get("column")
    after = number(request.GET.get("after"))
    found, more = findings_page(batch, level=level, column=column, after=after)
    kept = {k: v for k, v in (("level", level), ("column", column)) if v}
    counted = tallies(batch)
    chips = [
        {
            "label": f"{tally.column or '整行'}{'' if tally.level == 'error' else '（请核对）'}",
            "url": f"?{urlencode({'level': tally.level, 'column': tally.column})}#findings",
            "count": tally.count,
            "active": (level, column) == (tally.level, tally.column),
        }
        for tally in counted
    ]
    if chips:
        chips.insert(0, {"label": "全部", "url": "?#findings", "active": not kept})
    return {
        "found": found,
        "chips": chips,
        "next_url": f"?{urlencode(kept | {'after': found[-1].pk})}#findings" if more else "",
        "first_url": f"?{urlencode(kept)}#findings" if after else "",
    }


@needs(IMPORT)
@require_safe
def progress(request: Request, pk: int) -> HttpResponse:
    """How far it is: the piece that asks for itself every second, and for the whole page at the end."""
    batch = _the_batch(request, pk)
    if not request.htmx:
        return redirect("registry:import", pk)
    context = _context(batch)
    response = answer(request, "registry/imports/running.html", context, piece="progress")
    if batch.state not in RUNNING or context["stalled"]:
        response["HX-Refresh"] = "true"
    return response


@needs(IMPORT)
@require_POST
def columns(request: Request, pk: int) -> HttpResponse:
    """Take down which column is which, and begin the dry run."""
    batch = _the_batch(request, pk)
    try:
        if sheet := request.POST.get("sheet"):
            choose_sheet(actor=request.actor, batch=batch, sheet=sheet)
            return redirect("registry:import", pk)
        known = {column.key for column in layout_of(batch).columns}
        proposal = propose(batch)
        headers = {heading.position: heading.header for heading in proposal.headings}
        chosen = {at: key if (key := request.POST.get(f"column_{at}", "")) in known else "" for at in headers}
        choose_columns(actor=request.actor, batch=batch, chosen=chosen, headers=headers)
        if problems := propose(batch).problems:
            return _columns_page(request, batch, _context(batch), refusal="".join(problems))
        start(actor=request.actor, batch=batch, what=Move.CHECK)
    except TableError as error:
        return refused(request, Refused(str(error)), reverse("registry:imports"))
    except Refused as no:
        return refused(request, no, reverse("registry:import", args=[pk]))
    return redirect("registry:import", pk)


@needs(IMPORT)
@require_POST
def remap(request: Request, pk: int) -> HttpResponse:
    """Back to the columns, before anything was written."""
    batch = _the_batch(request, pk)
    try:
        choose_columns(actor=request.actor, batch=batch, chosen={}, headers={})
    except Refused as no:
        return refused(request, no, reverse("registry:import", args=[pk]))
    return redirect("registry:import", pk)


@needs(IMPORT)
@require_POST
def commit(request: Request, pk: int) -> HttpResponse:
    """Bring the rows in, or go on with it."""
    return _start(request, pk, Move.COMMIT)


@needs(IMPORT)
@require_POST
def again(request: Request, pk: int) -> HttpResponse:
    """Go on with what nobody works on any more."""
    batch = _the_batch(request, pk)
    going = {"checking": Move.CHECK, "committing": Move.COMMIT, "undoing": Move.UNDO}
    return _start(request, pk, going.get(batch.state, Move.COMMIT))


@needs(IMPORT)
@require_POST
def undo(request: Request, pk: int) -> HttpResponse:
    """Take the whole import back."""
    batch = _the_batch(request, pk)
    question = f"撤销“{batch.filename}”这次导入？新登记的会删去，更新过的会恢复；后来有人动过的会留着。"
    if page := ask_first(request, question, reverse("registry:import", args=[pk])):
        return page
    return _start(request, pk, Move.UNDO)


def _start(request: Request, pk: int, what: Move) -> HttpResponse:
    try:
        start(actor=request.actor, batch=_the_batch(request, pk), what=what)
    except Refused as no:
        return refused(request, no, reverse("registry:import", args=[pk]))
    return redirect("registry:import", pk)


@needs(IMPORT)
@require_safe
def back(request: Request, pk: int) -> HttpResponse | FileResponse:
    """The same file back, with a 错误信息 column; `?only=1` only the rows that have one."""
    batch = _the_batch(request, pk)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    try:
        name = give_back(batch, out, only_rejected=request.GET.get("only") == "1")
    except TableError as error:
        return refused(request, Refused(str(error)), reverse("registry:import", args=[pk]))
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name)
