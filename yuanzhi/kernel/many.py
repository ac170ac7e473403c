"""Very many rows at once: where the two databases are spoken to differently (besides `registry/search`).

Everything here can be said in the SQL both understand, only several times slower.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models

LOG_PAGES = 8_000  # 32 MB
WORTH_COPYING = 20  # rows from which PostgreSQL's COPY is faster than single inserts


def insert_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows into a table; values as the database takes them, names unquoted."""
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, columns))
    if connection.vendor == "postgresql" and len(rows) >= WORTH_COPYING:
        with (
            connection.cursor() as cursor,
            cursor.cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {quote(table)} ({names}) VALUES ({marks})", rows)


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for `count` new rows, ascending, that nobody else gets. In the transaction that inserts them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return sorted(row[0] for row in cursor.fetchall())
        # The transaction holds SQLite's one lock for writing; the counter follows the ids that are inserted.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or (0,))[0]
        cursor.execute(f"SELECT max(id) FROM {connection.ops.quote_name(table)}")
        first = max(last, cursor.fetchone()[0] or 0) + 1
        return list(range(first, first + count))


def ids_by(
    model: type[models.Model], owner: tuple[str, int], column: str, values: Sequence[str], also: str = "true"
) -> list[int]:
    """Ids of the rows of one owner, (column, id), whose `column` is among very many values; `also` is SQL.

    Each value is looked up by itself. Asked for all of them with IN, both planners would rather read every
    row of the owner, as long as nothing told them how many there are: a quarter of a second at 100,000.
    """
    if not values:
        return []
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    where = f"e.{quote(owner[0])} = %s AND e.{quote(column)} = k.value AND {also}"
    if connection.vendor == "postgresql":
        given: Any = list(values)
        sql = (
            "SELECT found.id FROM unnest(%s::text[]) AS k(value) CROSS JOIN LATERAL "
            f"(SELECT e.id FROM {table} AS e WHERE {where} OFFSET 0) AS found"
        )
    else:
        given = json.dumps(list(values))
        sql = f"SELECT e.id FROM json_each(%s) AS k CROSS JOIN {table} AS e WHERE {where}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [given, owner[1]])
        return [row[0] for row in cursor.fetchall()]


def learn(model: type[models.Model]) -> None:
    """Let PostgreSQL look at what a table has become: by what it knew of an empty one it looks up a code by
    reading the whole community. It does so by itself only after a minute. (SQLite keeps no statistics.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def not_waiting_for_the_disk() -> None:
    """Inside a transaction that can be done again: PostgreSQL does not wait until it is on the disk.

    After a power cut the last fraction of a second may be missing, whole transactions in their order, never
    parts of one: an import then goes on from where its cursor stands. (SQLite is set up like that anyway.)
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


@contextmanager
def log_kept_longer() -> Iterator[None]:
    """While very many small transactions are written: SQLite copies its log back into the file less often.

    Each of them touches the same pages of the indexes again: copied once for many, they cost a third less.
    Nor is the file mapped into memory meanwhile: all of it would pass through, and count as the process's.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
        mapped = (cursor.execute("PRAGMA mmap_size").fetchone() or (0,))[0]
        cursor.execute(f"PRAGMA wal_autocheckpoint = {LOG_PAGES}")
        cursor.execute("PRAGMA mmap_size = 0")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA wal_autocheckpoint = {before}")
            cursor.execute(f"PRAGMA mmap_size = {mapped}")
