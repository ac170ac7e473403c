"""What cases lend to the map and to districting: how many are open, and how many are past their promise."""

from __future__ import annotations

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.registry.figures import Figure, provide

from .access import SEE_CASE, SEE_WORKBENCH
from .queries import visible_to
from .states import OPEN, State


def provide_figures() -> None:
    """Called once, when the app is ready."""
    provide(
        Figure(
            "open_cases", "未结诉求", "件", SEE_CASE, open_by_park,
            "还在办的诉求，算在提出它的楼宇或企业所在的园区",
            weight=2.0, alarm="breached", rows=("cases:list", "state=open"), rows_verb=SEE_WORKBENCH,
        )
    )  # fmt: skip
    provide(
        Figure(
            "breached",
            "超时诉求",
            "件",
            SEE_CASE,
            breached_by_park,
            "还在办、已过承诺时限的诉求，挂起的不算",
            rows=("cases:list", "late=on&sort=due"),
            rows_verb=SEE_WORKBENCH,
        )
    )


def open_by_park(community_id: int, actor: Actor) -> dict[int, int]:
    """{park id: open cases the actor may see}. One query."""
    return _by_park(actor, Q())


def breached_by_park(community_id: int, actor: Actor) -> dict[int, int]:
    """{park id: open cases past their promise}; a case that waits for the enterprise is not late. One
    query."""
    return _by_park(actor, Q(due_at__lte=clock.now()) & ~Q(state=State.WAITING))


def _by_park(actor: Actor, which: Q) -> dict[int, int]:
    rows = visible_to(actor).filter(which, state__in=sorted(OPEN))
    rows = rows.annotate(where=Coalesce("building__park_id", "enterprise__park_id")).exclude(where=None)
    return dict(rows.order_by().values_list("where").annotate(n=Count("pk")))
