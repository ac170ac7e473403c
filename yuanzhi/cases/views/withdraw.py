"""The enterprise takes a need back: from its portal, or by the link in its hand."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.guards import needs, not_found, public
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.refusals import Refused

from .. import actions, queries
from ..access import GIVE_VERDICT
from ..forms_acts import WithdrawForm
from ..models import Case
from ..states import STATE_NAMES, State, Step, after


def _answer(request: Request, case: Case, *, token: str, back: str) -> HttpResponse:
    """Ask once more, with a reason if one likes; then it is taken back."""
    form, status = WithdrawForm(request.POST or None), 200
    possible = after(State(case.state), Step.WITHDRAW) is not None
    if request.method == "POST" and form.is_valid():
        # Whoever holds the link acts as the enterprise, unless it is one of the community's own.
        own = request.actor if request.actor.is_staff or not token else actions.link_actor(case)
        held = "" if request.actor.is_staff else token
        try:
            actions.withdraw(actor=own, case=case, by_token=held, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = 409
        else:
            if not token:
                messages.success(request, f"{case.number} 已撤回，需要时随时再提")
            return redirect(f"{back}?said=withdrawn" if token else back)
    elif request.method == "POST":
        status = 422
    context = {
        "case": case, "form": form, "back": back, "possible": possible,
        "state_name": STATE_NAMES[State(case.state)],
        "base": "bare.html" if token else "base.html",
        "community_name": case.community.name,
    }  # fmt: skip
    return render(request, "cases/withdraw.html", context, status=status)


def may_withdraw(actor: Actor, case: Case) -> bool:
    """Whether to offer it to somebody with an account."""
    return after(State(case.state), Step.WITHDRAW) is not None and (
        queries.visible_to(actor, GIVE_VERDICT).filter(pk=case.pk).exists()
    )


@needs(GIVE_VERDICT)
def portal(request: Request, pk: int) -> HttpResponse:
    """By somebody with an account."""
    case = queries.visible_to(request.actor, GIVE_VERDICT).select_related("community").filter(pk=pk).first()
    if case is None:
        raise not_found("没有这件诉求，或者它不是您这边提的")
    return _answer(request, case, token="", back=f"/portal/cases/{pk}/")


@public
@never_cache
def by_link(request: Request, token: str) -> HttpResponse:
    """By whoever holds the tracking link."""
    try:
        case = queries.by_token(token)
    except Case.DoesNotExist as error:
        raise Http404("这个链接没有对应的诉求：请核对是否复制完整，或向社区要一个新链接") from error
    return _answer(request, case, token=token, back=f"/t/{token}/")
