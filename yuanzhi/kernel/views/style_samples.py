"""Made-up things for the style page to show."""

from __future__ import annotations

from typing import Any

from ..templatetags.ui import promise

NAV = [
    {"label": "工作台", "url": "#", "icon": "layout-list", "active": True, "group": "day"},
    {"label": "一张图", "url": "#", "icon": "map", "group": "day"},
    {"label": "走访", "url": "#", "icon": "footprints", "group": "day"},
    {"label": "企业", "url": "#", "icon": "building-2", "group": "day"},
    {"label": "园治会", "url": "#", "icon": "messages-square", "group": "day"},
    {"label": "合伙人", "url": "#", "icon": "handshake", "group": "day"},
    {"label": "周三荟", "url": "#", "icon": "calendar-heart", "group": "day"},
    {"label": "领导看板", "url": "#", "icon": "chart-no-axes-combined", "group": "look"},
]

TABS = [
    {"label": "全部", "url": "#", "count": 20, "active": True},
    {"label": "已超时", "url": "#", "count": 4, "tone": "bad"},
    {"label": "24 小时内", "url": "#", "count": 6, "tone": "warn"},
    {"label": "时限内", "url": "#", "count": 10},
    {"label": "待回访", "url": "#", "count": 3},
]

CHIPS = [
    {"label": "全部", "url": "#", "active": True, "count": 8127},
    {"label": "新设三个月内", "url": "#", "count": 46},
    {"label": "有未结诉求", "url": "#", "count": 20},
    {"label": "海创科技园", "url": "#", "active": True, "remove_url": "#"},
]

TIMELINE = [
    {"text": "已请顾明律师上门，待对方确认时间", "who": "林知夏", "when": "今天 09:12"},
    {"text": "补充微信聊天记录 14 张，欠款单位盖章对账单 1 份", "who": "企业联系人", "when": "昨天 16:40"},
    {
        "text": "走访时提出",
        "who": "",
        "when": "11 月 23 日 14:48",
        "note": "“尾款拖了五个月，再催怕伤和气。”",
    },
]

_LATE = [
    (
        "超时 2 天 3 小时",
        "尾款 38 万拖了五个月，想走支付令",
        "云图数视・未来加速器 A 座 1511",
        0,
        "待合伙人",
        "林知夏",
    ),
    (
        "超时 1 天 2 小时",
        "两名员工社保断缴，要开补缴证明",
        "禾一生物・绿汀科创园 B 座 2101",
        1,
        "办理中",
        "周予安",
    ),
    ("超时 9 小时", "楼道堆放纸箱堵住消防通道", "拓源电子・海创科技园 B 座 504", 2, "办理中", "林知夏"),
    (
        "超时 3 小时",
        "高企复审材料缺专项审计报告",
        "程岳机器人・鼎新创新中心 A 座 1011",
        0,
        "待合伙人",
        "林知夏",
    ),
]
_SOON = [
    ("剩 2 小时", "子女转学，对口学校学位怎么落实", "衡图软件・西站大厦 A 座 2003", 1, "办理中", "方棠"),
    (
        "剩 5 小时",
        "外卖集中取餐点位协商会定时间",
        "利泽科技园运营・海创产业园 A 座 2105",
        2,
        "待派单",
        "周予安",
    ),
    ("剩 7 小时", "专利质押贷款想找银行对接", "矩石传感・智汇创新中心 A 座 1402", 0, "待派单", "林知夏"),
    (
        "剩 11 小时",
        "新设企业首访：确认注册地与实际办公一致",
        "微澜智能・良睦科技园 B 座 2007",
        0,
        "待派单",
        "方棠",
    ),
    ("剩 16 小时", "夜间空调停供，研发加班受影响", "星野光电・博瑞产业园 B 座 1405", 2, "办理中", "周予安"),
]
_DESKS = [
    ("briefcase-business", "经济发展", "brand"),
    ("landmark", "公共事务", "violet"),
    ("shield-check", "综合治理", "warn"),
]
_TONES = {"待合伙人": "violet", "待派单": "brand", "办理中": "neutral"}


def _rows(state: str, rows: list[tuple[str, str, str, int, str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "state": state, "left": left, "title": title, "sub": sub,
            "tint": _DESKS[desk][2], "icon": _DESKS[desk][0], "desk": _DESKS[desk][1], "who": who,
            "stage": stage, "tone": _TONES[stage],
        }
        for left, title, sub, desk, stage, who in rows
    ]  # fmt: skip


ROWS = [
    {"label": "已超时", "tone": "bad", "rows": _rows("late", _LATE), "count": 4},
    {"label": "快到期", "tone": "warn", "rows": _rows("soon", _SOON), "count": 6},
]

_FOUND = [
    ("ytss", "云图数视（杭州）科技有限公司", "未来加速器 A 座 1511", "building-2"),
    ("wlzn", "微澜智能科技（杭州）有限公司", "良睦科技园 B 座 2007", "building-2"),
    ("htrj", "衡图软件有限公司", "西站大厦 A 座 2003", "building-2"),
]


def found(q: str) -> list[dict[str, Any]]:
    """Groups of options whose initials or words begin with or contain `q`; nothing asked shows everything."""
    options = [
        {"id": str(at), "label": name, "sub": place, "url": f"?picked={at}", "icon": sign}
        for at, (initials, name, place, sign) in enumerate(_FOUND)
        if not q or initials.startswith(q.lower()) or q in name
    ]
    if not options:
        return []
    cases = [
        {
            "id": "c1", "label": "尾款 38 万拖了五个月，想走支付令", "sub": "云图数视", "url": "?picked=c1",
            "icon": "message-square-text", "sign": promise("late", "超时 2 天 3 小时"),
        }
    ]  # fmt: skip
    return [{"label": "诉求", "options": cases}, {"label": "企业", "options": options}]
