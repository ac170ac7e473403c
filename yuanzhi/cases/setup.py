"""What a new community begins with: four desks, a starter catalogue, its first administrator."""

from __future__ import annotations

import datetime as dt
import secrets

from django.utils import timezone

from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.actor import Actor, system
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry import actions as registry
from yuanzhi.registry.models import Community

from .models import Desk, ServiceItem

# name, desk, response in work hours, resolution in workdays: a start for the community to edit;
# the move-in procedure in ten workdays is the one the newspaper report tells of (two weeks).
STARTER_ITEMS: list[tuple[str, str, int, int]] = [
    ("入驻手续", Desk.Code.ECONOMY, 4, 10),
    ("政策咨询与申报", Desk.Code.ECONOMY, 4, 5),
    ("融资对接", Desk.Code.ECONOMY, 8, 10),
    ("欠款追讨与合同", Desk.Code.ECONOMY, 4, 10),
    ("招聘与用工", Desk.Code.ECONOMY, 8, 5),
    ("社保与公积金", Desk.Code.PUBLIC, 4, 3),
    ("子女入学", Desk.Code.PUBLIC, 8, 10),
    ("水电空调与停车", Desk.Code.PUBLIC, 2, 2),
    ("消防与安全隐患", Desk.Code.GOVERNANCE, 1, 1),
    ("劳动纠纷", Desk.Code.GOVERNANCE, 2, 5),
    ("园区秩序与邻里", Desk.Code.GOVERNANCE, 4, 5),
    ("党组织与工会", Desk.Code.PARTY, 8, 5),
    ("活动与联谊", Desk.Code.PARTY, 8, 5),
]


@action
def open_desks(*, actor: Actor, community: Community, since: dt.date | None = None) -> list[Desk]:
    """Set up the four desks and the starter catalogue; those that are there are left alone."""
    if not actor.is_system:
        raise Refused("窗口由新建社区时一并设好")
    have = {desk.code for desk in Desk.objects.filter(community=community)}
    for code, name in Desk.Code.choices:
        if code not in have:
            Desk.objects.create(community=community, code=code, name=name)
    desks = {desk.code: desk for desk in Desk.objects.filter(community=community)}
    known = set(ServiceItem.objects.filter(desk__community=community).values_list("name", flat=True))
    ServiceItem.objects.bulk_create(
        ServiceItem(
            desk=desks[code],
            name=name,
            response_hours=hours,
            resolution_days=days,
            valid_from=since or timezone.localdate(),
        )
        for name, code, hours, days in STARTER_ITEMS
        if name not in known
    )
    record(actor=actor, chain=community.pk, verb="desks.opened", subject=community, desks=sorted(desks))
    return list(desks.values())


@action
def found(*, actor: Actor, name: str, code: str, say=print) -> Community:  # type: ignore[no-untyped-def]
    """Found a community ready to work in; prints the first accounts with one-time passwords."""
    community = registry.found_community(actor=actor, name=name, code=code)
    house = system(community.pk, actor.name)
    open_desks(actor=house, community=community)
    for role, title in ((Role.SYSTEM_ADMIN, "系统管理员"), (Role.SECURITY_ADMIN, "安全管理员")):
        password = secrets.token_urlsafe(9)
        username = f"{code}-{'sys' if role is Role.SYSTEM_ADMIN else 'sec'}"
        user = accounts.open_account(actor=house, username=username, name=title, password=password)
        accounts.grant_role(actor=house, user=user, role=role)
        say(f"{title}：用户名 {username}，一次性密码 {password}")
    return community
