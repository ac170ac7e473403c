"""The index on SQLite: FTS5 without content over ready-made tokens.

The row number is the order among equals (`tokens.rank`), so that FTS5 walks the hits in that order and
stops at the limit. SQLite before 3.43 can't delete from an index without content: the old tokens are kept
and handed back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from .tokens import ID_MASK, SearchDoc, index_line, marked, rank

_TOKENIZE = "ascii tokenchars ''^<=#@$-:''"
TABLES = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS registry_search "
    f"USING fts5(tokens, content='', detail=none, columnsize=0, tokenize='{_TOKENIZE}')",
    # A larger buffer and later merging: a third off the time of bulk writing.
    "INSERT INTO registry_search(registry_search, rank) VALUES ('hashsize', 33554432)",
    "INSERT INTO registry_search(registry_search, rank) VALUES ('automerge', 8)",
    "CREATE TABLE IF NOT EXISTS registry_search_doc ("
    "enterprise_id INTEGER PRIMARY KEY, community_id INTEGER NOT NULL, "
    "place INTEGER NOT NULL, names TEXT NOT NULL, tokens TEXT NOT NULL)",
)
AT_ONCE = 100  # enterprises in one transaction: others can't write meanwhile
DROP = ("DROP TABLE IF EXISTS registry_search", "DROP TABLE IF EXISTS registry_search_doc")


def render(tree, begin: str) -> str:
    """An FTS5 expression; the tokens hold no quotes."""
    if isinstance(tree, str):
        return f'"{begin}{tree[:-1]}"*' if tree.endswith("*") else f'"{begin}{tree}"'
    joint = " AND " if tree[0] == "&" else " OR "
    return "(" + joint.join(render(part, begin) for part in tree[1:]) + ")"


_MET = "SELECT rowid FROM registry_search WHERE registry_search MATCH %s ORDER BY rowid LIMIT %s"
_FIND = (
    "SELECT d.enterprise_id, d.place, d.names FROM registry_search f "
    f"JOIN registry_search_doc d ON d.enterprise_id = (f.rowid & {ID_MASK}) "
    "WHERE registry_search MATCH %s ORDER BY f.rowid LIMIT %s"
)
_LOOK = (
    "SELECT enterprise_id, place, names, tokens FROM registry_search_doc "
    "WHERE enterprise_id IN (SELECT value FROM json_each(%s)) ORDER BY place"
)
FEW = 40  # so many rows are sooner looked at one by one than met with the long lists of some parks


def find(tree, begin: str, limit: int, fence: Sequence[str] = ()) -> list[tuple[int, int, list[str]]]:
    """The first `limit` rows in order of place: (enterprise id, place, names); with `fence` only those that
    have one of its tokens."""
    with connection.cursor() as cursor:
        asked = render(tree, begin)
        # A prefix is merged from all its words before its first row: not twice.
        if fence and '"*' not in asked:
            cursor.execute(_MET, [asked, FEW + 1])
            if len(met := cursor.fetchall()) <= FEW:
                return _inside(cursor, [row & ID_MASK for (row,) in met], fence)[:limit]
        if fence:
            asked = render(("&", tree, ("|", *fence)), begin)
        cursor.execute(_FIND, [asked, limit])
        return [(key, place, json.loads(names)) for key, place, names in cursor.fetchall()]


def _inside(cursor, ids: list[int], fence: Sequence[str]) -> list[tuple[int, int, list[str]]]:
    if not ids:
        return []
    cursor.execute(_LOOK, [json.dumps(ids)])
    wanted = set(fence)
    return [
        (key, place, json.loads(names))
        for key, place, names, tokens in cursor.fetchall()
        if not wanted.isdisjoint(tokens.split(" "))
    ]


def put(docs: Sequence[SearchDoc]) -> None:
    """Write or replace these enterprises, at most some thousands at a time."""
    # FTS5 writes a new segment whenever a row number falls: in order, there is one for the whole batch.
    rows = sorted((rank(doc), doc.id, doc.community_id, names_of(doc), index_line(doc)) for doc in docs)
    with transaction.atomic(), connection.cursor() as cursor:
        _forget(cursor, [doc.id for doc in docs])
        cursor.executemany(
            "INSERT INTO registry_search(rowid, tokens) VALUES (%s, %s)",
            [(place, marked(line, community)) for place, _, community, _, line in rows],
        )
        cursor.executemany(
            "INSERT INTO registry_search_doc(place, enterprise_id, community_id, names, tokens) "
            "VALUES (%s, %s, %s, %s, %s)",
            rows,
        )


def settle() -> None:
    """After very many writes: merge what they left behind into one piece."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO registry_search(registry_search) VALUES ('optimize')")


def names_of(doc: SearchDoc) -> str:
    """[name, short name, code, former names …] as JSON."""
    return json.dumps([doc.name, doc.short_name, doc.uscc, *doc.former_names], ensure_ascii=False)


def delete(ids: Iterable[int]) -> None:
    """Take these enterprises out; unknown ones are passed over."""
    with transaction.atomic(), connection.cursor() as cursor:
        _forget(cursor, list(ids))


def _forget(cursor, ids: list[int]) -> None:
    listed = [json.dumps(ids)]
    cursor.execute(
        "SELECT place, community_id, tokens FROM registry_search_doc "
        "WHERE enterprise_id IN (SELECT value FROM json_each(%s)) ORDER BY place",
        listed,
    )
    if old := cursor.fetchall():
        cursor.executemany(
            "INSERT INTO registry_search(registry_search, rowid, tokens) VALUES ('delete', %s, %s)",
            [(place, marked(line, community)) for place, community, line in old],
        )
        cursor.execute(
            "DELETE FROM registry_search_doc WHERE enterprise_id IN (SELECT value FROM json_each(%s))", listed
        )
