"""The benches run at a tiny size, and the page of figures keeps what was measured before."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from bench import __main__ as harness
from bench import cases, peers, writers
from bench.__main__ import ROOT, met, say, sections, table

FIELDS = {"name", "figure", "unit", "bound", "note"}


def row(figure: float, unit: str, bound: float | None) -> dict:
    return {"name": "某项", "figure": figure, "unit": unit, "bound": bound, "note": "甲|乙"}


@pytest.mark.parametrize(
    ("figure", "unit", "bound", "holds"),
    [
        (11.9, "秒", 12, True),
        (12.1, "秒", 12, False),
        (0, "次", 0, True),
        (1, "次", 0, False),
        (96, "%", 95, True),
        (94, "%", 95, False),
        (22_000, "行/秒", 23_000, False),
        (15.1, "倍（快）", 15, True),
        (14.9, "倍（快）", 15, False),
        (5, "毫秒", None, None),
    ],
)
def test_a_bound_is_at_most_but_for_rates_and_shares(figure, unit, bound, holds):
    assert met(row(figure, unit, bound)) is holds


def test_the_table_says_what_was_missed_and_keeps_its_columns():
    lines = table([row(12.1, "秒", 12), row(5, "毫秒", None)]).splitlines()
    assert "**没有达到**" in lines[2] and "≤ 12 秒" in lines[2]
    assert "没有达到" not in lines[3]
    assert {line.count("|") for line in lines} == {6}


@pytest.mark.parametrize(
    ("figure", "said"), [(0.4167, "0.42"), (17.26, "17.3"), (1109.4, "1,109"), (3.0, "3")]
)
def test_three_figures_are_enough(figure, said):
    assert say(figure) == said


def test_measuring_one_bench_leaves_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(harness, "PAGE", tmp_path / "bench.md")
    search, jobs = (b for b in harness.BENCHES if b.name in ("jobs", "search"))
    harness.write(search, "先测的", "")
    harness.write(jobs, "后测的", "")
    harness.write(search, "又测的", "")
    page = (tmp_path / "bench.md").read_text()
    assert sections(page) == {"查找": "又测的\n", "后台任务": "后测的\n"}
    assert page.index("## 查找") < page.index("## 后台任务")


def test_an_unknown_bench_is_named(capsys):
    with pytest.raises(SystemExit):
        harness.main(["serch"])
    assert "serch" in capsys.readouterr().err


def test_every_bench_named_is_a_module_that_runs():
    for bench in harness.BENCHES:
        assert "def run(" in (ROOT / "bench" / f"{bench.name}.py").read_text(), bench.name


def test_writers_at_a_tiny_size(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    found = writers.run(seconds=0.5, processes=1, threads=3)
    assert {frozenset(line) for line in found} == {frozenset(FIELDS)}
    by_name = {line["name"].split("：")[1]: line["figure"] for line in found}
    assert by_name["失败"] == 0 and by_name["之后断了的历史链"] == 0 and by_name["写得多快"] > 0


def test_requests_at_a_tiny_size():
    """In a process of its own: it asks pages through its own WSGI application."""
    env = {**os.environ, "BENCH_DEMO": "0.01", "BENCH_ENTERPRISES": "300", "BENCH_ROUNDS": "1"}
    env.pop("DATABASE_URL", None)
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--one", "requests"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert "名录体检" in run.stdout and "300 家" in run.stdout


def one_run(name: str, **sizes: str) -> str:
    """What a bench says at a tiny size, in a process of its own, on SQLite."""
    env = {**os.environ, **sizes}
    env.pop("DATABASE_URL", None)
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--one", name], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout


def test_cases_at_a_tiny_size():
    said = one_run("cases", BENCH_CASES_ONE="200", BENCH_CASES="200", BENCH_COMMUNITIES="2", BENCH_ROUNDS="1")
    assert "一个社区 200 件" in said and "2 个社区 200 件" in said
    for page in cases.PAGES:
        assert page.name in said


def test_load_at_a_tiny_size():
    rows = json.loads(one_run("load", BENCH_CASES="400", BENCH_SECONDS="1").splitlines()[-1])
    by_name = {row["name"].split("：")[1]: row["figure"] for row in rows}
    assert by_name["失败"] == 0 and by_name["数据库被锁"] == 0 and by_name["每秒多少次"] > 0


def test_without_a_network_the_peer_is_left_out(monkeypatch):
    monkeypatch.setattr(peers, "installed", lambda folder: ("", "没有网络"))
    (told,) = peers.run()
    assert frozenset(told) == FIELDS and "没有网络" in told["note"] and met(told) is None


def test_ratios_are_of_medians():
    answers = {page: [{"ms": 10.0, "cpu": 9.0}] * 3 for page in peers.OURS}
    answers |= {page: [{"ms": 90.0, "cpu": 9.0}] * 3 for page in peers.THEIRS}
    figures = [told["figure"] for told in peers.rows(answers, 100_000, "2.6.1")]
    assert figures == [18.0, 18.0, 9.0]  # its list is the page and the rows it asks for
