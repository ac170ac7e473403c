"""Districting against brute force: what is called proved is the best, what is called infeasible has no
answer."""

import itertools
import math
import multiprocessing
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.districting import community
from yuanzhi.registry.districting import (
    BALANCE,
    COMPACT,
    FEASIBLE,
    FEWEST,
    GOALS,
    INFEASIBLE,
    PROVED,
    UNKNOWN,
    DistrictingError,
    Limits,
    Park,
    Problem,
    asking,
    check,
    explain,
    propose,
)
from yuanzhi.registry.districting.core import build
from yuanzhi.registry.districting.sets import connected_sets


@st.composite
def problems(draw):
    """Four to seven parks on a tree with some extra edges, two or three grids; today's grids may be
    broken."""
    size = draw(st.integers(4, 7))
    edges = {(draw(st.integers(0, i - 1)), i) for i in range(1, size)}
    edges |= draw(st.sets(st.sampled_from(list(itertools.combinations(range(size), 2))), max_size=5))
    parks = tuple(
        Park(
            i,
            f"{i} 号园",
            draw(st.integers(0, 900)),
            draw(st.integers(0, 900)),
            {"enterprises": draw(st.integers(0, 60)), "open_cases": draw(st.integers(0, 9))},
        )
        for i in range(size)
    )
    labels = tuple("甲乙丙"[: draw(st.integers(2, 3))])
    today = {i: draw(st.sampled_from(labels)) for i in range(size) if draw(st.integers(0, 9))}
    count = draw(st.sampled_from([None, len(labels) - 1]))
    limits = Limits(
        ratio=draw(st.sampled_from(["1.1", "1.3", "1.6", "3"])),
        max_parks=draw(st.sampled_from([None, None, 1, 3])),
        pinned=frozenset(draw(st.sets(st.sampled_from(sorted(today)), max_size=2)) if today else ()),
    )
    return Problem(parks, tuple(sorted(edges)), today, labels, count), limits


def every_answer(problem, limits):
    ids = [park.id for park in problem.parks]
    for labels in itertools.product(problem.grids, repeat=len(ids)):
        assignment = dict(zip(ids, labels, strict=True))
        if len(set(labels)) == problem.wanted and not check(problem, assignment, limits):
            yield assignment


def handed_over(problem, assignment):
    moved = [p for p in problem.parks if p.id in problem.today and problem.today[p.id] != assignment[p.id]]
    return sum(park.enterprises for park in moved), len(moved)


