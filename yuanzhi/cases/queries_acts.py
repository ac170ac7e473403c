"""Reads for what is done with a case: whom to give it to, which other cases there are, what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case as Choose
from django.db.models import IntegerField, Q, Value, When

from yuanzhi.accounts.actor import Actor
from yuanzhi.registry.queries.found import find

from .listing import colleagues
from .models import Case, CaseLink, Extension
from .queries import FOR_ROWS, visible_to
from .states import OPEN, State

_OPEN = sorted(OPEN)


def takers_of(case: Case) -> list[tuple[int, str]]:
    """[(id, name)] of whom a case can be given to: everybody but its owner. One query."""
    return [(pk, name) for pk, name in colleagues(case.community_id) if pk != case.owner_id]


def other_case(actor: Actor, text: str) -> Case | None:
    """A case the actor sees, by its id or its number. One query."""
    rows = visible_to(actor).select_related(*FOR_ROWS, "item")
    if text.isascii() and text.isdigit() and len(text) < 15:
        return rows.filter(pk=int(text)).first()
    return rows.filter(number=text.strip().upper()).first()


def cases_like(actor: Actor, text: str, beside: Case | None, limit: int = 8) -> list[Case]:
    """What a picker offers: for nothing typed the open cases of the same enterprise; those lead anyway."""
    rows = visible_to(actor).exclude(state=State.MERGED).select_related(*FOR_ROWS)
    if beside is not None:
        rows = rows.exclude(pk=beside.pk)
    firm = beside.enterprise_id if beside is not None else None
    if not text:
        if firm is None:
            return []
        return list(rows.filter(enterprise_id=firm, state__in=_OPEN).order_by("-id")[:limit])
    if "-" in text and text[:2].isalpha() and text[2:3].isdigit():
        return list(rows.filter(number__startswith=text.upper()).order_by("-id")[:limit])
    named = [enterprise.pk for enterprise, _ in find(actor, text, limit=20)]
    rows = rows.filter(Q(title__contains=text) | Q(enterprise_id__in=named), state__in=_OPEN)
    if firm is not None:
        same = Choose(When(enterprise_id=firm, then=Value(0)), default=Value(1), output_field=IntegerField())
        return list(rows.order_by(same, "-id")[:limit])
    return list(rows.order_by("-id")[:limit])


@dataclass(frozen=True)
class Family:
    """What belongs to a case."""

    parts: list[Case] = field(default_factory=list)
    merged: list[Case] = field(default_factory=list)
    linked: list[Case] = field(default_factory=list)

    @property
    def parts_open(self) -> int:
        return sum(part.state in OPEN for part in self.parts)


def family_of(actor: Actor, case: Case) -> Family:
    """Parts, what was merged into it, what it is linked with (as far as the actor sees that). Two queries,
    three where something is linked."""
    near = list(Case.objects.filter(Q(parent=case) | Q(merged_into=case)).order_by("pk"))
    pairs = CaseLink.objects.filter(Q(one=case) | Q(other=case)).values_list("one_id", "other_id")
    ids = [two if one == case.pk else one for one, two in pairs]
    linked = list(visible_to(actor).filter(pk__in=ids).order_by("-id")) if ids else []
    return Family(
        [row for row in near if row.parent_id == case.pk],
        [row for row in near if row.merged_into_id == case.pk],
        linked,
    )


def extensions_of(case: Case) -> list[Extension]:
    """The questions about more time, the newest first. One query."""
    return list(Extension.objects.filter(case=case).order_by("-pk"))


def asked_extension(case: Case) -> Extension | None:
    """The one that waits for a decision. One query."""
    return Extension.objects.filter(case=case, state=Extension.State.ASKED).first()


def followed(case: Case) -> Case | None:
    """Where a merged case goes on, for the enterprise's pages. One query, none for a case of its own."""
    if case.merged_into_id is None:
        return None
    return Case.objects.select_related("desk", "enterprise").get(pk=case.merged_into_id)


def options(cases: list[Case]) -> list[dict[str, Any]]:
    """Cases as a picker lists them."""
    return [
        {
            "id": case.pk,
            "label": f"{case.number} {case.title}",
            "sub": "・".join(
                filter(None, (str(case.enterprise) if case.enterprise else "", case.get_state_display()))
            ),
            "icon": "message-square-text",
        }
        for case in cases
    ]
