"""Who sits where since when: in, about, out, back; and two rows that are one."""

import datetime as dt

import pytest

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.registry import actions
from yuanzhi.registry.actions.tenancies import seat
from yuanzhi.registry.models import Contact, Enterprise, FormerName, Merge, Tenancy, Unit
from yuanzhi.registry.search import search

DAY = dt.date(2026, 9, 1)


def seats(it):
    """[(park, from, to, arrival)] in order."""
    rows = Tenancy.objects.filter(enterprise=it).order_by("pk")
    return [(t.park_id, t.valid_from, t.valid_to, t.arrival) for t in rows]


def snapshot(*rows):
    """All columns of these enterprises and what hangs on them, apart from the clock and the version."""
    ids = [row.pk for row in rows]
    facts = list(Enterprise.objects.filter(pk__in=ids).order_by("pk").values())
    for row in facts:
        del row["updated_at"], row["version"]
    return (
        facts,
        list(Tenancy.objects.filter(enterprise__in=ids).order_by("pk").values()),
        list(Contact.objects.filter(enterprise__in=ids).order_by("pk").values()),
        list(FormerName.objects.filter(enterprise__in=ids).order_by("name").values("enterprise_id", "name")),
    )


def test_move_closes_the_day_before(world):
    it, lead = world.enterprises[0], world.actor(Role.LEAD)
    to = seat(world.parks[1], world.buildings[1])
    actions.move_in(actor=lead, enterprise=it, to=to, on=DAY)
    assert seats(it) == [
        (world.parks[0].pk, None, DAY - dt.timedelta(days=1), "known"),
        (world.parks[1].pk, DAY, None, "move"),
    ]
    assert (it.park_id, it.building_id, it.placement) == (world.parks[1].pk, world.buildings[1].pk, "placed")
    # the same place again is nothing new
    actions.move_in(actor=lead, enterprise=it, to=to)
    assert len(seats(it)) == 2


def test_out_and_back_again_is_a_return(world):
    it, lead = world.enterprises[0], world.actor(Role.LEAD)
    with pytest.raises(Refused, match="为什么走"):
        actions.move_out(actor=lead, enterprise=it, reason=" ")
    actions.move_out(actor=lead, enterprise=it, reason="租约到期", on=DAY)
    it.refresh_from_db()
    assert (it.status, it.park_id, it.placement) == ("moved_out", None, "placed")
    with pytest.raises(Refused, match="才离开"):
        actions.move_in(actor=lead, enterprise=it, to=seat(world.parks[0]), on=DAY - dt.timedelta(days=9))
    actions.move_in(actor=lead, enterprise=it, to=seat(world.parks[2]), on=DAY + dt.timedelta(days=60))
    it.refresh_from_db()
    assert (it.status, it.park_id) == ("active", world.parks[2].pk)
    assert [arrival for *_, arrival in seats(it)] == ["known", "return"]


@pytest.mark.parametrize(
    "wrong", ["another park's building", "another building's room", "the neighbour's park"]
)
def test_a_place_must_fit_together(world, neighbour, wrong):
    it, lead = world.enterprises[0], world.actor(Role.LEAD)
    room = Unit.objects.create(building=world.buildings[1], floor=1, room="101")
    with pytest.raises(Refused):
        if wrong == "another park's building":
            seat(world.parks[0], world.buildings[1])
        elif wrong == "another building's room":
            seat(world.parks[0], world.buildings[0], room)
        else:
            actions.move_in(actor=lead, enterprise=it, to=seat(neighbour.parks[0]))


def test_dates_must_not_run_backwards(world):
    it, lead = world.enterprises[0], world.actor(Role.LEAD)
    actions.move_in(actor=lead, enterprise=it, to=seat(world.parks[1]), on=DAY)
    before = DAY - dt.timedelta(days=1)
    with pytest.raises(Refused, match="不能早于"):
        actions.move_in(actor=lead, enterprise=it, to=seat(world.parks[2]), on=before)
    with pytest.raises(Refused, match="不能早于"):
        actions.move_out(actor=lead, enterprise=it, reason="走了", on=before)


def test_elsewhere_even_when_the_seat_begins_later(world):
    it, lead = world.enterprises[0], world.actor(Role.LEAD)
    later = dt.date.today() + dt.timedelta(days=30)
    actions.move_in(actor=lead, enterprise=it, to=seat(world.parks[1]), on=later)
    actions.mark_elsewhere(actor=lead, enterprise=it, where="滨江")
    assert (it.placement, it.park_id) == ("elsewhere", None)
    assert not Tenancy.objects.filter(enterprise=it, valid_to=None).exists()


def test_a_grid_member_takes_in_what_sits_nowhere_but_only_into_the_own_grid(world):
    lead, member = world.actor(Role.LEAD), world.actor(Role.GRID_MEMBER)
    new = actions.register_enterprise(actor=member, facts={"name": "杭州新芽有限公司"})
    with pytest.raises(Refused, match="不在您负责的范围"):
        actions.move_in(actor=member, enterprise=new, to=seat(world.parks[3]))
    actions.move_in(actor=member, enterprise=new, to=seat(world.parks[0]))
    assert new.park_id == world.parks[0].pk
    # what sits with another grid is theirs to move
    with pytest.raises(Refused, match="不在您负责的范围"):
        actions.move_in(actor=member, enterprise=world.enterprises[2], to=seat(world.parks[0]))
    actions.move_in(actor=lead, enterprise=world.enterprises[2], to=seat(world.parks[0]))