def inertia(problem, assignment):
    """Enterprises × square metres from the centre, written down a second time, park pair by park pair."""
    total = 0.0
    for grid in set(assignment.values()):
        inside = [(max(1, p.enterprises), p.x, p.y) for p in problem.parks if assignment[p.id] == grid]
        pairs = sum(
            a[0] * b[0] * ((a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2)
            for a, b in itertools.combinations(inside, 2)
        )
        total += pairs / sum(w for w, _, _ in inside)
    return total


def loaded(problem):
    return any(map(problem.load, problem.parks))


@settings(max_examples=150, deadline=None)
@given(problems(), st.booleans())
def test_every_set_that_could_be_a_grid_is_listed_once(question, wide):
    problem, limits = question
    if not loaded(problem):
        return
    core = build(problem, limits)
    core = replace(core, ceiling=core.weight(0b111))  # some set sits exactly on the limit
    if wide:  # the same parks among seventy: bits in two words
        blank = 70 - core.size
        core = replace(
            core,
            loads=core.loads[:3] + (core.ceiling + 1,) * blank + core.loads[3:],
            near=tuple(spread_out(mask, blank) for mask in core.near[:3])
            + (0,) * blank
            + tuple(spread_out(mask, blank) for mask in core.near[3:]),
        )
    sets = connected_sets(core)
    listed = [sets.mask(row) for row in range(len(sets))]
    masks = [
        spread_out(mask, 70 - len(problem.parks)) if wide else mask
        for mask in range(1, 1 << len(problem.parks))
    ]
    expected = [mask for mask in masks if core.connected(mask) and core.weight(mask) <= core.ceiling]
    assert sorted(listed) == sorted(expected)
    assert np.array_equal(sets.total(np.array(core.loads, float)), [core.weight(mask) for mask in listed])


def spread_out(mask, blank):
    """The bits from the fourth on, moved up by `blank`."""
    return mask & 0b111 | mask >> 3 << 3 + blank


@settings(max_examples=80, deadline=None)
@given(problems())
def test_proved_means_best_and_infeasible_means_none(question):
    problem, limits = question
    if not loaded(problem):
        return
    answers = list(every_answer(problem, limits))
    fewest, compact = propose(problem, FEWEST, limits), propose(problem, COMPACT, limits)
    if not answers:
        assert (fewest.status, compact.status) == (INFEASIBLE, INFEASIBLE)
        assert fewest.reasons and compact.reasons
        return
    assert (fewest.status, compact.status) == (PROVED, PROVED)
    assert not check(problem, fewest.assignment, limits) and not check(problem, compact.assignment, limits)
    assert handed_over(problem, fewest.assignment) == min(handed_over(problem, a) for a in answers)
    assert fewest.objective == fewest.bound == handed_over(problem, fewest.assignment)[0]
    best = min(inertia(problem, a) for a in answers)
    assert inertia(problem, compact.assignment) == pytest.approx(best, rel=1e-6, abs=1e-3)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_balance_keeps_the_limits_and_never_claims_too_much(question):
    problem, limits = question
    if not loaded(problem):
        return
    answers = list(every_answer(problem, limits))
    found = propose(problem, BALANCE, limits)
    if not answers:
        assert found.status == INFEASIBLE
        return
    assert found.status in (FEASIBLE, PROVED) and not check(problem, found.assignment, limits)
    best = min(problem.ratio(a) for a in answers)
    assert found.bound <= best + 1e-9
    assert found.status != PROVED or found.ratio == pytest.approx(best)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_compact_grids_get_the_labels_that_cost_least(question):
    problem, _ = question
    limits = Limits(ratio="3")
    if not loaded(problem):
        return
    found = propose(problem, COMPACT, limits)
    if found.status != PROVED:
        return
    used = sorted(set(found.assignment.values()))
    relabelled = [
        {park: dict(zip(used, labels, strict=True))[grid] for park, grid in found.assignment.items()}
        for labels in itertools.permutations(problem.grids, len(used))
    ]
    assert handed_over(problem, found.assignment) == min(handed_over(problem, a) for a in relabelled)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("goal", [FEWEST, COMPACT])
def test_a_community_of_thirty_parks_is_proved(seed, goal):
    problem = community(seed, parks=30, grids=6, enterprises=3000)
    found = propose(problem, goal)
    assert found.status == PROVED and found.contiguous and found.ratio <= 1.10
    assert check(problem, found.assignment, Limits()) == []
    other = propose(problem, FEWEST if goal == COMPACT else COMPACT)
    if goal == FEWEST:
        assert found.moved_enterprises <= other.moved_enterprises
    else:
        assert found.metres <= other.metres * (1 + 1e-6)


def test_the_same_question_gets_the_same_answer():
    problem = community(5, parks=24, grids=5, enterprises=2500)
    for goal in GOALS:
        assert propose(problem, goal).assignment == propose(problem, goal).assignment


def test_a_worker_process_can_answer():
    problem = community(4, parks=16, grids=4, enterprises=1500)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        far = pool.apply(propose, (problem, FEWEST, Limits()))
    assert far.assignment == propose(problem, FEWEST).assignment
    assert pickle.loads(pickle.dumps(far)) == far


def test_pins_and_the_limit_on_moves_are_kept():
    problem = community(3, parks=30, grids=6, enterprises=3000)
    free = propose(problem, FEWEST)
    pinned = frozenset({free.moves[0].park})
    held = propose(problem, FEWEST, Limits(pinned=pinned))
    assert held.status == PROVED and held.moved_enterprises >= free.moved_enterprises
    assert not pinned & {move.park for move in held.moves}
    tight = propose(problem, COMPACT, Limits(max_parks=free.moved_parks + 1))
    assert tight.status == PROVED and tight.moved_parks <= free.moved_parks + 1
    none = propose(problem, FEWEST, Limits(max_parks=1))
    assert none.status == INFEASIBLE
    assert "至少要有" in none.reasons[0] and "只允许 1 个" in none.reasons[0]


def test_a_grid_can_be_dissolved_or_added():
    problem = community(2, parks=30, grids=6, enterprises=3000)
    fewer = Problem(problem.parks, problem.edges, problem.today, problem.grids, count=5)
    found = propose(fewer, FEWEST, Limits(ratio="1.2"))
    assert found.status == PROVED and len(found.dissolved) == 1 and len(found.loads) == 5
    assert "不再保留" in "".join(explain(found))
    more = Problem(problem.parks, problem.edges, problem.today, (*problem.grids, "新"))
    assert "新" in propose(more, FEWEST, Limits(ratio="1.3")).loads


def test_where_sets_cannot_be_listed_nothing_is_claimed(monkeypatch):
    problem = community(1, parks=30, grids=6, enterprises=3000)
    monkeypatch.setattr(asking, "connected_sets", lambda core: None)
    found = propose(problem, FEWEST)
    assert found.status == FEASIBLE and found.bound is None and "不能证明" in found.reasons[0]
    assert check(problem, found.assignment, Limits()) == []
    hopeless = propose(problem, FEWEST, Limits(ratio="1.0001"))
    assert hopeless.status == UNKNOWN and "没有守住" in "".join(explain(hopeless))


def test_a_silent_solver_is_noticed(monkeypatch):
    def fail(*_):
        raise RuntimeError("HiGHS: Not Set")

    monkeypatch.setattr(asking.Exact, "solve", fail)
    problem = community(3, parks=30, grids=6, enterprises=3000)
    found = propose(problem, COMPACT)
    assert found.status in (FEASIBLE, UNKNOWN) and found.bound is None


def test_seventy_parks_need_two_words_and_are_proved():
    problem = community(1, parks=70, grids=18, enterprises=5000)
    found = propose(problem, COMPACT, Limits(ratio="1.15", seconds=60))
    assert found.status == PROVED and check(problem, found.assignment, Limits(ratio="1.15")) == []


def row(*numbers, grids=2, **more):
    """Parks in a row, hundred metres apart, the first half in grid 1, the rest in grid 2."""
    parks = tuple(Park(i, f"{i} 号园", i * 100.0, 0.0, {"enterprises": n}) for i, n in enumerate(numbers))
    edges = tuple((i, i + 1) for i in range(len(numbers) - 1))
    today = {i: 1 + (i >= len(numbers) / 2) for i in range(len(numbers))}
    return Problem(parks, more.pop("edges", edges), today, tuple(range(1, grids + 1)), **more)


def test_an_explanation_reads_like_a_neighbour():
    found = propose(row(30, 20, 10, 20, 10, 10), FEWEST)
    lines = explain(found)
    assert lines[0].startswith("1 个园区、10 家企业换手；负载最大/平均 1.00；")
    assert lines[1].startswith("已证明最优")
    assert lines[2] == "第 1 网格 → 第 2 网格：2 号园（10 家）。"


@pytest.mark.parametrize(
    ("problem", "limits", "words"),
    [
        (row(90, 5, 5, 5), Limits(), "0 号园一个园区的工作量就是网格平均的 1.71 倍"),
        (row(9, 9, 9, 9, edges=()), Limits(), "互不相邻的 4 片"),
        (row(9, 9, 9, 1, edges=((0, 1), (1, 2))), Limits(), "至少要 3 个网格"),
        (row(9, 9, grids=3), Limits(), "只有 2 个园区，划不出 3 个网格"),
        (
            row(30, 30, 10, 10),
            Limits(pinned=frozenset({0, 1})),
            "第 1 网格要求留下的园区加起来已经超过负载上限",
        ),
        (row(3, 5, 9, 5), Limits(), "没有任何连片的划法"),
    ],
)
def test_the_reason_is_told(problem, limits, words):
    found = propose(problem, FEWEST, limits)
    assert found.status == INFEASIBLE and not found.assignment
    assert words in "".join(explain(found))


@pytest.mark.parametrize(
    ("change", "limits", "words"),
    [
        ({"parks": ()}, Limits(), "还没有园区"),
        ({"weights": {"enterprises": -1}}, Limits(), "“企业”的权重是 -1"),
        ({"weights": {"enterprises": 0}}, Limits(), "工作量都是 0"),
        ({"count": 5}, Limits(), "要划 5 个网格，可用的网格有 2 个"),
        ({"today": {0: 9}}, Limits(), "网格“9”不在可用网格里"),
        ({"today": {}}, Limits(pinned=frozenset({0})), "0 号园现在不属于任何网格"),
        ({"edges": ((0, 99),)}, Limits(), "不存在的园区"),
        ({}, Limits(ratio="0.9"), "不可能小于 1"),
        ({}, Limits(max_parks=-1), "上限请填 0 或正数"),
        ({"parks": (Park(0, "启真大厦", math.nan, 0, {"enterprises": 3}),)}, Limits(), "启真大厦还没有落图"),
        ({"parks": (Park(0, "启真大厦", 0, 0, {"enterprises": -3}),)}, Limits(), "启真大厦的数字里有负数"),
    ],
)
def test_a_wrong_question_gets_a_sentence(change, limits, words):
    base = row(9, 9, 9, 9)
    fields = {name: getattr(base, name) for name in base.__dataclass_fields__} | change
    with pytest.raises(DistrictingError, match=words):
        propose(Problem(**fields), FEWEST, limits)


@pytest.mark.parametrize(
    ("assignment", "limits", "words"),
    [
        ({0: 1, 1: 1, 2: 2, 3: 2}, Limits(), None),
        ({0: 1, 1: 2, 2: 1, 3: 2}, Limits(), "不连片"),
        ({0: 1, 1: 1, 2: 1, 3: 1}, Limits(), "实际是 1 个"),
        ({0: 1, 1: 1, 2: 2}, Limits(), "没有分到网格"),
        ({0: 1, 1: 1, 2: 2, 3: 7}, Limits(), "不存在的网格"),
        ({0: 1, 1: 2, 2: 2, 3: 2}, Limits(), "超过 1.10"),
        ({0: 2, 1: 2, 2: 1, 3: 1}, Limits(max_parks=3), "换手 4 个园区"),
        ({0: 2, 1: 2, 2: 1, 3: 1}, Limits(pinned=frozenset({3})), "被换走了"),
    ],
)
def test_the_checker_sees_every_fault(assignment, limits, words):
    faults = "".join(check(row(9, 9, 9, 9), assignment, limits))
    assert (faults == "") if words is None else (words in faults)


@pytest.mark.parametrize("goal", [FEWEST, COMPACT])
def test_what_is_told_on_the_way_is_sound_and_never_better_than_the_end(goal):
    problem, told = community(3, parks=30, grids=6, enterprises=3000), []
    limits = Limits(ratio=1.1)
    found = propose(problem, goal, limits, told.append)
    assert found.status == PROVED and told
    for one in told:
        if one.status == FEASIBLE:
            assert not check(problem, one.assignment, limits)
            assert one.objective >= found.objective * (1 - 1e-9)
            assert one.bound is None or one.bound <= found.objective * (1 + 1e-9)
