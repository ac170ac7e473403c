"""Taking in a need."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import User
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.numbering import next_number
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import seal
from yuanzhi.registry.actions.contacts import one_phone
from yuanzhi.registry.models import Building, Enterprise
from yuanzhi.registry.queries import visible_to as enterprises_visible_to

from .. import promises
from ..access import OPEN_CASE
from ..models import Case, Desk, ServiceItem
from ..rules import guess_desk, title_of
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
    intake_key: str | None = None,
    opened_at: dt.datetime | None = None,
) -> Case:
    """Take in a need: number, desk, promise. The same `intake_key` again gives the same case.

    Raises Refused when nothing was said or the actor may not open a case for this enterprise.
    """
    if intake_key and (twin := _by_key(actor, intake_key)) is not None:
        return twin
    _may_open(actor, enterprise, channel)
    if not words.strip() and not title.strip():
        raise Refused("企业说了什么还没写：原话最好，哪怕只记一句")
    desk = desk or (item.desk if item else None) or _guessed_desk(actor, words or title)
    if desk.community_id != actor.community_id:
        raise Refused("这个窗口不在本社区")
    now = opened_at or clock.now()
    promise = promises.give(promises.clock_of(actor.community_id), item, now)
    phone = _phone(speaker_phone)
    values: dict[str, Any] = {
        "community_id": actor.community_id,
        "number": _number(actor.community_id, now),
        "enterprise": enterprise,
        "building": building or (enterprise.building if enterprise else None),
        "desk": desk,
        "item": item,
        "title": (title.strip() or title_of(words))[:80],
        "words": words.strip(),
        "channel": channel,
        "speaker": speaker.strip()[:40],
        "is_confidential": is_confidential,
        "owner_id": owner.pk if owner else None,
        "owner_name": owner.name if owner else "",
        "opened_by_id": actor.user_id,
        "opened_at": now,
        "intake_key": intake_key,
        **phone,
        **promise.fields(),
    }
    try:
        with transaction.atomic():
            case = Case.objects.create(**values)
    except IntegrityError:
        if intake_key and (twin := _by_key(actor, intake_key)) is not None:
            return twin
        raise
    record(
        actor=actor,
        verb="case.opened",
        subject=case,
        context=context_of(case),
        at=now,
        number=case.number,
        title=case.title,
        channel=Case.Channel(channel).label,
        desk=desk.name,
        promise=promise.snapshot(),
    )
    tell_desk(case, f"新诉求：{case.title}", key=f"case:{case.pk}:opened", but=actor.user_id)
    return case


def _by_key(actor: Actor, key: str) -> Case | None:
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


def _guessed_desk(actor: Actor, words: str) -> Desk:
    code, _ = guess_desk(words)
    desks = {desk.code: desk for desk in Desk.objects.filter(community_id=actor.community_id)}
    if not desks:
        raise Refused("社区还没有设窗口：请先到“社区设置”里设好四个窗口")
    return desks.get(code) or next(iter(desks.values()))


def _number(community_id: int, now: dt.datetime) -> str:
    month = timezone.localtime(now).strftime("%y%m")
    return f"SQ{month}-{next_number(f'case:{community_id}:{month}'):04d}"


def _phone(text: str) -> dict[str, str]:
    if not text.strip():
        return {}
    number = one_phone(text)
    return {"speaker_phone_sealed": seal(number.display()), "speaker_phone_masked": number.masked()}
