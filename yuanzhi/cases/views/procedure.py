"""Ticking off a case's checklist, and what the case page shows of it, of its files and of replies."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import ask_first

from .. import queries
from ..access import WORK_CASE
from ..actions import stages as actions
from ..models import Case, ItemStage
from ..parts import checklist, files_of
from ..queries_catalogue import open_stages, replies_for, stages_for
from ..replies import filled
from ..states import Step


@needs(WORK_CASE)
@require_POST
def stage(request: Request, pk: int) -> HttpResponse:
    """One line: done, not needed, or open again."""
    row = stages_for(request.actor, pk)
    if row is None:
        raise Http404("没有这一步，或者它不在您能看的范围里")
    actor, do = request.actor, request.POST.get("do", "done")
    try:
        if do == "skip":
            actions.skip_stage(actor=actor, stage=row, why=request.POST.get("why", ""))
        elif do == "again":
            actions.untick_stage(actor=actor, stage=row)
        else:
            actions.tick_stage(actor=actor, stage=row)
    except Refused as no:
        messages.error(request, str(no))
    return _back(row.case)


def _back(case: Case) -> HttpResponse:
    response = redirect("cases:case", pk=case.pk)
    response["Location"] += "#stages"
    return response


@needs(WORK_CASE)
@require_POST
def add(request: Request, pk: int) -> HttpResponse:
    """A line that this case needs beyond the catalogue."""
    case = queries.visible_to(request.actor, WORK_CASE).filter(pk=pk).first()
    if case is None:
        raise Http404("没有这件诉求，或者它不由您办")
    post = request.POST
    days = post.get("workdays", "").strip()
    try:
        if days and not (days.isascii() and days.isdigit()):
            raise Refused(f"“{days}”不是工作日的个数：填一个数，或者空着")
        actions.add_stage(
            actor=request.actor,
            case=case,
            name=post.get("name", ""),
            kind=post.get("kind", "stage"),
            workdays=int(days) if days else None,
        )
    except Refused as no:
        messages.error(request, str(no))
    except IntegrityError:  # two people added a line at the same moment
        messages.error(request, "刚才有人也加了一项，请再加一次")
    return _back(case)


def ask_about_stages(request: Request, case: Case, step: str) -> HttpResponse | None:
    """Before a case is resolved with stages open: a page that asks. None where there is nothing to ask."""
    if step != Step.RESOLVE or not request.POST.get("text", "").strip():
        return None
    left = [row for row in open_stages(case) if row.kind == ItemStage.Kind.STAGE]
    if not left:
        return None
    names = "、".join(row.name for row in left[:4]) + (f"等 {len(left)} 项" if len(left) > 4 else "")
    question = f"清单上还有没办的：{names}。确定现在就办结？"
    return ask_first(request, question, reverse("cases:case", args=[case.pk]))


# -- parts of the case page (case_page.PARTS) --------------------------------------------------------------


def stages_part(actor: Actor, case: Case) -> dict[str, Any]:
    """`stages`, `progress`, `closed`."""
    return checklist(case)


def files_part(actor: Actor, case: Case) -> dict[str, Any]:
    """`attachments`, those among colleagues as well."""
    works = actor.is_staff and actor.may(WORK_CASE)
    return files_of(case, actor, public=False, works=works)


def reply_asked(request: Request) -> dict[str, Any]:
    """Without JavaScript a reply is chosen by a link: its number is kept for `replies_part`'s template."""
    return {"reply_pk": request.GET.get("reply", "")}


def replies_part(actor: Actor, case: Case) -> dict[str, Any]:
    """`replies`: texts with their blanks filled from this case."""
    blanks = blanks_of(case, actor)
    found = replies_for(actor, case.desk_id) if actor.is_staff else []
    return {
        "replies": [{"pk": row.pk, "title": row.title, "text": filled(row.text, blanks)} for row in found]
    }


def blanks_of(case: Case, actor: Actor) -> dict[str, str]:
    """What fills the blanks of a reply. The link is left to the page, which knows its own address."""
    due = timezone.localtime(case.response_due if case.responded_at is None else case.resolution_due)
    firm = case.enterprise
    return {
        "企业": (firm.short_name or firm.name) if firm else "",
        "称呼": case.speaker or "您",
        "编号": case.number,
        "承诺时间": f"{due.month} 月 {due.day} 日 {due:%H:%M}",
        "经办": case.owner_name or actor.name,
    }
