"""Words for what happens to a case on its way: on its timeline, and on the auditor's page."""

from __future__ import annotations

from yuanzhi.accounts import wording

from .panels import say

_SAYS = {
    "case.return": "退回：派错了",
    "case.merge": "并入另一件一起办",
    "case.took_in": "并来 {other}，一起办",
    "case.split": "拆开分头办：{other}",
    "case.part_of": "从 {other} 拆出来",
    "case.linked": "关联 {other}",
    "case.unlinked": "取消关联 {other}",
    "case.extension_asked": "申请延期 {days} 个工作日",
    "case.extension_granted": "延期 {days} 个工作日",
    "case.extension_refused": "没同意延期 {days} 个工作日",
    "case.urged": "督办",
    "case.called_back": "电话回访",
}
_INTERNAL = (
    "case.return", "case.linked", "case.unlinked", "case.extension_asked", "case.extension_refused",
    "case.urged", "case.called_back",
)  # fmt: skip


def lend_lifecycle_words() -> None:
    """Called once, when the app is ready."""
    say(_SAYS, internal=_INTERNAL)
    wording.add(
        {
            "case.took_in": "收下并来的一件",
            "case.split": "拆开分头办",
            "case.part_of": "从另一件拆出",
            "case.linked": "关联另一件",
            "case.unlinked": "取消关联",
            "case.extension_asked": "申请延期",
            "case.extension_granted": "同意延期",
            "case.extension_refused": "没同意延期",
            "case.urged": "督办",
            "case.called_back": "电话回访",
        },
        facts={"other": "另一件", "days": "工作日", "in_time": "按时"},
    )
