"""The lead decides on partners: accredited for a time, suspended, ended; a word before it runs out."""

from __future__ import annotations

import datetime as dt

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.jobs import once
from yuanzhi.kernel.notices import notify
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import ACCREDIT
from ..models import Expert, Partner
from ..rules import WARN_DAYS
from ..states import ACCREDITATION, DECISION_NAMES
from .guard import line_of, permit_on


@action
def decide(*, actor: Actor, partner: Partner, move: str, why: str, until: dt.date | None = None) -> Partner:
    """Accredit (until a day), suspend or end a firm; always with a reason. Open asks stay with their experts.

    Raises Refused when the firm's state does not allow it or its own licence has run out.
    """
    permit_on(actor, ACCREDIT, partner)
    if move not in ACCREDITATION:
        raise Refused("没有这个决定")
    why = line_of(why, 200, required="写一句原因：以后别人看得懂为什么这样定")
    before, after = ACCREDITATION[move]
    if partner.state not in before:
        raise Refused(f"{partner.name}现在是“{partner.get_state_display()}”，不能{DECISION_NAMES[move]}")
    today = timezone.localdate(clock.now())
    if move == "accredit":
        if until is None or until < today:
            raise Refused("认证到哪一天还没填，要在今天以后")
        if partner.licence_until is not None and partner.licence_until < today:
            raise Refused(f"它的执业许可 {partner.licence_until} 已经到期：先更新许可，再认证")
    values = {"state": after, "state_why": why}
    if move == "accredit":
        values["accredited_until"] = until  # type: ignore[assignment]
    seen = Partner.objects.filter(pk=partner.pk, state=partner.state, version=partner.version)
    if not seen.update(**values, version=F("version") + 1):
        raise Overtaken(f"{partner.name}刚被别人动过：刷新看看，您写的还在")
    was = partner.get_state_display()
    partner.refresh_from_db()
    record(
        actor=actor,
        verb=f"partner.{move}",
        subject=partner,
        changes={"state": [was, partner.get_state_display()]},
        reason=why,
        valid_to=until,
    )
    return partner


@action
def warn_of_ends(*, actor: Actor, partner: Partner) -> int:
    """Tell the lead, once for each, what of a firm ends within WARN_DAYS; returns how many words were new."""
    if not actor.is_system:
        raise Refused("到期提醒由系统发")
    today = timezone.localdate(clock.now())
    last = today + dt.timedelta(days=WARN_DAYS)
    ends = [
        ("认证", partner.accredited_until, partner.name),
        ("执业许可", partner.licence_until, partner.name),
    ]
    experts = Expert.objects.filter(partner=partner, is_active=True, licence_until__range=(today, last))
    ends += [("证书", expert.licence_until, expert.name) for expert in experts.order_by("pk")]
    leads = [m.user_id for m in members_of(partner.community_id, Role.LEAD)]
    told = 0
    for what, until, who in ends:
        if until is None or not today <= until <= last or not leads:
            continue
        key = f"partner:{partner.pk}:ends:{what}:{who}:{until}"
        if not once(key[:160]):
            continue
        notify(
            leads,
            chain=partner.community_id,
            key=key,
            title=f"{who}的{what} {until.month} 月 {until.day} 日到期",
            body="到期以后不再派事给它：该换证的换证，该续认证的续认证",
            url=reverse("partners:partner", args=[partner.pk]),
        )
        record(actor=actor, verb="partner.end_noticed", subject=partner, what=what, name=who, valid_to=until)
        told += 1
    return told
