"""What becomes of the rows of a table: taken, matched, weighed, placed, refused; and taken back whole."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel import history
from yuanzhi.kernel.imports import run
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.sealed import unseal
from yuanzhi.registry import actions
from yuanzhi.registry.actions.tenancies import seat
from yuanzhi.registry.models import Contact, Enterprise, FactConflict, FormerName, Tenancy, Unit
from yuanzhi.registry.search import search

from .importing import HEAD, brought_in, code_of, counts, csv_of, dump, line, said, uploaded, xlsx_of

TODAY = dt.date.today()
pytestmark = pytest.mark.django_db


def test_a_row_becomes_an_enterprise_with_seat_contact_source_and_history(world):
    row = line(700, "杭州云溪新来科技有限公司", 成立日期="二〇一九年三月五日", 注册资本="750(万元人民币)", 从业人数="约35人",
               园区=world.parks[1].name, 楼栋="A座", 房间="603", 联系人="王小二", 联系电话="138 1234 5678")  # fmt: skip
    batch = brought_in(world, csv_of([HEAD, row]))
    assert counts(batch) == (1, 0, 0, 0) and batch.state == "done"
    found = Enterprise.objects.get(uscc=code_of(700))
    assert (found.established_on, found.capital, found.currency, found.headcount) == (
        dt.date(2019, 3, 5), Decimal("7500000"), "CNY", 35,
    )  # fmt: skip
    assert found.placement == "placed" and found.park == world.parks[1] and found.unit.room == "603"
    assert found.unit.floor == 6 and found.provenance["headcount"][1] == TODAY.isoformat()
    tenancy = found.tenancies.get()
    assert (tenancy.arrival, tenancy.valid_from, tenancy.source.batch_id) == ("known", None, batch.pk)
    contact = found.contacts.get()
    assert (contact.name, unseal(contact.phone_sealed)) == ("王小二", "13812345678")
    entry = HistoryEntry.objects.get(subject=f"enterprise:{found.pk}")
    assert (entry.verb, entry.cause) == ("enterprise.registered", f"import:{batch.pk}")
    assert "12345678" not in entry.data and "138****5678" in entry.data
    assert [hit.id for hit in search("yxxl", community_id=world.community.pk, scope=None)][:1] == [found.pk]
    assert history.verify_all() == []


def test_the_same_table_again_changes_nothing(world):
    rows = [HEAD, *(line(700 + n, 从业人数=n + 1, 联系人="甲", 联系电话=f"1380000{n:04d}", 园区=world.parks[0].name) for n in range(30))]  # fmt: skip
    brought_in(world, csv_of(rows))
    before, entries = dump(), HistoryEntry.objects.count()
    again = brought_in(world, csv_of(rows))
    assert counts(again) == (0, 0, 30, 0)
    assert dump() == before and HistoryEntry.objects.count() == entries


@pytest.mark.parametrize("again", [False, True])
def test_undo_restores_the_register_exactly(world, again):
    """Created, changed, placed, moved, refined, renamed, with new rooms, people and conflicts: all as before."""
    known = world.enterprises
    roomy = actions.register_enterprise(
        actor=world.house, facts={"name": "杭州待落图有限公司", "uscc": code_of(690)}
    )
    rows = [
        HEAD,
        *(line(700 + n, 园区=world.parks[n % 4].name, 楼栋="A座", 房间=f"{n % 9 + 1}01", 联系人="甲", 联系电话=f"1390000{n:04d}") for n in range(12)),
        [known[0].name + "（杭州）", known[0].uscc, "2018-01-01", "100万元", 99, "", "", "", "乙", "13911112222"],
        [known[1].name, known[1].uscc, "", "", 50, world.parks[3].name, "A座", "808", "", ""],
        [known[2].name, known[2].uscc, "", "", "", world.parks[2].name, "A座", "707", "", ""],
        [roomy.name, roomy.uscc, "", "", "", world.parks[0].name, "A座", "606", "", ""],
        [known[3].name, "", "", "", 7, "", "", "", "", ""],
    ]  # fmt: skip
    visited = actions.source_for(world.house, "visit", "走访", TODAY)
    actions.state_facts(actor=world.house, enterprise=known[3], facts={"headcount": 40}, source=visited)
    before = dump()
    batch = brought_in(world, csv_of(rows))
    assert counts(batch) == (12, 4, 1, 0) and FactConflict.objects.count() == 1
    assert FormerName.objects.filter(enterprise=known[0], name=known[0].name).exists()
    moved = Enterprise.objects.get(pk=known[1].pk)
    assert moved.park == world.parks[3] and moved.tenancies.count() == 2 and moved.unit.room == "808"
    assert Enterprise.objects.get(pk=known[2].pk).tenancies.get().unit.room == "707"
    if again:  # cut off in the middle, and called again
        ImportBatch.objects.filter(pk=batch.pk).update(state="undoing")
    run.undo(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.options["kept_count"]) == ("undone", 0)
    assert dump() == before
    assert search("第705号", community_id=world.community.pk, scope=None) == []
    assert history.verify_all() == []


def test_what_somebody_touched_since_is_kept_and_said(world):
    batch = brought_in(world, csv_of([HEAD, *(line(700 + n, 联系人="甲", 联系电话=f"1390000{n:04d}") for n in range(5))]))  # fmt: skip
    edited, called, plain, placed, confirmed = Enterprise.objects.filter(uscc__in=[code_of(700 + n) for n in range(5)]).order_by("pk")  # fmt: skip
    actions.state_facts(actor=world.house, enterprise=edited, facts={"headcount": 3})
    actions.reveal_phone(actor=world.house, contact=called.contacts.get())
    actions.place_known(actor=world.house, enterprise=placed, to=seat(world.parks[0]))
    actions.confirm_facts(actor=world.house, enterprise=confirmed)
    run.undo(batch.pk)
    batch.refresh_from_db()
    left = set(Enterprise.objects.filter(pk__in=[e.pk for e in (edited, called, plain, placed, confirmed)]))
    assert left == {edited, placed, confirmed}
    assert batch.options["kept_count"] == 3 and all("留着" in sentence for sentence in batch.options["kept"])


def test_a_changed_field_that_was_changed_again_is_left(world):
    known = world.enterprises[0]
    rows = [("企业名称", "信用代码", "员工数", "网址"), (known.name, known.uscc, 77, "a.example")]
    batch = brought_in(world, csv_of(rows))
    actions.state_facts(actor=world.house, enterprise=known, facts={"headcount": 88})
    run.undo(batch.pk)
    now = Enterprise.objects.get(pk=known.pk)
    assert (now.headcount, now.website) == (88, "") and "website" not in now.provenance
    assert "从业人数" in run.load(batch.pk).options["kept"][0]


def test_an_import_on_top_of_another_is_undone_first_or_keeps_its_rows(world):
    rows = [HEAD, line(700)]
    first = brought_in(world, csv_of(rows))
    second = brought_in(world, csv_of([HEAD, line(700, 从业人数=5)]))
    before = dump()
    run.undo(first.pk)
    assert Enterprise.objects.filter(uscc=code_of(700)).exists()
    assert run.load(first.pk).options["kept_count"] == 1 and len(dump()["Enterprise"]) == len(
        before["Enterprise"]
    )
    run.undo(second.pk)
    assert Enterprise.objects.get(uscc=code_of(700)).headcount is None


def test_older_or_weaker_words_become_conflicts_for_a_person(world):
    known = world.enterprises[0]
    rows = csv_of([("企业名称", "信用代码", "员工数"), (known.name, known.uscc, 500)])
    visited = actions.source_for(world.house, "visit", "走访", TODAY)
    actions.state_facts(actor=world.house, enterprise=known, facts={"headcount": 12}, source=visited)
    batch = brought_in(world, rows)
    assert counts(batch) == (0, 0, 1, 0) and "没有改" in said(batch)[2]
    assert FactConflict.objects.get(enterprise=known).value == "500"
    brought_in(world, rows)
    assert FactConflict.objects.count() == 1
    run.undo(batch.pk)
    assert not FactConflict.objects.exists()


@pytest.mark.parametrize(("place", "again"), [("placed", False), ("elsewhere", False), ("placed", True)])
def test_settled_seats_are_left_unless_the_table_names_a_park(world, place, again):
    known = world.enterprises[0]
    if place == "elsewhere":
        actions.mark_elsewhere(actor=world.house, enterprise=known)
    park, there = ("", world.parks[2].address) if not again else (world.parks[2].name, "")
    brought_in(world, csv_of([("名称", "信用代码", "园区", "地址"), (known.name, known.uscc, park, there)]))
    now = Enterprise.objects.get(pk=known.pk)
    assert now.placement == (place if not again else "placed")
    assert now.park_id == (world.parks[2].pk if again else (world.parks[0].pk if place == "placed" else None))


def test_an_address_places_what_is_new_and_the_rest_waits(world):
    rows = [("名称", "信用代码", "地址"), ("杭州甲一有限公司", code_of(700), f"{world.parks[1].address}A座502室"),
            ("杭州乙二有限公司", code_of(701), "上海市某路1号")]  # fmt: skip
    brought_in(world, csv_of(rows))
    one, two = Enterprise.objects.filter(uscc__in=[code_of(700), code_of(701)]).order_by("uscc")
    assert (one.placement, one.building, one.unit.room) == ("placed", world.buildings[1], "502")
    assert (two.placement, two.park) == ("to_place", None)


def test_who_is_who_without_a_code(world):
    known = world.enterprises[0]
    twin = "杭州同名有限公司"
    for number in (690, 691):
        actions.register_enterprise(actor=world.house, facts={"name": twin, "uscc": code_of(number)})
    rows = [
        ("名称", "信用代码", "员工数"),
        (known.name, "", 61),  # found by its name
        (twin, "", 5),  # which of the two?
        ("杭州无码有限公司", "", 6),  # new, by its name
        ("杭州老码有限公司", "320404000005886", 7),  # an old registration number
        ("杭州无码有限公司", code_of(705), 8),  # the same name with a code: which is it?
    ]
    batch = brought_in(world, csv_of(rows))
    told = said(batch)
    assert counts(batch) == (2, 1, 0, 2)
    assert "2 家叫这个名字" in told[3] and "先按名称登记" in told[4] and "先按旧号登记" in told[5]
    assert "与第 4 行同名" in told[6]
    assert Enterprise.objects.get(name="杭州老码有限公司").old_code == "320404000005886"
    assert counts(brought_in(world, csv_of(rows)))[:2] == (0, 0)
    later = brought_in(world, csv_of([("名称", "信用代码"), ("杭州无码有限公司", code_of(705))]))
    assert counts(later) == (0, 1, 0, 0) and Enterprise.objects.get(name="杭州无码有限公司").uscc == code_of(
        705
    )


def test_duplicates_in_the_file_and_against_the_register(world):
    known = world.enterprises[0]
    rows = [
        HEAD, line(700), line(701), line(700, "杭州另一个名字有限公司"),
        [known.name, known.uscc, *[""] * 8], [known.name, "", *[""] * 8],
    ]  # fmt: skip
    batch = brought_in(world, xlsx_of(rows), "名单.xlsx")
    assert counts(batch) == (2, 0, 1, 2)
    assert "与第 2 行重复" in said(batch)[4] and "与第 5 行同名" in said(batch)[6]


def test_a_dry_run_says_the_same_and_writes_nothing(world):
    rows = [
        HEAD,
        line(700),
        line(701, 从业人数="很多"),
        line(700),
        [world.enterprises[0].name, "", "", "", 9, *[""] * 5],
    ]
    before = dump()
    batch = run.check(uploaded(world, csv_of(rows)).pk)
    told, foreseen = said(batch), counts(batch)
    assert batch.state == "checked" and dump() == before and foreseen == (2, 1, 0, 1)
    run.commit(batch.pk)
    assert counts(batch) == foreseen and said(batch) == told


def test_former_names_and_retired_contacts(world):
    known = world.enterprises[0]
    contact = actions.add_contact(actor=world.house, enterprise=known, name="老王", phone="13800001111")
    actions.retire_contact(actor=world.house, contact=contact)
    rows = [
        ("名称", "信用代码", "曾用名", "联系人", "电话"),
        (known.name, known.uscc, "杭州甲公司；杭州乙公司", "老王", "13800001111"),
    ]
    brought_in(world, csv_of(rows))
    assert set(known.former_names.values_list("name", flat=True)) == {"杭州甲公司", "杭州乙公司"}
    assert not Contact.objects.filter(enterprise=known, valid_to=None).exists()


def test_a_bad_phone_is_not_kept_in_the_findings(world):
    batch = brought_in(world, csv_of([HEAD, line(700, 联系人="甲", 联系电话="1380000111")]))
    assert counts(batch) == (1, 0, 0, 0) and batch.doubted == 1
    assert not any("0000111" in (item.value + item.message) for item in batch.findings.all())


def test_only_who_may_import_and_only_while_they_may(world):
    batch = uploaded(world, csv_of([HEAD, line(700)]), actor=world.actor(Role.DESK_OFFICER))
    user = world.user(Role.DESK_OFFICER)
    user.memberships.update(valid_to=dt.date(2025, 1, 2))
    failed = run.commit(batch.pk)
    assert failed.state == "failed" and "权限" in failed.message
    unable = run.commit(uploaded(world, csv_of([HEAD, line(701)]), actor=world.actor(Role.VIEWER)).pk)
    assert unable.state == "failed" and "权限" in unable.message
    assert not Enterprise.objects.filter(uscc__in=[code_of(700), code_of(701)]).exists()


def test_the_neighbour_is_never_touched(world, neighbour):
    theirs = neighbour.enterprises[0]
    before = Enterprise.objects.filter(community=neighbour.community).values_list(
        "pk", "version", "updated_at"
    )
    before = list(before)
    batch = brought_in(
        world, csv_of([HEAD, [theirs.name, theirs.uscc, "", "", 99, neighbour.parks[0].name, *[""] * 4]])
    )
    assert counts(batch) == (1, 0, 0, 0) and "没有" in said(batch)[2]
    rows = Enterprise.objects.filter(community=neighbour.community)
    assert list(rows.values_list("pk", "version", "updated_at")) == before
    assert not Tenancy.objects.filter(park__community=neighbour.community, source__batch_id=batch.pk).exists()
    assert not Unit.objects.exists()
