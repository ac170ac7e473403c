"""How long the server takes for the pages of cases, with few cases and with very many.

As in `requests`: each request goes through the whole WSGI handler of a process of its own, with session,
sign-in, permissions, history, queries and template. Measured in one community with 100,000 cases, and in a
hundred communities with 10,000 and with BENCH_CASES in all, asked in turn.

    python -m bench.cases explain       prints the statements of each page with their plans
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from . import machine
from .pages import asked, plan

ONE, COMMUNITIES, SMALL, BIG, ROUNDS = 100_000, 100, 10_000, 100_000, 60
ENTERPRISES = 300  # of each community
LIST, SLOWEST, RATIO = 20.0, 40.0, 1.5
ASKED_IN = 8  # communities whose pages are asked for, in turn
WARMING = 3 * ASKED_IN


def run() -> list[dict]:
    """The figures for `make bench`, on the database that DATABASE_URL names (SQLite without it)."""
    one, big = int(os.environ.get("BENCH_CASES_ONE", ONE)), int(os.environ.get("BENCH_CASES", BIG))
    many = int(os.environ.get("BENCH_COMMUNITIES", COMMUNITIES))
    rounds = int(os.environ.get("BENCH_ROUNDS", ROUNDS))
    rows = []
    with tempfile.TemporaryDirectory(prefix="yuanzhi-cases-") as folder:
        place = {"YUANZHI_HOME": f"{folder}/one", "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
        with contextlib.ExitStack() as stack:
            if url := place["DATABASE_URL"]:
                place["DATABASE_URL"] = stack.enter_context(
                    machine.own_database(machine.postgres_server(url), "one")
                )
            child(place, "prepare", "1", str(min(2_000, one)))
            child(place, "pour", str(one))
            rows += _of_one(measure([place], rounds), one)
        shutil.rmtree(f"{folder}/one")
        with grown(folder, many, min(SMALL, big), big) as places:
            rows += _compared(measure(places, rounds), min(SMALL, big), big, many)
    return rows


@contextlib.contextmanager
def grown(folder: str, communities: int, small: int, big: int) -> Iterator[list[dict[str, str]]]:
    """Environments of the same communities, once with `small` and once with `big` cases in all."""
    homes, url = [f"{folder}/small", f"{folder}/big"], os.environ.get("DATABASE_URL", "")
    with contextlib.ExitStack() as stack:
        urls = [url, ""]
        child({"YUANZHI_HOME": homes[0], "DATABASE_URL": url}, "prepare", str(communities), str(ENTERPRISES))
        shutil.copytree(homes[0], homes[1])
        if url:
            own = machine.own_database(machine.postgres_server(url), "grown", template=url)
            urls[1] = stack.enter_context(own)
        places = [{"YUANZHI_HOME": h, "DATABASE_URL": u} for h, u in zip(homes, urls, strict=True)]
        for place, total in zip(places, (small, big), strict=True):
            child(place, "pour", str(total))
        yield places


def child(place: dict[str, str], *words: str) -> str:
    """What this module says on standard output, run as a process of its own in that place."""
    told = subprocess.run([sys.executable, "-m", "bench.cases", *words],
                          env={**os.environ, **place}, capture_output=True, text=True)  # fmt: skip
    if told.returncode:
        raise RuntimeError(told.stderr[-2000:])
    return told.stdout


class Server:
    """A child process that answers the names of pages with figures."""

    def __init__(self, command: list[str], place: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command, env={**os.environ, **place}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, page: str) -> dict[str, Any]:
        """One request."""
        print(page, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            raise RuntimeError(f"the server ended at {page}")
        return json.loads(line)

    def close(self) -> None:
        """Let it end."""
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait(30)


def server_of(place: dict[str, str]) -> Server:
    """A server of the product."""
    return Server([sys.executable, "-m", "bench.cases", "serve"], place)


def measure(places: list[dict[str, str]], rounds: int) -> dict[str, list[list[dict]]]:
    """{page: answers of each place}; the places are asked in turn, in random order."""
    servers = [server_of(place) for place in places]
    told: dict[str, list[list[dict]]] = {page.name: [[] for _ in places] for page in PAGES}
    order = list(range(len(places)))
    for number in range(rounds + WARMING):
        for page in PAGES:
            random.Random(number).shuffle(order)
            for which in order:
                answer = servers[which].ask(page.name)
                if number >= WARMING:
                    told[page.name][which].append(answer)
    for server in servers:
        server.close()
    return told


def of(answers: list[dict], share: float = 0.5, what: str = "ms") -> float:
    """The median, or another share, of these answers."""
    values = sorted(answer[what] for answer in answers)
    return median(values) if share == 0.5 else values[int(len(values) * share)]


def said(answers: list[dict]) -> str:
    """ "p50/p95 12.1/19.3 毫秒（处理器 11.8/15.0）"."""
    return (
        f"p50/p95 {of(answers):.1f}/{of(answers, 0.95):.1f} 毫秒"
        f"（处理器 {of(answers, 0.5, 'cpu'):.1f}/{of(answers, 0.95, 'cpu'):.1f}）"
    )


def row(name: str, figure: float, unit: str, bound: float | None, note: str) -> dict:
    """A line of the page."""
    return {"name": name, "figure": round(figure, 2), "unit": unit, "bound": bound, "note": note}


def _of_one(told: dict[str, list[list[dict]]], size: int) -> list[dict]:
    rows = []
    for page in PAGES:
        (answers,) = told[page.name]
        bound = LIST if page.name.startswith("诉求列表") else None
        rows.append(row(f"{page.name}：p50（一个社区 {size:,} 件）", of(answers), "毫秒", bound,
                        f"{said(answers)}；{_what(answers)}"))  # fmt: skip
    return rows


def _compared(told: dict[str, list[list[dict]]], small: int, big: int, many: int) -> list[dict]:
    rows = []
    for page in PAGES:
        few, lots = told[page.name]
        note = f"{small:,} 件 {said(few)}，{big:,} 件 {said(lots)}；{_what(lots)}"
        name = f"{page.name}（{many} 个社区 {big:,} 件）"
        rows.append(row(f"{name}：p95", of(lots, 0.95), "毫秒", SLOWEST, note))
        rows.append(row(f"{name}：比 {small:,} 件时", of(lots) / of(few), "倍", RATIO, "中位之比"))
    return rows


def _what(answers: list[dict]) -> str:
    last = answers[-1]
    return (
        f"{last['queries']} 次查询，在数据库 {of(answers, 0.5, 'db'):.1f} 毫秒，{last['bytes'] / 1024:.0f} KB"
    )


# -- the server's side -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page: who asks, its path and, for a form, what is sent."""

    name: str
    path: Callable[[Place], str]
    role: str = "officer"
    form: Callable[[Place], dict[str, str]] | None = None
    target: str = ""  # of a part that htmx asks for


