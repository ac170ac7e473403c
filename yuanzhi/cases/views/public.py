"""Pages without an account: the tracking link, and the QR code at a building's door."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from yuanzhi.accounts.actor import ANONYMOUS, by_link
from yuanzhi.accounts.guards import public
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.throttle import address_of, allow

from .. import actions, queries
from ..actions.attachments import add_by_link
from ..attachments import DOOR
from ..forms import ScanForm, VerdictForm
from ..models import Case
from ..panels import offers_by_link
from ..parts import checklist, files_of
from ..promises import clock_of
from ..queries_catalogue import listed_at
from ..rows import sign_of
from ..states import OPEN, State
from ..timeline import entries
from .case_page import followed_by_link
from .files import read_files, tell

# Enough for an office behind one address, too few for a flood.
SCANS_PER_HOUR = 30
NOTES_PER_HOUR = 20
_TOO_MANY = "一小时内提交得太多了：请稍后再试，急事请直接打社区电话"


def _case_of(token: str) -> Case:
    try:
        return queries.by_token(token)
    except Case.DoesNotExist as error:
        raise Http404("这个链接没有对应的诉求：请核对是否复制完整，或向社区要一个新链接") from error


def _page(request: Request, row: Case, form: VerdictForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "case": row,
        "sign": sign_of(row, clock_of(row.community_id), timezone.now()),
        "timeline": entries(row, public=True),
        **checklist(row),
        **files_of(row, ANONYMOUS, public=True),
        **followed_by_link(row),
        "token": row.token,
        "may_add": State(row.state) in OPEN and not request.actor.is_staff,
        "form": form,
        # Staff who open the link see the page as the enterprise does, but can't answer in its place.
        "may_judge": row.state == State.RESOLVED and not request.actor.serves,
        "is_staff": request.actor.is_staff,
        "serves": request.actor.serves,
        "verdicts": list(row.verdicts.order_by("-round")),
        "community_name": row.community.name,
        "said": request.GET.get("said", ""),
        "offers": [] if request.actor.is_staff else offers_by_link(row),
        **more,
    }
    return render(request, "cases/track.html", context, status=status)


@public
@never_cache
def track(request: Request, token: str) -> HttpResponse:
    """How a case stands, for whoever holds its link."""
    return _page(request, _case_of(token), VerdictForm())


@public
@never_cache
@require_POST
def verdict(request: Request, token: str) -> HttpResponse:
    """The verdict by link."""
    row = _case_of(token)
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form, status=422)
    signed_in = request.actor
    actor = signed_in if signed_in.serves else actions.link_actor(row)
    try:
        actions.give_verdict(actor=actor, case=row, by_token=token, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, row, form, status=409)
    good = form.cleaned_data["is_solved"] and form.cleaned_data["satisfaction"] >= 3
    return redirect(f"/t/{token}/?said={'good' if good else 'again'}")


@public
@never_cache
@require_POST
def add(request: Request, token: str) -> HttpResponse:
    """Say more, or send photos, by link. Staff have the case's own page for it."""
    row = _case_of(token)
    if request.actor.is_staff:
        return redirect("cases:case", pk=row.pk)
    text = request.POST.get("text", "")
    if not allow(f"add:{token}:{address_of(request)}", NOTES_PER_HOUR, 3600):
        return _page(request, row, VerdictForm(), status=429, kept=text, refusal=_TOO_MANY)
    files, sentences = read_files(request, DOOR)
    try:
        add_by_link(
            actor=actions.link_actor(row),
            case=row,
            token=token,
            text=text,
            files=files,
            once=request.POST.get("once"),
        )
    except Refused as no:
        said = sentences[0] if sentences and not files else str(no)
        return _page(request, row, VerdictForm(), status=409, kept=text, refusal=said)
    tell(request, sentences)
    return redirect(f"/t/{token}/?said=added")


@public
def scan(request: Request, code: str) -> HttpResponse:
    """Three fields for whoever scans the code at a building's door."""
    building = queries.building_of_code(code)
    if building is None:
        raise Http404("这个楼宇码不在用了：请到社区窗口，或看看楼下有没有新的二维码")
    items = list(listed_at(building.park.community_id))
    form = ScanForm(request.POST or None, items=items)
    if request.method == "POST" and form.is_valid():
        if not allow(f"scan:{address_of(request)}", SCANS_PER_HOUR, 3600):
            form.add_error(None, _TOO_MANY)
        else:
            said = form.cleaned_data
            said["files"], sentences = read_files(request, DOOR)
            try:
                case = actions.open_case(
                    actor=by_link(building.park.community_id, said["speaker"] or "扫码来访"),
                    building=building,
                    channel=Case.Channel.QR,
                    intake_key=request.POST.get("once"),
                    **said,
                )
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                tell(request, sentences)
                return redirect("cases:track", token=case.token)
    context = {"form": form, "building": building, "community_name": building.park.community.name}
    return render(request, "cases/scan.html", context, status=422 if form.errors else 200)
