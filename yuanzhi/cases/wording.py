"""What the cases lend to accounts: the desks' names, and their history verbs in Chinese."""

from __future__ import annotations

from collections.abc import Iterable

from yuanzhi.accounts import scopes, wording
from yuanzhi.accounts.roles import Kind

from .models import Desk
from .states import STATE_NAMES, STEP_NAMES, Hand


def lend_names() -> None:
    """Called once, when the app is ready."""
    scopes.provide(Kind.DESK, search=_search, label=_label)
    wording.add(
        {
            **{f"case.{step.value}": name for step, name in STEP_NAMES.items()},
            "case.opened": "登记诉求",
            "case.handed_over": "转窗口",
            "case.noted": "写备注",
            "case.judged": "企业评价",
            "case.promise_moved": "时限重新推算",
            "desks.opened": "设窗口",
            "claim.added": "列入一笔欠款",
            "case.exported": "导出办理单",
            "cases.exported": "导出诉求名单",
            "answer.drafted": "写解答草稿",
            "answer.published": "公开解答",
            "answer.revised": "改解答",
            "answer.retired": "下架解答",
            "answer.helped": "解答帮到一次",
            "claim.changed": "改一笔欠款",
            "claim.removed": "去掉一笔欠款",
        },
        facts={
            "number": "编号",
            "title": "一句话",
            "channel": "渠道",
            "desk": "窗口",
            "state": "状态",
            "text": "内容",
            "owner": "经办",
            "solved": "解决了",
            "satisfaction": "满意度",
            "label": "评价",
            "round": "第几轮",
            "promise": "承诺",
            "debtor": "欠款方",
            "question": "问题",
            "extension": "延期",
            "amount": "金额",
            "recovered": "已收回",
            "due_on": "应付日",
            "project": "项目",
            "by_hand": "由谁",
            "is_provisional": "日历未发布，先估的",
            "response_hours": "回应时限（小时）",
            "resolution_days": "办结时限（工作日）",
            "since": "起算",
            "response_due": "回应到期",
            "resolution_due": "办结到期",
        },
        values={
            "state": {state.value: name for state, name in STATE_NAMES.items()},
            "by_hand": {Hand.STAFF.value: "工作人员", Hand.ENTERPRISE.value: "企业"},
        },
    )


def _search(community_id: int, text: str) -> list[tuple[int, str]]:
    rows = Desk.objects.filter(community_id=community_id, name__contains=text.strip())
    return list(rows.values_list("pk", "name"))


def _label(community_id: int, ids: Iterable[int]) -> dict[int, str]:
    return dict(Desk.objects.filter(community_id=community_id, pk__in=list(ids)).values_list("pk", "name"))
