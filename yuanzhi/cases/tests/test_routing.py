"""Where a need goes: the one door, from rules down to the default desk."""

import datetime as dt

import pytest
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import suggesting
from yuanzhi.cases.actions.routing import route
from yuanzhi.cases.learning import to_bytes
from yuanzhi.cases.learning.fit import fit
from yuanzhi.cases.learning.lesson import Sample
from yuanzhi.cases.models import RoutingRule, ServiceItem, TextModel
from yuanzhi.kernel.refusals import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh():
    suggesting.forget_models()


def rule(world, **values):
    values = {"order": 10, "name": "欠款", "desk": world.desks["governance"], **values}
    return RoutingRule.objects.create(community=world.community, **values)


def item(world, name):
    return ServiceItem.objects.select_related("desk").get(desk__community=world.community, name=name)


@pytest.mark.parametrize(
    ("words", "desk", "why"),
    [
        ("尾款 38 万拖了五个月", "economy", "像“欠款追讨与合同”：因为说到“尾款”"),
        ("五楼消防通道堆满了", "governance", "像“消防与安全隐患”：因为说到“消防”“通道”“堆满”"),
        ("员工的孩子没学位", "public", "像“子女入学”"),
        ("党支部怎么成立", "party", "像“党组织与工会”"),
        ("你好在吗", "economy", "没认出是什么事，先放经济发展窗口"),
    ],
)
def test_before_anything_was_learned_the_catalogue_tells(world, words, desk, why):
    found = route(actor=world.house, words=words)
    assert found.desk.code == desk
    assert found.why.startswith(why)


def test_a_rule_comes_first_and_names_owner_partner_and_item(world):
    officer = world.user(Role.DESK_OFFICER)
    wanted = rule(
        world,
        words="尾款、欠款",
        owner_id=officer.pk,
        owner_name=officer.name,
        partner_kind="law",
        give_item=item(world, "劳动纠纷"),
    )
    found = route(actor=world.house, words="尾款拖了", enterprise=world.enterprises[0])
    assert (found.by, found.desk.code, found.rule_id) == ("rule", "governance", wanted.pk)
    assert (found.owner, found.partner_kind, found.item.name) == (officer, "law", "劳动纠纷")
    assert found.why == "规则“欠款”：说到“尾款”"


def test_an_owner_who_left_is_not_given_anything(world):
    officer = world.user(Role.DESK_OFFICER)
    rule(world, words="尾款", owner_id=officer.pk)
    officer.is_active = False
    officer.save()
    assert route(actor=world.house, words="尾款").owner is None


def test_rules_know_place_and_enterprise(world):
    near, far = world.enterprises[0], world.enterprises[2]  # parks 0 and 2: grids 0 and 1
    rule(world, order=1, name="大企业", facts=[{"fact": "headcount", "op": "ge", "value": 1000}])
    rule(world, order=2, name="二网格", grids=[world.grids[1].pk], desk=world.desks["party"])
    assert route(actor=world.house, words="你好", enterprise=near).by == "default"
    assert (
        route(actor=world.house, words="你好", enterprise=far).why
        == f"规则“二网格”：网格是{world.grids[1].name}"
    )
    assert route(actor=world.house, words="你好", building=world.buildings[2]).desk.code == "party"
    # Nothing known of the place or the enterprise: both are passed over, and said so.
    assert route(actor=world.house, words="你好").undecided == (
        "规则“大企业”拿不准：不知道从业人数",
        "规则“二网格”拿不准：不知道网格",
    )


def test_a_rule_switched_off_or_of_the_neighbour_does_not_count(world, neighbour):
    rule(world, words="尾款", is_active=False)
    rule(neighbour, words="尾款")
    assert route(actor=world.house, words="尾款").by == "catalogue"


def test_a_chosen_item_stays_and_its_new_edition_is_meant(world):
    old = item(world, "劳动纠纷")
    new = ServiceItem.objects.create(
        desk=world.desks["public"], name="劳动争议", valid_from=timezone.localdate(), replaces=old
    )
    ServiceItem.objects.filter(pk=old.pk).update(valid_to=timezone.localdate() - dt.timedelta(days=1))
    found = route(actor=world.house, words="尾款", item=old)
    assert (found.by, found.item, found.desk.code) == ("item", new, "public")
    rule(world, item=old, desk=world.desks["party"])
    assert route(actor=world.house, words="随便", item=new).desk.code == "party"


def test_without_desks_it_is_refused(world):
    ServiceItem.objects.all().delete()
    for desk in world.desks.values():
        desk.delete()
    with pytest.raises(Refused, match="还没有设窗口"):
        route(actor=world.house, words="尾款")


def teach(world, labels):
    """A model of this world's community: {label: words}."""
    rows = [
        Sample("", f"{words}{tail}", label)
        for label, words in labels.items()
        for tail in ("，谢谢", "，急", "，看看", "，三个月了", "，您好", "，怎么办", "，打扰", "，多谢", "！", "。", "吧", "呢", "，有人吗", "，在线等", "，拜托", "，麻烦了", "，第二次了", "，快点", "，可以吗", "，行吗")
    ]  # fmt: skip
    return TextModel.objects.create(
        community=world.community, cases=len(rows), weights=to_bytes(fit(rows).learned)
    )


def test_what_was_learned_speaks_before_the_catalogue(world):
    label = suggesting.item_label(item(world, "活动与联谊").pk)
    teach(world, {label: "机器狗想出来遛遛", suggesting.desk_label("governance"): "楼顶嗡嗡响"})
    found = route(actor=world.house, words="机器狗想遛一圈")
    assert (found.by, found.item.name) == ("learned", "活动与联谊")
    assert found.why.startswith("像“活动与联谊”：因为说到“机器狗")
    found = route(actor=world.house, words="嗡嗡响了一夜")
    assert (found.by, found.desk.code, found.item) == ("learned", "governance", None)


def test_what_is_not_clear_is_said_and_decides_no_item(world):
    one, two = item(world, "活动与联谊"), item(world, "入驻手续")
    teach(world, {suggesting.item_label(one.pk): "机器狗想出来", suggesting.item_label(two.pk): "猫想进去"})
    found = route(actor=world.house, words="？")
    assert not found.suggestion.is_sure
    assert found.why.startswith("说不准，可能是“")
    assert found.item is None
    assert len(found.suggestion.choices) == 2


def test_a_broken_model_is_as_good_as_none(world):
    TextModel.objects.create(community=world.community, cases=0, weights=b"broken")
    assert route(actor=world.house, words="尾款").by == "catalogue"


def test_queries_are_few_and_the_same_with_many_rules(world, django_assert_num_queries):
    teach(world, {suggesting.desk_label("economy"): "机器狗", suggesting.desk_label("party"): "猫想进去"})
    enterprise = world.enterprises[0]
    route(actor=world.house, words="机器狗", enterprise=enterprise)  # loads the model
    with django_assert_num_queries(4):  # desks, items, rules, which model is the newest
        route(actor=world.house, words="机器狗", enterprise=enterprise)
    for number in range(30):
        rule(
            world,
            order=number,
            words=f"没说的{number}",
            grids=[1],
            facts=[{"fact": "months_in", "op": "lt", "value": 3}],
        )
    enterprise = type(enterprise).objects.get(pk=enterprise.pk)
    with django_assert_num_queries(8):  # and building, park, grid, tenancies: a rule asks for them
        route(actor=world.house, words="机器狗", enterprise=enterprise)
