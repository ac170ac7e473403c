"""Where figures come from: the machine, how busy it is, and a database of one's own on either server."""

from __future__ import annotations

import os
import platform
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

LOCAL = "postgres://postgres@127.0.0.1:5432/postgres"


def postgres_url() -> str:
    """DATABASE_URL, else the server on this machine where one answers, else ""."""
    return os.environ.get("DATABASE_URL") or (LOCAL if postgres_version(LOCAL) else "")


def postgres_version(url: str) -> str:
    """ "15.14", or "" where nobody answers within two seconds."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=2) as server:
            return server.execute("SHOW server_version").fetchone()[0].split()[0]  # type: ignore[index]
    except psycopg.Error:
        return ""


@contextmanager
def own_database(url: str, stem: str, template: str = "") -> Iterator[str]:
    """The url of a new database on that server, dropped in the end; a copy of `template` (a url) if given."""
    import psycopg

    name = f"bench_{stem}_{secrets.token_hex(4)}"
    copied = f' TEMPLATE "{urlsplit(template).path.lstrip("/")}"' if template else ""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"{copied}')
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def described(postgres: str = "") -> list[tuple[str, str]]:
    """(what, which) of this machine; `postgres` is the url of the server that was measured, if any."""
    rows = [
        ("处理器", f"{_cpu()}，{os.cpu_count()} 核"),
        ("内存", f"{_memory_gb():.0f} GB"),
        ("系统", platform.platform(terse=True)),
        ("Python", platform.python_version()),
        ("Django", version("django")),
        ("SQLite", sqlite3.sqlite_version),
    ]
    return [*rows, ("PostgreSQL", postgres_version(postgres) or "没有测")]


def load() -> float:
    """How many processes want to run, averaged over the last minute."""
    return os.getloadavg()[0]


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def postgres_server(url: str) -> str:
    """The same server's own database, from which others can be made and copied."""
    return urlunsplit(urlsplit(url)._replace(path="/postgres"))
