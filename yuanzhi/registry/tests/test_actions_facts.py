"""Registering, stating, deciding, confirming: one entry, each fact with source and date."""

import datetime as dt
from decimal import Decimal

import pytest

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.history import verify
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.registry import actions
from yuanzhi.registry.models import Enterprise, FactConflict, FormerName
from yuanzhi.registry.search import search

JUNE, OCTOBER = dt.date(2026, 6, 1), dt.date(2026, 10, 1)


def entries(enterprise, verb=""):
    rows = HistoryEntry.objects.filter(subject=f"enterprise:{enterprise.pk}")
    return list(rows.filter(verb=verb) if verb else rows.order_by("seq"))


def said(world, kind, day, label="某处"):
    return actions.source_for(world.house, kind, label, day)


def test_a_fact_carries_its_source_and_day(world):
    it = world.enterprises[1]
    source = said(world, "department", OCTOBER, "市监部门数据")
    changed = actions.state_facts(actor=world.house, enterprise=it, facts={"headcount": 40}, source=source)
    assert changed == {"headcount": [11, 40]}
    assert it.headcount == 40
    assert it.provenance["headcount"] == [source.pk, "2026-10-01"]
    assert entries(it, "enterprise.changed")[-1].details["changes"] == {"headcount": [11, 40]}


def test_an_older_statement_becomes_a_conflict_and_a_person_decides(world):
    it, lead = world.enterprises[1], world.actor(Role.LEAD)
    actions.state_facts(actor=lead, enterprise=it, facts={"headcount": 40})
    old = said(world, "department", JUNE)
    for _ in range(2):  # the same contradiction again is the same contradiction
        assert (
            actions.state_facts(actor=world.house, enterprise=it, facts={"headcount": 35}, source=old) == {}
        )
    (conflict,) = FactConflict.objects.filter(enterprise=it, resolved_at=None)
    assert it.headcount == 40
    actions.resolve_conflict(actor=lead, conflict=conflict, take_new=True)
    it.refresh_from_db()
    assert it.headcount == 35
    with pytest.raises(Overtaken):
        actions.resolve_conflict(actor=lead, conflict=conflict, take_new=False)


def test_a_decision_is_not_weighed_again(world):
    """What a visit saw today outweighs an office's word, but not the person who decides between them."""
    it, lead = world.enterprises[1], world.actor(Role.LEAD)
    actions.state_facts(
        actor=lead,
        enterprise=it,
        facts={"capital": Decimal(5_000_000)},
        source=actions.source_for(lead, "visit"),
    )
    old = said(world, "import", JUNE)
    actions.state_facts(actor=world.house, enterprise=it, facts={"capital": Decimal(3_000_000)}, source=old)
    conflict = FactConflict.objects.get(enterprise=it)
    actions.resolve_conflict(actor=lead, conflict=conflict, take_new=True)
    it.refresh_from_db()
    assert it.capital == 3_000_000
    assert not FactConflict.objects.filter(enterprise=it, resolved_at=None).exists()


def test_keeping_ours_changes_nothing_but_the_conflict(world):
    it, lead = world.enterprises[1], world.actor(Role.LEAD)
    actions.state_facts(actor=lead, enterprise=it, facts={"headcount": 40})
    actions.state_facts(
        actor=world.house, enterprise=it, facts={"headcount": 35}, source=said(world, "import", JUNE)
    )
    conflict = FactConflict.objects.get(enterprise=it)
    actions.resolve_conflict(actor=lead, conflict=conflict, take_new=False)
    it.refresh_from_db()
    conflict.refresh_from_db()
    assert (it.headcount, conflict.taken) == (40, False)
    assert entries(it)[-1].verb == "conflict.resolved"


def test_a_conflict_settles_itself_when_the_other_value_becomes_ours(world):
    it, lead = world.enterprises[1], world.actor(Role.LEAD)
    actions.state_facts(actor=lead, enterprise=it, facts={"headcount": 40})
    actions.state_facts(
        actor=world.house, enterprise=it, facts={"headcount": 35}, source=said(world, "import", JUNE)
    )
    actions.state_facts(actor=lead, enterprise=it, facts={"headcount": 35})
    assert not FactConflict.objects.filter(enterprise=it, resolved_at=None).exists()


