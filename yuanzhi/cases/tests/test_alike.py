"""What is shown beside a need: the same one told before, solved ones, answers; never what one may not see."""

import datetime as dt

import pytest
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.actions.routing import Routing
from yuanzhi.cases.intake_hints import chosen_of, hints_for, ticked_by
from yuanzhi.cases.models import Answer, Case, ServiceItem
from yuanzhi.cases.queries_similar import alike, candidates
from yuanzhi.cases.suggesting import Choice, Suggestion

pytestmark = pytest.mark.django_db
NEED = "三号楼地下车库充电桩坏了三个，报修电话打不通，员工下班回不了家"


def open_case(world, words=NEED, **values):
    return actions.open_case(actor=world.house, words=words, **values)


def solved(world, words=NEED, **values):
    case = open_case(world, words)
    values = {"state": "confirmed", "outcome": "换了三个新桩", "closed_at": timezone.now(), **values}
    Case.objects.filter(pk=case.pk).update(**values)
    return case


def beside(world, role=Role.DESK_OFFICER, words="充电桩坏了三个，报修电话打不通", **values):
    return alike(world.actor(role), title="", words=words, **values)


def test_the_same_enterprise_says_it_again(world):
    firm, other = world.enterprises[0], world.enterprises[1]
    case = open_case(world, enterprise=firm)
    again = NEED + "，麻烦快点"
    assert [row.case for row in beside(world, words=again, enterprise=firm).duplicates] == [case]
    assert not beside(world, words=again, enterprise=other).duplicates  # another house's charging points
    assert not beside(world, words=again).duplicates
    assert not beside(world, words="尾款拖了五个月", enterprise=firm).duplicates
    assert not beside(world, words=again, enterprise=firm, but=case.pk).duplicates


def test_a_neighbour_in_the_building_says_it_too(world):
    building = world.buildings[0]
    case = open_case(world, building=building)
    assert [row.case for row in beside(world, words=NEED, building=building).duplicates] == [case]


@pytest.mark.parametrize(
    "values", [{"opened_at": timezone.now() - dt.timedelta(days=31)}, {"state": "merged"}]
)
def test_what_is_long_ago_or_merged_is_no_duplicate(world, values):
    case = open_case(world, enterprise=world.enterprises[0])
    Case.objects.filter(pk=case.pk).update(**values)
    assert not beside(world, words=NEED, enterprise=world.enterprises[0]).duplicates


def test_how_it_was_solved_elsewhere(world):
    case = solved(world)
    solved(world, "尾款拖了五个月")
    open_case(world)  # not solved yet
    solved(world, outcome="")  # nobody wrote how
    assert [row.case for row in beside(world).solved] == [case]


def test_answers_are_for_everybody_cases_for_who_may_see_them(world):
    solved(world)
    answer = Answer.objects.create(
        community=world.community,
        question="地下车库充电桩坏了找谁",
        answer="打物业电话",
        state="published",
        author_label="社区",
    )
    assert beside(world, Role.CONTACT).answers == (answer,)
    assert beside(world, Role.CONTACT).solved == ()
    assert beside(world).solved


def test_a_confidential_case_shows_to_nobody_outside_the_desks(world):
    firm = world.enterprises[0]
    actions.open_case(actor=world.house, words=NEED, enterprise=firm, is_confidential=True)
    assert not beside(world, Role.CONTACT, words=NEED, enterprise=firm).duplicates
    assert not beside(world, Role.GRID_LEADER, words=NEED, enterprise=firm).duplicates
    assert beside(world, words=NEED, enterprise=firm).duplicates


def test_nothing_of_the_neighbour_community(world, neighbour):
    solved(neighbour)
    assert candidates(world.community.pk, "", NEED) == []
    assert not beside(world)


def test_nothing_said_nothing_found(world):
    open_case(world, enterprise=world.enterprises[0])
    assert not beside(world, words="，。", enterprise=world.enterprises[0])


def test_the_work_does_not_grow_with_the_cases(world, django_assert_max_num_queries):
    from yuanzhi.cases import queries_similar

    firm = world.enterprises[0]
    solved(world)
    open_case(world, enterprise=firm, building=world.buildings[0])
    for number in range(30):
        solved(world, f"{NEED}{number}")
    with django_assert_max_num_queries(10):
        found = beside(world, enterprise=firm, building=world.buildings[0])
    assert len(found.solved) == 3
    assert len(candidates(world.community.pk, "", NEED)) <= queries_similar.PER_SIGN * queries_similar.ASKED


# -- the suggestion on the form ------------------------------------------------------------------------


def choice(world, name):
    item = ServiceItem.objects.select_related("desk").get(desk__community=world.community, name=name)
    return Choice(item.desk, item, 0.5, ("尾款",))


def test_a_suggestion_that_is_clear_is_ticked_and_another_can_be(world):
    hints = hints_for(world.actor(Role.DESK_OFFICER), "尾款合同，还有学位", None, None)
    assert hints.offers[0].item.name == "欠款追讨与合同"
    assert hints.picked == hints.offers[0].code
    other = hints.offers[1]
    again = hints_for(world.actor(Role.DESK_OFFICER), "尾款合同，还有学位", None, None, other.code)
    assert again.picked == other.code
    ticked = ticked_by(world.actor(Role.DESK_OFFICER), "尾款合同，还有学位", None, other.code)
    assert ticked == (None, other.item)
    assert ticked_by(world.actor(Role.DESK_OFFICER), "尾款合同", None, "i99999") == (None, None)


def test_what_is_not_clear_is_ticked_by_nobody(world):
    one, two = choice(world, "欠款追讨与合同"), choice(world, "劳动纠纷")
    unclear = Routing(one.desk, None, "", "learned", suggestion=Suggestion((one, two), False, "learned"))
    clear = Routing(one.desk, one.item, "", "learned", suggestion=Suggestion((one, two), True, "learned"))
    assert chosen_of(clear, one.code) == (None, None)  # the case keeps the suggestion's own reason
    assert chosen_of(unclear, one.code) == (None, one.item)
    assert chosen_of(clear, two.code) == (None, two.item)
    assert chosen_of(clear, "") == (None, None)


# -- on the page of a case -----------------------------------------------------------------------------


def test_the_page_of_a_case_says_why_it_came_here_and_asks_for_what_is_like_it(client, world):
    from django.urls import reverse

    from tests.world import PASSWORD

    client.login(username=world.user(Role.DESK_OFFICER).username, password=PASSWORD)
    firm = world.enterprises[0]
    first, case = open_case(world, enterprise=firm), open_case(world, NEED + "，急", enterprise=firm)
    url = reverse("cases:alike", args=[case.pk])
    page = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert case.routed_why in page
    assert url in page
    piece = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert reverse("cases:case", args=[first.pk]) in piece
    assert "<html" not in piece
    assert "<html" in client.get(url).content.decode()
