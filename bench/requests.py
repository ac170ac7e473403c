"""How long the server takes for a page, in the demo community and in the same one grown very large.

Each request goes through the whole WSGI handler in a process of its own: middleware, session, sign-in,
permissions, queries, template; only the socket is left out. Two such servers, one with the demo's 8,000
enterprises and one with BENCH_ENTERPRISES (100,000), are asked in turn, so that whatever else the machine
does falls on both. The ratio of their medians is what counts.

    python -m bench.requests explain       prints the slow statements of each page with their plans
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median
from typing import Any

from . import machine
from .pages import PAGES, Asking, plan

ROUNDS = 30
CASES = 10_000
SIZE = 100_000
RATIO = 1.5


def run() -> list[dict]:
    """The figures for `make bench`, on the database that DATABASE_URL names (SQLite without it)."""
    size = int(os.environ.get("BENCH_ENTERPRISES", SIZE))
    demo = float(os.environ.get("BENCH_DEMO", 1))
    rounds = int(os.environ.get("BENCH_ROUNDS", ROUNDS))
    with communities(demo, size) as places:
        return compare(places, rounds)


# -- two databases ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def communities(demo: float, size: int) -> Iterator[list[dict[str, str]]]:
    """Environments of the two: the demo with its archive of cases, and a copy grown to `size`."""
    with tempfile.TemporaryDirectory(prefix="yuanzhi-requests-") as folder, contextlib.ExitStack() as stack:
        small = {"YUANZHI_HOME": f"{folder}/small", "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
        big = {"YUANZHI_HOME": f"{folder}/big", "DATABASE_URL": ""}
        _child(small, "prepare", str(demo))
        shutil.copytree(small["YUANZHI_HOME"], big["YUANZHI_HOME"])  # the keys as well
        if url := small["DATABASE_URL"]:
            server = machine.postgres_server(url)
            big["DATABASE_URL"] = stack.enter_context(machine.own_database(server, "grown", template=url))
        _child(big, "grow", str(size))
        yield [small, big]


def _child(place: dict[str, str], *words: str) -> None:
    told = subprocess.run([sys.executable, "-m", "bench.requests", *words],
                          env={**os.environ, **place}, capture_output=True, text=True)  # fmt: skip
    if told.returncode:
        raise RuntimeError(told.stderr[-2000:])


def prepare(demo: float) -> None:
    """The demo, and an archive of cases."""
    from django.core.management import call_command

    from demo.build import build
    from yuanzhi.config.commands.serving import prepare as migrate

    from .filling import add_cases, settled

    migrate()
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["ext", "mfa", "account"])
    build(size=demo)
    add_cases(_community(), int(CASES * min(1, demo)))
    settled()


def grow(size: int) -> None:
    """More enterprises, and a longer archive: as many done cases as there is a tenth of new enterprises."""
    from .filling import add_cases, enlarge

    had = _count()
    enlarge(_community(), size)
    add_cases(_community(), max(0, size - had) // 10, archive=True)


def _community() -> int:
    from yuanzhi.registry.models import Community

    return Community.objects.get(code="yunxi").pk


def _count() -> int:
    from yuanzhi.registry.models import Enterprise

    return Enterprise.objects.filter(community_id=_community(), merged_into=None).count()


# -- asking in turn --------------------------------------------------------------------------------------


class Server:
    """A child process that answers `page` with milliseconds, its own work, queries and bytes."""

    def __init__(self, place: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.requests", "serve"],
            env={**os.environ, **place}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.hello = self._read()

    def ask(self, page: str) -> dict[str, Any]:
        print(page, file=self.process.stdin, flush=True)
        return self._read()

    def _read(self) -> dict[str, Any]:
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            raise RuntimeError("the server ended")
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait(30)


def compare(places: list[dict[str, str]], rounds: int) -> list[dict]:
    """Ask both servers for every page in turn; one row per page."""
    servers = [Server(place) for place in places]
    told: dict[str, tuple[list[dict], list[dict]]] = {page.name: ([], []) for page in PAGES}
    for number in range(rounds + 3):
        for page in PAGES:
            for which in random.Random(number).sample((0, 1), 2):
                answer = servers[which].ask(page.name)
                if number >= 3:  # the first ones fill caches
                    told[page.name][which].append(answer)
    sizes = [server.hello["enterprises"] for server in servers]
    for server in servers:
        server.close()
    twins = [server.hello["twins"] for server in servers]
    rows = [row for page in PAGES for row in _rows(page, told[page.name], sizes)]
    note = f"{sizes[0]:,} 家时 {twins[0]:.0f} 毫秒；在后台，名录有变动才找，每十分钟至多一次"
    return [*rows, _row(f"重新找疑似重复（{sizes[1]:,} 家）", twins[1], "毫秒", None, note)]


def _rows(page: Any, told: tuple[list[dict], list[dict]], sizes: list[int]) -> list[dict]:
    small, big = ([a["ms"] for a in answers] for answers in told)
    last, database = told[1][-1], median(a["db"] for a in told[1])
    note = (
        f"p50/p95：{sizes[0]:,} 家 {median(small):.1f}/{p95(small):.1f} 毫秒，"
        f"{sizes[1]:,} 家 {median(big):.1f}/{p95(big):.1f} 毫秒；"
        f"{last['queries']} 次查询，其中在数据库 {database:.1f} 毫秒；{last['bytes'] / 1024:.0f} KB"
    )
    ratio = median(big) / median(small)
    found = [_row(f"{page.name}：大的比小的", ratio, "倍", RATIO if page.required else None, note)]
    if page.bound:
        name = f"{page.name}：p95（{sizes[1]:,} 家）"
        found.append(_row(name, p95(big), "毫秒", page.bound, f"{len(big)} 次"))
    return found


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)]


def _row(name: str, figure: float, unit: str, bound: float | None, note: str) -> dict:
    return {"name": name, "figure": round(figure, 2), "unit": unit, "bound": bound, "note": note}


# -- the server's side -----------------------------------------------------------------------------------


def serve() -> None:
    """Answer the names of pages on standard input, one a line."""
    from yuanzhi.registry import twins

    asking = Asking(_community())
    started = time.perf_counter()
    twins.look(_community())
    took = 1000 * (time.perf_counter() - started)
    print(json.dumps({"enterprises": _count(), "twins": took}), flush=True)
    for line in sys.stdin:
        print(json.dumps(asking.ask(line.strip())), flush=True)


def explain() -> None:
    """Every statement of every page that takes longer than 2 ms, with its plan."""
    asking = Asking(_community())
    for page in PAGES:
        for _ in range(3):
            asking.ask(page.name)
        answer = asking.ask(page.name, keep=True)
        print(
            f"\n=== {page.name} {answer['ms']:.1f} ms, {answer['queries']} queries, db {answer['db']:.1f} ms"
        )
        for seconds, sql, params in sorted(answer["kept"], key=lambda s: -s[0]):
            if seconds > 0.002:
                print(f"--- {1000 * seconds:.1f} ms {sql[:1500]} {str(params)[:200]}")
                print(plan(sql, params))


def _main(words: list[str]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
    django.setup()
    todo = {"prepare": lambda: prepare(float(words[1])), "grow": lambda: grow(int(words[1])),
            "serve": serve, "explain": explain}  # fmt: skip
    todo[words[0]]()


if __name__ == "__main__":
    if sys.argv[1:]:
        _main(sys.argv[1:])
    else:
        for figure in run():
            print(figure)
