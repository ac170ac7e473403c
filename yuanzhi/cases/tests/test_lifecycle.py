"""What happens to a case on its way: returned, extended, urged, called back, split, merged, linked, withdrawn."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.queries import actor_for
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, queries
from yuanzhi.cases.models import Case, CaseTerms, Extension, Note, ServiceItem
from yuanzhi.cases.timeline import entries
from yuanzhi.kernel.models import HistoryEntry, Notice
from yuanzhi.kernel.refusals import Overtaken, Refused

from .lives import State as S
from .lives import in_state, judge, opened

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-16 09:00"


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def local(moment):
    return timezone.localtime(moment).isoformat(" ", "minutes")[:16]


def titles(user):
    return list(Notice.objects.filter(user_id=user.pk).order_by("pk").values_list("title", flat=True))


@pytest.fixture
def officer(world):
    return world.actor(Role.DESK_OFFICER)


@pytest.fixture
def lead(world):
    return world.actor(Role.LEAD)


def second(world, role, name, scope_id=None):
    """Another person of this role."""
    user = accounts.open_account(
        actor=world.house, username=f"two_{name}", name=name, password="云溪-夜航-第八号桥",
        must_change_password=False,
    )  # fmt: skip
    accounts.grant_role(
        actor=world.house, user=user, role=role, scope_id=scope_id, valid_from=dt.date(2025, 1, 1)
    )
    return actor_for(user, world.community.pk)


# -- handed over, and back ---------------------------------------------------------------------------------


def test_handing_over_says_to_whom_and_why(world, officer):
    case = in_state(world, S.ACCEPTED)
    member = world.user(Role.GRID_MEMBER)
    case = actions.hand_over(actor=officer, case=case, desk=case.desk, owner=member, why="他天天在那栋楼")
    assert (case.owner_id, case.owner_name, case.given_by_id) == (member.pk, member.name, officer.user_id)
    assert case.given_at is not None
    entry = HistoryEntry.objects.get(verb="case.handed_over")
    assert (entry.details["owner"], entry.details["text"]) == (member.name, "他天天在那栋楼")
    assert titles(member) == [f"转来：{case.title}"]


@pytest.mark.parametrize("role", [Role.CONTACT, Role.VIEWER, Role.SYSTEM_ADMIN, Role.PARTNER])
def test_a_case_is_given_only_to_who_may_work_it(world, officer, role):
    case = in_state(world, S.ACCEPTED)
    with pytest.raises(Refused, match="不办诉求"):
        actions.hand_over(actor=officer, case=case, desk=case.desk, owner=world.user(role))


def test_a_wrong_assignment_goes_back_to_who_gave_it_once(world, officer, lead):
    with time_machine.travel(at(MONDAY), tick=False):
        case = opened(world)
        case = actions.hand_over(actor=lead, case=case, desk=case.desk, owner=world.user(Role.DESK_OFFICER))
    with time_machine.travel(at("2026-11-16 17:00"), tick=False):
        case = actions.return_case(actor=officer, case=case, reason="是物业的事", to=world.desks["public"])
    assert (case.state, case.owner_id, case.is_returned) == ("received", lead.user_id, True)
    assert case.due_at == case.response_due
    entry = HistoryEntry.objects.get(verb="case.return")
    assert entry.details["text"] == "是物业的事（建议给公共事务）"
    assert titles(world.user(Role.LEAD))[-1] == f"退回来了：{case.title}"
    case = actions.hand_over(
        actor=lead, case=case, desk=case.desk, owner=world.user(Role.DESK_OFFICER), why="还是您办"
    )
    with pytest.raises(Refused, match="退回过一次"):
        actions.return_case(actor=officer, case=case, reason="还是不该我办")


def test_what_the_routing_gave_goes_to_the_leads_pile(world, officer, lead):
    case = actions.return_case(actor=officer, case=in_state(world, S.ACCEPTED), reason="不归经济")
    assert (case.owner_id, case.given_at) == (None, None)
    assert not queries.todo(officer).filter(pk=case.pk).exists()
    assert queries.todo(lead).filter(pk=case.pk).exists()
    case = actions.hand_over(actor=lead, case=case, desk=case.desk, why="再看看")
    assert queries.todo(officer).filter(pk=case.pk).exists()


@pytest.mark.parametrize(
    ("then", "fits"),
    [("2026-11-16 17:00", True), ("2026-11-16 17:30", True), ("2026-11-17 09:01", False)],
)
def test_a_return_within_the_agreed_workdays(world, officer, then, fits):
    with time_machine.travel(at(MONDAY), tick=False):
        case = opened(world)
    with time_machine.travel(at(then), tick=False):
        if fits:
            assert actions.return_case(actor=officer, case=case, reason="不归我们").is_returned
        else:
            with pytest.raises(Refused, match="超过 1 个工作日"):
                actions.return_case(actor=officer, case=case, reason="不归我们")


def test_the_community_agrees_on_how_long(world, officer):
    CaseTerms.objects.create(community=world.community, return_days=3)
    with time_machine.travel(at(MONDAY), tick=False):
        case = opened(world)
    with time_machine.travel(at("2026-11-18 17:00"), tick=False):
        assert actions.return_case(actor=officer, case=case, reason="不归我们").is_returned


# -- more time ---------------------------------------------------------------------------------------------


@pytest.fixture
def extension(world, officer):
    """Five workdays from Monday; on Wednesday three more are asked for."""
    with time_machine.travel(at(MONDAY), tick=False):
        case = in_state(world, S.ACCEPTED)
    assert local(case.resolution_due) == "2026-11-20 17:30"
    with time_machine.travel(at("2026-11-18 10:00"), tick=False):
        return actions.ask_extension(actor=officer, case=case, days=3, reason="要等银行回函")


def test_a_granted_extension_moves_the_promise_and_is_recorded(world, lead, extension):
    assert titles(world.user(Role.LEAD))[-1].startswith("申请延期 3 个工作日")
    with time_machine.travel(at("2026-11-18 11:00"), tick=False):
        case = actions.decide_extension(actor=lead, extension=extension, grant=True)
    assert (local(case.resolution_due), case.due_at, case.extended_days) == (
        "2026-11-25 17:30", case.resolution_due, 3,
    )  # fmt: skip
    entry = HistoryEntry.objects.get(verb="case.extension_granted")
    assert entry.details["resolution_due"].startswith("2026-11-25T09:30")
    assert titles(world.user(Role.DESK_OFFICER))[-1] == f"同意延期 3 个工作日：{case.title}"
    public = [line.text for line in entries(case, public=True)]
    assert "延期 3 个工作日" in public and "申请延期 3 个工作日" not in public
    assert [line.note for line in entries(case, public=True) if line.text.startswith("延期")] == [
        "要等银行回函"
    ]


def test_a_refused_one_leaves_it(world, lead, extension):
    before = extension.case.resolution_due
    with pytest.raises(Refused, match="为什么"):
        actions.decide_extension(actor=lead, extension=extension, grant=False)
    case = actions.decide_extension(actor=lead, extension=extension, grant=False, words="银行说明天就回")
    assert (case.resolution_due, case.extended_days) == (before, 0)
    assert Extension.objects.get().state == "refused"


def test_nobody_grants_their_own(world, lead):
    case = in_state(world, S.ACCEPTED)
    mine = actions.ask_extension(actor=lead, case=case, days=1, reason="等回函")
    with pytest.raises(Refused, match="另一位"):
        actions.decide_extension(actor=lead, extension=mine, grant=True)
    other = second(world, Role.LEAD, "另一位")
    assert actions.decide_extension(actor=other, extension=mine, grant=True).extended_days == 1


@pytest.mark.parametrize("role", [Role.DESK_OFFICER, Role.GRID_LEADER, Role.VIEWER, Role.CONTACT])
def test_only_a_lead_grants(world, extension, role):
    with pytest.raises(Refused):
        actions.decide_extension(actor=world.actor(role), extension=extension, grant=True)
    assert Extension.objects.get().state == "asked"


def test_it_is_asked_before_the_deadline_with_a_reason(world, officer):
    with time_machine.travel(at(MONDAY), tick=False):
        case = in_state(world, S.ACCEPTED)
    for days, reason, said in [(0, "x", "1 到"), (61, "x", "1 到"), (2, " ", "为什么")]:
        with pytest.raises(Refused, match=said):
            actions.ask_extension(actor=officer, case=case, days=days, reason=reason)
    with time_machine.travel(at("2026-11-20 17:30"), tick=False), pytest.raises(Refused, match="已经过了"):
        actions.ask_extension(actor=officer, case=case, days=2, reason="忘了")


def test_the_law_cannot_be_extended(world, officer, lead):
    item = ServiceItem.objects.create(
        desk=world.desks["economy"], name="许可", resolution_days=10, statutory_days=15,
        valid_from=dt.date(2026, 1, 1),
    )  # fmt: skip
    case = actions.accept(actor=officer, case=opened(world, item=item))
    with pytest.raises(Refused, match="法定时限是 15 个工作日，最多还能延 5 个工作日"):
        actions.ask_extension(actor=officer, case=case, days=6, reason="慢")
    first = actions.ask_extension(actor=officer, case=case, days=5, reason="慢")
    actions.decide_extension(actor=lead, extension=first, grant=True)
    case.refresh_from_db()
    with pytest.raises(Refused, match="不能再延了"):
        actions.ask_extension(actor=officer, case=case, days=1, reason="还是慢")


def test_one_question_at_a_time_and_twice_is_once(world, officer, extension):
    case = Case.objects.get(pk=extension.case_id)
    with time_machine.travel(at("2026-11-18 10:01"), tick=False):
        again = actions.ask_extension(actor=officer, case=case, days=3, reason="要等银行回函")
        assert again.pk == extension.pk
        with pytest.raises(Refused, match="等批"):
            actions.ask_extension(actor=officer, case=case, days=4, reason="别的")


def test_when_the_work_ends_the_question_does(world, officer, lead, extension):
    case = Case.objects.get(pk=extension.case_id)
    actions.resolve(actor=officer, case=case, outcome="提前办好了")
    assert Extension.objects.get().state == "refused"
    with pytest.raises(Refused):
        actions.decide_extension(actor=lead, extension=extension, grant=True)


# -- urged, called back --------------------------------------------------------------------------------------


def test_urging_stands_until_somebody_answers(world, officer, lead):
    case = actions.urge(actor=lead, case=in_state(world, S.ACCEPTED), words="周五前给企业个准信")
    assert titles(world.user(Role.DESK_OFFICER))[-1] == "督办：周五前给企业个准信"
    assert case.urged_at is not None
    version = case.version
    assert actions.urge(actor=lead, case=case, words="周五前给企业个准信").version == version  # sent twice
    actions.add_note(actor=lead, case=case, text="我再问问运营商")
    assert Case.objects.get().urged_at is not None  # the lead's own words are no answer
    actions.add_note(actor=officer, case=case, text="约了明天上门")
    assert Case.objects.get().urged_at is None
    assert not any(line.text == "督办" for line in entries(case, public=True))
    assert [line.note for line in entries(case, public=False) if line.text == "督办"] == [
        "周五前给企业个准信"
    ]


def test_a_step_answers_too(world, officer, lead):
    case = actions.urge(actor=lead, case=in_state(world, S.ACCEPTED), words="快点")
    assert actions.start(actor=officer, case=case).urged_at is None


@pytest.mark.parametrize("role", [Role.DESK_OFFICER, Role.GRID_LEADER, Role.VIEWER, Role.CONTACT])
def test_only_the_lead_urges(world, role):
    with pytest.raises(Refused):
        actions.urge(actor=world.actor(role), case=in_state(world, S.ACCEPTED), words="快点")


def test_a_dissatisfied_enterprise_is_called_and_its_rating_stays(world, officer):
    with time_machine.travel(at(MONDAY), tick=False):
        case = in_state(world, S.RESOLVED)
        case = judge(case, 1)
    assert local(case.call_back_due) == "2026-11-17 17:30"
    assert case.due_at == case.call_back_due
    verdict = case.verdicts.get()
    with pytest.raises(Refused, match="电话里怎么说"):
        actions.called_back(actor=officer, case=case, words="")
    case = actions.called_back(actor=officer, case=case, words="网速只有说好的一半")
    assert case.call_back_due is None
    verdict.refresh_from_db()
    assert (verdict.satisfaction, case.verdicts.count()) == (1, 1)
    with pytest.raises(Overtaken):
        actions.called_back(actor=officer, case=case, words="又打了一次")
    entry = HistoryEntry.objects.get(verb="case.called_back")
    assert entry.details["text"] == "网速只有说好的一半"


def test_the_community_agrees_on_when_to_call(world):
    CaseTerms.objects.create(community=world.community, call_back_days=1)
    with time_machine.travel(at(MONDAY), tick=False):
        case = judge(in_state(world, S.RESOLVED), 2)
    assert local(case.call_back_due) == "2026-11-16 17:30"


# -- withdrawn ------------------------------------------------------------------------------------------


def test_the_enterprise_takes_it_back_with_its_reason(world):
    case = in_state(world, S.IN_PROGRESS)
    actions.withdraw(actor=actions.link_actor(case), case=case, reason="找朋友解决了", by_token=case.token)
    case = Case.objects.get()
    assert (case.state, case.closed_at is not None) == ("withdrawn", True)
    assert titles(world.user(Role.DESK_OFFICER))[-1] == f"企业撤回：{case.title}（找朋友解决了）"
    assert HistoryEntry.objects.get(verb="case.withdraw").details["text"] == "找朋友解决了"


@pytest.mark.parametrize("role", [Role.DESK_OFFICER, Role.LEAD, Role.CAPTAIN])
def test_nobody_else_takes_it_back(world, role):
    case = in_state(world, S.ACCEPTED)
    with pytest.raises(Refused, match="只有企业"):
        actions.withdraw(actor=world.actor(role), case=case, by_token="wrong")


def test_a_note_is_kept_whoever_wins(world, officer):
    """A reply and a step at the same moment: the step is compare-and-set, the note is nobody's rival."""
    case = in_state(world, S.ACCEPTED)
    seen = Case.objects.get(pk=case.pk)
    actions.resolve(actor=officer, case=case, outcome="好了")
    actions.add_note(actor=world.actor(Role.CONTACT), case=seen, text="等等，还有一件")
    assert Note.objects.get().case_id == case.pk


def test_every_write_lets_the_scheduler_look(world, officer, lead):
    case = in_state(world, S.ACCEPTED)
    later = timezone.now() + dt.timedelta(days=30)

    def looked(act):
        Case.objects.filter(pk=case.pk).update(look_at=later)
        act(Case.objects.get(pk=case.pk))
        return Case.objects.get(pk=case.pk).look_at < later

    assert looked(lambda c: actions.urge(actor=lead, case=c, words="快"))
    assert looked(lambda c: actions.add_note(actor=officer, case=c, text="约好了"))
    assert looked(lambda c: actions.hand_over(actor=officer, case=c, desk=c.desk))
    assert looked(lambda c: actions.ask_extension(actor=officer, case=c, days=1, reason="等"))
    assert looked(
        lambda c: actions.decide_extension(actor=lead, extension=Extension.objects.get(), grant=True)
    )
    assert looked(lambda c: actions.start(actor=officer, case=c))
