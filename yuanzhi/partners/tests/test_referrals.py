"""From asking to the rating: named, in rotation, several at once; time runs out; who may do what."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.kernel import history
from yuanzhi.kernel.models import HistoryEntry, Notice
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.partners import actions, jobs
from yuanzhi.partners.models import Ask, Expert, Partner, PartnerRating, Referral
from yuanzhi.partners.states import REFERRAL, ReferralState, ReferralStep
from yuanzhi.registry import actions as registry

from .helping import TUESDAY, ask_of, asks, at, expert, fresh, named, open_case, refer

pytestmark = pytest.mark.django_db


@pytest.fixture
def tuesday():
    with time_machine.travel(at(TUESDAY), tick=False) as clock:
        yield clock


@pytest.fixture
def case(world, tuesday):
    return open_case(world)


# -- states --------------------------------------------------------------------------------------------

ALLOWED = {
    ("open", "take"): "taken",
    ("open", "fail"): "failed",
    ("open", "call_off"): "called_off",
    ("taken", "finish"): "done",
    ("taken", "give_back"): "open",
    ("taken", "call_off"): "called_off",
}


@pytest.mark.parametrize("state", list(ReferralState))
@pytest.mark.parametrize("step", list(ReferralStep))
def test_every_pair(state, step):
    assert REFERRAL.get((state, step)) == ALLOWED.get((state.value, step.value))


# -- the way through -----------------------------------------------------------------------------------


def test_from_asking_to_the_rating(world, case, tuesday):
    lawyer, contact = world.actor(Role.PARTNER), world.actor(Role.CONTACT)
    referral = refer(world, case, other_side="杭州赖账有限公司")
    assert asks(referral) == [("顾明", "asked")]
    ask = ask_of(referral, "顾明")
    assert timezone.localtime(ask.due_at).isoformat(" ", "minutes") == "2026-11-24 15:30+08:00"
    actions.accept(actor=lawyer, ask=ask, words="下午就打电话")
    referral = fresh(referral)
    assert (referral.state, referral.taker.name) == ("taken", "顾明")
    assert timezone.localtime(referral.contact_due).isoformat(" ", "minutes") == "2026-11-25 17:30+08:00"
    tuesday.move_to(at("2026-11-25 09:30"))
    referral = actions.mark_contacted(actor=lawyer, referral=referral, words="约了周五上门")
    visit = actions.propose_visit(actor=lawyer, referral=referral, at=at("2026-11-27 10:00"), place="企业")
    with pytest.raises(Refused, match="等对方点"):
        actions.move_visit(actor=lawyer, visit=visit, move="agree")
    visit = actions.move_visit(actor=world.actor(Role.DESK_OFFICER), visit=visit, move="agree")
    with pytest.raises(Refused, match="还没到约的时间"):
        actions.move_visit(actor=lawyer, visit=visit, move="held")
    tuesday.move_to(at("2026-11-27 12:00"))
    assert actions.move_visit(actor=lawyer, visit=visit, move="held").state == "held"
    referral = actions.finish(
        actor=lawyer,
        referral=fresh(referral),
        outcome="固定了聊天记录，支付令已受理",
        hours=Decimal("3.5"),
        recovered=Decimal("120000"),
    )
    assert referral.state == "done"
    rating = actions.rate(actor=contact, referral=referral, satisfaction=5, words="顾律师真帮忙")
    assert (rating.channel, rating.satisfaction) == ("portal", 5)
    with pytest.raises(Refused, match="已经评价过"):
        actions.rate(actor=contact, referral=referral, satisfaction=1)
    verbs = HistoryEntry.objects.filter(subject=f"case:{case.pk}", verb__startswith="referral").order_by(
        "seq"
    )
    assert list(verbs.values_list("verb", flat=True)) == [
        "referral.opened",
        "referral.asked",
        "referral.take",
        "referral.contacted",
        "referral.visit_proposed",
        "referral.visit_agree",
        "referral.visit_held",
        "referral.finish",
        "referral.rated",
    ]
    assert history.verify(world.community.pk) is None


def test_the_same_form_twice_is_one_referral(world, case):
    one = refer(world, case, once="k")
    assert refer(world, case, once="k").pk == one.pk
    assert Ask.objects.count() == 1


def test_what_is_free_is_said_first_and_kept(world, case):
    with pytest.raises(Refused, match="先把什么免费"):
        refer(world, case, told=False)
    with pytest.raises(Refused, match="什么免费还没写"):
        refer(world, case, free_terms=" ")
    referral = refer(world, case)
    actions.edit_partner(actor=world.house, partner=world.partners[0], facts={"free_terms": "改了"})
    assert fresh(referral).free_terms == "首次咨询一小时免费"
    entry = HistoryEntry.objects.get(verb="referral.opened")
    assert "首次咨询一小时免费" in entry.details["text"]


REFUSED = [
    ({"question": " "}, "请专家做什么还没写"),
    ({"way": "named"}, "只能选一位"),
    ({"way": "parallel"}, "2 到 5 位"),
    ({"way": "all"}, "选一种请法"),
    ({"accept_hours": 0}, "1 到 40"),
    ({"language": "日语"}, "没有能请的人"),
]


@pytest.mark.parametrize(("wrong", "sentence"), REFUSED)
def test_bad_input_gets_a_sentence(world, case, wrong, sentence):
    before = HistoryEntry.objects.count()
    with pytest.raises(Refused, match=sentence):
        refer(world, case, **wrong)
    assert not Referral.objects.exists()
    assert HistoryEntry.objects.count() == before


def test_one_field_of_help_is_looked_for_once_at_a_time(world, case):
    refer(world, case)
    with pytest.raises(Refused, match="已经在请法律帮忙"):
        refer(world, case)


def test_not_for_a_case_that_has_ended(world, case):
    officer = world.actor(Role.DESK_OFFICER)
    ended = cases.resolve(actor=officer, case=case, outcome="好了")
    with pytest.raises(Refused, match="已经办完"):
        refer(world, ended)


# -- rotation ------------------------------------------------------------------------------------------


def test_declined_and_on_to_the_next_then_nobody_left(world, case):
    referral = refer(world, case)
    actions.decline(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "顾明"), words="这周出庭")
    assert asks(referral) == [("顾明", "declined"), ("江以南", "asked")]
    actions.decline(actor=world.house, ask=ask_of(referral, "江以南"), words="太忙")
    assert fresh(referral).state == "failed"
    officer = world.user(Role.DESK_OFFICER)
    assert Notice.objects.filter(user_id=officer.pk, title__startswith="法律没人能接").count() == 1


def test_nobody_answers_in_time(world, case, tuesday):
    referral = refer(world, case)
    ask = ask_of(referral, "顾明")
    tuesday.move_to(ask.due_at - dt.timedelta(minutes=1))
    jobs.expire_asks.call()
    assert asks(referral) == [("顾明", "asked")]
    tuesday.move_to(ask.due_at + dt.timedelta(minutes=1))
    jobs.expire_asks.call()
    jobs.expire_asks.call()
    assert asks(referral) == [("顾明", "expired"), ("江以南", "asked")]
    assert HistoryEntry.objects.filter(verb="referral.expired").count() == 1


def test_too_late_is_said(world, case, tuesday):
    referral = refer(world, case)
    tuesday.move_to(at("2026-11-24 15:31"))
    with pytest.raises(Refused, match="答复的时间 11 月 24 日 15:30 已经过了"):
        actions.accept(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "顾明"))
    jobs.expire_asks.call()
    with pytest.raises(Refused, match="过时没答复"):
        actions.accept(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "顾明"))
    assert fresh(referral).state == "open"


def test_work_time_only(world, tuesday):
    tuesday.move_to(at("2026-11-27 16:30"))  # Friday, an hour before the end
    referral = refer(world, open_case(world))
    ask = ask_of(referral, "顾明")
    assert timezone.localtime(ask.due_at).isoformat(" ", "minutes") == "2026-11-30 12:00+08:00"


def test_a_poisoned_row_does_not_stop_the_others(world, case, tuesday, monkeypatch):
    other = open_case(world, title="另一件")
    one, two = refer(world, case), refer(world, other)
    tuesday.move_to(at("2026-11-25 10:00"))
    real = actions.expire

    def expire(*, actor, ask):
        if ask.referral_id == one.pk:
            raise RuntimeError("poisoned")
        return real(actor=actor, ask=ask)

    monkeypatch.setattr(jobs.actions, "expire", expire)
    jobs.expire_asks.call()
    assert asks(one)[0][1] == "asked"
    assert asks(two)[0][1] == "expired"


def test_the_next_in_turn_is_who_was_asked_longest_ago(world, case, tuesday):
    refer(world, case)
    tuesday.move_to(at("2026-11-24 11:00"))
    second = refer(world, open_case(world, title="第二件"))
    assert asks(second) == [("江以南", "asked")]
    third = refer(world, open_case(world, title="第三件"))
    assert asks(third) == [("顾明", "asked")]


def test_given_back_goes_on_to_the_next(world, case):
    lawyer = world.actor(Role.PARTNER)
    referral = refer(world, case)
    actions.accept(actor=lawyer, ask=ask_of(referral, "顾明"))
    actions.give_back(actor=lawyer, ask=ask_of(referral, "顾明"), words="生病了")
    assert asks(referral) == [("顾明", "declined"), ("江以南", "asked")]
    row = fresh(referral)
    assert (row.state, row.taker, row.contact_due) == ("open", None, None)
    with pytest.raises(Refused, match="不在您手上"):
        actions.give_back(actor=lawyer, ask=ask_of(referral, "顾明"), words="再退")


def test_suspended_and_full_are_not_asked_next(world, case):
    actions.decide(actor=world.house, partner=world.partners[1], move="suspend", why="年审没过")
    referral = refer(world, case)
    actions.decline(actor=world.house, ask=ask_of(referral, "顾明"), words="忙")
    assert fresh(referral).state == "failed"


# -- several at once -----------------------------------------------------------------------------------


def test_the_first_of_several_takes_it(world, case):
    referral = refer(world, case, way="parallel", experts=world.experts)
    actions.accept(actor=world.house, ask=ask_of(referral, "江以南"))
    assert asks(referral) == [("顾明", "withdrawn"), ("江以南", "accepted")]
    with pytest.raises(Overtaken, match="晚了一步"):
        actions.accept(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "顾明"))
    assert Notice.objects.filter(user_id=world.user(Role.PARTNER).pk, title__contains="不用答复").exists()


def test_given_back_the_others_are_asked_again(world, case):
    referral = refer(world, case, way="parallel", experts=world.experts)
    actions.accept(actor=world.house, ask=ask_of(referral, "江以南"))
    actions.give_back(actor=world.house, ask=ask_of(referral, "江以南"), words="出差")
    assert sorted(asks(referral)) == [("江以南", "declined"), ("顾明", "asked")]


def test_a_named_expert_who_declines_ends_it(world, case):
    referral = refer(world, case, way="named", experts=[world.experts[0]])
    actions.decline(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "顾明"), words="忙")
    assert fresh(referral).state == "failed"
    refer(world, case)  # and somebody else may be asked


# -- conflicts -----------------------------------------------------------------------------------------


def test_whoever_acts_for_the_other_side_is_never_asked(world, case):
    other = world.enterprises[1]
    actions.add_tie(
        actor=world.house, partner=world.partners[0], kind="acts_for", enterprise=other, source="机构申报"
    )
    referral = refer(world, case, other_side=other.name)
    assert asks(referral) == [("江以南", "asked")]
    with pytest.raises(Refused, match="利益冲突"):
        refer(
            world,
            open_case(world, title="指名也不行"),
            way="named",
            experts=[world.experts[0]],
            other_side=other.name,
        )


def test_a_tie_that_came_up_since_stops_the_yes(world, case):
    referral = refer(world, case, other_side="杭州赖账有限公司")
    actions.add_tie(
        actor=world.house, partner=world.partners[0], kind="acts_for", name="赖账", source="补充申报"
    )
    with pytest.raises(Refused, match="利益冲突"):
        actions.accept(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "顾明"))


def test_the_same_firm_does_not_help_both_sides(world, case):
    referral = refer(world, case, way="named", experts=[world.experts[0]])
    actions.accept(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "顾明"))
    colleague = expert(world, "翁书白")
    theirs = cases.open_case(actor=world.house, enterprise=world.enterprises[1], words="他们说我们欠钱")
    with pytest.raises(Refused, match="帮对方"):
        refer(
            world,
            theirs,
            actor=world.house,
            way="named",
            experts=[colleague],
            other_side=world.enterprises[0].name,
        )


def test_a_tie_follows_an_enterprise_that_was_merged(world, case):
    gone, kept = world.enterprises[3], world.enterprises[1]
    actions.add_tie(
        actor=world.house, partner=world.partners[0], kind="acts_for", enterprise=gone, source="机构申报"
    )
    registry.merge(actor=world.house, kept=kept, gone=gone)
    referral = refer(world, case, other_side=kept.name)
    assert asks(referral) == [("江以南", "asked")]


def test_a_confidential_case_is_against_the_employer(world, tuesday):
    employer = world.enterprises[0]
    actions.add_tie(
        actor=world.house, partner=world.partners[0], kind="acts_for", enterprise=employer, source="机构申报"
    )
    case = open_case(world, is_confidential=True, speaker="毛小满")
    assert asks(refer(world, case)) == [("江以南", "asked")]


# -- who may -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "role", [Role.VIEWER, Role.CONTACT, Role.PARTNER, Role.DEPARTMENT, Role.AUDITOR, Role.SYSTEM_ADMIN]
)
def test_who_may_not_ask_for_help(world, case, role):
    with pytest.raises(Refused):
        refer(world, case, actor=world.actor(role))


@pytest.mark.parametrize("role", [Role.LEAD, Role.DESK_OFFICER, Role.CONTACT, Role.VIEWER])
def test_only_the_expert_answers(world, case, role):
    referral = refer(world, case)
    ask = ask_of(referral, "顾明")
    for act in (actions.accept, actions.decline, actions.give_back):
        with pytest.raises(Refused, match="只有被请的专家"):
            act(actor=world.actor(role), ask=ask, words="x")


def test_another_experts_ask_is_not_mine(world, case):
    referral = refer(world, case, way="named", experts=[world.experts[1]])
    with pytest.raises(Refused, match="只有被请的专家"):
        actions.accept(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "江以南"))


@pytest.mark.parametrize(
    "role", [Role.LEAD, Role.DESK_OFFICER, Role.GRID_LEADER, Role.PARTNER, Role.VIEWER, Role.AUDITOR]
)
def test_only_the_enterprise_rates(world, case, role):
    referral = done(world, case)
    with pytest.raises(Refused, match="只能由企业自己评价"):
        actions.rate(actor=world.actor(role), referral=referral, satisfaction=5, by_token=case.token)
    assert not PartnerRating.objects.exists()


def done(world, case):
    lawyer = world.actor(Role.PARTNER)
    referral = refer(world, case, way="named", experts=[world.experts[0]])
    actions.accept(actor=lawyer, ask=ask_of(referral, "顾明"))
    return actions.finish(actor=lawyer, referral=fresh(referral), outcome="讲清楚了")


def test_rating_by_the_tracking_link(world, case):
    referral = done(world, case)
    stranger = cases.link_actor(case)
    with pytest.raises(Refused, match="不能评价"):
        actions.rate(actor=stranger, referral=referral, satisfaction=4, by_token="wrong")
    assert (
        actions.rate(actor=stranger, referral=referral, satisfaction=4, by_token=case.token).channel == "link"
    )


def test_no_rating_before_the_end(world, case):
    with pytest.raises(Refused, match="还没有办完"):
        actions.rate(actor=world.actor(Role.CONTACT), referral=refer(world, case), satisfaction=5)


def test_called_off_and_told(world, case):
    lawyer, officer = world.actor(Role.PARTNER), world.actor(Role.DESK_OFFICER)
    referral = refer(world, case)
    with pytest.raises(Refused, match="为什么取消"):
        actions.call_off(actor=officer, referral=fresh(referral), why="")
    actions.call_off(actor=officer, referral=fresh(referral), why="企业自己谈好了")
    assert asks(referral) == [("顾明", "withdrawn")]
    with pytest.raises(Refused, match="不用了"):
        actions.accept(actor=lawyer, ask=ask_of(referral, "顾明"))


def test_a_case_that_ended_looks_for_nobody(world, case):
    referral = refer(world, case)
    cases.resolve(actor=world.actor(Role.DESK_OFFICER), case=fresh(case), outcome="好了")
    with pytest.raises(Refused, match="已经办完"):
        actions.accept(actor=world.actor(Role.PARTNER), ask=ask_of(referral, "顾明"))
    jobs.expire_asks.call()
    assert fresh(referral).state == "called_off"


def test_a_number_is_shown_to_who_has_it_on_hand_and_recorded(world, case):
    lawyer = world.actor(Role.PARTNER)
    contact = registry.add_contact(
        actor=world.house, enterprise=world.enterprises[0], name="周敏", phone="13812345678"
    )
    strange = registry.add_contact(
        actor=world.house, enterprise=world.enterprises[1], name="别家", phone="13812345679"
    )
    referral = refer(world, case)
    with pytest.raises(Refused, match="还没有人接下"):
        actions.reveal(actor=lawyer, referral=fresh(referral), contact=contact)
    actions.accept(actor=lawyer, ask=ask_of(referral, "顾明"))
    assert "13812345678" in actions.reveal(actor=lawyer, referral=fresh(referral), contact=contact).replace(
        " ", ""
    )
    with pytest.raises(Refused, match="无关"):
        actions.reveal(actor=lawyer, referral=fresh(referral), contact=strange)
    entry = HistoryEntry.objects.get(verb="referral.revealed")
    assert "13812345678" not in entry.data


def test_the_experts_work_stays_in_the_community(world, neighbour, case):
    with pytest.raises(Refused):
        refer(neighbour, case)
    assert named("顾明") if Expert.objects.filter(name="顾明").count() == 1 else True
    assert Partner.objects.filter(community=world.community).count() == 2
