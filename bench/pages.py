"""The pages that are measured, and asking for one through the WSGI handler as somebody signed in."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

LEAD, MEMBER = "lead", "grid_member"


@dataclass(frozen=True)
class Page:
    """A page: who asks, and its path given a `Place`. `required`: the ratio is bound; `bound`: p95 in ms."""

    name: str
    path: Callable[[Place], str]
    role: str = LEAD
    required: bool = True
    bound: float | None = None
    fragment: bool = False


class Place:
    """What paths are made of: ids of the community, drawn from a seed."""

    def __init__(self, community_id: int) -> None:
        from yuanzhi.registry.models import Enterprise, Grid, Park

        rows = Enterprise.objects.filter(community_id=community_id, merged_into=None)
        self.rows, self.community_id, self.chance = rows, community_id, random.Random(5)
        self.parks = list(Park.objects.filter(community_id=community_id).values_list("pk", flat=True))
        self.grids = list(Grid.objects.filter(community_id=community_id).values_list("pk", flat=True))
        first, last = (rows.order_by(key).values_list("pk", flat=True)[0] for key in ("pk", "-pk"))
        drawn = [self.chance.randrange(first, last + 1) for _ in range(400)]
        found = list(rows.filter(pk__in=drawn).values("pk", "short_name", "name", "updated_at"))
        self.chance.shuffle(found)
        self.enterprises = found
        oldest = sorted(found, key=lambda row: row["updated_at"])
        self.deep = oldest[len(oldest) // 10]  # nine tenths of the list lie before it

    def draw(self, of: str) -> Any:
        return self.chance.choice(getattr(self, of))

    def typed(self) -> str:
        """What somebody types: two Hanzi, initials, full pinyin or a piece of the name."""
        from yuanzhi.registry.search.pinyin import usual

        row = self.draw("enterprises")
        word = row["short_name"] or row["name"][2:5]
        sounds = [usual(sign)[0] for sign in word]
        return self.chance.choice(
            (word[:2], "".join(s[0] for s in sounds), "".join(sounds), row["name"][2:6], word)
        )


def _mark(place: Place) -> str:
    return quote(f"{place.deep['pk']}~{place.deep['updated_at'].isoformat()}")


PAGES = (
    Page("企业名单第一页", lambda p: "/enterprises/"),
    Page("企业名单，一个园区", lambda p: f"/enterprises/?park={p.draw('parks')}"),
    Page("企业名单，一个网格", lambda p: f"/enterprises/?grid={p.draw('grids')}"),
    Page("企业名单，一个园区，人多的在前", lambda p: f"/enterprises/?sort=big&park={p.draw('parks')}"),
    Page("企业名单，没有从业人数的", lambda p: "/enterprises/?missing=headcount"),
    Page("企业名单，翻到九成深处", lambda p: f"/enterprises/?after={_mark(p)}"),
    Page("企业名单，网格员看自己的", lambda p: "/enterprises/", role=MEMBER),
    Page("企业名单，按几个字找", lambda p: f"/enterprises/?q={p.typed()}"),
    Page("企业页", lambda p: f"/enterprises/{p.draw('enterprises')['pk']}/"),
    Page("工作台，书记", lambda p: "/"),
    Page("工作台，网格员", lambda p: "/", role=MEMBER),
    Page("随处查找（Ctrl K）", lambda p: f"/find/?q={p.typed()}", bound=30.0, fragment=True),
    Page("名录体检", lambda p: "/quality/"),
    Page("待落图", lambda p: "/quality/to-place/", required=False),
    Page("诉求列表", lambda p: "/cases/", required=False),
    Page("园区楼宇", lambda p: "/parks/", required=False),
    Page("园区页", lambda p: f"/parks/{p.draw('parks')}/", required=False),
    Page("网格", lambda p: "/grids/", required=False),
)


class Asking:
    """Asks pages of this process's own WSGI application, signed in with a session of each role."""

    def __init__(self, community_id: int) -> None:
        from django.test import RequestFactory

        from yuanzhi.config.wsgi import application

        self.application, self.place = application, Place(community_id)
        self.cookies = {role: self._sign_in(community_id, role) for role in (LEAD, MEMBER)}
        self.factory = RequestFactory()
        self.pages = {page.name: page for page in PAGES}

    def _sign_in(self, community_id: int, role: str) -> str:
        from django.test import Client

        from yuanzhi.accounts.queries import members_of
        from yuanzhi.accounts.roles import Role

        client = Client()
        client.force_login(members_of(community_id, Role(role))[0].user)
        return f"sessionid={client.cookies['sessionid'].value}"

    def ask(self, name: str, *, keep: bool = False) -> dict[str, Any]:
        """{ms, cpu, db, queries, bytes} of one request. Raises AssertionError unless it is 200."""
        page = self.pages[name]
        path, _, query = page.path(self.place).partition("?")
        extra = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "options"} if page.fragment else {}
        query = quote(query, safe="=&%~:+-")
        environ = self.factory._base_environ(
            PATH_INFO=path, QUERY_STRING=query, HTTP_COOKIE=self.cookies[page.role],
            HTTP_ACCEPT_ENCODING="gzip", REQUEST_METHOD="GET", **extra,
        )  # fmt: skip

        return asked(self.application, environ, keep=keep)


def asked(
    application: Any, environ: dict[str, Any], *, keep: bool = False, status: str = "200"
) -> dict[str, Any]:
    """{ms, cpu, db, queries, bytes, to} of one request through a WSGI application. Raises AssertionError
    unless it answers with this status. `keep`: the statements as well."""
    from django.db import connection

    spent: list[tuple[float, str, Any]] = []

    def clock(execute, sql, params, many, context):
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append((time.perf_counter() - begun, sql, params))

    said: list[Any] = []
    begun, worked = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(clock):
        response = application(environ, lambda line, headers, *_: said.extend((line, dict(headers))))
        size = sum(map(len, response))
        response.close()
    took, busy = time.perf_counter() - begun, time.process_time() - worked
    assert said[0].startswith(status), f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}: {said[0]}"
    answer = {"ms": 1000 * took, "cpu": 1000 * busy, "db": 1000 * sum(s[0] for s in spent),
              "queries": len(spent), "bytes": size, "to": said[1].get("Location", "")}  # fmt: skip
    return answer | {"kept": spent} if keep else answer


def plan(sql: str, params: Any) -> str:
    """The database's plan of a statement."""
    from django.db import connection

    words = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN (ANALYZE, BUFFERS)"
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"{words} {sql}", params)
        except Exception as error:
            return f"    ({error})"
        return "\n".join(f"    {row[-1]}" for row in cursor.fetchall())
