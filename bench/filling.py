"""Very large registers, fast, for measuring only: rows are written past the actions, the one door for writes.

What is written looks like the demo's own: each new enterprise takes over where a demo enterprise sits, how it
stands, what is known of it and from which source, under another name and code. It gets a tenancy, a person to
call, an entry in its timeline and its place in the search index. The chain's digests of these entries are
made up: `history verify` would say so.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

BATCH = 5_000
OPEN_SHARE = 0.04  # of the cases; the others lie in the archive
_DONE = ("confirmed", "confirmed", "confirmed", "confirmed", "declined", "withdrawn")
_TITLES = ("房租怎么减", "门口路灯坏了", "想办人才公寓", "社保断缴")
_AT_WORK = ("received", "accepted", "in_progress", "in_progress", "waiting", "reopened")


def enlarge(community_id: int, size: int, seed: int = 11) -> int:
    """Bring a community built by the demo to `size` enterprises; returns how many it has then."""
    from django.db import transaction

    from yuanzhi.registry.models import Enterprise
    from yuanzhi.registry.search.store import backend

    base = Enterprise.objects.filter(community_id=community_id, merged_into=None)
    models = list(base.order_by("pk").values())
    number, have = 0, len(models)
    names, chance = _names(size, seed), random.Random(seed)
    while have < size:
        wanted = min(BATCH, size - have)
        picked = [
            _another(chance.choice(models), name, number + at, chance)
            for at, name in enumerate(islice(names, wanted))
        ]
        with transaction.atomic():
            _write(community_id, picked, chance)
        number, have = number + wanted, have + wanted
    if number:
        backend().settle()
        settled()
    return have


def _names(size: int, seed: int) -> Iterator[tuple[str, str]]:
    """(name, 字号), composed like those of the search bench."""
    from yuanzhi.registry.search import brand

    from .search import register

    return ((doc.name, brand(doc.name)) for doc in register(size, seed))


def _another(model: dict[str, Any], name: tuple[str, str], number: int, chance: random.Random) -> dict:
    from yuanzhi.registry.rules.names import name_key
    from yuanzhi.registry.rules.uscc import check_sign

    stem = f"91330110MB{number:07d}"
    values = {key: value for key, value in model.items() if key != "id"}
    values |= {
        "name": name[0],
        "short_name": name[1],
        "name_key": name_key(name[0]),
        "uscc": stem + check_sign(stem) if model["uscc"] else "",
        "parent_id": None,
        "updated_at": model["updated_at"] - dt.timedelta(minutes=chance.randrange(60, 2_000_000)),
    }
    return values


def _write(community_id: int, picked: Sequence[dict[str, Any]], chance: random.Random) -> None:
    from yuanzhi.kernel.imports.table import Table
    from yuanzhi.registry.models import Contact, Enterprise, Tenancy
    from yuanzhi.registry.search import SearchDoc, reindex

    above = Enterprise.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Table(Enterprise).insert(picked)
    ids = list(Enterprise.objects.filter(pk__gt=above).order_by("pk").values_list("pk", flat=True))
    rows = list(zip(ids, picked, strict=True))
    Table(Tenancy).insert(
        {"enterprise_id": pk, "valid_from": values["established_on"], "arrival": "known"}
        | {key: values[key] for key in ("park_id", "building_id", "unit_id")}
        for pk, values in rows
        if values["park_id"]
    )
    Table(Contact).insert(
        {"enterprise_id": pk, "name": "联系人", "phone_masked": "138****0000",
         "phone_mark": f"{chance.randrange(16**16):016x}"}
        for pk, _ in rows
    )  # fmt: skip
    _tell(
        community_id,
        [(f"enterprise:{pk}", "enterprise.registered", values["updated_at"]) for pk, values in rows],
    )
    reindex(
        SearchDoc(
            id=pk, community_id=community_id, park_id=values["park_id"], name=values["name"],
            short_name=values["short_name"], uscc=values["uscc"], live=values["status"] in Enterprise.LIVE,
        )
        for pk, values in rows
    )  # fmt: skip


def _tell(community_id: int, told: Sequence[tuple[str, str, dt.datetime]]) -> None:
    """Entries of (subject, verb, when) at the end of the chain, with made-up digests."""
    from yuanzhi.kernel.imports.table import Table
    from yuanzhi.kernel.models import ChainHead, HistoryEntry

    head, _ = ChainHead.objects.get_or_create(chain=community_id)
    Table(HistoryEntry).insert(
        {"chain": community_id, "seq": head.seq + at, "at": when, "actor_label": "系统", "verb": verb,
         "subject": subject, "data": '{"source":"测速"}', "digest": f"{head.seq + at:064x}"}
        for at, (subject, verb, when) in enumerate(told, 1)
    )  # fmt: skip
    ChainHead.objects.filter(chain=community_id).update(seq=head.seq + len(told))


def add_cases(community_id: int, count: int, *, archive: bool = False, seed: int = 12) -> None:
    """Add `count` cases of the last three years, of random enterprises; `archive`: all of them done."""
    from django.db import transaction

    from yuanzhi.registry.models import Enterprise

    chance = random.Random(f"{seed} {archive}")
    ids = list(
        Enterprise.objects.filter(community_id=community_id, merged_into=None).values_list("pk", flat=True)
    )
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        with transaction.atomic():
            _write_cases(community_id, size, ids, chance, archive)


def _write_cases(
    community_id: int, count: int, enterprises: list[int], chance: random.Random, archive: bool
) -> None:
    from yuanzhi.accounts.queries import members_of
    from yuanzhi.accounts.roles import Role
    from yuanzhi.cases.models import Case, Desk, Verdict
    from yuanzhi.kernel.imports.table import Table

    desks = list(Desk.objects.filter(community_id=community_id).values_list("pk", flat=True))
    officers = [(m.user_id, m.user.name) for m in members_of(community_id, Role.DESK_OFFICER)]
    above = Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    at_work = 0.0 if archive else OPEN_SHARE
    Table(Case).insert(
        _case(community_id, chance, at_work)
        | {"number": f"SQB-{above + at:07d}", "token": f"{chance.randrange(16**22):022x}",
           "enterprise_id": chance.choice(enterprises), "desk_id": chance.choice(desks)}
        | dict(zip(("owner_id", "owner_name"), chance.choice(officers), strict=True))
        for at in range(1, count + 1)
    )  # fmt: skip
    made = list(Case.objects.filter(pk__gt=above).order_by("pk").values_list("pk", "state", "closed_at"))
    Table(Verdict).insert(
        {"case_id": pk, "round": 1, "is_solved": True, "satisfaction": chance.choice((3, 4, 5, 5)),
         "channel": "link", "rater": "企业", "created_at": closed}
        for pk, state, closed in made
        if state == "confirmed"
    )  # fmt: skip
    opened = dict(Case.objects.filter(pk__gt=above).values_list("pk", "opened_at"))
    _tell(community_id, [(f"case:{pk}", "case.opened", when) for pk, when in opened.items()])


def _case(community_id: int, chance: random.Random, at_work: float) -> dict[str, Any]:
    from django.utils import timezone

    now, draw = timezone.now(), chance.random()
    if draw < at_work:
        state, opened = chance.choice(_AT_WORK), now - dt.timedelta(hours=chance.randrange(1, 200))
    elif draw < at_work * 1.5:
        state, opened = "resolved", now - dt.timedelta(hours=chance.randrange(100, 400))
    else:
        state, opened = chance.choice(_DONE), now - dt.timedelta(days=chance.randrange(10, 1000))
    due = opened + dt.timedelta(hours=chance.randrange(24, 240))
    done = due - dt.timedelta(hours=12)
    return {
        "community_id": community_id, "title": chance.choice(_TITLES),
        "words": "企业在微信里说的原话。", "speaker": "行政", "state": state,
        "opened_at": opened, "promise_from": opened, "response_due": opened + dt.timedelta(hours=4),
        "resolution_due": due, "due_at": due, "response_hours": 4, "resolution_days": 5,
        "paused_at": opened if state == "waiting" else None,
        "resolved_at": None if state in _AT_WORK else done, "closed_at": done if state in _DONE else None,
    }  # fmt: skip


def settled() -> None:
    """What PostgreSQL does by itself after some minutes. SQLite keeps no statistics unless told to."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
