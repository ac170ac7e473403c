"""Grids: set up, given up, and which parks they look after from which day on."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import DISTRICT, STAFF_GRID
from ..models import Community, Grid, GridTerm, Park
from ..queries import terms_in_force
from .guard import as_house, permit


@action
def add_grid(*, actor: Actor, number: int, name: str = "", valid_from: dt.date | None = None) -> Grid:
    """Add a grid; parks come to it by `assign_parks`, people by roles bound to it.

    A number that was given up comes back as the same grid: it begins anew, what it was stays in its history.
    """
    permit(actor, STAFF_GRID)
    day = valid_from or timezone.localdate()
    known = Grid.objects.filter(community_id=actor.community_id, number=number).first()
    if known is not None and (known.valid_to is None or known.valid_to >= day):
        until = f"，到 {known.valid_to} 为止" if known.valid_to else ""
        raise Refused(f"第 {number} 网格已经有了{until}")
    grid = known or Grid(community_id=actor.community_id, number=number)
    grid.name = name or grid.name or f"第 {number} 网格"
    grid.valid_from, grid.valid_to = day, None
    grid.save()
    record(actor=actor, verb="grid.added", subject=grid, number=number, again=known is not None)
    return grid


@action
def end_grid(*, actor: Actor, grid: Grid, last_day: dt.date | None = None) -> None:
    """Give a grid up after a day (today when not given). Its parks must have gone elsewhere by then, and
    whoever looked after it ends with it."""
    permit(actor, STAFF_GRID)
    if grid.community_id != actor.community_id:
        raise Refused("只能撤销本社区的网格")
    today = timezone.localdate()
    day = last_day or today
    if day < today:
        raise Refused(f"{day} 已经过了：请填今天或以后的日期")
    if day < grid.valid_from:
        raise Refused(f"{grid.name} {grid.valid_from} 才开始，撤销的日期不能早于这一天")
    # Two people at once: one gives it up while the other gives it a park.
    Community.objects.select_for_update().get(pk=actor.community_id)
    later = GridTerm.objects.filter(grid=grid).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    if names := list(later.values_list("park__name", flat=True).distinct()[:3]):
        raise Refused(f"{grid.name}在 {day} 之后还管着{'、'.join(names)}：先把园区划给别的网格，再来撤销")
    if not Grid.objects.filter(pk=grid.pk, valid_to=None).update(valid_to=day):
        grid.refresh_from_db()
        raise Overtaken(f"{grid.name}已经定了到 {grid.valid_to} 为止")
    grid.valid_to = day
    people = members_of(grid.community_id, kind=Kind.GRID, scope_ids=[grid.pk])
    for membership in people.exclude(valid_to__lte=day):
        accounts.end_role(actor=as_house(actor), membership=membership, last_day=day)
    record(actor=actor, verb="grid.ended", subject=grid, number=grid.number, last_day=day)


@action
def assign_parks(
    *, actor: Actor, plan: dict[int, int], effective: dt.date | None = None, why: str = ""
) -> int:
    """Give parks to grids ({park id: grid id}) from a day on; returns how many parks change hands.

    Today's terms end the day before; a change that was already planned for later is replaced.
    """
    permit(actor, DISTRICT)
    day = effective or timezone.localdate()
    parks = {p.pk: p for p in Park.objects.filter(community_id=actor.community_id, pk__in=plan)}
    Community.objects.select_for_update().get(pk=actor.community_id)  # no grid is given up meanwhile
    grids = {g.pk: g for g in Grid.objects.filter(community_id=actor.community_id)}
    if len(parks) != len(plan) or not set(plan.values()) <= set(grids):
        raise Refused("方案里有不属于本社区的园区或网格")
    if ended := next((grids[pk] for pk in plan.values() if grids[pk].valid_to is not None), None):
        raise Refused(f"{ended.name}到 {ended.valid_to} 为止，不能再划园区给它")
    today = {t.park_id: t for t in GridTerm.objects.filter(terms_in_force(day), park__in=parks)}
    moved = {pk: grid for pk, grid in plan.items() if pk not in today or today[pk].grid_id != grid}
    GridTerm.objects.filter(park__in=plan, valid_from__gt=day).delete()
    for pk, grid in moved.items():
        if (term := today.get(pk)) is not None:
            if term.valid_from == day:
                term.delete()
            else:
                term.valid_to = day - dt.timedelta(days=1)
                term.save(update_fields=["valid_to"])
        GridTerm.objects.create(park_id=pk, grid_id=grid, valid_from=day)
        record(
            actor=actor,
            verb="park.assigned",
            subject=parks[pk],
            context=grids[grid],
            grid=grids[grid].name,
            before=grids[today[pk].grid_id].name if pk in today else "",
            effective=day,
            why=why,
        )
    stays = [today[pk].pk for pk in plan if pk in today and pk not in moved]
    GridTerm.objects.filter(pk__in=stays).update(valid_to=None)
    return len(moved)
