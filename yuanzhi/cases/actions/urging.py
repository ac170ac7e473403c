"""督办 by the lead, and the call to an enterprise that was not satisfied."""

from __future__ import annotations

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import URGE_CASE, WORK_CASE
from ..models import Case
from ..states import Act
from .steps import change, permit_act
from .telling import context_of, tell_desk


@action
def urge(*, actor: Actor, case: Case, words: str) -> Case:
    """The lead says in words what must move now; it stands on the row until a note or a step answers."""
    permit_act(actor, URGE_CASE, case, Act.URGE)
    if not words.strip():
        raise Refused("写一句要办到哪一步、什么时候：光催没有用")
    text = words.strip()[:300]
    if case.urged_at is not None and case.urged_words == text:
        return case  # sent twice
    change(case, urged_at=clock.now(), urged_words=text)
    record(actor=actor, verb="case.urged", subject=case, context=context_of(case), text=text)
    tell_desk(case, f"督办：{text}", key=f"case:{case.pk}:urged:{case.version}", but=actor.user_id)
    return case


@action
def called_back(*, actor: Actor, case: Case, words: str) -> Case:
    """Somebody has called the dissatisfied enterprise: what it said. Its rating stays as it gave it."""
    permit_act(actor, WORK_CASE, case, Act.CALL_BACK)
    if not words.strip():
        raise Refused("写一句企业电话里怎么说：差在哪儿，要办到什么样")
    if case.call_back_due is None:
        raise Overtaken("这件不用回访，或者刚有人回访过了：看看办理流程")
    due = case.call_back_due
    change(case, call_back_due=None, urged_at=None)
    record(
        actor=actor,
        verb="case.called_back",
        subject=case,
        context=context_of(case),
        in_time=clock.now() <= due,
        text=words.strip()[:1000],
    )
    return case
