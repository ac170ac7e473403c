"""Fixtures that every test may use."""

from __future__ import annotations

import pytest


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
