"""Links for people without an account: one thing of one case, for some days, shown once, taken back at will."""

import datetime as dt
import logging

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.partners import actions
from yuanzhi.partners.models import Coordination, GuestLink, Reply
from yuanzhi.partners.tokens import digest_of, new_token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def officer(world):
    return world.actor(Role.DESK_OFFICER)


@pytest.fixture
def case(world, officer):
    row = cases.open_case(
        actor=officer,
        enterprise=world.enterprises[0],
        title="找地方试外骨骼",
        words="样机做出来了，想找康复站试穿",
        speaker="李岸",
        speaker_phone="13812345678",
    )
    return cases.accept(actor=officer, case=row)


@pytest.fixture
def row(world, officer, case):
    return actions.send_coordinations(
        actor=officer, case=case, departments=world.departments[:1], question="哪里能试用"
    )[0]


@pytest.fixture
def made(officer, row):
    return actions.make_link(actor=officer, coordination=row, name="残联 陶安")


def url(made, step=""):
    return f"/g/{made.token}/{step}"


def answer(text="可以到康复站试", **more):
    return {"answer-answer": text, "answer-audience": "public", "seen": "1", **more}


def everything():
    return (
        list(Coordination.objects.values_list()),
        list(GuestLink.objects.values_list()),
        HistoryEntry.objects.count(),
    )


def test_opening_shows_the_one_thing_and_changes_nothing(made, row):
    before = everything()
    for _ in range(3):
        page = Client().get(url(made))
    text = page.content.decode()
    assert page.status_code == 200
    assert "哪里能试用" in text and "样机做出来了" in text and row.case.enterprise.name in text
    assert "13812345678" not in text and "138****5678" not in text and "李岸" not in text
    assert everything() == before
    assert (
        page.headers["Cache-Control"].startswith("max-age=0") and "no-store" in page.headers["Cache-Control"]
    )
    assert page.headers["X-Robots-Tag"].startswith("noindex")
    assert Client().head(url(made)).status_code == 200
    assert everything() == before


def test_answering_by_link_is_the_same_action_under_the_name_on_it(made, row):
    client = Client()
    sent = client.post(url(made, "answer/"), answer())
    assert (sent.status_code, sent.headers["Location"]) == (302, f"{url(made)}?said=answer")
    row.refresh_from_db()
    assert (row.state, row.answer) == ("answered", "可以到康复站试")
    assert Reply.objects.get().author_label == "经信 残联 陶安"
    assert HistoryEntry.objects.get(verb="coordination.answer").actor_label == "残联 陶安（凭链接）"
    link = GuestLink.objects.get()
    assert (link.uses, link.used_at is not None) == (1, True)
    page = client.get(f"{url(made)}?said=answer").content.decode()
    assert "答复送到了" in page and "送出答复" not in page


@pytest.mark.parametrize(
    ("step", "data", "state"),
    [
        ("accept", {"accept-handler": ""}, "accepted"),
        ("return", {"back-why": "归科技局管"}, "returned"),
    ],
)
def test_signing_and_sending_back_by_link(made, row, step, data, state):
    assert Client().post(url(made, f"{step}/"), {"seen": "1", **data}).status_code == 302
    row.refresh_from_db()
    assert row.state == state


def test_twice_makes_one(made, row):
    client = Client()
    assert client.post(url(made, "answer/"), answer()).status_code == 302
    again = client.post(url(made, "answer/"), answer("第二遍"))
    assert again.status_code == 409
    assert "第二遍" not in Reply.objects.get().text
    assert GuestLink.objects.get().uses == 1


def test_only_a_keyed_digest_is_kept(made, officer, row):
    link = GuestLink.objects.get()
    stored = " ".join(str(value) for value in GuestLink.objects.values_list().get())
    stem, _, signature = made.token.partition(".")
    assert len(stem) == 24 and len(signature) == 10
    assert made.token not in stored and stem not in stored
    assert link.digest == digest_of(made.token)
    told = "".join(HistoryEntry.objects.values_list("data", flat=True))
    assert stem not in told
    assert HistoryEntry.objects.get(verb="link.made").details["name"] == "残联 陶安"


GONE = {
    "revoked": "社区把这个链接收回了",
    "expired": "过了有效期",
    "called off": "取消了这次协同",
    "case closed": "已经办完",
}


def close_it(why, officer, made, row):
    """Make the link open nothing, in one of the ways."""
    if why == "revoked":
        actions.revoke_link(actor=officer, link=made.link)
    elif why == "called off":
        actions.call_off_coordination(actor=officer, coordination=row, why="不用了")
    elif why == "case closed":
        case = row.case
        case.refresh_from_db()
        cases.resolve(actor=officer, case=case, outcome="办好了")


@pytest.mark.parametrize("why", list(GONE))
def test_what_no_longer_holds_is_a_sentence(officer, made, row, why):
    close_it(why, officer, made, row)
    row.refresh_from_db()
    seen = (row.state, row.version)
    with time_machine.travel(timezone.now() + dt.timedelta(days=8 if why == "expired" else 0), tick=False):
        for response in (
            Client().get(url(made)),
            Client().post(url(made, "answer/"), answer()),
            Client().get(url(made, "files/1/")),
        ):
            assert response.status_code == 410
            assert GONE[why] in response.content.decode()
            assert "外骨骼" not in response.content.decode()
    row.refresh_from_db()
    assert (row.state, row.version) == seen
    assert GuestLink.objects.get().uses == 0


