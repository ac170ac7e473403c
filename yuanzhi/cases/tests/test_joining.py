"""Cases and each other: split into parts, merged into another, linked."""

import pytest

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.models import Attachment, Case, CaseLink, Claim
from yuanzhi.cases.queries_catalogue import attachments_of
from yuanzhi.cases.timeline import entries
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Overtaken, Refused

from .lives import State as S
from .lives import in_state, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(world):
    return world.actor(Role.DESK_OFFICER)


# -- split ---------------------------------------------------------------------------------------------------


def test_parts_are_cases_of_their_own(world, officer):
    case = in_state(world, S.ACCEPTED)
    parts = actions.split(
        actor=officer,
        case=case,
        parts=[actions.Part("网线"), actions.Part("电话线", world.desks["public"]), actions.Part(" ")],
    )
    assert [(p.parent_id, p.enterprise_id, p.desk.code, p.state) for p in parts] == [
        (case.pk, case.enterprise_id, "economy", "received"),
        (case.pk, case.enterprise_id, "public", "received"),
    ]
    with pytest.raises(Refused, match="还有 2 件没办完"):
        actions.resolve(actor=officer, case=case, outcome="好了")
    for part in parts:
        actions.resolve(actor=officer, case=actions.accept(actor=officer, case=part), outcome="好了")
    assert actions.resolve(actor=officer, case=case, outcome="都好了").state == "resolved"
    assert HistoryEntry.objects.get(verb="case.split").details["text"] == "网线；电话线"
    assert HistoryEntry.objects.filter(verb="case.part_of").count() == 2


def test_the_same_form_twice_makes_the_parts_once(world, officer):
    case, parts = in_state(world, S.ACCEPTED), [actions.Part("网线"), actions.Part("电话线")]
    first = actions.split(actor=officer, case=case, parts=parts, once="f1")
    again = actions.split(actor=officer, case=Case.objects.get(pk=case.pk), parts=parts, once="f1")
    assert [p.pk for p in first] == [p.pk for p in again]
    assert Case.objects.count() == 3
    assert HistoryEntry.objects.filter(verb="case.split").count() == 1


def test_what_cannot_be_split(world, officer):
    case = in_state(world, S.ACCEPTED)
    with pytest.raises(Refused, match="至少写两件"):
        actions.split(actor=officer, case=case, parts=[actions.Part("网线"), actions.Part("")])
    with pytest.raises(Refused, match="最多拆成"):
        actions.split(actor=officer, case=case, parts=[actions.Part(str(n)) for n in range(9)])
    part = actions.split(actor=officer, case=case, parts=[actions.Part("一"), actions.Part("二")])[0]
    with pytest.raises(Refused, match="拆出来的"):
        actions.split(actor=officer, case=part, parts=[actions.Part("三"), actions.Part("四")])


# -- merged --------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(world, officer):
    """The same matter told twice, each with a note; the second with a file and a claim."""
    into, case = in_state(world, S.ACCEPTED, "整层断网"), in_state(world, S.ACCEPTED, "三楼断网")
    actions.add_note(actor=officer, case=into, text="报修了", is_public=True)
    actions.add_note(actor=world.actor(Role.CONTACT), case=case, text="下午还要开视频会")
    Attachment.objects.create(
        community=world.community, case=case, name="机房.jpg", mime="image/jpeg", size=9, sha256="a" * 64,
        stored="x", author_label="联系人",
    )  # fmt: skip
    Claim.objects.create(case=case, order=1, debtor="甲方", amount=100)
    Claim.objects.create(case=into, order=1, debtor="乙方", amount=200)
    return case, into


def test_merged_everything_is_read_on_the_one_that_goes_on(world, officer, pair):
    case, into = pair
    actions.merge(actor=officer, case=case, into=into)
    case, into = Case.objects.get(pk=case.pk), Case.objects.get(pk=into.pk)
    assert (case.state, case.merged_into_id, into.state) == ("merged", into.pk, "accepted")
    notes = [line.note for line in entries(into, public=True)]
    assert {"报修了", "下午还要开视频会"} <= set(notes)
    texts = [line.text for line in entries(into, public=False)]
    assert f"并来 {case.number}，一起办" in texts
    assert "并入另一件一起办" in [line.text for line in entries(case, public=True)]
    assert [file.name for file in attachments_of(into, public=True)] == ["机房.jpg"]
    assert list(into.claims.values_list("order", "debtor")) == [(1, "乙方"), (2, "甲方")]


def test_what_is_written_to_the_merged_one_afterwards_is_not_lost(world, officer, pair):
    case, into = pair
    seen_by_contact = Case.objects.get(pk=case.pk)
    actions.merge(actor=officer, case=case, into=into)
    actions.add_note(actor=world.actor(Role.CONTACT), case=seen_by_contact, text="路由器也红灯")
    assert "路由器也红灯" in [line.note for line in entries(Case.objects.get(pk=into.pk), public=False)]


def test_merged_twice_is_once_and_chains_lead_to_the_end(world, officer, pair):
    case, into = pair
    actions.merge(actor=officer, case=case, into=into)
    fresh = Case.objects.get(pk=case.pk)
    assert actions.merge(actor=officer, case=fresh, into=Case.objects.get(pk=into.pk)).pk == into.pk
    assert HistoryEntry.objects.filter(verb="case.merge").count() == 1
    last = opened(world, "整栋断网")
    actions.merge(actor=officer, case=Case.objects.get(pk=into.pk), into=last)
    assert set(Case.objects.filter(merged_into=last).values_list("pk", flat=True)) == {case.pk, into.pk}
    assert "下午还要开视频会" in [line.note for line in entries(last, public=False)]


def test_what_cannot_be_merged(world, officer):
    case = in_state(world, S.ACCEPTED)
    others = [
        (case, "自己"),
        (opened(world, "别家的", enterprise=world.enterprises[1]), "不是同一家"),
        (opened(world, "没留名", enterprise=None), "反过来"),
        (opened(world, "私下", is_confidential=True), "私下反映"),
        (in_state(world, S.RESOLVED, "办好的"), "不能收下并来的一件"),
    ]
    for other, said in others:
        with pytest.raises(Refused, match=said):
            actions.merge(actor=officer, case=case, into=other)
    assert Case.objects.get(pk=case.pk).state == "accepted"


def test_a_nameless_one_may_join_the_enterprises(world, officer):
    nameless, named = opened(world, "扫码来的", enterprise=None), opened(world, "登记过的")
    assert actions.merge(actor=officer, case=nameless, into=named).pk == named.pk


def test_the_neighbours_case_is_out_of_reach(world, neighbour, officer):
    case, away = in_state(world, S.ACCEPTED), opened(neighbour, "隔壁的事")
    for act in (
        lambda: actions.merge(actor=officer, case=case, into=away),
        lambda: actions.link(actor=officer, case=case, other=away),
    ):
        with pytest.raises(Refused):
            act()


# -- linked ---------------------------------------------------------------------------------------


def test_linked_once_from_either_side_and_unlinked(world, officer):
    one, two = opened(world, "一"), opened(world, "二", enterprise=world.enterprises[1])
    made = actions.link(actor=officer, case=two, other=one)
    assert actions.link(actor=officer, case=one, other=two).pk == made.pk
    assert HistoryEntry.objects.filter(verb="case.linked").count() == 2  # in both timelines
    actions.unlink(actor=officer, case=one, other=two)
    assert not CaseLink.objects.exists()
    with pytest.raises(Overtaken):
        actions.unlink(actor=officer, case=one, other=two)
    with pytest.raises(Refused, match="自己"):
        actions.link(actor=officer, case=one, other=one)
