"""Words for what routing writes into the history."""

from __future__ import annotations

from yuanzhi.accounts import wording


def lend_routing_words() -> None:
    """Called once, when the app is ready."""
    wording.add(
        {
            "rule.added": "加派件规则",
            "rule.changed": "改派件规则",
            "rule.moved": "挪派件规则的顺序",
            "rule.placed": "按表格排派件规则",
            "rule.switched_on": "用上派件规则",
            "rule.switched_off": "停用派件规则",
            "rule.dropped": "去掉派件规则",
            "rule.tried": "试跑派件规则",
            "rule.trial_failed": "试跑没成",
            "routing.learned": "从办结的诉求里学了一遍",
            "routing.asked_to_learn": "要求再学一遍",
            "routing.assigning_on": "改成登记时就派到人",
            "routing.assigning_off": "改成在窗口等人接",
            "routing.share_set": "改窗口份额",
            "absence.reported": "登记不在",
            "absence.ended": "不在的日子提前结束",
        },
        kinds={
            "routingrule": "派件规则",
            "routingtrial": "试跑",
            "textmodel": "学习结果",
            "absence": "不在",
            "routing": "派件",
        },
        facts={
            "place": "第几条",
            "words": "说到",
            "item_id": "事项编号",
            "give_item_id": "事项定为（编号）",
            "desk_id": "窗口编号",
            "owner_id": "指定的人（编号）",
            "owner_name": "指定给",
            "partner_kind": "建议请谁",
            "parks": "园区编号",
            "grids": "网格编号",
            "channels": "渠道",
            "facts": "企业条件",
            "fact": "条件",
            "op": "比法",
            "value": "值",
            "names": "顺序",
            "was": "原顺序（编号）",
            "share": "份额（%）",
            "person": "谁",
            "first_day": "从",
            "last_day": "到",
            "cases": "学了几件",
            "items": "认得几类",
            "score": "宏平均 F1",
            "days": "天数",
        },
    )
