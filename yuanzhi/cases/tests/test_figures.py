"""What cases lend to the map: where needs are open, and where the community is late."""

from __future__ import annotations

import json
import re

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.registry.figures import figures_for, workloads


def figure(world, code, role=Role.LEAD):
    actor = world.actor(role)
    return figures_for(actor)[code].of(world.community.pk, actor)


def test_cases_lend_their_figures(world):
    actor = world.actor(Role.DESK_OFFICER)
    for enterprise in (world.enterprises[0], world.enterprises[0], world.enterprises[1]):
        cases.open_case(actor=actor, enterprise=enterprise, words="门禁坏了")
    assert figure(world, "open_cases") == {world.parks[0].pk: 2, world.parks[1].pk: 1}
    assert figure(world, "breached") == {}
    world.enterprises[0].cases.update(due_at="2020-01-01T00:00:00Z")
    assert figure(world, "breached") == {world.parks[0].pk: 2}
    assert list(workloads()) == ["enterprises", "employees", "open_cases"]


def test_a_case_counts_where_the_building_is_that_was_scanned(world):
    case = cases.open_case(actor=world.house, enterprise=world.enterprises[0], words="门禁坏了")
    type(case).objects.filter(pk=case.pk).update(building=world.buildings[2])
    assert figure(world, "open_cases") == {world.parks[2].pk: 1}


def test_who_sees_no_cases_is_offered_none_of_them(world):
    assert "open_cases" not in figures_for(world.actor(Role.PARTNER))
    cases.open_case(actor=world.house, enterprise=world.enterprises[2], words="门禁坏了")
    assert figure(world, "open_cases", Role.GRID_MEMBER) == {}, "another grid's"
    assert figure(world, "open_cases", Role.VIEWER) == {world.parks[2].pk: 1}


def test_the_busiest_come_first_and_late_ones_before_them(client, world):
    client.force_login(world.user(Role.LEAD))
    actor = world.actor(Role.DESK_OFFICER)
    for enterprise in (world.enterprises[0], world.enterprises[0], world.enterprises[1]):
        cases.open_case(actor=actor, enterprise=enterprise, words="门禁坏了")
    world.enterprises[1].cases.update(due_at="2020-01-01T00:00:00Z")
    html = client.get("/map/").content.decode()
    listed = [int(pk) for pk in re.findall(r'data-row="(\d+)"', html)]
    assert listed[:2] == [world.parks[1].pk, world.parks[0].pk]
    assert "超时 1" in html and "按超时、未结排" in html
    paint = json.loads(re.search(r'data-paint="([^"]+)"', html)[1].replace("&quot;", '"'))
    assert paint[str(world.parks[0].pk)][1] == "第 1 网格・3 家，未结诉求 2 件"


def test_a_figure_leads_to_its_rows_for_who_may_open_the_list(client, world):
    cases.open_case(actor=world.actor(Role.CAPTAIN), enterprise=world.enterprises[0], words="门禁坏了")
    link = f"/cases/?park={world.parks[0].pk}"
    for role, leads in ((Role.LEAD, True), (Role.CAPTAIN, False)):
        client.force_login(world.user(role))
        html = client.get("/map/?figure=open_cases").content.decode().replace("&amp;", "&")
        assert (f"{link}&state=open" in html) is leads, role
    client.force_login(world.user(Role.LEAD))
    assert "门禁坏了" in client.get(f"{link}&state=open").content.decode()
