"""`python -m bench [name …] [--full]`: runs the benches and writes docs/bench.md.

Each bench is a module with `run() -> [{name, figure, unit, bound, note}]`. It runs in a process of its own
with a data directory of its own, and once more on PostgreSQL (DATABASE_URL, or the server on this machine) in
a database of its own. Sizes are small enough for about ten minutes; `--full` takes those of the requirements.
A run of some benches replaces their sections of the page and leaves the others.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import machine

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "bench.md"
NOTES = Path(__file__).with_name("notes.md")
HEAD = "测了什么，结果如何"
Row = dict[str, Any]


@dataclass(frozen=True)
class Bench:
    """A module here, its heading, whether the database matters to it, and sizes as environment variables."""

    name: str
    title: str
    databases: bool = True
    usual: tuple[tuple[str, str], ...] = ()
    full: tuple[tuple[str, str], ...] = ()


BENCHES = (
    Bench("tabular", "读表格", databases=False),
    Bench("importing", "导入企业名录"),
    Bench(
        "search", "查找",
        usual=(("BENCH_SEARCH", "100000"),), full=(("BENCH_SEARCH", "100000,1000000"),),
    ),
    Bench(
        "requests", "打开一页要多久",
        usual=(("BENCH_ENTERPRISES", "100000"),), full=(("BENCH_ENTERPRISES", "1000000"),),
    ),
    Bench(
        "writers", "五十人同时写",
        usual=(("BENCH_SECONDS", "10"),), full=(("BENCH_SECONDS", "60"),),
    ),
    Bench(
        "cases", "诉求的页面",
        usual=(("BENCH_CASES", "100000"),), full=(("BENCH_CASES", "1000000"),),
    ),
    Bench("peers", "与 django-helpdesk 比"),
    Bench(
        "load", "五十人同时用",
        usual=(("BENCH_SECONDS", "20"),), full=(("BENCH_SECONDS", "60"),),
    ),
    Bench("jobs", "后台任务"),
    Bench("clocks", "一万件同时到时限"),
    Bench("districting", "划分网格", databases=False),
    Bench("demo_build", "演示社区与上手"),
)  # fmt: skip


def main(words: list[str] | None = None) -> int:
    """Returns 0 when all ran, whether or not the bounds were met: they depend on the machine."""
    known = {bench.name: bench for bench in BENCHES}
    parser = argparse.ArgumentParser(prog="python -m bench", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"{'、'.join(known)}（默认全部）")
    parser.add_argument("--full", action="store_true", help="按要求里的规模")
    parser.add_argument("--one", help=argparse.SUPPRESS)  # the child's side
    args = parser.parse_args(words)
    if args.one:
        print("\n" + json.dumps(importlib.import_module(f"bench.{args.one}").run(), ensure_ascii=False))
        return 0
    if unknown := [name for name in args.names if name not in known]:
        parser.error(f"没有这一项：{'、'.join(unknown)}。有的是：{'、'.join(known)}")
    server, failed = machine.postgres_url(), 0
    for bench in [known[name] for name in args.names or known]:
        section, ok = measured(bench, server, full=args.full)
        failed += not ok
        write(bench, section, server)
    return 1 if failed else 0


def measured(bench: Bench, server: str, *, full: bool) -> tuple[str, bool]:
    """A bench's section of the page, and whether it ran to its end."""
    source = Path(__file__).with_name(f"{bench.name}.py")
    if not source.exists() or "def run(" not in source.read_text():
        return "还没有这一项。\n", True
    parts, ok = [], True
    for label, url in [("SQLite", ""), *([("PostgreSQL", server)] if server and bench.databases else [])]:
        started, busy = time.perf_counter(), machine.load()
        print(f"{bench.title}（{label}）…", file=sys.stderr, flush=True)
        rows, error = _run(bench, url, full=full)
        took = time.perf_counter() - started
        about = (
            f"{dt.datetime.now():%Y-%m-%d %H:%M}，用时 {took:.0f} 秒，负载（一分钟平均）开始时 {busy:.1f}、"
            f"结束时 {machine.load():.1f}{'，按要求的规模' if full else ''}。"
        )
        shown = table(rows) if rows else f"没有测成：\n\n```\n{error[-1500:]}\n```\n"
        parts.append(f"{f'### {label}' if bench.databases else ''}\n\n{about}\n\n{shown}".lstrip())
        ok = ok and bool(rows)
        print(shown, file=sys.stderr, flush=True)
    return "\n".join(parts), ok


