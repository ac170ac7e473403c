"""Ten thousand clocks that run out at once: looked at, reminders planned, a few cases poisoned; then told.

`python -m bench clocks`.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import Any

CLOCKS, COMMUNITIES, POISONED = int(os.environ.get("BENCH_CLOCKS", "10000")), 10, 3


def run() -> list[dict[str, Any]]:
    """Rows for the bench table."""
    import logging

    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    logging.getLogger("yuanzhi.cases").setLevel(logging.CRITICAL)
    from yuanzhi.cases.jobs_escalation import escalate_all, send_all
    from yuanzhi.cases.models import Case, Reminder, Stumble
    from yuanzhi.kernel.models import Notice

    now = dt.datetime(2026, 11, 24, 2, 0, tzinfo=dt.UTC)  # a Tuesday, ten in the morning
    _fill(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    started = time.perf_counter()
    escalate_all(now)
    looked = time.perf_counter() - started
    planned = Reminder.objects.count()
    left = Case.objects.filter(look_at__lte=now).count()
    stuck = Stumble.objects.count()
    started = time.perf_counter()
    send_all(now + dt.timedelta(hours=4, minutes=15))
    told = time.perf_counter() - started
    where = connection.vendor
    about = f"{where}，{COMMUNITIES} 个社区，其中 {POISONED} 件数据是坏的"
    unsent = Reminder.objects.filter(state="planned").count()
    return [
        _row("盯时限：一万件同时到时限", looked, "秒", 10.0, f"{about}；安排 {planned:,} 次提醒"),
        _row("盯时限：没看到的", left, "件", 0, where),
        _row("盯时限：坏的几件单列出来", stuck, "件", None, f"{where}，放进去 {POISONED} 件"),
        _row("提醒：汇总发出", told, "秒", None, f"{where}，{planned:,} 次提醒合成 {Notice.objects.count()} 条消息"),
        _row("提醒：没发出去的", unsent, "次", 0, where),
    ]  # fmt: skip


def _fill(now: dt.datetime) -> None:
    """Cases in every state that escalates, of ten communities with a lead and an officer each."""
    from yuanzhi.accounts import actions as accounts
    from yuanzhi.accounts.actor import system
    from yuanzhi.accounts.roles import Role
    from yuanzhi.cases.models import Case
    from yuanzhi.cases.setup import open_desks
    from yuanzhi.registry import actions as registry

    made = 0
    for number in range(COMMUNITIES):
        community = registry.found_community(actor=system(), name=f"第{number}社区", code=f"bench{number}")
        house = system(community.pk)
        desk = open_desks(actor=house, community=community)[0]
        people = []
        for role in (Role.LEAD, Role.DESK_OFFICER):
            user = accounts.open_account(
                actor=house, username=f"{role.value}{number}", name="某人", must_change_password=False
            )
            scope = desk.pk if role is Role.DESK_OFFICER else None
            accounts.grant_role(actor=house, user=user, role=role, scope_id=scope)
            people.append(user)
        rows = []
        for n in range(CLOCKS // COMMUNITIES):
            state = ("received", "accepted", "in_progress", "waiting", "reopened")[n % 5]
            due = now - dt.timedelta(minutes=n) + dt.timedelta(hours=6 * (n % 2))
            made += 1
            rows.append(
                Case(
                    community=community, number=f"SQ2611-{n:05d}", desk=desk, title=f"第 {n} 件事",
                    state=state, owner_id=None if state == "received" else people[1].pk,
                    opened_at=due - dt.timedelta(days=3), promise_from=due - dt.timedelta(days=3),
                    response_due=due, resolution_due=due, due_at=due, response_hours=4, resolution_days=5,
                    paused_at=due - dt.timedelta(days=20) if state == "waiting" else None,
                    look_at=now - dt.timedelta(seconds=n),
                )
            )  # fmt: skip
        if number == 0:
            for row in rows[:POISONED]:
                row.state = "lost"  # of no state the program knows
        Case.objects.bulk_create(rows, batch_size=500)


def _row(name: str, figure: float, unit: str, bound: float | None, note: str) -> dict[str, Any]:
    return {"name": name, "figure": round(figure, 2), "unit": unit, "bound": bound, "note": note}
