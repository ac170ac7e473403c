"""Fifty people at once on the real server: requests a second, how long they wait, and who fails.

granian serves on the loopback with the options of `yuanzhi web`. Fifty people, each signed in at a desk of one of ten
communities, ask without a pause: four fifths reads (list, their desk's list, workbench, case page), one fifth
writes (register a case, take it on, write a note). The asking side is one process on the same two cores, so the
server has less than both of them.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from .cases import CSRF, child, row

PEOPLE, COMMUNITIES, CASES, SECONDS, WORKERS = 50, 10, 100_000, 30.0, 2
RATE, SLOWEST = 200.0, 250.0
READS = 0.8


def run(seconds: float | None = None, people: int = PEOPLE, communities: int = COMMUNITIES) -> list[dict]:
    """The figures for `make bench`, on the database that DATABASE_URL names (SQLite without it)."""
    lasting = seconds or float(os.environ.get("BENCH_SECONDS", SECONDS))
    cases = int(os.environ.get("BENCH_CASES", CASES))
    with tempfile.TemporaryDirectory(prefix="yuanzhi-load-") as folder:
        place = {"YUANZHI_HOME": f"{folder}/home", "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
        officers = -(-people // (4 * communities))
        child(place, "prepare", str(communities), "200", str(officers))
        child(place, "pour", str(cases))
        crowd = json.loads(child(place, "people", str(people)).splitlines()[-1])
        log = Path(folder) / "server.log"
        with served(place, log) as port:
            told = asyncio.run(_all(port, crowd, lasting))
        locked = log.read_text().count("database is locked")
    return _rows(told, locked, lasting, people, cases)


@contextmanager
def served(place: dict[str, str], log: Path):
    """The server's port, while it runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
             "--workers", str(WORKERS), "--blocking-threads", "1", "--no-ws", "--log-level", "warning",
             "yuanzhi.config.wsgi:application"],
            env={**os.environ, **place}, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
        try:
            _await(port, server)
            yield port
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