def _run(bench: Bench, url: str, *, full: bool) -> tuple[list[Row], str]:
    own = machine.own_database(url, bench.name) if url else nullcontext("")
    sizes = {**dict(bench.usual), **(dict(bench.full) if full else {})}
    with tempfile.TemporaryDirectory(prefix="yuanzhi-bench-") as home, own as own_url:
        given = {key: os.environ.get(key, value) for key, value in sizes.items()}
        env = {**os.environ, **given, "YUANZHI_HOME": home, "DATABASE_URL": own_url}
        env["DJANGO_SETTINGS_MODULE"] = "yuanzhi.config.settings"
        child = subprocess.run(
            [sys.executable, "-m", "bench", "--one", bench.name],
            cwd=ROOT, env=env, capture_output=True, text=True,
        )  # fmt: skip
    if child.returncode:
        return [], child.stderr
    return json.loads(child.stdout.splitlines()[-1]), ""


# -- the page --------------------------------------------------------------------------------------------


def met(row: Row) -> bool | None:
    """Whether the bound holds; None without one. Rates and shares shall be at least it, all else at most."""
    if row["bound"] is None:
        return None
    return row["figure"] >= row["bound"] if _at_least(row) else row["figure"] <= row["bound"]


def _at_least(row: Row) -> bool:
    return row["unit"] == "%" or row["unit"].endswith(("/秒", "/s", "（快）"))


def table(rows: list[Row]) -> str:
    """Rows as a Markdown table."""
    lines = ["| 测的是 | 结果 | 要求 | | 说明 |", "| --- | --: | --: | --- | --- |"]
    for row in rows:
        sign = {True: "达到", False: "**没有达到**", None: ""}[met(row)]
        at_least = _at_least(row)
        bound = (
            "" if row["bound"] is None else f"{'≥' if at_least else '≤'} {say(row['bound'])} {row['unit']}"
        )
        cells = (row["name"], f"{say(row['figure'])} {row['unit']}", bound, sign, row["note"])
        lines.append("| " + " | ".join(str(cell).replace("|", "/") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def say(figure: float) -> str:
    """Three figures are enough: "0.42", "17.3", "1,109"."""
    size = abs(figure)
    if figure == int(figure) or size >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.2f}" if size < 10 else f"{figure:.1f}"


def write(bench: Bench, section: str, server: str) -> None:
    """Put a section into the page; the machine and the notes are written anew."""
    kept = sections(PAGE.read_text()) if PAGE.exists() else {}
    kept[bench.title] = section.strip() + "\n"
    about = "\n".join(f"| {what} | {which} |" for what, which in machine.described(server))
    notes = NOTES.read_text().strip() if NOTES.exists() else ""
    parts = [f"# {HEAD}\n\n由 `make bench` 写成，请勿手改；说明写在 `bench/notes.md`。\n\n"
             f"| 机器 | |\n| --- | --- |\n{about}\n\n{notes}\n"]  # fmt: skip
    parts += [f"## {each.title}\n\n{kept[each.title]}" for each in BENCHES if each.title in kept]
    PAGE.write_text("\n".join(parts))


def sections(page: str) -> dict[str, str]:
    """{heading: text} of the benches' sections of a page written before."""
    found = {}
    for part in page.split("\n## ")[1:]:
        title, _, text = part.partition("\n")
        if title in {bench.title for bench in BENCHES}:
            found[title] = text.strip() + "\n"
    return found


if __name__ == "__main__":
    raise SystemExit(main())
