"""Fixtures that every test may use."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.test import SimpleTestCase

# Tests that start processes of their own on whichever database is meant, without asking for one themselves.
STARTS_PROCESSES = ("test_backup.py", "test_import_killed.py", "test_jobs_killed.py", "test_reminders.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what touches no database: it would only do the same once more."""
    if "postgres" not in django_settings.DATABASES["default"]["ENGINE"]:
        return
    kept = [item for item in items if _meets_a_database(item)]
    if left := [item for item in items if item not in set(kept)]:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def _meets_a_database(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return (
        item.get_closest_marker("django_db") is not None
        or bool({"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))
        or (isinstance(cls, type) and issubclass(cls, SimpleTestCase))
        or item.path.name in STARTS_PROCESSES
    )


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    """Argon2 is slow on purpose; only the accounts' own tests need it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db):
    """A small community with everybody in it (tests/world.py)."""
    from tests.world import build

    return build()


@pytest.fixture
def neighbour(world):
    """Another community, which must never see anything of `world`, nor be seen."""
    from tests.world import build

    return build("linqu", "邻渠社区", parks=2, enterprises=3)
