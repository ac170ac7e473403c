# ruff: noqa: E501 — what one asks and what one is told reads best on one line
"""The demo's departments, and what they were asked about which case: answered, silent, sent back once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

from demo.then import then
from yuanzhi.accounts.queries import actor_for
from yuanzhi.cases import promises
from yuanzhi.cases.models import Case
from yuanzhi.kernel.workdays import WorkTime, add_work_time, work_time_between
from yuanzhi.partners import actions

if TYPE_CHECKING:
    from demo.build import Builder
    from yuanzhi.accounts.actor import Actor
    from yuanzhi.partners.models import Coordination, Department

# key: what it is responsible for, whom to call, in how many workdays it answers
DUTIES = {
    "jingxin": ("企业技改、数字化、专精特新、应用场景对接", "韩立", 3),
    "keji": ("高企与科小认定、研发项目、技术合同", "沈博文", 3),
    "weijian": ("职业健康、体检、医疗机构与医养器械试用", "许静怡", 5),
    "canlian": ("残疾人就业、残保金、辅具试用", "陶安", 3),
    "gongan": ("户籍、治安、交通通行证、无人设备报备", "冯毅", 2),
    "renshe": ("社保、劳动关系、招聘、人才补贴", "乔敏", 2),
    "jiaoyu": ("子女入学、转学与学位", "孟书瑶", 5),
    "shichang": ("登记注册、商标与知识产权、价格、食品许可", "梁宽", 3),
    "shuiwu": ("税费、发票、残保金征收、退税", "钟晓", 2),
    "xiaofang": ("消防通道、消防验收与培训", "雷震", 1),
}


class Asked(NamedTuple):
    """`fates`: (department, what came of it, its words). `days`: instead of the departments' own."""

    question: str
    fates: tuple[tuple[str, str, str], ...]
    days: int | None = None


ASKED: dict[str, Asked] = {
    "两名员工社保断缴，要开补缴证明": Asked("两名员工的社保断了两个月，企业已经补缴，请看看补缴证明怎么开最快。", (("renshe", "answered", "补缴已经到账，系统里可以直接打印参保证明；落户窗口认这一张，不用再跑一趟。"),)),
    "高企复审材料缺专项审计报告": Asked("复审月底截止，请确认今年认不认换了事务所的专项审计报告，缺什么可以先受理。", (("keji", "answered", "认。先在系统里交承诺书，报告十五天内补上就行。"), ("jingxin", "sent", "")), 1),
    "子女转学，对口学校学位怎么落实": Asked("三年级转入，租房合同和居住证齐全，请告知对口学校有没有学位、什么时候能办。", (("jiaoyu", "accepted", ""),)),
    "外骨骼想找能试用的地方": Asked("企业的外骨骼样机想找地方试穿：残联康复站、医院康复科，或者别的应用场景，请各位看看哪里合适。", (("canlian", "accepted", ""), ("weijian", "sent", ""), ("jingxin", "sent", ""))),
    "专利质押贷款想找银行对接": Asked("六件发明专利想质押，请看看今年的贴息和风险池名单怎么进。", (("jingxin", "accepted", ""),)),
    "应届生落户补贴材料预审": Asked("11 个应届生的落户补贴，请先预审一遍名单，错的退回来改。", (("renshe", "accepted", ""),)),
    "货车限行，早上进不来": Asked("4.2 米货车早高峰要进园区，请告知通行证怎么办。", (("gongan", "returned", "货车通行证由区交警大队在“警察叔叔”上办，派出所开不了。请企业带行驶证网上申请，两天出证。"),)),
    "楼道堆放纸箱堵住消防通道": Asked("五楼东头消防门被纸箱堵住，说过两回没人搬，请到现场看一次。", (("xiaofang", "accepted", ""),)),
    "人才公寓申请缺劳动合同": Asked("电子签的劳动合同，人才公寓的系统不认，请确认能不能用备案回执代替。", (("renshe", "sent", ""),), 1),
    "商标被人抢注，想提异议": Asked("商标被人公告了，异议期还有多久、材料交哪里，请回一句。", (("shichang", "sent", ""),), 1),
    "入驻手续十天能办完吗": Asked("从上海迁来，请说明迁入登记和税务迁入各要几天、能不能同时办。", (("shichang", "closed", "迁入登记三个工作日，网上提交就行。"), ("shuiwu", "closed", "执照一出当天就能迁入，不用等。"))),
    "招一个会焊接的实验员": Asked("企业想招会焊接的实验员，请问职业学校有没有对口的毕业生。", (("renshe", "closed", "技师学院焊接班有四个人愿意来看看，联系老师的电话已经给了企业。"),)),
    "机器狗想找巡逻场景": Asked("企业的机器狗想在园区夜巡，请看能不能跟派出所巡逻队搭着试用，需要怎么报备。", (("gongan", "closed", "可以试。每周三晚跟巡逻队一起走一圈，路线报备一次就行。"), ("jingxin", "closed", "已列入区应用场景清单，试用报告可以作首台套材料。"))),
    "残疾人就业保障金怎么减免": Asked("企业招了一名听障员工，系统里没认，请核一下备案。", (("canlian", "closed", "备案时证号少一位，已经改好，系统认了。"), ("shuiwu", "closed", "减免已生效，多缴的原路退回。"))),
    "医疗器械注册想问问流程": Asked("二类证体系考核要准备多久，请给企业讲一讲。", (("weijian", "returned", "二类医疗器械注册和体系考核归市场监管（药监），我们管的是使用环节。"), ("shichang", "closed", "体系考核一般准备三个月；可以先约一次预审，我们派人上门讲。"))),
    "总部想搬回来，看看有没有整层": Asked("企业总部想搬回来，请看看回迁有什么可以支持的。", (("jingxin", "closed", "符合总部回归的条件，装修补贴按面积给，材料清单已发。"),)),
}  # fmt: skip
INSTEAD = {"医疗器械注册想问问流程": "shichang"}
# By the question's own fate, how far along it gets.
PATHS = {
    "sent": (),
    "accepted": ("accept",),
    "answered": ("accept", "answer"),
    "closed": ("accept", "answer", "close"),
    "returned": ("return",),
}


