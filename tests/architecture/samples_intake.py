"""What the matrix needs of the intake: a checklist and a file on the near and the far case, a reply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.world import World
from yuanzhi.accounts.models import User
from yuanzhi.accounts.roles import Role
from yuanzhi.cases.actions.attachments import attach
from yuanzhi.cases.actions.replies import add_reply
from yuanzhi.cases.actions.stages import add_stage
from yuanzhi.cases.attachments import examine
from yuanzhi.cases.models import Case, ReplyTemplate, ServiceItem

Kwargs = dict[str, Any]
# In the portal one sees what one raised oneself, or everything as the enterprise's contact.
NOT_OF_THE_CASE = frozenset({Role.CAPTAIN, Role.EMPLOYEE, Role.OPERATOR, Role.PROPERTY})
NOT_IN_COMMUNITY_WORK = frozenset(
    {Role.PARTNER, Role.DEPARTMENT, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR}
)


def furnish(world: World) -> None:
    """A line and a file each; a reply for all desks."""
    for number in (0, min(2, len(world.enterprises) - 1)):
        case = _case(world, number)
        add_stage(actor=world.house, case=case, name="看现场", workdays=1)
        attach(actor=world.house, case=case, files=[examine("照片说明.txt", "楼道里".encode())])
    add_reply(actor=world.house, title="收到", text="{称呼}您好，{编号} 收到了")


def _case(world: World, number: int) -> Case:
    return Case.objects.filter(enterprise=world.enterprises[number]).order_by("pk")[0]


def _stage(world: World, number: int) -> Kwargs:
    return {"pk": _case(world, number).stages.order_by("pk")[0].pk}


def _file(world: World, number: int) -> Kwargs:
    return {"pk": _case(world, number).attachments.get(name="照片说明.txt").pk}


def _item(world: World, user: User) -> Kwargs:
    return {"pk": ServiceItem.objects.get(desk__community=world.community, name="入驻手续", valid_to=None).pk}


def _reply(world: World, user: User) -> Kwargs:
    return {"pk": ReplyTemplate.objects.filter(community=world.community).order_by("pk")[0].pk}


def samples(sample: Callable[..., Any], case: Any, park: Any) -> dict[str, Any]:
    """One row for each page with arguments."""
    file = sample(
        lambda world, user: _file(world, 0),
        lambda world: _file(world, 2),
        hidden_from=NOT_OF_THE_CASE | NOT_IN_COMMUNITY_WORK,
    )
    return {
        "cases:stage_add": case,
        "cases:stage": sample(lambda world, user: _stage(world, 0), lambda world: _stage(world, 2)),
        "cases:file": file,
        "cases:file_remove": file,
        **{f"cases:{name}": sample(_item) for name in ("item", "item_edit", "item_end", "portal_item")},
        "cases:reply": sample(_reply),
        "cases:codes": park,
        "cases:track_add": sample(lambda w, u: {"token": _case(w, 0).token}, shared=True),
        "cases:track_file": sample(lambda w, u: {"token": _case(w, 0).token, **_file(w, 0)}, shared=True),
    }
