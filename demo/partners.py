# ruff: noqa: E501 — what one asks and what one is told reads best on one line
"""The demo's partners, when their experts are on duty, whom they helped with which case, and what came of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from demo.then import then
from yuanzhi.accounts.queries import actor_for
from yuanzhi.cases import actions as cases
from yuanzhi.cases import promises
from yuanzhi.cases.models import Case
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.workdays import WorkTime, add_work_time, work_time_between
from yuanzhi.partners import actions
from yuanzhi.partners.models import Ask, Expert, Partner, PartnerKind, Referral
from yuanzhi.registry.models import Enterprise

if TYPE_CHECKING:
    from demo.build import Builder
    from yuanzhi.accounts.actor import Actor

# kind: what is free, what is paid
TERMS = {
    "law": ("首次咨询一小时免费，帮看一份合同免费", "代理案件按标的 5% 起，事先签协议"),
    "accounting": ("看账、答疑免费", "专项审计 3,000 元起"),
    "tax": ("政策解读、预审材料免费", "代办退税按件 800 元"),
    "finance": ("上门了解、方案测算免费", "贷款利息、担保费按合同"),
    "ip": ("检索一次、答疑免费", "专利、商标代理按件收"),
    "hr": ("招聘会摊位、用工答疑免费", "猎头按年薪 15%"),
    "policy": ("够不够格先评一次，免费", "代写申报材料另谈"),
}


class Helped(NamedTuple):
    """`fate`: asked, taken, visiting, done. `who`: asked by name, else in rotation. `no`: who declined first."""

    question: str
    fate: str
    who: str = ""
    words: str = ""  # the expert's, when taking it on; or the outcome, when done
    hours: str = ""
    recovered: int = 0
    stars: int = 0
    said: str = ""  # the enterprise's words on the expert
    other_side: str = ""
    no: str = ""


HELPED: dict[str, Helped] = {
    "尾款 38 万拖了五个月，想走支付令": Helped("项目验收单和聊天记录都有，请看看能不能走支付令，证据怎么固定。", "visiting", "顾明", "材料够，可以走支付令，先固定聊天记录", other_side="杭州旭拓建设有限公司"),
    "高企复审材料缺专项审计报告": Helped("复审月底截止，要一份近三年的专项审计报告，最快几天能出。", "asked"),
    "专利质押贷款想找银行对接": Helped("六件发明专利想贷 300 万，请先估一估能做多少、要什么材料。", "taken", "楼以宁", "下周一带评估师去看"),
    "退租押金 6 万扣着不退": Helped("退租三个月了，房东说墙面没复原不退押金，请看合同怎么写的。", "taken", "", "合同里没有复原条款，先发律师函", no="顾明", other_side="杭州恒屿商业管理有限公司"),
    "员工说公司拖欠两个月工资": Helped("工资拖了两个月，员工不愿露面，请告诉他证据怎么留、去哪里申请。", "asked", "闵知遥"),
    "融资路演缺个能讲清楚的人": Helped("下个月见投资人，商业计划书请帮听一遍，指出最要紧的三处。", "asked", "潘景辰"),
    "研发费用加计扣除口径拿不准": Helped("委外研发那部分按多少算，请税务师看一眼合同和账。", "asked"),
    "商标被人抢注，想提异议": Helped("商标被公告了，请查异议期还有几天、赢面多大。", "taken", "池砚秋", "异议期还有 40 天，来得及"),
    "隔壁想收购我们，条款看不懂": Helped("对赌那几条请讲讲意思，还没决定卖不卖，请保密。", "asked", "祁连舟"),
    "想知道知识产权证券化怎么参加": Helped("企业有三十多件专利，请讲讲证券化的门槛和流程。", "done", "虞听雨", "门槛是专利有稳定的许可收入，企业目前差一年；给了一份补齐的清单，明年三月可以报。", "2", 0, 5, "讲得明白，知道差在哪儿了"),
    "40 多笔工程尾款要不回来": Helped("四十三笔小额尾款，都是熟人不好意思打官司。请教企业怎么固定微信聊天记录，分批催。", "done", "顾明", "教会两名会计逐笔固定聊天记录、补签对账单；先发催款函，再挑九笔走支付令。四十三笔已收回二十二笔。", "11.5", 826000, 5, "顾律师手把手教，比打官司强"),
    "高新技术企业第一次申报": Helped("第一次报高企，请对一遍研发台账和专项审计。", "done", "贺清", "台账对了三遍，专项审计报告已出，申报一次通过。", "9", 0, 5, "贺会计有耐心"),
    "劳动仲裁要不要请律师": Helped("离职员工要双倍工资，合同签晚了，请看要不要应诉、怎么谈。", "done", "", "建议调解：按一个半月工资补偿，双方签了调解书，仲裁撤了。", "3.5", 42000, 4, "省心，没上庭"),
    "跨境电商退税卡了一个季度": Helped("二季度退税一直审核中，请看单证哪里不对。", "done", "褚南枝", "报关单和发票品名对不上，换开两张发票后十天到账。", "4", 315000, 5, "钱到账了"),
    "开户银行要求上门核实，约不到人": Helped("基本户开不了，请安排上门核实。", "done", "丁子航", "当天下午上门，第二天账户就开好了。", "1", 0, 5, "下午就来了"),
    "专利年费忘交了还能恢复吗": Helped("两件发明过了滞纳期，请查还能不能恢复权利。", "done", "文初夏", "还在恢复期内，补缴年费和恢复费，两件都恢复了。", "2.5", 0, 5, "吓出一身汗"),
    "发票额度不够用": Helped("提额申请被退，请帮看材料。", "done", "", "补了购销合同，当天提到每月一百万。", "1", 0, 5, "当天就批了"),
}  # fmt: skip
# firm by its brand → what binds it: kind, expert (empty: all of the firm), to whom (short name of a firm of the demo, or a name)
TIES = (
    ("衡砚", "acts_for", "", "矩石传感", "机构年度申报"),
    ("渡川", "acts_for", "江以南", "杭州旭拓建设有限公司", "机构年度申报"),
    ("听澜", "shareholder", "柯思齐", "星野光电", "本人申报"),
    ("正衡", "employer", "芮行简", "程岳机器人", "本人申报：配偶任职"),
)


def found_partners(builder: Builder) -> dict[str, Partner]:
    """The plan's firms, accredited for a year and a half; one waits for it, one is suspended."""
    if not builder.plan.cast.partners:
        return {}
    house = builder.house
    kinds = {kind.code: kind for kind in actions.open_kinds(actor=house, community=builder.community)}
    found, total = {}, len(builder.plan.cast.partners)
    for number, row in enumerate(builder.plan.cast.partners):
        free, paid = TERMS[row.kind]
        with then(_morning(builder, -400 + number)):
            partner = actions.add_partner(
                actor=house,
                facts={
                    "name": row.name,
                    "kind": kinds[row.kind],
                    "uscc": row.uscc,
                    "licence_no": f"演许{number + 1:04d}",
                    "licence_until": builder.today
                    + dt.timedelta(days=26 if number == 4 else 700 + 30 * number),
                    "intro": "；".join(expert.specialities for expert in row.experts),
                    "free_terms": free,
                    "paid_terms": paid,
                },
                phone=f"0571-8650 {2000 + number * 13}",
            )
            if number != total - 1:  # the last one waits for the lead's decision
                until = builder.today + dt.timedelta(days=360)
                partner = actions.decide(
                    actor=house,
                    partner=partner,
                    move="accredit",
                    why="材料齐全，试用三个月反映好",
                    until=until,
                )
        found[row.key] = partner
    return found


