"""How long the demo community takes, and the steps of `make run` from a checkout to the sign-in page.

Setting up is measured with `BENCH_SETUP=1` only, since it installs everything anew into a folder of its own,
from the package cache if there is one.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILT, TO_SIGN_IN = 60.0, 180.0  # seconds


def run() -> list[dict]:
    """The figures for `make bench`, on the database that DATABASE_URL names (SQLite without it)."""
    size = os.environ.get("BENCH_DEMO", "1")
    with tempfile.TemporaryDirectory(prefix="yuanzhi-demo-") as folder:
        env = {**os.environ, "YUANZHI_HOME": f"{folder}/home"}
        steps = _installed(Path(folder)) if os.environ.get("BENCH_SETUP") else []
        built, worked = _timed([sys.executable, "-m", "yuanzhi", "demo", "--size", size], env)
        steps += [("建演示社区", built), ("起服务，到登录页", _served(env))]
    whole = sum(seconds for _, seconds in steps)
    each = "；".join(f"{name} {seconds:.1f}" for name, seconds in steps)
    names = "make run，从头到登录页" if os.environ.get("BENCH_SETUP") else "make run，装好之后到登录页"
    return [
        _row(f"演示社区，规模 {size}", built, BUILT, f"进程自己 {worked:.1f} 秒，其余在等机器和数据库"),
        _row("起服务，到登录页", steps[-1][1], None, "三个进程一起：网页、后台任务、定时"),
        _row(names, whole, TO_SIGN_IN, f"秒：{each}"),
    ]


def _row(name: str, seconds: float, bound: float | None, note: str) -> dict:
    return {"name": name, "figure": round(seconds, 1), "unit": "秒", "bound": bound, "note": note}


def _timed(command: list[str], env: dict[str, str] | None = None, cwd: Path = ROOT) -> tuple[float, float]:
    """Seconds, and seconds of processor time of the command and its children."""
    started, before = time.perf_counter(), os.times()
    subprocess.run(command, env=env, cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    worked = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - started, worked


def _installed(folder: Path) -> list[tuple[str, float]]:
    """The steps before: a clone of what is committed, its environment, its assets."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    made = _timed(["make", "setup", f"PYTHON={sys.executable}"], cwd=clone)[0]
    assets = _timed(["make", "assets"], cwd=clone)[0]
    shutil.rmtree(clone)
    return [("装依赖", made), ("建图表与地图", assets)]


def _served(env: dict[str, str]) -> float:
    """Seconds from starting the server until the sign-in page is there."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        port = spare.getsockname()[1]
    started = time.perf_counter()
    serving = subprocess.Popen(
        [sys.executable, "-m", "yuanzhi", "serve", "--port", str(port)],
        env=env, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        while time.perf_counter() - started < 2 * TO_SIGN_IN:
            if serving.poll() is not None:
                raise RuntimeError(f"the server ended with {serving.returncode}")
            if _answers(port):
                return time.perf_counter() - started
            time.sleep(0.1)
        raise RuntimeError("no sign-in page")
    finally:
        serving.terminate()
        serving.wait(30)


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    for figure in run():
        print(figure)
