"""One row for every url that takes arguments, so that the matrix test can knock at it.

Adding a page with arguments? Add its url name here:

    "registry:park": Sample(
        row=lambda world, user: {"pk": world.parks[0].pk},       # what bound roles of tests/world.py reach
        outside=lambda world: {"pk": world.parks[-1].pk},         # theirs not: another grid, park, enterprise
    ),

`outside` is only needed where some role has OWN in the verb's table. The neighbour's row is the other world's
`row`. A page without arguments needs no line at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tests.world import World
from yuanzhi.accounts.models import User
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.cases.models import Answer, Case
from yuanzhi.kernel.models import ImportBatch
from yuanzhi.kernel.notices import notices_of, notify
from yuanzhi.registry import actions as registry
from yuanzhi.registry.models import (
    Contact,
    DistrictingProposal,
    FactConflict,
    Merge,
    ParkCaptain,
    SavedFilter,
)

from . import samples_acts, samples_departments, samples_intake, samples_partners, samples_routing

Kwargs = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """`row(world, user)`: arguments that this account reaches in its own community.

    shared: the arguments name no row of a community (a kind of thing), so there is no neighbour's one.
    hidden_from: roles whose verb says OWN but who in the test world are bound to nothing that reaches `row`.
    gone_is: what the neighbour's row gets, where a view says so on the way back instead of by 404.
    refused_is: what a row outside one's reach gets. Not 404 where it may be seen, but not acted on.
    """

    row: Callable[[World, User], Kwargs]
    outside: Callable[[World], Kwargs] | None = None
    shared: bool = False
    hidden_from: frozenset[Role] = field(default_factory=frozenset)
    gone_is: frozenset[int] = frozenset({404})
    refused_is: frozenset[int] = frozenset({404})


ASKED = {
    "goal": "fewest",
    "ratio": "1.10",
    "count": None,
    "weights": {"enterprises": 1.0},
    "max_parks": None,
    "pinned": [],
}


def furnish(world: World) -> None:
    """What the samples need beyond tests/world.py: written through the actions wherever there is one."""
    house, near, far = (
        world.house,
        world.enterprises[0],
        world.enterprises[min(2, len(world.enterprises) - 1)],
    )
    for enterprise in (near, far):
        contact = registry.add_contact(actor=house, enterprise=enterprise, name="周敏", phone="13812345678")
        cases.open_case(actor=house, enterprise=enterprise, words=f"{enterprise.name}的宽带装不上")
        FactConflict.objects.create(
            enterprise=enterprise, field="headcount", value="99", source=contact.source or _source(world)
        )
    samples_departments.furnish(world)
    samples_partners.furnish(world)
    samples_intake.furnish(world)
    for enterprise in (near, far):  # here, not when first asked for: a test compares all that is written
        _first_claim(world, enterprise.cases.order_by("pk")[0])
    _answer(world, world.user(Role.LEAD))
    registry.appoint_captain(actor=house, park=world.parks[1], user=world.user(Role.CAPTAIN))
    twin = registry.register_enterprise(
        actor=house, facts={"name": "杭州孪生科技有限公司"}, source=_source(world)
    )
    other = registry.register_enterprise(
        actor=house, facts={"name": "杭州孪生软件有限公司"}, source=_source(world)
    )
    registry.merge(actor=house, kept=twin, gone=other)
    ImportBatch.objects.create(
        chain=world.community.pk, kind="registry.enterprise", filename="名录.xlsx", stored="", state="done"
    )
    registry.propose_districting(actor=house, asked=ASKED)
    samples_routing.furnish(world)
    everybody = list(world.users.values())
    notify([u.pk for u in everybody], chain=world.community.pk, key="hello", title="你好", url="/me/")
    for user in everybody:
        SavedFilter.objects.create(user_id=user.pk, community=world.community, name="我的", query="q=1")


def _source(world: World):
    return registry.source_for(world.house, "staff", "测试登记")


def _person(world: World, user: User) -> Kwargs:
    return {"pk": world.user(Role.VIEWER).pk}


def _near(world: World, user: User) -> Kwargs:
    return {"pk": world.enterprises[0].pk}


def _far(world: World) -> Kwargs:
    return {"pk": world.enterprises[2].pk}


def _park(world: World, user: User) -> Kwargs:
    return {"pk": world.parks[0].pk}


def _building(world: World, user: User) -> Kwargs:
    return {"pk": world.buildings[0].pk}


def _contact(world: World, user: User) -> Kwargs:
    return {"pk": Contact.objects.get(enterprise=world.enterprises[0]).pk}


def _far_contact(world: World) -> Kwargs:
    return {"pk": Contact.objects.get(enterprise=world.enterprises[2]).pk}


def _case(world: World, user: User) -> Kwargs:
    return {"pk": world.enterprises[0].cases.order_by("pk")[0].pk}


def _far_case(world: World) -> Kwargs:
    return {"pk": world.enterprises[2].cases.order_by("pk")[0].pk}


def _claim(world: World, user: User) -> Kwargs:
    case = Case.objects.get(pk=_case(world, user)["pk"])
    return {"pk": case.pk, "claim": _first_claim(world, case)}


def _far_claim(world: World) -> Kwargs:
    case = Case.objects.get(pk=_far_case(world)["pk"])
    return {"pk": case.pk, "claim": _first_claim(world, case)}


def _answer(world: World, user: User) -> Kwargs:
    made = Answer.objects.filter(community=world.community).first() or cases.write_answer(
        actor=world.house, question="电子合同能申请人才公寓吗？", answer="能：打印带验证码的版本去窗口"
    )
    return {"pk": made.pk}


def _first_claim(world: World, case: Case) -> int:
    claim = case.claims.first() or cases.add_claim(
        actor=world.house, case=case, debtor="甲工程", amount=Decimal(38000)
    )
    return claim.pk


def _batch(world: World, user: User) -> Kwargs:
    return {"pk": ImportBatch.objects.get(chain=world.community.pk).pk}


def _proposal(world: World, user: User) -> Kwargs:
    return {"pk": DistrictingProposal.objects.get(community=world.community).pk}


def _token(world: World, user: User) -> Kwargs:
    return {"token": world.enterprises[0].cases.order_by("pk")[0].token}


ON_THE_WAY = frozenset({302})
ENTERPRISE = Sample(_near, _far)
# Grid members see every enterprise, but act on those of their grid: the act is refused in a sentence.
SEEN_ENTERPRISE = Sample(_near, _far, refused_is=frozenset({200, 302, 404}))
CONTACT = Sample(_contact, _far_contact)
CASE = Sample(_case, _far_case)

SAMPLES: dict[str, Sample] = {
    # -- accounts
    "accounts:person": Sample(_person),
    "accounts:edit": Sample(_person),
    "accounts:reset_password": Sample(_person),
    "accounts:set_active": Sample(_person),
    "accounts:end_sessions": Sample(_person),
    "accounts:reset_factor": Sample(_person),
    "accounts:grant": Sample(_person),
    "accounts:grant_role": Sample(lambda world, user: {**_person(world, user), "role": "viewer"}),
    "accounts:end_role": Sample(lambda world, user: {"pk": world.user(Role.VIEWER).memberships.get().pk}),
    "accounts:scopes": Sample(lambda world, user: {"kind": "grid"}, shared=True),
    "accounts:demo_sign_in": Sample(lambda world, user: {"username": "demo_lead"}, shared=True),
    "accounts:open_notice": Sample(lambda world, user: {"pk": notices_of(user.pk)[0].pk}),
    # -- registry
    **{
        f"registry:{name}": SEEN_ENTERPRISE if name in ("confirm", "move") else ENTERPRISE
        for name in (
            "enterprise",
            "history",
            "edit",
            "confirm",
            "move",
            "leave",
            "elsewhere",
            "merge",
            "add_contact",
        )
    },
    **{f"registry:{name}": CONTACT for name in ("edit_contact", "retire_contact")},
    "registry:reveal": Sample(_contact, _far_contact, refused_is=frozenset({302, 404})),
    **{
        f"registry:{name}": Sample(_park)
        for name in ("park", "edit_park", "assign_park", "appoint", "add_building")
    },
    **{
        f"registry:{name}": Sample(_building) for name in ("building", "edit_building", "add_rooms", "poster")
    },
    **{
        f"registry:import{name}": Sample(_batch)
        for name in ("", "_progress", "_columns", "_remap", "_commit", "_again", "_undo", "_back")
    },
    "registry:grid": Sample(lambda world, user: {"pk": world.grids[0].pk}),
    "registry:end_grid": Sample(lambda world, user: {"pk": world.grids[0].pk}),
    "registry:drop_filter": Sample(
        lambda world, user: {"pk": SavedFilter.objects.get(user_id=user.pk).pk},
        lambda world: {"pk": SavedFilter.objects.get(user_id=world.user(Role.AUDITOR).pk).pk},
        gone_is=ON_THE_WAY,
        refused_is=ON_THE_WAY,
    ),
    "registry:unmerge": Sample(
        lambda world, user: {"pk": Merge.objects.get(kept__community=world.community).pk}
    ),
    "registry:dismiss": Sample(
        lambda world, user: {"pk": ParkCaptain.objects.get(park__community=world.community).pk}
    ),
    "registry:decide": Sample(
        lambda world, user: {"pk": world.enterprises[0].conflicts.get().pk},
        lambda world: {"pk": world.enterprises[2].conflicts.get().pk},
        gone_is=ON_THE_WAY,
        refused_is=ON_THE_WAY,
    ),
    # -- cases
    **{f"cases:{name}": CASE for name in ("note", "portal_verdict")},
    # People of an enterprise are sent on to their portal, where it is a 404.
    "cases:case": Sample(_case, _far_case, gone_is=frozenset({302, 404}), refused_is=frozenset({302, 404})),
    # In the portal one sees what one raised oneself, or everything as the enterprise's contact.
    **{
        f"cases:{name}": Sample(
            _case,
            _far_case,
            hidden_from=frozenset({Role.CAPTAIN, Role.EMPLOYEE, Role.OPERATOR, Role.PROPERTY}),
        )
        for name in ("portal_case", "portal_note")
    },
    "cases:step": Sample(
        lambda world, user: {**_case(world, user), "step": "accept"},
        lambda world: {**_far_case(world), "step": "accept"},
    ),
    "cases:of_enterprise": SEEN_ENTERPRISE,
    **{
        f"cases:{name}": Sample(_answer)
        for name in ("answer", "answer_edit", "answer_state", "answer_helped")
    },
    **{f"cases:{name}": CASE for name in ("case_file", "code")},
    # -- the lines of a bulk claim: an employee sees only what they raised
    **{
        f"cases:{name}": Sample(_case, _far_case, hidden_from=frozenset({Role.EMPLOYEE}))
        for name in ("claims", "claims_sheet")
    },
    **{
        f"cases:{name}": Sample(_claim, _far_claim, hidden_from=frozenset({Role.EMPLOYEE}))
        for name in ("claim", "claim_remove")
    },
    "insights:decide_job": Sample(lambda world, user: {"job_id": "00000000"}, shared=True),
    "cases:board_rows": Sample(lambda world, user: {"code": "breached"}, shared=True),
    "cases:track": Sample(_token, shared=True),
    **samples_routing.samples(Sample, CASE),
    **samples_acts.samples(Sample, CASE),
    "cases:track_verdict": Sample(_token, shared=True),
    "cases:scan": Sample(lambda world, user: {"code": world.buildings[0].code}, shared=True),
    **samples_intake.samples(Sample, CASE, Sample(_park)),
    # -- districting
    "registry:proposal": Sample(_proposal),
    "registry:accept_proposal": Sample(_proposal),
    "registry:discard_proposal": Sample(_proposal),
    # -- departments and coordination
    **samples_departments.samples(Sample, CASE),
    **samples_partners.samples(Sample, CASE),
}
