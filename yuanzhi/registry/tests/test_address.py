"""Addresses find their park, building, floor and room, or go to the 待落图 list with a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuanzhi.registry.rules.address import PLACED_FROM, BuildingEntry, Gazetteer, ParkEntry

PARKS = (
    ParkEntry("加速器", "未来加速器", ("加速器园区",), ("浙江省杭州市余杭区仓前街道文一西路1818-2号",)),
    ParkEntry("海创园", "海创园", ("浙江海外高层次人才创新园",), ("文一西路998号",)),
    ParkEntry("龙泉创意", "龙泉创意园", (), ("龙泉路10号", "龙泉路12号")),
    ParkEntry("龙泉科创", "龙泉科创园", (), ("龙泉路12号",)),
    ParkEntry("梦创", "梦创大厦", (), ("17号大街9号",)),
)
BUILDINGS = (
    BuildingEntry("加速器7", "加速器", "7幢", (), 6),
    BuildingEntry("加速器A", "加速器", "A座", (), 20),
    BuildingEntry("海创1", "海创园", "1号楼", (), 10),
    BuildingEntry("海创2", "海创园", "2号楼", ("会议中心大楼",), 10),
    BuildingEntry("创意1", "龙泉创意", "1幢", (), 5),
    BuildingEntry("科创2", "龙泉科创", "2幢", (), 8),
    BuildingEntry("启明", "龙泉科创", "启明大厦", (), 20),
    BuildingEntry("梦创主", "梦创", "主楼", (), 12),
)
HERE = {"省": ("浙江",), "市": ("杭州",), "区": ("余杭",)}
PLACES = Gazetteer(PARKS, BUILDINGS, HERE, ("仓前", "未来科技城"))


@pytest.mark.parametrize(
    ("text", "park", "building", "floor", "room"),
    [
        ("浙江省杭州市余杭区仓前街道文一西路1818-2号7幢1单元603室", "加速器", "加速器7", 6, "603"),
        ("未来加速器A座1511", "加速器", "加速器A", 15, "1511"),
        ("未来加速器A1511", "加速器", "加速器A", 15, "1511"),
        ("加速器园区A楼 1511室", "加速器", "加速器A", 15, "1511"),
        ("文一西路１８１８－２号７号楼６０３", "加速器", "加速器7", 6, "603"),
        ("文一西路1818—2号七栋二楼", "加速器", "加速器7", 2, ""),
        ("文一西路1818-2 7幢603", "加速器", "加速器7", 6, "603"),
        ("文一西路1818-2号7#楼第5层", "加速器", "加速器7", 5, ""),
        ("杭州余杭区文一西路1818-2号7幢402、403室", "加速器", "加速器7", 4, "402"),
        ("余杭区仓前文一西路998号一号楼三楼", "海创园", "海创1", 3, ""),
        ("未来科技城海创园1幢地下一层", "海创园", "海创1", -1, ""),
        ("海创园1幢B1层", "海创园", "海创1", -1, ""),
        ("海创园会议中心大楼801-1室", "海创园", "海创2", 8, "801-1"),
        ("文一西路998-5号1幢203室", "海创园", "海创1", 2, "203"),
        ("杭州市余杭区17号大街9号5层", "梦创", "梦创主", 5, ""),
        ("余杭区梦创大厦801室", "梦创", "梦创主", 8, "801"),
        ("龙泉路12号2幢201室", "龙泉科创", "科创2", 2, "201"),
        ("龙泉路12号启明大厦8楼", "龙泉科创", "启明", 8, ""),
        ("启明大厦1203", "龙泉科创", "启明", 12, "1203"),
        ("龙泉路12号龙泉创意园1幢", "龙泉创意", "创意1", None, ""),
    ],
)
def test_an_address_finds_its_place(text: str, park, building, floor, room: str):
    placement = PLACES.place(text)
    assert placement[:4] == (park, building, floor, room)
    assert placement.confidence >= PLACED_FROM
    assert placement.reason.endswith("。")


@pytest.mark.parametrize(
    ("text", "words", "candidates"),
    [
        ("", "没有地址", set()),
        ("余杭区", "没有认出园区或门牌", set()),
        ("仓前街道7幢603室", "没有认出园区或门牌", set()),
        ("文一西路1818号", "不完全一样", {"加速器"}),
        ("文一西路1818-3号", "不在已登记的园区里", set()),
        ("大龙泉路10号", "不完全一样", {"龙泉创意"}),
        ("龙泉路12号", "对应 2 个园区", {"龙泉创意", "龙泉科创"}),
        ("龙泉创意园与龙泉科创园", "对应 2 个园区", {"龙泉创意", "龙泉科创"}),
        ("文一西路998号1幢、文一西路1818-2号7幢", "对应 2 个园区", {"海创园", "加速器"}),
        ("龙泉路10号海创园", "指向不同的园区", {"海创园", "龙泉创意"}),
        ("海创园附近", "只说在附近", {"海创园"}),
        ("文一西路998号对面", "只说在附近", {"海创园"}),
        ("萧山区文一西路998号", "地址在萧山区", set()),
        ("北京市海淀区文一西路998号", "地址在北京市", set()),
    ],
)
def test_what_is_not_certain_is_not_guessed(text: str, words: str, candidates: set):
    placement = PLACES.place(text)
    assert not placement.placed
    assert words in placement.reason
    assert set(placement.candidates) == candidates


def test_an_unknown_building_leaves_it_at_the_park():
    placement = PLACES.place("文一西路998号9幢301室")
    assert (placement.park, placement.building, placement.floor) == ("海创园", None, None)
    assert "园区里没有登记「9幢」" in placement.reason


def test_a_floor_the_building_does_not_have_is_dropped_and_told():
    placement = PLACES.place("未来加速器7幢9楼")
    assert (placement.building, placement.floor) == ("加速器7", None)
    assert "只有 6 层" in placement.reason


def test_a_name_with_an_unregistered_number_is_placed_with_less_confidence():
    placement = PLACES.place("文一西路500号海创园1幢")
    assert (placement.park, placement.confidence) == ("海创园", PLACED_FROM)
    assert "没有登记" in placement.reason


def test_the_entrance_is_kept():
    assert PLACES.place("文一西路1818-2号7幢1单元603室").entrance == "1"


@given(st.one_of(st.text(max_size=40), st.text("文一西路龙泉海创园0123456789-号幢室楼层A ", max_size=24)))
def test_anything_gets_a_placement_or_a_reason(text: str):
    placement = PLACES.place(text)
    assert placement.reason
    assert placement.building is None or placement.park is not None
