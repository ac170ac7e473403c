"""Writing millions of rows in minutes, for measuring only: past the ORM, with indexes made afterwards.

A B-tree that is filled in random order costs more than all the rest, and there are some thirty of them; sorting
once at the end takes a tenth of that. The tokens of the search index are made by as many processes as there
are cores.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from typing import Any

CHUNK = 2_000  # search documents a process gets at once
HELD = 50_000  # of them written at once: one segment of the index


@contextmanager
def without_indexes(*models: Any) -> Iterator[None]:
    """Inside, these models' tables have only their keys; afterwards all is as it was."""
    from django.db import connection

    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(*_listing(connection.vendor, tables))
        kept = cursor.fetchall()
        for name, _ in kept:
            cursor.execute(f'DROP INDEX "{name}"')
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous=OFF")
        else:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(
                "SET session_replication_role = replica"
            )  # the rows are right: no look at each key
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, sql in kept:
                cursor.execute(sql)
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA synchronous=NORMAL")
            else:
                cursor.execute("SET session_replication_role = DEFAULT")


def _listing(vendor: str, tables: list[str]) -> tuple[str, list[Any]]:
    if vendor == "sqlite":
        marks = ", ".join(["%s"] * len(tables))
        return (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
            f"AND tbl_name IN ({marks})",
            tables,
        )
    return (
        "SELECT i.relname, pg_get_indexdef(i.oid) FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid "
        "JOIN pg_class t ON t.oid = x.indrelid LEFT JOIN pg_constraint c ON c.conindid = i.oid "
        "WHERE t.relname = ANY(%s) AND c.oid IS NULL",
        [tables],
    )


def pour(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows as they are into a table, in the database's own values."""
    from django.db import connection

    quoted = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", rows)
            return
        with cursor.copy(f"COPY {table} ({quoted}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


class Pour:
    """A model's table for rows with ids of our choosing: values by column name over a pattern row."""

    def __init__(self, model: Any) -> None:
        from django.db import connection

        from yuanzhi.kernel.imports.table import Table

        self.table, self.model, self.connection = Table(model), model, connection
        self.columns = ["id", *self.table.columns]
        self._place = {column: at for at, column in enumerate(self.columns)}
        self.next = (model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1

    def pattern(self, values: dict[str, Any]) -> list[Any]:
        """A row in the database's own values, to be copied."""
        return [None, *self.table.line(values)]

    def places(self, *columns: str) -> list[int]:
        """Where these columns stand in a row."""
        return [self._place[column] for column in columns]

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows as they are, ids included."""
        pour(self.table.name, self.columns, rows)

    def done(self) -> None:
        """The next row by the product gets the next id."""
        from django.core.management.color import no_style

        with self.connection.cursor() as cursor:
            for sql in self.connection.ops.sequence_reset_sql(no_style(), [self.model]):
                cursor.execute(sql)


# -- the search index ------------------------------------------------------------------------------------


def index(docs: Iterable[Any]) -> None:
    """New documents into the search index: what `search.reindex` writes, but nothing is looked up before."""
    from django.db import connection

    from yuanzhi.registry.search.store import backend

    write = _write_sqlite if connection.vendor == "sqlite" else _write_postgres
    stream = iter(docs)
    chunks = iter(lambda: list(islice(stream, CHUNK)), [])
    held: list[tuple] = []
    cores = os.cpu_count() or 1
    # An executor, not a Pool: a Pool starts a worker that fails on its way in for ever anew.
    with ProcessPoolExecutor(cores, get_context("spawn"), _awake) as pool, _without_gin(connection):
        for rows in _in_order(pool, chunks, 2 * cores):
            held += rows
            if len(held) >= HELD:
                write(connection, sorted(held))
                held = []
        write(connection, sorted(held))
    backend().settle()


def _awake() -> None:
    import django

    django.setup()  # documents are unpickled before anything else is called


def _in_order(pool: ProcessPoolExecutor, chunks: Iterator[list[Any]], ahead: int) -> Iterator[list[tuple]]:
    """Their rows, in order; no more than `ahead` chunks are on their way."""
    waiting: deque[Future[list[tuple]]] = deque()
    for chunk in chunks:
        waiting.append(pool.submit(tokenised, chunk))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def tokenised(docs: list[Any]) -> list[tuple]:
    """[(place, id, community, names, tokens)]; runs in a process of its own."""
    from yuanzhi.registry.search.sqlite import names_of
    from yuanzhi.registry.search.tokens import index_line, rank

    return [(rank(doc), doc.id, doc.community_id, names_of(doc), index_line(doc)) for doc in docs]


def _write_sqlite(connection: Any, rows: list[tuple]) -> None:
    from django.db import transaction

    from yuanzhi.registry.search.tokens import marked

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO registry_search(rowid, tokens) VALUES (%s, %s)",
            [(place, marked(line, community)) for place, _, community, _, line in rows],
        )
        cursor.executemany(
            "INSERT INTO registry_search_doc(place, enterprise_id, community_id, names, tokens) "
            "VALUES (%s, %s, %s, %s, %s)",
            rows,
        )


def _write_postgres(connection: Any, rows: list[tuple]) -> None:
    from yuanzhi.registry.search.tokens import marked

    with connection.cursor() as cursor:
        sql = "COPY registry_search_doc (place, enterprise_id, community_id, names, tokens) FROM STDIN"
        with cursor.copy(sql) as copy:
            for place, pk, community, names, line in rows:
                # A tsvector's own notation: each lexeme in quotes, none of them holds one.
                vector = " ".join(f"'{token}'" for token in marked(line, community).split(" "))
                copy.write_row((place, pk, community, names, vector))


@contextmanager
def _without_gin(connection: Any) -> Iterator[None]:
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'registry_search_tokens'")
        (made,) = cursor.fetchone()
        cursor.execute("DROP INDEX registry_search_tokens")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '512MB'")
            cursor.execute(made)