# -- merge -----------------------------------------------------------------------------------------------


@pytest.fixture
def pair(world):
    """Two rows of one enterprise: the kept one without capital, the other with contacts and a past."""
    lead = world.actor(Role.LEAD)
    kept = actions.register_enterprise(actor=lead, facts={"name": "杭州半夏科技有限公司", "headcount": 5})
    gone = actions.register_enterprise(
        actor=lead,
        facts={
            "name": "半夏科技（杭州）有限公司", "capital": 1_000_000,
            "currency": "USD", "headcount": 9, "business": "软件开发",
        },
    )  # fmt: skip
    actions.state_facts(actor=lead, enterprise=gone, facts={"name": "半夏软件（杭州）有限公司"})
    actions.place_known(actor=lead, enterprise=gone, to=seat(world.parks[2], world.buildings[2]))
    actions.add_contact(actor=lead, enterprise=gone, name="王岚", phone="13800138000")
    branch = world.enterprises[5]
    Enterprise.objects.filter(pk=branch.pk).update(parent=gone)
    kept.refresh_from_db()
    gone.refresh_from_db()
    return kept, gone, branch


def test_merge_makes_one_of_two(world, pair):
    kept, gone, branch = pair
    actions.merge(actor=world.actor(Role.LEAD), kept=kept, gone=gone)
    assert (kept.capital, kept.currency, kept.business, kept.headcount) == (1_000_000, "USD", "软件开发", 5)
    assert (kept.park_id, kept.placement) == (world.parks[2].pk, "placed")  # it sat nowhere: the seat follows
    assert [c.name for c in kept.contacts.all()] == ["王岚"]
    assert set(kept.former_names.values_list("name", flat=True)) == {
        "半夏科技（杭州）有限公司",
        "半夏软件（杭州）有限公司",
    }
    branch.refresh_from_db()
    assert branch.parent_id == kept.pk
    for words in ("半夏软件", "半夏科技"):
        assert [hit.id for hit in search(words, community_id=kept.community_id)] == [kept.pk]


def test_undo_restores_both_exactly(world, pair):
    kept, gone, branch = pair
    lead = world.actor(Role.LEAD)
    before = snapshot(kept, gone, branch)
    made = actions.merge(actor=lead, kept=kept, gone=gone)
    assert snapshot(kept, gone, branch) != before
    actions.unmerge(actor=lead, made=made)
    assert snapshot(kept, gone, branch) == before
    found = {hit.id for hit in search("半夏", community_id=kept.community_id)}
    assert found == {kept.pk, gone.pk}
    with pytest.raises(Overtaken):
        actions.unmerge(actor=lead, made=made)


def test_undo_with_both_seated_reopens_the_closed_seat(world):
    kept, gone = world.enterprises[0], world.enterprises[1]
    lead = world.actor(Role.LEAD)
    before = snapshot(kept, gone)
    made = actions.merge(actor=lead, kept=kept, gone=gone)
    assert Tenancy.objects.filter(enterprise=gone, valid_to=None).count() == 0
    assert kept.park_id == world.parks[0].pk
    actions.unmerge(actor=lead, made=made)
    assert snapshot(kept, gone) == before


def test_undo_leaves_what_was_changed_since(world, pair):
    kept, gone, _ = pair
    lead = world.actor(Role.LEAD)
    made = actions.merge(actor=lead, kept=kept, gone=gone)
    actions.state_facts(actor=lead, enterprise=kept, facts={"business": "软件开发与销售"})
    actions.unmerge(actor=lead, made=made)
    kept.refresh_from_db()
    assert (kept.business, kept.capital) == ("软件开发与销售", None)


def test_the_code_comes_along_and_goes_back(world):
    lead = world.actor(Role.LEAD)
    gone = world.enterprises[0]
    kept = actions.register_enterprise(actor=lead, facts={"name": "杭州云图数科有限公司"})
    made = actions.merge(actor=lead, kept=kept, gone=gone)
    assert kept.uscc == gone.uscc
    actions.unmerge(actor=lead, made=made)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.uscc, bool(gone.uscc), gone.merged_into_id) == ("", True, None)


def test_what_cannot_be_merged(world, neighbour):
    lead = world.actor(Role.LEAD)
    one, two = world.enterprises[:2]
    with pytest.raises(Refused, match="同一家"):
        actions.merge(actor=lead, kept=one, gone=one)
    with pytest.raises(Refused, match="本社区"):
        actions.merge(actor=lead, kept=one, gone=neighbour.enterprises[0])
    with pytest.raises(Refused):
        actions.merge(actor=world.actor(Role.GRID_LEADER), kept=one, gone=two)
    actions.merge(actor=lead, kept=one, gone=two)
    with pytest.raises(Overtaken):
        actions.merge(actor=lead, kept=world.enterprises[3], gone=two)


def test_undo_is_refused_where_the_code_is_taken_meanwhile(world):
    lead = world.actor(Role.LEAD)
    kept, gone = world.enterprises[:2]
    code = gone.uscc
    made = actions.merge(actor=lead, kept=kept, gone=gone)
    actions.register_enterprise(actor=lead, facts={"name": "另一家有限公司", "uscc": code})
    with pytest.raises(Refused, match=code):
        actions.unmerge(actor=lead, made=made)
    assert Merge.objects.get(pk=made.pk).undone_at is None