def _await(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("the server did not start")


# -- the people ------------------------------------------------------------------------------------------


async def _all(port: int, crowd: list[dict], seconds: float) -> dict:
    told: dict = {"took": [], "failed": Counter()}
    await asyncio.gather(
        *(_Person(port, who, at, {"took": [], "failed": Counter()}).work(2) for at, who in enumerate(crowd))
    )
    begun = time.monotonic()
    await asyncio.gather(*(_Person(port, who, at, told).work(seconds) for at, who in enumerate(crowd)))
    return told | {"lasted": time.monotonic() - begun}


class _Person:
    """One of them, with a connection that stays open."""

    def __init__(self, port: int, who: dict, number: int, told: dict) -> None:
        self.port, self.who, self.told, self.chance = port, who, told, random.Random(number)
        self.mine: list[tuple[str, bool]] = []  # cases registered by themself, and whether they took them on
        self.reader: asyncio.StreamReader | None = None

    async def work(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            kind, path, form = self._next()
            begun = time.perf_counter()
            try:
                status, to = await self._ask(path, form)
            except (OSError, asyncio.IncompleteReadError, ValueError) as error:
                self.reader = None
                self.told["failed"][f"{kind}：{error!r}"[:80]] += 1
                continue
            self.told["took"].append((kind, 1000 * (time.perf_counter() - begun)))
            if status != (302 if form else 200):
                self.told["failed"][f"{kind}：{status}"] += 1
            elif kind == "登记":
                self.mine.append((to, False))
        if self.reader is not None:
            self.writer.close()

    def _next(self) -> tuple[str, str, dict[str, str] | None]:
        chance, who = self.chance, self.who
        if chance.random() < READS:
            return chance.choice((
                ("列表", "/cases/", None), ("窗口列表", f"/cases/?desk={who['desk']}&state=open&sort=due", None),
                ("工作台", "/", None), ("诉求页", f"/cases/{chance.choice(who['cases'])}/", None),
            ))  # fmt: skip
        once = {"once": str(uuid.uuid4())}
        fresh = [at for at, (_, taken) in enumerate(self.mine) if not taken]
        kind = chance.choice(("登记", "受理", "备注")) if self.mine else "登记"
        if kind == "受理" and fresh:
            path, self.mine[fresh[0]] = self.mine[fresh[0]][0], (self.mine[fresh[0]][0], True)
            return kind, f"{path}step/accept/", {"text": ""}
        if kind == "备注":
            return kind, f"{chance.choice(self.mine)[0]}note/", {"text": "打过电话，说好明天去看"} | once
        text = {"words": f"门口的路灯坏了 {chance.random():.9f}，晚上看不见", "channel": "wechat",
                "enterprise": str(chance.choice(who["firms"]))}  # fmt: skip
        return "登记", "/cases/new/", text | once

    async def _ask(self, path: str, form: dict[str, str] | None) -> tuple[int, str]:
        if self.reader is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        body = urlencode(form | {"csrfmiddlewaretoken": CSRF}).encode() if form else b""
        head = (
            f"{'POST' if form else 'GET'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Cookie: {self.who['cookie']}\r\nAccept-Encoding: gzip\r\n"
        )
        if form:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        self.writer.write(head.encode() + b"\r\n" + body)
        return await self._answer()

    async def _answer(self) -> tuple[int, str]:
        assert self.reader is not None
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:] if line)}
        if "content-length" in headers:
            await self.reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while size := int(await self.reader.readline(), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readline()
        return int(lines[0].split()[1]), headers.get("location", "")


# -- the figures -----------------------------------------------------------------------------------------


def _rows(told: dict, locked: int, seconds: float, people: int, cases: int) -> list[dict]:
    took = sorted(ms for _, ms in told["took"])
    kinds: dict[str, list[float]] = {}
    for kind, ms in told["took"]:
        kinds.setdefault(kind, []).append(ms)
    each = "；".join(
        f"{kind} {median(v):.0f}/{sorted(v)[int(len(v) * 0.95)]:.0f}" for kind, v in sorted(kinds.items())
    )
    writes = sum(len(kinds.get(kind, ())) for kind in ("登记", "受理", "备注"))
    failed = sum(told["failed"].values())
    why = "；".join(f"{what} {times} 次" for what, times in told["failed"].most_common(3))
    head = f"{people} 人同时用（{cases:,} 件）"
    return [
        row(f"{head}：每秒多少次", len(took) / told["lasted"], "次/秒", RATE,
            f"{seconds:.0f} 秒 {len(took):,} 次，其中写 {100 * writes / max(1, len(took)):.0f} %"),
        row(f"{head}：p95", took[int(len(took) * 0.95)] if took else 0, "毫秒", SLOWEST,
            f"p50 {median(took) if took else 0:.0f} 毫秒；各种 p50/p95：{each}"),
        row(f"{head}：数据库被锁", locked, "次", 0, "服务器日志里的 database is locked"),
        row(f"{head}：失败", failed, "次", 0, why),
    ]  # fmt: skip


def people(count: int) -> list[dict]:
    """Officers signed in, those of each community in turn, and what they ask for. The child's side."""
    from yuanzhi.accounts.queries import members_of
    from yuanzhi.accounts.roles import Role
    from yuanzhi.cases.models import Case
    from yuanzhi.registry.models import Community, Enterprise

    from .cases import cookie_of

    found: list[dict] = []
    for community in Community.objects.order_by("pk"):
        firms = list(Enterprise.objects.filter(community=community).values_list("pk", flat=True))
        ids = list(
            Case.objects.filter(community=community).order_by("-pk").values_list("pk", flat=True)[:2000]
        )
        members = sorted(members_of(community.pk, Role.DESK_OFFICER), key=lambda m: m.pk)
        found += [
            {"cookie": cookie_of(m.user), "desk": m.scope_id, "firms": firms, "cases": ids[::10], "at": at}
            for at, m in enumerate(members)
        ]  # fmt: skip
    return sorted(found, key=lambda who: who["at"])[:count]


if __name__ == "__main__":
    for figure in run():
        print(figure)
