"""The bulk doors do what their single twins do."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.world import code_of
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel import history
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import unseal
from yuanzhi.registry import actions
from yuanzhi.registry.imports.bulk import ContactRow, SeatRow, add_contacts_many, register_many, seat_many
from yuanzhi.registry.models import Contact, Enterprise, Tenancy
from yuanzhi.registry.search import search

DAY = dt.date(2026, 11, 1)
SKIP = {"id", "uscc", "name", "name_key", "created_at", "updated_at", "short_name"}


@pytest.fixture
def source(world):
    return actions.source_for(world.house, "demo", "名录", DAY)


def facts(number: int, name: str, **more) -> dict:
    return {
        "name": name,
        "uscc": code_of(number),
        "capital": "5000000",
        "established_on": dt.date(2019, 1, 2),
        **more,
    }


def test_a_bulk_row_equals_a_single_one(world, source):
    (many,) = register_many(
        actor=world.house, facts_rows=[facts(900, "杭州甲一科技有限公司", headcount=7)], source=source
    )
    one = actions.register_enterprise(
        actor=world.house, facts=facts(901, "杭州乙二科技有限公司", headcount=7), source=source
    )
    left, right = (Enterprise.objects.filter(pk=pk).values().get() for pk in (many, one.pk))
    assert {k: v for k, v in left.items() if k not in SKIP} == {
        k: v for k, v in right.items() if k not in SKIP
    }
    assert left["short_name"] == "甲一" and left["name_key"] == "杭州甲一科技有限公司"
    verbs = [e.verb for e in HistoryEntry.objects.filter(subject=f"enterprise:{many}")]
    assert verbs == ["enterprise.registered"] and history.verify_all() == []
    assert [hit.id for hit in search("甲一", community_id=world.community.pk, scope=None)] == [many]


def test_ids_come_in_the_order_of_the_rows_with_and_without_codes(world, source):
    rows = [facts(950, "杭州丙有限公司"), {"name": "杭州丁（无代码）工作室"}, facts(949, "杭州戊有限公司")]
    ids = register_many(actor=world.house, facts_rows=rows, source=source)
    assert [Enterprise.objects.get(pk=pk).name for pk in ids] == [row["name"] for row in rows]


def test_what_is_known_or_said_twice_is_refused_whole(world, source):
    before = Enterprise.objects.count()
    for rows in (
        [facts(960, "杭州己有限公司"), facts(960, "杭州庚有限公司")],
        [facts(961, "杭州辛有限公司"), {"name": "x", "uscc": world.enterprises[0].uscc}],
    ):
        with pytest.raises(Refused):
            register_many(actor=world.house, facts_rows=rows, source=source)
    assert Enterprise.objects.count() == before


def test_seats_past_and_present(world, source):
    (pk,) = register_many(actor=world.house, facts_rows=[facts(970, "杭州壬有限公司")], source=source)
    here, there = world.buildings[:2]
    seat_many(
        actor=world.house,
        source=source,
        seats=[
            SeatRow(pk, here.park_id, here.pk, arrival="new", valid_from=dt.date(2020, 1, 1),
                    valid_to=dt.date(2023, 5, 1), leave_reason="地方小了"),
            SeatRow(pk, there.park_id, there.pk, arrival="move", valid_from=dt.date(2023, 5, 2)),
        ],
    )  # fmt: skip
    row = Enterprise.objects.get(pk=pk)
    assert (row.placement, row.park_id, row.building_id) == ("placed", there.park_id, there.pk)
    assert Tenancy.objects.filter(enterprise=row).count() == 2
    verbs = (
        HistoryEntry.objects.filter(subject=f"enterprise:{pk}").order_by("seq").values_list("verb", flat=True)
    )
    assert list(verbs) == [
        "enterprise.registered", "enterprise.moved_in", "enterprise.moved_out", "enterprise.moved_in",
    ]  # fmt: skip


def test_places_of_others_are_refused(world, neighbour, source):
    (pk,) = register_many(actor=world.house, facts_rows=[facts(971, "杭州癸有限公司")], source=source)
    with pytest.raises(Refused, match="不属于本社区"):
        seat_many(actor=world.house, seats=[SeatRow(pk, neighbour.parks[0].pk)])
    with pytest.raises(Refused, match="不在"):
        seat_many(actor=world.house, seats=[SeatRow(pk, world.parks[0].pk, world.buildings[1].pk)])


def test_contacts_are_sealed_and_stay_out_of_the_history(world, source):
    pk = world.enterprises[0].pk
    add_contacts_many(actor=world.house, rows=[ContactRow(pk, "王小二", "13812345678", "hr")], source=source)
    contact = Contact.objects.get(enterprise_id=pk)
    assert unseal(contact.phone_sealed) == "13812345678" and contact.phone_masked == "138****5678"
    assert not HistoryEntry.objects.filter(data__contains="12345678").exists()


def test_only_who_may_import(world, source):
    with pytest.raises(Refused, match="权限"):
        register_many(
            actor=world.actor(Role.VIEWER), facts_rows=[facts(980, "杭州子有限公司")], source=source
        )
