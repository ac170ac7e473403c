"""欠款清单: the lines of a bulk claim, for who works the case and for the enterprise alike."""

from __future__ import annotations

import re
import tempfile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.imports.store import LIMITS, upload
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.findings import TableError
from yuanzhi.kernel.tabular.writer import write_rows
from yuanzhi.registry.access import IMPORT
from yuanzhi.registry.views.answers import answer, ask_first, refused

from .. import actions, claims, queries
from ..access import ADD_CLAIMS, SEE_WORKBENCH
from ..forms_claims import ClaimForm
from ..imports.claims import COLUMNS, KIND
from ..models import Case, Claim
from ..states import OPEN

_OWED = re.compile("尾款|欠款|货款|回款|欠[了着]?[^，。]{0,6}款|要不回来")  # then a list is offered
_TONES = {
    "open": "neutral", "demanded": "brand", "promised": "brand", "disputed": "warn", "filed": "violet",
    "recovered": "good", "dropped": "neutral",
}  # fmt: skip


def part(actor: Actor, case: Case) -> dict[str, Any]:
    """What the case page shows of the list: its totals. One query."""
    lines = queries.claim_lines(case)
    totals = claims.add_up(lines, timezone.localdate()) if lines else None
    owed = bool(_OWED.search(f"{case.title}{case.words}")) and actor.may(ADD_CLAIMS) and case.state in OPEN
    return {
        "claim_totals": totals,
        "claim_money": _said(totals) if totals else {},
        "claim_offered": owed and not totals,
        "claims_url": reverse("cases:claims", args=[case.pk]) if actor.may(ADD_CLAIMS) else "",
    }


def _said(totals: claims.Totals) -> dict[str, str]:
    return {
        "amount": claims.money(totals.amount),
        "recovered": claims.money(totals.recovered),
        "left": claims.money(totals.left),
        "share": f"{(totals.share or 0) * 100:.0f}%",
    }


def _case(request: Request, pk: int) -> Case:
    rows = queries.visible_to(request.actor, ADD_CLAIMS).select_related("enterprise", "desk")
    return get_object_or_404(rows, pk=pk)


def _claim(request: Request, pk: int, claim_pk: int) -> Claim:
    row = _case(request, pk)
    return get_object_or_404(row.claims.select_related("case__enterprise"), pk=claim_pk)


@needs(ADD_CLAIMS)
def of_case(request: Request, pk: int) -> HttpResponse:
    """The list with its totals, and a form for another line."""
    row = _case(request, pk)
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = actions.add_claim(actor=request.actor, case=row, **form.given())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"列入了：{added.debtor}，{claims.money(added.amount)}")
            return redirect("cases:claims", pk=pk)
    return _page(request, row, form, status=422 if form.errors else 200)


def _page(request: Request, row: Case, form: ClaimForm, status: int = 200) -> HttpResponse:
    rows = list(row.claims.all())
    totals = claims.add_up([queries.line_of(claim) for claim in rows], timezone.localdate())
    staff = request.actor.may(SEE_WORKBENCH)
    context = {
        "case": row,
        "form": form,
        "rows": [_shown(claim) for claim in rows],
        "totals": totals,
        "money": _said(totals),
        "back": reverse("cases:case" if staff else "cases:portal_case", args=[row.pk]),
        "may_edit": row.state in OPEN,
        "may_upload": row.state in OPEN and request.actor.may(IMPORT),
        "evidence": claims.EVIDENCE,
    }
    return answer(request, "cases/claims.html", context, status=status)


def _shown(claim: Claim) -> dict[str, Any]:
    has = sum(bool(claim.evidence.get(code)) for code in claims.CODES)
    lacks = [one.name for one in claims.EVIDENCE if not claim.evidence.get(one.code)]
    today = timezone.localdate()
    return {
        "claim": claim,
        "tone": _TONES[claim.state],
        "has": has,
        "of": len(claims.CODES),
        "lacks": "、".join(lacks),
        "overdue": (today - claim.due_on).days if claim.due_on and claim.due_on < today else 0,
    }


@needs(ADD_CLAIMS)
def change(request: Request, pk: int, claim: int) -> HttpResponse:
    """Change one line: evidence found, money come in, a promise made."""
    line = _claim(request, pk, claim)
    form = ClaimForm(request.POST or None, initial=ClaimForm.of(line))
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            actions.change_claim(
                actor=request.actor,
                claim=line,
                seen=int(seen) if seen.isdecimal() else line.version,
                **form.given(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{line.debtor}这一笔记下了")
            return redirect("cases:claims", pk=pk)
    context = {"case": line.case, "claim": line, "form": form, "evidence": claims.EVIDENCE}
    return answer(request, "cases/claim.html", context, status=422 if form.errors else 200)


@needs(ADD_CLAIMS)
@require_POST
def remove(request: Request, pk: int, claim: int) -> HttpResponse:
    """Take a line out."""
    line = _claim(request, pk, claim)
    back = reverse("cases:claims", args=[pk])
    question = f"把{line.debtor}这一笔（{claims.money(line.amount)}）从清单里去掉？收回了的请改状态，不用去掉"
    if (page := ask_first(request, question, back)) is not None:
        return page
    try:
        actions.remove_claim(actor=request.actor, claim=line)
    except Refused as refusal:
        return refused(request, refusal, back)
    messages.success(request, f"{line.debtor}这一笔去掉了，历史里还查得到")
    return redirect(back)


@needs(ADD_CLAIMS)
def sheet(request: Request, pk: int) -> HttpResponse | FileResponse:
    """The list as a spreadsheet: to fill in and to send back."""
    row = _case(request, pk)
    if request.method == "POST":
        return _upload(request, row)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
    write_rows(out, _table(row), "欠款清单", [column.width or 14 for column in COLUMNS])
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"欠款清单-{row.number}.xlsx")


def _table(row: Case) -> Any:
    yield [column.title for column in COLUMNS]
    for claim in row.claims.all():
        evidence = ["有" if claim.evidence.get(code) else "无" for code in claims.CODES]
        yield [claim.debtor, claim.project, claim.amount, claim.due_on, claim.get_state_display(),
               claim.recovered, *evidence, claim.note]  # fmt: skip


def _upload(request: Request, row: Case) -> HttpResponse:
    back = reverse("cases:claims", args=[row.pk])
    file = request.FILES.get("file")
    if file is None or not request.actor.may(IMPORT):
        return refused(request, Refused("还没有选文件：先下载清单，填好再传上来"), back)
    try:
        LIMITS.check_file(file.size or 0)
        batch = upload(
            actor=request.actor,
            kind=KIND,
            pieces=file.chunks(),
            filename=file.name or "表格",
            options={"case": row.pk},
        )
    except (Refused, TableError) as no:
        return refused(request, Refused(str(no)), back)
    return redirect("registry:import", batch.pk)