def settle_experts(builder: Builder) -> None:
    """Experts with their accounts, what binds them, and who is on duty in the coming two weeks."""
    names = {who.key: who for who in builder.plan.cast.persons}
    for row in builder.plan.cast.partners:
        partner = builder.partners[row.key]
        for number, one in enumerate(row.experts):
            with then(_morning(builder, -380)):
                expert = actions.add_expert(
                    actor=builder.house,
                    partner=partner,
                    facts={
                        "name": names[one.person].name,
                        "title": one.title,
                        "licence_no": one.licence,
                        "licence_until": one.valid_until,
                        "specialities": one.specialities,
                        "languages": list(one.languages),
                        "most_open": 6 + number,
                    },
                    phone=names[one.person].phone,
                    user=builder.users[one.person],
                )
            builder.experts[expert.name] = expert
            if partner.state == Partner.State.ACCREDITED:
                _roster(builder, expert, one.duty)
    _tie(builder)


def _morning(builder: Builder, days: int) -> dt.datetime:
    day = builder.today + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9)))


def _roster(builder: Builder, expert: Expert, halves: tuple[tuple[int, str], ...]) -> None:
    for weekday, half in halves:
        day = builder.today + dt.timedelta(days=(weekday - builder.today.weekday()) % 7)
        try:
            with then(_morning(builder, 0)):
                actions.add_duty(
                    actor=builder.house, expert=expert, date=day, half=half, place="社区一楼窗口", weeks=2
                )
        except Refused:
            continue  # both weeks are holidays


def _tie(builder: Builder) -> None:
    by_short = {
        firm.short_name: builder.enterprises[firm.key] for firm in builder.plan.enterprises if firm.short_name
    }
    for brand, kind, who, whom, source in TIES:
        partner = next((p for p in builder.partners.values() if brand in p.name), None)
        if partner is None:
            continue
        enterprise = Enterprise.objects.filter(pk=by_short.get(whom, 0)).first()
        with then(_morning(builder, -90)):
            actions.add_tie(
                actor=builder.house,
                partner=partner,
                kind=kind,
                name=enterprise.name if enterprise else whom,
                enterprise=enterprise,
                expert=builder.experts.get(who),
                since=builder.today - dt.timedelta(days=400),
                source=source,
            )


# -- referrals of the stories --------------------------------------------------------------------------


