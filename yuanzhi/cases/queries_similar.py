"""Cases that say the same, found through an index: likely duplicates, and solved ones worth a look.

`CaseShingle` keeps a dozen signs of every case. A text asks with two dozen; of each, only the newest
cases are read, so that the work is the same at ten thousand cases and at a million.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.registry.models import Building, Enterprise

from .access import SEE_CASE
from .models import Answer, Case, CaseShingle
from .queries import visible_to
from .queries_knowledge import offer
from .similar import ALIKE, ASKED, DUPLICATE, Marks, closest, marks_of, signs_of
from .states import State

PER_SIGN = 80  # the newest cases of one sign that are looked at
COMPARED = 48  # cases whose words are read and compared
NEARBY = 60  # the newest cases of the enterprise or building that are compared
LATELY = dt.timedelta(days=30)
FOR_SHOWING = ("enterprise", "desk", "item", "building")


@dataclass(frozen=True)
class Like:
    """A case and how alike it is, 0 to 1."""

    case: Case
    likeness: float

    @property
    def percent(self) -> int:
        return round(self.likeness * 100)


@dataclass(frozen=True)
class Alike:
    """What is shown beside a need that comes in."""

    duplicates: tuple[Like, ...] = ()
    solved: tuple[Like, ...] = ()
    answers: tuple[Answer, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.duplicates or self.solved or self.answers)


def alike(
    actor: Actor,
    *,
    title: str,
    words: str,
    enterprise: Enterprise | None = None,
    building: Building | None = None,
    but: int | None = None,
    item_id: int | None = None,
    limit: int = 3,
) -> Alike:
    """Likely duplicates, solved cases and published answers, as far as the actor may see them.

    Five queries at most. `but`: the case itself, on its own page.
    """
    mine = marks_of(title, words)
    if mine.is_empty:
        return Alike()
    answers = tuple(offer(actor.community_id, f"{title}\n{words}", item_id=item_id, limit=limit))
    if not actor.may(SEE_CASE):
        return Alike(answers=answers)
    twins = _duplicates(actor, mine, enterprise, building, but, limit)
    solved = _solved(actor, mine, title, words, {but, *(row.case.pk for row in twins)}, limit)
    return Alike(tuple(twins), tuple(solved), answers)


def _duplicates(
    actor: Actor,
    mine: Marks,
    enterprise: Enterprise | None,
    building: Building | None,
    but: int | None,
    limit: int,
) -> list[Like]:
    """Of the same enterprise or building, of the last thirty days, and saying much the same."""
    # By the place alone, without community or day: with those the planner walks all of the last month.
    since = clock.now() - LATELY
    ids: set[int] = set()
    for where in (_of(enterprise_id=enterprise), _of(building_id=building)):
        if where is not None:
            ids.update(Case.objects.filter(where).order_by("-pk").values_list("pk", flat=True)[:NEARBY])
    rows = visible_to(actor).filter(pk__in=ids - {but}).exclude(state=State.MERGED)
    near = {
        pk: (title, words)
        for pk, title, words, at in rows.values_list("pk", "title", "words", "opened_at")
        if at >= since
    }
    return _closest(actor, mine, near, least=DUPLICATE, limit=limit)


def _of(**row: Enterprise | Building | None) -> Q | None:
    (column, value), *_ = row.items()
    return Q(**{column: value.pk}) if value is not None else None


def _solved(
    actor: Actor, mine: Marks, title: str, words: str, but: set[int | None], limit: int
) -> list[Like]:
    """Closed with an outcome, anywhere in the community."""
    ids = [pk for pk in candidates(actor.community_id, title, words) if pk not in but][:COMPARED]
    rows = (
        visible_to(actor).filter(pk__in=ids, state__in=[State.CONFIRMED, State.RESOLVED]).exclude(outcome="")
    )
    texts = {pk: (head, body) for pk, head, body in rows.values_list("pk", "title", "words")}
    return _closest(actor, mine, texts, least=ALIKE, limit=limit)


def _closest(
    actor: Actor, mine: Marks, texts: dict[int, tuple[str, str]], *, least: float, limit: int
) -> list[Like]:
    best = closest(mine, ((pk, marks_of(*text)) for pk, text in texts.items()), least=least, limit=limit)
    if not best:
        return []
    rows = visible_to(actor).select_related(*FOR_SHOWING).in_bulk([pk for pk, _ in best])
    return [Like(rows[pk], score) for pk, score in best if pk in rows]


def candidates(community_id: int, title: str, words: str) -> list[int]:
    """Ids of cases that share signs with a text, those that share most first. One query.

    The newest of each sign, by one index range each: portable SQL, but a limit inside a union is more than
    the ORM says on both databases.
    """
    signs = signs_of(title, words, ASKED)
    if not signs:
        return []
    table = connection.ops.quote_name(CaseShingle._meta.db_table)
    one = (
        f"SELECT * FROM (SELECT case_id FROM {table} WHERE community_id = %s AND sign = %s "
        f"ORDER BY community_id DESC, sign DESC, case_id DESC LIMIT {PER_SIGN}) AS newest"
    )
    params = [value for sign in signs for value in (community_id, sign)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(signs)), params)
        counted = Counter(row[0] for row in cursor.fetchall())
    return sorted(counted, key=lambda pk: (-counted[pk], -pk))
