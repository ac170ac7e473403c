"""部门协同: what the department does with it: sign for it, answer, send it back once."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from yuanzhi.accounts.actor import Actor
from yuanzhi.cases.actions.telling import tell_desk, tell_enterprise
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import ANSWER_COORDINATION
from ..answering import may_return
from ..models import Coordination, Department, GuestLink, Reply
from ..queries.departments import coordinations_visible_to, returned_before
from ..states import CoordinationStep
from .coordination import as_seen, living_case, take
from .links import spend
from .said import said


def _permit(actor: Actor, row: Coordination, link: GuestLink | None) -> None:
    """The department's own people, or whoever holds a link to just this coordination. Never the community."""
    if actor.is_staff or actor.is_administrator:
        raise Refused("答复只能由部门自己给：请把协同链接发给对方，或打电话请对方登录")
    if link is not None:
        spend(link, coordination=row)
        return
    if not coordinations_visible_to(actor, ANSWER_COORDINATION).filter(pk=row.pk).exists():
        raise Refused("这件协同不是请您的部门办的")


def _handler(actor: Actor, handler: str, link: GuestLink | None) -> str:
    return said(handler, 40, line=True) or (link.name if link else actor.name)[:40]


@action
def accept_coordination(
    *,
    actor: Actor,
    coordination: Coordination,
    handler: str = "",
    link: GuestLink | None = None,
    seen: int | None = None,
) -> Coordination:
    """Sign for it: from now on somebody with a name works on it."""
    _permit(actor, coordination, link)
    case = living_case(coordination)
    name = _handler(actor, handler, link)
    row = take(
        actor,
        as_seen(coordination, seen),
        CoordinationStep.ACCEPT,
        case=case,
        told={"handler": name},
        handler=name,
        accepted_at=clock.now(),
    )
    tell_desk(
        case, f"{row.department.short}已签收：{case.title}", key=f"coordination:{row.pk}:in:{row.round}"
    )
    return row


@action
def answer_coordination(
    *,
    actor: Actor,
    coordination: Coordination,
    answer: str,
    is_public: bool = True,
    handler: str = "",
    link: GuestLink | None = None,
    seen: int | None = None,
) -> Coordination:
    """Say what the department found or did: for the enterprise as well, or for the community only."""
    _permit(actor, coordination, link)
    case = living_case(coordination)
    text = said(answer, 4000, missing="答复还没写：办成了什么、还差什么，一两句就行")
    now, name = clock.now(), _handler(actor, handler or coordination.handler, link)
    row = as_seen(coordination, seen)
    try:
        with transaction.atomic():
            Reply.objects.create(
                coordination=row,
                round=row.round,
                question=row.question,
                asked_at=row.sent_at,
                due_at=row.due_at,
                answered_at=now,
                text=text,
                is_public=is_public,
                author_label=f"{row.department.short} {name}"[:80],
            )
    except IntegrityError as error:
        raise Overtaken("这一次已经答复过了：刷新看看") from error
    row = take(
        actor,
        row,
        CoordinationStep.ANSWER,
        case=case,
        # What is for the community only does not go where the enterprise reads along.
        told={
            "public": is_public,
            "round": row.round,
            "handler": name,
            **({"text": text} if is_public else {}),
        },
        handler=name,
        answer=text,
        is_public=is_public,
        answered_at=now,
        accepted_at=row.accepted_at or now,
    )
    key = f"coordination:{row.pk}:answered:{row.round}"
    tell_desk(case, f"{row.department.short}答复了：{case.title}", key=key)
    if is_public:
        tell_enterprise(case, f"{row.department.short}答复了：{case.title}", key=f"{key}:told")
    return row


@action
def return_coordination(
    *,
    actor: Actor,
    coordination: Coordination,
    why: str,
    instead: Department | None = None,
    link: GuestLink | None = None,
    seen: int | None = None,
) -> Coordination:
    """Not ours: once, and with where to go instead. The case's owner is told at once."""
    _permit(actor, coordination, link)
    case = living_case(coordination)
    if no := may_return(round=coordination.round, returned_before=returned_before(coordination)):
        raise Refused(no)
    why = said(why, 300, missing="为什么不归您的部门、该找谁办？写一句，社区好接着找人", line=True)
    if instead is not None and (
        instead.community_id != coordination.community_id or instead.pk == coordination.department_id
    ):
        raise Refused("请选名单里的另一个部门，名单里没有就写在原因里")
    row = take(
        actor,
        as_seen(coordination, seen),
        CoordinationStep.RETURN,
        case=case,
        told={"text": why, "instead": instead.short if instead else ""},
        returned_why=why,
        returned_to=instead,
        returned_at=clock.now(),
    )
    where = f"，建议找{instead.short}" if instead else ""
    tell_desk(case, f"{row.department.short}退回{where}：{case.title}", key=f"coordination:{row.pk}:returned")
    return row
