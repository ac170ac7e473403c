"""Writes the plan through the same actions as a real community: nothing here touches a table itself.

A community is written in one transaction: a build that is interrupted leaves nothing behind and can simply
be started again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from demo.cases import open_cases
from demo.claims import write_answers
from demo.departments import found_departments, officer_of
from demo.intake import add_intake
from demo.lifecycle import live_on
from demo.names import Enterprise as Firm
from demo.partners import found_partners, settle_experts
from demo.people import Post
from demo.plan import SEED, CommunityPlan, Plan
from demo.routing import lay_rules, live_through_the_past, look_back
from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.actor import Actor, system
from yuanzhi.accounts.models import User
from yuanzhi.accounts.roles import Role
from yuanzhi.cases.models import Desk
from yuanzhi.cases.setup import open_desks
from yuanzhi.partners.models import Department, Expert, Partner
from yuanzhi.registry import actions as registry
from yuanzhi.registry.imports.bulk import (
    ContactRow,
    SeatRow,
    add_contacts_many,
    register_many,
    seat_many,
)
from yuanzhi.registry.models import Building, Community, Enterprise, Grid, Park, Source, Unit

Say = Callable[[str], None]


def exists() -> bool:
    """Whether a demo community is there already."""
    return Community.objects.filter(code="yunxi").exists()


def build(
    *, size: float = 1, seed: int = SEED, say: Say = lambda _: None, today: dt.date | None = None
) -> None:
    """Build the demo: communities of the plan one after another. Raises ValueError for an impossible size."""
    for plan in Plan(size, seed, today or timezone.localdate()).communities():
        if Community.objects.filter(code=plan.code).exists():
            say(f"{plan.name}已经有了")
            continue
        with transaction.atomic():
            Builder(plan, say, today or timezone.localdate()).build()


class Builder:
    """Writes one community. Keys of the plan are looked up in the dictionaries of rows."""

    def __init__(self, plan: CommunityPlan, say: Say, today: dt.date) -> None:
        self.plan, self.say, self.today = plan, say, today
        self.parks: dict[str, Park] = {}
        self.buildings: dict[str, Building] = {}
        self.grids: dict[str, Grid] = {}
        self.units: dict[str, Unit] = {}
        self.enterprises: dict[str, int] = {}
        self.desks: dict[str, Desk] = {}
        self.users: dict[str, User] = {}
        self.departments: dict[str, Department] = {}
        self.partners: dict[str, Partner] = {}
        self.experts: dict[str, Expert] = {}

    def build(self) -> None:
        plan = self.plan
        self.community = self._found()
        self.house: Actor = system(self.community.pk, "演示")
        self.desks = {
            d.code: d for d in open_desks(actor=self.house, community=self.community, since=self._since())
        }
        self._places()
        self.say(
            f"{plan.name}：{len(self.parks)} 个园区、{len(self.buildings)} 幢楼、{len(self.grids)} 个网格"
        )
        self._enterprises()
        self._seats()
        self._contacts()
        self.say(f"{plan.name}：{len(self.enterprises)} 家企业入住")
        self.departments = found_departments(self)
        self.partners = found_partners(self)
        self._people()
        settle_experts(self)
        lay_rules(self)
        live_through_the_past(self)
        open_cases(self)
        live_on(self)
        add_intake(self)
        write_answers(self)
        look_back(self)
        self.say(f"{plan.name}：{len(self.users)} 个人、{len(plan.cases)} 件诉求")

    def _since(self) -> dt.date:
        return self.today - dt.timedelta(days=900)

    def _found(self) -> Community:
        plan = self.plan
        return registry.found_community(
            actor=system(name="演示"),
            name=plan.name,
            code=plan.code,
            subdistrict=plan.subdistrict,
            founded_on=self._since(),
            boundary=polygon(plan.site.boundary),
            backdrop=[
                {"type": "Feature", "properties": {"kind": strip.kind, "name": strip.name},
                 "geometry": polygon(strip.outline)}
                for strip in plan.site.strips
            ],
            phone="0571-0000 0000",
            address_words=[plan.subdistrict],
        )  # fmt: skip

    # -- places ----------------------------------------------------------------------------------------

    def _places(self) -> None:
        plan, house = self.plan, self.house
        names = {firm.key: firm.name for firm in plan.enterprises}
        plots = {plot.index: plot for plot in plan.site.plots}
        for park in plan.parks:
            plot = plots[park.plot]
            self.parks[park.key] = registry.add_park(
                actor=house,
                name=park.name,
                address=park.address,
                lng=plot.centre[0],
                lat=plot.centre[1],
                outline=polygon(plot.outline),
                operator_name=names.get(park.operator, "")[:60],
                property_name=names.get(park.property_manager, "")[:60],
            )
        rooms: dict[str, list] = {
            key: list(units)
            for key, units in groupby(sorted(plan.units, key=lambda u: u.building), key=lambda u: u.building)
        }
        for number, building in enumerate(plan.buildings):
            foot = building.footprint
            row = registry.add_building(
                actor=house,
                park=self.parks[building.park],
                name=building.name,
                floors=foot.floors,
                height=foot.height_m,
                footprint=polygon(foot.outline),
                lng=mean(point[0] for point in foot.outline),
                lat=mean(point[1] for point in foot.outline),
                code=f"{plan.code[:6].upper()}{number:03d}",
            )
            self.buildings[building.key] = row
            wanted = {unit.room: unit.key for unit in rooms.get(building.key, [])}
            made = registry.add_units(
                actor=house, building=row, rooms=[(u.floor, u.room) for u in rooms.get(building.key, [])]
            )
            self.units.update({wanted[unit.room]: unit for unit in made})
        for number, grid in enumerate(plan.grids, 1):
            self.grids[grid.key] = registry.add_grid(
                actor=house, number=number, name=grid.name, valid_from=self._since()
            )
        registry.assign_parks(
            actor=house,
            plan={self.parks[key].pk: self.grids[grid.key].pk for grid in plan.grids for key in grid.parks},
            effective=self._since(),
            why="演示",
        )

    # -- enterprises -----------------------------------------------------------------------------------

    def _enterprises(self) -> None:
        """Registered under their sources and days, those renamed since under their old names first."""
        firms = self.plan.enterprises
        by_source: dict[tuple[str, dt.date], list[Firm]] = {}
        for firm in firms:
            by_source.setdefault((firm.source, firm.as_of.replace(day=1)), []).append(firm)
        for (label, day), rows in by_source.items():
            source = self._source(label, day)
            ids = register_many(
                actor=self.house,
                facts_rows=[facts_of(firm) for firm in rows],
                source=source,
                searchable=False,
            )
            self.enterprises.update({firm.key: pk for firm, pk in zip(rows, ids, strict=True)})
        by_pk = Enterprise.objects.in_bulk(list(self.enterprises.values()))
        for firm in firms:
            row = by_pk[self.enterprises[firm.key]]
            if firm.former_names:
                source = self._source("名称变更登记", firm.as_of.replace(day=1))
                registry.state_facts(
                    actor=self.house, enterprise=row, facts={"name": firm.name}, source=source
                )
            if firm.parent:
                registry.link_parent(
                    actor=self.house, enterprise=row, parent=by_pk[self.enterprises[firm.parent]]
                )

    def _source(self, label: str, day: dt.date) -> Source:
        return registry.source_for(self.house, Source.Kind.DEMO, label, day)

    def _seats(self) -> None:
        seats, elsewhere = [], []
        for row in self.plan.tenancies:
            if row.use == "registered":
                elsewhere.append(row)
                continue
            unit = self.units[row.unit]
            building = next(b for key, b in self.buildings.items() if row.unit.startswith(f"{key}-"))
            seats.append(
                SeatRow(
                    enterprise_id=self.enterprises[row.enterprise],
                    park_id=building.park_id,
                    building_id=building.pk,
                    unit_id=unit.pk,
                    arrival=row.arrival,
                    valid_from=row.since,
                    valid_to=row.until,
                    leave_reason=row.leave_reason,
                    is_main=row.is_main,
                )
            )
        away = Enterprise.objects.in_bulk([self.enterprises[row.enterprise] for row in elsewhere])
        for row in elsewhere:
            registry.mark_elsewhere(
                actor=self.house, enterprise=away[self.enterprises[row.enterprise]], where=row.elsewhere
            )
        seat_many(actor=self.house, seats=seats)  # last: who sits here leads the list
        placed = {row.enterprise for row in self.plan.tenancies}
        registry_index(pk for key, pk in self.enterprises.items() if key not in placed)

    def _contacts(self) -> None:
        add_contacts_many(
            actor=self.house,
            rows=[
                ContactRow(
                    enterprise_id=self.enterprises[row.enterprise],
                    name=row.name,
                    phone=row.phone,
                    purpose=row.purpose,
                    consent_on=row.consent_on,
                )
                for row in self.plan.cast.contacts
            ],
            source=self._source("演示联系人", self.today),
        )

    # -- people ----------------------------------------------------------------------------------------

    def _people(self) -> None:
        """Everybody in a post has an account, none a password: the sign-in page lets the personas in."""
        cast = self.plan.cast
        shown = {account.person: account for account in cast.accounts}
        for number, person in enumerate(cast.persons):
            account = shown.get(person.key)
            stem = account.username if account else f"{self.plan.code}-{number:04d}"
            self.users[person.key] = accounts.open_account(
                actor=self.house,
                username=f"demo_{stem}" if account and account.shown else stem,
                name=person.name,
                phone=person.phone,
                must_change_password=False,
            )
        for post in cast.posts:
            self._appoint(post)

    def _appoint(self, post: Post) -> None:
        user, role = self.users[post.person], Role(post.role)
        if role is Role.CAPTAIN:
            registry.appoint_captain(
                actor=self.house,
                park=self.parks[post.scope_key],
                user=user,
                enterprise=Enterprise.objects.get(pk=self.enterprises[post.employer]),
                valid_from=post.since,
                valid_to=post.until,
            )
            if post.until is None or post.until >= self.today:  # also works there
                accounts.grant_role(
                    actor=self.house,
                    user=user,
                    role=Role.EMPLOYEE,
                    scope_id=self.enterprises[post.employer],
                    valid_from=post.since,
                )
            return
        accounts.grant_role(
            actor=self.house,
            user=user,
            role=role,
            scope_id=self._scope(post),
            valid_from=post.since,
            valid_to=post.until,
        )

    def _scope(self, post: Post) -> int | None:
        if post.scope == "desk":
            return self.desks[post.scope_key].pk
        if post.scope == "grid":
            return self.grids[post.scope_key].pk
        if post.scope == "park":
            return self.parks[post.scope_key].pk
        if post.scope == "enterprise":
            return self.enterprises[post.scope_key]
        if post.scope == "department":
            return self.departments[post.scope_key].pk
        if post.scope == "partner":
            return self.partners[post.scope_key].pk
        return None  # the community

    def department_officer(self, key: str) -> Actor:
        """Who answers for a department."""
        return officer_of(self, key)


def facts_of(firm: Firm) -> dict[str, object]:
    """A firm of the plan as facts of the register; the oldest name where it has been renamed."""
    return {
        "name": firm.former_names[0][0] if firm.former_names else firm.name,
        "short_name": firm.short_name,
        "uscc": firm.uscc,
        "kind": firm.kind,
        "status": firm.status,
        "is_abnormal": firm.abnormal is not None,
        "abnormal_note": firm.abnormal[0] if firm.abnormal else "",
        "established_on": firm.established,
        "division": firm.industry[1:3],
        "capital": firm.capital,
        "currency": firm.currency,
        "headcount": firm.headcount,
        "scale": firm.scale,
        "business": firm.scope,
        "registered_address": firm.address,
        "district": "余杭区",
        "representative": firm.legal_person,
    }


def registry_index(ids: Iterable[int]) -> None:
    """Make searchable who has no seat (the others became so with their seats)."""
    from yuanzhi.registry import index

    index.refresh(ids)


def polygon(ring: Iterable[tuple[float, float]]) -> dict[str, object]:
    """A GeoJSON Polygon of an open or closed ring."""
    points = [list(point) for point in ring]
    if points[0] != points[-1]:
        points.append(points[0])
    return {"type": "Polygon", "coordinates": [points]}


def mean(values: Iterable[float]) -> float:
    """The middle of a few numbers."""
    found = list(values)
    return sum(found) / len(found)
