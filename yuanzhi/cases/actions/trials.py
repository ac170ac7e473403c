"""Dry runs: asked for, carried on in pieces, used or left."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.jobs import enqueue
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.queries import grid_of_parks

from ..models import Case, RoutingRule, RoutingTrial
from ..queries_routing import (
    Catalogue,
    as_rule,
    catalogue_of,
    facts_of,
    move_in_days,
    names_for,
    rules_in_force,
)
from ..routing import Need, Rule
from ..trials import Past, compare, empty, merge
from .routing_rules import as_data, checked, permit, save_rule

INLINE = 2000  # up to so many cases the page waits for the result
CHUNK = 500
DAYS = (30, 90, 365)
STALE = dt.timedelta(days=7)


@action
def try_rule(
    *, actor: Actor, data: dict[str, Any], rule: RoutingRule | None = None, days: int = 90
) -> RoutingTrial:
    """What the rules would do to the cases of the last `days` days if this one were saved. Raises Refused.

    Few cases are worked out at once, more in the background.
    """
    permit(actor)
    data = checked(actor, data)
    days = days if days in DAYS else 90
    rules = [{**as_data(row), "id": row.pk} for row in rules_in_force(actor.community_id)]
    mine = {**data, "id": rule.pk if rule else 0}
    known = [row["id"] for row in rules]
    if rule is not None and rule.pk in known:
        rules[known.index(rule.pk)] = mine
    else:
        rules.append(mine)
    since = clock.now() - dt.timedelta(days=days)
    RoutingTrial.objects.filter(
        community_id=actor.community_id, created_at__lt=clock.now() - STALE
    ).delete()  # nobody comes back to them
    trial = RoutingTrial.objects.create(
        community_id=actor.community_id,
        rules=rules,
        change={"rule": rule.pk if rule else None, "seen": rule.version if rule else None, "data": data},
        days=days,
        total=_cases(actor.community_id, since).count(),
        found=empty(),
        author_id=actor.user_id,
    )
    record(
        actor=actor,
        verb="rule.tried",
        subject=trial,
        context=f"routing:{actor.community_id}",
        name=data["name"],
        days=days,
    )
    if trial.total <= INLINE:
        while carry_on(trial):
            pass
        trial.refresh_from_db()
    else:
        from ..jobs_routing import run_trial

        enqueue(run_trial, trial.pk)
    return trial


def _cases(community_id: int, since: dt.datetime) -> Any:
    return Case.objects.filter(community_id=community_id, opened_at__gte=since)


def carry_on(trial: RoutingTrial) -> bool:
    """One piece of a dry run, and its result and place in one update; whether there is more.

    A second worker on the same piece finds the place moved on and adds nothing.
    """
    trial.refresh_from_db()
    if trial.state != RoutingTrial.State.RUNNING:
        return False
    since = trial.created_at - dt.timedelta(days=trial.days)
    rows = _cases(trial.community_id, since)
    if trial.last_id:
        rows = rows.filter(pk__lt=trial.last_id)
    rows = rows.select_related("enterprise", "building").order_by("-pk")
    cases = list(rows[:CHUNK])
    found = merge(trial.found, _piece(trial, cases)) if cases else trial.found
    more = len(cases) == CHUNK
    seen = RoutingTrial.objects.filter(pk=trial.pk, last_id=trial.last_id, state=trial.state)
    seen.update(
        found=found,
        seen=found["seen"],
        last_id=cases[-1].pk if cases else trial.last_id,
        state=RoutingTrial.State.RUNNING if more else RoutingTrial.State.DONE,
    )
    return more


def _piece(trial: RoutingTrial, cases: list[Case]) -> dict[str, Any]:
    catalogue = catalogue_of(trial.community_id)
    was = [as_rule(row, catalogue) for row in rules_in_force(trial.community_id)]
    will = [_rule(row, catalogue) for row in trial.rules]
    pasts = _pasts(trial.community_id, cases, catalogue)
    return compare(was, will, pasts, names_for(catalogue))


def _rule(data: dict[str, Any], catalogue: Catalogue) -> Rule:
    row = RoutingRule(**{name: value for name, value in data.items() if name != "id"})
    row.pk = data["id"]
    return as_rule(row, catalogue)


def _pasts(community_id: int, cases: list[Case], catalogue: Catalogue) -> list[Past]:
    """Past needs with what is known of their enterprises today: two queries for all of them."""
    grids = {park: grid.pk for park, grid in grid_of_parks(community_id).items()}
    firms = [case.enterprise_id for case in cases if case.enterprise_id]
    since = move_in_days(firms)
    today = timezone.localdate()
    found = []
    for case in cases:
        firm: Enterprise | None = case.enterprise
        park = case.building.park_id if case.building else firm.park_id if firm else None
        need = Need(
            words=f"{case.title}\n{case.words}",
            channel=case.channel,
            item=catalogue.root.get(case.item_id) if case.item_id else None,
            park=park,
            grid=grids.get(park) if park else None,
            facts=facts_of(firm, since.get(firm.pk), today) if firm else {},
        )
        found.append(Past(case.pk, case.number, case.title, need, case.desk_id))
    return found


@action
def use_trial(*, actor: Actor, trial: RoutingTrial, key: str = "") -> RoutingRule:
    """Save what was tried. Raises Overtaken when the rule was changed meanwhile."""
    permit(actor)
    if trial.community_id != actor.community_id:
        raise Refused("这次试跑不在本社区")
    change = trial.change
    rule = None
    if change["rule"]:
        rule = RoutingRule.objects.filter(pk=change["rule"], community_id=actor.community_id).first()
        if rule is None:
            raise Overtaken("这条规则不在了：请回到列表看看")
    return save_rule(
        actor=actor, data=change["data"], rule=rule, seen=change["seen"], key=key or f"trial:{trial.pk}"
    )


@action
def fail_trial(*, actor: Actor, trial: RoutingTrial, why: str) -> None:
    """Say that a dry run came to nothing."""
    if not actor.is_system:
        raise Refused("试跑由后台来做")
    rows = RoutingTrial.objects.filter(pk=trial.pk, state=RoutingTrial.State.RUNNING)
    if rows.update(state=RoutingTrial.State.FAILED, why=why[:200], seen=F("seen")):
        record(actor=actor, verb="rule.trial_failed", subject=trial, context=f"routing:{trial.community_id}")
