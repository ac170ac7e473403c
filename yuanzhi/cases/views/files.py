"""Files in a request, and a file given back."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import public, signed_in
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.uploads import too_much

from .. import queries, storage
from ..actions import attachments as actions
from ..attachments import DESK, BadFile, Examined, Limits, examine, is_picture, small
from ..models import Attachment, Case
from ..queries_catalogue import attachment_by_link, attachment_for

# A browser that shows a file all the same may neither run nor load anything from it.
_POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"


def read_files(
    request: Request, limits: Limits = DESK, name: str = "files"
) -> tuple[list[Examined], list[str]]:
    """(files that are taken, sentences about those that aren't). Words typed beside them are never lost."""
    taken: list[Examined] = []
    sentences: list[str] = []
    given = request.FILES.getlist(name)
    if too_much(request):
        sentences.append("一次传得太多，后面的文件没有收到：请分几次传")
    for upload in given[: limits.count]:
        try:
            # One byte more than allowed tells that it is too large; the rest needn't be read.
            taken.append(examine(upload.name or "", upload.read(limits.size + 1), limits))
        except BadFile as bad:
            sentences.append(f"{bad}")
    if len(given) > limits.count:
        sentences.append(
            f"一次最多 {limits.count} 个文件，后面 {len(given) - limits.count} 个没有收：可以补充时再传"
        )
    return taken, sentences


def tell(request: Request, sentences: Iterable[str]) -> None:
    """Say above the next page which files weren't taken, and why."""
    for sentence in sentences:
        messages.warning(request, f"没有收下：{sentence}")


@signed_in
@require_safe
def download(request: Request, pk: int) -> HttpResponse:
    """A file of a case that the actor sees."""
    row = attachment_for(request.actor, pk)
    if row is None:
        raise Http404("没有这个文件，或者它不在您能看的范围里")
    return give(request, row)


@public
@require_safe
def download_by_link(request: Request, token: str, pk: int) -> HttpResponse:
    """A file of the case whose link somebody holds."""
    try:
        row = attachment_by_link(queries.by_token(token), pk)
    except Case.DoesNotExist:
        row = None
    if row is None:
        raise Http404("这个链接没有对应的文件：请核对是否复制完整")
    return give(request, row)


def give(request: Request, row: Attachment) -> HttpResponse:
    """The bytes: only redrawn pictures are shown by the browser itself, everything else is saved."""
    try:
        data = storage.path_of(row.stored).read_bytes()
    except OSError as error:
        raise Http404("文件不在了：请告诉系统管理员从备份里找回") from error
    picture, mime = is_picture(row.mime), row.mime
    if picture and request.GET.get("small"):
        data, mime = small(data), "image/jpeg"
    kind = f"{mime}; charset=utf-8" if mime.startswith("text/") else mime
    return HttpResponse(
        data,
        content_type=kind,
        headers={
            "Content-Disposition": content_disposition_header(not picture, row.name) or "attachment",
            "Content-Security-Policy": _POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Cache-Control": "private, no-store",
        },
    )


@signed_in
@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    """Take a file off a case."""
    row = attachment_for(request.actor, pk)
    if row is None:
        raise Http404("没有这个文件，或者它已经去掉了")
    page = "cases:case" if request.actor.is_staff else "cases:portal_case"
    try:
        actions.remove_attachment(actor=request.actor, attachment=row)
    except Refused as no:
        messages.error(request, str(no))
    else:
        messages.success(request, f"“{row.name}”去掉了")
    return redirect(page, pk=row.case_id)
