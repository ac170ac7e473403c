"""A database that other threads and processes can reach, too."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection, connections


@dataclass(frozen=True)
class SharedDatabase:
    """Called, it points this thread at the database while inside; `env` points a child process there."""

    env: dict[str, str]
    file: Path | None = None

    @contextmanager
    def __call__(self) -> Iterator[None]:
        if self.file is None:
            yield
            return
        before = connections["default"]
        there = before.copy()
        there.settings_dict = {**before.settings_dict, "NAME": str(self.file)}
        connections["default"] = there
        try:
            yield
        finally:
            there.close()
            connections["default"] = before


@pytest.fixture
def worker_database(transactional_db, tmp_path) -> SharedDatabase:
    """PostgreSQL: the test database itself. SQLite: a file copied from the one in this process's memory."""
    home = tmp_path / "home"
    home.mkdir()
    env = {**os.environ, "YUANZHI_HOME": str(home), "DATABASE_URL": ""}
    if connection.vendor != "sqlite":
        parts = urlsplit(os.environ["DATABASE_URL"])
        name = connection.settings_dict["NAME"]
        return SharedDatabase({**env, "DATABASE_URL": urlunsplit(parts._replace(path=f"/{name}"))})
    file = home / "yuanzhi.sqlite3"
    connection.ensure_connection()
    copy = sqlite3.connect(file)
    connection.connection.backup(copy)
    copy.close()
    return SharedDatabase(env, file)
