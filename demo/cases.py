"""The demo's needs, opened, worked and judged by the people whose job it is, at the time when it was."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils import timezone

from demo import claims
from demo.departments import ask_departments
from demo.lifecycle import merge_again
from demo.partners import ask_partners
from demo.plan import DemoCase
from demo.then import then
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.queries import actor_for
from yuanzhi.cases import actions, promises
from yuanzhi.cases.models import Case
from yuanzhi.kernel.workdays import WorkTime, add_work_time, work_time_between
from yuanzhi.registry.models import Enterprise

if TYPE_CHECKING:
    from demo.build import Builder

# What the plan's states need, step by step.
PATHS: dict[str, tuple[str, ...]] = {
    "received": (),
    "accepted": ("accept",),
    "in_progress": ("accept", "start"),
    "waiting": ("accept", "wait"),
    "resolved": ("accept", "start", "resolve"),
    "confirmed": ("accept", "start", "resolve", "judge"),
    "reopened": ("accept", "start", "resolve", "judge"),
    "declined": ("decline",),
    "withdrawn": ("accept", "withdraw"),
    "merged": ("merge",),
}

_ELSEWHERE = "这件事社区办不了：请到区行政服务中心综合窗口，带上营业执照，我们可以陪着去"


def open_cases(builder: Builder) -> None:
    """Open the plan's cases, the oldest first, so that their numbers run with time."""
    plan = builder.plan
    rows = Enterprise.objects.select_related("building").in_bulk(
        [builder.enterprises[item.enterprise] for item in plan.cases]
    )
    for item in sorted(plan.cases, key=lambda item: item.opened):
        Life(builder, item, rows[builder.enterprises[item.enterprise]]).live()


class Life:
    """One case from its beginning to where the plan wants it."""

    def __init__(self, builder: Builder, item: DemoCase, enterprise: Enterprise) -> None:
        self.builder, self.item, self.enterprise = builder, item, enterprise
        self.opened = min(timezone.make_aware(item.opened), timezone.now() - dt.timedelta(hours=1))
        self.officer: Actor = actor_for(builder.users[item.owner], builder.community.pk)

    def live(self) -> None:
        item, story = self.item, self.item.story
        with then(self.opened):
            self.case = actions.open_case(
                actor=self.builder.house,
                enterprise=self.enterprise,
                title=story.title,
                words=story.words,
                desk=self.builder.desks[story.desk],
                channel=story.channel,
                speaker=item.spoke,
                is_confidential=story.confidential,
                owner=None if story.state == "received" else self.builder.users[item.owner],
            )
        path = PATHS[story.state]
        here = promises.clock_of(self.builder.community.pk)
        spent = work_time_between(self.opened, self._until(), here.calendar, here.hours)
        spent = min(spent, 6 * here.hours.minutes)  # people don't take longer than a good week

        # Most are answered well within the promise; one in fourteen waits as long as its share of the whole.
        answered = self.case.response_hours * 60 * (2 + self.case.pk % 5) // 8
        slow = self.case.pk % 14 == 0

        def moment(number: int) -> dt.datetime:
            minutes = spent * number // (len(path) + 1)
            if number == 1 and not slow:
                minutes = min(minutes, answered)
            share = WorkTime(minutes=minutes)
            return add_work_time(self.opened, share, here.calendar, here.hours).at

        for number, step in enumerate(path, 1):
            with then(moment(number)):
                self.case = getattr(self, step)() or Case.objects.get(pk=self.case.pk)
            if step == "accept":
                ends = "resolve" in path  # until then everybody has answered
                until = moment(path.index("resolve") + 1) if ends else self._until()
                ask_departments(self.builder, self.case, self.officer, moment(number), until)
                ask_partners(self.builder, self.case, story.helper, self.officer, moment(number), until)

    def _until(self) -> dt.datetime:
        return max(timezone.now(), self.opened + dt.timedelta(minutes=10))

    def accept(self) -> Case:
        return actions.accept(actor=self.officer, case=self.case)

    def start(self) -> Case:
        case = actions.start(actor=self.officer, case=self.case)
        if case.title in (claims.TITLE, claims.ONE):
            claims.list_claims(case, self.officer)
        return case

    def wait(self) -> Case:
        return actions.wait_for_enterprise(
            actor=self.officer, case=self.case, question="还差一份盖章的材料，补齐就能接着办"
        )

    def resolve(self) -> Case:
        if self.case.title == claims.TITLE:
            claims.bring_back(self.case, self.officer)
        helper = f"（{HELPERS[self.item.story.helper]}一起办的）" if self.item.story.helper in HELPERS else ""
        return actions.resolve(
            actor=self.officer, case=self.case, outcome=f"已经办好，和企业当面说清了{helper}"
        )

    def merge(self) -> Case:
        return merge_again(self.case, self.officer) or self.decline()

    def decline(self) -> Case:
        merged = self.item.story.state == "merged"  # and the first one is not open here: a smaller demo
        reason = "这件事和另一件是同一件，那边已经在办了" if merged else _ELSEWHERE
        return actions.decline(actor=self.officer, case=self.case, reason=reason)

    def withdraw(self) -> Case:
        return actions.withdraw(
            actor=actions.link_actor(self.case),
            case=self.case,
            reason="又好了，先不用来",
            by_token=self.case.token,
        )

    def judge(self) -> None:
        verdict = self.item.story.verdict
        actions.give_verdict(
            actor=actions.link_actor(self.case),
            case=self.case,
            by_token=self.case.token,
            is_solved=verdict.solved if verdict else True,
            satisfaction=verdict.stars if verdict else 4,
            words=verdict.words if verdict else "",
        )


HELPERS = {
    "law": "律师",
    "accounting": "会计师",
    "tax": "税务师",
    "finance": "银行",
    "ip": "专利代理师",
    "council": "园治会",
    "jingxin": "经信部门",
    "keji": "科技部门",
    "weijian": "卫健部门",
    "canlian": "残联",
    "gongan": "公安",
    "renshe": "人社部门",
    "jiaoyu": "教育部门",
}
