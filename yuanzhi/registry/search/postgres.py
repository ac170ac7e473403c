"""The index on PostgreSQL: a tsvector of ready-made tokens under GIN, the order among equals under a B-tree.

No text parser is involved: tokens go in by `array_to_tsvector`. A rare token is looked up in GIN; a common
one, whose list alone would take 100 ms, is met by walking the enterprises in order until enough are found.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from .sqlite import names_of
from .tokens import SearchDoc, index_line, marked, rank

MANY = 200  # enterprises written at once that are worth sorting in together
AT_ONCE = 500  # enterprises in one transaction: nobody waits but who edits one of them
TABLES = (
    "CREATE TABLE IF NOT EXISTS registry_search_doc ("
    "enterprise_id bigint PRIMARY KEY, community_id bigint NOT NULL, "
    "place bigint NOT NULL, names text NOT NULL, tokens tsvector NOT NULL)",
    "CREATE INDEX IF NOT EXISTS registry_search_tokens ON registry_search_doc USING gin (tokens)",
    "CREATE INDEX IF NOT EXISTS registry_search_place ON registry_search_doc (community_id, place)",
    "ALTER TABLE registry_search_doc ALTER COLUMN tokens SET STATISTICS 1000",
)
COMMON = 1_000  # so many hits and more are met soon enough in the order of places
# The planner can't guess how rare unlisted tokens are, and a wrong guess costs a second. The look-up is
# hidden from it in a subquery, which always goes through GIN; where that meets very many, _OFTEN is right.
_RARE = f"""
    WITH met AS MATERIALIZED (
        SELECT enterprise_id, place FROM registry_search_doc
        WHERE tokens @@ (SELECT %s::tsquery) LIMIT {COMMON}
    )
    SELECT d.enterprise_id, d.place, d.names, m.met
    FROM (SELECT *, count(*) OVER () AS met FROM met ORDER BY place LIMIT %s) m
    JOIN registry_search_doc d USING (enterprise_id) ORDER BY d.place
"""
_OFTEN = """
    SELECT enterprise_id, place, names FROM registry_search_doc
    WHERE community_id = %s AND tokens @@ %s::tsquery ORDER BY place LIMIT %s
"""
DROP = ("DROP TABLE IF EXISTS registry_search_doc",)


def render(tree, begin: str) -> str:
    """A tsquery; the tokens hold no quotes and no backslashes."""
    if isinstance(tree, str):
        return f"'{begin}{tree[:-1]}':*" if tree.endswith("*") else f"'{begin}{tree}'"
    joint = " & " if tree[0] == "&" else " | "
    return "(" + joint.join(render(part, begin) for part in tree[1:]) + ")"


def find(tree, begin: str, limit: int, fence: Sequence[str] = ()) -> list[tuple[int, int, list[str]]]:
    """The first `limit` rows in order of place: (enterprise id, place, names); with `fence` only those that
    have one of its tokens."""
    asked = render(("&", tree, ("|", *fence)) if fence else tree, begin)
    with connection.cursor() as cursor:
        cursor.execute(_RARE, [asked, limit])
        rows = cursor.fetchall()
        if rows and rows[0][3] == COMMON:
            cursor.execute(_OFTEN, [int(begin[:-1]), asked, limit])
            rows = cursor.fetchall()
        return [(row[0], row[1], json.loads(row[2])) for row in rows]


def put(docs: Sequence[SearchDoc]) -> None:
    """Write or replace these enterprises, at most some thousands at a time."""
    many = len(docs) >= MANY
    with transaction.atomic(), connection.cursor() as cursor:
        # New tokens wait in GIN's pending list, which every search reads from end to end. Many at once are
        # gathered in a long one and sorted in together (4 times as fast); otherwise it is kept short.
        cursor.execute("SELECT set_config('gin_pending_list_limit', %s, true)", ["64MB" if many else "128kB"])
        cursor.execute(
            "DELETE FROM registry_search_doc WHERE enterprise_id = ANY(%s)", [[doc.id for doc in docs]]
        )
        rows = [
            (doc.id, doc.community_id, rank(doc), names_of(doc), marked(index_line(doc), doc.community_id))
            for doc in docs
        ]
        columns = list(map(list, zip(*rows, strict=True)))
        cursor.execute(
            "INSERT INTO registry_search_doc SELECT id, community, place, names, "
            "array_to_tsvector(string_to_array(line, ' ')) "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[]) "
            "AS t(id, community, place, names, line)",
            columns,
        )
        if many:
            cursor.execute("SELECT gin_clean_pending_list('registry_search_tokens')")


def settle() -> None:
    """After very many writes: let the planner learn which tokens are common."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_search_doc")


def delete(ids: Iterable[int]) -> None:
    """Take these enterprises out; unknown ones are passed over."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM registry_search_doc WHERE enterprise_id = ANY(%s)", [list(ids)])
