"""Learning anew from the community's own closed cases, at night or when the lead asks for it."""

from __future__ import annotations

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Refused

from ..access import EDIT_ROUTING
from ..learning import to_bytes
from ..learning.lesson import Lesson
from ..models import TextModel
from ..queries_learning import newest

KEPT = 3  # models; the older ones are no use to anybody


@action
def keep_lesson(*, actor: Actor, lesson: Lesson) -> TextModel:
    """Keep what was learned: from now on it is what suggests. Older ones go."""
    if not actor.is_system:
        raise Refused("学习由后台来做")
    model = TextModel.objects.create(
        community_id=actor.community_id,
        trained_at=clock.now(),
        cases=lesson.cases,
        labels=list(lesson.learned.labels),
        score=lesson.score,
        weights=to_bytes(lesson.learned),
    )
    record(
        actor=actor,
        verb="routing.learned",
        subject=model,
        context=f"routing:{actor.community_id}",
        cases=lesson.cases,
        items=len(lesson.learned.labels),
        score=round(lesson.score, 3),
    )
    rows = TextModel.objects.filter(community_id=actor.community_id)
    old = list(rows.order_by("-trained_at", "-pk").values_list("pk", flat=True)[KEPT:])
    TextModel.objects.filter(pk__in=old).delete()
    return model


@action
def ask_to_learn(*, actor: Actor) -> None:
    """Learn anew now, in the background, not only tonight."""
    if not actor.is_system and not actor.may(EDIT_ROUTING):
        raise Refused("派件的规矩由书记（站长）定")
    from yuanzhi.kernel.jobs import enqueue

    from ..jobs_routing import learn

    known = newest(actor.community_id)
    record(
        actor=actor,
        verb="routing.asked_to_learn",
        subject=f"community:{actor.community_id}",
        context=f"routing:{actor.community_id}",
    )
    enqueue(learn, actor.community_id, known.pk if known else 0, True)
