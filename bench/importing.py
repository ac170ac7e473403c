"""Importing 100,000 enterprises: parsed, validated, upserted with source, day and history; others writing meanwhile."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROWS = 100_000
WRITERS = 10
ROOT = Path(__file__).resolve().parent.parent


def _prepare() -> int:
    """A fresh community; returns its id."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from yuanzhi.accounts.actor import system
    from yuanzhi.registry import actions
    from yuanzhi.registry.models import Community

    code = f"b{int(time.time() * 1000) % 10**9}"
    return (
        actions.found_community(actor=system(), name="云溪社区", code=code).pk
        or Community.objects.get(code=code).pk
    )


def _places(community_id: int) -> None:
    """Parks along 文一西路, so that many of the addresses are placed."""
    from yuanzhi.accounts.actor import system
    from yuanzhi.registry import actions

    actor = system(community_id)
    for number in range(900, 2000, 20):
        park = actions.add_park(actor=actor, name=f"云溪{number}号园", address=f"文一西路{number}号")
        for tower in range(1, 9):
            actions.add_building(
                actor=actor,
                park=park,
                name=f"{tower}幢",
                floors=24,
                code=f"{community_id}-{number}-{tower}"[-12:],
            )


class Writers:
    """Others at work: each edits an enterprise's note again and again, and says how long each edit took."""

    def __init__(self, community_id: int, ids: list[int]) -> None:
        self.community_id, self.ids = community_id, ids
        self.took: list[float] = []
        self.failed: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(WRITERS)]

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        from django.db import connections

        from yuanzhi.accounts.actor import system
        from yuanzhi.registry import actions
        from yuanzhi.registry.models import Enterprise

        actor, turn = system(self.community_id, f"同事{number}"), 0
        while not self._stop.is_set():
            turn += 1
            started = time.perf_counter()
            try:
                row = Enterprise.objects.get(pk=self.ids[number])
                actions.state_facts(actor=actor, enterprise=row, facts={"note": f"第 {turn} 次"})
                self.took.append(1000 * (time.perf_counter() - started))
            except Exception as error:
                self.failed.append(repr(error)[:200])
            time.sleep(0.05)
        connections.close_all()


def _peak() -> float:
    """The most memory this process and its reader have held, in MB: added up, what they share counted twice."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024


def _worked() -> float:
    """CPU seconds of this process and of those it has seen end."""
    return sum(os.times()[:4])


def _pass(path: Path, community_id: int) -> dict:
    """One import here and now: seconds until the rows are in and until they are found, and the counts."""
    from yuanzhi.accounts.actor import system
    from yuanzhi.kernel.imports import run
    from yuanzhi.kernel.imports.store import pieces_of, upload
    from yuanzhi.registry.imports.kind import options_for
    from yuanzhi.registry.imports.layout import KIND

    times: dict[str, float] = {}

    def say(batch) -> None:
        if batch.options.get("stage") == "follow":
            times.setdefault("rows", time.perf_counter() - started)
            times.setdefault("cpu", _worked() - cpu)

    started, cpu = time.perf_counter(), _worked()
    actor = system(community_id, "测速")
    with path.open("rb") as file:
        batch = upload(
            actor=actor, kind=KIND, pieces=pieces_of(file), filename=path.name, options=options_for()
        )
    batch = run.commit(batch.pk, say)
    whole = time.perf_counter() - started
    return {
        "rows": times.get("rows", whole),
        "whole": whole,
        "cpu": times.get("cpu", _worked() - cpu),
        "counts": [batch.created, batch.updated, batch.unchanged, batch.rejected],
        "peak": _peak(),
    }


def child(path: Path, what: str, community_id: int) -> dict:
    """In a process of its own, so that its memory can be told."""
    import django

    django.setup()
    if what == "prepare":
        community_id = _prepare()
        _places(community_id)
        return {"community": community_id, "writers": _register_writers(community_id)}
    if what.startswith("["):
        return _writing(community_id, json.loads(what))
    return _pass(path, community_id)


def _register_writers(community_id: int) -> list[int]:
    from yuanzhi.accounts.actor import system
    from yuanzhi.registry import actions

    actor = system(community_id)
    return [
        actions.register_enterprise(actor=actor, facts={"name": f"杭州同事{n}号工作室"}).pk
        for n in range(WRITERS)
    ]


def _writing(community_id: int, ids: list[int]) -> dict:
    """Ten writers until told to stop by the end of standard input."""
    with Writers(community_id, ids) as writers:
        print("ready", flush=True)
        sys.stdin.read()
    took = sorted(writers.took) or [0.0]
    return {"p50": took[len(took) // 2], "p95": took[int(len(took) * 0.95)], "writes": len(took), "failed": writers.failed[:3], "failures": len(writers.failed)}  # fmt: skip


def _run(path: Path, what: str, community_id: int = 0) -> dict:
    out = subprocess.run(
        [sys.executable, "-m", "bench.importing", str(path), what, str(community_id)],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if out.returncode:
        raise SystemExit(out.stderr)
    return json.loads(out.stdout.splitlines()[-1])


def measure(path: Path, vendor: str) -> list[dict]:
    """The figures for one database: first import, again, and a first one while ten others write."""
    place = _run(path, "prepare")
    first = _run(path, "import", place["community"])
    second = _run(path, "import", place["community"])
    busy = _run(path, "prepare")
    others = subprocess.Popen(
        [sys.executable, "-m", "bench.importing", str(path), json.dumps(busy["writers"]), str(busy["community"])],
        cwd=ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert others.stdout.readline() == "ready\n"
    third = _run(path, "import", busy["community"])
    told = json.loads(others.communicate()[0].splitlines()[-1])
    head = f"导入 {ROWS:,} 行（{vendor}）"
    counts = "新登记 {} 更新 {} 没变 {} 不合格 {}".format(*first["counts"])
    return [
        {"name": f"{head}：读、校验、写入", "figure": round(first["rows"], 1), "unit": "秒", "bound": 12.0, "note": f"{counts}；CPU {first['cpu']:.1f} 秒"},
        {"name": f"{head}：再到都能搜到", "figure": round(first["whole"] - first["rows"], 1), "unit": "秒", "bound": 30.0, "note": ""},
        {"name": f"{head}：内存峰值", "figure": round(first["peak"]), "unit": "MB", "bound": 400, "note": "导入的进程和它旁边读表的进程，加在一起"},
        {"name": f"{head}：原样再导一次", "figure": round(second["whole"], 1), "unit": "秒", "bound": 6.0, "note": "新登记 {} 更新 {} 没变 {} 不合格 {}".format(*second["counts"])},
        {"name": f"{head}：同时 {WRITERS} 人在改，改一次 p95", "figure": round(told["p95"]), "unit": "毫秒", "bound": 150, "note": f"p50 {told['p50']:.0f}；{told['writes']} 次，失败 {told['failures']} 次；导入 {third['rows']:.1f} 秒"},
    ]  # fmt: skip


def run() -> list[dict]:
    """The figures for `make bench`, on the database that DATABASE_URL names (SQLite without it)."""
    from .tabular import write_sample

    rows = int(os.environ.get("BENCH_IMPORT_ROWS", ROWS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(os.environ.get("BENCH_IMPORT_FILE") or Path(folder) / "enterprises.xlsx")
        if not path.exists():
            write_sample(path, rows)
        os.environ["YUANZHI_HOME"] = folder
        vendor = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
        return measure(path, vendor)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
    if len(sys.argv) == 4:
        print(json.dumps(child(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))), flush=True)
    else:
        for figure in run():
            print(figure)
