"""The enterprise's side: which expert helps, how it goes, and its own rating; in the portal and by link."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_safe

from yuanzhi.accounts.guards import needs, not_found, public
from yuanzhi.accounts.requests import Request
from yuanzhi.cases import actions as cases
from yuanzhi.cases.models import Case
from yuanzhi.cases.promises import clock_of
from yuanzhi.cases.queries import visible_to as cases_visible_to
from yuanzhi.kernel.refusals import Refused

from .. import actions
from ..access import RATE_PARTNER, SEE_HELP
from ..forms_partners import RatingForm
from ..models import Referral
from ..queries import referrals as queries
from ..referral_rows import ReferralRow, row_of
from ..states import ReferralState


def rows_for(case: Case) -> list[ReferralRow]:
    """What the enterprise sees of its referrals: not those that came to nothing."""
    clock, now = clock_of(case.community_id), timezone.now()
    shown = (ReferralState.OPEN, ReferralState.TAKEN, ReferralState.DONE)
    return [row_of(row, clock, now) for row in queries.of_case(case) if row.state in shown]


@needs(SEE_HELP)
@require_safe
def of_case(request: Request, pk: int) -> HttpResponse:
    """The experts who help with one's own case."""
    found = cases_visible_to(request.actor, SEE_HELP).filter(pk=pk).select_related("enterprise").first()
    if found is None:
        raise not_found("没有这件诉求，或者它不是您的")
    part = request.htmx and not request.htmx.history_restore_request
    context = {"case": found, "rows": rows_for(found), "may_rate": request.actor.may(RATE_PARTNER)}
    template = "partners/help_part.html" if part else "partners/help.html"
    response = render(request, template, context)
    patch_vary_headers(response, ("HX-Request",))
    return response


@needs(RATE_PARTNER)
def rate(request: Request, pk: int) -> HttpResponse:
    """The rating of somebody with an account."""
    row = queries.visible_to(request.actor, RATE_PARTNER).filter(pk=pk)
    referral = row.select_related("kind", "taker__partner", "case").first()
    if referral is None:
        raise not_found("没有这次帮忙，或者它不是您的")
    form = RatingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rate(actor=request.actor, referral=referral, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            messages.success(request, "谢谢您的评价")
            return redirect("cases:portal_case", referral.case_id)
    return _rating_page(request, referral, form, "base.html")


def _rating_page(request: Request, referral: Referral, form: RatingForm, frame: str) -> HttpResponse:
    context = {
        "referral": referral,
        "form": form,
        "frame": frame,
        "rated": hasattr(referral, "rating"),
        "may_rate": referral.state == ReferralState.DONE and not request.actor.is_staff,
        "community_name": referral.community.name,
    }
    status = 200 if not form.errors else 409 if form.non_field_errors() else 422
    return render(request, "partners/rate.html", context, status=status)


@public
@never_cache
@sensitive_variables("token")
def rate_by_link(request: Request, token: str, pk: int) -> HttpResponse:
    """The rating by the case's tracking link. Staff who open it are told that it is not theirs."""
    referral = queries.rated_by_token(token, pk)
    if referral is None:
        raise not_found("这个链接没有对应的事：请核对是否复制完整，或向社区要一个新链接")
    form = RatingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        signed_in = request.actor
        is_guest = not (signed_in.is_signed_in and signed_in.bonds)
        actor = cases.link_actor(referral.case) if is_guest or signed_in.may(RATE_PARTNER) else signed_in
        try:
            actions.rate(actor=actor, referral=referral, by_token=token, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, str(no))
        else:
            return redirect("cases:track", token=token)
    return _rating_page(request, referral, form, "bare.html")
