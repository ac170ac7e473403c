"""Words for what the intake writes into the history: on a case's timeline, and on the auditor's page."""

from __future__ import annotations

from yuanzhi.accounts import wording

from .panels import say


def lend_words() -> None:
    """Called once, when the app is ready."""
    say(
        {
            "attachment.added": "放上文件：{name}",
            "attachment.removed": "去掉文件：{name}",
            "stage.done": "办好一步：{stage}",
            "stage.again": "重新打开一步：{stage}",
            "stage.skipped": "这一步不需要：{stage}",
            "stage.added": "清单里加一项：{stage}",
            "case.undone": "撤销表格导入",
        }
    )
    wording.add(
        {
            "attachment.added": "放上文件",
            "attachment.removed": "去掉文件",
            "stage.done": "办好一步",
            "stage.again": "重新打开一步",
            "stage.skipped": "跳过一步",
            "stage.added": "清单加一项",
            "item.added": "新增服务事项",
            "item.changed": "改服务事项",
            "item.ended": "停用服务事项",
            "reply.added": "新增常用回复",
            "reply.changed": "改常用回复",
            "reply.retired": "收起常用回复",
            "case.undone": "撤销表格导入，撤回诉求",
        },
        kinds={"serviceitem": "服务事项", "replytemplate": "常用回复"},
        facts={"stage": "环节", "attachment": "文件编号"},
    )
