"""A large table is read in a process beside the one that writes: the same comes of it, also when that one dies."""

from __future__ import annotations

import pytest

from yuanzhi.kernel import beside, history, many
from yuanzhi.kernel.imports import portions, run
from yuanzhi.kernel.imports.store import path_of
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.sealed import unseal
from yuanzhi.registry.imports import kind
from yuanzhi.registry.models import Contact, Enterprise
from yuanzhi.registry.search import search

from .importing import HEAD, brought_in, code_of, counts, csv_of, dump, line, said, uploaded, xlsx_of

pytestmark = pytest.mark.django_db
ROWS = 130


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch):
    monkeypatch.setattr(run, "CHUNK", 40)
    monkeypatch.setattr(beside, "cores", lambda: 2)


def rows() -> list[list]:
    """New ones, some doubtful, some that can't be taken."""
    made = [
        line(2000 + n, 联系人="甲", 联系电话=f"1390000{n:04d}", 从业人数=n, 成立日期="2019-03-05")
        for n in range(ROWS)
    ]
    made[5][1] = made[6][1]
    made[7][0] = ""
    made[8][9] = "12"
    return [HEAD, *made]


def plain() -> dict:
    """The register without ids, moments and sealed numbers (sealed anew each time)."""
    left_out = {"id", "enterprise_id", "source_id", "provenance", "created_at", "updated_at", "phone_sealed", "batch_id"}  # fmt: skip
    return {
        name: [{key: value for key, value in row.items() if key not in left_out} for row in table]
        for name, table in dump().items()
    }


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_read_beside_or_here_it_is_the_same(world, monkeypatch, form):
    data = csv_of(rows()) if form == "csv" else xlsx_of(rows())
    monkeypatch.setattr(run, "LARGE", 10**9)
    before = dump()
    here = brought_in(world, data, f"名单.{form}")
    register, told, figures = plain(), said(here), counts(here)
    entries = HistoryEntry.objects.filter(cause=run.origin(here)).order_by("seq").values_list("verb", "data")
    story = list(entries)
    run.undo(here.pk)
    assert dump() == before
    started = []
    start = beside._start
    monkeypatch.setattr(beside, "_start", lambda: started.append(1) or start())
    monkeypatch.setattr(run, "LARGE", 1)
    there = brought_in(world, data, f"名单.{form}")
    assert started, "a second process was at it"
    assert (plain(), said(there), counts(there)) == (register, told, figures)
    entries = HistoryEntry.objects.filter(cause=run.origin(there)).order_by("seq").values_list("verb", "data")
    assert list(entries) == story and history.verify_all() == []
    one = Contact.objects.get(enterprise__uscc=code_of(2031))
    assert unseal(one.phone_sealed) == "13900000031", "sealed over there with this house's key"
    found = search(one.enterprise.name, community_id=world.community.pk, scope=None)
    assert [hit.id for hit in found][:1] == [one.enterprise_id]
    again = brought_in(world, data, f"名单.{form}")
    assert counts(again) == (0, 0, figures[0], figures[3])


def test_a_reader_that_dies_is_told_and_the_import_goes_on_from_there(world, monkeypatch):
    monkeypatch.setattr(run, "LARGE", 1)
    batch = uploaded(world, csv_of(rows()))
    take = run._take

    def dies(batch, going, portion, pace):
        take(batch, going, portion, pace)
        if portion.last > 60:
            going._beside._process.kill()

    with monkeypatch.context() as patch:
        patch.setattr(run, "_take", dies)
        patch.setattr(beside, "AHEAD", 1)
        run.commit(batch.pk)
    cut = run.load(batch.pk)
    assert cut.state == "failed" and "中途停了" in cut.message and 60 < cut.cursor < ROWS
    run.commit(batch.pk)
    created, updated, unchanged, rejected = counts(batch)
    assert (updated, unchanged, created + rejected) == (0, 0, ROWS) and run.load(batch.pk).state == "done"
    assert Enterprise.objects.filter(uscc__startswith="91330110MA002").count() == created


def test_a_table_that_can_not_be_read_over_there_is_refused_with_its_sentence(world, monkeypatch):
    monkeypatch.setattr(run, "LARGE", 1)
    batch = uploaded(world, csv_of(rows()))
    path_of(batch).write_bytes(b"%PDF-1.4 changed on the disk")
    failed = run.commit(batch.pk)
    assert failed.state == "failed" and "PDF" in failed.message


def test_the_database_takes_stock_early_and_only_when_the_register_has_grown(world, monkeypatch):
    """PostgreSQL looked codes up by reading the whole community, by what it knew of an empty table."""
    learned = []
    monkeypatch.setattr(kind, "learn", lambda model: (learned.append(model), many.learn(model)))
    brought_in(world, csv_of(rows()))
    assert learned == [Enterprise], "after the first rows, not after each of four chunks"
    brought_in(world, csv_of(rows()))
    assert learned == [Enterprise], "a table that brings nothing new teaches nothing"


def test_what_only_new_rows_need_is_not_made_for_known_ones(world, monkeypatch):
    asked = []
    answer = portions.Reading.__call__

    def noting(self, eager):
        asked.append(eager)
        return answer(self, eager)

    monkeypatch.setattr(portions.Reading, "__call__", noting)
    data = csv_of(rows())
    brought_in(world, data)
    assert all(asked)
    asked.clear()
    brought_in(world, data)
    assert asked[0] and not asked[-1] and sum(asked) <= 3
    asked.clear()
    run.check(uploaded(world, data).pk)
    assert not any(asked)
