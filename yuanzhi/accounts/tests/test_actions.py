"""Opening, granting, ending: what is written, what is refused, what the history keeps."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from yuanzhi.accounts import actions
from yuanzhi.accounts.actions import Overtaken, Refused
from yuanzhi.accounts.actor import system
from yuanzhi.accounts.models import Membership, User
from yuanzhi.accounts.queries import actor_for, in_force
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.history import verify
from yuanzhi.kernel.models import HistoryEntry

GOOD = "桥下有三只夜航的小木船"


@pytest.fixture
def clerk(world):
    """The system administrator."""
    return world.actor(Role.SYSTEM_ADMIN)


@pytest.fixture
def warden(world):
    """The security administrator."""
    return world.actor(Role.SECURITY_ADMIN)


@pytest.fixture
def person(clerk):
    return actions.open_account(
        actor=clerk, username="zhoumin", name="周敏", phone="138 1234 5678", password=GOOD
    )


def today():
    return timezone.localdate()


def last_entry(world):
    return HistoryEntry.objects.filter(chain=world.community.pk).latest("seq")


# -- accounts ------------------------------------------------------------------------------------------


def test_an_account_is_opened_with_a_sealed_phone(world, person):
    entry = last_entry(world)
    assert (entry.verb, entry.subject) == ("account.opened", f"user:{person.pk}")
    assert "13812345678" not in entry.data + person.phone_sealed
    assert person.phone_masked == "138****5678"
    assert person.must_change_password and person.community_id == world.community.pk
    assert actor_for(person).bonds == ()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"username": "ZhouMin"}, "已经有人用了"),
        ({"username": "x"}, "2 到 40 个"),
        ({"username": "zhou min"}, "2 到 40 个"),
        ({"username": "13987654321"}, "不要用手机号"),
        ({"name": "  "}, "姓名还没填"),
        ({"name": "名" * 41}, "最多 40"),
        ({"phone": "+86-138-1234-5678"}, "138****5678 已经绑定"),
        ({"phone": "0571-8888666"}, "不像手机号"),
        ({"password": "12345678"}, "密码"),
        ({"password": "zhouminmin2"}, "用户名"),
    ],
)
def test_what_is_refused_when_opening(clerk, person, given, says):
    before = User.objects.count()
    whole = {"username": "zhouminmin", "name": "周敏敏", "phone": "", "password": GOOD} | given
    with pytest.raises(Refused, match=says.replace("*", r"\*")):
        actions.open_account(actor=clerk, **whole)
    assert User.objects.count() == before


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.SYSTEM_ADMIN])
def test_only_the_system_administrator_opens_accounts(world, role):
    with pytest.raises(Refused):
        actions.open_account(actor=world.actor(role), username="someone", name="某人")


def test_editing_keeps_the_phone_unless_told(world, clerk, person):
    actions.edit_account(actor=clerk, user=person, name="周 敏")
    assert person.phone_masked == "138****5678"
    actions.edit_account(actor=clerk, user=person, name="周敏", phone="13900001111")
    assert '"phone":["138****5678","139****1111"]' in last_entry(world).data
    actions.edit_account(actor=clerk, user=person, name="周敏", phone="")
    person.refresh_from_db()
    assert (person.phone_mark, person.phone_sealed, person.phone_masked) == (None, "", "")
    before = HistoryEntry.objects.count()
    actions.edit_account(actor=clerk, user=person, name="周敏")
    assert HistoryEntry.objects.count() == before


def test_a_reset_password_works_once_shown_and_must_be_changed(world, clerk, person):
    password = actions.reset_password(actor=clerk, user=person)
    person.refresh_from_db()
    assert person.check_password(password) and not person.check_password(GOOD)
    assert person.must_change_password
    assert password not in last_entry(world).data
    actions.change_password(actor=actor_for(person), user=person, password="换成自己的一个很长的密码")
    assert not person.must_change_password


def test_nobody_resets_or_closes_their_own_account(world, clerk, warden):
    own = world.user(Role.SYSTEM_ADMIN)
    with pytest.raises(Refused, match="您自己的账号"):
        actions.reset_password(actor=clerk, user=own)
    with pytest.raises(Refused, match="自己的账号"):
        actions.set_active(actor=clerk, user=own, active=False)
    with pytest.raises(Refused, match="自己的两步验证"):
        actions.reset_second_factor(actor=warden, user=world.user(Role.SECURITY_ADMIN))


def test_taking_over_an_account_takes_two_administrators(world, clerk, warden):
    lead = world.user(Role.LEAD)
    Authenticator.objects.create(user=lead, type=Authenticator.Type.TOTP, data={"secret": "x"})
    with pytest.raises(Refused):
        actions.reset_second_factor(actor=clerk, user=lead)
    with pytest.raises(Refused):
        actions.reset_password(actor=warden, user=lead)
    actions.reset_second_factor(actor=warden, user=lead)
    assert not Authenticator.objects.filter(user=lead).exists()
    with pytest.raises(Refused, match="还没有设置"):
        actions.reset_second_factor(actor=warden, user=lead)


def test_the_neighbours_administrators_have_no_hand_here(world, neighbour, warden):
    """Also not over somebody who once had a role with them."""
    lead = world.user(Role.LEAD)
    theirs, guard = neighbour.actor(Role.SYSTEM_ADMIN), neighbour.actor(Role.SECURITY_ADMIN)
    actions.grant_role(actor=guard, user=lead, role=Role.VIEWER)
    for act in (actions.reset_password, actions.end_sessions):
        with pytest.raises(Refused, match="别的社区"):
            act(actor=theirs, user=lead)
    with pytest.raises(Refused, match="别的社区"):
        actions.set_active(actor=theirs, user=lead, active=False)
    with pytest.raises(Refused):
        actions.end_role(actor=guard, membership=lead.memberships.get(community_id=world.community.pk))


def test_a_closed_account_is_nobody_and_can_be_opened_again(world, clerk):
    lead = world.user(Role.LEAD)
    actions.set_active(actor=clerk, user=lead, active=False)
    assert not world.actor(Role.LEAD).is_signed_in
    with pytest.raises(Refused, match="已经是停用"):
        actions.set_active(actor=clerk, user=lead, active=False)
    actions.set_active(actor=clerk, user=lead, active=True)
    assert world.actor(Role.LEAD).has(Role.LEAD)


def test_the_last_security_administrator_stays(world, clerk, warden, person):
    own = world.user(Role.SECURITY_ADMIN)
    with pytest.raises(Refused, match="唯一的安全管理员"):
        actions.set_active(actor=clerk, user=own, active=False)
    with pytest.raises(Refused, match="唯一的安全管理员"):
        actions.end_role(actor=warden, membership=own.memberships.get())
    actions.grant_role(actor=warden, user=person, role=Role.SECURITY_ADMIN)
    actions.end_role(actor=warden, membership=own.memberships.get())
    assert not world.actor(Role.SECURITY_ADMIN).has(Role.SECURITY_ADMIN)


# -- roles ---------------------------------------------------------------------------------------------


def test_a_role_is_granted_with_scope_and_dates(world, warden, person):
    grid = world.grids[1]
    held = actions.grant_role(actor=warden, user=person, role=Role.GRID_MEMBER, scope_id=grid.pk)
    assert (held.kind, held.scope_id, held.valid_from, held.valid_to) == ("grid", grid.pk, today(), None)
    entry = last_entry(world)
    assert entry.verb == "role.granted"
    assert entry.details["scope"] == f"grid:{grid.pk}"


def test_roles_are_granted_by_the_security_administrator_alone(world, person):
    for role in Role:
        if role is not Role.SECURITY_ADMIN:
            with pytest.raises(Refused):
                actions.grant_role(actor=world.actor(role), user=person, role=Role.VIEWER)


@pytest.mark.parametrize(
    ("role", "extra", "says"),
    [
        (Role.GRID_MEMBER, {}, "哪个网格"),
        (Role.CAPTAIN, {}, "哪个园区"),
        (Role.CONTACT, {"scope_id": 10**9}, "没有这个企业"),
        (Role.LEAD, {"valid_to": dt.date(2020, 1, 1)}, "早于开始日期"),
    ],
)
def test_what_is_refused_when_granting(warden, person, role, extra, says):
    with pytest.raises(Refused, match=says):
        actions.grant_role(actor=warden, user=person, role=role, **extra)


def test_a_scope_of_the_neighbour_is_refused(world, neighbour, warden, person):
    for role, row in (
        (Role.GRID_MEMBER, neighbour.grids[0]),
        (Role.CAPTAIN, neighbour.parks[0]),
        (Role.CONTACT, neighbour.enterprises[0]),
    ):
        with pytest.raises(Refused, match="本社区没有这个"):
            actions.grant_role(actor=warden, user=person, role=role, scope_id=row.pk)


def test_nobody_grants_to_oneself(world, warden):
    with pytest.raises(Refused, match="给自己"):
        actions.grant_role(actor=warden, user=world.user(Role.SECURITY_ADMIN), role=Role.LEAD)


def test_the_three_administrators_are_three_people(world, warden, person):
    actions.grant_role(actor=warden, user=person, role=Role.AUDITOR)
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.LEAD, Role.VIEWER):
        with pytest.raises(Refused):
            actions.grant_role(actor=warden, user=person, role=role)


def test_conflicts_are_looked_for_in_the_whole_span(world, warden, person):
    """Not only on the first day: an auditor from next month can't be made lead today without an end."""
    later = today() + dt.timedelta(days=30)
    actions.grant_role(actor=warden, user=person, role=Role.AUDITOR, valid_from=later)
    with pytest.raises(Refused):
        actions.grant_role(actor=warden, user=person, role=Role.LEAD)
    until = later - dt.timedelta(days=1)
    actions.grant_role(actor=warden, user=person, role=Role.LEAD, valid_to=until)


