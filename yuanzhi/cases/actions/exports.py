"""Taking a case's file away: recorded before it leaves."""

from __future__ import annotations

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused

from ..access import EXPORT_CASE
from ..models import Case
from ..queries import visible_to
from .telling import context_of


@action
def note_file(*, actor: Actor, case: Case, reason: str, form: str) -> None:
    """Record who takes a case's file and what for. Raises Refused without a reason."""
    if not visible_to(actor, EXPORT_CASE).filter(pk=case.pk).exists():
        raise Refused("这件诉求的办理单不由您导出：请找经办的窗口")
    if len(reason.strip()) < 4:
        raise Refused("写一句做什么用，例如“交给律师立案”")
    record(
        actor=actor,
        verb="case.exported",
        subject=case,
        context=context_of(case),
        reason=reason.strip()[:200],
        form=form,
    )


@action
def note_list(*, actor: Actor, reason: str, count: int) -> None:
    """Record who takes a list of cases and what for, before it leaves. Raises Refused without a reason."""
    if not actor.may(EXPORT_CASE):
        raise Refused("导出诉求名单由窗口专员和书记来做")
    if len(reason.strip()) < 4:
        raise Refused("写一句导出做什么用，例如“月底给街道汇总”")
    record(
        actor=actor,
        verb="cases.exported",
        subject=f"community:{actor.community_id}",
        reason=reason.strip()[:200],
        count=count,
    )
