"""More time: asked for before the deadline with a reason, decided by a lead who did not ask."""

from __future__ import annotations

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import promises
from ..access import DECIDE_EXTENSION, WORK_CASE
from ..models import Case, Extension
from ..states import Act, State
from .steps import change, permit_act
from .telling import context_of, tell_leads, tell_people

MOST = 60  # workdays that can be asked for at once where no law says less


@action
def ask_extension(*, actor: Actor, case: Case, days: int, reason: str) -> Extension:
    """Ask for more workdays. The same question again is the same question."""
    permit_act(actor, WORK_CASE, case, Act.ASK_EXTENSION)
    if not reason.strip():
        raise Refused("写一句为什么要延期：批的人和企业都会看到")
    if (open_one := Extension.objects.filter(case=case, state=Extension.State.ASKED).first()) is not None:
        if (open_one.days, open_one.reason) == (days, reason.strip()[:300]):
            return open_one
        raise Refused("已经有一份延期申请在等批：批了再说")
    _possible(case, days)
    if clock.now() >= case.resolution_due and case.state != State.WAITING:
        raise Refused("已经过了承诺的时限，不能再申请延期：请先给企业回话，说明哪天能办成")
    change(case)  # first: two who ask at once take turns here
    extension = Extension.objects.create(
        case=case,
        days=days,
        reason=reason.strip()[:300],
        asked_by_id=actor.user_id,
        asked_by_label=actor.label,
        asked_at=clock.now(),
        due_before=case.resolution_due,
    )
    _record(actor, case, "case.extension_asked", days, extension.reason)
    tell_leads(case, f"申请延期 {days} 个工作日：{case.title}", key=f"extension:{extension.pk}")
    return extension


def _possible(case: Case, days: int) -> None:
    if not 1 <= days <= MOST:
        raise Refused(f"延期写 1 到 {MOST} 个工作日")
    law = case.item.statutory_days if case.item else None
    left = promises.days_left_by_law(case, law)
    if left is not None and days > left:
        more = f"最多还能延 {left} 个工作日" if left else "不能再延了"
        raise Refused(f"“{case.item}”的法定时限是 {law} 个工作日，{more}")


@action
def decide_extension(*, actor: Actor, extension: Extension, grant: bool, words: str = "") -> Case:
    """Grant or refuse. Granted, the promise is worked out anew; refused, it stays and the reason is told."""
    case = Case.objects.select_related("item", "enterprise").get(pk=extension.case_id)
    permit_act(actor, DECIDE_EXTENSION, case, Act.GRANT_EXTENSION)
    if actor.user_id is not None and actor.user_id == extension.asked_by_id:
        raise Refused("自己申请的延期要请另一位书记（站长）批")
    if not grant and not words.strip():
        raise Refused("不同意要说一句为什么，经办人好安排")
    state = Extension.State.GRANTED if grant else Extension.State.REFUSED
    # The case first, as every step does: nobody waits for another crosswise.
    if grant:
        _possible(case, extension.days)
        _extend(case, extension.days)
    else:
        change(case)
    asked = Extension.objects.filter(pk=extension.pk, state=Extension.State.ASKED)
    decided = {"decided_by_label": actor.label, "decided_at": clock.now(), "words": words.strip()[:300]}
    if not asked.update(state=state, **decided):
        raise Overtaken("这份申请刚有人批过了：刷新看看结果")
    extension.refresh_from_db()
    told = extension.reason if grant else words.strip()  # the enterprise reads why it takes longer
    _record(actor, case, f"case.extension_{state.value}", extension.days, told)
    said = "同意延期" if grant else "没同意延期"
    tell_people(
        {extension.asked_by_id, case.owner_id},
        case,
        f"{said} {extension.days} 个工作日：{case.title}",
        key=f"extension:{extension.pk}:decided",
    )
    return case


def _extend(case: Case, days: int) -> None:
    extended = case.extended_days + days
    promise = promises.of_case(case, promises.clock_of(case.community_id), extended=extended)
    change(
        case,
        extended_days=extended,
        resolution_due=promise.resolution_due,
        due_at=promise.resolution_due,
        is_provisional=promise.is_provisional,
    )


def _record(actor: Actor, case: Case, verb: str, days: int, text: str) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=case,
        context=context_of(case),
        days=days,
        resolution_due=case.resolution_due,
        text=text,
    )
