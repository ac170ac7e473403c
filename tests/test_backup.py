"""Backup and restore of a running community: nothing committed before the backup began is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]
WRITER = """
import django, sys, itertools
django.setup()
from yuanzhi.accounts.actor import system
from yuanzhi.registry import actions
from yuanzhi.registry.models import Community
house = system(Community.objects.get(code="probe").pk)
for number in itertools.count():
    park = actions.add_park(actor=house, name=f"园 {sys.argv[1]}-{number}")
    print(park.name, flush=True)  # printed only once committed
"""
COUNT = """
import django
django.setup()
from yuanzhi.registry.models import Park
from yuanzhi.kernel.history import verify_all
assert verify_all() == [], verify_all()
print("\\n".join(Park.objects.values_list("name", flat=True)))
"""

ATTACH = """
import django
django.setup()
from yuanzhi.accounts.actor import system
from yuanzhi.cases import actions
from yuanzhi.cases.attachments import examine
from yuanzhi.registry.models import Community
house = system(Community.objects.get(code="probe").pk)
case = actions.open_case(actor=house, words="看说明", files=[examine("说明.txt", "尾款清单".encode())])
print(case.attachments.get().stored)
"""
READ = """
import django
django.setup()
from yuanzhi.cases import storage
from yuanzhi.cases.models import Attachment
row = Attachment.objects.get()
print(row.name, storage.path_of(row.stored).read_bytes().decode())
"""

ERASE = """
import django
django.setup()
from yuanzhi.registry.models import Park
Park.objects.all().delete()
"""


@pytest.fixture
def place(tmp_path, django_db_blocker):
    """An environment of its own: a home, and on PostgreSQL a database of its own."""
    env = {
        **os.environ,
        "YUANZHI_HOME": str(tmp_path / "home"),
        "DJANGO_SETTINGS_MODULE": "yuanzhi.config.settings",
    }
    env.pop("DATABASE_URL", None)
    if connection.vendor != "postgresql":
        yield env
        return
    import psycopg

    options = connection.settings_dict
    where = {
        "host": options["HOST"],
        "port": options["PORT"],
        "user": options["USER"],
        "password": options["PASSWORD"],
    }
    name = f"yuanzhi_backup_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        password = f":{options['PASSWORD']}" if options["PASSWORD"] else ""
        env["DATABASE_URL"] = (
            f"postgres://{options['USER']}{password}@{options['HOST']}:{options['PORT']}/{name}"
        )
        yield env
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(env, *words, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "yuanzhi", *words], env=env, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def python(env, text, *words):
    return subprocess.run(
        [sys.executable, "-c", text, *words], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_backup_under_write_load(place, tmp_path):
    run(place, "manage", "migrate", "--verbosity", "0")
    said = run(place, "community", "探针社区", "probe")
    assert "一次性密码" in said
    logs = [tmp_path / f"writer{number}" for number in range(2)]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(number)], env=place, cwd=ROOT, stdout=log.open("w")
        )
        for number, log in enumerate(logs)
    ]
    archive = tmp_path / "b.tar.gz"
    try:
        deadline = time.monotonic() + 60
        while any(log.read_text().count("\n") < 5 for log in logs):
            assert time.monotonic() < deadline, "the writers don't get on"
            time.sleep(0.1)
        before = {line for log in logs for line in log.read_text().split("\n")[:-1]}
        run(place, "backup", str(archive))
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    assert oct(archive.stat().st_mode)[-3:] == "600"
    python(place, ERASE)
    run(place, "restore", str(archive), "--yes")
    restored = set(python(place, COUNT).split("\n")) - {""}
    assert before <= restored, "lost what was committed before the backup began"
    assert "正常" in run(place, "check", "--history")


def test_attachments_come_back(place, tmp_path):
    run(place, "manage", "migrate", "--verbosity", "0")
    run(place, "community", "探针社区", "probe")
    stored = python(place, ATTACH).strip()
    media = Path(place["YUANZHI_HOME"]) / "media"
    half = (media / stored).with_name("half.draft")
    half.write_bytes(b"on its way")
    archive = tmp_path / "b.tar.gz"
    run(place, "backup", str(archive))
    (media / stored).unlink()
    run(place, "restore", str(archive), "--yes")
    assert python(place, READ).strip() == "说明.txt 尾款清单"
    assert not half.exists()


def test_a_bad_backup_changes_nothing(place, tmp_path):
    run(place, "manage", "migrate", "--verbosity", "0")
    run(place, "community", "探针社区", "probe")
    assert "没有这个文件" in run(place, "restore", str(tmp_path / "nothing"), "--yes", code=2)
    for content in (b"", b"no archive", b"\x1f\x8b\x08\x00broken"):
        broken = tmp_path / "broken.tar.gz"
        broken.write_bytes(content)
        assert "不是完整的园治备份" in run(place, "restore", str(broken), "--yes", code=2)
    assert "正常" in run(place, "check", "--history")
