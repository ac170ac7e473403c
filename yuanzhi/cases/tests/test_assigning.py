"""Fair turns at a desk, and the days on which somebody is given nothing: through the actions."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.models import User
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.actions.assignment import (
    end_absence,
    hand_on,
    report_absence,
    set_assigning,
    set_share,
    take_turn,
)
from yuanzhi.cases.models import Absence, Case, DeskSeat, RoutingRule
from yuanzhi.cases.queries_people import coming_absences, people_of
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Refused

pytestmark = pytest.mark.django_db


def officer(world, name, desk="economy"):
    user = accounts.open_account(
        actor=world.house, username=f"o{name}", name=name, must_change_password=False
    )
    accounts.grant_role(
        actor=world.house,
        user=user,
        role=Role.DESK_OFFICER,
        scope_id=world.desks[desk].pk if desk else None,
        valid_from=dt.date(2025, 1, 1),
    )
    return user


def today(days=0):
    return timezone.localdate() + dt.timedelta(days=days)


def open_case(world, words="尾款拖了五个月"):
    return actions.open_case(actor=world.house, words=words)


@pytest.fixture
def assigning(world):
    set_assigning(actor=world.actor(Role.LEAD), on=True)
    return world


def test_without_the_switch_a_case_waits_at_its_desk(world):
    case = open_case(world)
    assert (case.owner_id, case.given_at) == (None, None)
    assert case.routed_why == "像“欠款追讨与合同”：因为说到“尾款”"


def test_cases_are_dealt_in_turn(assigning):
    world = assigning
    second, third = officer(world, "沈若晴"), officer(world, "陆可彦")
    first = world.user(Role.DESK_OFFICER)
    owners = [open_case(world).owner_id for _ in range(6)]
    assert sorted(owners) == sorted([first.pk, second.pk, third.pk] * 2)
    assert len(set(owners[:3])) == 3


def test_the_reason_is_kept(assigning):
    case = open_case(assigning)
    name = assigning.user(Role.DESK_OFFICER).name
    assert case.routed_why == f"像“欠款追讨与合同”：因为说到“尾款”；派给{name}：手上最轻"
    assert case.given_at is not None


def test_who_is_there_half_the_time_gets_half(assigning):
    world = assigning
    half = officer(world, "沈若晴")
    set_share(actor=world.actor(Role.LEAD), desk=world.desks["economy"], user_id=half.pk, share=50)
    owners = [open_case(world).owner_id for _ in range(6)]
    assert owners.count(half.pk) == 2


def test_who_is_away_gets_nothing_new(assigning):
    world, user = assigning, assigning.user(Role.DESK_OFFICER)
    report_absence(actor=world.actor(Role.DESK_OFFICER), user=user, first_day=today(), last_day=today(2))
    assert open_case(world).owner_id is None
    officer(world, "沈若晴", desk=None)  # of every desk
    assert open_case(world).owner_name == "沈若晴"


def test_a_rule_gives_nothing_to_who_is_away(world):
    user = world.user(Role.DESK_OFFICER)
    RoutingRule.objects.create(
        community=world.community,
        order=1,
        name="欠款",
        words="尾款",
        desk=world.desks["economy"],
        owner_id=user.pk,
    )
    assert open_case(world).owner_id == user.pk
    report_absence(actor=world.actor(Role.LEAD), user=user, first_day=today(), last_day=today())
    case = open_case(world)
    assert case.owner_id is None
    assert case.routed_why == f"规则“欠款”：说到“尾款”（{user.name}这几天不在）"


def test_a_case_that_waits_weighs_less_than_one_that_is_late(world):
    desk, other = world.desks["economy"], officer(world, "沈若晴")
    first = world.user(Role.DESK_OFFICER)
    late = open_case(world)
    Case.objects.filter(pk=late.pk).update(owner_id=first.pk, due_at=timezone.now() - dt.timedelta(hours=1))
    for _ in range(2):
        waiting = open_case(world)
        Case.objects.filter(pk=waiting.pk).update(owner_id=other.pk, state="waiting")
    now = timezone.now()
    loads = {person.id: person.load for person in people_of(desk, now, now + dt.timedelta(hours=24))}
    assert loads == {first.pk: 4, other.pk: 2}


def test_absences_join_and_are_recorded(world):
    user, lead = world.user(Role.DESK_OFFICER), world.actor(Role.LEAD)
    report_absence(actor=lead, user=user, first_day=today(1), last_day=today(2), why="培训")
    report_absence(actor=lead, user=user, first_day=today(3), last_day=today(4))
    row = Absence.objects.get()
    assert (row.first_day, row.last_day, row.why) == (today(1), today(4), "培训")
    again = report_absence(actor=lead, user=user, first_day=today(2), last_day=today(3))
    assert again.pk == row.pk
    assert HistoryEntry.objects.filter(verb="absence.reported", context=f"user:{user.pk}").count() == 2


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [(2, 1, "比“从”还早"), (-3, -1, "已经过去"), (0, 500, "一年多")],
)
def test_days_that_make_no_sense(world, first, last, sentence):
    user = world.user(Role.DESK_OFFICER)
    with pytest.raises(Refused, match=sentence):
        report_absence(actor=world.actor(Role.LEAD), user=user, first_day=today(first), last_day=today(last))


def test_one_s_own_only_unless_one_is_the_lead(world):
    lead, other = world.user(Role.LEAD), world.actor(Role.DESK_OFFICER)
    with pytest.raises(Refused, match="只能登记自己的"):
        report_absence(actor=other, user=lead, first_day=today(), last_day=today())
    row = report_absence(actor=world.actor(Role.LEAD), user=lead, first_day=today(), last_day=today())
    assert coming_absences(other) == []
    assert coming_absences(world.actor(Role.LEAD)) == [row]
    with pytest.raises(Refused):
        end_absence(actor=other, absence=row)


def test_somebody_who_does_not_work_here(world):
    outsider = world.user(Role.CONTACT)
    with pytest.raises(Refused, match="不在本社区办事"):
        report_absence(actor=world.actor(Role.LEAD), user=outsider, first_day=today(), last_day=today())


def test_back_early(world):
    user, lead = world.user(Role.DESK_OFFICER), world.actor(Role.LEAD)
    row = report_absence(actor=lead, user=user, first_day=today(), last_day=today(5))
    Absence.objects.filter(pk=row.pk).update(first_day=today(-2))
    row.refresh_from_db()
    end_absence(actor=lead, absence=row)
    row.refresh_from_db()
    assert row.last_day == today(-1)
    coming = report_absence(actor=lead, user=user, first_day=today(3), last_day=today(5))
    end_absence(actor=lead, absence=coming)
    assert not Absence.objects.filter(pk=coming.pk).exists()


def test_what_somebody_away_has_in_hand_is_handed_on(assigning):
    world, user, lead = assigning, assigning.user(Role.DESK_OFFICER), assigning.actor(Role.LEAD)
    cases = [open_case(world) for _ in range(4)]
    one, two = officer(world, "沈若晴"), officer(world, "陆可彦")
    report_absence(actor=lead, user=user, first_day=today(), last_day=today(3))
    given = hand_on(actor=lead, cases=cases, user_id=user.pk, why="休假")
    assert given == {"沈若晴": 2, "陆可彦": 2}
    assert set(Case.objects.values_list("owner_id", flat=True)) == {one.pk, two.pk}
    assert HistoryEntry.objects.filter(verb="case.handed_over").count() == 4


def test_to_one_colleague_and_never_to_oneself(world):
    user, lead = world.user(Role.DESK_OFFICER), world.actor(Role.LEAD)
    case = open_case(world)
    case = actions.accept(actor=world.actor(Role.DESK_OFFICER), case=case)
    with pytest.raises(Refused, match="不能转给他自己"):
        hand_on(actor=lead, cases=[case], user_id=user.pk, to=user)
    with pytest.raises(Refused, match="不在本社区办事"):
        hand_on(actor=lead, cases=[case], user_id=user.pk, to=world.user(Role.CONTACT))
    colleague = officer(world, "沈若晴")
    assert hand_on(actor=lead, cases=[case], user_id=user.pk, to=colleague) == {"沈若晴": 1}
    with pytest.raises(Refused, match="不由您转交"):  # no longer in that hand
        hand_on(actor=lead, cases=[case], user_id=user.pk, to=colleague)


def test_nobody_else_there_it_waits_at_the_desk(world):
    user, lead = world.user(Role.DESK_OFFICER), world.actor(Role.LEAD)
    case = actions.accept(actor=world.actor(Role.DESK_OFFICER), case=open_case(world))
    assert hand_on(actor=lead, cases=[case], user_id=user.pk) == {"": 1}
    assert Case.objects.get().owner_id is None


@pytest.mark.parametrize("share", [0, 101, -5])
def test_a_share_is_a_percentage(world, share):
    user = world.user(Role.DESK_OFFICER)
    with pytest.raises(Refused, match="1 到 100"):
        set_share(actor=world.actor(Role.LEAD), desk=world.desks["economy"], user_id=user.pk, share=share)


def test_the_rules_of_the_desk_are_the_lead_s(world):
    user = world.user(Role.DESK_OFFICER)
    with pytest.raises(Refused):
        set_assigning(actor=world.actor(Role.DESK_OFFICER), on=True)
    with pytest.raises(Refused):
        set_share(
            actor=world.actor(Role.DESK_OFFICER), desk=world.desks["economy"], user_id=user.pk, share=50
        )


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_two_people(world):
    """Two intakes in the same instant: each takes another's turn, and no turn is counted twice."""
    desk, other = world.desks["economy"], officer(world, "沈若晴")
    ids, errors, ready = [], [], threading.Barrier(2)

    def take():
        try:
            ready.wait(10)
            with transaction.atomic():
                person = take_turn(desk)
                actions.open_case(
                    actor=world.house, words="尾款", desk=desk, owner=User.objects.get(pk=person.id)
                )
                ids.append(person.id)
        except Exception as error:  # noqa: BLE001
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not errors
    assert sorted(ids) == sorted([world.user(Role.DESK_OFFICER).pk, other.pk])
    assert sorted(DeskSeat.objects.values_list("given", flat=True)) == [1, 1]
