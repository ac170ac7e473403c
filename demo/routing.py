# ruff: noqa: E501 — what somebody said reads best on one line
"""What the desks have learned from: a year of small needs, closed and judged; starter rules; who is away."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from yuanzhi.accounts.queries import actor_for, members_of
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.cases import actions, promises
from yuanzhi.cases.actions.assignment import report_absence, set_share
from yuanzhi.cases.actions.learning import keep_lesson
from yuanzhi.cases.actions.routing_rules import save_rule
from yuanzhi.cases.learning.fit import TooFew, fit
from yuanzhi.cases.models import Case, ServiceItem
from yuanzhi.cases.queries_learning import hints_of, samples_of
from yuanzhi.cases.queries_people import officers_of
from yuanzhi.kernel import clock
from yuanzhi.registry.models import Enterprise

if TYPE_CHECKING:
    from demo.build import Builder

# item: what was said, each once; and what came of it
PAST: dict[str, tuple[str, tuple[str, ...]]] = {
    "入驻手续": ("一周里把执照、税务、社保都办齐了", (
        "刚签了租赁合同，营业执照怎么换地址？", "从滨江搬过来，税务迁移要先办哪一步", "新公司刚注册，银行开户约不上时间",
        "想把注册地址迁到园区里，要物业出什么证明", "入驻要交哪些材料？能不能一次说清楚", "分公司搬进三号楼，执照和公章一起办行吗",
        "外地公司想落户园区，第一步去哪儿登记", "执照下来了，税控和发票怎么领",
    )),
    "政策咨询与申报": ("逐条对过条件，帮着把材料报上去了", (
        "今年高企复审，研发费用占比怎么算", "省科小到期了要不要重新申报", "专精特新的申报时间是几月份？",
        "听说有研发补贴，我们这样的小公司够得上吗", "雏鹰企业的认定条件变了没有", "申报材料里的知识产权要几件才够",
        "技改补贴的通知在哪里看，能不能帮我们对一下条件", "首台套奖励要准备什么申报材料",
    )),
    "融资对接": ("约了两家银行上门，授信批下来了", (
        "想贷三百万流动资金，有没有纯信用的", "天使轮刚谈完，想见见做 A 轮的投资人", "银行说要抵押，我们只有专利能质押贷款吗",
        "贷款快到期，续贷能不能无还本", "融资租赁和贷款哪个合适，想听听意见", "科技贷怎么申请，利率多少",
        "下半年想融资，商业计划书请人看看", "订单多了周转不开，有没有订单贷款",
    )),
    "欠款追讨与合同": ("律师陪着发了函，大部分收回来了", (
        "尾款十二万拖了八个月，对方电话不接", "工程验收完了一直不给结算款，怎么催", "合同里没写违约金，货款晚给半年能要利息吗",
        "对方公司说注销了，欠我们的货款找谁要", "客户只在微信上认过账，这个能当证据吗", "设备款分三期，第二期就不付了",
        "想请人看看合同，付款条款怎么写才不吃亏", "欠条写的是个人名字，钱是公司用的，能起诉谁",
    )),
    "招聘与用工": ("进了专场招聘会，招到了人", (
        "招了两个月招不到前端，能去学校招吗", "想招两名调试工，职业学校有没有实习生", "应届生的实习协议怎么签才合规",
        "年底用工缺口二十人，有没有招聘会", "社区能不能帮忙发招聘信息", "兼职的大学生要不要签合同，怎么发工资",
        "想招一个会日语的外贸员", "退休返聘的老师傅用工手续怎么办",
    )),
    "社保与公积金": ("陪着在窗口补齐了，当天到账", (
        "新员工社保断缴一个月怎么补", "公积金比例想从五调到八，什么时候能改", "员工在外地参保，这边还要不要交社保",
        "公司第一次开社保账户，网上点不进去", "生育津贴申报被退回来，说少一张单子", "医保异地备案怎么弄",
        "公积金贷款要公司盖什么章", "工伤认定的材料交到哪个窗口",
    )),
    "子女入学": ("和教育部门对过学位，顺利报上名了", (
        "孩子明年上小学，租房能排到哪所学校", "员工的小孩想转学过来，学籍怎么转", "幼儿园满了，附近还有学位吗",
        "居住证没满一年，孩子能报名入学吗", "双职工没人接孩子，放学后有没有托管", "初一转学要在开学前办吗",
        "外籍员工的孩子能不能上公办小学", "入学报名系统填错了学校，还能改吗",
    )),
    "水电空调与停车": ("物业当天来修好了", (
        "八楼空调不制冷，大家都在流汗", "今天突然停电，服务器都断了", "地下车库车位太少，来晚就没地方停",
        "卫生间漏水，楼下天花板都湿了", "电梯坏了一部，上班排长队", "饮水的水管停水两天了",
        "夏天空调几点关能不能晚一个小时", "访客停车怎么收费，能不能给客户留两个车位",
    )),
    "消防与安全隐患": ("当天去看了现场，第二天就清掉了", (
        "消防通道被快递箱子堵死了", "四楼的灭火器过期一年没换", "隔壁把电瓶车推到楼道里充电",
        "应急灯都不亮，安全出口指示牌也掉了", "仓库里堆了油漆，味道很大怕着火", "疏散楼梯的门锁上了打不开",
        "配电房旁边堆满纸板，太危险", "烟感报警器一直响没人管",
    )),
    "劳动纠纷": ("双方坐下来调解，签了协议", (
        "辞退一个试用期员工，对方要赔偿", "离职员工去仲裁要加班费", "员工说没签劳动合同要双倍工资",
        "公司拖欠我们三个月工资，找谁", "竞业协议的补偿金要不要付", "调岗降薪员工不同意，申请劳动仲裁了",
        "年终奖没发，离职的人来闹", "工资被扣了一半，说是绩效不达标",
    )),
    "园区秩序与邻里": ("约了两家见面，商量好了时间", (
        "楼上装修电钻从早响到晚", "隔壁公司半夜直播，吵得没法加班", "外卖电动车横在门口乱停",
        "楼道里总有人抽烟，说了不听", "前台快递老是丢，想装个监控", "邻居把货堆在公共走廊",
        "空调外机噪音太大，影响开会", "共享单车把大门口堵了",
    )),
    "党组织与工会": ("支部成立了，关系也转过来了", (
        "公司有五名党员了，想成立党支部", "党员组织关系从外省转过来怎么办", "工会经费按什么比例交",
        "想加入联合工会，要什么手续", "入党积极分子的培训什么时候有", "党费怎么交，能不能网上交",
        "团员关系转接在哪个系统", "职工想办互助保障，工会能办吗",
    )),
    "活动与联谊": ("排进了周三荟，来了不少人", (
        "想办一场技术沙龙，能借会议室吗", "单身同事多，有没有相亲联谊", "篮球队缺对手，园区有联赛吗",
        "周三荟还能报名摆摊吗", "想租一块菜地给同事们种", "公司十周年，想在广场办活动",
        "读书会缺场地，晚上能用众创空间吗", "羽毛球比赛怎么组队报名",
    )),
}  # fmt: skip
SMALL = 500  # enterprises: a smaller demo has a smaller past, and nothing to learn from


def live_through_the_past(builder: Builder) -> None:
    """Small needs of a year, one by one: opened under their item, worked by its desk, judged."""
    chance = random.Random(f"{builder.plan.code} routing")
    items = {
        item.name: item
        for item in ServiceItem.objects.filter(
            desk__community=builder.community, valid_to=None
        ).select_related("desk")
    }
    firms = list(
        Enterprise.objects.filter(pk__in=list(builder.enterprises.values())[:60])
        .exclude(building=None)
        .select_related("building")
    )
    few = len(builder.enterprises) < SMALL
    told = [
        (words, name, outcome)
        for name, (outcome, sentences) in PAST.items()
        for words in (sentences[:1] if few else sentences)
    ]
    chance.shuffle(told)
    step = 330 / max(len(told), 1)
    for number, (words, name, outcome) in enumerate(told):
        if name in items and firms:
            day = builder.today - dt.timedelta(days=round(380 - number * step))
            _live(builder, items[name], chance.choice(firms), words, outcome, day)


def _live(
    builder: Builder, item: ServiceItem, firm: Enterprise, words: str, outcome: str, day: dt.date
) -> None:
    officers = [member.user for member in officers_of(item.desk)]
    if not officers:
        return  # a small demo leaves a desk empty
    owner = officers[day.toordinal() % len(officers)]
    here = promises.clock_of(builder.community.pk)
    began = here.after(_at(day, 9), minutes=20)
    with clock.at(began):
        case = actions.open_case(
            actor=builder.house, enterprise=firm, words=words, item=item, channel=Case.Channel.WECHAT
        )
    officer = actor_for(owner, builder.community.pk)
    with clock.at(here.after(began, minutes=40)):
        case = actions.accept(actor=officer, case=case)
    with clock.at(here.after(began, hours=6)):
        case = actions.resolve(actor=officer, case=case, outcome=outcome)
    with clock.at(here.after(began, hours=10)):
        actions.give_verdict(
            actor=actions.link_actor(case), case=case, by_token=case.token, is_solved=True,
            satisfaction=4 + day.toordinal() % 2, words="",
        )  # fmt: skip


def _at(day: dt.date, hour: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def lay_rules(builder: Builder) -> None:
    """Rules to begin with."""
    desks, house = builder.desks, builder.house
    items = dict(
        ServiceItem.objects.filter(desk__community=builder.community, valid_to=None).values_list("name", "pk")
    )
    rules: list[dict[str, Any]] = [
        {"name": "拖欠工资", "words": "拖欠工资、欠薪、讨薪、工资没发", "desk_id": desks["governance"].pk,
         "give_item_id": items.get("劳动纠纷"), "partner_kind": "law"},
        {"name": "消防急事", "words": "消防、着火、冒烟、危废、疏散", "desk_id": desks["governance"].pk,
         "give_item_id": items.get("消防与安全隐患")},
        {"name": "尾款欠款", "words": "尾款、欠款、货款、工程款、要不回来", "desk_id": desks["economy"].pk,
         "give_item_id": items.get("欠款追讨与合同"), "partner_kind": "law"},
        {"name": "扫码报修", "words": "漏水、停电、停水、电梯、空调、充电桩、路灯", "channels": ["qr", "captain"],
         "desk_id": desks["public"].pk, "give_item_id": items.get("水电空调与停车")},
        {"name": "刚搬来的", "words": "执照、开户、税务、社保开户", "desk_id": desks["economy"].pk,
         "facts": [{"fact": "months_in", "op": "lt", "value": "3"}], "give_item_id": items.get("入驻手续")},
    ]  # fmt: skip
    for data in rules:
        save_rule(actor=house, data=data)


def look_back(builder: Builder) -> None:
    """Somebody away, somebody at half time, and what the past has taught."""
    desks, house = builder.desks, builder.house
    officers = list(members_of(builder.community.pk, Role.DESK_OFFICER, kind=Kind.DESK))
    if len(officers) > 3:
        away, half = officers[2], officers[-1]
        report_absence(
            actor=house,
            user=away.user,
            first_day=builder.today,
            last_day=builder.today + dt.timedelta(days=2),
            why="培训",
        )
        desk = next(desk for desk in desks.values() if desk.pk == half.scope_id)
        set_share(actor=house, desk=desk, user_id=half.user_id, share=50)
    here = builder.community.pk
    try:
        lesson = fit(samples_of(here), hints=hints_of(here))
        keep_lesson(actor=house, lesson=lesson)
    except TooFew:
        pass  # a small demo has too small a past
