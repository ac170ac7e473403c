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

from . import bulk

BATCH = 20_000
OPEN_SHARE = 0.04  # of the cases; the others lie in the archive
_DONE = ("confirmed", "confirmed", "confirmed", "confirmed", "declined", "withdrawn")
_TITLES = ("房租怎么减", "门口路灯坏了", "想办人才公寓", "社保断缴")
_AT_WORK = ("received", "accepted", "in_progress", "in_progress", "waiting", "reopened")


def enlarge(community_id: int, size: int, seed: int = 11) -> int:
    """Bring a community built by the demo to `size` enterprises; returns how many it has then."""
    from yuanzhi.kernel.models import HistoryEntry
    from yuanzhi.registry.models import Contact, Enterprise, Tenancy

    base = Enterprise.objects.filter(community_id=community_id, merged_into=None)
    models = list(base.order_by("pk").values())
    missing = size - len(models)
    if missing <= 0:
        return len(models)
    crowd = Crowd(community_id, models, seed)
    with bulk.without_indexes(Enterprise, Tenancy, Contact, HistoryEntry):
        crowd.write(missing)
    bulk.index(crowd.documents(missing))
    settled()
    return size


class Crowd:
    """Enterprises in the shape of the demo's: the same numbers and seed give the same ones."""

    def __init__(self, community_id: int, models: list[dict[str, Any]], seed: int) -> None:
        from yuanzhi.kernel.models import ChainHead, HistoryEntry
        from yuanzhi.registry.models import Contact, Enterprise, Tenancy

        self.community_id, self.models, self.seed = community_id, models, seed
        self.head, _ = ChainHead.objects.get_or_create(chain=community_id)
        self.firms, self.seats = bulk.Pour(Enterprise), bulk.Pour(Tenancy)
        self.people, self.entries = bulk.Pour(Contact), bulk.Pour(HistoryEntry)
        self.first = self.firms.next

    def drawn(self, count: int) -> Iterator[tuple[int, dict[str, Any], str, str, str, dt.datetime]]:
        """(number from 0, model, name, 字号, code, last change) of each."""
        from yuanzhi.registry.rules.uscc import check_sign

        chance = random.Random(self.seed)
        for number, (name, brand) in enumerate(islice(_names(count, self.seed), count)):
            model = chance.choice(self.models)
            stem = f"91330110MB{number:07d}"
            when = model["updated_at"] - dt.timedelta(minutes=chance.randrange(60, 2_000_000))
            yield number, model, name, brand, stem + check_sign(stem) if model["uscc"] else "", when

    def write(self, count: int) -> None:
        """All rows but the search index."""
        from django.db import connection, transaction

        from yuanzhi.kernel.models import ChainHead
        from yuanzhi.registry.rules.names import name_key

        moment = connection.ops.adapt_datetimefield_value
        pattern = {m["id"]: self.firms.pattern({k: v for k, v in m.items() if k != "id"} | {"parent_id": None})
                   for m in self.models}  # fmt: skip
        seat = {m["id"]: self.seats.pattern(_seat(m)) for m in self.models if m["park_id"]}
        person = self.people.pattern({"name": "联系人", "phone_masked": "138****0000"})
        entry = self.entries.pattern({"chain": self.community_id, "actor_label": "系统",
                                      "verb": "enterprise.registered", "data": '{"source":"测速"}'})  # fmt: skip
        at_firm = self.firms.places("id", "name", "short_name", "name_key", "uscc", "updated_at")
        at_seat = self.seats.places("id", "enterprise_id")
        at_person = self.people.places("id", "enterprise_id", "phone_mark")
        at_entry = self.entries.places("id", "seq", "at", "subject", "digest")
        stream = self.drawn(count)
        while part := list(islice(stream, BATCH)):
            firms, seats, people, entries = [], [], [], []
            for number, model, name, brand, code, when in part:
                pk, seq, then = self.first + number, self.head.seq + 1 + number, moment(when)
                firms.append(
                    _over(pattern[model["id"]], at_firm, (pk, name, brand, name_key(name), code, then))
                )
                if model["park_id"]:
                    seats.append(_over(seat[model["id"]], at_seat, (self.seats.next + number, pk)))
                mark = f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}"
                people.append(_over(person, at_person, (self.people.next + number, pk, mark)))
                told = (self.entries.next + number, seq, then, f"enterprise:{pk}", f"{seq:064x}")
                entries.append(_over(entry, at_entry, told))
            with transaction.atomic():
                for pour, rows in ((self.firms, firms), (self.seats, seats), (self.people, people),
                                   (self.entries, entries)):  # fmt: skip
                    pour.write(rows)
        ChainHead.objects.filter(chain=self.community_id).update(seq=self.head.seq + count)
        for pour in (self.firms, self.seats, self.people, self.entries):
            pour.done()

    def documents(self, count: int) -> Iterator[Any]:
        """What the search index is told of each."""
        from yuanzhi.registry.models import Enterprise
        from yuanzhi.registry.search import SearchDoc

        for number, model, name, brand, code, _ in self.drawn(count):
            yield SearchDoc(
                id=self.first + number, community_id=self.community_id, park_id=model["park_id"], name=name,
                short_name=brand, uscc=code, live=model["status"] in Enterprise.LIVE,
            )  # fmt: skip


def _over(pattern: list[Any], places: Sequence[int], values: Sequence[Any]) -> list[Any]:
    row = pattern.copy()
    for place, value in zip(places, values, strict=True):
        row[place] = value
    return row


def _seat(model: dict[str, Any]) -> dict[str, Any]:
    where = {key: model[key] for key in ("park_id", "building_id", "unit_id")}
    return where | {"valid_from": model["established_on"], "arrival": "known"}


def _names(size: int, seed: int) -> Iterator[tuple[str, str]]:
    """(name, 字号), composed like those of the search bench."""
    from yuanzhi.registry.search import brand

    from .search import register

    return ((doc.name, brand(doc.name)) for doc in register(size, seed))


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
