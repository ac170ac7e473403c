"""What partners lend to the floors below: words, a basket, parts of a case's page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.urls import reverse

from yuanzhi.accounts import wording
from yuanzhi.cases import baskets, panels

from .access import SEE_HELP, SEE_PARTNERS, SEE_REFERRALS
from .imports import partners as partner_table
from .queries.referrals import is_helped, silent, to_rate

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from yuanzhi.cases.models import Case
    from yuanzhi.cases.promises import Clock

_VERBS = {
    "partner_kinds.opened": "设合伙人类别",
    "partner_kind.added": "添加合伙人类别",
    "partner_kind.retired": "停用合伙人类别",
    "partner_kind.back": "恢复合伙人类别",
    "partner.added": "登记合伙人",
    "partner.changed": "修改合伙人资料",
    "partner.accredit": "认证合伙人",
    "partner.suspend": "暂停合伙人",
    "partner.end": "合伙人退出",
    "partner.end_noticed": "提醒快到期",
    "partner.withdrawn": "撤销导入，删去合伙人",
    "partners.exported": "导出合伙人名册",
    "expert.added": "添加专家",
    "expert.changed": "修改专家资料",
    "expert.withdrawn": "撤销导入，删去专家",
    "tie.added": "记下关联关系",
    "tie.ended": "关联关系结束",
    "duty.added": "排值守",
    "duty.cancelled": "取消值守",
    "referral.opened": "请合伙人帮忙",
    "referral.asked": "问专家",
    "referral.take": "专家接下",
    "referral.declined": "专家接不了",
    "referral.expired": "专家过时没答复",
    "referral.give_back": "专家退回",
    "referral.fail": "没人能接",
    "referral.call_off": "取消转介",
    "referral.contacted": "专家联系企业",
    "referral.visit_proposed": "提议一起上门",
    "referral.visit_agree": "约好一起上门",
    "referral.visit_held": "一起上门",
    "referral.visit_cancel": "取消一起上门",
    "referral.finish": "专家办完",
    "referral.rated": "企业评价专家",
    "referral.revealed": "专家查看联系电话",
}
_FACTS = {
    "firm": "机构",
    "expert": "专家",
    "way": "怎么请",
    "referral": "转介",
    "referral_state": "转介状态",
    "hours": "用时",
    "recovered": "追回（元）",
    "half": "半天",
    "dates": "日期",
    "position": "职称",
    "visit_at": "上门时间",
    "place": "地点",
    "source": "来源",
    "since": "起",
    "until": "止",
    "what": "什么",
    "at_words": "时间",
    "kind": "类别",
    "count": "几条",
    "specialities": "专长",
    "languages": "语言",
    "licence_no": "证号",
    "licence_until": "有效期至",
    "free_terms": "免费",
    "paid_terms": "收费",
    "intro": "擅长",
    "uscc": "信用代码",
    "most_open": "最多几件",
    "account": "有账号",
    "number_changed": "换了号码",
}
# The enterprise reads who helps, what is free, and what came of it; not whom else the community asked.
_TOLD = {
    "referral.opened": "请{kind}专家帮忙（{way}）",
    "referral.take": "{expert}（{firm}）接下了",
    "referral.contacted": "{expert}联系了企业",
    "referral.visit_agree": "约好 {at_words} 一起上门",
    "referral.visit_held": "{at_words} 一起去过企业",
    "referral.finish": "{expert}办完了",
    "referral.rated": "企业评价专家：{label}",
}
_AMONG_US = {
    "referral.asked": "问{expert}（{firm}）能不能接",
    "referral.declined": "{expert}接不了",
    "referral.expired": "{expert}过时没答复",
    "referral.give_back": "{expert}退回了",
    "referral.fail": "{kind}没人能接",
    "referral.call_off": "不再请{kind}专家",
    "referral.visit_proposed": "提议 {at_words} 一起上门",
    "referral.visit_cancel": "取消 {at_words} 的上门",
    "referral.revealed": "{expert}看了{name}的电话",
}


def lend_partners() -> None:
    """Called once, when the app is ready."""
    partner_table.introduce()
    kinds = {"expert": "专家", "partnerkind": "合伙人类别", "referral": "转介"}
    wording.add(_VERBS, kinds=kinds, facts=_FACTS)
    panels.say({**_TOLD, **_AMONG_US}, internal=_AMONG_US)
    staff, portal = frozenset({panels.Audience.STAFF}), frozenset({panels.Audience.PORTAL})
    panels.provide(
        panels.Panel(
            "referrals", "合伙人帮忙", "partners:referrals_of_case", SEE_REFERRALS, staff, icon="handshake"
        )
    )
    panels.provide(
        panels.Panel(
            "help", "专家帮忙", "partners:help_of_case", SEE_HELP, portal, icon="handshake", shows=is_helped
        )
    )
    panels.provide_beside("intake", panels.Aside("duty", "今天谁值守", "partners:duty_today", SEE_PARTNERS))
    panels.offer_by_link(_to_rate)
    baskets.provide(
        baskets.Basket(
            "silent_partner",
            "合伙人没回音",
            "warn",
            "打个电话催一催，或换一位专家；没按时联系企业的，先替他跟企业说一声",
            _silent,
            order=50,
        )
    )


def _to_rate(case: Case) -> list[tuple[str, str]]:
    """What whoever holds the tracking link may still rate."""
    return [
        (
            f"{row.taker.name if row.taker else '专家'}帮得怎么样，评一评",
            reverse("partners:rate_by_link", args=[case.token, row.pk]),
        )
        for row in to_rate(case)
    ]


def _silent(cases: QuerySet[Case], now: dt.datetime, clock: Clock) -> QuerySet[Case]:
    return silent(cases, now)
