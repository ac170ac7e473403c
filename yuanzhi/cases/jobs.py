"""Periodic work of the intake: what lies on the disk for nobody goes."""

from __future__ import annotations

from yuanzhi.kernel.jobs import daily, job, periodic

from . import jobs_escalation as jobs_escalation
from . import jobs_routing as jobs_routing
from .actions.attachments import sweep


@periodic("cases.sweep_attachments", daily("03:50"))
@job(name="清理没有主的附件")
def sweep_attachments() -> int:
    """Files removed a month ago, and those of requests that never came to an end."""
    return sweep()
