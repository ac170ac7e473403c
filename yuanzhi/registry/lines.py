"""Facts, seats and history as the lines that pages show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from yuanzhi.kernel.models import HistoryEntry

from . import wording
from .models import Tenancy
from .queries import Fact
from .rules.facts import FACTS
from .rules.saying import say_capital, say_fact

# The order on the page: what one asks first comes first.
SHOWN = (
    "uscc", "kind", "representative", "established_on", "capital", "division", "headcount", "scale",
    "district", "registered_address", "office_address", "website", "old_code", "note",
)  # fmt: skip
_SHORT = {"uscc": "信用代码"}
_OPTIONAL = {
    "old_code",
    "note",
    "website",
    "district",
    "office_address",
}  # shown only when something is known


@dataclass(frozen=True)
class Line:
    """A fact in words with its source."""

    label: str
    value: str
    source: str
    on: dt.date | None
    url: str = ""


def fact_lines(facts: dict[str, Fact]) -> list[Line]:
    """What a page shows of the facts; optional ones only when known."""
    lines = []
    for code in SHOWN:
        fact = facts[code]
        value = (
            say_capital(fact.value, facts["currency"].value)
            if code == "capital"
            else say_fact(code, fact.value)
        )
        if not value and code in _OPTIONAL:
            continue
        url = fact.value if code == "website" and str(fact.value).startswith(("http://", "https://")) else ""
        lines.append(Line(_SHORT.get(code, fact.name), value, fact.source, fact.day, url))
    return lines


def seat_lines(seats: Iterable[Tenancy]) -> list[dict[str, Any]]:
    """Where it sat and sits: place, days, how it came, why it left."""
    return [
        {
            "tenancy": t,
            "place": " ".join(str(part) for part in (t.park, t.building, t.unit) if part),
            "days": _days(t),
            "now": t.valid_to is None,
            "arrival": t.get_arrival_display(),
            "lease_to": t.lease_to if t.valid_to is None else None,
            "why": t.leave_reason,
        }
        for t in seats
    ]


def _days(t: Tenancy) -> str:
    start = str(t.valid_from) if t.valid_from else "入驻日期不详"
    if t.valid_to is None:
        return f"{start} 起" if t.valid_from else start
    return f"{start} 至 {t.valid_to}" if t.valid_from else f"{start}，到 {t.valid_to}"


def history_lines(entries: Iterable[HistoryEntry], today: dt.date) -> list[dict[str, Any]]:
    """A timeline, the newest first."""
    return [
        {
            "text": wording.say(entry.verb, entry.details),
            "who": entry.actor_label,
            "when": say_when(entry.at, today),
            "at": entry.at,
            "tone": wording.tone(entry.verb),
            "note": _note(entry),
        }
        for entry in entries
    ]


def _note(entry: HistoryEntry) -> str:
    data = entry.details
    if entry.verb not in ("enterprise.changed", "enterprise.imported") or not data.get("source"):
        return ""
    day = data.get("day", "")
    if data["source"] == entry.actor_label and day == timezone.localtime(entry.at).date().isoformat():
        return ""  # who and when stand there already
    return f"来源：{data['source']}{f'，{day} 的情况' if day else ''}"


def say_when(at: dt.datetime, today: dt.date) -> str:
    """ "今天 09:12", "昨天 16:40", "11 月 23 日 14:48", "2025 年 3 月 2 日"."""
    local = timezone.localtime(at)
    clock = local.strftime("%H:%M")
    days = (today - local.date()).days
    if days in (0, 1):
        return f"{'今天' if days == 0 else '昨天'} {clock}"
    if local.year == today.year:
        return f"{local.month} 月 {local.day} 日 {clock}"
    return f"{local.year} 年 {local.month} 月 {local.day} 日"


def compare(left: dict[str, Fact], right: dict[str, Fact]) -> list[dict[str, Any]]:
    """Two enterprises side by side, fact by fact; `differ`: both say something, but not the same."""
    lines = []
    for code, name in FACTS.items():
        if code == "currency":
            continue
        a, b = _say(left, code), _say(right, code)
        if a or b:
            lines.append({"label": name, "left": a, "right": b, "differ": bool(a and b and a != b)})
    return lines


def _say(facts: dict[str, Fact], code: str) -> str:
    if code == "capital":
        return say_capital(facts[code].value, facts["currency"].value)
    return say_fact(code, facts[code].value)
