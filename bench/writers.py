"""Fifty people writing at the same time, without a pause between two writes: who fails, who waits how long.

Ten processes of five threads do real actions of one community: every turn opens a case, states a fact of an
enterprise or writes a note, history included. Each person has an enterprise of their own, so that nobody is
refused for being overtaken; what they share is the database, the case numbers and the community's history,
whose chain has one head: the row that puts all writers of a community in line. What that costs is shown by a
second run in which the fifty are spread over ten communities.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from statistics import median

PROCESSES, THREADS, SECONDS = 10, 5, 10.0
SPREAD = 10  # communities of the second run


def run(seconds: float | None = None, processes: int = PROCESSES, threads: int = THREADS) -> list[dict]:
    """The figures for `make bench`, on the database that DATABASE_URL names (SQLite without it)."""
    lasting = seconds or float(os.environ.get("BENCH_SECONDS", SECONDS))
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "YUANZHI_HOME": home, "DJANGO_SETTINGS_MODULE": "yuanzhi.config.settings"}
        places = _ask(env, "prepare", str(SPREAD), str(processes * threads))
        one = measure(env, places[:1], lasting, processes, threads)
        ten = measure(env, places[1:], lasting / 2, processes, threads)
        broken = _ask(env, "verify")
    return _rows(one, ten, broken, lasting, processes * threads)


def _ask(env: dict[str, str], *words: str) -> list:
    out = subprocess.run(
        [sys.executable, "-m", "bench.writers", *words], env=env, capture_output=True, text=True
    )
    if out.returncode:
        raise RuntimeError(out.stderr[-2000:])
    return json.loads(out.stdout.splitlines()[-1])


def measure(
    env: dict[str, str], places: list[list[int]], seconds: float, processes: int, threads: int
) -> dict[str, list]:
    """Let them write; all that the processes noted, put together. `places`: [community, enterprise, …]."""
    people = [place_of(places, at) for at in range(processes * threads)]
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.writers", "write",
             json.dumps(people[n * threads : (n + 1) * threads]), str(seconds)],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for n in range(processes)
    ]  # fmt: skip
    for child in children:
        child.stdout.readline()  # ready
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    told = [json.loads(child.communicate()[0].splitlines()[-1]) for child in children]
    return {
        key: [item for one in told for item in one[key]] for key in ("took", "appended", "failed", "lasted")
    }


def place_of(places: list[list[int]], at: int) -> list[int]:
    """The community and the enterprise of the person with this number."""
    place = places[at % len(places)]
    return [place[0], place[1 + at // len(places)]]


def _rows(one: dict, ten: dict, broken: list, seconds: float, people: int) -> list[dict]:
    vendor = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
    head = f"{people} 人同时写（{vendor}）"
    took = sorted(ms for _, ms in one["took"])
    kinds: dict[str, list[float]] = {}
    for kind, ms in one["took"]:
        kinds.setdefault(kind, []).append(ms)
    each = "；".join(f"{kind} {median(found):.0f}" for kind, found in sorted(kinds.items()))
    rate, spread = len(took) / max(one["lasted"]), len(ten["took"]) / max(ten["lasted"])
    share = 100 * sum(one["appended"]) / max(1.0, sum(took))
    errors = "；".join(sorted(set(one["failed"]))[:2])
    failed = f"失败 {len(ten['failed'])} 次"
    lines = [
        ("失败", len(one["failed"]), "次", 0, errors or f"{seconds:.0f} 秒里写成 {len(took):,} 次"),
        ("写一次 p50", _at(took, 0.5), "毫秒", None, f"没有人停手，大半在排队；各种写的中位：{each}"),
        ("写一次 p95", _at(took, 0.95), "毫秒", None, ""),
        ("写一次最慢", took[-1] if took else 0, "毫秒", None, "SQLite 最多等 20 秒"),
        ("写得多快", rate, "次每秒", None, "一个社区，一条历史链"),
        (f"分在 {SPREAD} 个社区，写得多快", spread, "次每秒", None, f"{SPREAD} 条历史链；{failed}"),
        ("花在接历史链上的时间", share, "%（占写）", None, "连同等链头的行锁"),
        ("之后断了的历史链", len(broken), "条", 0, "；".join(broken)),
    ]
    return [
        {"name": f"{head}：{name}", "figure": round(figure, 1), "unit": unit, "bound": bound, "note": note}
        for name, figure, unit, bound, note in lines
    ]


def _at(values: list[float], share: float) -> float:
    return values[int(len(values) * share)] if values else 0.0


# -- the children's side ---------------------------------------------------------------------------------


def prepare(spread: int, people: int) -> list[list[int]]:
    """One community, then `spread` more: [community, enterprise of each person …]."""
    from django.db import transaction

    from yuanzhi.accounts import actions as accounts
    from yuanzhi.accounts.actor import system
    from yuanzhi.accounts.roles import Role
    from yuanzhi.cases.setup import open_desks
    from yuanzhi.config.commands.serving import prepare as migrate
    from yuanzhi.registry import actions

    migrate()
    places = []
    for number in range(1 + spread):
        with transaction.atomic():
            community = actions.found_community(actor=system(), name=f"测速{number}社区", code=f"w{number}")
            house = system(community.pk)
            for desk in open_desks(actor=house, community=community):
                user = accounts.open_account(
                    actor=house, username=f"w{number}_{desk.code}", name=desk.name[:6]
                )
                accounts.grant_role(actor=house, user=user, role=Role.DESK_OFFICER, scope_id=desk.pk)
            firms = [
                actions.register_enterprise(actor=house, facts={"name": f"杭州同事{n}号工作室"}).pk
                for n in range(people if number == 0 else -(-people // spread))
            ]
        places.append([community.pk, *firms])
    return places


def write(people: list[list[int]], seconds: float) -> dict[str, list]:
    """Threads of this process, one for each [community, enterprise]; starts when told on standard input."""
    from django.urls import get_resolver

    told: dict[str, list] = {"took": [], "appended": [], "failed": [], "lasted": []}
    _clock_history(told["appended"])
    threads = [threading.Thread(target=_one, args=(*who, seconds, told)) for who in people]
    get_resolver().url_patterns  # noqa: B018 - a server has its pages loaded before anybody writes
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told["lasted"].append(time.monotonic() - begun)
    return told


def _clock_history(appended: list[float]) -> None:
    """Note how long each action takes to put its entries on the chain."""
    from yuanzhi.kernel import history

    plain = history.append

    def clocked(drafts):
        begun = time.perf_counter()
        try:
            plain(drafts)
        finally:
            appended.append(1000 * (time.perf_counter() - begun))

    history.append = clocked


def _one(community_id: int, enterprise_id: int, seconds: float, told: dict[str, list]) -> None:
    from django.db import connections

    chance, end, case = random.Random(enterprise_id), time.monotonic() + seconds, None
    while time.monotonic() < end:
        kind = "提诉求" if case is None else chance.choice(("提诉求", "改企业", "改企业", "写备注"))
        begun = time.perf_counter()
        try:
            case = _act(kind, community_id, enterprise_id, case, chance.random()) or case
            told["took"].append((kind, 1000 * (time.perf_counter() - begun)))
        except Exception as error:
            told["failed"].append(f"{kind}：{error!r}"[:160])
    connections.close_all()


def _act(kind: str, community_id: int, enterprise_id: int, case, draw: float):
    from yuanzhi.accounts.actor import system
    from yuanzhi.cases import actions as cases
    from yuanzhi.registry import actions as registry
    from yuanzhi.registry.models import Enterprise

    actor = system(community_id, f"同事{enterprise_id}")
    firm = Enterprise.objects.get(pk=enterprise_id)
    if kind == "提诉求":
        return cases.open_case(actor=actor, enterprise=firm, words=f"门口的路灯坏了 {draw:.9f}，晚上看不见")
    if kind == "改企业":
        return (
            registry.state_facts(actor=actor, enterprise=firm, facts={"note": f"第 {draw:.9f} 次"}) and None
        )
    cases.add_note(actor=actor, case=case, text="打过电话，说好明天去看")
    return None


def verify() -> list[str]:
    """The chains that do not hold."""
    from yuanzhi.kernel.history import verify_all

    return [broken.reason for broken in verify_all()]


def _main(words: list[str]) -> None:
    import django

    django.setup()
    if words[0] == "prepare":
        answer: object = prepare(int(words[1]), int(words[2]))
    elif words[0] == "verify":
        answer = verify()
    else:
        answer = write(json.loads(words[1]), float(words[2]))
    print(json.dumps(answer, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        _main(sys.argv[1:])
    else:
        for figure in run():
            print(figure)