def test_the_same_role_twice_is_refused(world, warden, person):
    actions.grant_role(actor=warden, user=person, role=Role.GRID_MEMBER, scope_id=world.grids[0].pk)
    actions.grant_role(actor=warden, user=person, role=Role.GRID_MEMBER, scope_id=world.grids[1].pk)
    with pytest.raises(Refused, match="已经是专职网格员"):
        actions.grant_role(actor=warden, user=person, role=Role.GRID_MEMBER, scope_id=world.grids[0].pk)


def test_a_role_that_began_today_ends_at_once(world, warden, person):
    held = actions.grant_role(actor=warden, user=person, role=Role.LEAD)
    assert actor_for(person).has(Role.LEAD)
    actions.end_role(actor=warden, membership=held)
    assert not actor_for(person).has(Role.LEAD)
    assert not Membership.objects.filter(in_force(today()), pk=held.pk).exists()
    # and may be granted anew
    actions.grant_role(actor=warden, user=person, role=Role.LEAD)
    assert actor_for(person).has(Role.LEAD)


def test_a_role_ends_on_a_day_to_come(world, warden, person):
    held = actions.grant_role(actor=warden, user=person, role=Role.LEAD)
    day = today() + dt.timedelta(days=7)
    actions.end_role(actor=warden, membership=held, last_day=day)
    community = world.community.pk
    assert actor_for(person, community, on=day).has(Role.LEAD)
    assert not actor_for(person, community, on=day + dt.timedelta(days=1)).has(Role.LEAD)


