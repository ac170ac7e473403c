"""Words for what escalation writes into the history."""

from __future__ import annotations

from yuanzhi.accounts import wording


def lend_board_words() -> None:
    """Called once, when the app is ready."""
    wording.add(
        {
            "reminder.planned": "安排提醒",
            "reminder.sent": "发汇总提醒",
            "reminder.not_sent": "提醒没发成",
            "terms.agreed": "改办理约定",
        },
        facts={
            "count": "几次",
            "amber_hours": "黄灯（工作小时）",
            "wait_days": "等企业太久（工作日）",
            "call_back_days": "回访（工作日）",
            "return_days": "退回（工作日）",
            "digests": "提醒时刻",
        },
    )
