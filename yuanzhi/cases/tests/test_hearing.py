"""Whose message it is: by number, by name, by who is known there; sure only when it can be nobody else."""

from __future__ import annotations

import pytest

from yuanzhi.accounts.roles import Role
from yuanzhi.cases.queries_intake import hear
from yuanzhi.registry import actions as registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(world):
    registry.add_contact(actor=world.house, enterprise=world.enterprises[1], name="周敏", phone="13812345678")
    return world


HEARD = [
    # message → index of the enterprise that is sure, number of guesses, speaker, number
    ("周敏 11:32\n门禁坏了，打 13812345678", 1, 1, "周敏", "13812345678"),
    ("门禁坏了，打 138-1234-5678", 1, 1, "周敏", "13812345678"),
    ("张三 11:32\n我们云图的尾款拖了五个月", 0, 1, "张三", None),
    ("张三（云图科技） 11:32\n尾款拖了五个月", 0, 1, "张三", None),
    ("我是杭州衡图软件有限公司的，想报高企", 2, 1, "", None),
    ("云图的楼上是禾一的实验室，漏水", None, 2, "", None),
    ("云图的周敏，打 13812345678", None, 2, "周敏", "13812345678"),
    ("在白云图书馆门口等您", None, 0, "", None),
    ("没有说是哪家，电梯坏了", None, 0, "", None),
    ("打 13800000000 找我", None, 0, "", "13800000000"),
]


@pytest.mark.parametrize(("text", "sure", "guesses", "speaker", "phone"), HEARD)
def test_whose_message_it_is(known, text, sure, guesses, speaker, phone):
    heard = hear(known.actor(Role.DESK_OFFICER), text)
    assert heard.sure == (None if sure is None else known.enterprises[sure])
    assert len(heard.guesses) == guesses
    assert heard.speaker == speaker
    assert (heard.phone.number if heard.phone else None) == phone


def test_of_two_with_one_name_the_one_where_the_speaker_is_known(known):
    source = registry.source_for(known.house, "staff", "测试登记")
    twin = registry.register_enterprise(
        actor=known.house, facts={"name": "杭州云图传媒有限公司", "short_name": "云图"}, source=source
    )
    officer = known.actor(Role.DESK_OFFICER)
    assert hear(officer, "李雷 11:32\n我们云图的尾款").sure is None
    registry.add_contact(actor=known.house, enterprise=twin, name="李雷", phone="13911112222")
    assert hear(officer, "李雷 11:32\n我们云图的尾款").sure == twin


def test_outsiders_learn_nothing_by_pasting(known, neighbour):
    for actor in (known.actor(Role.CONTACT), known.actor(Role.CAPTAIN)):
        heard = hear(actor, "打 13812345678，我们云图")
        assert heard.sure is None and not heard.guesses
    next_door = hear(neighbour.actor(Role.LEAD), "打 13812345678，我们禾一")
    assert {guess.enterprise.community_id for guess in next_door.guesses} <= {neighbour.community.pk}
    assert next_door.speaker == ""


def test_few_queries_however_long(known, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        hear(known.actor(Role.DESK_OFFICER), "云图的尾款，打 13812345678。" + "尾款拖了五个月" * 800)
