"""Very many rows on either database: ids nobody else gets, and rows found by many values."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from yuanzhi.kernel.imports.pace import HOLD, Pace
from yuanzhi.kernel.imports.table import Table
from yuanzhi.kernel.many import ids_by, log_kept_longer, not_waiting_for_the_disk, reserve_ids
from yuanzhi.kernel.models import ImportBatch

pytestmark = pytest.mark.django_db


def row(number: int, chain: int = 7) -> dict:
    return {
        "chain": chain,
        "kind": "x",
        "filename": f"表{number}\t'“\\",
        "stored": "",
        "options": {"n": number},
    }


@pytest.mark.parametrize("count", [1, 3, 200])
def test_rows_go_in_as_they_are_under_the_ids_reserved_for_them(count):
    earlier = ImportBatch.objects.create(chain=7, kind="x", filename="早", stored="")
    table = Table(ImportBatch)
    ids = reserve_ids(ImportBatch, count)
    assert ids == sorted(set(ids)) and ids[0] > earlier.pk
    table.insert_lines([table.line(row(n)) for n in range(count)], ids=ids)
    found = ImportBatch.objects.in_bulk(ids)
    assert [(found[pk].filename, found[pk].options) for pk in ids] == [
        (row(n)["filename"], {"n": n}) for n in range(count)
    ]
    later = ImportBatch.objects.create(chain=7, kind="x", filename="晚", stored="")
    assert later.pk > ids[-1], "the database goes on behind them"
    assert reserve_ids(ImportBatch, 1)[0] > later.pk


def test_reserved_ids_are_never_those_of_deleted_rows():
    last = ImportBatch.objects.create(chain=7, kind="x", filename="晚", stored="")
    gone = last.pk
    last.delete()
    assert reserve_ids(ImportBatch, 2)[0] > gone


def test_rows_are_found_by_very_many_values_of_one_owner():
    Table(ImportBatch).insert(row(n, chain=7 + n % 2) for n in range(100))
    names = [row(n)["filename"] for n in range(0, 3_000, 3)]
    found = ids_by(ImportBatch, ("chain", 7), "filename", names)
    wanted = ImportBatch.objects.filter(chain=7, filename__in=names[:50])
    assert sorted(found) == sorted(wanted.values_list("pk", flat=True)) and len(found) == 17
    assert ids_by(ImportBatch, ("chain", 7), "filename", []) == []
    assert ids_by(ImportBatch, ("chain", 7), "filename", names, "e.filename = ''") == []


def test_settings_of_the_connection_are_as_before():
    def setting() -> list:
        with connection.cursor() as cursor:
            query = (
                "SHOW synchronous_commit"
                if connection.vendor == "postgresql"
                else "PRAGMA wal_autocheckpoint"
            )
            return cursor.execute(query).fetchone() if connection.vendor == "sqlite" else _one(cursor, query)

    before = setting()
    with log_kept_longer():
        assert connection.vendor == "postgresql" or setting() != before
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            not_waiting_for_the_disk()
            raise ZeroDivisionError
    assert setting() == before


def _one(cursor, query):
    cursor.execute(query)
    return cursor.fetchone()


def test_the_pace_follows_the_machine_within_bounds():
    pace = Pace(500, most=2_000)
    for _ in range(10):
        pace.wrote(pace.rows, pace.rows * HOLD / 4_000)
    assert pace.rows == 2_000, "quick: as many as are allowed"
    for _ in range(20):
        pace.wrote(pace.rows, pace.rows * HOLD / 100)
    assert pace.rows == 250, "slow: as few as make sense"
    for _ in range(20):
        pace.wrote(pace.rows, pace.rows * HOLD / 800)
    assert 780 <= pace.rows <= 800
    pace.wrote(500, 0.0)
    assert Pace(20, most=80).least == 20
