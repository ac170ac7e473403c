"""A small world for tests, built through the actions: one community with everybody in it, and a neighbour."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.actor import Actor, system
from yuanzhi.accounts.models import User
from yuanzhi.accounts.queries import actor_for
from yuanzhi.accounts.roles import ROLES, Kind, Role
from yuanzhi.cases.models import Desk
from yuanzhi.cases.setup import open_desks
from yuanzhi.partners import actions as partners
from yuanzhi.partners.models import Department, Expert, Partner, PartnerKind
from yuanzhi.registry import actions as registry
from yuanzhi.registry.actions.tenancies import seat
from yuanzhi.registry.models import Building, Community, Enterprise, Grid, Park
from yuanzhi.registry.rules.uscc import check_sign

PASSWORD = "云溪-夜航-第七号桥"  # noqa: S105
START = dt.date(2025, 1, 1)
_BRANDS = ["云图", "禾一", "衡图", "矩石", "微澜", "拓源", "半亩", "星野", "程岳", "利泽", "天目", "启真"]
_TRADES = ["科技", "生物", "软件", "传感"]


def code_of(number: int) -> str:
    """A legal USCC for a test enterprise."""
    stem = f"91330110MA{number:07d}"
    return stem + check_sign(stem)


@dataclass
class World:
    """What a test can take hold of. `actor(Role.LEAD)` gives an actor, `user(Role.LEAD)` the account."""

    community: Community
    house: Actor
    parks: list[Park] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    enterprises: list[Enterprise] = field(default_factory=list)
    desks: dict[str, Desk] = field(default_factory=dict)
    users: dict[Role, User] = field(default_factory=dict)
    kinds: dict[str, PartnerKind] = field(default_factory=dict)
    partners: list[Partner] = field(default_factory=list)
    experts: list[Expert] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)

    def user(self, role: Role) -> User:
        return self.users[role]

    def actor(self, role: Role) -> Actor:
        return actor_for(self.users[role], self.community.pk)


def build(code: str = "yunxi", name: str = "云溪社区", *, parks: int = 4, enterprises: int = 12) -> World:
    """Two parks to a grid, enterprises dealt round robin, one person for every role (bound to the first
    park, grid, enterprise, desk). Everybody's password is PASSWORD."""
    house = system()
    community = registry.found_community(actor=house, name=name, code=code)
    world = World(community, system(community.pk))
    world.desks = {desk.code: desk for desk in open_desks(actor=world.house, community=community)}
    for index in range(parks):
        park = registry.add_park(
            actor=world.house,
            name=f"{name[:2]}{index + 1}号园",
            address=f"文一西路{100 + index}号",
            lng=120.0 + index * 0.002,
            lat=30.28,
        )
        world.parks.append(park)
        world.buildings.append(
            registry.add_building(
                actor=world.house, park=park, name="A座", floors=10, code=f"{code[:3].upper()}{index}"
            )
        )
    for number in range(1, (parks + 1) // 2 + 1):
        world.grids.append(registry.add_grid(actor=world.house, number=number, valid_from=START))
    registry.assign_parks(
        actor=world.house,
        plan={park.pk: world.grids[index // 2].pk for index, park in enumerate(world.parks)},
        effective=START,
    )
    _enterprises(world, code, enterprises)
    _partners(world, code)
    _departments(world)
    _people(world, code)
    _experts(world)
    return world


def _enterprises(world: World, code: str, count: int) -> None:
    base = sum(map(ord, code)) * 100
    source = registry.source_for(world.house, "import", "测试名录", START)
    for index in range(count):
        brand, trade = _BRANDS[index % 12], _TRADES[index % 4]
        facts: dict[str, Any] = {
            "name": f"杭州{brand}{trade}有限公司",
            "uscc": code_of(base + index),
            "headcount": 10 + index,
        }
        if index >= 12:
            facts["name"] = facts["name"].replace("有限公司", f"{index}有限公司")
        enterprise = registry.register_enterprise(actor=world.house, facts=facts, source=source)
        building = world.buildings[index % len(world.buildings)]
        registry.place_known(actor=world.house, enterprise=enterprise, to=seat(building.park, building))
        world.enterprises.append(enterprise)


def _partners(world: World, code: str) -> None:
    """Two law firms, both accredited; the first one is the partner's own."""
    rows = partners.open_kinds(actor=world.house, community=world.community)
    world.kinds = {kind.code: kind for kind in rows}
    for name in ("衡砚", "渡川"):
        facts = {
            "name": f"浙江{code}{name}律师事务所",
            "kind": world.kinds["law"],
            "free_terms": "首次咨询一小时免费",
            "paid_terms": "代理费按件另谈",
        }
        partner = partners.add_partner(actor=world.house, facts=facts)
        world.partners.append(
            partners.decide(
                actor=world.house,
                partner=partner,
                move="accredit",
                why="材料齐全",
                until=dt.date(2099, 12, 31),
            )
        )


def _experts(world: World) -> None:
    """One expert each; the first has the account of Role.PARTNER."""
    for number, partner in enumerate(world.partners):
        expert = partners.add_expert(
            actor=world.house,
            partner=partner,
            facts={"name": ["顾明", "江以南"][number], "title": "律师", "specialities": ["合同", "劳动"]},
            phone=["13812340001", "13812340002"][number],
            user=None if number else world.user(Role.PARTNER),
        )
        world.experts.append(expert)


def _departments(world: World) -> None:
    """Two; the first one is that of Role.DEPARTMENT."""
    for short, name in (("经信", "经济信息化局"), ("教育", "教育局")):
        world.departments.append(
            partners.add_department(
                actor=world.house,
                name=f"{world.community.name[:2]}区{name}",
                short=short,
                duties="企业的事",
                liaison="韩立",
                phone="13812349999",
                reply_days=3,
            )
        )


def _people(world: World, code: str) -> None:
    scope = {
        Kind.COMMUNITY: None,
        Kind.DESK: world.desks["economy"].pk,
        Kind.GRID: world.grids[0].pk,
        Kind.PARK: world.parks[0].pk,
        Kind.ENTERPRISE: world.enterprises[0].pk,
        Kind.PARTNER: world.partners[0].pk,
        Kind.DEPARTMENT: world.departments[0].pk,
    }
    for role, (title, kind) in ROLES.items():
        user = accounts.open_account(
            actor=world.house,
            username=f"{code}_{role.value}",
            name=title[:6],
            password=PASSWORD,
            must_change_password=False,
        )
        accounts.grant_role(actor=world.house, user=user, role=role, scope_id=scope[kind], valid_from=START)
        world.users[role] = user
