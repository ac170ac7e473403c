"""Writing the index: one interface over the two databases."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from types import ModuleType

from django.db import connection

from . import postgres, sqlite
from .tokens import SearchDoc

BATCH = 5_000  # documents held at once, about 10 MB

MANY = 20_000  # writes after which the index is tidied up


def backend() -> ModuleType:
    """The module for the database in use; both have TABLES, DROP, AT_ONCE, find, put, delete, settle."""
    return postgres if connection.vendor == "postgresql" else sqlite


def reindex(docs: Iterable[SearchDoc]) -> int:
    """Write or replace these enterprises, in the running transaction if there is one; returns how many."""
    stream, total = iter(docs), 0
    while batch := list({doc.id: doc for doc in islice(stream, BATCH)}.values()):
        backend().put(batch)
        total += len(batch)
    if total >= MANY:
        backend().settle()
    return total


def forget(ids: Iterable[int]) -> None:
    """Take these enterprises out; unknown ones are passed over."""
    backend().delete(list(ids))


def _run(statements: Iterable[str], schema_editor=None) -> None:
    owner = schema_editor.connection if schema_editor else connection
    with owner.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def create(apps=None, schema_editor=None) -> None:
    """Create the empty index; ready for RunPython."""
    _run(backend().TABLES, schema_editor)


def drop(apps=None, schema_editor=None) -> None:
    """Remove the index; ready for RunPython's reverse."""
    _run(backend().DROP, schema_editor)


def clear() -> None:
    """Empty the index, before everything is written anew."""
    drop()
    create()
