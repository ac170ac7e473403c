# ruff: noqa: E501 — what somebody asks and is told reads best on one line
"""The case the report tells of: 43 small final payments, of which 22 came back; and what the desks answer most."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.cases import actions
from yuanzhi.cases.claims import CODES
from yuanzhi.cases.models import Case, Claim, ServiceItem
from yuanzhi.kernel import clock

if TYPE_CHECKING:
    from demo.build import Builder

TITLE = "40 多笔工程尾款要不回来"
ONE = "尾款 38 万拖了五个月，想走支付令"
COUNT, BACK = 43, 22
_PLACES = ("临平", "萧山", "滨江", "富阳", "德清", "桐乡", "诸暨", "上虞", "海宁", "安吉", "临安")
_WORKS = ("弱电", "门禁", "监控", "机房", "广播", "会议系统", "停车道闸", "网络布线")
_SITES = ("三号楼", "地下室", "一期", "二期", "食堂", "大厅", "宿舍楼", "东区")
_KINDS = ("建设有限公司", "装饰工程有限公司", "物业服务有限公司", "机电安装有限公司")
_NAMES = ("恒筑", "宏栖", "联屿", "瑞垒", "景堂", "同砌", "昌庭", "博筑", "远垣", "合厦", "鼎阁", "泰轩")

# question, answer, other ways to say it, service item, how often it helped
ANSWERS: tuple[tuple[str, str, str, str, int], ...] = (
    ("聊天记录能当欠款的证据吗？", "能，但要固定好：别删、别换手机；先录屏翻到对方的资料页和实名信息，再到公证处或电子存证平台存一份；对账单让对方在聊天里回一句“收到，没有异议”。律师窗口每周二、周四上午免费教您做。", "微信聊天记录、尾款、证据、要账", "欠款追讨与合同", 31),
    ("电子劳动合同能申请人才公寓吗？", "能。在签约平台下载带签章验证码的版本打印出来，带上身份证去区人社综合窗口，当场扫码核验。", "电子合同、人才房、公寓", "社保与公积金", 24),
    ("搬进园区，执照地址一定要改吗？", "实际办公地和执照住所不一致就要改，改完税务、银行、社保会自动同步一部分。入驻窗口有一张清单，照着十个工作日能办完。", "变更地址、住所变更、迁址、搬家", "入驻手续", 40),
    ("社保断缴了怎么补？", "断缴三个月内，单位经办人在网上申报补缴即可；超过三个月要带劳动合同和工资发放记录去窗口。滞纳金按日万分之五。", "补缴、断缴、换代账", "社保与公积金", 18),
    ("高企复审的专项审计找谁做？", "要有资质、没有被通报过的事务所。社区的会计师伙伴可以先免费看一遍研发台账，再决定请谁做。复审月底截止的，最晚提前三周开始。", "高新技术企业、审计报告、复审", "政策咨询与申报", 15),
    ("专利怎么质押贷款？", "发明专利还在有效期内就行。先请评估机构估值，再由银行审，一般贷评估值的三到五成；区里对利息有补贴。社区可以约银行上门看。", "知识产权质押、专利贷、评估", "融资对接", 12),
    ("实验室废液很少，危废公司不收怎么办？", "可以和隔壁几家拼着收，社区每两个月约一次车，提前一周登记桶数和类别就行。", "危废、废溶剂、废液", "园区秩序与邻里", 9),
    ("孩子跟着转学，要准备什么？", "租房合同（已备案）、居住证、劳动合同和社保记录，六月底前在教育部门的平台登记；不在施教区的由区里统筹。拿不准先把情况发给公共事务窗口。", "学位、入学、转学、上学", "子女入学", 22),
    ("晚上加班空调能不能延时？", "可以按楼层申请延时，物业按面积和小时收成本价，提前一天下午四点前登记；有实验设备的可以谈长期的。", "中央空调、延时供冷、加班", "水电空调与停车", 11),
    ("货车早高峰进不来，怎么办通行证？", "在交警的手机平台上申请，要行驶证、驾驶证和送货单；固定线路的可以办三个月的。办不下来的，把车牌发给我们一起对。", "限行、货车、通行证", "园区秩序与邻里", 7),
)  # fmt: skip


def list_claims(case: Case, officer: Actor) -> None:
    """The 43 lines as the firm brought them: most without a contract, all with a chat."""
    chance = random.Random(43)  # noqa: S311 - a story, not a secret
    if case.title == ONE:
        evidence = dict.fromkeys(("contract", "delivery", "statement", "chat", "invoice", "debtor"), True)
        _add(case, officer, "杭州联屿装饰工程有限公司", "总部展厅智能化", Decimal(380_000), evidence, -150)
        return
    for number in range(COUNT):
        debtor = f"{_PLACES[number % 11]}{_NAMES[(number * 5) % 12]}{_KINDS[number % 4]}"
        amount = Decimal(chance.choice((8, 9, 12, 15, 18, 22, 26, 30, 35, 42, 55, 68, 86, 120)) * 1000)
        evidence = {code: True for code in CODES if chance.random() < 0.55} | {"chat": True}
        work = f"{_SITES[(number * 3) % 8]}{_WORKS[(number * 7) % 8]}"
        _add(case, officer, debtor, work, amount, evidence, -chance.randrange(60, 700))


def _add(
    case: Case,
    officer: Actor,
    debtor: str,
    project: str,
    amount: Decimal,
    evidence: dict[str, bool],
    day: int,
) -> None:
    actions.add_claim(
        actor=officer, case=case, debtor=debtor, project=project, amount=amount, evidence=evidence,
        due_on=timezone.localdate(clock.now()) + dt.timedelta(days=day),
    )  # fmt: skip


def bring_back(case: Case, officer: Actor) -> None:
    """What had come back by the time the case was resolved: 22 of 43, a few of them in part."""
    for claim in case.claims.order_by("order"):
        at = claim.order
        given: dict[str, object] = {"state": Claim.State.DEMANDED}
        if at % 2 == 1:  # 22 of 43
            part = at % 11 == 0
            given = {
                "recovered": claim.amount / 2 if part else claim.amount,
                "evidence": dict.fromkeys(CODES, True),
            }
            if part:
                given["state"] = Claim.State.PROMISED
        elif at % 10 == 0:
            given = {"state": Claim.State.FILED, "note": "已立案，等开庭"}
        elif at % 14 == 0:
            given = {"state": Claim.State.DROPPED, "note": "对方已注销"}
        actions.change_claim(actor=officer, claim=claim, seen=claim.version, **given)


def write_answers(builder: Builder) -> None:
    """What the desks have published, and that it helped."""
    if not builder.plan.cases:
        return  # the neighbour has hardly begun
    items = {item.name: item for item in ServiceItem.objects.filter(desk__community=builder.community)}
    for question, answer, words, item, helped in ANSWERS:
        made = actions.write_answer(
            actor=builder.house, question=question, answer=answer, words=words, item=items.get(item)
        )
        for number in range(helped if len(builder.enterprises) > 1000 else min(helped, 2)):
            actions.count_help(actor=builder.house, answer=made, key=f"demo:{number}")
