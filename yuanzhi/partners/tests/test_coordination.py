"""Asking departments about a case: one or several, each on its own clock, and what they do with it."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.cases.models import Attachment
from yuanzhi.cases.timeline import entries
from yuanzhi.kernel import history
from yuanzhi.kernel.calendar import load_published_calendar
from yuanzhi.kernel.models import HistoryEntry, Notice
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.partners import actions
from yuanzhi.partners.models import Coordination, Reply
from yuanzhi.partners.queries import departments as queries
from yuanzhi.partners.states import COORDINATION, CoordinationState, CoordinationStep

pytestmark = pytest.mark.django_db


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


@pytest.fixture
def officer(world):
    return world.actor(Role.DESK_OFFICER)


@pytest.fixture
def department(world):
    return world.actor(Role.DEPARTMENT)


@pytest.fixture
def case(world, officer):
    row = cases.open_case(actor=officer, enterprise=world.enterprises[0], words="外骨骼想找能试用的地方")
    return cases.accept(actor=officer, case=row)


@pytest.fixture
def one(world, officer, case):
    return ask(world, officer, case)[0]


def ask(world, actor, case, *, several=False, **more):
    departments = world.departments if several else world.departments[:1]
    asked = {"question": "哪里能试用", **more}
    return actions.send_coordinations(actor=actor, case=case, departments=departments, **asked)


def in_state(world, officer, department, row, state):
    """Bring a coordination to a state by its own steps."""
    if state == "sent":
        return row
    if state == "returned":
        return actions.return_coordination(actor=department, coordination=row, why="归科技")
    if state == "called_off":
        return actions.call_off_coordination(actor=officer, coordination=row, why="不用了")
    row = actions.accept_coordination(actor=department, coordination=row)
    if state == "accepted":
        return row
    row = actions.answer_coordination(actor=department, coordination=row, answer="可以试")
    if state == "answered":
        return row
    return actions.close_coordination(actor=officer, coordination=row)


STEPS = {
    CoordinationStep.ACCEPT: lambda o, d, row: actions.accept_coordination(actor=d, coordination=row),
    CoordinationStep.ANSWER: lambda o, d, row: actions.answer_coordination(
        actor=d, coordination=row, answer="好了"
    ),
    CoordinationStep.RETURN: lambda o, d, row: actions.return_coordination(
        actor=d, coordination=row, why="不归我们"
    ),
    CoordinationStep.CLOSE: lambda o, d, row: actions.close_coordination(actor=o, coordination=row),
    CoordinationStep.ASK_AGAIN: lambda o, d, row: actions.ask_again(
        actor=o, coordination=row, question="再说细一点"
    ),
    CoordinationStep.CALL_OFF: lambda o, d, row: actions.call_off_coordination(
        actor=o, coordination=row, why="不用了"
    ),
}


@pytest.mark.parametrize("state", list(CoordinationState))
@pytest.mark.parametrize("step", list(CoordinationStep))
def test_the_whole_matrix_by_the_actions(world, officer, department, one, state, step):
    """Each step from each state: as the table says, recorded once, or refused and nothing written."""
    row = in_state(world, officer, department, one, state.value)
    target = COORDINATION.get((state, step))
    before = HistoryEntry.objects.count()
    if target is None:
        with pytest.raises(Refused):
            STEPS[step](officer, department, row)
        row.refresh_from_db()
        assert (row.state, HistoryEntry.objects.count()) == (state.value, before)
        return
    row = STEPS[step](officer, department, row)
    entry = HistoryEntry.objects.order_by("-pk").first()
    assert row.state == target
    assert (HistoryEntry.objects.count(), entry.verb) == (before + 1, f"coordination.{step.value}")
    assert entry.subject == f"case:{row.case_id}"
    assert history.verify(world.community.pk) is None


def test_several_departments_one_leads_each_on_its_own_clock(world, officer, case):
    actions.edit_department(
        actor=world.actor(Role.LEAD),
        department=world.departments[1],
        name=world.departments[1].name,
        short="教育",
        reply_days=5,
    )
    world.departments[1].refresh_from_db()
    with time_machine.travel(at("2026-11-20 16:00"), tick=False):
        first, second = ask(world, officer, case, several=True, lead=world.departments[1])
    assert (first.part, second.part) == ("joint", "lead")
    assert timezone.localtime(first.due_at).isoformat(" ", "minutes") == "2026-11-25 16:00+08:00"
    assert timezone.localtime(second.due_at).isoformat(" ", "minutes") == "2026-11-27 16:00+08:00"
    told = Notice.objects.get(user_id=world.user(Role.DEPARTMENT).pk)
    assert (told.title, told.url) == (f"请协同：{case.title}", f"/department/{first.pk}/")


def test_the_same_form_sent_twice_asks_once(world, officer, case):
    first = ask(world, officer, case, several=True, once="k1")
    again = ask(world, officer, case, several=True, once="k1")
    assert [row.pk for row in first] == [row.pk for row in again]
    assert Coordination.objects.count() == 2
    assert Notice.objects.filter(title__startswith="请协同").count() == 1


def test_a_department_is_asked_once_at_a_time(world, officer, department, case, one):
    with pytest.raises(Refused, match="已经在办这件事"):
        ask(world, officer, case)
    actions.answer_coordination(actor=department, coordination=one, answer="好了")
    assert ask(world, officer, case)[0].pk != one.pk


def test_answering_tells_the_owner_and_the_enterprise(world, officer, department, one):
    row = actions.answer_coordination(
        actor=department, coordination=one, answer="可以到康复站试", handler="韩立"
    )
    owner, contact = (
        Notice.objects.filter(user_id=world.user(r).pk) for r in (Role.DESK_OFFICER, Role.CONTACT)
    )
    assert f"经信答复了：{row.case.title}" in owner.values_list("title", flat=True)
    assert f"经信答复了：{row.case.title}" in contact.values_list("title", flat=True)
    reply = Reply.objects.get()
    assert (reply.text, reply.author_label, reply.round) == ("可以到康复站试", "经信 韩立", 1)
    assert row.accepted_at == row.answered_at  # answered at once is signed for, too
    public = entries(row.case, public=True)
    assert ("经信答复了", "可以到康复站试") in [(e.text, e.note) for e in public]


def test_an_answer_for_the_community_only_stays_there(world, officer, department, one):
    row = actions.answer_coordination(
        actor=department, coordination=one, answer="企业的材料有假", is_public=False
    )
    assert not Notice.objects.filter(user_id=world.user(Role.CONTACT).pk, title__contains="答复了").exists()
    for line in entries(row.case, public=True):
        assert "有假" not in line.text + line.note
    assert "有假" not in "".join(HistoryEntry.objects.values_list("data", flat=True))


def test_not_ours_goes_back_once_with_where_to_go(world, officer, department, case, one):
    row = actions.return_coordination(
        actor=department, coordination=one, why="这归教育管", instead=world.departments[1]
    )
    assert (row.state, row.returned_to) == ("returned", world.departments[1])
    assert Notice.objects.filter(
        user_id=world.user(Role.DESK_OFFICER).pk, title=f"经信退回，建议找教育：{case.title}"
    ).exists()
    second = ask(world, officer, case)[0]
    with pytest.raises(Refused, match="已经退回过一次"):
        actions.return_coordination(actor=department, coordination=second, why="还是不归我们")
    assert not [e for e in entries(case, public=True) if "退回" in e.text]
    assert [e for e in entries(case, public=False) if "退回" in e.text]


def test_asked_again_runs_a_new_clock_and_keeps_what_was_said(world, officer, department, one):
    with time_machine.travel(at("2026-11-23 09:00"), tick=False):
        row = actions.answer_coordination(actor=department, coordination=one, answer="看看再说")
    with time_machine.travel(at("2026-11-24 09:00"), tick=False):
        row = actions.ask_again(actor=officer, coordination=row, question="具体哪一天", reply_days=1)
    assert (row.state, row.round, row.answer, row.answered_at) == ("sent", 2, "", None)
    assert timezone.localtime(row.due_at).isoformat(" ", "minutes") == "2026-11-24 17:30+08:00"
    with pytest.raises(Refused, match="再问"):
        actions.return_coordination(actor=department, coordination=row, why="不归我们")
    actions.answer_coordination(actor=department, coordination=row, answer="周三")
    assert list(Reply.objects.order_by("round").values_list("text", flat=True)) == ["看看再说", "周三"]


def test_who_may_not_answer(world, neighbour, one):
    for actor in (
        world.actor(Role.LEAD),
        world.actor(Role.DESK_OFFICER),
        world.actor(Role.CONTACT),
        world.actor(Role.PARTNER),
        world.actor(Role.SYSTEM_ADMIN),
        neighbour.actor(Role.DEPARTMENT),
    ):
        with pytest.raises(Refused):
            actions.answer_coordination(actor=actor, coordination=one, answer="我来答")
    one.refresh_from_db()
    assert one.state == "sent"


def test_the_other_department_sees_and_answers_nothing_of_it(world, officer, department, case):
    other = actions.send_coordinations(
        actor=officer, case=case, departments=[world.departments[1]], question="学位"
    )[0]
    assert not queries.coordinations_visible_to(department, queries.ANSWER_COORDINATION).exists()
    with pytest.raises(Refused, match="不是请您的部门"):
        actions.accept_coordination(actor=department, coordination=other)


def test_two_at_once_exactly_one_wins(world, officer, department, one):
    seen = Coordination.objects.get(pk=one.pk)
    actions.call_off_coordination(actor=officer, coordination=one, why="企业自己办好了")
    with pytest.raises(Overtaken):
        actions.answer_coordination(actor=department, coordination=seen, answer="可以")
    assert not Reply.objects.exists()
    with pytest.raises(Overtaken):  # a page opened before
        actions.close_coordination(actor=officer, coordination=one, seen=1)


class TestConfidential:
    @pytest.fixture
    def case(self, world):
        return cases.open_case(
            actor=world.actor(Role.EMPLOYEE),
            enterprise=world.enterprises[0],
            words="公司拖欠两个月工资",
            is_confidential=True,
        )

    def test_only_with_a_reason(self, world, officer, department, case):
        with pytest.raises(Refused, match="私下反映"):
            ask(world, officer, case)
        row = ask(world, officer, case, confidential_why="要劳动监察立案")[0]
        assert queries.coordinations_visible_to(department, queries.ANSWER_COORDINATION).get() == row
        entry = HistoryEntry.objects.get(verb="coordination.sent")
        assert (entry.context, entry.details["confidential"]) == ("", True)

    def test_a_case_that_became_confidential_is_gone_from_the_department(self, world, officer, department):
        row = cases.open_case(actor=officer, enterprise=world.enterprises[0], words="欠薪")
        ask(world, officer, row)
        type(row).objects.filter(pk=row.pk).update(is_confidential=True)
        assert not queries.coordinations_visible_to(department, queries.ANSWER_COORDINATION).exists()

    def test_the_employer_hears_nothing(self, world, officer, department, case):
        row = ask(world, officer, case, confidential_why="要立案")[0]
        actions.answer_coordination(actor=department, coordination=row, answer="已立案")
        assert not Notice.objects.filter(user_id=world.user(Role.CONTACT).pk).exists()
        assert Notice.objects.filter(user_id=world.user(Role.EMPLOYEE).pk, title__contains="答复了").exists()


def test_only_what_was_ticked_is_shown(world, officer, case):
    public = cases.add_note(actor=officer, case=case, text="样机照片在附件", is_public=True)
    inside = cases.add_note(actor=officer, case=case, text="老板脾气大")
    file = Attachment.objects.create(
        community=world.community, case=case, name="样机.jpg", mime="image/jpeg", size=3,
        sha256="0" * 64, stored="attachments/x", author_label="x",
    )  # fmt: skip
    with pytest.raises(Refused, match="企业也看得到的备注"):
        ask(world, officer, case, notes=[inside])
    row = ask(world, officer, case, notes=[public], files=[file])[0]
    assert queries.shown_of(row) == ([public], [file])
    Attachment.objects.filter(pk=file.pk).update(removed_at=timezone.now())
    assert queries.shown_of(row) == ([public], [])


def test_a_case_that_ended_needs_no_answer(world, officer, department, case, one):
    cases.resolve(actor=officer, case=case, outcome="办好了")
    with pytest.raises(Refused, match="已经办完了"):
        actions.answer_coordination(actor=department, coordination=one, answer="可以")
    assert queries.portal_counts(department) == {"sent": 0, "accepted": 0}
    assert [r.pk for r in queries.portal_rows(department, "answered")] == [one.pk]
    with pytest.raises(Refused, match="不在办理中"):
        actions.send_coordinations(
            actor=officer, case=case, departments=[world.departments[1]], question="学位"
        )


def test_an_answer_to_a_case_that_went_into_another_is_not_lost(world, officer, department, case, one):
    other = cases.accept(
        actor=officer, case=cases.open_case(actor=officer, enterprise=world.enterprises[0], words="同一件")
    )
    type(case).objects.filter(pk=case.pk).update(state="merged", merged_into=other)
    row = actions.answer_coordination(actor=department, coordination=one, answer="可以")
    assert row.state == "answered"
    assert [r.pk for r in queries.of_case(other)] == [one.pk]
    assert "经信答复了" in [e.text for e in entries(other, public=True)]


def test_the_calendar_moves_pending_clocks_and_says_so(world, officer, one):
    from yuanzhi.kernel.signals import calendar_changed

    with time_machine.travel(at("2026-09-29 10:00"), tick=False):
        row = actions.send_coordinations(
            actor=officer, case=one.case, departments=[world.departments[1]], question="节前能办吗"
        )[0]
    assert timezone.localtime(row.due_at).date() == dt.date(2026, 10, 2)
    load_published_calendar(actor=world.house)
    calendar_changed.send(sender=None, year=2026)
    row.refresh_from_db()
    assert timezone.localtime(row.due_at).date() > dt.date(2026, 10, 6)  # 国庆 lies between
    entry = HistoryEntry.objects.get(verb="coordination.moved", subject=f"case:{row.case_id}")
    assert entry.details["coordination"] == row.pk
    count = HistoryEntry.objects.count()
    calendar_changed.send(sender=None, year=2026)
    assert HistoryEntry.objects.count() == count


def test_overdue_is_a_basket(world, officer, case):
    from yuanzhi.cases import baskets
    from yuanzhi.cases.models import Case, CaseTerms

    with time_machine.travel(at("2026-11-16 10:00"), tick=False):
        row = ask(world, officer, case)[0]
    basket = next(b for b in baskets.all_baskets() if b.code == "silent_dept")
    terms = CaseTerms(community=world.community)
    late = basket.rows(Case.objects.all(), at("2026-11-20 10:00"), terms)
    assert (late.get(), getattr(late.get(), basket.since)) == (case, row.due_at)
    assert not basket.rows(Case.objects.all(), at("2026-11-17 10:00"), terms).exists()


REFUSED = [
    ({"question": " "}, "还没写"),
    ({"question": "\x00\x07"}, "还没写"),
    ({"question": "问" * 2001}, "太长"),
    ({"reply_days": 0.5}, "1 到 30"),
    ({"reply_days": 31}, "1 到 30"),
]


@pytest.mark.parametrize(("more", "sentence"), REFUSED)
def test_bad_input_gets_a_sentence(world, officer, case, more, sentence):
    with pytest.raises(Refused, match=sentence):
        ask(world, officer, case, **more)
    assert not Coordination.objects.exists()


def test_departments_that_cannot_be_asked(world, neighbour, officer, case):
    with pytest.raises(Refused, match="至少选一个"):
        actions.send_coordinations(actor=officer, case=case, departments=[], question="问")
    with pytest.raises(Refused, match="不在本社区"):
        actions.send_coordinations(
            actor=officer, case=case, departments=neighbour.departments[:1], question="问"
        )
    actions.set_department_active(
        actor=world.actor(Role.LEAD), department=world.departments[0], is_active=False
    )
    world.departments[0].refresh_from_db()
    with pytest.raises(Refused, match="已经停用"):
        ask(world, officer, case)


def test_outsiders_ask_nobody(world, neighbour, case):
    for actor in (neighbour.actor(Role.LEAD), world.actor(Role.CONTACT), world.actor(Role.DEPARTMENT)):
        with pytest.raises(Refused):
            ask(world, actor, case)
