"""The same links in an expert's hand: one ask, by the same actions, until it is over."""

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.partners import actions
from yuanzhi.partners.access import REFER
from yuanzhi.partners.models import Ask, GuestLink

from .helping import TUESDAY, at, expert, fresh, open_case, refer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tuesday():
    cache.clear()
    with time_machine.travel(at(TUESDAY), tick=False):
        yield


@pytest.fixture
def ask(world):
    lawyer = expert(world, "周正言", firm=1)
    return refer(world, open_case(world), way="named", experts=[lawyer]).asks.get()


@pytest.fixture
def made(world, ask):
    return actions.make_link(actor=world.actor(Role.DESK_OFFICER), ask=ask, name="周正言", verb=REFER)


def test_accepting_and_finishing_by_link(made, ask):
    client, url = Client(), f"/g/{made.token}/"
    page = client.get(url).content.decode()
    assert "聊天记录怎么固定" in page and "接下" in page
    assert GuestLink.objects.get().uses == 0
    sent = client.post(f"{url}accept/")
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{url}?said=accept")
    assert fresh(ask).state == Ask.State.ACCEPTED
    assert "接下了" in client.get(f"{url}?said=accept").content.decode()
    assert HistoryEntry.objects.filter(actor_label="周正言（凭链接）").exists()
    bad = client.post(f"{url}finish/", {"outcome": "写到一半", "hours": "x"})
    assert (bad.status_code, "写到一半" in bad.content.decode()) == (422, True)
    done = client.post(f"{url}finish/", {"outcome": "教会了固定证据", "hours": "2"})
    assert done.status_code == 302
    assert GuestLink.objects.get().uses == 2


def test_declining_by_link(made, ask):
    client = Client()
    assert client.post(f"/g/{made.token}/decline/", {"words": " "}).status_code == 409
    assert client.post(f"/g/{made.token}/decline/", {"words": "在外地"}).status_code == 302
    assert fresh(ask).state == Ask.State.DECLINED


def test_an_ask_that_went_to_somebody_else_is_over(world, made, ask):
    actions.call_off(actor=world.actor(Role.DESK_OFFICER), referral=ask.referral, why="企业自己办好了")
    page = Client().get(f"/g/{made.token}/")
    assert (page.status_code, "不用再答复" in page.content.decode()) == (410, True)
    assert "聊天记录" not in page.content.decode()


def test_after_the_time_to_answer_it_is_told_and_nothing_changes(made, ask):
    with time_machine.travel(at(TUESDAY) + dt.timedelta(days=2), tick=False):
        late = Client().post(f"/g/{made.token}/accept/")
    assert (late.status_code, "已经过了" in late.content.decode()) == (409, True)
    assert fresh(ask).state == Ask.State.ASKED
    assert GuestLink.objects.get().uses == 0


def test_revoked_and_expired(world, made, ask):
    with time_machine.travel(at(TUESDAY) + dt.timedelta(days=8), tick=False):
        assert Client().post(f"/g/{made.token}/accept/").status_code == 410
    actions.revoke_link(actor=world.actor(Role.DESK_OFFICER), link=made.link)
    assert Client().post(f"/g/{made.token}/accept/").status_code == 410
    assert fresh(ask).state == Ask.State.ASKED


def test_the_community_cannot_accept_in_its_place(world, made, ask):
    client = Client()
    client.force_login(world.user(Role.DESK_OFFICER))
    assert client.post(f"/g/{made.token}/accept/").status_code == 409
    assert 'accept/"' not in client.get(f"/g/{made.token}/").content.decode()
    assert fresh(ask).state == Ask.State.ASKED


@pytest.mark.parametrize("step", ["answer", "return", "reveal", "phone", "rate", "x"])
def test_only_the_steps_of_an_ask(made, step):
    assert Client().post(f"/g/{made.token}/{step}/", {"words": "x"}).status_code == 404


def test_a_link_to_one_ask_opens_no_other(world, made, ask):
    other = refer(world, open_case(world), way="named", experts=[expert(world, "吴越", firm=1)]).asks.get()
    from yuanzhi.kernel.refusals import Refused

    with pytest.raises(Refused, match="不是这件事的"):
        actions.accept(actor=actions.links.guest(made.link), ask=other, link=made.link)
    assert fresh(other).state == Ask.State.ASKED
