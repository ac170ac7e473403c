"""The same work in the product and in django-helpdesk, each with 100,000 cases, measured in turn in one run.

django-helpdesk comes from PyPI into a virtual environment of its own (helpdesk_peer.py runs there). Its list
is what somebody waits for: the page, and the rows that the page then asks for. A case is created by sending
its form as staff; what it writes in mails is made, but not sent.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import tempfile
import venv
from pathlib import Path

from . import machine
from .cases import Server, child, of, row, said, server_of

SIZE, ROUNDS, WARMING = 100_000, 40, 5
WANTED = "django-helpdesk>=2.6,<2.7"
PEER = Path(__file__).with_name("helpdesk_peer.py")
OURS = ("诉求列表", "诉求列表，一个窗口没办完的", "登记诉求，存下")
THEIRS = ("page", "all", "open", "create")
LIST, CREATE = 15.0, 2.0  # how many times faster
FASTER = "倍（快）"


def run() -> list[dict]:
    """The figures for `make bench`, on the database that DATABASE_URL names (SQLite without it)."""
    size = int(os.environ.get("BENCH_PEERS", SIZE))
    rounds = int(os.environ.get("BENCH_ROUNDS", ROUNDS))
    with tempfile.TemporaryDirectory(prefix="yuanzhi-peers-") as folder:
        python, why = installed(Path(folder) / "venv")
        if not python:
            return [row("与 django-helpdesk 比", 0, "次", None, f"没有测：装不上 {WANTED}（{why}）")]
        with filled(folder, python, size) as (ours, theirs):
            told = ask(ours, theirs, python, rounds)
        version = subprocess.run([python, "-c", "from importlib.metadata import version as v; print(v('django-helpdesk'))"],
                                 capture_output=True, text=True)  # fmt: skip
    return rows(told, size, version.stdout.strip())


def installed(folder: Path) -> tuple[str, str]:
    """(the Python that has django-helpdesk, ""), or ("", why not)."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    told = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--retries", "1", "--disable-pip-version-check",
         WANTED, "psycopg[binary,pool]"], capture_output=True, text=True,
    )  # fmt: skip
    lines = told.stderr.strip().splitlines() or ["pip 失败"]
    return (python, "") if not told.returncode else ("", lines[-1][:160])


@contextlib.contextmanager
def filled(folder: str, python: str, size: int):
    """(environment of the product, of the peer), both with that many cases."""
    url = os.environ.get("DATABASE_URL", "")
    ours = {"YUANZHI_HOME": f"{folder}/ours", "DATABASE_URL": url}
    theirs = {"PEER_HOME": f"{folder}/theirs", "DATABASE_URL": ""}
    os.makedirs(theirs["PEER_HOME"])
    with contextlib.ExitStack() as stack:
        if url:
            own = machine.own_database(machine.postgres_server(url), "peer")
            theirs["DATABASE_URL"] = stack.enter_context(own)
        child(ours, "prepare", "1", "2000")
        child(ours, "pour", str(size))
        done = subprocess.run([python, "-I", str(PEER), "prepare", str(size)],
                              env={**os.environ, **theirs}, capture_output=True, text=True)  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        yield ours, theirs


def ask(ours: dict, theirs: dict, python: str, rounds: int) -> dict[str, list[dict]]:
    """{page: answers}, of both, asked in turn in random order."""
    servers = {True: server_of(ours), False: Server([python, "-I", str(PEER), "serve"], theirs)}
    todo = [(page, True) for page in OURS] + [(page, False) for page in THEIRS]
    told: dict[str, list[dict]] = {page: [] for page, _ in todo}
    for number in range(rounds + WARMING):
        random.Random(number).shuffle(todo)
        for page, mine in todo:
            answer = servers[mine].ask(page)
            if number >= WARMING:
                told[page].append(answer)
    for server in servers.values():
        server.close()
    return told


def rows(told: dict[str, list[dict]], size: int, version: str) -> list[dict]:
    """Ratios of the medians."""
    ours, theirs = [told[page] for page in OURS], {page: told[page] for page in THEIRS}
    page = theirs["page"]
    lists = [
        ("列表", ours[0], theirs["all"], LIST, "两边都不论状态"),
        ("没办完的列表", ours[1], theirs["open"], None, "它打开时就是这样；它有一成没办完，我们有 80 件"),
    ]
    found = []
    for name, mine, other, bound, about in lists:
        ratio = (of(page) + of(other)) / of(mine)
        note = f"我们 {said(mine)}；它的页面 {said(page)}，再取这一页的行 {said(other)}；{about}"
        found.append(
            row(f"{name}（{size:,} 件）：比 django-helpdesk {version} 快", ratio, FASTER, bound, note)
        )
    note = f"我们 {said(ours[2])}；它 {said(theirs['create'])}；它的邮件只写好、不发"
    ratio = of(theirs["create"]) / of(ours[2])
    found.append(row(f"登记一件：比 django-helpdesk {version} 快", ratio, FASTER, CREATE, note))
    return found


if __name__ == "__main__":
    for figure in run():
        print(figure)
