"""值守表: the week, and putting somebody on it."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.cases.promises import clock_of
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry.views.answers import answer, refused

from .. import actions
from ..access import MANAGE_PARTNERS, SEE_PARTNERS
from ..forms_partners import DutyForm
from ..models import Duty, Partner
from ..queries.duty import duty_visible_to, half_at, on_duty_today, week_of
from ..queries.partners import experts_visible_to


def _monday(request: Request) -> dt.date:
    today = timezone.localdate()
    try:
        day = dt.date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        day = today
    if abs((day - today).days) > 3650:
        day = today
    return day - dt.timedelta(days=day.weekday())


@needs(SEE_PARTNERS)
def duty(request: Request) -> HttpResponse:
    """The week; staff put somebody on it here."""
    actor, status = request.actor, 200
    may = actor.may(MANAGE_PARTNERS)
    experts = experts_visible_to(actor).filter(is_active=True, partner__state=Partner.State.ACCREDITED)
    posted = request.POST if request.method == "POST" and may else None
    initial = {"date": request.GET.get("date") or timezone.localdate(), "half": request.GET.get("half", "am")}
    form = DutyForm(posted, experts=experts.order_by("partner__kind", "pk"), initial=initial)
    if posted is not None:
        if form.is_valid():
            try:
                done = actions.add_duty(actor=actor, **form.cleaned_data)
            except Refused as no:
                form.add_error(None, str(no))
            else:
                who = form.cleaned_data["expert"].name
                messages.success(request, f"{who}：排好 {len(done.made)} 个半天")
                for sentence in done.skipped[:5]:
                    messages.warning(request, sentence)
                return redirect(f"{reverse('partners:duty')}?week={form.cleaned_data['date']}")
        status = 422
    monday, now = _monday(request), timezone.now()
    clock = clock_of(actor.community_id)
    week = week_of(actor, clock, monday, timezone.localdate(now))
    context = {
        "days": week,
        "monday": monday,
        "sunday": monday + dt.timedelta(days=6),
        "before": monday - dt.timedelta(days=7),
        "after": monday + dt.timedelta(days=7),
        "count": sum(len(cell.duties) for day in week for cell in day.halves),
        "half_now": half_at(now, clock.hours),
        "today": timezone.localdate(now),
        "form": form if may else None,
    }
    return answer(request, "partners/duty.html", context, status=status)


@needs(SEE_PARTNERS)
def today(request: Request) -> HttpResponse:
    """今天谁值守, as a part of other pages."""
    clock, now = clock_of(request.actor.community_id), timezone.now()
    context = {
        "on_duty": on_duty_today(request.actor, clock, now),
        "may_manage": request.actor.may(MANAGE_PARTNERS),
    }
    return answer(request, "partners/duty_today.html", context, piece="part")


@needs(MANAGE_PARTNERS)
@require_POST
def cancel(request: Request, pk: int) -> HttpResponse:
    """Somebody can't come after all."""
    row: Duty | None = duty_visible_to(request.actor).filter(pk=pk).first()
    if row is None:
        raise not_found("没有这次值守")
    back = f"{reverse('partners:duty')}?week={row.date}"
    try:
        actions.cancel_duty(actor=request.actor, duty=row, why=request.POST.get("why", ""))
    except Refused as no:
        return refused(request, no, back)
    messages.success(request, f"{row.expert.name}的这个半天取消了，已告诉他")
    return redirect(back)