def test_ending_does_not_rewrite_the_past(world, warden, person):
    held = actions.grant_role(
        actor=warden, user=person, role=Role.LEAD, valid_from=today() - dt.timedelta(days=90)
    )
    with pytest.raises(Refused, match="追溯"):
        actions.end_role(actor=warden, membership=held, last_day=today() - dt.timedelta(days=30))
    actions.end_role(actor=warden, membership=held)
    assert held.valid_to == today() - dt.timedelta(days=1)
    with pytest.raises(Refused, match="已经结束"):
        actions.end_role(actor=warden, membership=held)


def test_two_who_end_the_same_role(world, warden, person):
    held = actions.grant_role(actor=warden, user=person, role=Role.LEAD)
    stale = Membership.objects.get(pk=held.pk)
    actions.end_role(actor=warden, membership=held, last_day=today() + dt.timedelta(days=3))
    with pytest.raises(Overtaken):
        actions.end_role(actor=warden, membership=stale)


def test_all_of_it_is_in_a_whole_chain(world, warden, person):
    held = actions.grant_role(actor=warden, user=person, role=Role.LEAD)
    actions.end_role(actor=warden, membership=held)
    assert verify(world.community.pk) is None


def test_the_system_acts_for_a_community(world):
    user = actions.open_account(actor=system(world.community.pk), username="later", name="后来")
    assert not user.has_usable_password()
    actions.grant_role(actor=system(world.community.pk), user=user, role=Role.VIEWER)
    with pytest.raises(Refused):
        actions.grant_role(actor=system(), user=user, role=Role.VIEWER)
