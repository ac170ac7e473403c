"""Verifying the history for people: what came out, in a sentence, itself part of the history."""

from __future__ import annotations

from yuanzhi.kernel.history import action, record, verify

from .actor import Actor

INLINE = 100_000  # entries that are verified while one waits (two or three seconds)
WHOLE = "核验通过"


@action
def verify_history(*, actor: Actor, community_id: int) -> str:
    """Walk the community's chain; the answer names the first broken entry when there is one."""
    broken = verify(community_id)
    if broken is None:
        said = f"{WHOLE}：从第一条到最后一条，没有缺失，也没有改动"
    else:
        said = f"核验不通过：{broken.reason}。请保留现场，核对最近的备份，并报告信息安全负责人"
    record(actor=actor, verb="history.verified", subject=f"community:{community_id}", said=said)
    return said
