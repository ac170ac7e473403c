"""办理流程: a case's history as sentences, for staff and for the enterprise."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone

from yuanzhi.kernel.models import HistoryEntry

from .models import Case, Note
from .panels import INTERNAL, SAYS
from .states import STEP_NAMES, Step

_SAYS = {
    "case.opened": "提出诉求",
    "case.handed_over": "转给{desk}",
    "case.judged": "企业评价：{label}",
    "case.promise_moved": "放假安排公布，时限重新推算",
    "claim.changed": "{debtor}的欠款有进展",
}
_TONES = {
    "case.accept": "brand",
    "case.resolve": "good",
    "case.confirm": "good",
    "case.reopen": "bad",
    "case.decline": "bad",
    "case.wait": "violet",
    "case.urged": "bad",
    "case.return": "warn",
    "case.extension_granted": "warn",
}
# Said by the verdict beside it; lines of a claim come by the dozen and have a page of their own.
_SILENT = {"case.confirm", "case.exported", "claim.added", "claim.removed"}


@dataclass(frozen=True)
class Entry:
    """One line of the timeline component."""

    text: str
    who: str
    when: str
    at: dt.datetime
    tone: str = "neutral"
    note: str = ""


def when(at: dt.datetime, today: dt.date) -> str:
    """ "今天 09:12", "昨天 16:40", "11 月 23 日 14:48", with the year when it is another."""
    local = timezone.localtime(at)
    days = (today - local.date()).days
    clock = f"{local:%H:%M}"
    if days == 0:
        return f"今天 {clock}"
    if days == 1:
        return f"昨天 {clock}"
    year = "" if local.year == today.year else f"{local.year} 年 "
    return f"{year}{local.month} 月 {local.day} 日 {clock}"


def entries(case: Case, *, public: bool) -> list[Entry]:
    """The newest first, those of cases that were merged into it among them. `public`: what the enterprise
    may read (no notes among colleagues). Three queries."""
    merged = dict(Case.objects.filter(merged_into=case).values_list("pk", "number"))
    notes = {note.pk: note for note in Note.objects.filter(case_id__in=[case.pk, *merged])}
    numbers = {f"case:{pk}": number for pk, number in merged.items()}
    today = timezone.localdate()
    lines: list[Entry] = []
    subjects = [f"case:{case.pk}", *numbers]
    for entry in HistoryEntry.objects.filter(subject__in=subjects).order_by("-at", "-seq"):
        if entry.verb in _SILENT or (public and entry.verb in INTERNAL):
            continue
        number = numbers.get(entry.subject)
        if number and entry.verb == "case.merge":
            continue  # said by the one that took it in
        details = entry.details
        if public and details.get("public") is False:
            continue  # a file kept among colleagues
        text, note = _say(entry.verb, details), details.get("text", "")
        if entry.verb == "case.noted":
            written = notes.get(details["note"])
            if written is None or (public and not written.is_public):
                continue
            text, note = ("补充" if written.is_public else "内部备注"), written.text
        elif public and entry.verb == "case.handed_over":
            note = ""
        lines.append(
            Entry(
                f"{text}（{number}）" if number else text,
                entry.actor_label,
                when(entry.at, today),
                entry.at,
                _TONES.get(entry.verb, "neutral"),
                note,
            )
        )
    return lines


def _say(verb: str, details: dict) -> str:  # type: ignore[type-arg]
    if verb in _SAYS:
        changed = details.get("changes", {})
        known = {**details, "desk": changed.get("desk", ["", ""])[1]}
        return _SAYS[verb].format_map(defaultdict(str, known))
    if verb in SAYS:
        return SAYS[verb].format_map(defaultdict(str, details))
    step = verb.removeprefix("case.")
    return STEP_NAMES[Step(step)] if step in set(Step) else verb
