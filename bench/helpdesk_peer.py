"""django-helpdesk as a server to compare with. Runs in a virtual environment of its own (see peers.py), where
nothing of this project is installed: the command line is `helpdesk_peer.py prepare N`, or `… serve`.

The settings are those of its documentation: its own application and what it asks for, nothing switched off
but the sending of mail.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import types
from pathlib import Path
from urllib.parse import urlsplit

HOME = Path(os.environ["PEER_HOME"])
QUEUES, PAGE = 4, 25
CSRF = "b" * 32


def settings() -> None:
    """A project in memory: settings and urls."""
    from django.conf import settings as given

    urls = types.ModuleType("peer_urls")
    sys.modules["peer_urls"] = urls
    given.configure(
        SECRET_KEY="bench", DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF="peer_urls", SITE_ID=1, USE_TZ=True,
        TIME_ZONE="Asia/Shanghai", STATIC_URL="/static/", MEDIA_ROOT=str(HOME / "media"), MEDIA_URL="/media/",
        DATABASES={"default": _database()}, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend", LOGIN_URL="/login/",
        HELPDESK_TEAMS_MODE_ENABLED=False, HELPDESK_TEAMS_MODEL="auth.Group",
        HELPDESK_TEAMS_MIGRATION_DEPENDENCIES=[("auth", "0001_initial")],
        INSTALLED_APPS=[
            "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes",
            "django.contrib.sessions", "django.contrib.messages", "django.contrib.staticfiles",
            "django.contrib.sites", "django.contrib.humanize", "rest_framework", "helpdesk",
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                "django.template.context_processors.debug", "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]},
        }],
    )  # fmt: skip
    import django

    django.setup()
    from django.contrib import admin
    from django.urls import include, path

    urls.urlpatterns = [path("admin/", admin.site.urls), path("", include("helpdesk.urls"))]


def _database() -> dict:
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        # The same care for SQLite as the product takes: the comparison is of the programs.
        care = "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA mmap_size=268435456;PRAGMA cache_size=-32000;"
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(HOME / "peer.sqlite3"), "CONN_MAX_AGE": None,
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": care}}  # fmt: skip
    parts = urlsplit(url)
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path.lstrip("/"), "USER": parts.username,
            "PASSWORD": parts.password or "", "HOST": parts.hostname, "PORT": parts.port or 5432,
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}}}  # fmt: skip


def prepare(count: int) -> None:
    """Queues, staff and tickets with a follow-up each."""
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone
    from helpdesk.models import FollowUp, Queue, Ticket

    call_command("migrate", interactive=False, verbosity=0)
    chance, now = random.Random(9), timezone.now()
    users = [
        get_user_model().objects.create_user(f"u{n}", f"u{n}@example.com", is_staff=True, is_superuser=n == 0)
        for n in range(4)
    ]
    queues = [Queue.objects.create(title=f"Queue {n}", slug=f"q{n}") for n in range(QUEUES)]
    states = (Ticket.OPEN_STATUS,) * 2 + (Ticket.RESOLVED_STATUS,) * 2 + (Ticket.CLOSED_STATUS,) * 16
    with transaction.atomic():
        for start in range(0, count, 5_000):
            made = Ticket.objects.bulk_create(
                Ticket(
                    title=chance.choice(("门口路灯坏了", "房租怎么减", "想办人才公寓", "社保断缴")),
                    queue=chance.choice(queues), status=chance.choice(states), priority=chance.randrange(1, 6),
                    submitter_email=f"firm{chance.randrange(5000)}@example.com", assigned_to=chance.choice(users),
                    description="企业在微信里说的原话，" * 6, secret_key=f"{start + at:036d}",
                    created=now - timezone.timedelta(minutes=2 * (count - start - at)), modified=now,
                )
                for at in range(min(5_000, count - start))
            )  # fmt: skip
            FollowUp.objects.bulk_create(
                FollowUp(
                    ticket=row,
                    date=now,
                    title="Ticket Opened",
                    comment="打过电话",
                    public=True,
                    user=users[0],
                )
                for row in made
            )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


class Asking:
    """Its pages, through its WSGI application, signed in as staff."""

    def __init__(self) -> None:
        from django.contrib.auth import get_user_model
        from django.core.wsgi import get_wsgi_application
        from django.test import Client, RequestFactory
        from helpdesk.query import query_to_base64

        self.application, self.factory = get_wsgi_application(), RequestFactory()
        client = Client()
        client.force_login(get_user_model().objects.get(username="u0"))
        self.cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}"
        asked = {"filtering_null": {}, "sorting": "created", "sortreverse": False, "search_string": ""}
        self.queries = {
            "open": query_to_base64(asked | {"filtering": {"status__in": [1, 2]}}),  # its own default
            "all": query_to_base64(asked | {"filtering": {}}),
        }

    def ask(self, name: str) -> dict:
        """One request: "page", then what the page's table asks for ("open" or "all"), or "create"."""
        if name == "page":
            return self._get("/tickets/", "")
        if name in self.queries:
            return self._get(f"/datatables_ticket_list/{self.queries[name]}", _TABLE)
        data = {"queue": "1", "title": "门口路灯坏了", "body": "晚上看不见，能不能修一下", "priority": "3",
                "submitter_email": "firm@example.com", "assigned_to": "2", "due_date": "", "csrfmiddlewaretoken": CSRF}  # fmt: skip
        return self._asked(
            self.factory.post("/tickets/submit/", data, HTTP_COOKIE=self.cookie).environ, "302"
        )

    def _get(self, path: str, query: str) -> dict:
        environ = self.factory._base_environ(
            PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD="GET", HTTP_COOKIE=self.cookie
        )
        return self._asked(environ, "200")

    def _asked(self, environ: dict, status: str) -> dict:
        said: list[str] = []
        begun, worked = time.perf_counter(), time.process_time()
        response = self.application(environ, lambda line, headers, *_: said.append(line))
        size = sum(map(len, response))
        response.close()
        took, busy = time.perf_counter() - begun, time.process_time() - worked
        assert said[0].startswith(status), f"{environ['PATH_INFO']}: {said[0]}"
        return {"ms": 1000 * took, "cpu": 1000 * busy, "bytes": size}


# What its table sends on opening: no order, so the query's own.
_TABLE = f"draw=1&start=0&length={PAGE}&search[value]=&search[regex]=false"


def main(words: list[str]) -> None:
    """Prepare, or answer names of pages on standard input."""
    settings()
    if words[0] == "prepare":
        prepare(int(words[1]))
        return
    asking = Asking()
    for line in sys.stdin:
        print(json.dumps(asking.ask(line.strip())), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
