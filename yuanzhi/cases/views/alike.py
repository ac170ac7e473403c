"""What is like a case: the same need told before, solved ones, answers. Asked for when its page is open."""

from __future__ import annotations

from django.http import HttpResponse

from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.registry.views.answers import answer

from ..access import SEE_WORKBENCH
from ..queries_similar import alike
from ..states import STATE_NAMES, State
from .case_page import visible


@needs(SEE_WORKBENCH)
def of_case(request: Request, pk: int) -> HttpResponse:
    """A piece of the case's page; a page of its own without JavaScript."""
    row = visible(request, pk)
    found = alike(
        request.actor,
        title=row.title,
        words=row.words,
        enterprise=row.enterprise,
        building=row.building,
        but=row.pk,
        item_id=row.item_id,
    )
    context = {
        "case": row,
        "same": [(like, STATE_NAMES[State(like.case.state)]) for like in found.duplicates],
        "solved": found.solved,
        "answers": found.answers,
    }
    return answer(request, "cases/alike.html", context, piece="alike")
