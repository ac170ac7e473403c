"""Guest links: for an officer or an expert without an account, one thing of one case, for some days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor, by_link
from yuanzhi.cases.actions.telling import context_of
from yuanzhi.cases.models import Case
from yuanzhi.cases.queries import visible_to as cases_visible_to
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import COORDINATE
from ..models import Ask, Coordination, GuestLink
from ..states import CoordinationState
from ..tokens import digest_of, new_token
from .said import said

DAYS = 7
MOST_DAYS = 30
MOST_LINKS = 5  # alive for one thing at a time


@dataclass(frozen=True)
class Made:
    """A link and its token. `token` is "" when the same form was sent twice: it was shown the first time."""

    link: GuestLink
    token: str


def permit_case(actor: Actor, verb: Verb, case: Case) -> None:
    """Raise Refused unless the actor may do `verb` on this case."""
    if actor.is_system and actor.community_id == case.community_id:
        return
    if not cases_visible_to(actor, verb).filter(pk=case.pk).exists():
        raise Refused(f"这件诉求不由您{verb.name}：请转给经办人")


@action
def make_link(
    *,
    actor: Actor,
    name: str,
    coordination: Coordination | None = None,
    ask: Ask | None = None,
    days: int = DAYS,
    verb: Verb = COORDINATE,
    once: str | None = None,
) -> Made:
    """A link for `name` to one coordination or one ask. The token is given back here and nowhere else."""
    case = _case_of(coordination, ask)
    permit_case(actor, verb, case)
    name = said(name, 40, missing="链接给谁？写个名字，答复会记在这个名字下", line=True)
    if not 1 <= days <= MOST_DAYS:
        raise Refused(f"链接的有效期请选 1 到 {MOST_DAYS} 天")
    if case.state not in OPEN:
        raise Refused("这件诉求已经办完了，不用再发链接")
    if coordination is not None and coordination.state not in (
        CoordinationState.SENT,
        CoordinationState.ACCEPTED,
    ):
        raise Refused("这次协同已经有结果了，不用再发链接")
    if ask is not None and ask.state != Ask.State.ASKED and ask.state != Ask.State.ACCEPTED:
        raise Refused("这位专家已经不用答复了，不用再发链接")
    mark = f"{case.pk}:{once[:40]}" if once else None
    if mark and (twin := GuestLink.objects.filter(once=mark).first()) is not None:
        return Made(twin, "")
    now = clock.now()
    alive = GuestLink.objects.filter(coordination=coordination, ask=ask, revoked_at=None, expires_at__gt=now)
    if alive.count() >= MOST_LINKS:
        raise Refused(f"这件事已经发了 {MOST_LINKS} 个还有效的链接：请先收回用不着的")
    token = new_token()
    link = GuestLink.objects.create(
        community_id=case.community_id,
        case=case,
        coordination=coordination,
        ask=ask,
        digest=digest_of(token),
        name=name,
        expires_at=now + dt.timedelta(days=days),
        created_by_label=actor.label,
        created_at=now,
        once=mark,
    )
    record(
        actor=actor,
        verb="link.made",
        subject=case,
        context=context_of(case),
        name=name,
        link=link.pk,
        days=days,
        department=coordination.department.short if coordination else "",
    )
    return Made(link, token)


def _case_of(coordination: Coordination | None, ask: Ask | None) -> Case:
    if (coordination is None) == (ask is None):
        raise ValueError("a link is for one coordination or for one ask")
    return coordination.case if coordination is not None else ask.referral.case  # type: ignore[union-attr]


@action
def revoke_link(*, actor: Actor, link: GuestLink, verb: Verb = COORDINATE) -> GuestLink:
    """From now on the link opens nothing."""
    permit_case(actor, verb, link.case)
    if not GuestLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=clock.now()):
        raise Overtaken("这个链接已经收回了")
    link.refresh_from_db()
    record(
        actor=actor,
        verb="link.revoked",
        subject=link.case,
        context=context_of(link.case),
        name=link.name,
        link=link.pk,
    )
    return link


def guest(link: GuestLink) -> Actor:
    """Who acts with this link in hand."""
    return by_link(link.community_id, f"{link.name}（凭链接）"[:60])


def spend(link: GuestLink, *, coordination: Coordination | None = None, ask: Ask | None = None) -> None:
    """Count one act by a link, inside that act's transaction. Raises Refused unless it holds for it.

    Deciding and counting are one guarded update: a link revoked or run out a moment ago lets nothing through.
    """
    wanted = (coordination.pk if coordination else None, ask.pk if ask else None)
    if (link.coordination_id, link.ask_id) != wanted:
        raise Refused("这个链接不是这件事的：请打开发给您的那一个")
    now = clock.now()
    rows = GuestLink.objects.filter(pk=link.pk, revoked_at=None, expires_at__gt=now)
    if not rows.update(uses=F("uses") + 1, used_at=now):
        raise Refused("这个链接已经收回或过期了：请向社区要一个新的")
