"""The register's history in sentences: what a neighbour would say happened.

`say(entry)` for a timeline; `NAMES` are the verbs' short names, lent to the history page of accounts. Other
apps add their own sentences by `add({"case.opened": fn})`; an unknown verb falls back to its short name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yuanzhi.accounts import wording

from .rules.facts import FACTS
from .rules.saying import SCALES, STATUSES, say_fact

Sentence = Callable[[dict[str, Any]], str]

NAMES = {
    "enterprise.registered": "登记企业",
    "enterprise.changed": "更正企业信息",
    "enterprise.imported": "导入企业信息",
    "enterprise.confirmed": "核实企业信息",
    "enterprise.moved_in": "入驻、搬迁",
    "enterprise.moved_out": "迁离",
    "enterprise.elsewhere": "标记办公在外",
    "enterprise.merged": "合并企业",
    "enterprise.unmerged": "撤销合并",
    "conflict.resolved": "处理矛盾信息",
    "contact.added": "添加联系人",
    "contact.changed": "修改联系人",
    "contact.retired": "停用联系人",
    "contact.revealed": "查看完整号码",
    "park.added": "添加园区",
    "park.changed": "修改园区",
    "park.assigned": "园区划给网格",
    "building.added": "添加楼宇",
    "building.changed": "修改楼宇",
    "units.added": "添加房间",
    "grid.added": "新设网格",
    "grid.ended": "撤销网格",
    "captain.appointed": "聘任园区长",
    "captain.dismissed": "结束园区长任期",
    "community.founded": "建立社区",
    "community.changed": "修改社区设置",
    "community.hours": "调整办公时间",
    "calendar.published": "载入放假安排",
    "register.exported": "导出名单",
    "filter.saved": "保存筛选",
    "filter.dropped": "删除筛选",
}


_KINDS = {
    "districtingproposal": "划分方案",
    "importbatch": "导入",
    "calendar": "工作日历",
    "source": "来源",
}
_RECORDED = {
    "facts": "登记的内容",
    "arrival": "怎么来的",
    "to": "坐到",
    "on": "哪天",
    "place": "原来在",
    "where": "实际在",
    "grid": "网格",
    "before": "原来",
    "effective": "生效",
    "why": "为什么",
    "enterprise": "企业",
    "purpose": "办什么找他",
    "day": "哪天的情况",
    "count": "数量",
    "code": "代号",
    "gone": "并掉的",
    "kept": "留下的",
    "field": "哪一项",
    "value": "另一处说",
    "taken": "采用新的",
    "number_changed": "换了号码",
    "filename": "文件",
    "parks": "园区",
    "goal": "目标",
}


def _on(data: dict[str, Any], key: str = "on") -> str:
    return f"，{data[key]} 起" if data.get(key) else ""


def _changed(data: dict[str, Any]) -> str:
    said = []
    for field, (old, new) in data.get("changes", {}).items():
        name, now, then = FACTS.get(field, field), say_fact(field, new), say_fact(field, old)
        if field in ("business", "registered_address", "office_address", "note") and now:
            said.append(f"{'更正了' if then else '补上了'}{name}")
        elif not now:
            said.append(f"清空了{name}（原来是{then}）")
        elif then:
            said.append(f"{name}从 {then} 改为 {now}")
        else:
            said.append(f"补上{name}：{now}")
    return "；".join(said) or "补记了来源"


def _registered(data: dict[str, Any]) -> str:
    return f"登记到名录，来源：{data['source']}" if data.get("source") else "登记到名录"


def _moved_in(data: dict[str, Any]) -> str:
    arrival, to = data.get("arrival", ""), data.get("to", "")
    if arrival == "原已在此":
        return f"落图到 {to}"
    return {"社区内搬迁": "搬到", "回归": "回来了，入驻", "新入驻": "入驻"}.get(
        arrival, "入驻"
    ) + f" {to}{_on(data)}"


def _moved_out(data: dict[str, Any]) -> str:
    return f"迁离社区（{data.get('on', '')}），原因：{data.get('reason') or '没说'}"


def _elsewhere(data: dict[str, Any]) -> str:
    where = data.get("where")
    return f"注册在此、办公在外{'：' + where if where else ''}"


def _resolved(data: dict[str, Any]) -> str:
    choice = "采用了新的说法" if data.get("taken") else "保留了原来的"
    return f"{data.get('field', '信息')}两处说法不一，{choice}（另一处说是 {data.get('value', '')}）"


def _revealed(data: dict[str, Any]) -> str:
    return f"查看了{data.get('name', '联系人')}的完整号码（{data.get('phone', '')}）"


_SENTENCES: dict[str, Sentence] = {
    "enterprise.registered": _registered,
    "enterprise.changed": _changed,
    "enterprise.imported": _changed,
    "enterprise.confirmed": lambda data: "核实过，信息无误",
    "enterprise.moved_in": _moved_in,
    "enterprise.moved_out": _moved_out,
    "enterprise.elsewhere": _elsewhere,
    "enterprise.merged": lambda data: f"合并进了重复登记的{data.get('gone', '一家')}",
    "enterprise.unmerged": lambda data: f"撤销合并，{data.get('gone', '那一家')}重新单列",
    "conflict.resolved": _resolved,
    "contact.added": lambda data: f"添加联系人{data.get('name', '')}（{data.get('purpose', '')}）",
    "contact.changed": lambda data: (
        f"修改联系人{data.get('name', '')}{'，换了号码' if data.get('number_changed') else ''}"
    ),
    "contact.retired": lambda data: f"停用联系人{data.get('name', '')}，号码已抹去",
    "contact.revealed": _revealed,
    "captain.appointed": lambda data: f"{data.get('name', '')}担任园区长",
    "park.assigned": lambda data: f"划给{data.get('grid', '')}{_on(data, 'effective')}",
}
_TONES = {
    "enterprise.moved_out": "bad",
    "enterprise.moved_in": "good",
    "enterprise.confirmed": "good",
    "conflict.resolved": "brand",
    "contact.revealed": "warn",
}


def add(sentences: dict[str, Sentence]) -> None:
    """Sentences of another app: {"case.opened": lambda data: f"提出诉求：{data['title']}"}."""
    _SENTENCES.update(sentences)


def say(verb: str, data: dict[str, Any]) -> str:
    """What happened, as a sentence without its subject."""
    sentence = _SENTENCES.get(verb)
    return sentence(data) if sentence else wording.name_of(verb)


def tone(verb: str) -> str:
    """The colour of a timeline's dot."""
    return _TONES.get(verb, "neutral")


def lend_names() -> None:
    """Give the history page of accounts the names of verbs, rows and facts. Called once, when the app is
    ready."""
    wording.add(
        NAMES,
        kinds=_KINDS,
        facts={**{code: name for code, name in FACTS.items() if code != "name"}, **_RECORDED},
        values={"status": STATUSES, "scale": SCALES},
    )
