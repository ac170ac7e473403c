"""Procedures that a new community begins with: what to bring, and the stages on the way. Data, to be edited.

(item, [(material, hint)], [(stage, who, within so many workdays, hint)]). The move-in procedure is the one
of the report: told to take more than a month, done in two weeks. Its order follows the district's one-stop
登记 (执照 → 公章 → 税务 → 银行 → 社保公积金), and what only the park can give comes beside it.
"""

from __future__ import annotations

from collections.abc import Iterable

from .models import ItemStage, ServiceItem

STARTER_GUIDES: dict[str, str] = {
    "入驻手续": "从看好房子到正式办公，社区陪着走完：十个工作日。材料先看一遍清单，缺什么我们帮着补；"
    "能网上办的我们一起在窗口办，不用您跑。",
    "欠款追讨与合同": "先把聊天记录、对账单、合同固定下来，再请律师看走哪条路快。第一次咨询不收费。",
    "子女入学": "先看户籍或居住证、住房和社保，社区和教育部门对一遍学位，再告诉您怎么报名。",
}

STARTER_STAGES: dict[str, tuple[list[tuple[str, str]], list[tuple[str, str, int, str]]]] = {
    "入驻手续": (
        [
            ("法定代表人身份证", "原件拍照即可"),
            ("股东身份证明和出资信息", ""),
            ("租赁合同或场地证明", "园区运营方可以出"),
            ("公司章程", "没有的话窗口有范本"),
            ("经办人身份证和授权书", ""),
        ],
        [
            ("名称核准", "窗口专员", 1, "备三个名字，前一个不行用后一个"),
            ("营业执照", "窗口专员", 3, ""),
            ("公章刻制", "窗口专员", 4, "五枚一套，公安备案"),
            ("税务登记和发票", "税务合伙人", 6, "核定税种、领数电发票"),
            ("银行开户", "银行合伙人", 7, "约好时间，客户经理上门"),
            ("社保和公积金开户", "窗口专员", 8, ""),
            ("入驻协议和门禁车位", "园区运营方", 9, "门禁卡、停车、网络一起办"),
            ("回访：都安顿好了吗", "网格员", 10, "认识一下网格员和园区长"),
        ],
    ),
    "子女入学": (
        [
            ("户口本或居住证", ""),
            ("租房合同或房产证", ""),
            ("父母一方的社保缴纳证明", "在线打印即可"),
        ],
        [
            ("材料预审", "窗口专员", 2, ""),
            ("和教育部门对学位", "窗口专员", 5, ""),
            ("告知学校和报名时间", "窗口专员", 8, ""),
        ],
    ),
    "欠款追讨与合同": (
        [
            ("合同或订单", "没有书面合同的，聊天里说定的也算"),
            ("对账单、验收单", ""),
            ("聊天记录", "别删，律师会教怎么固定成证据"),
        ],
        [],
    ),
}


def lay_starter_procedures(items: Iterable[ServiceItem]) -> None:
    """Give these new catalogue rows their guide, materials and stages."""
    rows, guided = [], []
    for item in items:
        if guide := STARTER_GUIDES.get(item.name, ""):
            item.guide = guide
            guided.append(item)
        materials, stages = STARTER_STAGES.get(item.name, ([], []))
        rows += [
            ItemStage(item=item, kind=ItemStage.Kind.MATERIAL, order=order, name=name, hint=hint)
            for order, (name, hint) in enumerate(materials, 1)
        ]
        rows += [
            ItemStage(
                item=item,
                kind=ItemStage.Kind.STAGE,
                order=order,
                name=name,
                who=who,
                workdays=days,
                hint=hint,
            )
            for order, (name, who, days, hint) in enumerate(stages, 1)
        ]
    ServiceItem.objects.bulk_update(guided, ["guide"])
    ItemStage.objects.bulk_create(rows)
