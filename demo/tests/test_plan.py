import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from demo.people import DESKS
from demo.plan import SEED, TODAY, Plan, community, community_name
from demo.stories import STORIES


def test_the_same_seed_gives_the_same_plan(full):
    assert community(0, 1, SEED, TODAY).digest() == full.digest()


def test_another_seed_or_another_day_gives_another_plan(tiny):
    assert community(0, 0.01, SEED + 1, TODAY).digest() != tiny.digest()
    assert community(0, 0.01, SEED, TODAY + timedelta(days=1)).digest() != tiny.digest()


def test_the_digest_does_not_hang_on_the_process():
    """Sets and string hashes differ from process to process; the plan must not."""
    code = "from demo.plan import Plan; print(Plan(0.01).digest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }
    assert digests == {Plan(0.01).digest() + "\n"}


def test_the_digest_sees_a_single_changed_fact(tiny):
    first, *rest = tiny.enterprises
    changed = replace(tiny, enterprises=[replace(first, headcount=(first.headcount or 0) + 1), *rest])
    assert changed.digest() != tiny.digest()


@pytest.mark.parametrize("size", [0, -1, 1.5, 101, 1000])
def test_sizes_that_cannot_be_made_are_explained(size):
    with pytest.raises(ValueError, match="--size 填 0.01 到 1 之间的小数"):
        Plan(size)


@pytest.mark.parametrize(
    ("size", "parks", "buildings", "grids", "enterprises"),
    [(0.001, 4, 6, 2, 30), (0.01, 4, 6, 2, 81), (0.1, 6, 10, 2, 813), (0.5, 31, 48, 6, 4064)],
)
def test_scales_below_one(size, parks, buildings, grids, enterprises):
    plan = community(0, size, SEED, TODAY)
    counts = (len(plan.parks), len(plan.buildings), len(plan.grids), len(plan.enterprises))
    assert counts == (parks, buildings, grids, enterprises)
    assert all(grid.parks for grid in plan.grids)


@pytest.mark.parametrize("size", [0.15, 0.2, 0.27])
def test_story_firms_find_a_building_at_any_scale(size):
    plan = community(0, size, SEED, TODAY)
    housed = {t.enterprise for t in plan.tenancies if t.until is None}
    assert all(e.key in housed for e in plan.enterprises if e.short_name)


def test_a_city_is_many_communities_that_share_nothing():
    first, second = (community(k, 0.05, SEED, TODAY) for k in (0, 7))
    assert first.name == "云溪社区" != second.name
    assert not {e.uscc for e in first.enterprises} & {e.uscc for e in second.enterprises}
    assert not {e.key for e in first.enterprises} & {e.key for e in second.enterprises}
    assert not {c.phone for c in first.cast.contacts} & {c.phone for c in second.cast.contacts}
    assert not {a.username for a in first.cast.accounts} & {a.username for a in second.cast.accounts}
    lon = [[point[0] for point in plan.site.boundary] for plan in (first, second)]
    assert max(lon[0]) < min(lon[1])


def test_a_hundred_communities_have_a_hundred_names():
    assert len({community_name(k) for k in range(100)}) == 100


def test_plans_stream_one_community_at_a_time():
    stream = Plan(100).communities()
    assert iter(stream) is stream
    assert next(stream).code == "yunxi"


def test_the_neighbour_comes_last_and_is_tiny():
    plans = list(Plan(0.01).communities())
    assert len(plans) == 2
    next_door = plans[-1]
    assert (len(next_door.parks), len(next_door.grids), len(next_door.enterprises)) == (1, 1, 1)
    assert sorted(a.role for a in next_door.cast.accounts) == ["contact", "lead"]
    assert len(next_door.tenancies) == 1
    assert not {p.name for p in next_door.cast.persons} & {p.name for p in plans[0].cast.persons}
    assert not next_door.cases
    assert next_door.cast.contacts[0].enterprise == next_door.enterprises[0].key


def test_stories_are_sixty_and_none_twice():
    assert len(STORIES) >= 60
    assert len({s.title for s in STORIES}) == len({s.words for s in STORIES}) == len(STORIES)
    assert {s.desk for s in STORIES} == set(DESKS)
    states = {s.state for s in STORIES}
    assert states == {
        "received", "accepted", "declined", "in_progress", "waiting", "resolved",
        "confirmed", "reopened", "merged", "withdrawn",
    }  # fmt: skip
    titles = " ".join(s.title for s in STORIES)
    for word in ("尾款 38 万", "社保断缴", "消防通道", "对口学校", "外卖集中取餐", "外骨骼"):
        assert word in titles


def test_a_verdict_is_given_only_when_the_enterprise_was_asked():
    for s in STORIES:
        assert (s.verdict is not None) == (s.state in ("confirmed", "reopened")), s.title
        assert s.verdict is None or 1 <= s.verdict.stars <= 5
        assert not (s.state == "reopened" and s.verdict.solved)


def test_stories_read_like_a_neighbour():
    for s in STORIES:
        assert len(s.title) <= 24, s.title
        assert s.words[-1] in "。？！", s.words
        for line in (s.title, s.words):
            assert not re.search(r"(?<!\d)[,;:?!]|[,;:?!](?!\d)", line), line


def test_cases_have_an_enterprise_a_speaker_and_an_owner_at_the_right_desk(full):
    rows = {e.key: e for e in full.enterprises}
    desk = {p.person: p.scope_key for p in full.cast.posts if p.scope == "desk"}
    who = {p.key: p.name for p in full.cast.persons}
    assert len(full.cases) == len(STORIES)
    for case in full.cases:
        assert rows[case.enterprise].active
        assert case.spoke
        assert case.opened.date() <= TODAY
        assert desk.get(case.owner, case.story.desk) == case.story.desk, (case.story.title, who[case.owner])
        if case.story.firm:
            assert rows[case.enterprise].short_name == case.story.firm
        if case.story.owner:
            assert who[case.owner] == case.story.owner
