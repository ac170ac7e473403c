"""What the matrix needs of partners: a referral of the near case taken on by the partner's own expert, one of
the far case by another firm's; a half-day of each, a tie, a joint visit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from tests.world import World
from yuanzhi.accounts.models import User
from yuanzhi.accounts.roles import Role
from yuanzhi.cases.models import Case
from yuanzhi.kernel.queries import current_calendar
from yuanzhi.partners import actions
from yuanzhi.partners.models import Ask, Duty, JointVisit, Referral, Tie

Kwargs = dict[str, Any]


def furnish(world: World) -> None:
    """The first firm's expert helps with the near case, the second one's with the far one."""
    house, day = world.house, timezone.localdate() + dt.timedelta(days=1)
    while not current_calendar().is_workday(day):
        day += dt.timedelta(days=1)
    for number, enterprise in enumerate((world.enterprises[0], world.enterprises[2])):
        case = Case.objects.filter(enterprise=enterprise).order_by("pk")[0]
        referral = actions.refer(
            actor=house,
            case=case,
            kind=world.kinds["law"],
            question="看看合同",
            way="named",
            experts=[world.experts[number]],
            free_terms="首次咨询免费",
            told=True,
        )
        actions.accept(actor=house, ask=referral.asks.get())
        actions.propose_visit(
            actor=house,
            referral=Referral.objects.get(pk=referral.pk),
            at=timezone.now() + dt.timedelta(days=3),
        )
        actions.add_duty(actor=house, expert=world.experts[number], date=day, half="am")
        actions.add_tie(
            actor=house,
            partner=world.partners[number],
            kind="acts_for",
            name="上海别处有限公司",
            source="申报表",
        )


def _case(world: World, number: int) -> Case:
    return Case.objects.filter(enterprise=world.enterprises[2 * number]).order_by("pk")[0]


def _referral(world: World, number: int) -> Referral:
    return Referral.objects.get(case=_case(world, number), kind=world.kinds["law"])


def _ask(world: World, number: int) -> Kwargs:
    return {"pk": Ask.objects.get(referral=_referral(world, number)).pk}


def _duty(world: World, number: int) -> Kwargs:
    return {"pk": Duty.objects.get(expert=world.experts[number]).pk}


def _visit(world: World, number: int) -> Kwargs:
    return {"pk": JointVisit.objects.get(referral=_referral(world, number)).pk}


def samples(sample: Callable[..., Any], case: Any) -> dict[str, Any]:
    """The lines of SAMPLES; `case` is the sample of a case that grid staff and contacts reach."""

    def both(of: Callable[[World, int], Kwargs], **more: Any) -> Any:
        hidden = more.pop("hidden_from", frozenset())
        return sample(
            lambda world, user: {**of(world, 0), **more},
            lambda world: {**of(world, 1), **more},
            hidden_from=hidden,
        )

    def partner(world: World, user: User) -> Kwargs:
        return {"pk": world.partners[0].pk}

    def referral(world: World, number: int) -> Kwargs:
        return {"pk": _referral(world, number).pk}

    employee = frozenset({Role.EMPLOYEE})
    return {
        **{
            f"partners:{name}": sample(partner)
            for name in ("partner", "edit_partner", "add_expert", "add_tie")
        },
        "partners:decide_partner": sample(lambda world, user: {**partner(world, user), "move": "suspend"}),
        "partners:edit_expert": sample(lambda world, user: {"pk": world.experts[0].pk}),
        "partners:end_tie": sample(lambda world, user: {"pk": Tie.objects.get(partner=world.partners[0]).pk}),
        "partners:cancel_duty": sample(lambda world, user: _duty(world, 0)),
        **{f"partners:{name}": case for name in ("referrals_of_case", "refer")},
        **{f"partners:{name}": both(referral) for name in ("call_off", "propose_visit")},
        "partners:move_visit": both(_visit, move="agree"),
        "partners:ask_link": both(_ask),
        "partners:cancel_own_duty": both(_duty),
        **{f"partners:{name}": both(_ask) for name in ("ask", "ask_phone")},
        "partners:ask_act": both(_ask, act="contacted"),
        "partners:help_of_case": sample(case.row, case.outside, hidden_from=employee),
        "partners:rate": both(referral, hidden_from=employee),
        "partners:rate_by_link": sample(
            lambda world, user: {"token": _case(world, 0).token, **referral(world, 0)}, shared=True
        ),
    }
