"""办理单: a case's file to print or to take away."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from io import BytesIO
from typing import Any, BinaryIO

import segno
from django import forms
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import answer

from .. import actions, queries
from ..access import EXPORT_CASE, WORK_CASE
from ..models import Case
from ..printing.content import CaseFile
from ..printing.gather import gather
from ..printing.pdf import write_pdf
from ..printing.word import write_word

WRITERS: dict[str, tuple[str, str, Callable[[CaseFile, BinaryIO], None]]] = {
    "docx": (
        "Word 文档", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", write_word
    ),
    "pdf": ("PDF", "application/pdf", write_pdf),
}  # fmt: skip
PAPER = "paper"


class FileForm(forms.Form):
    """What for, and as what."""

    reason = forms.CharField(
        label="做什么用", min_length=4, max_length=60,
        help_text="会和您的名字、时间一起印在每一页，并记入历史",
        widget=forms.TextInput(attrs={"placeholder": "例如：交给律师立案"}),
        error_messages={
            "required": "写一句做什么用，例如“交给律师立案”",
            "min_length": "再写具体一点：给谁、做什么用",
        },
    )  # fmt: skip
    form = forms.ChoiceField(
        label="要哪一种", initial=PAPER, widget=forms.RadioSelect,
        choices=[(PAPER, "打印"), *[(code, label) for code, (label, _, _) in WRITERS.items()]],
    )  # fmt: skip


def part(actor: Actor, case: Case) -> dict[str, Any]:
    """What the case page offers: the file, and the tracking page as a code. No query."""
    return {
        "file_url": reverse("cases:case_file", args=[case.pk]) if actor.may(EXPORT_CASE) else "",
        "code_url": reverse("cases:code", args=[case.pk]) if actor.may(WORK_CASE) else "",
    }


@needs(WORK_CASE)
@require_safe
def code(request: Request, pk: int) -> HttpResponse:
    """The tracking page as a QR code, to be held up at the window: no paper, no account."""
    case = get_object_or_404(queries.visible_to(request.actor, WORK_CASE), pk=pk)
    out = BytesIO()
    url = request.build_absolute_uri(reverse("cases:track", args=[case.token]))
    segno.make(url, error="m").save(out, kind="svg", scale=4, border=2, xmldecl=False)
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response["Cache-Control"] = "no-store"
    return response


@needs(EXPORT_CASE)
def file(request: Request, pk: int) -> HttpResponse | FileResponse:
    """A reason first, then the file."""
    rows = queries.visible_to(request.actor, EXPORT_CASE)
    case = get_object_or_404(rows.select_related("enterprise", "desk", "building__park", "item"), pk=pk)
    form = FileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.note_file(actor=request.actor, case=case, **given)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            made = gather(request.actor, case, reason=given["reason"].strip(), now=timezone.now())
            return _sent(request, made, given["form"])
    context = {"form": form, "case": case}
    return answer(request, "cases/file.html", context, status=422 if form.errors else 200)


def _sent(request: Request, made: CaseFile, form: str) -> HttpResponse | FileResponse:
    response: HttpResponse | FileResponse
    if form == PAPER:
        response = answer(request, "cases/paper.html", {"file": made})
    else:
        _, kind, write = WRITERS[form]
        out = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the response
        write(made, out)
        out.seek(0)
        response = FileResponse(out, as_attachment=True, filename=f"{made.name}.{form}", content_type=kind)
    response["Cache-Control"] = "no-store"
    return response
