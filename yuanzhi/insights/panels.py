"""The right column of the workbench: what enterprises said, what the register lacks, what days are ahead."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.workdays import Calendar, Kind
from yuanzhi.registry.access import EDIT_ENTERPRISE
from yuanzhi.registry.lists import bounded
from yuanzhi.registry.queries.quality import open_conflicts, to_place

AHEAD = 21  # days


def register_todo(actor: Actor) -> list[dict[str, Any]]:
    """What a person has to decide in the register: two bounded counts, none when all is well."""
    if not actor.may(EDIT_ENTERPRISE):
        return []
    lines = [
        ("待落图", reverse("registry:to_place"), to_place(actor), True),
        ("说法不一", reverse("registry:conflicts"), open_conflicts(actor), False),
    ]
    found = []
    for label, url, rows, rare in lines:
        count, over = bounded(rows, rare=rare)
        if count:
            found.append({"label": label, "url": url, "shown": f"{count:,}{'+' if over else ''} 家"})
    return found


def days_ahead(calendar: Calendar, today: dt.date) -> list[dict[str, Any]]:
    """The next days that differ from an ordinary week, at most four: promises run around them."""
    lines = []
    for offset in range(AHEAD):
        day = today + dt.timedelta(days=offset)
        kind = calendar.kind(day)
        if kind is Kind.HOLIDAY and day.weekday() < 5:
            lines.append({"day": day, "name": calendar.name(day), "label": "放假", "tone": "good"})
        elif kind is Kind.MAKEUP:
            lines.append({"day": day, "name": f"{calendar.name(day)}调休", "label": "上班", "tone": "warn"})
    if calendar.provisional(today + dt.timedelta(days=AHEAD)):
        year = (today + dt.timedelta(days=AHEAD)).year
        first = max(dt.date(year, 1, 1), today)
        name = f"{year} 年放假安排未发布，时限暂按周一到周五算"
        lines.append({"day": first, "name": name, "label": "未发布", "tone": "neutral"})
    return lines[:4]
