"""Two at once, on both databases: exactly one outcome, nothing lost, nobody waits crosswise."""

import pytest

from tests.racing import at_once
from tests.world import build
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Refused
from yuanzhi.partners import actions
from yuanzhi.partners.models import Ask, Referral

from .helping import ask_of, asks, fresh, open_case, refer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return build()


@pytest.mark.parametrize("turn", range(3))
def test_two_accept_at_once(world, turn):
    referral = refer(world, open_case(world), way="parallel", experts=world.experts)
    found = at_once(
        *(
            lambda name=name: actions.accept(actor=world.house, ask=ask_of(referral, name))
            for name in ("顾明", "江以南")
        )
    )
    assert sum(isinstance(one, Referral) for one in found) == 1
    (loser,) = [one for one in found if isinstance(one, Exception)]
    assert isinstance(loser, Refused), loser
    assert sorted(state for _, state in asks(referral)) == ["accepted", "withdrawn"]
    assert fresh(referral).taker.name == Ask.objects.get(referral=referral, state="accepted").expert.name
    assert HistoryEntry.objects.filter(verb="referral.take").count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_two_decline_at_once(world, turn):
    referral = refer(world, open_case(world), way="parallel", experts=world.experts)
    found = at_once(
        *(
            lambda name=name: actions.decline(actor=world.house, ask=ask_of(referral, name), words="忙")
            for name in ("顾明", "江以南")
        )
    )
    assert all(isinstance(one, Ask) for one in found), found
    assert fresh(referral).state == "failed"


@pytest.mark.parametrize("turn", range(3))
def test_a_yes_and_the_job_at_once(world, turn):
    referral = refer(world, open_case(world))
    ask = ask_of(referral, "顾明")
    Ask.objects.filter(pk=ask.pk).update(due_at=ask.asked_at)
    found = at_once(
        lambda: actions.accept(actor=world.house, ask=ask_of(referral, "顾明")),
        lambda: actions.expire(actor=world.house, ask=ask_of(referral, "顾明")),
    )
    assert isinstance(found[0], Refused)
    assert asks(referral) == [("顾明", "expired"), ("江以南", "asked")]


def test_yes_and_no_at_once(world):
    referral = refer(world, open_case(world), way="parallel", experts=world.experts)
    found = at_once(
        lambda: actions.accept(actor=world.house, ask=ask_of(referral, "顾明")),
        lambda: actions.decline(actor=world.house, ask=ask_of(referral, "江以南"), words="忙"),
    )
    assert isinstance(found[0], Referral), found
    assert isinstance(found[1], Ask | Refused), found
    assert fresh(referral).state == "taken"


def test_two_officers_ask_for_the_same_help(world):
    case = open_case(world)
    found = at_once(
        lambda: refer(world, case),
        lambda: refer(world, case, actor=world.actor(Role.LEAD)),
    )
    assert sum(isinstance(one, Referral) for one in found) == 1
    assert sum(isinstance(one, Refused) for one in found) == 1
    assert Ask.objects.count() == 1
