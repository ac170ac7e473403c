"""Publishing what a closed case taught, revising it, taking it down, and counting whom it helped."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.jobs import once
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..access import EDIT_ANSWERS, SEE_ANSWERS
from ..knowledge import reveals
from ..models import Answer, Case, ServiceItem
from ..queries import visible_to
from ..states import State

REVIEW = dt.timedelta(days=365)  # rules change: every answer is looked at again within a year
_FIELDS = ("question", "answer", "words", "item_id", "review_on")


def _permit(actor: Actor) -> None:
    if not actor.may(EDIT_ANSWERS):
        raise Refused("发布和修改解答由窗口专员和书记来做")


def _values(
    question: str, answer: str, words: str, item: ServiceItem | None, review_on: dt.date | None
) -> dict[str, Any]:
    if len(question.strip()) < 4:
        raise Refused("问题写成企业会问的样子，例如“电子合同能不能申请人才公寓？”")
    if len(answer.strip()) < 8:
        raise Refused("回答再写具体些：去哪里、带什么、多久、要不要钱")
    return {
        "question": question.strip()[:120],
        "answer": answer.strip(),
        "words": words.strip()[:200],
        "item_id": item.pk if item else None,
        "review_on": review_on or timezone.localdate() + REVIEW,
    }


def _names(case: Case | None) -> list[str]:
    if case is None:
        return []
    names = [case.speaker, case.owner_name]
    if case.enterprise:
        names += [case.enterprise.name, case.enterprise.short_name]
    return [name for name in names if name]


@action
def write_answer(
    *,
    actor: Actor,
    question: str,
    answer: str,
    words: str = "",
    item: ServiceItem | None = None,
    case: Case | None = None,
    review_on: dt.date | None = None,
    publish: bool = True,
) -> Answer:
    """A new answered question, from a closed case or from scratch. Raises Refused where it names somebody.

    A case gives one; the second attempt is told where the first one is.
    """
    _permit(actor)
    values = _values(question, answer, words, item, review_on)
    if case is not None:
        if not visible_to(actor).filter(pk=case.pk).exists():
            raise Refused("您看不到这件诉求")
        if case.is_confidential:
            raise Refused("私下反映的事不公开：可以另写一条不提这件事的解答")
        if case.state not in (State.RESOLVED, State.CONFIRMED):
            raise Refused("办结以后再公开：结果还没定")
    if why := reveals(f"{question} {answer} {words}", _names(case)):
        raise Refused(why)
    state = Answer.State.PUBLISHED if publish else Answer.State.DRAFT
    now = clock.now()
    try:
        with transaction.atomic():
            made = Answer.objects.create(
                community_id=actor.community_id,
                case=case,
                state=state,
                author_label=actor.label,
                created_at=now,
                published_at=now if publish else None,
                **values,
            )
    except IntegrityError as error:
        raise Refused("这件诉求已经写成解答了：请去修改那一条") from error
    _record(actor, "answer.published" if publish else "answer.drafted", made, {})
    return made


@action
def revise_answer(*, actor: Actor, answer: Answer, seen: int, text: str, **given: Any) -> Answer:
    """Change an answer as it was seen (`seen`: its version); `text`: its words. Raises Refused, Overtaken."""
    _permit(actor)
    before = {field: getattr(answer, field) for field in _FIELDS}
    values = _values(
        given["question"], text, given.get("words", ""), given.get("item"), given.get("review_on")
    )
    if why := reveals(f"{values['question']} {values['answer']} {values['words']}", _names(answer.case)):
        raise Refused(why)
    won = Answer.objects.filter(pk=answer.pk, version=seen).update(**values, version=F("version") + 1)
    if not won:
        raise Overtaken("这条解答刚被别人改过：请看看最新的，再改一次")
    answer.refresh_from_db()
    _record(actor, "answer.revised", answer, changes(before, values))
    return answer


@action
def set_answer_state(*, actor: Actor, answer: Answer, publish: bool) -> Answer:
    """Publish a draft or what was taken down; take down what no longer holds."""
    _permit(actor)
    wanted = Answer.State.PUBLISHED if publish else Answer.State.RETIRED
    if answer.state == wanted:
        return answer
    if publish and (why := reveals(f"{answer.question} {answer.answer}", _names(answer.case))):
        raise Refused(why)
    values: dict[str, Any] = {"state": wanted, "version": F("version") + 1}
    if publish:
        values["published_at"] = clock.now()
    won = Answer.objects.filter(pk=answer.pk, version=answer.version).update(**values)
    if not won:
        raise Overtaken("这条解答刚被别人动过：请刷新看看")
    answer.refresh_from_db()
    _record(actor, "answer.published" if publish else "answer.retired", answer, {})
    return answer


@action
def count_help(*, actor: Actor, answer: Answer, key: str) -> bool:
    """Somebody says that this was all they needed; `key` (who, when) counts once, then answers False."""
    if not actor.may(SEE_ANSWERS) or answer.community_id != actor.community_id:
        raise Refused("这条解答不在您的社区")
    if answer.state != Answer.State.PUBLISHED or not once(f"answer:{answer.pk}:{key}"[:160]):
        return False
    Answer.objects.filter(pk=answer.pk).update(helped=F("helped") + 1)
    record(actor=actor, verb="answer.helped", subject=answer)
    return True


def _record(actor: Actor, verb: str, answer: Answer, changed: dict[str, Any]) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=answer,
        context=f"case:{answer.case_id}" if answer.case_id else "",
        question=answer.question,
        changes=changed,
    )
