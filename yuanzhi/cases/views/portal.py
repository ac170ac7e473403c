"""What an enterprise's own people see: their needs, how they go, and their verdict."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.accounts.roles import Kind
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.queries import visible_to as enterprises_visible_to

from .. import actions, queries
from ..access import GIVE_VERDICT, SEE_PORTAL
from ..actions.attachments import add_note_with_files
from ..forms import NeedForm, VerdictForm
from ..models import Case
from ..panels import Audience, panels_of
from ..parts import checklist, files_of, moving_along
from ..promises import clock_of
from ..queries_catalogue import listed
from ..rows import row_of, sign_of
from ..states import State
from ..timeline import entries
from .case_page import followed_in_portal
from .claims import part as claims_part
from .files import read_files, tell
from .withdraw import may_withdraw


@needs(SEE_PORTAL)
def home(request: Request) -> HttpResponse:
    """Say what you need; see what became of what you said."""
    actor = request.actor
    mine = enterprises_visible_to(actor).filter(pk__in=actor.bound_to(Kind.ENTERPRISE)).order_by("id").first()
    items = list(listed(actor))
    initial = {"item": request.GET.get("item", "")}
    form = NeedForm(request.POST or None, actor=actor, items=items, initial=initial)
    if request.method == "POST" and form.is_valid():
        # Park people speak for whom they name, never by accident for the enterprise that employs them.
        relays = "enterprise" in form.fields
        said = {"enterprise": mine, **form.cleaned_data}
        said["files"], sentences = read_files(request)
        try:
            case = actions.open_case(
                actor=actor,
                channel=Case.Channel.CAPTAIN if relays else Case.Channel.PORTAL,
                speaker=actor.name,
                intake_key=request.POST.get("once"),
                **said,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            due = timezone.localtime(case.response_due)
            messages.success(request, f"收到了，编号 {case.number}。{due:%m 月 %d 日 %H:%M} 前给您回音")
            tell(request, sentences)
            return redirect("cases:portal_case", pk=case.pk)
    cases = queries.newest_of(actor, 50).select_related(*queries.FOR_ROWS).defer(*queries.HEAVY)
    clock, now = clock_of(actor.community_id), timezone.now()
    rows = [row_of(case, clock, now) for case in cases]
    owed = [row for row in rows if row.case.state == State.RESOLVED]
    context = {
        "form": form,
        "enterprise": mine,
        "rows": rows,
        "owed": owed,
        "has_catalogue": bool(items),
        "going": moving_along(rows, now),
    }
    return render(request, "cases/portal.html", context, status=422 if form.errors else 200)


def _visible(request: Request, pk: int) -> Case:
    rows = queries.visible_to(request.actor, SEE_PORTAL)
    return get_object_or_404(rows.select_related("enterprise", "desk", "building__park"), pk=pk)


@needs(SEE_PORTAL)
def case(request: Request, pk: int) -> HttpResponse:
    """One's own case."""
    return _page(request, _visible(request, pk), VerdictForm())


def _page(
    request: Request, row: Case, form: VerdictForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    actor = request.actor
    context = {
        "case": row,
        "sign": sign_of(row, clock_of(row.community_id), timezone.now()),
        "timeline": entries(row, public=True),
        **checklist(row),
        **files_of(row, actor, public=True),
        "form": form,
        "may_judge": queries.owed_a_verdict(actor).filter(pk=row.pk).exists(),
        "verdicts": list(row.verdicts.order_by("-round")),
        "refusal": refusal,
        "panels": panels_of(row, actor, Audience.PORTAL),
        "may_withdraw": may_withdraw(actor, row),
        **followed_in_portal(actor, row),
        "kept": request.POST.get("text", ""),
        **claims_part(actor, row),
    }
    return render(request, "cases/portal_case.html", context, status=status)


@needs(SEE_PORTAL)
@require_POST
def write_note(request: Request, pk: int) -> HttpResponse:
    """Add something to one's own case."""
    row = _visible(request, pk)
    actor = request.actor
    files, sentences = read_files(request)
    try:
        add_note_with_files(
            actor=actor,
            case=row,
            text=request.POST.get("text", ""),
            files=files,
            is_public=True,
            once=request.POST.get("once"),
        )
    except Refused as refusal:
        said = sentences[0] if sentences and not files else str(refusal)
        return _page(request, row, VerdictForm(), refusal=said, status=409)
    messages.success(request, "已补充，经办人会看到")
    tell(request, sentences)
    return redirect("cases:portal_case", pk=pk)


@needs(GIVE_VERDICT)
@require_POST
def verdict(request: Request, pk: int) -> HttpResponse:
    """The verdict of somebody with an account."""
    row = _visible(request, pk)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    try:
        given = actions.give_verdict(actor=request.actor, case=row, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, row, form, status=409)
    messages.success(request, thanks(given.is_solved, given.satisfaction))
    return redirect("cases:portal_case", pk=pk)


def thanks(is_solved: bool, satisfaction: int) -> str:
    """What is said after a verdict."""
    if is_solved and satisfaction >= 3:
        return "谢谢您的评价，这件事就此了结"
    return "谢谢您直说。这件事重新办理，这几天就有人给您打电话"
