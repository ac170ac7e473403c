"""docs/permissions.md: every verb × every role, written from the tables in each app's `access.py`.

`python -m yuanzhi.accounts.permissions` refreshes the page; a test says when it is stale.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from django.apps import apps

from .access import Extent, Verb
from .roles import ROLES, Kind, Role
from .scopes import KIND_NAMES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
COMMAND = "python -m yuanzhi.accounts.permissions"

_SHORT = {
    Role.LEAD: "书记",
    Role.DESK_OFFICER: "窗口",
    Role.GRID_LEADER: "网格长",
    Role.GRID_MEMBER: "网格员",
    Role.PART_TIMER: "兼职",
    Role.CAPTAIN: "园区长",
    Role.OPERATOR: "运营",
    Role.PROPERTY: "物业",
    Role.CONTACT: "联系人",
    Role.EMPLOYEE: "员工",
    Role.PARTNER: "合伙人",
    Role.DEPARTMENT: "部门",
    Role.VIEWER: "领导",
    Role.SYSTEM_ADMIN: "系统",
    Role.SECURITY_ADMIN: "安全",
    Role.AUDITOR: "审计",
}
_MARKS = {Extent.ALL: "●", Extent.OWN: "◐"}


def verbs_by_app() -> dict[str, list[Verb]]:
    """{the app's folder: its verbs in the order of its access.py}."""
    found: dict[str, list[Verb]] = {}
    for config in apps.get_app_configs():
        if not config.name.startswith("yuanzhi."):
            continue
        try:
            module = importlib.import_module(f"{config.name}.access")
        except ModuleNotFoundError as error:
            if error.name != f"{config.name}.access":
                raise
            continue
        own = [v for v in vars(module).values() if isinstance(v, Verb) and v.code.startswith(config.label)]
        if own:
            found[config.label] = own
    return found


def render() -> str:
    """The page as Markdown."""
    parts = [
        "# 谁能做什么",
        "",
        f"本页由各模块的 `access.py` 生成，不要手改；改了权限后运行 `{COMMAND}`。",
        "",
        "● 全社区　◐ 只限自己名下的（见下表“范围”）　空白 不可以",
        "",
        "| 身份 | 表中简称 | 范围 |",
        "| --- | --- | --- |",
        *(f"| {name} | {_SHORT[role]} | {_scope(kind)} |" for role, (name, kind) in ROLES.items()),
    ]
    head = " | ".join(_SHORT[role] for role in Role)
    for label, verbs in verbs_by_app().items():
        parts += ["", f"## {label}", "", f"| 事项 | {head} |", f"| --- |{' :-: |' * len(Role)}"]
        parts += [f"| {verb.name}<br>`{verb.code}` | {_row(verb)} |" for verb in verbs]
    parts += [
        "",
        "## 不在表里的规矩",
        "",
        "- 系统、安全、审计管理员由三个人分别担任，不兼别的身份，谁也看不到企业名册。",
        "- 系统管理员重置密码，安全管理员重置两步验证：一个人接管不了别人的账号。",
        "- 安全管理员不能给自己授予身份；最后一位系统管理员、安全管理员不能被停用或结束。",
        "- 账号由开设它的社区管理；别的社区只能授予、结束它在自己那里的身份。",
        "- 管理员要先设置两步验证，拿到一次性密码的人要先改密码，才能做别的。",
        "- 看不到的行一律是“没有找到”（404），没有权限的页面是“进不来”（403）。",
        "",
    ]
    return "\n".join(parts)


def _scope(kind: Kind) -> str:
    return "整个社区" if kind is Kind.COMMUNITY else f"所属的{KIND_NAMES[kind]}"


def _row(verb: Verb) -> str:
    return " | ".join(_MARKS[verb.table[role]] if role in verb.table else "" for role in Role)


def main() -> None:
    """Write the page."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yuanzhi.config.settings")
    django.setup()
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")
    print(f"{PAGE} 写好了")  # noqa: T201


if __name__ == "__main__":
    main()