def ask_partners(
    builder: Builder, case: Case, helper: str, officer: Actor, since: dt.datetime, until: dt.datetime
) -> None:
    """What was asked of whom about this case, and what came of it, between these two instants."""
    helped = HELPED.get(case.title)
    kind = PartnerKind.objects.filter(community=builder.community, code=helper).first()
    if helped is None or kind is None or not builder.experts:
        return
    Help(builder, case, kind, helped, officer, since, until).live()


class Help:
    """One referral from its beginning to where the story wants it."""

    def __init__(
        self, builder: Builder, case: Case, kind: PartnerKind, helped: Helped, officer: Actor,
        since: dt.datetime, until: dt.datetime,
    ) -> None:  # fmt: skip
        self.builder, self.case, self.kind, self.helped, self.officer = builder, case, kind, helped, officer
        self.since, self.until = since, until
        self.here = promises.clock_of(builder.community.pk)
        self.spent = max(work_time_between(since, until, self.here.calendar, self.here.hours), 0)

    def at(self, minutes: float) -> dt.datetime:
        """So many work minutes after the beginning, within the story's time."""
        capped = WorkTime(minutes=int(min(max(minutes, 0), self.spent)))
        return add_work_time(self.since, capped, self.here.calendar, self.here.hours).at

    def before_the_end(self, minutes: float) -> float:
        """So many work minutes before the end, as minutes after the beginning."""
        return max(self.spent - minutes, 0)

    def live(self) -> None:
        helped = self.helped
        # Asks that still wait were sent a moment ago; those that were answered long enough before.
        begin = self.before_the_end({"asked": 50, "taken": 200, "visiting": 900}.get(helped.fate, self.spent))
        ask = self._open(begin)
        if ask is None or helped.fate == "asked":
            return
        with then(self.at(begin + 35)):
            referral = actions.accept(
                actor=self._as(ask.expert), ask=ask, words=helped.words if helped.fate != "done" else ""
            )
        if helped.fate == "visiting":
            self._visit(referral, begin)
        if helped.fate == "done":
            self._finish(referral)

    def _open(self, begin: float) -> Ask | None:
        helped, firm = self.helped, self.builder.experts.get(self.helped.no or self.helped.who)
        partner = firm.partner if firm else next(iter(self.builder.partners.values()))
        free, paid = TERMS[self.kind.code]
        named = [self.builder.experts[helped.who]] if helped.who in self.builder.experts else []
        first = [self.builder.experts[helped.no]] if helped.no in self.builder.experts else []
        others = [
            expert for expert in self.builder.experts.values()
            if first and expert.partner.kind_id == self.kind.pk and expert.name in ("江以南", "闵知遥")
        ]  # fmt: skip
        people = [*first, *others] if first else named
        way = "parallel" if first else "named" if named else "rotation"
        try:
            with then(self.at(begin)):
                referral = actions.refer(
                    actor=self.officer,
                    case=self.case,
                    kind=self.kind,
                    question=helped.question,
                    way=way,
                    experts=people,
                    other_side=helped.other_side,
                    free_terms=free or partner.free_terms,
                    paid_terms=paid,
                    told=True,
                )
        except Refused:
            return None
        if first:
            with then(self.at(begin + 20)):
                actions.decline(
                    actor=self._as(first[0]),
                    ask=referral.asks.get(expert=first[0]),
                    words="这两周连着开庭，怕耽误您",
                )
        return (
            referral.asks.select_related("expert__partner", "referral").filter(state=Ask.State.ASKED).first()
        )

    def _as(self, expert: Expert) -> Actor:
        user = next((u for u in self.builder.users.values() if u.pk == expert.user_id), None)
        return actor_for(user, self.builder.community.pk) if user else self.builder.house

    def _visit(self, referral: Referral, begin: float) -> None:
        taker = self._as(Expert.objects.get(pk=referral.taker_id or 0))
        with then(self.at(begin + 150)):
            actions.mark_contacted(actor=taker, referral=referral, words="电话里先说了怎么固定聊天记录")
        day = add_work_time(timezone.now(), WorkTime(days=1), self.here.calendar, self.here.hours).at
        when = timezone.localtime(day).replace(hour=10, minute=0, second=0, microsecond=0)
        with then(self.at(begin + 160)):
            visit = actions.propose_visit(
                actor=taker, referral=Referral.objects.get(pk=referral.pk), at=when, place="企业会议室"
            )
        with then(self.at(begin + 200)):
            actions.move_visit(actor=self.officer, visit=visit, move="agree")

    def _finish(self, referral: Referral) -> None:
        helped, taker = self.helped, self._as(Expert.objects.get(pk=referral.taker_id or 0))
        with then(self.at(self.spent * 0.35)):
            referral = actions.mark_contacted(actor=taker, referral=referral)
        with then(self.at(self.spent * 0.9)):
            referral = actions.finish(
                actor=taker,
                referral=referral,
                outcome=helped.words,
                hours=Decimal(helped.hours) if helped.hours else None,
                recovered=Decimal(helped.recovered) if helped.recovered else None,
            )
        if helped.stars:
            with then(self.at(self.spent * 0.97)):
                actions.rate(
                    actor=cases.link_actor(self.case),
                    referral=referral,
                    satisfaction=helped.stars,
                    words=helped.said,
                    by_token=self.case.token,
                )
