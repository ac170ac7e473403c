"""Rows that the pages of routing are knocked at with (samples.py)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from tests.world import World
from yuanzhi.accounts.models import User
from yuanzhi.cases.actions.routing_rules import save_rule
from yuanzhi.cases.actions.trials import try_rule
from yuanzhi.cases.models import Absence, RoutingTrial


def furnish(world: World) -> None:
    """A rule, a dry run, and an absence of everybody."""
    data = {"name": "欠款", "words": "尾款", "desk_id": world.desks["economy"].pk}
    try_rule(actor=world.house, data=data)
    save_rule(actor=world.house, data=data)
    today = timezone.localdate()
    for user in world.users.values():
        Absence.objects.create(
            community=world.community, user_id=user.pk, user_name=user.name, first_day=today, last_day=today
        )


def _rule(world: World, user: User) -> dict[str, Any]:
    return {"pk": world.community.routing_rules.get().pk}


def _trial(world: World, user: User) -> dict[str, Any]:
    return {"pk": RoutingTrial.objects.get(community=world.community).pk}


def _absence(world: World, user: User) -> dict[str, Any]:
    """Everybody sees one's own; the lead sees all."""
    return {"pk": Absence.objects.get(community=world.community, user_id=user.pk).pk}


def samples(sample: Callable[..., Any], case: Any) -> dict[str, Any]:
    """{url name: its sample}."""
    return {
        "cases:alike": case,
        **{f"cases:{name}": sample(_rule) for name in ("routing_rule", "routing_move", "routing_switch")},
        **{f"cases:{name}": sample(_trial) for name in ("routing_trial", "routing_use")},
        **{f"cases:{name}": sample(_absence) for name in ("absence_end", "absence_hand_on")},
    }
