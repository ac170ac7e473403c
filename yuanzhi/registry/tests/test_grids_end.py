"""A grid is given up: when it may be, what ends with it, and how it comes back."""

import datetime as dt

import pytest
from django.urls import reverse

from yuanzhi.accounts.actor import system
from yuanzhi.accounts.queries import members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.registry import actions
from yuanzhi.registry.models import Grid
from yuanzhi.registry.queries import grids_visible_to

TODAY = dt.date.today()
SOON = TODAY + dt.timedelta(days=10)


@pytest.fixture
def lead(world):
    return world.actor(Role.LEAD)


@pytest.fixture
def emptied(world, lead):
    """The first grid, whose parks have gone to the second."""
    mine, other = world.grids[:2]
    parks = [term.park_id for term in mine.terms.filter(valid_to=None)]
    actions.assign_parks(actor=lead, plan=dict.fromkeys(parks, other.pk))
    return mine


def test_one_that_has_parks_stays(world, lead):
    with pytest.raises(Refused, match="先把园区划给别的网格"):
        actions.end_grid(actor=lead, grid=world.grids[0])


def test_it_ends_with_its_people_and_is_recorded(world, lead, emptied):
    assert members_of(world.community.pk, kind=Kind.GRID, scope_ids=[emptied.pk]).exists()
    actions.end_grid(actor=lead, grid=emptied, last_day=SOON)
    assert emptied in grids_visible_to(lead)
    people = members_of(world.community.pk, kind=Kind.GRID, scope_ids=[emptied.pk])
    assert {m.valid_to for m in people} == {SOON}
    told = HistoryEntry.objects.get(verb="grid.ended")
    assert (told.subject, told.details["last_day"]) == (f"grid:{emptied.pk}", SOON.isoformat())
    with pytest.raises(Overtaken, match="已经定了"):
        actions.end_grid(actor=lead, grid=emptied)
    with pytest.raises(Refused, match="不能再划园区给它"):
        actions.assign_parks(actor=lead, plan={world.parks[0].pk: emptied.pk})


def test_a_planned_return_of_a_park_keeps_it(world, lead, emptied):
    actions.assign_parks(actor=lead, plan={world.parks[0].pk: emptied.pk}, effective=SOON)
    with pytest.raises(Refused, match=world.parks[0].name):
        actions.end_grid(actor=lead, grid=emptied)


@pytest.mark.parametrize(
    ("day", "words"), [(TODAY - dt.timedelta(days=1), "已经过了"), (dt.date(1999, 1, 1), "已经过了")]
)
def test_it_does_not_end_in_the_past(lead, emptied, day, words):
    with pytest.raises(Refused, match=words):
        actions.end_grid(actor=lead, grid=emptied, last_day=day)


def test_others_may_not(world, neighbour, emptied):
    with pytest.raises(Refused, match="权限"):
        actions.end_grid(actor=world.actor(Role.GRID_LEADER), grid=emptied)
    with pytest.raises(Refused, match="本社区"):
        actions.end_grid(actor=neighbour.actor(Role.LEAD), grid=emptied)


def test_its_number_comes_back_as_the_same_grid(world, lead, emptied):
    actions.end_grid(actor=lead, grid=emptied)
    with pytest.raises(Refused, match="已经有了"):
        actions.add_grid(actor=lead, number=emptied.number)
    Grid.objects.filter(pk=emptied.pk).update(valid_to=TODAY - dt.timedelta(days=1))
    again = actions.add_grid(actor=system(world.community.pk), number=emptied.number)
    assert (again.pk, again.valid_from, again.valid_to) == (emptied.pk, TODAY, None)
    assert HistoryEntry.objects.filter(verb="grid.added").latest("pk").details["again"] is True


def test_the_page_offers_it_only_for_an_empty_grid(world, client, emptied):
    client.force_login(world.user(Role.LEAD))
    url = reverse("registry:end_grid", args=[emptied.pk])
    assert url in client.get(reverse("registry:grid", args=[emptied.pk])).content.decode()
    full = world.grids[1]
    assert "撤销这个网格" not in client.get(reverse("registry:grid", args=[full.pk])).content.decode()
    other = client.post(reverse("registry:end_grid", args=[full.pk]), {"last_day": ""})
    assert "先把园区划给别的网格" in other.content.decode()
    done = client.post(url, {"last_day": SOON.isoformat()}, follow=True).content.decode()
    assert f"到 {SOON} 为止" in done
    assert f"到 {SOON} 为止" in client.get(reverse("registry:grid", args=[emptied.pk])).content.decode()
