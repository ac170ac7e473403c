"""Replies that staff send often: added, reworded, put away."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import EDIT_REPLIES
from ..models import Desk, ReplyTemplate
from ..replies import unknown_blanks


def _may_reply(actor: Actor) -> None:
    if not actor.is_system and not actor.may(EDIT_REPLIES):
        raise Refused("常用回复由书记和窗口专员来管")


def _check_reply(actor: Actor, title: str, text: str, desk: Desk | None) -> dict[str, Any]:
    if not title.strip() or not text.strip():
        raise Refused("名称和内容都要写")
    if desk is not None and desk.community_id != actor.community_id:
        raise Refused("这个窗口不在本社区")
    if wrong := unknown_blanks(text):
        raise Refused(f"不认识的空格：{'、'.join(wrong)}。可以用 {{企业}}、{{称呼}}、{{编号}}、{{承诺时间}}")
    return {"title": title.strip()[:40], "text": text.strip(), "desk": desk}


@action
def add_reply(*, actor: Actor, title: str, text: str, desk: Desk | None = None) -> ReplyTemplate:
    """A reply to choose from, for one desk or for all."""
    _may_reply(actor)
    values = _check_reply(actor, title, text, desk)
    reply = ReplyTemplate.objects.create(community_id=actor.community_id, **values)
    record(actor=actor, verb="reply.added", subject=reply, title=reply.title, text=reply.text)
    return reply


@action
def change_reply(
    *,
    actor: Actor,
    reply: ReplyTemplate,
    title: str,
    text: str,
    desk: Desk | None,
    version: int | None = None,
) -> ReplyTemplate:
    """Say it in other words."""
    _may_reply(actor)
    values = _check_reply(actor, title, text, desk)
    seen = version or reply.version
    rows = ReplyTemplate.objects.filter(pk=reply.pk, community_id=actor.community_id, version=seen)
    if not rows.update(version=F("version") + 1, **values):
        raise Overtaken("这条回复刚被别人改过：刷新看看，您写的还在")
    before = {"title": reply.title, "text": reply.text}
    reply.refresh_from_db()
    after = {"title": reply.title, "text": reply.text}
    record(
        actor=actor, verb="reply.changed", subject=reply, title=reply.title, changes=changes(before, after)
    )
    return reply


@action
def retire_reply(*, actor: Actor, reply: ReplyTemplate) -> None:
    """No longer offered."""
    _may_reply(actor)
    rows = ReplyTemplate.objects.filter(pk=reply.pk, community_id=actor.community_id, is_active=True)
    if not rows.update(is_active=False, version=F("version") + 1):
        raise Overtaken("这条回复已经收起来了")
    record(actor=actor, verb="reply.retired", subject=reply, title=reply.title)
