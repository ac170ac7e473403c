"""What the auditor reads: the history, its verification, and who looked at whole phone numbers."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from ..access import SEE_HISTORY
from ..forms import AuditFilter
from ..guards import needs
from ..lines import entry_line
from ..queries import chain_length, find_history, find_reveals
from ..requests import Request
from ..verification import INLINE, WHOLE, verify_history

PAGE = 50


@needs(SEE_HISTORY)
@require_safe
def audit(request: Request) -> HttpResponse:
    """The community's history, the newest first, by person, verb, subject and day."""
    form = AuditFilter(request.GET)
    asked = {k: v for k, v in form.cleaned_data.items() if v} if form.is_valid() else {}
    found = find_history(request.actor, **asked, before=_before(request), limit=PAGE + 1)
    rows = found[:PAGE]
    context = {
        "form": form,
        "lines": [entry_line(entry) for entry in rows],
        "filtered": bool(asked),
        "length": chain_length(request.actor),
        "next_url": f"?{urlencode(asked | {'before': rows[-1].seq})}" if len(found) > PAGE else "",
        "first_url": f"?{urlencode(asked)}" if _before(request) else "",
    }
    return TemplateResponse(request, "accounts/audit.html", context)


@needs(SEE_HISTORY)
@require_safe
def reveals(request: Request) -> HttpResponse:
    """Who had a whole phone number shown, of whom, and when."""
    found = find_reveals(request.actor, before=_before(request), limit=PAGE + 1)
    rows = found[:PAGE]
    context = {
        "lines": [entry_line(entry) for entry in rows],
        "next_url": f"?before={rows[-1].seq}" if len(found) > PAGE else "",
        "first_url": "?" if _before(request) else "",
    }
    return TemplateResponse(request, "accounts/reveals.html", context)


@needs(SEE_HISTORY)
@require_POST
def verify(request: Request) -> HttpResponse:
    """Walk the whole chain: at once when it is short, else in the background, with the answer at the bell."""
    actor = request.actor
    length = chain_length(actor)
    if length > INLINE:
        from yuanzhi.kernel.jobs import enqueue

        from ..tasks import verify_in_background

        enqueue(verify_in_background, actor.community_id, actor.user_id, uuid.uuid4().hex)
        messages.info(request, f"共 {length} 条，正在后台核验，结果会出现在消息里")
        return redirect("accounts:audit")
    said = verify_history(actor=actor, community_id=actor.community_id)
    (messages.success if said.startswith(WHOLE) else messages.error)(request, said)
    return redirect("accounts:audit")


def _before(request: Request) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None
