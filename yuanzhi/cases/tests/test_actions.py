"""The thread through the house: need → case → promise → work → result → the enterprise's verdict."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, queries
from yuanzhi.cases.models import Case, Verdict
from yuanzhi.kernel import history
from yuanzhi.kernel.models import HistoryEntry, Notice
from yuanzhi.kernel.refusals import Overtaken, Refused

pytestmark = pytest.mark.django_db


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


@pytest.fixture
def case(world):
    return actions.open_case(
        actor=world.actor(Role.DESK_OFFICER),
        enterprise=world.enterprises[0],
        words="尾款38万拖了五个月，想走支付令。对方一直说资金紧张",
        channel=Case.Channel.WECHAT,
    )


def test_a_need_gets_number_desk_promise_and_history(world):
    with time_machine.travel(at("2026-11-20 16:00"), tick=False):
        case = actions.open_case(
            actor=world.actor(Role.DESK_OFFICER),
            enterprise=world.enterprises[0],
            words="尾款拖了五个月。想走支付令",
        )
    assert case.number == "SQ2611-0001"
    assert (case.title, case.desk.code) == ("尾款拖了五个月", "economy")
    assert timezone.localtime(case.response_due).isoformat(" ", "minutes") == "2026-11-23 11:30+08:00"
    assert timezone.localtime(case.resolution_due).isoformat(" ", "minutes") == "2026-11-27 16:00+08:00"
    assert case.due_at == case.response_due
    entry = HistoryEntry.objects.get(subject=f"case:{case.pk}")
    assert entry.verb == "case.opened"
    assert entry.context == f"enterprise:{world.enterprises[0].pk}"
    assert entry.details["promise"]["resolution_days"] == 5
    assert history.verify(world.community.pk) is None


def test_the_same_form_sent_twice_is_one_case(world):
    officer = world.actor(Role.DESK_OFFICER)
    first = actions.open_case(actor=officer, words="电梯坏了", intake_key="k1")
    again = actions.open_case(actor=officer, words="电梯坏了", intake_key="k1")
    assert first.pk == again.pk
    assert Case.objects.count() == 1


def test_from_desk_to_verdict(world, case):
    officer, contact = world.actor(Role.DESK_OFFICER), world.actor(Role.CONTACT)
    case = actions.accept(actor=officer, case=case)
    assert (case.owner_id, case.due_at) == (world.user(Role.DESK_OFFICER).pk, case.resolution_due)
    case = actions.start(actor=officer, case=case)
    case = actions.resolve(actor=officer, case=case, outcome="陪着写了支付令申请，法院已受理")
    assert queries.owed_a_verdict(contact).get() == case
    verdict = actions.give_verdict(actor=contact, case=case, is_solved=True, satisfaction=5, words="谢谢")
    case.refresh_from_db()
    assert (case.state, verdict.channel, verdict.round) == ("confirmed", "portal", 1)
    verbs = list(
        HistoryEntry.objects.filter(subject=f"case:{case.pk}").order_by("seq").values_list("verb", flat=True)
    )
    assert verbs == [
        "case.opened",
        "case.accept",
        "case.start",
        "case.resolve",
        "case.confirm",
        "case.judged",
    ]
    titles = list(Notice.objects.filter(user_id=world.user(Role.CONTACT).pk).values_list("title", flat=True))
    assert titles == [f"已办结，请评价：{case.title}"]


def test_dissatisfied_opens_the_next_round(world, case):
    officer = world.actor(Role.DESK_OFFICER)
    case = actions.resolve(actor=officer, case=actions.accept(actor=officer, case=case), outcome="已告知")
    verdict = actions.give_verdict(
        actor=actions.link_actor(case), case=case, is_solved=False, satisfaction=2, by_token=case.token
    )
    case.refresh_from_db()
    assert (case.state, case.round, verdict.round, verdict.channel) == ("reopened", 2, 1, "link")
    assert case.closed_at is None
    case = actions.resolve(actor=officer, case=case, outcome="这次办成了")
    actions.give_verdict(
        actor=actions.link_actor(case), case=case, is_solved=True, satisfaction=4, by_token=case.token
    )
    assert list(Verdict.objects.values_list("round", "satisfaction")) == [(1, 2), (2, 4)]


@pytest.mark.parametrize("role", [Role.LEAD, Role.DESK_OFFICER, Role.GRID_LEADER, Role.SYSTEM_ADMIN])
def test_staff_cannot_judge_even_with_the_link(world, case, role):
    officer = world.actor(Role.DESK_OFFICER)
    case = actions.resolve(actor=officer, case=actions.accept(actor=officer, case=case), outcome="好了")
    with pytest.raises(Refused, match="企业自己"):
        actions.give_verdict(
            actor=world.actor(role), case=case, is_solved=True, satisfaction=5, by_token=case.token
        )
    assert not Verdict.objects.exists()


def test_a_wrong_link_judges_nothing(world, case):
    officer = world.actor(Role.DESK_OFFICER)
    case = actions.resolve(actor=officer, case=actions.accept(actor=officer, case=case), outcome="好了")
    with pytest.raises(Refused):
        actions.give_verdict(
            actor=actions.link_actor(case), case=case, is_solved=True, satisfaction=5, by_token="wrong"
        )


def test_two_officers_accept_at_once(world, case):
    officer, lead = world.actor(Role.DESK_OFFICER), world.actor(Role.LEAD)
    seen_by_lead = Case.objects.get(pk=case.pk)
    actions.accept(actor=officer, case=case)
    with pytest.raises(Overtaken, match="刚被别人动过"):
        actions.accept(actor=lead, case=seen_by_lead)
    assert HistoryEntry.objects.filter(verb="case.accept").count() == 1


def test_waiting_stops_the_clock(world):
    officer = world.actor(Role.DESK_OFFICER)
    with time_machine.travel(at("2026-11-16 09:00"), tick=False):
        case = actions.open_case(actor=officer, enterprise=world.enterprises[0], words="补缴证明")
        case = actions.accept(actor=officer, case=case)
        due = case.resolution_due
    with time_machine.travel(at("2026-11-17 10:00"), tick=False):
        case = actions.wait_for_enterprise(actor=officer, case=case, question="请发工资流水")
    with time_machine.travel(at("2026-11-19 10:00"), tick=False):
        case = actions.resume(actor=officer, case=case)
    assert case.paused_minutes == 2 * 7 * 60
    assert case.resolution_due == due + dt.timedelta(days=4)  # two workdays later, a weekend between
    assert case.notes.get().is_public


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.LEAD, True),
        (Role.DESK_OFFICER, True),
        (Role.VIEWER, True),
        (Role.GRID_LEADER, True),
        (Role.CONTACT, True),
        (Role.EMPLOYEE, False),
        (Role.CAPTAIN, False),
        (Role.PARTNER, False),
        (Role.SYSTEM_ADMIN, False),
        (Role.AUDITOR, False),
    ],
)
def test_who_sees_a_case(world, case, role, sees):
    assert queries.visible_to(world.actor(role)).filter(pk=case.pk).exists() is sees


def test_a_confidential_case_is_hidden_from_the_employer(world):
    employee, contact = world.actor(Role.EMPLOYEE), world.actor(Role.CONTACT)
    case = actions.open_case(
        actor=employee, enterprise=world.enterprises[0], words="两个月没发工资", is_confidential=True
    )
    assert case.desk.code == "economy" or case.desk.code == "governance"
    assert queries.visible_to(employee).filter(pk=case.pk).exists()
    assert not queries.visible_to(contact).filter(pk=case.pk).exists()
    assert not queries.visible_to(world.actor(Role.GRID_LEADER)).filter(pk=case.pk).exists()
    assert not HistoryEntry.objects.filter(
        context=f"enterprise:{world.enterprises[0].pk}", verb="case.opened"
    ).exists()


def test_the_neighbour_sees_nothing(world, neighbour, case):
    for role in (Role.LEAD, Role.DESK_OFFICER, Role.VIEWER, Role.CONTACT):
        assert not queries.visible_to(neighbour.actor(role)).filter(pk=case.pk).exists()
    with pytest.raises(Refused):
        actions.accept(actor=neighbour.actor(Role.LEAD), case=case)


REFUSED = [
    (lambda a, c: actions.open_case(actor=a, words="  "), "还没写"),
    (lambda a, c: actions.decline(actor=a, case=c, reason=" "), "说明原因"),
    (lambda a, c: actions.resolve(actor=a, case=c, outcome=" "), "办成了什么"),
    (lambda a, c: actions.start(actor=a, case=c), "不能开始办理"),
    (lambda a, c: actions.open_case(actor=a, words="x", speaker_phone="12"), "电话"),
]


@pytest.mark.parametrize(("attempt", "sentence"), REFUSED)
def test_bad_input_gets_a_sentence(world, case, attempt, sentence):
    before = HistoryEntry.objects.count()
    with pytest.raises(Refused, match=sentence):
        attempt(world.actor(Role.DESK_OFFICER), case)
    assert HistoryEntry.objects.count() == before
