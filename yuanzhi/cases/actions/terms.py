"""What a community agrees on about handling cases: what is tight, what too long, when people are told."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import EDIT_TERMS
from ..models import Case, CaseTerms
from ..promises import DIGESTS
from ..states import OPEN

AGREED = ("amber_hours", "wait_days", "call_back_days", "return_days", "digests")


def terms_of(community_id: int) -> CaseTerms:
    """What was agreed on; where nothing was, the product's defaults, not kept. One query."""
    found = CaseTerms.objects.filter(community_id=community_id).first()
    return found or CaseTerms(community_id=community_id, digests=list(DIGESTS), version=0)


@action
def agree_terms(*, actor: Actor, seen: int, **agreed: Any) -> bool:
    """Agree on terms; `seen` is the version they were changed from (0: none kept yet). False: nothing new.

    Every open case is looked at again, since what is tight or too long has changed.
    """
    if not actor.is_system and not actor.may(EDIT_TERMS):
        raise Refused("办理约定由书记（站长）定")
    terms, _ = CaseTerms.objects.get_or_create(
        community_id=actor.community_id, defaults={"digests": list(DIGESTS), "version": 0}
    )
    before = {name: getattr(terms, name) for name in AGREED}
    after = {name: agreed[name] for name in AGREED}
    if not (moved := changes(before, after)):
        return False
    kept = CaseTerms.objects.filter(pk=terms.pk, version=seen)
    if not kept.update(**after, version=F("version") + 1):
        raise Overtaken("办理约定刚被别人改过：刷新看看改成了什么，再改")
    Case.objects.filter(community_id=actor.community_id, state__in=sorted(OPEN)).update(look_at=clock.now())
    record(actor=actor, verb="terms.agreed", subject=f"community:{actor.community_id}", changes=moved)
    return True
