"""Background work of partners: asks that ran out, and what ends soon. Safe to run twice."""

from __future__ import annotations

import logging

from yuanzhi.accounts.actor import system
from yuanzhi.kernel import clock
from yuanzhi.kernel.jobs import check_lease, daily, every, job, periodic

from . import actions
from .models import Partner
from .queries import referrals as queries

log = logging.getLogger("yuanzhi.partners")


@periodic("partners.expire_asks", every(minutes=5))
@job(name="合伙人过时没答复，转请下一位")
def expire_asks() -> None:
    """Each ask in a transaction of its own: a row that can't be handled doesn't stop the others."""
    now, after = clock.now(), 0
    while asks := queries.overdue_asks(now, after):
        for ask in asks:
            try:
                actions.expire(actor=system(ask.referral.community_id, "答复时限"), ask=ask)
            except Exception:
                log.exception("ask %s could not be expired", ask.pk)
        after = asks[-1].pk
        check_lease()
    for referral in queries.looking_for_closed():
        try:
            actions.settle(actor=system(referral.community_id), referral=referral)
        except Exception:
            log.exception("referral %s could not be settled", referral.pk)


@periodic("partners.warn_of_ends", daily("08:50"))
@job(name="提醒快到期的合伙人许可与认证")
def warn_of_ends() -> None:
    """Thirty days before a licence or an accreditation ends the lead is told, once for each."""
    rows = Partner.objects.filter(state=Partner.State.ACCREDITED).order_by("pk")
    for partner in rows.iterator(chunk_size=200):
        try:
            actions.warn_of_ends(actor=system(partner.community_id), partner=partner)
        except Exception:
            log.exception("partner %s: no word about what ends", partner.pk)
