"""升级篮: what nobody has picked up, what is late or about to be, what waits for a word from somebody."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from yuanzhi.accounts.guards import needs, not_found
from yuanzhi.accounts.requests import Request
from yuanzhi.registry.queries import grids_visible_to
from yuanzhi.registry.views.answers import answer

from .. import queries, queries_board
from ..access import EDIT_TERMS, SEE_BOARD
from ..baskets import basket_of
from ..promises import clock_of
from ..queries_board import Narrowed

PAGE = 30


@needs(SEE_BOARD)
def board(request: Request) -> HttpResponse:
    """All baskets beside each other, the oldest cases of each on top."""
    actor, now = request.actor, timezone.now()
    narrowed = Narrowed.of(request.GET)
    here = clock_of(actor.community_id)
    columns = queries_board.board(actor, narrowed, here, now)
    context = {
        "columns": [column for column in columns if column.count],
        "clear": [column.basket for column in columns if not column.count],
        "narrowed": narrowed,
        "query": narrowed.query,
        "desks": list(queries.desks_of(actor.community_id)),
        "grids": list(grids_visible_to(actor).order_by("number").values_list("pk", "name")),
        "stumbles": queries_board.stumbles(actor),
        "not_told": queries_board.not_told(actor, now, here),
        "sets_terms": actor.may(EDIT_TERMS),
        "as_of": timezone.localtime(now),
    }
    return answer(request, "cases/board.html", context)


@needs(SEE_BOARD)
def rows(request: Request, code: str) -> HttpResponse:
    """All cases of one basket."""
    basket = basket_of(code)
    if basket is None:
        raise not_found("没有这个篮")
    actor, now = request.actor, timezone.now()
    narrowed, before = Narrowed.of(request.GET), request.GET.get("before", "")
    here = clock_of(actor.community_id)
    page = queries_board.page(actor, basket, narrowed, here, now, before=before, size=PAGE)
    first = f"?{narrowed.query}"
    context = {
        "basket": basket,
        "lines": page.lines,
        "back": f"{reverse('cases:board')}{first if narrowed.query else ''}",
        "next_url": f"{first}&before={page.next}" if page.next else "",
        "prev_url": first if before else "",
    }
    return answer(request, "cases/board_rows.html", context)