PAGES = (
    Page("诉求列表", lambda p: "/cases/"),
    Page("诉求列表，书记", lambda p: "/cases/", role="lead"),
    Page("诉求列表，翻到九成深处", lambda p: f"/cases/?before={p.deep}"),
    Page("诉求列表，一个窗口", lambda p: f"/cases/?desk={p.desk}"),
    Page("诉求列表，一个窗口没办完的", lambda p: f"/cases/?desk={p.desk}&state=open&sort=due"),
    Page("工作台，窗口专员", lambda p: "/"),
    Page("工作台，书记", lambda p: "/", role="lead"),
    Page("诉求页", lambda p: f"/cases/{p.chance.choice(p.some)}/"),
    Page("登记诉求，存下", lambda p: "/cases/new/", form=lambda p: p.need() | {"once": str(uuid.uuid4())}),
    Page("登记诉求，边贴边认", lambda p: "/cases/new/read/", form=lambda p: p.need(), target="reading"),
    Page("企业门户", lambda p: "/portal/", role="contact"),
)


class Place:
    """A community whose pages are asked for: its people's sessions, and what paths are made of."""

    def __init__(self, community_id: int) -> None:
        from yuanzhi.accounts.queries import members_of
        from yuanzhi.accounts.roles import Role
        from yuanzhi.cases.models import Case
        from yuanzhi.registry.models import Enterprise

        self.chance = random.Random(community_id)
        officer, *_ = members_of(community_id, Role.DESK_OFFICER)
        people = {"officer": officer, "lead": members_of(community_id, Role.LEAD)[0],
                  "contact": members_of(community_id, Role.CONTACT)[0]}  # fmt: skip
        self.cookies = {role: cookie_of(member.user) for role, member in people.items()}
        self.desk = officer.scope_id
        ids = list(Case.objects.filter(community_id=community_id).order_by("pk").values_list("pk", flat=True))
        self.deep, self.some = ids[len(ids) // 10], self.chance.sample(ids, min(60, len(ids)))
        rows = Enterprise.objects.filter(community_id=community_id).order_by("pk")
        self.firms = list(rows.values_list("pk", flat=True)[:200])

    def need(self) -> dict[str, str]:
        """A filled-in intake form."""
        from .case_filling import texts

        text = self.chance.choice(_TEXTS or _TEXTS.extend(texts(200, seed=77)) or _TEXTS)
        words = f"{text.words}（{self.chance.randrange(10**6)}）"
        return {"words": words, "enterprise": str(self.chance.choice(self.firms)), "channel": "wechat",
                "speaker": "", "speaker_phone": "", "desk": "", "item": ""}  # fmt: skip


_TEXTS: list[Any] = []
CSRF = "b" * 32


def cookie_of(user: Any) -> str:
    """The cookies of somebody signed in."""
    from django.test import Client

    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}"


