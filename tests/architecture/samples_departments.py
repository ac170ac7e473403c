"""What the matrix needs of departments: one coordination of the near case, one of the far, and links to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.world import World
from yuanzhi.accounts.models import User
from yuanzhi.accounts.roles import Role
from yuanzhi.cases.actions.attachments import attach
from yuanzhi.cases.attachments import examine
from yuanzhi.cases.models import Case
from yuanzhi.partners import actions
from yuanzhi.partners.models import Coordination, GuestLink

Kwargs = dict[str, Any]
TOKENS: dict[int, str] = {}  # by community: a link's token can't be read back


def furnish(world: World) -> None:
    """The first department is asked about the near case, the second about the far one."""
    for number, enterprise in enumerate((world.enterprises[0], world.enterprises[2])):
        case = _case(enterprise.pk)
        file = attach(actor=world.house, case=case, files=[examine("清单.txt", "一份清单".encode())])[0]
        row = actions.send_coordinations(
            actor=world.house,
            case=case,
            departments=[world.departments[number]],
            question="请看看能不能装",
            files=[file],
        )[0]
        made = actions.make_link(actor=world.house, coordination=row, name="韩立")
        if number == 0:
            TOKENS[world.community.pk] = made.token


def _case(enterprise_id: int) -> Case:
    return Case.objects.filter(enterprise_id=enterprise_id).order_by("pk")[0]


def _of(world: World, number: int) -> Coordination:
    rows = Coordination.objects.filter(department=world.departments[number]).order_by("pk")
    return rows[0]


def _department(world: World, user: User) -> Kwargs:
    return {"pk": world.departments[0].pk}


def _coordination(world: World, user: User) -> Kwargs:
    return {"pk": _of(world, 0).pk}


def _far_coordination(world: World) -> Kwargs:
    return {"pk": _of(world, 1).pk}


def _file(world: World, number: int) -> Kwargs:
    row = _of(world, number)
    return {"pk": row.pk, "file_id": row.files.get().pk}


def _token(world: World, user: User) -> Kwargs:
    return {"token": TOKENS[world.community.pk]}


def samples(sample: Callable[..., Any], case: Any) -> dict[str, Any]:
    """The lines of SAMPLES; `case` is the sample of a case that grid staff and contacts reach."""
    coordination = sample(_coordination, _far_coordination)
    return {
        **{
            f"partners:{name}": sample(_department)
            for name in ("department", "edit_department", "department_active", "reveal_liaison")
        },
        **{f"partners:{name}": case for name in ("of_case", "coordinate")},
        "partners:portal_part": sample(
            case.row,
            case.outside,
            hidden_from=frozenset({Role.CAPTAIN, Role.EMPLOYEE, Role.OPERATOR, Role.PROPERTY}),
        ),
        **{f"partners:{name}": coordination for name in ("coordination_link", "department_coordination")},
        "partners:coordination_step": sample(
            lambda world, user: {**_coordination(world, user), "step": "call_off"},
            lambda world: {**_far_coordination(world), "step": "call_off"},
        ),
        "partners:department_act": sample(
            lambda world, user: {**_coordination(world, user), "step": "accept"},
            lambda world: {**_far_coordination(world), "step": "accept"},
        ),
        "partners:department_file": sample(
            lambda world, user: _file(world, 0), lambda world: _file(world, 1)
        ),
        "partners:revoke_link": sample(
            lambda world, user: {"pk": GuestLink.objects.get(coordination=_of(world, 0)).pk},
            lambda world: {"pk": GuestLink.objects.get(coordination=_of(world, 1)).pk},
        ),
        "partners:guest": sample(_token, shared=True),
        "partners:guest_act": sample(
            lambda world, user: {**_token(world, user), "step": "accept"}, shared=True
        ),
        "partners:guest_file": sample(
            lambda world, user: {**_token(world, user), "file_id": _file(world, 0)["file_id"]}, shared=True
        ),
    }
