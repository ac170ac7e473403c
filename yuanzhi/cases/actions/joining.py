"""Cases and each other: split into parts, merged into another, linked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import SEE_CASE, WORK_CASE
from ..models import Case, CaseLink, Claim, Desk, ServiceItem
from ..queries import visible_to
from ..states import Act, State, Step
from .intake import open_case
from .steps import change, permit, permit_act, take
from .telling import context_of, tell_desk, tell_enterprise

MOST_PARTS = 8


@dataclass(frozen=True)
class Part:
    """What one part of a larger matter is about, and whose it is."""

    title: str
    desk: Desk | None = None
    item: ServiceItem | None = None


@action
def split(*, actor: Actor, case: Case, parts: Sequence[Part], once: str | None = None) -> list[Case]:
    """Let parts of a larger matter be worked at the same time. The same `once` again gives the same parts.

    The case stays and answers to the enterprise: it can be resolved when its parts are.
    """
    permit_act(actor, WORK_CASE, case, Act.SPLIT)
    wanted = [part for part in parts if part.title.strip()]
    if len(wanted) < 2:
        raise Refused("至少写两件：只有一件，就不用拆")
    if len(wanted) > MOST_PARTS:
        raise Refused(f"一次最多拆成 {MOST_PARTS} 件")
    if case.parent_id is not None:
        raise Refused("这件本身就是拆出来的：请在原来那一件上再拆")
    made = [_part(actor, case, part, f"{once}:{n}"[:64] if once else None) for n, part in enumerate(wanted)]
    new = [part for part in made if part.parent_id is None]
    if not new:
        return made  # sent twice
    change(case, urged_at=None)
    Case.objects.filter(pk__in=[part.pk for part in new]).update(parent=case)
    for part in new:
        part.parent = case
        record(actor=actor, verb="case.part_of", subject=part, context=context_of(part), other=case.number)
    numbers = "、".join(part.number for part in new)
    record(
        actor=actor, verb="case.split", subject=case, context=context_of(case), other=numbers,
        text="；".join(part.title for part in new),
    )  # fmt: skip
    return made


def _part(actor: Actor, case: Case, part: Part, key: str | None) -> Case:
    return open_case(
        actor=actor,
        words=case.words or case.title,
        title=part.title,
        enterprise=case.enterprise,
        building=case.building,
        desk=part.desk or (part.item.desk if part.item else case.desk),
        item=part.item,
        channel=case.channel,
        speaker=case.speaker,
        is_confidential=case.is_confidential,
        intake_key=key,
    )


@action
def merge(*, actor: Actor, case: Case, into: Case) -> Case:
    """The same matter as another open one: it goes on there, with everything that was said and handed in.

    Notes and files stay where they were written and are read on both pages, so that nothing is lost that
    somebody sends at this moment; the link in the enterprise's hand shows how the other one goes.
    """
    if case.state == State.MERGED and case.merged_into_id == into.pk:
        return into  # sent twice
    permit(actor, WORK_CASE, case)
    permit_act(actor, WORK_CASE, into, Act.TAKE_IN)
    _same_matter(case, into)
    # In one order, so that two who merge these into each other don't wait for each other crosswise.
    # (`no_key`: a reply that comes in at this moment does not have to wait.)
    both = Case.objects.select_for_update(no_key=True).filter(pk__in=[case.pk, into.pk])
    list(both.order_by("pk").values_list("pk"))
    case = take(
        actor, case, Step.MERGE, text=f"并入 {into.number}", merged_into_id=into.pk, closed_at=clock.now(),
        call_back_due=None,
    )  # fmt: skip
    change(into, urged_at=into.urged_at)  # whoever moves it at this moment has to look again
    Case.objects.filter(merged_into=case).update(merged_into=into)
    Case.objects.filter(parent=case).update(parent=into)
    _bring_claims(case, into)
    record(
        actor=actor, verb="case.took_in", subject=into, context=context_of(into), other=case.number,
        text=case.title,
    )  # fmt: skip
    tell_desk(into, f"并来一件：{case.title}", key=f"case:{case.pk}:into:{into.pk}", but=actor.user_id)
    tell_enterprise(case, f"和另一件一起办：{into.title}", key=f"case:{case.pk}:into:{into.pk}")
    return into


def _same_matter(case: Case, into: Case) -> None:
    """Whether these may become one. Raises Refused."""
    if case.pk == into.pk:
        raise Refused("不能并入自己：请选另一件")
    if case.community_id != into.community_id:
        raise Refused("另一件不在本社区")
    if case.enterprise_id and into.enterprise_id and case.enterprise_id != into.enterprise_id:
        raise Refused("两件不是同一家企业的，不能并：互相看得到进度就不合适了，可以“关联”")
    if case.enterprise_id and not into.enterprise_id:
        raise Refused(f"{into.number} 还没登记是哪家企业：请反过来，把它并到这一件")
    if case.is_confidential != into.is_confidential or (
        case.is_confidential and case.opened_by_id != into.opened_by_id
    ):
        raise Refused("有一件是私下反映的，并了会让不该看的人看到：可以“关联”")
    if into.parent_id == case.pk:
        raise Refused("不能并入自己拆出去的一件")


def _bring_claims(case: Case, into: Case) -> None:
    last = Claim.objects.filter(case=into).aggregate(last=Max("order"))["last"] or 0
    Claim.objects.filter(case=case).update(case=into, order=F("order") + last)


@action
def link(*, actor: Actor, case: Case, other: Case) -> CaseLink:
    """These two have to do with each other. Linked twice is linked once."""
    permit_act(actor, WORK_CASE, case, Act.LINK)
    if not actor.is_system and not visible_to(actor, SEE_CASE).filter(pk=other.pk).exists():
        raise Refused("您看不到另一件，不能关联")
    if case.pk == other.pk:
        raise Refused("不能和自己关联：请选另一件")
    if case.community_id != other.community_id:
        raise Refused("另一件不在本社区")
    one, two = sorted((case, other), key=lambda row: row.pk)
    try:
        with transaction.atomic():
            made = CaseLink.objects.create(one=one, other=two, author_label=actor.label)
    except IntegrityError:
        return CaseLink.objects.get(one=one, other=two)
    _both(actor, "case.linked", case, other)
    return made


@action
def unlink(*, actor: Actor, case: Case, other: Case) -> None:
    """They have nothing to do with each other after all."""
    permit(actor, WORK_CASE, case)
    one, two = sorted((case.pk, other.pk))
    if not CaseLink.objects.filter(one=one, other=two).delete()[0]:
        raise Overtaken("这两件没有关联着：刷新看看")
    _both(actor, "case.unlinked", case, other)


def _both(actor: Actor, verb: str, case: Case, other: Case) -> None:
    for row, beside in ((case, other), (other, case)):
        record(actor=actor, verb=verb, subject=row, context=context_of(row), other=beside.number)
