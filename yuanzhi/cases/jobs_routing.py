"""Background work of routing: learning at night, finding signs for old cases, long dry runs."""

from __future__ import annotations

from yuanzhi.accounts.actor import system
from yuanzhi.kernel.jobs import check_lease, daily, enqueue, job, periodic
from yuanzhi.registry.queries import community_ids

from .actions.learning import keep_lesson
from .actions.trials import carry_on
from .models import RoutingTrial
from .queries_learning import closed_since, hints_of, newest, samples_of
from .shingles import index_cases, not_indexed

CHUNK = 500


@periodic("cases.learn", daily("02:10"))
@job(name="安排夜里的学习")
def learn_all() -> int:
    """One job a community, so that one that fails doesn't stop the rest."""
    ids = community_ids()
    for community_id in ids:
        known = newest(community_id)
        if known is None or closed_since(community_id, known.trained_at):
            enqueue(learn, community_id, known.pk if known else 0)
    return len(ids)


@job(name="从办结的诉求里学怎么派件", attempts=3)
def learn(community_id: int, after: int, asked: bool = False) -> str:
    """Learn from the newest closed cases of a community. `after`: the model there was when this was planned;
    a run that finds a newer one has nothing left to do. Too few cases: nothing is kept, and that is fine."""
    from .learning.fit import TooFew, fit

    known = newest(community_id)
    if known is not None and known.pk != after:
        return "already learned"
    if known is not None and not asked and not closed_since(community_id, known.trained_at):
        return "nothing new"
    try:
        lesson = fit(samples_of(community_id), hints=hints_of(community_id))
    except TooFew as few:
        return str(few)
    keep_lesson(actor=system(community_id, "派件学习"), lesson=lesson)
    return f"{lesson.cases} cases, {lesson.score:.3f}"


@periodic("cases.index_signs", daily("02:40"))
@job(name="给旧诉求补查重索引")
def index_signs() -> int:
    """Make cases findable that were written before there was an index, or past it. Idempotent."""
    done, after = 0, 0
    while True:
        bare, after = not_indexed(after, CHUNK)
        index_cases(bare)
        done += len(bare)
        if not after:
            return done


@job(name="试跑派件规则", attempts=3)
def run_trial(trial_id: int) -> int:
    """Carry a dry run to its end, piece by piece; a second run goes on where the first one stopped."""
    trial = RoutingTrial.objects.filter(pk=trial_id).first()
    if trial is None:
        return 0  # thrown away meanwhile
    while carry_on(trial):
        check_lease()
    trial.refresh_from_db()
    return trial.seen