class Asking:
    """Asks pages of this process's own WSGI application, in some communities in turn."""

    def __init__(self) -> None:
        from django.test import RequestFactory

        from yuanzhi.config.wsgi import application
        from yuanzhi.registry.models import Community

        self.application, self.factory = application, RequestFactory()
        ids = list(Community.objects.order_by("pk").values_list("pk", flat=True))
        self.places = [Place(pk) for pk in random.Random(3).sample(ids, min(ASKED_IN, len(ids)))]
        self.pages, self.turn = {page.name: page for page in PAGES}, 0

    def ask(self, name: str, *, keep: bool = False) -> dict[str, Any]:
        """One request for that page, in the next community."""
        page, place = self.pages[name], self.places[self.turn // len(PAGES) % len(self.places)]
        self.turn += 1
        path, _, query = page.path(place).partition("?")
        headers = {"HTTP_COOKIE": place.cookies[page.role], "HTTP_ACCEPT_ENCODING": "gzip"}
        if page.target:
            headers |= {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": page.target}
        if page.form is None:
            made = self.factory._base_environ(
                PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD="GET", **headers
            )
            return asked(self.application, made, keep=keep)
        data = page.form(place) | {"csrfmiddlewaretoken": CSRF}
        made = self.factory.post(path, data, **headers).environ
        return asked(self.application, made, keep=keep, status="200" if page.target else "302")


def serve() -> None:
    """Answer the names of pages on standard input, one a line."""
    asking = Asking()
    for line in sys.stdin:
        print(json.dumps(asking.ask(line.strip())), flush=True)


def explain() -> None:
    """The slower statements of every page, with their plans."""
    asking = Asking()
    for page in PAGES:
        for _ in range(5):
            asking.ask(page.name)
        answer = asking.ask(page.name, keep=True)
        print(f"\n=== {page.name} {answer['ms']:.1f} ms, cpu {answer['cpu']:.1f}, {answer['queries']} queries, "
              f"db {answer['db']:.1f} ms")  # fmt: skip
        for seconds, sql, params in sorted(answer["kept"], key=lambda s: -s[0])[:4]:
            if seconds > 0.001:
                print(f"--- {1000 * seconds:.1f} ms {sql[:900]} {str(params)[:200]}")
                print(plan(sql, params))


def _main(words: list[str]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
    django.setup()
    from . import case_filling
    from .filling import settled

    if words[0] == "prepare":
        from django.core.management import call_command

        case_filling.found(*map(int, words[1:]))
        call_command(
            "collectstatic", interactive=False, verbosity=0, ignore_patterns=["ext", "mfa", "account"]
        )
    elif words[0] == "pour":
        case_filling.pour_cases(int(words[1]))
        settled()
    elif words[0] == "people":
        from .load import people

        print(json.dumps(people(int(words[1]))))
    else:
        {"serve": serve, "explain": explain}[words[0]]()


if __name__ == "__main__":
    if sys.argv[1:]:
        _main(sys.argv[1:])
    else:
        for figure in run():
            print(figure)