def tampered(token):
    stem, _, signature = token.partition(".")
    last = "A" if stem[-1] != "A" else "B"
    yield from (
        f"{stem[:-1]}{last}.{signature}",
        f"{stem}.{signature[:-1]}{'x' if signature[-1] != 'x' else 'y'}",
        stem,
        f"{stem}.",
        f".{signature}",
        "x",
        f"{token}x",
        new_token(),
        "%00",
        "a" * 3000,
        "'; drop table partners_guestlink --",
        "链接",
    )


def test_tampered_links_do_not_exist(made, row):
    for token in tampered(made.token):
        for response in (Client().get(f"/g/{token}/"), Client().post(f"/g/{token}/answer/", answer())):
            assert response.status_code == 404, token
            assert "不对" in response.content.decode()
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_link_is_for_one_case_and_no_other(world, officer, made, row):
    other = actions.send_coordinations(
        actor=officer,
        case=cases.open_case(actor=officer, enterprise=world.enterprises[1], words="另一家的事"),
        departments=world.departments[:1],
        question="另一件",
    )[0]
    with pytest.raises(Refused, match="不是这件事的"):
        actions.answer_coordination(
            actor=actions.links.guest(made.link), coordination=other, answer="我也答", link=made.link
        )
    other.refresh_from_db()
    assert (other.state, GuestLink.objects.get().uses) == ("sent", 0)
    assert "另一件" not in Client().get(url(made)).content.decode()


def test_guessing_is_slowed_down():
    client = Client()
    codes = [client.get(f"/g/{new_token()}/").status_code for _ in range(32)]
    assert codes[:30] == [404] * 30
    assert codes[-1] == 429


def test_who_answers_after_the_end_is_told_and_nothing_is_lost(officer, made, row):
    """Opened in time, sent too late: exactly one outcome, by one guarded update."""
    hand = actions.links.guest(made.link)
    late = time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1), tick=False)
    with late, pytest.raises(Refused, match="收回或过期"):
        actions.answer_coordination(actor=hand, coordination=row, answer="可以", link=made.link)
    row.refresh_from_db()
    assert row.state == "sent"
    actions.answer_coordination(actor=hand, coordination=row, answer="可以", link=made.link)
    actions.revoke_link(actor=officer, link=made.link)
    with pytest.raises(Overtaken):
        actions.revoke_link(actor=officer, link=made.link)
    assert Reply.objects.get().text == "可以"


def test_staff_see_the_page_but_do_not_answer(world, made, row):
    client = Client()
    client.force_login(world.user(Role.DESK_OFFICER))
    assert "送出答复" not in client.get(url(made)).content.decode()
    assert client.post(url(made, "answer/"), answer()).status_code == 409
    row.refresh_from_db()
    assert row.state == "sent"


def test_what_was_typed_stays(made):
    page = Client().post(url(made, "answer/"), answer("写了很多", **{"answer-audience": "nobody"}))
    assert page.status_code == 422
    assert "写了很多" in page.content.decode()


class TestMaking:
    def page(self, world, row, **data):
        client = Client()
        client.force_login(world.user(Role.DESK_OFFICER))
        return client, client.post(
            f"/coordinations/{row.pk}/link/", {"name": "陶安", "days": "7", "once": "k1", **data}
        )

    def test_shown_once(self, world, row):
        client, page = self.page(world, row)
        text = page.content.decode()
        token = text.split("/g/")[1].split("/")[0]
        assert page.headers["Cache-Control"].startswith("max-age=0")
        assert Client().get(f"/g/{token}/").status_code == 200
        _, again = self.page(world, row)
        assert "/g/" not in again.content.decode() and "看过了" in again.content.decode()
        assert GuestLink.objects.count() == 1
        panel = client.get(f"/cases/{row.case_id}/departments/").content.decode()
        assert "给陶安的链接" in panel and token not in panel

    @pytest.mark.parametrize("days", ["0", "31", "x", "-1", "999999999999"])
    def test_for_one_to_thirty_days(self, world, row, days):
        _, page = self.page(world, row, days=days)
        assert page.status_code == 422
        assert not GuestLink.objects.exists()

    def test_needs_a_name_and_an_open_matter(self, world, officer, row):
        with pytest.raises(Refused, match="链接给谁"):
            actions.make_link(actor=officer, coordination=row, name=" ")
        actions.call_off_coordination(actor=officer, coordination=row, why="不用了")
        with pytest.raises(Refused, match="已经有结果"):
            actions.make_link(actor=officer, coordination=row, name="陶安")

    def test_not_by_outsiders(self, world, neighbour, row, made):
        for actor in (neighbour.actor(Role.LEAD), world.actor(Role.DEPARTMENT), world.actor(Role.CONTACT)):
            with pytest.raises(Refused):
                actions.make_link(actor=actor, coordination=row, name="陶安")
            with pytest.raises(Refused):
                actions.revoke_link(actor=actor, link=made.link)

    def test_no_more_than_five_at_a_time(self, officer, row):
        for number in range(5):
            actions.make_link(actor=officer, coordination=row, name=f"第{number}位")
        with pytest.raises(Refused, match="先收回"):
            actions.make_link(actor=officer, coordination=row, name="第六位")


def test_the_token_is_not_logged(made, caplog, settings):
    """What Django logs of a link that is gone passes the house's filter."""
    from yuanzhi.kernel.logs import HideLinks

    caplog.handler.addFilter(hide := HideLinks())
    try:
        with caplog.at_level(logging.DEBUG):
            actions.links.GuestLink.objects.update(revoked_at=timezone.now())
            Client().get(url(made))
            Client().post(url(made, "answer/"), answer())
            Client().get("/g/secretsecret.signature/")
    finally:
        caplog.handler.removeFilter(hide)
    assert caplog.records
    assert made.token not in caplog.text and "secretsecret" not in caplog.text
