"""Contacts, captains, grids, saved lists, exports, the community's own settings."""

import datetime as dt

import pytest

from yuanzhi.accounts.queries import actor_for
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Refused
from yuanzhi.registry import actions
from yuanzhi.registry.models import Contact, GridTerm, SavedFilter
from yuanzhi.registry.queries import captains_of, grid_of_parks, grid_staffing

TODAY = dt.date.today()


def contact_of(world, at=0, **more):
    return actions.add_contact(
        actor=world.actor(Role.LEAD),
        enterprise=world.enterprises[at],
        name="王岚",
        phone="13800138000",
        **more,
    )


def test_a_number_is_sealed_masked_and_never_in_the_history(world):
    contact = contact_of(world)
    assert contact.phone_masked == "138****8000"
    assert "13800138000" not in contact.phone_sealed
    assert contact_of(world).pk == contact.pk  # the same person is not noted twice
    assert (
        actions.reveal_phone(actor=world.actor(Role.LEAD), contact=contact).replace(" ", "") == "13800138000"
    )
    told = HistoryEntry.objects.filter(subject=f"enterprise:{world.enterprises[0].pk}")
    assert [e.verb for e in told.order_by("seq")][-2:] == ["contact.added", "contact.revealed"]
    assert not any("13800138000" in entry.data for entry in HistoryEntry.objects.all())


@pytest.mark.parametrize(
    ("role", "own", "other"),
    [
        (Role.LEAD, True, True),
        (Role.DESK_OFFICER, True, True),
        (Role.GRID_MEMBER, True, False),
        (Role.CONTACT, True, False),
        (Role.EMPLOYEE, False, False),
        (Role.CAPTAIN, False, False),
        (Role.PROPERTY, False, False),
        (Role.VIEWER, False, False),
    ],
)
def test_who_may_see_a_whole_number(world, role, own, other):
    for at, may in ((0, own), (2, other)):
        contact = contact_of(world, at)
        if may:
            assert actions.reveal_phone(actor=world.actor(role), contact=contact)
        else:
            with pytest.raises(Refused):
                actions.reveal_phone(actor=world.actor(role), contact=contact)


@pytest.mark.parametrize("phone", ["1380013", "13800138000 13900139000", "打他电话"])
def test_a_wrong_number_is_explained(world, phone):
    with pytest.raises(Refused):
        actions.add_contact(
            actor=world.actor(Role.LEAD), enterprise=world.enterprises[0], name="王岚", phone=phone
        )


def test_retiring_erases_the_number(world):
    contact = contact_of(world)
    actions.retire_contact(actor=world.actor(Role.LEAD), contact=contact)
    kept = Contact.objects.get(pk=contact.pk)
    assert (kept.phone_sealed, kept.phone_mark, kept.valid_to) == ("", "", TODAY)


def test_editing_without_a_number_leaves_it(world):
    contact = contact_of(world)
    before = contact.phone_sealed
    actions.edit_contact(actor=world.actor(Role.LEAD), contact=contact, name="王岚岚", purpose="hr")
    assert (contact.name, contact.phone_sealed) == ("王岚岚", before)


# -- captains and grids ----------------------------------------------------------------------------------


def test_a_captain_for_a_term(world):
    lead, user, park = world.actor(Role.LEAD), world.user(Role.EMPLOYEE), world.parks[2]
    end = TODAY + dt.timedelta(days=20)
    captain = actions.appoint_captain(
        actor=lead, park=park, user=user, enterprise=world.enterprises[2], valid_to=end
    )
    assert park.pk in actor_for(user).bound_to(Kind.PARK)
    (line,) = captains_of([park.pk])[park.pk]
    assert (line.name, line.until, line.state) == (user.name, end, "soon")
    (after,) = captains_of([park.pk], today=end + dt.timedelta(days=1))[park.pk]
    assert after.state == "past"
    actions.dismiss_captain(actor=lead, captain=captain)
    assert park.pk not in actor_for(user).bound_to(Kind.PARK)


