"""The chain: complete, in order, and every tampering found and named."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest
from django.db import connection, transaction

from yuanzhi.kernel import history
from yuanzhi.kernel.history import HOUSE, OutsideAction, action, cause, record, verify
from yuanzhi.kernel.models import ChainHead, HistoryEntry


@dataclass(frozen=True)
class Somebody:
    """Whoever acts: the kernel knows no accounts."""

    community_id: int = HOUSE
    user_id: int | None = None
    label: str = "测试"


ACTOR = Somebody(7)


@action
def do(*, actor, what, fail=False, **more):
    record(actor=actor, verb="thing.done", subject=f"thing:{what}", **more)
    if fail:
        raise ValueError("no")
    return what


@action
def do_both(*, actor, fail_second=False):
    do(actor=actor, what="a")
    try:
        do(actor=actor, what="b", fail=fail_second)
    except ValueError:
        pass
    record(actor=actor, verb="both.done", subject="thing:ab")


pytestmark = pytest.mark.django_db


def verbs():
    return list(HistoryEntry.objects.order_by("seq").values_list("verb", flat=True))


def test_entries_are_chained_in_order():
    for index in range(5):
        do(actor=ACTOR, what=index, changes={"x": [index, index + 1]})
    assert list(HistoryEntry.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert HistoryEntry.objects.last().details == {"changes": {"x": [4, 5]}}
    assert verify(7) is None


def test_a_failed_action_leaves_nothing():
    with pytest.raises(ValueError, match="no"):
        do(actor=ACTOR, what=1, fail=True)
    assert verbs() == []
    do(actor=ACTOR, what=2)
    assert verify(7) is None


def test_nested_actions_share_one_history():
    do_both(actor=ACTOR)
    assert verbs() == ["thing.done", "thing.done", "both.done"]


def test_what_an_inner_action_undid_is_not_told():
    do_both(actor=ACTOR, fail_second=True)
    assert verbs() == ["thing.done", "both.done"]
    assert verify(7) is None


def test_recording_outside_an_action_is_a_mistake():
    with pytest.raises(OutsideAction):
        record(actor=ACTOR, verb="x", subject="y:1")


def test_an_action_must_name_its_actor():
    with pytest.raises(TypeError, match="keyword-only"):
        action(lambda actor: None)
    with pytest.raises(TypeError, match="actor"):

        @action
        def wrong(*, what):
            pass


def test_causes_mark_what_belongs_together():
    with cause("import:3"):
        do(actor=ACTOR, what=1)
    do(actor=ACTOR, what=2)
    assert list(HistoryEntry.objects.values_list("cause", flat=True)) == ["import:3", ""]


def test_chains_are_apart():
    do(actor=ACTOR, what=1)
    do(actor=Somebody(8), what=1)
    do(actor=Somebody(), what=1)
    assert sorted(ChainHead.objects.values_list("chain", "seq")) == [(HOUSE, 1), (7, 1), (8, 1)]


TAMPERINGS = [
    ("a changed text", lambda e: e.filter(seq=3).update(data='{"x":1}'), 3, "被改过"),
    ("a changed actor", lambda e: e.filter(seq=2).update(actor_label="别人"), 2, "被改过"),
    ("a changed time", lambda e: e.filter(seq=4).update(at="2020-01-01T00:00:00Z"), 4, "被改过"),
    ("another subject", lambda e: e.filter(seq=1).update(subject="thing:9"), 1, "被改过"),
    ("one taken out", lambda e: e.filter(seq=3).delete(), 3, "不见了"),
    ("the end cut off", lambda e: e.filter(seq__gte=5).delete(), 5, "结尾"),
    ("everything gone", lambda e: e.all().delete(), 1, "结尾"),
]


@pytest.mark.parametrize(("name", "tamper", "seq", "reason"), TAMPERINGS, ids=[t[0] for t in TAMPERINGS])
def test_tampering_is_found_and_named(name, tamper, seq, reason):
    for index in range(5):
        do(actor=ACTOR, what=index)
    assert verify(7) is None
    tamper(HistoryEntry.objects.filter(chain=7))
    broken = verify(7)
    assert (broken.chain, broken.seq) == (7, seq)
    assert reason in broken.reason
    assert history.verify_all() == [broken]


def test_a_forger_without_the_key_is_found(settings):
    for index in range(3):
        do(actor=ACTOR, what=index)
    key = settings.DATA_KEY
    settings.DATA_KEY = "another"  # the forger recomputes the whole chain, but has not the key
    forger, previous = history._key(), ""
    for entry in HistoryEntry.objects.order_by("seq"):
        entry.data = '{"forged":true}'
        entry.digest = previous = history.digest_of(previous, entry.seq, entry, forger)
        entry.save()
    ChainHead.objects.filter(chain=7).update(digest=previous)
    settings.DATA_KEY = key
    assert verify(7).seq == 1


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_unbroken_chain():
    errors = []

    def write(number):
        try:
            for index in range(10):
                do(actor=ACTOR, what=f"{number}-{index}")
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("an in-memory SQLite has one connection only; PostgreSQL and bench/writers show this")
    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert errors == []
    assert HistoryEntry.objects.filter(chain=7).count() == 60
    assert verify(7) is None


def test_numbers_have_no_gaps_when_rolled_back():
    from yuanzhi.kernel.numbering import next_number

    with transaction.atomic():
        assert next_number("t") == 1
    with pytest.raises(ValueError), transaction.atomic():
        next_number("t")
        raise ValueError
    with transaction.atomic():
        assert next_number("t") == 2
