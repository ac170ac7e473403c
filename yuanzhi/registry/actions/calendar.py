"""The work calendar belongs to the house: one for all its communities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.calendar import publish_year
from yuanzhi.kernel.history import action
from yuanzhi.kernel.notices import notify
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.workdays import Day

from ..queries import community_ids, may_publish_calendar


@action
def publish_calendar(*, actor: Actor, year: int, days: Mapping[dt.date, Day], source: str) -> bool:
    """Publish a year for every community of the house, and tell their leads. False when nothing differs.

    The lead of the house's only community may; where there are several, the system administrators only.
    Raises CalendarError.
    """
    if not may_publish_calendar(actor):
        raise Refused("放假安排全站各社区共用一份：请系统管理员来载入")
    if not publish_year(actor=actor, year=year, days=days, source=source):
        return False
    for community_id in community_ids():
        leads = {m.user_id for m in members_of(community_id, Role.LEAD)} - {actor.user_id}
        notify(
            leads,
            chain=community_id,
            key=f"calendar:{year}:{source}",
            title=f"{year} 年放假安排载入了，没结的时限会跟着重算",
            body=f"{actor.label}按{source}载入；全站各社区共用一份。",
            url=f"/settings/community/?year={year}",
        )
    return True
