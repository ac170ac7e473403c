"""Learning in the background: what is learned from, when, and that it is done once."""

import pytest
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, suggesting
from yuanzhi.cases.actions.learning import ask_to_learn
from yuanzhi.cases.actions.routing import route
from yuanzhi.cases.jobs_routing import index_signs, learn, learn_all
from yuanzhi.cases.models import Case, CaseShingle, ServiceItem, TextModel
from yuanzhi.cases.queries_learning import samples_of
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Refused

pytestmark = pytest.mark.django_db

_SAID = {
    "欠款追讨与合同": [
        "货款没到账",
        "尾款拖了",
        "对方不付款",
        "工程款要不回来",
        "欠条怎么办",
        "合同到期不给钱",
    ],
    "子女入学": ["孩子没学位", "转学手续", "小学报名", "幼儿园名额", "孩子上初中", "入学材料"],
    "园区秩序与邻里": ["楼上装修太吵", "外卖车乱停", "邻居占过道", "噪音嗡嗡响", "晚上太吵", "楼道堆东西"],
}
_TAILS = ["", "，谢谢", "，急", "，三个月了"]


@pytest.fixture(autouse=True)
def _fresh():
    suggesting.forget_models()


def closed(world, words, name, **values):
    item = ServiceItem.objects.get(desk__community=world.community, name=name)
    case = actions.open_case(actor=world.house, words=words, item=item)
    values = {"state": "confirmed", "closed_at": timezone.now(), "outcome": "办好了", **values}
    Case.objects.filter(pk=case.pk).update(**values)
    return case


@pytest.fixture
def taught(world):
    for name, sentences in _SAID.items():
        for words in sentences:
            for tail in _TAILS:
                closed(world, words + tail, name)
    return world


def test_it_learns_from_closed_cases_and_then_suggests(taught):
    assert learn.func(taught.community.pk, 0).startswith("72 cases")
    model = TextModel.objects.get()
    assert (model.cases, len(model.labels)) == (72, 3)
    assert model.score > 0.5
    found = route(actor=taught.house, words="楼上太吵了")
    assert (found.by, found.suggestion.best.item.name) == ("learned", "园区秩序与邻里")
    assert HistoryEntry.objects.filter(verb="routing.learned").count() == 1


def test_a_second_run_does_nothing(taught):
    learn.func(taught.community.pk, 0)
    assert learn.func(taught.community.pk, 0) == "already learned"
    known = TextModel.objects.get()
    assert learn.func(taught.community.pk, known.pk) == "nothing new"
    learn_all.func()
    drain()
    assert TextModel.objects.count() == 1


def test_at_night_every_community_learns_if_it_has_news(taught, neighbour):
    learn_all.func()
    drain()
    assert TextModel.objects.get().community == taught.community  # the neighbour has nothing to learn from
    closed(taught, "孩子要转学", "子女入学")
    learn_all.func()
    drain()
    assert TextModel.objects.count() == 2


def test_only_the_newest_three_are_kept(taught):
    for _ in range(5):
        ask_to_learn(actor=taught.actor(Role.LEAD))
        drain()
    assert TextModel.objects.count() == 3


def test_only_the_lead_asks(world):
    with pytest.raises(Refused):
        ask_to_learn(actor=world.actor(Role.DESK_OFFICER))


def test_too_few_teach_nothing(world):
    closed(world, "尾款", "欠款追讨与合同")
    assert "1 cases" in learn.func(world.community.pk, 0) or learn.func(world.community.pk, 0)
    assert not TextModel.objects.exists()


def test_an_item_with_few_cases_teaches_its_desk_and_a_secret_teaches_nothing(world):
    for number in range(8):
        closed(world, f"尾款拖了{number}", "欠款追讨与合同")
    closed(world, "想贷款", "融资对接")
    closed(world, "不让单位知道", "劳动纠纷", is_confidential=True)
    closed(world, "还在办", "融资对接", state="in_progress")
    labels = [sample.label for sample in samples_of(world.community.pk)]
    root = ServiceItem.objects.get(desk__community=world.community, name="欠款追讨与合同").pk
    assert sorted(labels) == ["desk:economy", *[f"item:{root}"] * 8]


def test_what_it_turned_out_to_be_counts_not_where_it_was_sent_first(world):
    case = closed(world, "尾款拖了", "欠款追讨与合同")
    Case.objects.filter(pk=case.pk).update(desk=world.desks["governance"], item=None)
    assert [sample.label for sample in samples_of(world.community.pk)] == ["desk:governance"]


def test_old_cases_get_their_signs(world):
    cases = [actions.open_case(actor=world.house, words=f"充电桩坏了{n}") for n in range(3)]
    assert set(CaseShingle.objects.values_list("case_id", flat=True)) == {case.pk for case in cases}
    signs = CaseShingle.objects.count()
    CaseShingle.objects.filter(case=cases[1]).delete()
    assert index_signs.func() == 1
    assert index_signs.func() == 0
    assert CaseShingle.objects.count() == signs
