"""Searching over the database at hand: finding, order, scope, keeping up with changes."""

from __future__ import annotations

import pytest

from yuanzhi.registry.models import Community, Park
from yuanzhi.registry.search import Scope, SearchDoc, Why, forget, reindex, search
from yuanzhi.registry.search.store import clear

pytestmark = pytest.mark.django_db

NAMES = {
    1: "杭州云图科技有限公司",
    2: "杭州云图文化传媒有限公司",
    3: "云图南（杭州）食品有限公司",
    4: "浙江青云图书有限公司",
    5: "杭州融达票证印刷有限公司",
    6: "西安富华（杭州）贸易有限公司",
    7: "重庆长行机械有限公司杭州分公司",
    8: "ＡＢＢ（中国）有限公司杭州分公司",
    9: "杭州余杭09省道有限责任公司",
    10: "杭州𬭎海科技有限公司",
    11: "杭州方安建设有限公司",
    12: "中国农业银行股份有限公司杭州望江支行",
}


@pytest.fixture
def register():
    community = Community.objects.create(id=1, name="云溪社区", code="yunxi")
    park = Park.objects.create(id=31, community=community, name="未来加速器", aliases=["未来科创园"])
    Park.objects.create(id=32, community=community, name="青禾园")
    reindex(
        SearchDoc(
            key,
            1,
            name,
            park_id=park.pk if key in (2, 5) else 32,
            uscc=f"91330110MA00{key:05d}X",
            former_names=("杭州麦穗网络有限公司",) if key == 2 else (),
            short_name="融印" if key == 5 else "",
        )
        for key, name in NAMES.items()
    )


def found(typed, **options):
    return [hit.id for hit in search(typed, community_id=1, **options)]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("云图", [1, 2, 3, 4]),
        ("云", [3, 1, 2, 4]),
        ("yuntu", [1, 2, 3, 4]),
        ("yt", [1, 2, 3, 4]),
        ("云图科技", [1]),
        ("杭州云图", [1, 2]),
        ("hzyt", [1, 2]),
        ("hz云图", [1, 2]),
        ("yun图", [1, 2, 3, 4]),
        ("图书", [4]),
        ("书", [4]),
        ("融达", [5]),
        ("融达票证", [5]),
        ("RONGDA", [5]),
        ("hzrdpzysyxgs", [5]),
        ("hangzhourongdapiaozhengyinshuayouxiangongsi", [5]),
        ("融印", [5]),
        ("xianfuhua", [6]),
        ("富华贸易", [6]),
        ("富华杭州", [6]),
        ("chongqing", [7]),
        ("zhongqing", [7]),
        ("changxing", [7]),
        ("changhang", [7]),
        ("zhanghang", [7]),
        ("abb", [8]),
        ("ABB中国", [8]),
        ("abbzg", [8]),
        ("09省道", [9]),
        ("９省道", [9]),
        ("𬭎海", [10]),
        ("fangan", [11]),
        ("方安", [11]),
        ("望江支行", [12]),
        ("麦穗", [2]),
        ("ms", [2]),
        ("MA0000005", [5]),
        ("00012x", [12]),
        ("杭州融达票证印刷有限公司", [5]),
        ("云图 传媒", [2]),
        ("传媒 yt", [2]),
        ("未来加速器 云图", [2]),
        ("云图 未来", [2]),
        ("未来科创园 yt", [2]),
        ("wljsq rd", [5]),
        ("未来加速器云图", [2]),
        ("未来加速器", [2, 5]),
        ("云途科技", [1]),
        ("容达", [5]),
        ("rnogda", [5]),
        ("rongfda", [5]),
        ("rngda", [5]),
        ("没有这家", []),
        ("zzzz", []),
        ("", []),
        ("'\" OR 1", []),
        ("%_*", []),
    ],
)
def test_what_is_typed_finds(register, typed, expected):
    assert found(typed) == expected


def test_a_hit_says_why(register):
    assert search("麦穗", community_id=1)[0].why == Why.FORMER_NAME
    assert search("麦穗", community_id=1)[0].why.label == "曾用名"
    assert search("容达", community_id=1)[0].why == Why.SAME_SOUND
    assert search("云图", community_id=1)[0].why.label == ""


