"""Giving a case to somebody at a desk in fair turn, and the days on which somebody is given none."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import EDIT_ROUTING, MANAGE_ABSENCES, OWN_ABSENCE
from ..assignment import Person, next_in_turn
from ..models import Absence, Case, CaseTerms, Desk, DeskSeat
from ..promises import clock_of
from ..queries_people import absences_visible_to, officers_of, open_in_hand, people_of, staff_of
from .steps import hand_over

TRIES = 8
LONGEST_ABSENCE = 400  # days; more is somebody who left


def take_turn(desk: Desk, now: dt.datetime | None = None, but: int | None = None) -> Person | None:
    """Whose turn it is (`but`: never theirs), and that it is taken. None when nobody of the desk is there.

    Call it inside the transaction that writes the case, after its number is drawn (every intake locks in the
    same order then). Two at once: the second finds the count moved on, looks again and sees the first one's
    case. On SQLite writers come one by one anyway.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("take_turn() belongs inside the transaction that writes the case")
    now = now or clock.now()
    soon = clock_of(desk.community_id).soon(now)
    for _ in range(TRIES):
        person = next_in_turn(person for person in people_of(desk, now, soon) if person.id != but)
        if person is None:
            return None
        seat = DeskSeat.objects.filter(desk=desk, user_id=person.id).first()
        if seat is None:
            DeskSeat.objects.bulk_create([DeskSeat(desk=desk, user_id=person.id)], ignore_conflicts=True)
            seat = DeskSeat.objects.get(desk=desk, user_id=person.id)
        if seat.given_at != person.given_at:
            continue  # given a case between the two reads
        won = DeskSeat.objects.filter(pk=seat.pk, given=seat.given).update(given=F("given") + 1, given_at=now)
        if won:
            return person
    return None  # everybody at once: it waits at the desk, as without assignment


def assigns(community_id: int) -> bool:
    """Whether a case is given to somebody as it comes in. One query."""
    return CaseTerms.objects.filter(community_id=community_id, assigns=True).exists()


@action
def set_assigning(*, actor: Actor, on: bool) -> None:
    """Switch fair assignment at intake on or off."""
    if not actor.is_system and not actor.may(EDIT_ROUTING):
        raise Refused("派件的规矩由书记（站长）定")
    terms, _ = CaseTerms.objects.get_or_create(community_id=actor.community_id)
    if terms.assigns == on:
        return
    CaseTerms.objects.filter(pk=terms.pk).update(assigns=on, version=F("version") + 1)
    record(
        actor=actor,
        verb="routing.assigning_on" if on else "routing.assigning_off",
        subject=f"community:{actor.community_id}",
        context=f"routing:{actor.community_id}",
    )


@action
def set_share(*, actor: Actor, desk: Desk, user_id: int, share: int) -> None:
    """Say how much of somebody's time this desk has, in percent."""
    if not actor.is_system and not actor.may(EDIT_ROUTING):
        raise Refused("派件的规矩由书记（站长）定")
    if desk.community_id != actor.community_id:
        raise Refused("这个窗口不在本社区")
    names = {member.user_id: member.user.name for member in officers_of(desk)}
    if user_id not in names:
        raise Refused(f"这个人现在不在{desk.name}窗口：先在“人员”里给他这个窗口")
    if not 1 <= share <= 100:
        raise Refused("份额写 1 到 100 的整数：100 是整天都在，50 是半天")
    seat, made = DeskSeat.objects.get_or_create(desk=desk, user_id=user_id, defaults={"share": share})
    before = 100 if made else seat.share
    if before == share:
        return
    DeskSeat.objects.filter(pk=seat.pk).update(share=share)
    record(
        actor=actor,
        verb="routing.share_set",
        subject=f"desk:{desk.pk}",
        context=f"routing:{actor.community_id}",
        person=names[user_id],
        changes={"share": [before, share]},
    )


# -- absences ------------------------------------------------------------------------------------------


