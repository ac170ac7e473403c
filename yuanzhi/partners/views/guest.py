"""What somebody without an account sees and does with a link: one thing of one case, nothing else.

Opening the page changes nothing. Each way in which a link no longer holds is a sentence of its own.
"""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.accounts.guards import not_found, public
from yuanzhi.accounts.requests import Request
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.throttle import address_of, allow

from ..actions.links import guest as guest_actor
from ..models import Coordination, GuestLink
from ..queries import departments as queries
from ..states import CoordinationState
from ..tokens import digest_of
from .answering import FORMS, SAID, act, file_answer, form_of
from .department_portal import page_of

# Enough for an office behind one address, too few for trying links out.
OPENED_PER_HOUR = 300
WRONG_PER_HOUR = 30

_GONE = {
    "revoked": ("链接收回了", "社区把这个链接收回了。还要办的话，请向社区要一个新的。"),
    "expired": ("链接过期了", "这个链接过了有效期。事情还没办完的话，请向社区要一个新的。"),
    "ended": ("这件事办完了", "这件诉求已经办完，不用再答复了，谢谢您。"),
    "called_off": ("不用办了", "社区取消了这次协同，不用再答复了，谢谢您。"),
}


class _Closed(Exception):
    """The link opens nothing; the answer says why."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def _link(request: Request, token: str) -> GuestLink:
    """The link, when it still opens something. Raises Http404 or _Closed."""
    address = address_of(request)
    if not allow(f"guest:{address}", OPENED_PER_HOUR, 3600):
        raise _Closed(render(request, "429.html", status=429))
    link = queries.link_of_digest(digest_of(token))
    if link is None:
        if not allow(f"guest-wrong:{address}", WRONG_PER_HOUR, 3600):
            raise _Closed(render(request, "429.html", status=429))
        raise not_found("这个链接不对：请核对是否复制完整，或向社区要一个新的")
    if (why := _over(link)) is not None:
        title, sentence = _GONE[why]
        context = {"title": title, "sentence": sentence, "community_name": link.community.name}
        raise _Closed(_private(render(request, "partners/guest_gone.html", context, status=410)))
    return link


def _over(link: GuestLink) -> str | None:
    state = queries.link_state(link)
    if state != "live":
        return state
    if link.coordination is not None and link.coordination.state == CoordinationState.CALLED_OFF:
        return "called_off"
    case = link.case.merged_into or link.case
    return None if case.state in OPEN else "ended"


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


@public
@never_cache
@require_safe
@sensitive_variables("token")
def page(request: Request, token: str) -> HttpResponse:
    """The one thing this link is for."""
    try:
        link = _link(request, token)
    except _Closed as closed:
        return closed.answer
    return _show(request, link, token)


def _show(
    request: Request,
    link: GuestLink,
    token: str,
    *,
    status: int = 200,
    refusal: str = "",
    kept: dict[str, forms.Form] | None = None,
) -> HttpResponse:
    row = link.coordination
    if row is None:
        raise not_found("这个链接没有对应的事")
    context = page_of(row) | {f"{name}_form": form for name, form in (kept or {}).items()}
    context |= {
        "link": link,
        "refusal": refusal,
        "acts": "partners:guest_act",
        "key": token,
        "file_url": "partners:guest_file",
        "community_name": link.community.name,
        "said": SAID.get(request.GET.get("said", ""), ""),
        # Staff who open the link see what the department sees, but can't answer in its place.
        "is_staff": request.actor.is_staff or request.actor.is_administrator,
    }
    return _private(render(request, "partners/guest.html", context, status=status))


@public
@never_cache
@require_POST
@sensitive_variables("token")
def take_step(request: Request, token: str, step: str) -> HttpResponse:
    """Sign for it, answer, or send it back: the same actions, by the name on the link."""
    try:
        link = _link(request, token)
    except _Closed as closed:
        return closed.answer
    row = link.coordination
    if step not in FORMS or row is None:
        raise not_found("没有这个步骤")
    form = form_of(step, row, request.POST)
    if not form.is_valid():
        return _show(request, link, token, status=422, kept={step: form})
    signed_in = request.actor
    actor = signed_in if signed_in.is_staff or signed_in.is_administrator else guest_actor(link)
    try:
        act(step, row, form, actor=actor, seen=request.POST.get("seen", ""), link=link)
    except Refused as no:
        fresh = queries.link_of_digest(digest_of(token)) or link
        return _show(request, fresh, token, status=409, refusal=str(no), kept={step: form})
    return _private(redirect(f"{reverse('partners:guest', args=[token])}?said={step}"))


@public
@never_cache
@require_safe
@sensitive_variables("token")
def file(request: Request, token: str, file_id: int) -> HttpResponse:
    """An attachment that was opened to whoever holds the link."""
    try:
        link = _link(request, token)
    except _Closed as closed:
        return closed.answer
    row: Coordination | None = link.coordination
    if row is None:
        raise not_found("没有这个附件")
    return _private(file_answer(row, file_id))