def found_departments(builder: Builder) -> dict[str, Department]:
    """The plan's departments, each with what it is responsible for and a liaison."""
    found = {}
    for number, row in enumerate(builder.plan.cast.departments):
        duties, liaison, days = DUTIES[row.key]
        found[row.key] = actions.add_department(
            actor=builder.house,
            code=row.key,
            name=row.name,
            short=row.short,
            duties=duties,
            liaison=liaison,
            phone=f"0571-8600 {1000 + number * 7}",
            reply_days=days,
        )
    return found


def ask_departments(
    builder: Builder, case: Case, officer: Actor, since: dt.datetime, until: dt.datetime
) -> None:
    """What was asked about this case and what came of it, within these two instants."""
    asked = ASKED.get(case.title)
    fates = [fate for fate in asked.fates if fate[0] in builder.departments] if asked else []
    if not asked or not fates:
        return
    here = promises.clock_of(builder.community.pk)
    spent = work_time_between(since, until, here.calendar, here.hours)

    def moment(share: float) -> dt.datetime:
        return add_work_time(since, WorkTime(minutes=int(spent * share)), here.calendar, here.hours).at

    with then(since):
        rows = actions.send_coordinations(
            actor=officer,
            case=case,
            departments=[builder.departments[key] for key, _, _ in fates],
            question=asked.question,
            reply_days=asked.days,
        )
    for row, (key, fate, words) in zip(rows, fates, strict=True):
        who = builder.department_officer(key)
        for number, step in enumerate(PATHS[fate], 1):
            with then(moment(number / 5)):
                row = _step(builder, row, step, who, officer, words)


def _step(
    builder: Builder, row: Coordination, step: str, who: Actor, officer: Actor, words: str
) -> Coordination:
    if step == "accept":
        return actions.accept_coordination(actor=who, coordination=row)
    if step == "answer":
        return actions.answer_coordination(actor=who, coordination=row, answer=words)
    if step == "return":
        instead = builder.departments.get(INSTEAD.get(row.case.title, ""))
        return actions.return_coordination(actor=who, coordination=row, why=words, instead=instead)
    return actions.close_coordination(actor=officer, coordination=row)


def officer_of(builder: Builder, key: str) -> Actor:
    """Who answers for a department in the demo."""
    post = next(
        post for post in builder.plan.cast.posts if post.scope == "department" and post.scope_key == key
    )
    return actor_for(builder.users[post.person], builder.community.pk)