@action
def report_absence(
    *, actor: Actor, user: User, first_day: dt.date, last_day: dt.date, why: str = ""
) -> Absence:
    """Days on which somebody gets no new cases: one's own, or anybody's for the lead.

    Days that touch an absence already known are joined to it. Raises Refused.
    """
    _may_report(actor, user.pk)
    if user.pk not in staff_of(actor.community_id):
        raise Refused(f"{user.name}不在本社区办事，不用登记请假")
    if last_day < first_day:
        raise Refused("“到”比“从”还早：请看一下日期")
    if last_day < timezone.localdate():
        raise Refused("这几天已经过去了：只登记今天和以后的")
    if (last_day - first_day).days > LONGEST_ABSENCE:
        raise Refused("一次最多登记一年多：长期不在的，请结束他的身份")
    one_day = dt.timedelta(days=1)
    near = Absence.objects.filter(
        community_id=actor.community_id,
        user_id=user.pk,
        first_day__lte=last_day + one_day,
        last_day__gte=first_day - one_day,
    )
    known = list(near)
    if any(row.first_day <= first_day and row.last_day >= last_day for row in known):
        return next(row for row in known if row.first_day <= first_day and row.last_day >= last_day)
    first_day = min([first_day, *(row.first_day for row in known)])
    last_day = max([last_day, *(row.last_day for row in known)])
    near.delete()
    absence = Absence.objects.create(
        community_id=actor.community_id,
        user_id=user.pk,
        user_name=user.name,
        first_day=first_day,
        last_day=last_day,
        why=why.strip()[:40] or next((row.why for row in known if row.why), ""),
    )
    record(
        actor=actor,
        verb="absence.reported",
        subject=absence,
        context=f"user:{user.pk}",
        person=user.name,
        first_day=first_day,
        last_day=last_day,
    )
    return absence


def _may_report(actor: Actor, user_id: int) -> None:
    if actor.is_system or actor.may(MANAGE_ABSENCES):
        return
    if not actor.may(OWN_ABSENCE) or actor.user_id != user_id:
        raise Refused("只能登记自己的：别人的请书记（站长）登记")


@action
def end_absence(*, actor: Actor, absence: Absence) -> None:
    """Somebody is back: an absence that has begun ends yesterday, one that hasn't is dropped."""
    _may_report(actor, absence.user_id)
    if not actor.is_system and not absences_visible_to(actor).filter(pk=absence.pk).exists():
        raise Refused("这条请假不在了，或者您看不到")
    today = timezone.localdate()
    if absence.last_day < today:
        raise Refused("这次请假已经结束了")
    if absence.first_day < today:
        Absence.objects.filter(pk=absence.pk).update(last_day=today - dt.timedelta(days=1))
    else:
        Absence.objects.filter(pk=absence.pk).delete()
    record(
        actor=actor,
        verb="absence.ended",
        subject=f"absence:{absence.pk}",
        context=f"user:{absence.user_id}",
        person=absence.user_name,
    )


@action
def hand_on(
    *, actor: Actor, cases: list[Case], user_id: int, to: User | None = None, why: str = ""
) -> dict[str, int]:
    """Hand on what somebody who is away has in hand: to one colleague, or in fair turn at each case's desk.

    {name: how many}; "" for those that now wait at their desk because nobody is there. Cases somebody else
    moved meanwhile are left as they are.
    """
    mine = {case.pk for case in open_in_hand(actor, user_id)} if not actor.is_system else None
    given: dict[str, int] = {}
    officers = staff_of(actor.community_id)
    if to is not None and to.pk not in officers:
        raise Refused(f"{to.name}不在本社区办事：请换一个人")
    if to is not None and to.pk == user_id:
        raise Refused("不能转给他自己：请选另一位")
    for case in cases:
        if mine is not None and case.pk not in mine:
            raise Refused(f"{case.number} 不由您转交：请刷新后再选")
        person = take_turn(case.desk, but=user_id) if to is None else None
        owner = to or (User.objects.filter(pk=person.id).first() if person else None)
        try:
            hand_over(actor=actor, case=case, desk=case.desk, owner=owner, why=why)
        except Overtaken:
            continue
        name = owner.name if owner else ""
        given[name] = given.get(name, 0) + 1
    return given
