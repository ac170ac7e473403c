"""What a case's page and drawer are made of. Parts that other modules keep are listed in PARTS:
each gives the template more context (under names of its own), and case.html includes its sub-template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.requests import Request

from .. import actions, queries
from ..access import DECIDE_EXTENSION, SEE_PORTAL, WORK_CASE
from ..models import Case
from ..panels import Audience, panels_of
from ..promises import clock_of
from ..queries_acts import asked_extension, family_of, followed
from ..rows import row_of, sign_of
from ..states import STEP_NAMES, State, Step, steps_from
from ..timeline import entries
from .acts import menu_of
from .claims import part as claims_part
from .file import part as file_part
from .knowledge import part as knowledge_part
from .procedure import files_part, replies_part, stages_part

Part = Callable[[Actor, Case], dict[str, Any]]

# One line for each: stages, attachments, claims, knowledge … A part costs its queries on every case page.
PARTS: list[Part] = [stages_part, files_part, replies_part, claims_part, knowledge_part, file_part]

# What each step asks for: (label of its words, whether they are needed)
WORDS: dict[Step, tuple[str, bool]] = {
    Step.DECLINE: ("为什么不受理，企业可以去哪里办", True),
    Step.WAIT: ("要企业补充什么", True),
    Step.RESOLVE: ("办成了什么（企业会看到，并据此评价）", True),
}

DO: dict[Step, Callable[..., Case]] = {
    Step.ACCEPT: lambda actor, case, text: actions.accept(actor=actor, case=case),
    Step.DECLINE: lambda actor, case, text: actions.decline(actor=actor, case=case, reason=text),
    Step.START: lambda actor, case, text: actions.start(actor=actor, case=case),
    Step.WAIT: lambda actor, case, text: actions.wait_for_enterprise(actor=actor, case=case, question=text),
    Step.RESUME: lambda actor, case, text: actions.resume(actor=actor, case=case),
    Step.RESOLVE: lambda actor, case, text: actions.resolve(actor=actor, case=case, outcome=text),
}

# The one obvious step from each state; the others stand beside it.
NEXT: dict[State, Step] = {
    State.RECEIVED: Step.ACCEPT,
    State.ACCEPTED: Step.RESOLVE,
    State.IN_PROGRESS: Step.RESOLVE,
    State.REOPENED: Step.RESOLVE,
    State.WAITING: Step.RESUME,
}


def visible(request: Request, pk: int) -> Case:
    """The case, if the actor sees it; 404 otherwise. One query."""
    rows = queries.visible_to(request.actor).select_related(
        "enterprise", "desk", "building__park", "item", "parent"
    )
    return get_object_or_404(rows, pk=pk)


def show(request: Request, row: Case, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a case, or its drawer beside a list."""
    in_drawer = request.htmx and request.htmx.target == "drawer-body"
    template = "cases/case_drawer.html" if in_drawer else "cases/case.html"
    return render(request, template, context_of(request.actor, row, **more), status=status)


def context_of(actor: Actor, row: Case, **more: Any) -> dict[str, Any]:
    """Everything the template shows of a case to staff."""
    works = queries.visible_to(actor, WORK_CASE).filter(pk=row.pk).exists()
    clock, now = clock_of(row.community_id), timezone.now()
    shown, asked = row_of(row, clock, now), asked_extension(row)
    context = {
        "case": row,
        "sign": shown.sign,
        "icon": shown.icon,
        "row": shown,
        "steps": _steps(actor, row) if works else [],
        "menu": menu_of(actor, row, asked) if works else [],
        "works": works,
        "asked": asked,
        "may_decide": works and actor.may(DECIDE_EXTENSION),
        "family": family_of(actor, row),
        **followed_part(row, reverse("cases:case", args=[row.merged_into_id or 0])),
        "timeline": entries(row, public=False),
        "verdicts": list(row.verdicts.order_by("-round")),
        "panels": panels_of(row, actor, Audience.STAFF),
    }
    for part in PARTS:
        context.update(part(actor, row))
    return context | more


def followed_part(row: Case, url: str) -> dict[str, Any]:
    """`followed`: where a merged case goes on and how that one stands; its page is at `url` ("": none)."""
    into = followed(row)
    if into is None:
        return {}
    sign = sign_of(into, clock_of(into.community_id), timezone.now())
    return {"followed": {"case": into, "sign": sign, "url": url}}


def followed_in_portal(actor: Actor, row: Case) -> dict[str, Any]:
    """The same in the portal: the way on is shown to who sees the other one."""
    if row.merged_into_id is None:
        return {}
    sees = queries.visible_to(actor, SEE_PORTAL).filter(pk=row.merged_into_id).exists()
    return followed_part(row, reverse("cases:portal_case", args=[row.merged_into_id]) if sees else "")


def followed_by_link(row: Case) -> dict[str, Any]:
    """The same for whoever holds the link: the way on is shown to the same enterprise only."""
    into = followed(row)
    same = into is not None and row.enterprise_id is not None and into.enterprise_id == row.enterprise_id
    url = reverse("cases:track", args=[into.token]) if into is not None and same else ""
    return followed_part(row, url)


def _steps(actor: Actor, row: Case) -> list[dict[str, Any]]:
    state = State(row.state)
    offered = [step for step in steps_from(state, actions.hand_of(actor)) if step in DO]
    offered.sort(key=lambda step: step is not NEXT.get(state))
    return [
        {"code": s.value, "name": STEP_NAMES[s], "words": WORDS.get(s), "next": s is NEXT.get(state)}
        for s in offered
    ]