def test_only_the_lead_appoints(world):
    for role in (Role.DESK_OFFICER, Role.GRID_LEADER, Role.CAPTAIN, Role.SECURITY_ADMIN):
        with pytest.raises(Refused):
            actions.appoint_captain(
                actor=world.actor(role), park=world.parks[2], user=world.user(Role.EMPLOYEE)
            )


def test_parks_change_hands_from_a_day_on(world):
    lead, park, (first, second) = world.actor(Role.LEAD), world.parks[0], world.grids
    day = TODAY + dt.timedelta(days=10)
    assert actions.assign_parks(actor=lead, plan={park.pk: second.pk}, effective=day) == 1
    assert grid_of_parks(world.community.pk)[park.pk] == first
    assert grid_of_parks(world.community.pk, day)[park.pk] == second
    # planning anew replaces the plan: back to the first one, no change of hands left
    assert actions.assign_parks(actor=lead, plan={park.pk: first.pk}, effective=TODAY) == 0
    assert grid_of_parks(world.community.pk, day)[park.pk] == first
    assert GridTerm.objects.filter(park=park, valid_to=None).count() == 1


def test_a_plan_with_a_stranger_is_refused_whole(world, neighbour):
    with pytest.raises(Refused, match="不属于本社区"):
        actions.assign_parks(
            actor=world.actor(Role.LEAD),
            plan={world.parks[0].pk: world.grids[1].pk, neighbour.parks[0].pk: world.grids[1].pk},
        )
    assert grid_of_parks(world.community.pk)[world.parks[0].pk] == world.grids[0]


def test_staffing_says_who_is_missing(world):
    lines = grid_staffing(world.actor(Role.LEAD))
    assert [line.sentence for line in lines] == [
        "第 1 网格缺 2 名专职网格员",
        "第 2 网格缺 1 名网格长、3 名专职网格员、1 名兼职网格员",
    ]
    assert [line.enterprises for line in lines] == [6, 6]
    assert [line.percent for line in lines] == [100, None]


# -- lists, exports, settings ----------------------------------------------------------------------------


def test_saved_lists_are_ones_own(world):
    lead, desk = world.actor(Role.LEAD), world.actor(Role.DESK_OFFICER)
    kept = actions.save_filter(actor=lead, name="软件", query="industry=65")
    actions.save_filter(actor=lead, name="软件", query="industry=64")
    assert SavedFilter.objects.get().query == "industry=64"
    with pytest.raises(Refused):
        actions.drop_filter(actor=desk, kept=kept)
    with pytest.raises(Refused, match="起个名字"):
        actions.save_filter(actor=lead, name=" ", query="")
    actions.drop_filter(actor=lead, kept=kept)
    assert not SavedFilter.objects.exists()


def test_an_export_needs_a_reason_and_the_right(world):
    told = {"community": world.community, "form": "csv", "count": 3, "words": "全部"}
    with pytest.raises(Refused, match="做什么用"):
        actions.note_export(actor=world.actor(Role.LEAD), reason="看", **told)
    with pytest.raises(Refused):
        actions.note_export(actor=world.actor(Role.GRID_LEADER), reason="季度统计", **told)
    actions.note_export(actor=world.actor(Role.LEAD), reason="季度统计", **told)
    assert HistoryEntry.objects.get(verb="register.exported").details["reason"] == "季度统计"


def test_settings_change_only_what_differs(world):
    lead, it = world.actor(Role.LEAD), world.community
    hours = [["08:30", "12:00"], ["13:00", "17:00"]]
    changed = actions.edit_community(
        actor=lead, community=it, name=it.name, phone="0571-88880000", address_words=["梦想小镇", ""],
        office_hours=hours,
    )  # fmt: skip
    assert set(changed) == {"phone", "address_words", "office_hours"}
    assert (it.address_words, it.office_hours) == (["梦想小镇"], hours)
    with pytest.raises(Refused):
        actions.edit_community(actor=world.actor(Role.DESK_OFFICER), community=it, name="别的")
