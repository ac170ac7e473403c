"""The one door for writes: `@action`, and `record` inside it.

An action is keyword-only, names its `actor`, runs in one transaction and leaves at least one history
entry. Entries are gathered while the outermost action runs and appended to the chain at its very end:
the chain's row lock is then held for a moment only, and two actions can't wait for each other crosswise.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, NamedTuple, ParamSpec, Protocol, TypeVar

from django.conf import settings
from django.db import connection, models, transaction

from . import clock
from .canonical import canonical as canonical
from .many import insert_rows
from .models.history import ChainHead, HistoryEntry
from .turns import turn

P = ParamSpec("P")
R = TypeVar("R")

HOUSE = 0  # the chain of what belongs to no community


class Acting(Protocol):
    """Who acts: an account, a link in somebody's hand, or the system itself."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def label(self) -> str: ...
    @property
    def community_id(self) -> int: ...  # HOUSE for none


class Draft(NamedTuple):
    """An entry before it has its place in the chain."""

    chain: int
    verb: str
    subject: str
    context: str
    cause: str
    data: str
    actor_id: int | None
    actor_label: str
    at: dt.datetime


@dataclass
class _Unit:
    drafts: list[Draft] = field(default_factory=list)


_current: ContextVar[_Unit | None] = ContextVar("yuanzhi_action", default=None)
_cause: ContextVar[str] = ContextVar("yuanzhi_cause", default="")


class OutsideAction(RuntimeError):
    """Something was recorded outside an action: a mistake of the programmer."""


def action(fn: Callable[P, R]) -> Callable[P, R]:
    """Make `fn` a door for writes: keyword-only, `actor=`, atomic, recorded.

    Nested actions join the outer one's transaction and history. An exception undoes all of it.
    """
    parameters = inspect.signature(fn).parameters
    named = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    if "actor" not in parameters or any(p.kind not in named for p in parameters.values()):
        raise TypeError(f"{fn.__qualname__}: an action takes keyword-only arguments, `actor` among them")

    @functools.wraps(fn)
    def door(*args: P.args, **kwargs: P.kwargs) -> R:
        outer = _current.get()
        if outer is not None:
            mark = len(outer.drafts)
            try:
                with transaction.atomic():
                    return fn(*args, **kwargs)
            except BaseException:
                del outer.drafts[mark:]  # what was undone is not told
                raise
        unit = _Unit()
        token = _current.set(unit)
        try:
            with turn(), transaction.atomic():
                result = fn(*args, **kwargs)
                append(unit.drafts)
                return result
        finally:
            _current.reset(token)

    door.is_action = True  # type: ignore[attr-defined]
    return door


@contextmanager
def cause(name: str) -> Iterator[None]:
    """Everything recorded inside carries this cause, e.g. "import:7"."""
    token = _cause.set(name)
    try:
        yield
    finally:
        _cause.reset(token)


def ref(obj: models.Model | str) -> str:
    """The short name of a row in the history: "enterprise:12"."""
    return obj if isinstance(obj, str) else f"{obj._meta.model_name}:{obj.pk}"


def draft(
    *,
    actor: Acting,
    verb: str,
    subject: models.Model | str,
    context: models.Model | str = "",
    chain: int | None = None,
    at: dt.datetime | None = None,
    cause: str = "",
    **data: Any,
) -> Draft:
    """Prepare an entry. `data` must hold no phone number or other sealed value: history can't forget."""
    return Draft(
        chain=actor.community_id if chain is None else chain,
        verb=verb,
        subject=ref(subject),
        context=ref(context) if context else "",
        cause=cause or _cause.get(),
        data=canonical(data),
        actor_id=actor.user_id,
        actor_label=actor.label,
        at=at or clock.now(),
    )


def told(actor: Acting, verb: str, subject: str, data: str, at: dt.datetime) -> Draft:
    """The same as `draft` where the data is canonical text already (imports prepare it beforehand)."""
    return Draft(actor.community_id, verb, subject, "", _cause.get(), data, actor.user_id, actor.label, at)


def record(**entry: Any) -> None:
    """Note what the running action did (arguments of `draft`). Raises OutsideAction elsewhere."""
    unit = _current.get()
    if unit is None:
        raise OutsideAction("record() belongs inside an @action")
    unit.drafts.append(draft(**entry))


