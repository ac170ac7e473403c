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
from .starter import lay_starter_procedures

# name, desk, response in work hours, resolution in workdays, how people call it: a start for the community to
# edit; the move-in procedure in ten workdays is the one the newspaper report tells of (two weeks). The words
# are what a need is known by until the community's own closed cases have taught better.
STARTER_ITEMS: list[tuple[str, str, int, int, str]] = [
    (
        "入驻手续",
        Desk.Code.ECONOMY,
        4,
        10,
        "入驻、搬进来、搬过来、注册、执照、开户、场地、厂房、租房子、整层",
    ),
    (
        "政策咨询与申报",
        Desk.Code.ECONOMY,
        4,
        5,
        "政策、补贴、高企、申报、专精特新、资质、专利、知识产权、商标、上市、退税、发票、税",
    ),
    ("融资对接", Desk.Code.ECONOMY, 8, 10, "融资、贷款、银行、投资人、路演、授信"),
    ("欠款追讨与合同", Desk.Code.ECONOMY, 4, 10, "尾款、欠款、回款、货款、工程款、合同、不付钱、要不回来"),
    ("招聘与用工", Desk.Code.ECONOMY, 8, 5, "招聘、招人、招不到、用工、实习生"),
    ("社保与公积金", Desk.Code.PUBLIC, 4, 3, "社保、医保、公积金、落户、居住证、残保金"),
    ("子女入学", Desk.Code.PUBLIC, 8, 10, "入学、转学、上学、学位、幼儿园、托管、孩子、子女"),
    (
        "水电空调与停车",
        Desk.Code.PUBLIC,
        2,
        2,
        "停水、停电、空调、停车、电梯、充电桩、食堂、公交、班车、网络、漏水、路灯",
    ),
    ("消防与安全隐患", Desk.Code.GOVERNANCE, 1, 1, "消防、安全、隐患、通道、堆满、堵、着火、危废"),
    ("劳动纠纷", Desk.Code.GOVERNANCE, 2, 5, "欠薪、讨薪、拖欠工资、劳动、仲裁、加班费、辞退"),
    (
        "园区秩序与邻里",
        Desk.Code.GOVERNANCE,
        4,
        5,
        "噪音、噪声、纠纷、治安、盗、违停、外卖、装修、扰民、邻居",
    ),
    ("党组织与工会", Desk.Code.PARTY, 8, 5, "党员、党组织、党支部、党费、工会、团委、妇联、志愿"),
    ("活动与联谊", Desk.Code.PARTY, 8, 5, "活动、联谊、篮球、相亲、沙龙、会议室、菜地"),
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
    made = ServiceItem.objects.bulk_create(
        ServiceItem(
            desk=desks[code],
            name=name,
            response_hours=hours,
            resolution_days=days,
            words=words,
            valid_from=since or timezone.localdate(),
        )
        for name, code, hours, days, words in STARTER_ITEMS
        if name not in known
    )
    lay_starter_procedures(made)
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
