"""谁不在: days without new cases, and what somebody who is away has in hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.requests import Request
from yuanzhi.accounts.roles import STAFF
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import answer, number, refused

from ..access import MANAGE_ABSENCES, OWN_ABSENCE
from ..actions import assignment
from ..forms_routing import AbsenceForm
from ..listing import colleagues
from ..promises import clock_of
from ..queries_people import (
    absences_visible_to,
    coming_absences,
    counts_in_hand,
    open_in_hand,
    staff_of,
)
from ..rows import row_of

BACK = "cases:absences"
MOST = 200  # cases handed on at once


@needs(OWN_ABSENCE)
def absences(request: Request) -> HttpResponse:
    """Who is away when; reporting one's own, or anybody's."""
    actor = request.actor
    manages = actor.may(MANAGE_ABSENCES)
    people = colleagues(actor.community_id) if manages else []
    form = AbsenceForm(
        request.POST or None,
        people=people,
        initial={
            "person": actor.user_id,
            "first_day": timezone.localdate(),
            "last_day": timezone.localdate(),
        },
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = number(given.get("person"), actor.user_id or 0)
        member = members_of(actor.community_id, *STAFF).filter(user_id=wanted).first()
        try:
            if member is None:
                raise Refused("这个人不在本社区办事：请重新选")
            assignment.report_absence(
                actor=actor,
                user=member.user,
                first_day=given["first_day"],
                last_day=given["last_day"],
                why=given["why"],
            )
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, f"记下了：{member.user.name}这几天不派新的")
            return redirect(BACK)
    rows = coming_absences(actor)
    counts = counts_in_hand(actor.community_id, [row.user_id for row in rows])
    today = timezone.localdate()
    context = {
        "form": form,
        "manages": manages,
        "rows": [(row, counts.get(row.user_id, 0), row.first_day <= today) for row in rows],
    }
    return answer(request, "cases/absences.html", context, status=422 if form.errors else 200)


@needs(OWN_ABSENCE)
@require_POST
def end(request: Request, pk: int) -> HttpResponse:
    """Back early, or not going."""
    absence = absences_visible_to(request.actor).filter(pk=pk).first()
    if absence is None:
        raise not_found("没有这条记录，或者不是您的")
    try:
        assignment.end_absence(actor=request.actor, absence=absence)
    except Refused as no:
        return refused(request, no, BACK)
    messages.success(request, f"{absence.user_name}从今天起又派新的了")
    return redirect(BACK)


@needs(OWN_ABSENCE)
def in_hand(request: Request, pk: int) -> HttpResponse:
    """What somebody who is away has in hand, to be handed on in one go. `pk`: the absence."""
    actor = request.actor
    absence = absences_visible_to(actor).filter(pk=pk).first()
    if absence is None:
        raise not_found("没有这条记录，或者不是您的")
    cases = list(open_in_hand(actor, absence.user_id)[:MOST])
    people = staff_of(actor.community_id)
    people.pop(absence.user_id, None)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            picked = set(request.POST.getlist("case"))
            wanted = [case for case in cases if str(case.pk) in picked]
            if not wanted:
                raise Refused("还没有勾选要转的诉求")
            to = number(request.POST.get("to"))
            member = members_of(actor.community_id, *STAFF).filter(user_id=to).first() if to else None
            if to and member is None:
                raise Refused("选的人不在本社区办事：请换一位")
            given = assignment.hand_on(
                actor=actor,
                cases=wanted,
                user_id=absence.user_id,
                to=member.user if member else None,
                why=f"{absence.user_name}{_days(absence)}不在",
            )
        except Refused as no:
            refusal, status = str(no), 409
        else:
            messages.success(request, _said(given))
            return redirect(BACK)
    clock, now = clock_of(actor.community_id), timezone.now()
    context = {
        "absence": absence,
        "rows": [row_of(case, clock, now) for case in cases],
        "people": sorted(people.items(), key=lambda row: row[1]),
        "refusal": refusal,
        "picked": request.POST.getlist("case"),
        "to": request.POST.get("to", ""),
    }
    return answer(request, "cases/absence_hand_on.html", context, status=status)


def _days(absence: object) -> str:
    first, last = absence.first_day, absence.last_day  # type: ignore[attr-defined]
    begin = f"{first.month} 月 {first.day} 日"
    return begin if first == last else f"{begin}至 {last.month} 月 {last.day} 日"


def _said(given: dict[str, int]) -> str:
    parts = [f"{name} {count} 件" for name, count in given.items() if name]
    if waiting := given.get("", 0):
        parts.append(f"{waiting} 件放回窗口等人接")
    return f"转好了：{'、'.join(parts)}" if parts else "这些刚被别人转走了，没有要转的"