def test_only_a_form_can_clear_a_fact(world):
    it, lead = world.enterprises[1], world.actor(Role.LEAD)
    assert actions.state_facts(actor=lead, enterprise=it, facts={"headcount": None}) == {}
    assert actions.state_facts(actor=lead, enterprise=it, facts={"headcount": None}, clear=True) == {
        "headcount": [11, None]
    }


def test_somebody_was_faster(world):
    it, lead = world.enterprises[1], world.actor(Role.LEAD)
    seen = it.version
    actions.state_facts(actor=lead, enterprise=it, facts={"headcount": 40}, seen_version=seen)
    with pytest.raises(Overtaken, match="刚被别人改过"):
        actions.state_facts(actor=lead, enterprise=it, facts={"scale": "small"}, seen_version=seen)


def test_a_new_name_keeps_the_old_one_and_both_are_found(world):
    it, lead = world.enterprises[1], world.actor(Role.LEAD)
    old = it.name
    actions.state_facts(actor=lead, enterprise=it, facts={"name": "杭州青禾智造有限公司"})
    it.refresh_from_db()
    assert it.short_name.startswith("青禾")
    assert list(FormerName.objects.filter(enterprise=it).values_list("name", flat=True)) == [old]
    for words in ("青禾", old):
        assert [hit.id for hit in search(words, community_id=it.community_id)][:1] == [it.pk]


def test_a_code_belongs_to_one(world):
    first, second = world.enterprises[:2]
    lead = world.actor(Role.LEAD)
    with pytest.raises(Refused, match="合并"):
        actions.state_facts(actor=lead, enterprise=second, facts={"uscc": first.uscc})
    with pytest.raises(Refused, match="已经有"):
        actions.register_enterprise(actor=lead, facts={"name": "随便一家有限公司", "uscc": first.uscc})
    with pytest.raises(Refused, match="名称还没填"):
        actions.register_enterprise(actor=lead, facts={"name": " "})


def test_what_is_refused_leaves_no_trace(world):
    second, lead = world.enterprises[1], world.actor(Role.LEAD)
    before = HistoryEntry.objects.count()
    with pytest.raises(Refused):
        actions.state_facts(
            actor=lead, enterprise=second, facts={"headcount": 7, "uscc": world.enterprises[0].uscc}
        )
    second.refresh_from_db()
    assert (second.headcount, HistoryEntry.objects.count()) == (11, before)


def test_confirming_sets_the_day(world):
    it = world.enterprises[1]
    assert Enterprise.objects.get(pk=it.pk).confirmed_on is None  # an import has not looked
    actions.confirm_facts(actor=world.actor(Role.LEAD), enterprise=it)
    it.refresh_from_db()
    assert it.confirmed_on is not None


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [
        (Role.LEAD, True, True),
        (Role.DESK_OFFICER, True, True),
        (Role.GRID_MEMBER, True, False),
        (Role.CAPTAIN, False, False),
        (Role.CONTACT, False, False),
        (Role.VIEWER, False, False),
        (Role.AUDITOR, False, False),
    ],
)
def test_who_may_correct(world, role, own, other):
    """The first enterprise sits in everybody's own grid and park, the third in another grid."""
    for it, may in ((world.enterprises[0], own), (world.enterprises[2], other)):
        if may:
            actions.state_facts(actor=world.actor(role), enterprise=it, facts={"headcount": 99})
        else:
            with pytest.raises(Refused):
                actions.state_facts(actor=world.actor(role), enterprise=it, facts={"headcount": 99})


def test_the_neighbour_can_do_nothing(world, neighbour):
    with pytest.raises(Refused):
        actions.state_facts(
            actor=neighbour.actor(Role.LEAD), enterprise=world.enterprises[0], facts={"headcount": 1}
        )


def test_the_chain_holds_after_all_this(world):
    it, lead = world.enterprises[1], world.actor(Role.LEAD)
    actions.state_facts(actor=lead, enterprise=it, facts={"capital": Decimal("1200000.50"), "headcount": 3})
    assert verify(world.community.pk) is None
