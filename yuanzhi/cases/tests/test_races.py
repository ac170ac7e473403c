"""Two at once, on both databases: exactly one outcome, and nothing of what was said is lost."""

import pytest
from django.test import Client

from tests.racing import at_once
from tests.world import build
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.models import Case, CaseLink, Extension, Note
from yuanzhi.cases.states import State
from yuanzhi.cases.timeline import entries
from yuanzhi.kernel import history
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Refused

from .lives import in_state, judge, opened

pytestmark = pytest.mark.django_db(transaction=True)
TURNS = pytest.mark.parametrize("turn", range(3))


@pytest.fixture
def world():
    return build()


def split_up(found):
    """(what went through, what was refused); anything else that was raised fails the test."""
    lost = [one for one in found if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) for one in lost), lost
    return [one for one in found if not isinstance(one, Exception)], lost


def seen(case):
    """As somebody has it before them."""
    return Case.objects.select_related("item", "enterprise", "desk").get(pk=case.pk)


def told(case, verb):
    return HistoryEntry.objects.filter(subject=f"case:{case.pk}", verb=verb).count()


@TURNS
def test_two_officers_accept(world, turn):
    case, people = opened(world), (world.actor(Role.DESK_OFFICER), world.actor(Role.LEAD))
    before = [seen(case) for _ in people]
    won, lost = split_up(
        at_once(
            *(
                lambda actor=actor, row=row: actions.accept(actor=actor, case=row)
                for actor, row in zip(people, before, strict=True)
            )
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    now = seen(case)
    assert (now.state, now.owner_id) == ("accepted", won[0].owner_id)
    assert told(case, "case.accept") == 1
    assert history.verify(world.community.pk) is None


@TURNS
def test_resolved_while_the_enterprise_withdraws(world, turn):
    case, officer = in_state(world, State.IN_PROGRESS), world.actor(Role.DESK_OFFICER)
    mine, theirs = seen(case), seen(case)
    won, lost = split_up(
        at_once(
            lambda: actions.resolve(actor=officer, case=mine, outcome="装好了"),
            lambda: actions.withdraw(actor=actions.link_actor(theirs), case=theirs, by_token=theirs.token),
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    now = seen(case)
    assert now.state == won[0].state and now.state in ("resolved", "withdrawn")
    assert told(case, "case.resolve") + told(case, "case.withdraw") == 1
    assert (now.outcome == "装好了") is (now.state == "resolved")


@TURNS
def test_an_extension_is_granted_once(world, turn):
    case = in_state(world, State.ACCEPTED)
    asked = actions.ask_extension(actor=world.actor(Role.DESK_OFFICER), case=case, days=3, reason="等回函")
    lead = world.actor(Role.LEAD)
    won, lost = split_up(
        at_once(
            *(
                lambda: actions.decide_extension(
                    actor=lead, extension=Extension.objects.get(pk=asked.pk), grant=True
                )
                for _ in range(2)
            )
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert seen(case).extended_days == 3
    assert told(case, "case.extension_granted") == 1


@TURNS
def test_granted_while_it_is_resolved(world, turn):
    case, officer = in_state(world, State.ACCEPTED), world.actor(Role.DESK_OFFICER)
    asked = actions.ask_extension(actor=officer, case=case, days=3, reason="等回函")
    mine = seen(case)
    found = at_once(
        lambda: actions.decide_extension(
            actor=world.actor(Role.LEAD), extension=Extension.objects.get(pk=asked.pk), grant=True
        ),
        lambda: actions.resolve(actor=officer, case=mine, outcome="提前办好了"),
    )
    won, _ = split_up(found)
    assert won
    asked.refresh_from_db()
    now = seen(case)
    assert asked.state != "asked" or now.state != "resolved"
    assert (asked.state == "granted") is (now.extended_days == 3)


@TURNS
def test_asked_twice_there_is_one_question(world, turn):
    case, officer = in_state(world, State.ACCEPTED), world.actor(Role.DESK_OFFICER)
    rows = [seen(case), seen(case)]
    found = at_once(
        *(
            lambda row=row: actions.ask_extension(actor=officer, case=row, days=3, reason="等回函")
            for row in rows
        )
    )
    split_up(found)
    assert Extension.objects.count() == 1
    assert told(case, "case.extension_asked") == 1


@TURNS
def test_merged_while_the_enterprise_replies(world, turn):
    case, into = in_state(world, State.ACCEPTED), in_state(world, State.ACCEPTED, "整层断网")
    officer, contact = world.actor(Role.DESK_OFFICER), world.actor(Role.CONTACT)
    mine, other, theirs = seen(case), seen(into), seen(case)
    won, lost = split_up(
        at_once(
            lambda: actions.merge(actor=officer, case=mine, into=other),
            lambda: actions.add_note(actor=contact, case=theirs, text="下午三点都在"),
        )
    )
    assert not lost and len(won) == 2
    assert seen(case).merged_into_id == into.pk
    for public in (True, False):
        assert "下午三点都在" in [line.note for line in entries(seen(into), public=public)]


@TURNS
def test_merged_into_each_other_one_goes_on(world, turn):
    one, two = in_state(world, State.ACCEPTED), in_state(world, State.ACCEPTED, "整层断网")
    officer = world.actor(Role.DESK_OFFICER)
    rows = [(seen(one), seen(two)), (seen(two), seen(one))]
    won, lost = split_up(
        at_once(*(lambda a=a, b=b: actions.merge(actor=officer, case=a, into=b) for a, b in rows))
    )
    assert (len(won), len(lost)) == (1, 1)
    assert sorted(Case.objects.values_list("state", flat=True)) == ["accepted", "merged"]


@TURNS
def test_merged_while_the_other_is_resolved(world, turn):
    case, into = in_state(world, State.ACCEPTED), in_state(world, State.ACCEPTED, "整层断网")
    officer = world.actor(Role.DESK_OFFICER)
    mine, other, theirs = seen(case), seen(into), seen(into)
    won, lost = split_up(
        at_once(
            lambda: actions.merge(actor=officer, case=mine, into=other),
            lambda: actions.resolve(actor=officer, case=theirs, outcome="修好了"),
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert (seen(case).state == "merged") is (seen(into).state == "accepted")


@TURNS
def test_handed_over_to_two(world, turn):
    case, lead = in_state(world, State.ACCEPTED), world.actor(Role.LEAD)
    rows = [(seen(case), world.user(role)) for role in (Role.GRID_LEADER, Role.GRID_MEMBER)]
    won, lost = split_up(
        at_once(
            *(
                lambda row=row, to=to: actions.hand_over(actor=lead, case=row, desk=row.desk, owner=to)
                for row, to in rows
            )
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert seen(case).owner_id == won[0].owner_id
    assert told(case, "case.handed_over") == 1


@TURNS
def test_returned_once(world, turn):
    case, officer = in_state(world, State.ACCEPTED), world.actor(Role.DESK_OFFICER)
    rows = [seen(case), seen(case)]
    won, lost = split_up(
        at_once(
            *(lambda row=row: actions.return_case(actor=officer, case=row, reason="不归我们") for row in rows)
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    assert told(case, "case.return") == 1


@TURNS
def test_judged_once_a_round(world, turn):
    case = in_state(world, State.RESOLVED)
    rows = [seen(case), seen(case)]
    won, lost = split_up(
        at_once(
            *(lambda row=row, mark=mark: judge(row, mark) for row, mark in zip(rows, (5, 1), strict=True))
        )
    )
    assert (len(won), len(lost)) == (1, 1)
    now = seen(case)
    assert now.verdicts.count() == 1
    assert (now.state == "confirmed") is (now.verdicts.get().satisfaction == 5)


# -- every form sent twice at the same moment ----------------------------------------------------------------

FORMS = {
    "hand-over": lambda w, c: {"desk": w.desks["public"].pk, "why": "归公共"},
    "wait": lambda w, c: {"words": "几楼？"},
    "extend": lambda w, c: {"days": 2, "reason": "等回函"},
    "split": lambda w, c: {"title1": "网线", "title2": "电话"},
    "merge": lambda w, c: {"other": opened(w, "整层断网").pk},
    "link": lambda w, c: {"other": opened(w, "另一件").pk},
    "return": lambda w, c: {"reason": "不归我们"},
    "urge": lambda w, c: {"words": "周五前给准信"},
}
VERBS = {
    "hand-over": "case.handed_over",
    "wait": "case.wait",
    "extend": "case.extension_asked",
    "split": "case.split",
    "merge": "case.merge",
    "link": "case.linked",
    "return": "case.return",
    "urge": "case.urged",
    "note": "case.noted",
    "accept": "case.accept",
}


def post_twice(world, path, data):
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(world.user(Role.LEAD))
    found = at_once(*(lambda c=c: c.post(path, {**data, "once": "o1"}).status_code for c in clients))
    assert all(status in (302, 409) for status in found), found
    assert 302 in found


@pytest.mark.parametrize("code", list(FORMS))
def test_a_form_sent_twice_is_done_once(world, code):
    case = in_state(world, State.ACCEPTED)
    data = FORMS[code](world, case)
    before = Case.objects.count()
    post_twice(world, f"/cases/{case.pk}/act/{code}/", data)
    assert told(case, VERBS[code]) == 1
    assert Case.objects.count() == before + (2 if code == "split" else 0)
    assert CaseLink.objects.count() == (1 if code == "link" else 0)


@pytest.mark.parametrize("code", list(FORMS))
def test_a_form_sent_again_is_done_once(world, code):
    """One after the other, as by somebody who went back and pressed again."""
    case, client = in_state(world, State.ACCEPTED), Client()
    data = {**FORMS[code](world, case), "once": "o1"}
    before = Case.objects.count()
    client.force_login(world.user(Role.LEAD))
    for _ in range(2):
        assert client.post(f"/cases/{case.pk}/act/{code}/", data).status_code in (302, 409)
    assert told(case, VERBS[code]) == 1
    assert Case.objects.count() == before + (2 if code == "split" else 0)


def test_a_note_sent_twice_is_there_once(world):
    case = in_state(world, State.ACCEPTED)
    post_twice(world, f"/cases/{case.pk}/note/", {"text": "约好明天"})
    assert Note.objects.count() == 1


def test_a_step_sent_twice_is_taken_once(world):
    case = opened(world)
    post_twice(world, f"/cases/{case.pk}/step/accept/", {})
    assert told(case, "case.accept") == 1


def test_a_need_sent_twice_is_one_case(world):
    data = {"words": "空调停了", "channel": "wechat", "go": "save"}
    post_twice(world, "/cases/new/", data)
    assert Case.objects.count() == 1


def test_a_withdrawal_sent_twice_is_one(world):
    case = in_state(world, State.ACCEPTED)
    found = at_once(
        *(lambda: Client().post(f"/t/{case.token}/withdraw/", {"reason": "不用了"}).status_code,) * 2
    )
    assert all(status in (302, 409) for status in found), found
    assert (seen(case).state, told(case, "case.withdraw")) == ("withdrawn", 1)