def test_while_a_name_is_being_typed_it_stays_in_sight(register):
    whole = "hangzhourongdapiaozhengyinshuayouxiangongsi"
    lost = [whole[:size] for size in range(10, len(whole) + 1) if 5 not in found(whole[:size])]
    assert lost == []


def test_the_limit_is_kept_and_the_best_come_first(register):
    assert found("云图", limit=2) == [1, 2]


def test_live_before_deregistered(register):
    reindex([SearchDoc(1, 1, NAMES[1], live=False)])
    assert found("云图")[:2] == [2, 1]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (None, [1, 2, 3, 4]),
        (Scope(parks=frozenset({31})), [2]),
        (Scope(enterprises=frozenset({4, 3})), [3, 4]),
        (Scope(parks=frozenset({31}), enterprises=frozenset({4})), [2, 4]),
        (Scope(), []),
        (Scope(parks=frozenset({99})), []),
    ],
)
def test_nobody_finds_more_than_may_be_seen(register, scope, expected):
    assert found("云图", scope=scope) == expected


@pytest.mark.parametrize(
    "typed", ["云途科技", "未来加速器", "yuntuk", "ytun", "云", "y", "0001X", "云图 科技", "麦穗"]
)
def test_guesses_stay_inside_the_scope_too(register, typed):
    assert set(found(typed, scope=Scope(enterprises=frozenset({4})))) <= {4}


def test_the_first_eight_are_the_first_eight_one_may_see():
    Community.objects.create(id=1, name="云溪社区", code="yunxi")
    reindex(SearchDoc(key, 1, f"云图{key:04d}有限公司", park_id=1 + (key > 180)) for key in range(1, 201))
    assert found("云图", scope=Scope(parks=frozenset({2}))) == list(range(181, 189))


def test_the_neighbour_community_is_another_world(register):
    reindex([SearchDoc(1001, 11, "杭州云图邻居有限公司"), SearchDoc(1002, 2, "杭州云图邻居有限公司")])
    assert set(found("云图", limit=50)) <= set(NAMES)
    assert [hit.id for hit in search("云图", community_id=11)] == [1001]


def test_the_index_follows_a_change(register):
    reindex([SearchDoc(5, 1, "杭州新颜印刷有限公司", former_names=(NAMES[5],))])
    assert found("新颜") == [5]
    assert search("融达", community_id=1)[0].why == Why.FORMER_NAME
    reindex([SearchDoc(5, 1, "杭州新颜印刷有限公司")])
    assert found("融达") == []
    forget([5, 4711])
    assert found("新颜") == []
    assert found("云图")[:1] == [1]


def test_writing_the_same_twice_changes_nothing(register):
    reindex(SearchDoc(key, 1, name) for key, name in [*NAMES.items(), *NAMES.items()])
    assert found("云图") == [1, 2, 3, 4]


def test_a_cleared_index_finds_nothing_and_can_be_filled_again(register):
    clear()
    assert found("云图") == []
    reindex([SearchDoc(1, 1, NAMES[1])])
    assert found("云图") == [1]


def test_a_rolled_back_change_is_not_found(register):
    from django.db import transaction

    class Never(Exception):
        pass

    with pytest.raises(Never), transaction.atomic():
        reindex([SearchDoc(5, 1, "杭州新颜印刷有限公司")])
        raise Never
    assert found("新颜") == []
    assert found("融达") == [5]


def test_a_very_long_query_is_cut_and_answered(register):
    assert found("融达票证印刷" * 40) == []
    assert found("a" * 500) == []
    assert found("1" * 500) == []


@pytest.mark.parametrize("few", [0, 3, 10**6])
@pytest.mark.parametrize("typed", ["云图", "yt", "yuntu", "云", "yuntukeji", "运图", "yuntuu"])
def test_both_ways_into_a_scope_find_the_same(register, monkeypatch, typed, few):
    """Rows looked at one by one, or met with the lists of the parks: only speed may differ."""
    scope = Scope(parks=frozenset({31}), enterprises=frozenset({4}))
    usual = found(typed, scope=scope)
    monkeypatch.setattr("yuanzhi.registry.search.sqlite.FEW", few)
    assert found(typed, scope=scope) == usual
