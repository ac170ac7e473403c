"""Shared by the tests of referrals: a case, some experts, and a referral at a given hour."""

import datetime as dt

from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.partners import actions
from yuanzhi.partners.models import Ask, Expert

TUESDAY = "2026-11-24 10:00"


def at(text):
    return timezone.make_aware(dt.datetime.fromisoformat(text))


def open_case(world, **more):
    officer = world.actor(Role.DESK_OFFICER)
    case = cases.open_case(
        actor=officer, enterprise=world.enterprises[0], words="尾款 38 万拖了五个月，想走支付令", **more
    )
    return cases.accept(actor=officer, case=case)


def refer(world, case, **more):
    told = {
        "kind": world.kinds["law"],
        "question": "看看能不能走支付令，聊天记录怎么固定",
        "free_terms": "首次咨询一小时免费",
        "paid_terms": "代理费另谈",
        "told": True,
        **more,
    }
    return actions.refer(actor=told.pop("actor", world.actor(Role.DESK_OFFICER)), case=case, **told)


def expert(world, name, firm=0, **facts):
    return actions.add_expert(
        actor=world.house, partner=world.partners[firm], facts={"name": name, "licence_no": name, **facts}
    )


def asks(referral):
    """[(name, state)] in the order of asking."""
    rows = Ask.objects.filter(referral=referral).select_related("expert").order_by("order")
    return [(ask.expert.name, ask.state) for ask in rows]


def ask_of(referral, name):
    return Ask.objects.select_related("referral", "expert__partner").get(referral=referral, expert__name=name)


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def named(name):
    return Expert.objects.select_related("partner").get(name=name)
