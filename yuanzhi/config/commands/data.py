"""Bringing data in: tables, a new community, the demo."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path

from yuanzhi.accounts.actor import Actor, system
from yuanzhi.kernel.refusals import Refused


def _community(code: str | None) -> int | None:
    from yuanzhi.registry.models import Community

    rows = Community.objects.filter(code=code) if code else Community.objects.all()
    found = list(rows.order_by("id")[:2])
    if len(found) == 1:
        return found[0].pk
    hint = (
        "、".join(Community.objects.values_list("code", flat=True))
        or "（还没有社区，先用 yuanzhi community）"
    )
    print(f"请用 --community 指明社区代号：{hint}", file=sys.stderr)
    return None


def import_table(args: argparse.Namespace) -> int:
    """Import a table from the command line, with the same checks and the same undo as in the browser."""
    from yuanzhi.config.commands.serving import prepare

    prepare()
    community_id = _community(args.community)
    if community_id is None:
        return 2
    from yuanzhi.registry.imports.command import run

    try:
        day = dt.date.fromisoformat(args.day) if args.day else None
    except ValueError:
        print(f"日期“{args.day}”看不懂：请写成 2026-11-24", file=sys.stderr)
        return 2
    actor = system(community_id, "命令行导入")
    try:
        return run(
            kind=args.kind,
            actor=actor,
            path=Path(args.file),
            day=day,
            dry_run=args.dry_run,
            back=args.back,
        )
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1


def undo_import(args: argparse.Namespace) -> int:
    """Undo an import as a whole."""
    from yuanzhi.config.commands.serving import prepare

    prepare()
    from yuanzhi.registry.imports.command import undo

    return undo(batch_id=args.batch)


def community(args: argparse.Namespace) -> int:
    """Found a community with its desks and its first security administrator."""
    from yuanzhi.cases.setup import found
    from yuanzhi.config.commands.serving import prepare

    prepare()
    try:
        found(actor=Actor(name="命令行", is_system=True), name=args.name, code=args.code)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def demo(args: argparse.Namespace) -> int:
    """Build the demo community."""
    from demo.build import build, exists
    from yuanzhi.config.commands.serving import prepare

    prepare()
    if args.if_missing and exists():
        return 0
    build(size=args.size, say=print)
    return 0
