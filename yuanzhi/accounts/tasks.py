"""Background work of accounts."""

from __future__ import annotations

from yuanzhi.kernel.jobs import job
from yuanzhi.kernel.notices import notify

from .actor import system
from .verification import verify_history


@job(name="核验操作历史")
def verify_in_background(community_id: int, user_id: int, key: str) -> None:
    """Walk a long chain and tell the auditor at the bell (once, however often it has to run)."""
    said = verify_history(actor=system(community_id), community_id=community_id)
    notify(
        [user_id], chain=community_id, key=f"verify:{key}", title="操作历史核验完了", body=said, url="/audit/"
    )
