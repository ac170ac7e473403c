"""One full community for all tests of the plan: made once, never changed."""

import pytest

from demo.plan import SEED, TODAY, CommunityPlan, community


@pytest.fixture(scope="session")
def full() -> CommunityPlan:
    return community(0, 1, SEED, TODAY)


@pytest.fixture(scope="session")
def tiny() -> CommunityPlan:
    return community(0, 0.01, SEED, TODAY)