def record_many(drafts: Iterable[Draft]) -> None:
    """Note many prepared entries at once (imports)."""
    unit = _current.get()
    if unit is None:
        raise OutsideAction("record_many() belongs inside an @action")
    unit.drafts.extend(drafts)


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, list[Any]]:
    """{field: [old, new]} for what differs between two plain snapshots."""
    return {key: [before.get(key), new] for key, new in after.items() if before.get(key) != new}


# -- the chain ---------------------------------------------------------------------------------------


def _key() -> bytes:
    # Keyed, so that whoever can write to the database but can't read the data key can't forge a chain.
    return hashlib.blake2b(settings.DATA_KEY.encode(), person=b"history", digest_size=32).digest()


def digest_of(previous: str, seq: int, item: Draft | HistoryEntry, key: bytes) -> str:
    """The digest of an entry: BLAKE2b keyed with the data key over the previous digest and all fields."""
    return _digest(previous, seq, item, item.at.astimezone(dt.UTC).isoformat(), key)


def _digest(previous: str, seq: int, item: Draft | HistoryEntry, at: str, key: bytes) -> str:
    text = (
        f"{previous}\x1f{item.chain}\x1f{seq}\x1f{at}\x1f{item.actor_id or ''}\x1f{item.actor_label}"
        f"\x1f{item.verb}\x1f{item.subject}\x1f{item.context}\x1f{item.cause}\x1f{item.data}"
    )
    return hashlib.blake2b(text.encode(), key=key, digest_size=32).hexdigest()


_COLUMNS = (
    "chain", "seq", "at", "actor_id", "actor_label", "verb", "subject", "context", "cause", "data", "digest",
)  # fmt: skip


def append(drafts: list[Draft]) -> None:
    """Put drafts at the end of their chains, in order. Runs inside the action's transaction."""
    by_chain: dict[int, list[Draft]] = {}
    for item in drafts:
        by_chain.setdefault(item.chain, []).append(item)
    key = _key()
    for chain, items in sorted(by_chain.items()):
        ChainHead.objects.bulk_create([ChainHead(chain=chain)], ignore_conflicts=True)
        head = ChainHead.objects.select_for_update().get(chain=chain)
        rows, digest = _linked(items, head, key)
        insert_rows(HistoryEntry._meta.db_table, _COLUMNS, rows)
        ChainHead.objects.filter(chain=chain).update(seq=head.seq + len(rows), digest=digest)


def _linked(items: list[Draft], head: ChainHead, key: bytes) -> tuple[list[tuple[Any, ...]], str]:
    """The rows of these entries behind the chain's head, and the digest it ends with then."""
    seq, digest = head.seq, head.digest
    adapt = connection.ops.adapt_datetimefield_value
    rows: list[tuple[Any, ...]] = []
    last: dt.datetime | None = None
    for item in items:
        if item.at is not last:  # those of an import carry one moment
            last, at, stored = item.at, item.at.astimezone(dt.UTC).isoformat(), adapt(item.at)
        seq += 1
        digest = _digest(digest, seq, item, at, key)
        rows.append(
            (item.chain, seq, stored, item.actor_id, item.actor_label, item.verb, item.subject, item.context,
             item.cause, item.data, digest)
        )  # fmt: skip
    return rows, digest


@dataclass(frozen=True)
class Broken:
    """The first place where a chain does not hold."""

    chain: int
    seq: int
    reason: str


def verify(chain: int) -> Broken | None:
    """Walk a chain from its beginning; None when whole, else the first broken entry and why (Chinese)."""
    key, previous, expected = _key(), "", 1
    entries = HistoryEntry.objects.filter(chain=chain).order_by("seq")
    for entry in entries.iterator(chunk_size=2000):
        if entry.seq != expected:
            return Broken(chain, expected, f"第 {expected} 条不见了，后面直接是第 {entry.seq} 条")
        if digest_of(previous, entry.seq, entry, key) != entry.digest:
            return Broken(
                chain, entry.seq, f"第 {entry.seq} 条（{entry.subject} {entry.verb}）被改过，摘要对不上"
            )
        previous, expected = entry.digest, expected + 1
    head = ChainHead.objects.filter(chain=chain).first()
    if head is not None and (head.seq, head.digest) != (expected - 1, previous):
        return Broken(chain, expected, f"结尾应有 {head.seq} 条，只剩 {expected - 1} 条")
    return None


def verify_all() -> list[Broken]:
    """Every chain's first broken entry; an empty list when all hold."""
    chains = set(ChainHead.objects.values_list("chain", flat=True))
    chains |= set(HistoryEntry.objects.values_list("chain", flat=True).distinct())
    return [broken for chain in sorted(chains) if (broken := verify(chain)) is not None]
