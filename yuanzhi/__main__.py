"""The one console command. `yuanzhi --help` lists what it does; docs/guide/operator.md explains it."""

from __future__ import annotations

import argparse
import os
import sys


def parser() -> argparse.ArgumentParser:
    """The commands, with their arguments. docs/guide/operator.md must mention each (a test checks)."""
    top = argparse.ArgumentParser(prog="yuanzhi", description="园治：产业社区的操作系统")
    commands = top.add_subparsers(dest="command", required=True, metavar="命令")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text)

    for name, text in (
        ("serve", "网页、后台任务、定时任务一起运行（默认方式）"),
        ("web", "只运行网页"),
    ):
        sub = command(name, text)
        sub.add_argument("--host", default="127.0.0.1")
        sub.add_argument("--port", type=int, default=8000)
        sub.add_argument("--processes", type=int, default=2, help="网页进程数（PostgreSQL 上可加）")
    command("worker", "只运行后台任务")
    command("scheduler", "只运行定时任务")
    sub = command("import", "导入表格：yuanzhi import enterprises 名录.xlsx")
    sub.add_argument("kind", help="enterprises、cases、partners、departments …")
    sub.add_argument("file")
    sub.add_argument("--community", help="社区代号；只有一个社区时可省")
    sub.add_argument("--day", help="数据截至日期，如 2026-11-24；默认今天")
    sub.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    sub.add_argument("--back", help="把带“错误信息”列的原表写到这里")
    sub = command("undo-import", "撤销一次导入：yuanzhi undo-import 12")
    sub.add_argument("batch", type=int)
    sub = command("community", "新建一个社区和它的第一位管理员")
    sub.add_argument("name")
    sub.add_argument("code")
    sub = command("demo", "生成演示社区")
    sub.add_argument(
        "--size", type=float, default=1.0, help="规模：0.01 供测试，1 为 8,000 家，10、100 供压测"
    )
    sub.add_argument("--if-missing", action="store_true", help="已有演示社区时什么也不做")
    sub = command("backup", "备份数据库、附件与密钥到一个文件（可在运行时进行）")
    sub.add_argument("file", nargs="?")
    sub = command("restore", "从备份恢复（先停止服务）")
    sub.add_argument("file")
    sub.add_argument("--yes", action="store_true", help="不再询问")
    sub = command("check", "体检：配置、迁移、历史链、日历")
    sub.add_argument("--history", action="store_true", help="逐条核验历史链")
    sub = command("recover-factor", "重置一个账号的两步验证（唯一的安全管理员丢了手机时）")
    sub.add_argument("username")
    sub = command("permissions", "重新生成 docs/permissions.md")
    sub = command("manage", "Django 自带的管理命令，如 yuanzhi manage migrate")
    sub.add_argument("rest", nargs=argparse.REMAINDER)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit code is 0 when all is well."""
    args = parser().parse_args(argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
    if args.command == "demo":
        os.environ.setdefault("YUANZHI_DEMO", "1")
    import django

    django.setup()
    from yuanzhi.config.commands import RUN

    return RUN[args.command](args) or 0


if __name__ == "__main__":
    sys.exit(main())
