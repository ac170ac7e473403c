"""web + worker + scheduler: each alone, or together as one thing to start and stop."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time

from django.conf import settings
from django.core.management import call_command


def prepare() -> None:
    """Bring the database up to date, and the work calendar to what has been published."""
    from yuanzhi.accounts.actor import system
    from yuanzhi.kernel.calendar import load_published_calendar

    call_command("migrate", interactive=False, verbosity=0)
    load_published_calendar(actor=system())


def web(args: argparse.Namespace) -> int:
    """Serve pages with granian (chosen by trial: docs/adr/0002)."""
    prepare()
    # Unused extensions of htmx point at files that are not there.
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["ext", "mfa", "account"])
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", args.host, "--port", str(args.port),
        "--workers", str(args.processes), "--blocking-threads", "1", "--no-ws", "--log-level", "warning",
        "yuanzhi.config.wsgi:application",
    ]  # fmt: skip
    os.execv(sys.executable, command)  # noqa: S606 - the server takes this process's place and signals


def worker(args: argparse.Namespace) -> int:
    """Work off background jobs until told to stop."""
    from yuanzhi.kernel.jobs import run_worker

    run_worker()
    return 0


def scheduler(args: argparse.Namespace) -> int:
    """Start what is due until told to stop."""
    from yuanzhi.kernel.jobs import run_scheduler

    run_scheduler()
    return 0


def serve(args: argparse.Namespace) -> int:
    """Start all three; when one ends unasked, it is started again; Ctrl C ends them all."""
    prepare()
    shared = ["--host", args.host, "--port", str(args.port), "--processes", str(args.processes)]
    wanted = {"web": ["web", *shared], "worker": ["worker"], "scheduler": ["scheduler"]}
    running = {name: _spawn(words) for name, words in wanted.items()}
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    print(f"园治已启动：http://{args.host}:{args.port}/  （Ctrl C 停止）", flush=True)
    if settings.DEMO or not settings.DEBUG:
        print(f"数据目录：{settings.HOME}", flush=True)
    while not stopping:
        for name, process in running.items():
            if process.poll() is not None and not stopping:
                print(f"{name} 意外退出（{process.returncode}），正在重新启动", file=sys.stderr, flush=True)
                time.sleep(1)
                running[name] = _spawn(wanted[name])
        time.sleep(0.5)
    for process in running.values():
        process.terminate()
    for process in running.values():
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
    return 0


def _spawn(words: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl C reaches the parent only, which then ends the children in good order.
    return subprocess.Popen([sys.executable, "-m", "yuanzhi", *words], start_new_session=True)
