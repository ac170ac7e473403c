"""What somebody without an account sees and does with a link: one thing of one case, nothing else.

Opening the page changes nothing. Each way in which a link no longer holds is a sentence of its own.
"""

from __future__ import annotations

from typing import Any

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
from ..models import Ask, Coordination, GuestLink
from ..queries import departments as queries
from ..states import CoordinationState
from ..tokens import digest_of
from .answering import FORMS, SAID, act, file_answer, form_of
from .department_portal import page_of as coordination_page
from .partner_portal import DONE_WORDS, form_for, perform
from .partner_portal import page_of as ask_page

# Enough for an office behind one address, too few for trying links out.
OPENED_PER_HOUR = 300
WRONG_PER_HOUR = 30

_GONE = {
    "revoked": ("链接收回了", "社区把这个链接收回了。还要办的话，请向社区要一个新的。"),
    "expired": ("链接过期了", "这个链接过了有效期。事情还没办完的话，请向社区要一个新的。"),
    "ended": ("这件事办完了", "这件诉求已经办完，不用再答复了，谢谢您。"),
    "called_off": ("不用办了", "社区取消了这次协同，不用再答复了，谢谢您。"),
    "withdrawn": ("不用办了", "这件事已经另有人办，不用再答复了，谢谢您。"),
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
    """Why a link opens nothing any more; None while it does."""
    state = queries.link_state(link)
    if state != "live":
        return state
    if link.coordination is not None and link.coordination.state == CoordinationState.CALLED_OFF:
        return "called_off"
    if link.ask is not None and link.ask.state == Ask.State.WITHDRAWN:
        return "withdrawn"
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


def _show(request: Request, link: GuestLink, token: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of what the link is for. `more`: a refusal, and the forms that go back to their author."""
    said = request.GET.get("said", "")
    context = _coordination(link, more) if link.coordination else _ask_page(link, more)
    if _is_ours(request):  # staff see what the guest sees, but can't answer in their place
        context |= {"may_answer": False, "on_hand": False}
    context |= {
        "link": link,
        "key": token,
        "acts": "partners:guest_act",
        "file_url": "partners:guest_file",
        "community_name": link.community.name,
        "said": (SAID if link.coordination else DONE_WORDS).get(said, ""),
        "is_staff": _is_ours(request),
    }
    template = "partners/guest.html" if link.coordination else "partners/guest_ask.html"
    return _private(render(request, template, context, status=status))


def _is_ours(request: Request) -> bool:
    return request.actor.is_staff or request.actor.is_administrator


def _coordination(link: GuestLink, more: dict[str, Any]) -> dict[str, Any]:
    row = link.coordination
    assert row is not None
    context = coordination_page(row) | {"refusal": more.get("refusal", "")}
    if "form" in more:
        context[f"{more['step']}_form"] = more["form"]
    return context


def _ask_page(link: GuestLink, more: dict[str, Any]) -> dict[str, Any]:
    row = queries.ask_of_link(link)
    if row is None:
        raise not_found("这个链接没有对应的事")
    context = ask_page(row, more.get("form"), more.get("step", ""))
    return context | {"refusal": more.get("refusal", ""), "kept": more.get("kept", "")}


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
    if step not in (FORMS if link.coordination else DONE_WORDS):
        raise not_found("没有这个步骤")
    form = (
        form_of(step, link.coordination, request.POST) if link.coordination else form_for(step, request.POST)
    )
    kept = {"form": form, "step": step, "kept": request.POST.get("words", "")[:1000]}
    if form is not None and not form.is_valid():
        return _show(request, link, token, status=422, **kept)
    try:
        _act(request, link, step, form)
    except Refused as no:
        fresh = queries.link_of_digest(digest_of(token)) or link
        return _show(request, fresh, token, status=409, refusal=str(no), **kept)
    return _private(redirect(f"{reverse('partners:guest', args=[token])}?said={step}"))


def _act(request: Request, link: GuestLink, step: str, form: forms.Form | None) -> None:
    """By the name on the link; somebody of the community who holds it is told that it isn't theirs."""
    if _is_ours(request):
        raise Refused("您是社区的人：答复只能由对方自己给，请把链接发给对方")
    actor = guest_actor(link)
    if link.coordination is not None:
        assert form is not None
        act(step, link.coordination, form, actor=actor, seen=request.POST.get("seen", ""), link=link)
        return
    row = queries.ask_of_link(link)
    if row is None:
        raise Refused("这个链接没有对应的事：请向社区要一个新的")
    data = form.cleaned_data if form else {}
    perform(actor=actor, row=row, act=step, data=data, post=request.POST, link=link)


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
