"""Taking in a need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import Draft, action, draft, record_many
from yuanzhi.kernel.numbering import next_number
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import seal
from yuanzhi.registry.models import Building, Enterprise
from yuanzhi.registry.queries import visible_to as enterprises_visible_to

from .. import promises
from ..access import OPEN_CASE
from ..assignment import because
from ..attachments import Examined
from ..models import Case, Desk, ServiceItem
from ..needs import Need, need_of
from ..queries_catalogue import in_force
from ..shingles import index_cases
from .assignment import assigns, take_turn
from .attachments import write_files
from .routing import WHY_FITS, Routing, route
from .stages import lay_stages
from .telling import context_of, tell_desk


@action
def open_case(
    *,
    actor: Actor,
    words: str,
    enterprise: Enterprise | None = None,
    title: str = "",
    desk: Desk | None = None,
    item: ServiceItem | None = None,
    channel: str = Case.Channel.DESK,
    speaker: str = "",
    speaker_phone: str = "",
    building: Building | None = None,
    is_confidential: bool = False,
    owner: User | None = None,
    files: Sequence[Examined] = (),
    intake_key: str | None = None,
    opened_at: dt.datetime | None = None,
    quiet: bool = False,
) -> Case:
    """Take in a need: number, desk, promise, procedure. The same `intake_key` again gives the same case.
    `quiet`: nobody is told of this one (a table tells of all its rows at once).

    Raises Refused when nothing was said or the actor may not open a case for this enterprise.
    """
    if intake_key and (twin := by_key(actor, intake_key)) is not None:
        return twin
    _may_open(actor, enterprise, channel)
    need = need_of(
        words=words,
        title=title,
        channel=channel,
        speaker=speaker,
        speaker_phone=speaker_phone,
        is_confidential=is_confidential,
    )
    building = building or (enterprise.building if enterprise else None)
    way = _where(actor, need, desk, item, enterprise, building)
    desk, item = way.desk, way.item
    now = opened_at or clock.now()
    here = promises.clock_of(actor.community_id)
    promise = promises.give(here, item, now)
    number = number_of(actor.community_id, now)
    case = case_row(
        actor,
        need,
        number,
        promise,
        enterprise=enterprise,
        building=building,
        desk=desk,
        item=item,
        intake_key=intake_key,
        **_in_whose_hands(actor, way, owner, now),
    )
    if (twin := _insert(actor, case)) is not None:
        return twin
    if item is not None:
        lay_stages(case, item, here)
    index_cases([case])
    record_many([opened_entry(actor, case, promise)])
    write_files(actor, case, files)
    if not quiet:
        tell_desk(case, f"新诉求：{case.title}", key=f"case:{case.pk}:opened", but=actor.user_id)
    return case


def case_row(actor: Actor, need: Need, number: str, promise: promises.Promise, **values: Any) -> Case:
    """A case as it will be written. Touches nothing."""
    phone = need.phone
    return Case(
        community_id=actor.community_id,
        number=number,
        title=need.title,
        words=need.words,
        channel=need.channel,
        speaker=need.speaker,
        speaker_phone_sealed=seal(phone.display()) if phone else "",
        speaker_phone_masked=phone.masked() if phone else "",
        is_confidential=need.is_confidential,
        opened_by_id=actor.user_id,
        opened_at=promise.since,
        **values,
        **promise.fields(),
    )


def opened_entry(actor: Actor, case: Case, promise: promises.Promise) -> Draft:
    """What the history keeps of a case's beginning, its promise included."""
    return draft(
        actor=actor,
        verb="case.opened",
        subject=case,
        context=context_of(case),
        at=case.opened_at,
        number=case.number,
        title=case.title,
        channel=Case.Channel(case.channel).label,
        desk=case.desk.name,
        promise=promise.snapshot(),
    )


def _insert(actor: Actor, case: Case) -> Case | None:
    """Write it; or the case that the same form made a moment before."""
    guarded = transaction.atomic() if case.intake_key else nullcontext()
    try:
        with guarded:
            case.save(force_insert=True)
    except IntegrityError:
        if case.intake_key and (twin := by_key(actor, case.intake_key)) is not None:
            return twin
        raise
    return None


def by_key(actor: Actor, key: str) -> Case | None:
    """The case that this form has made already."""
    return Case.objects.filter(community_id=actor.community_id, intake_key=key).first()


def _may_open(actor: Actor, enterprise: Enterprise | None, channel: str) -> None:
    if channel == Case.Channel.QR and not actor.is_signed_in and actor.community_id:
        return  # whoever scans the code at the door may speak without an account
    reach = actor.reach(OPEN_CASE)
    if not reach:
        raise Refused("您没有登记诉求的权限：可以扫楼下的二维码直接告诉社区")
    if enterprise is None:
        return
    if enterprise.community_id != actor.community_id:
        raise Refused("这家企业不在本社区")
    if (
        not reach.everything
        and not enterprises_visible_to(actor, OPEN_CASE).filter(pk=enterprise.pk).exists()
    ):
        raise Refused(f"{enterprise.name}不在您的范围内")


def _where(
    actor: Actor,
    need: Need,
    desk: Desk | None,
    item: ServiceItem | None,
    enterprise: Enterprise | None,
    building: Building | None,
) -> Routing:
    """Desk, item in force and why. Raises Refused for those of another community."""
    if item is not None:
        item = in_force(item, timezone.localdate())
    for named in (desk, item.desk if item else None):
        if named is not None and named.community_id != actor.community_id:
            raise Refused("这个窗口不在本社区")
    if desk is not None:
        return Routing(desk, item, "登记时选的窗口", "person")
    return route(
        actor=actor,
        words=need.words,
        title=need.title,
        enterprise=enterprise,
        item=item,
        building=building,
        channel=need.channel,
    )


def _in_whose_hands(actor: Actor, way: Routing, owner: User | None, now: dt.datetime) -> dict[str, Any]:
    """Owner and reasons as columns: who was named, whom a rule names, or whose turn it is at the desk."""
    columns, owner = way.fields(), owner or way.owner
    person = take_turn(way.desk, now) if owner is None and assigns(actor.community_id) else None
    if person is not None:
        columns["routed_why"] = f"{way.why}；{because(person)}"[:WHY_FITS]
    return {
        **columns,
        "owner_id": person.id if person else owner.pk if owner else None,
        "owner_name": person.name if person else owner.name if owner else "",
        "given_at": now if person or owner else None,
    }


def series_of(community_id: int, now: dt.datetime) -> tuple[str, str]:
    """(name of the counter, beginning of the number) for a case of this month."""
    month = timezone.localtime(now).strftime("%y%m")
    return f"case:{community_id}:{month}", f"SQ{month}-"


def number_of(community_id: int, now: dt.datetime) -> str:
    """The next readable number of the month: SQ2611-0001."""
    series, begin = series_of(community_id, now)
    return f"{begin}{next_number(series):04d}"
