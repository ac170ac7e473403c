"""The bell: what's new for this account. The kernel keeps notices; who may see them is known here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from yuanzhi.kernel.notices import mark_read, notices_of, unread_count

from ..guards import not_found, signed_in
from ..requests import Request

PAGE = 30


@signed_in
@require_safe
def notices(request: Request) -> HttpResponse:
    """The unread first, then the older ones, a page at a time."""
    user_id = request.user.pk
    before = int(text) if (text := request.GET.get("before", "")).isdecimal() and len(text) < 19 else None
    unread = [] if before else list(notices_of(user_id).filter(read_at=None)[: PAGE * 3])
    read = notices_of(user_id).exclude(read_at=None)
    found = list((read.filter(pk__lt=before) if before else read)[: PAGE + 1])
    context = {
        "unread": unread,
        "read": found[:PAGE],
        "count": unread_count(user_id),
        "next_url": f"?before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        "first_url": "?" if before else "",
    }
    return TemplateResponse(request, "accounts/notices.html", context)


@signed_in
@require_POST
def open_notice(request: Request, pk: int) -> HttpResponse:
    """Mark it as read and go where it points: pages of this house only."""
    notice = notices_of(request.user.pk).filter(pk=pk).first()
    if notice is None:
        raise not_found("没有这条消息")
    mark_read(request.user.pk, [pk])
    local = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if local else "accounts:notices")


@signed_in
@require_POST
def read_all(request: Request) -> HttpResponse:
    """Everything is read."""
    count = mark_read(request.user.pk)
    messages.success(request, f"{count} 条都标为已读了" if count else "没有未读的消息")
    return redirect("accounts:notices")
