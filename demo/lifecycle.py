# ruff: noqa: E501 — what somebody said reads best on one line
"""What happened to some of the demo's needs on their way: urged, extended, split, returned, called back …"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from demo.then import then
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import actor_for, members_of
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, promises
from yuanzhi.cases.models import Case, Extension
from yuanzhi.cases.states import OPEN
from yuanzhi.kernel.refusals import Refused

if TYPE_CHECKING:
    from demo.build import Builder


class Turn(NamedTuple):
    """One thing that happened to the need of this title, so many work hours after it came in."""

    title: str
    hours: int
    what: str
    words: str = ""
    amount: int = 0
    parts: tuple[str, ...] = ()


TURNS = (
    Turn("外卖集中取餐点位协商会定时间", 6, "split", parts=("取餐柜放哪儿，约园区运营和物业看现场", "柜子的钱谁出，运营、物业、企业各算一笔")),
    Turn("尾款 38 万拖了五个月，想走支付令", 4, "link", words="退租押金 6 万扣着不退"),
    Turn("楼道堆放纸箱堵住消防通道", 3, "urge", words="消防的事不过夜：今天下班前清掉，拍张照给企业"),
    Turn("夜间空调停供，研发加班受影响", 20, "urge", words="周五前和物业定下延时的楼层，给企业一个准信"),
    Turn("子女转学，对口学校学位怎么落实", 8, "extend", words="教育局月底统一排学位，要等那时的结果", amount=5),
    Turn("子女转学，对口学校学位怎么落实", 9, "grant"),
    Turn("专利质押贷款想找银行对接", 12, "extend", words="评估机构下周二上门，报告要三天", amount=4),
    Turn("想租 300 平方带卸货口的小厂房", 5, "extend", words="隔壁园区月底腾出两间，等看完再说", amount=6),
    Turn("体检想统一约到家门口", 3, "return", words="要卫健那边定日子，公共事务窗口更熟"),
    Turn("停车费涨价没商量过", 0, "call_back", words="说通知太突然，想要物业坐下来讲讲账；约了周四下午"),
)  # fmt: skip
# (the need that was told again, the one it went on in): the same firm, the same staircase
AGAIN = ("五楼消防通道又堆满了", "楼道堆放纸箱堵住消防通道")


def live_on(builder: Builder) -> None:
    """Let the turns happen, each by whose it is, at the time when it was; what can't be is left out."""
    lead = _lead(builder)
    here = promises.clock_of(builder.community.pk)
    cases = {case.title: case for case in _open(builder)}
    for turn in TURNS:
        case = cases.get(turn.title)
        if case is None or lead is None:
            continue
        case = Case.objects.select_related("desk", "item", "enterprise").get(pk=case.pk)
        begun = case.opened_at if turn.hours else (_reopened(case) or case.opened_at)
        moment = here.after(max(begun, case.promise_from), hours=turn.hours or 2)
        if turn.what == "urge":  # nobody has answered yet
            moment = timezone.now() - dt.timedelta(hours=turn.hours)
        with then(max(moment, case.opened_at + dt.timedelta(minutes=5))):
            try:
                _DO[turn.what](turn, case, _worker(builder, case), lead, cases)
            except Refused as no:
                builder.say(f"{turn.title}：{no}")


def merge_again(case: Case, actor: Actor) -> Case | None:
    """The need told again goes on in the first one; None where that is not open (a smaller demo)."""
    if case.enterprise_id is None or case.title != AGAIN[0]:
        return None
    into = Case.objects.filter(
        community_id=case.community_id,
        enterprise_id=case.enterprise_id,
        title=AGAIN[1],
        state__in=sorted(OPEN),
    ).first()
    if into is None:
        return None
    actions.merge(actor=actor, case=case, into=into)
    return Case.objects.get(pk=case.pk)


def _open(builder: Builder) -> list[Case]:
    rows = Case.objects.filter(community=builder.community, state__in=sorted(OPEN))
    return list(rows.filter(title__in={turn.title for turn in TURNS} | {turn.words for turn in TURNS}))


def _lead(builder: Builder) -> Actor | None:
    member = members_of(builder.community.pk, Role.LEAD).first()
    return actor_for(member.user, builder.community.pk) if member else None


def _worker(builder: Builder, case: Case) -> Actor:
    """The owner, or somebody at the desk."""
    people = {user.pk: user for user in builder.users.values()}
    if case.owner_id in people:
        return actor_for(people[case.owner_id], builder.community.pk)
    officers = members_of(builder.community.pk, Role.DESK_OFFICER)
    member = officers.filter(scope_id=case.desk_id).first() or officers.first()
    return actor_for(member.user, builder.community.pk) if member else builder.house


def _reopened(case: Case) -> dt.datetime | None:
    verdict = case.verdicts.order_by("-pk").first()
    return min(verdict.created_at, timezone.now()) if verdict else None


def _link(turn: Turn, case: Case, actor: Actor, lead: Actor, cases: dict[str, Case]) -> None:
    if (other := cases.get(turn.words)) is not None:
        actions.link(actor=actor, case=case, other=other)


def _grant(turn: Turn, case: Case, actor: Actor, lead: Actor, cases: dict[str, Case]) -> None:
    asked = Extension.objects.filter(case=case, state=Extension.State.ASKED).first()
    if asked is not None:
        actions.decide_extension(actor=lead, extension=asked, grant=True, words="可以，月底前给家长回话")


_DO: dict[str, Callable[[Turn, Case, Actor, Actor, dict[str, Case]], object]] = {
    "split": lambda turn, case, actor, lead, cases: actions.split(
        actor=actor, case=case, parts=[actions.Part(title) for title in turn.parts]
    ),
    "link": _link,
    "urge": lambda turn, case, actor, lead, cases: actions.urge(actor=lead, case=case, words=turn.words),
    "extend": lambda turn, case, actor, lead, cases: actions.ask_extension(
        actor=actor, case=case, days=turn.amount, reason=turn.words
    ),
    "grant": _grant,
    "return": lambda turn, case, actor, lead, cases: actions.return_case(
        actor=actor, case=case, reason=turn.words
    ),
    "call_back": lambda turn, case, actor, lead, cases: actions.called_back(
        actor=actor, case=case, words=turn.words
    ),
}
