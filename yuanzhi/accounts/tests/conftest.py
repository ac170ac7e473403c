"""Counters of wrong passwords live in the cache, which is a table: each test starts without any."""

import pytest
from django.test import Client


@pytest.fixture
def enter(client):
    """Sign the test client in as an account, second factor and all passwords apart."""

    def enter(user, where: Client | None = None) -> Client:
        (where or client).force_login(user)
        return where or client

    return enter
