"""Backup, restore, check-up."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import call_command, execute_from_command_line
from django.db import connection

MANIFEST = "yuanzhi-backup.json"


def backup(args: argparse.Namespace) -> int:
    """Database, attachments and keys in one .tar.gz; safe while the community is at work."""
    stamp = dt.datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    target = Path(args.file or settings.HOME / "backups" / f"yuanzhi-{stamp}.tar.gz")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        dump = Path(folder) / "database"
        _dump(dump)
        manifest = Path(folder) / MANIFEST
        manifest.write_text(json.dumps({"vendor": connection.vendor, "made": stamp}))
        draft = Path(folder) / "draft.tar.gz"
        with tarfile.open(draft, "w:gz", compresslevel=5) as archive:
            archive.add(manifest, MANIFEST)
            archive.add(dump, "database")
            # After the database: a file is written before its row, so every row of the copy finds its file.
            for name in ("keys", "media"):
                if (settings.HOME / name).is_dir():
                    _add_folder(archive, settings.HOME / name, name)
        draft.chmod(0o600)  # it holds the keys: whoever has it can read the phone numbers
        draft.replace(target)
    print(f"已备份到 {target}（{target.stat().st_size / 1e6:.1f} MB），内含密钥，请妥善保管")
    return 0


def _add_folder(archive: tarfile.TarFile, folder: Path, name: str) -> None:
    """All that lies in a folder, as it is met; what comes and goes meanwhile (drafts, swept files) may."""
    archive.add(folder, name, recursive=False)
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".draft":
            continue
        try:
            archive.add(path, f"{name}/{path.relative_to(folder)}", recursive=False)
        except FileNotFoundError:
            continue


def _dump(path: Path) -> None:
    """A consistent copy of the database: everything committed before the call began is in it."""
    if connection.vendor == "sqlite":
        source = sqlite3.connect(connection.settings_dict["NAME"], timeout=60)
        try:
            source.execute("VACUUM INTO ?", [str(path)])
        finally:
            source.close()
        return
    subprocess.run(["pg_dump", "--format=custom", "--file", str(path), _pg_url()], check=True)


def _pg_url() -> str:
    options = connection.settings_dict
    parts = {
        "host": options["HOST"],
        "port": options["PORT"],
        "user": options["USER"],
        "password": options["PASSWORD"],
        "dbname": options["NAME"],
    }
    return " ".join(f"{key}='{value}'" for key, value in parts.items() if value)


def restore(args: argparse.Namespace) -> int:
    """Put a backup in the place of what is there. What was there is kept beside it until the end."""
    path = Path(args.file)
    if not path.is_file():
        print(f"没有这个文件：{path}", file=sys.stderr)
        return 2
    if not args.yes:
        answer = input(f"恢复 {path.name} 会替换现在的数据。输入“恢复”继续：")
        if answer.strip() != "恢复":
            print("没有改动任何东西")
            return 1
    with tempfile.TemporaryDirectory(dir=settings.HOME) as name:
        folder = Path(name)
        try:
            with tarfile.open(path) as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads((folder / MANIFEST).read_text())
        except (tarfile.TarError, OSError, ValueError, EOFError) as error:
            print(f"{path.name} 不是完整的园治备份：{error}。请换一份备份", file=sys.stderr)
            return 2
        if manifest["vendor"] != connection.vendor:
            print(
                f"这份备份来自 {manifest['vendor']}，现在用的是 {connection.vendor}："
                "请把 DATABASE_URL 设成同一种",
                file=sys.stderr,
            )
            return 2
        _load(folder / "database")
        for part in ("keys", "media"):
            if (folder / part).is_dir():
                shutil.rmtree(settings.HOME / part, ignore_errors=True)
                shutil.move(folder / part, settings.HOME / part)
    print("已恢复。请用 yuanzhi check --history 核验一次，然后启动服务")
    return 0


def _load(dump: Path) -> None:
    if connection.vendor == "sqlite":
        connection.close()
        live = Path(connection.settings_dict["NAME"])
        for suffix in ("-wal", "-shm"):
            live.with_name(live.name + suffix).unlink(missing_ok=True)
        shutil.move(dump, live)
        return
    connection.close()
    subprocess.run(
        ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--dbname", _pg_url(),
         str(dump)],
        check=True,
    )  # fmt: skip


def check(args: argparse.Namespace) -> int:
    """Say what is not right, in sentences; exit code 1 when something is not."""
    from yuanzhi.kernel.history import verify_all

    call_command("check", verbosity=0)
    troubles: list[str] = []
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        troubles.append("数据库还没升级到这个版本：运行 yuanzhi manage migrate")
    elif args.history:
        for broken in verify_all():
            troubles.append(f"历史链 {broken.chain}：{broken.reason}")
    if not troubles:
        from django.utils import timezone

        from yuanzhi.kernel.queries import current_calendar

        today = timezone.localdate()
        if current_calendar().provisional(today):
            troubles.append(f"{today.year} 年的工作日历还没载入：在“社区设置”里粘贴放假通知")
    for trouble in troubles:
        print("✗", trouble)
    if not troubles:
        print("✓ 配置、迁移、日历" + ("、历史链" if args.history else "") + "都正常")
    return 1 if troubles else 0


def permissions(args: argparse.Namespace) -> int:
    """Write docs/permissions.md anew from the tables."""
    from yuanzhi.accounts.permissions import render
    from yuanzhi.config.env import ROOT

    (ROOT / "docs" / "permissions.md").write_text(render())
    print("docs/permissions.md 已更新")
    return 0


def manage(args: argparse.Namespace) -> int:
    """Django's own commands."""
    execute_from_command_line(["yuanzhi manage", *args.rest])
    return 0
