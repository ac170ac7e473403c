"""Districting: ask for a proposal, take it into force, drop it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.jobs import enqueue
from yuanzhi.kernel.numbering import next_number
from yuanzhi.kernel.refusals import Refused

from ..access import DISTRICT
from ..models import Community, DistrictingProposal, Grid
from ..queries.districting import grid_numbers, park_names, world_of
from ..rules.proposal import MOVES, STATE_NAMES, WORKING, State, Step, changed_since, froms
from .grids import add_grid, assign_parks
from .guard import permit

MOST_AT_ONCE = 2


@action
def propose_districting(*, actor: Actor, asked: dict[str, Any], once: str = "") -> DistrictingProposal:
    """Ask for a new partition; it is worked out in the background.

    `asked`: goal, ratio (text, "1.10"), count (None: as today), weights {figure: points}, max_parks (None:
    any), pinned (park ids). The community is put down as it is now. The same `once` again gives the same
    proposal.
    """
    permit(actor, DISTRICT)
    mine = DistrictingProposal.objects.filter(community_id=actor.community_id)
    if once and (known := mine.filter(once=once).first()) is not None:
        return known
    if mine.filter(state__in=WORKING).count() >= MOST_AT_ONCE:
        raise Refused(f"已经有 {MOST_AT_ONCE} 个方案在算，等它们算完再来")
    world = world_of(actor)
    if not world["parks"]:
        raise Refused("还没有园区落到图上：先给园区填上位置，再来划分网格")
    if not world["grids"]:
        raise Refused("还没有网格：先在“网格”里设几个，再来划分")
    try:
        with transaction.atomic():
            made = DistrictingProposal.objects.create(
                community_id=actor.community_id,
                number=next_number(f"districting:{actor.community_id}"),
                asked=asked,
                world=world,
                asked_by_id=actor.user_id,
                asked_by_name=actor.name,
                once=once or None,
            )
    except IntegrityError:  # the other of two sendings was a moment faster
        return mine.get(once=once)
    from ..tasks import compute  # tasks call actions in their turn

    enqueue(compute, made.pk)
    record(actor=actor, verb="districting.asked", subject=made, number=made.number, goal=asked["goal"])
    return made


def _go(proposal: DistrictingProposal, step: Step, **values: Any) -> bool:
    """Take a step by compare-and-set; False when the proposal is elsewhere by now."""
    for state in froms(step):
        rows = DistrictingProposal.objects.filter(pk=proposal.pk, state=state)
        if rows.update(state=MOVES[state, step], **values):
            proposal.refresh_from_db()
            return True
    return False


@action
def begin_proposal(*, actor: Actor, proposal: DistrictingProposal) -> bool:
    """A worker takes it up. False when there is nothing to do any more."""
    permit(actor, DISTRICT)
    return _go(proposal, Step.BEGIN, started_at=timezone.now())


@action
def answer_proposal(*, actor: Actor, proposal: DistrictingProposal, answer: dict[str, Any]) -> bool:
    """Put down what the solver found. False when the proposal was dropped meanwhile."""
    permit(actor, DISTRICT)
    good = answer["status"] in ("proved", "feasible")
    done = _go(proposal, Step.ANSWER if good else Step.DENY, answer=answer, finished_at=timezone.now())
    if done:
        record(
            actor=actor, verb="districting.answered", subject=proposal, number=proposal.number,
            status=answer["status"], moves=len(answer["moves"]), seconds=answer["seconds"],
        )  # fmt: skip
    return done


@action
def fail_proposal(*, actor: Actor, proposal: DistrictingProposal, why: str) -> bool:
    """It could not be worked out; `why` is a sentence."""
    permit(actor, DISTRICT)
    return _go(proposal, Step.FAIL, note=why[:400], finished_at=timezone.now())


@action
def accept_proposal(*, actor: Actor, proposal: DistrictingProposal, effective: dt.date | None = None) -> int:
    """Put a proposal into force from a day on (today when not given); returns how many parks change hands.

    Refused when somebody else has decided about it, and when the parks are no longer what they were when it
    was made. Grids that it wants and that don't exist are set up.
    """
    permit(actor, DISTRICT)
    day, today = effective or timezone.localdate(), timezone.localdate()
    if day < today:
        raise Refused(f"生效日期 {day} 已经过了：请填今天或以后的日期")
    # Two proposals for one community must not be put into force across each other.
    Community.objects.select_for_update().get(pk=actor.community_id)
    if proposal.community_id != actor.community_id or not _go(proposal, Step.ACCEPT, effective=day):
        proposal.refresh_from_db()
        raise Refused(
            f"方案 {proposal.number} 现在是“{STATE_NAMES[State(proposal.state)]}”，不能采用：刷新看看"
        )
    _still_fits(proposal, day)
    there = Grid.objects.filter(community_id=actor.community_id, valid_to=None)
    grids = {grid.number: grid.pk for grid in there}
    plan = {int(park): number for park, number in proposal.answer["assignment"].items()}
    for number in sorted(set(plan.values()) - set(grids)):
        grids[number] = add_grid(actor=actor, number=number, valid_from=day).pk
    moved = assign_parks(
        actor=actor,
        plan={park: grids[number] for park, number in plan.items()},
        effective=day,
        why=f"划分方案 {proposal.number}",
    )
    record(
        actor=actor,
        verb="districting.accepted",
        subject=proposal,
        number=proposal.number,
        parks=moved,
        effective=day,
    )
    return moved


def _still_fits(proposal: DistrictingProposal, day: dt.date) -> None:
    """Refuse when parks came, went or changed hands since the proposal was made."""
    world, community = proposal.world, proposal.community_id
    then = {int(park): number for park, number in world["today"].items()}
    known = {park["id"] for park in world["parks"]}
    said = changed_since(then, grid_numbers(community, day), park_names(community), known)
    if said:
        raise Refused(f"做方案以后园区有变化：{'；'.join(said)}。请按现在的情况重新推算")


@action
def discard_proposal(*, actor: Actor, proposal: DistrictingProposal) -> None:
    """Drop a proposal; one that is being worked out is not waited for."""
    permit(actor, DISTRICT)
    if proposal.community_id != actor.community_id or not _go(proposal, Step.DISCARD):
        proposal.refresh_from_db()
        raise Refused(
            f"方案 {proposal.number} 现在是“{STATE_NAMES[State(proposal.state)]}”，不能作罢：刷新看看"
        )
    record(actor=actor, verb="districting.discarded", subject=proposal, number=proposal.number)
