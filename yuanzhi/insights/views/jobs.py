"""后台任务: what waits, what runs, what failed and why; a failed job can be tried again or put aside."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from yuanzhi.accounts.access import SEE_JOBS
from yuanzhi.accounts.guards import needs
from yuanzhi.accounts.requests import Request
from yuanzhi.kernel.jobs import (
    dismiss_job,
    jobs_failed,
    jobs_running,
    jobs_waiting,
    queue_state,
    retry_job,
    schedules,
)
from yuanzhi.kernel.refusals import Refused


@needs(SEE_JOBS)
def jobs(request: Request) -> HttpResponse:
    """The queue as it stands. Arguments aren't shown: they may name what an administrator doesn't see."""
    context = {
        "state": queue_state(timezone.now()),
        "failed": jobs_failed(50),
        "running": jobs_running(50),
        "waiting": jobs_waiting(50),
        "schedules": schedules(),
    }
    return render(request, "insights/jobs.html", context)


@needs(SEE_JOBS)
@require_POST
def decide(request: Request, job_id: str) -> HttpResponse:
    """Try a failed job again, or put it aside."""
    act = retry_job if request.POST.get("act") == "retry" else dismiss_job
    try:
        act(actor=request.actor, job_id=job_id)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "已放回队列，马上再试" if act is retry_job else "已搁下，不再尝试")
    return redirect("insights:jobs")
