"""Lines of a bulk claim: written by who works the case and by the enterprise whose money it is."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from ..claims import CODES, MOST, money, problem, state_for
from ..models import Case, Claim
from ..states import OPEN, STATE_NAMES, State
from .steps import owed_or_worked
from .telling import context_of

CENT = Decimal("0.01")
_TOLD = ("debtor", "project", "amount", "due_on", "state", "recovered", "note")


def _permit(actor: Actor, case: Case) -> None:
    if not actor.is_system and not owed_or_worked(actor, case):
        raise Refused("这件诉求的欠款清单不由您填：请联系经办人")
    if case.state not in OPEN:
        raise Refused(
            f"这件诉求现在是“{STATE_NAMES[State(case.state)]}”，清单不能再改；还有新的欠款请另提一件"
        )


def _values(given: dict[str, Any]) -> dict[str, Any]:
    amount = given["amount"].quantize(CENT)
    recovered = (given.get("recovered") or Decimal(0)).quantize(CENT)
    if why := problem(amount, recovered, given["debtor"]):
        raise Refused(why)
    evidence = given.get("evidence") or {}
    return {
        "debtor": given["debtor"].strip()[:80],
        "project": (given.get("project") or "").strip()[:80],
        "amount": amount,
        "due_on": given.get("due_on"),
        "evidence": {code: True for code in CODES if evidence.get(code)},
        "state": state_for(given.get("state") or Claim.State.OPEN, amount, recovered),
        "recovered": recovered,
        "note": (given.get("note") or "").strip()[:200],
    }


@action
def add_claim(
    *,
    actor: Actor,
    case: Case,
    debtor: str,
    amount: Decimal,
    project: str = "",
    due_on: dt.date | None = None,
    evidence: dict[str, bool] | None = None,
    state: str = Claim.State.OPEN,
    recovered: Decimal | None = None,
    note: str = "",
    order: int = 0,
) -> Claim:
    """A new line at the end (or under the number it has in a table). Raises Refused.

    The same debtor, project, amount and day twice is refused: that is a form sent twice.
    """
    _permit(actor, case)
    values = _values({"debtor": debtor, "project": project, "amount": amount, "due_on": due_on,
                      "evidence": evidence, "state": state, "recovered": recovered,
                      "note": note})  # fmt: skip
    same = {key: values[key] for key in ("debtor", "project", "amount", "due_on")}
    if case.claims.filter(**same).exists():
        raise Refused(
            f"{values['debtor']} {money(amount)} 这一笔已经在清单里了：同样的另一笔请在项目里写明区别"
        )
    last = case.claims.aggregate(last=Max("order"))["last"] or 0
    if last >= MOST:
        raise Refused(f"一件诉求最多列 {MOST} 笔：请另提一件接着列")
    try:
        with transaction.atomic():
            claim = Claim.objects.create(case=case, order=order or last + 1, **values)
    except IntegrityError as error:
        raise Overtaken("刚有人同时加了一笔：请再提交一次，填的都在") from error
    _record(actor, "claim.added", claim, {field: [None, values[field]] for field in _TOLD if values[field]})
    return claim


@action
def change_claim(*, actor: Actor, claim: Claim, seen: int, **given: Any) -> Claim:
    """Change a line as it was seen (`seen`: its version). Raises Refused, Overtaken."""
    _permit(actor, claim.case)
    before = {field: getattr(claim, field) for field in (*_TOLD, "evidence")}
    values = _values({**before, **given})
    if values == before:
        return claim
    won = Claim.objects.filter(pk=claim.pk, version=seen).update(**values, version=F("version") + 1)
    if not won:
        raise Overtaken(f"{claim.debtor}这一笔刚被别人改过：请看看最新的，再改一次")
    claim.refresh_from_db()
    _record(actor, "claim.changed", claim, changes(before, values))
    return claim


@action
def remove_claim(*, actor: Actor, claim: Claim) -> None:
    """Take out a line that was entered by mistake; the history keeps it."""
    _permit(actor, claim.case)
    kept = {field: [getattr(claim, field), None] for field in _TOLD if getattr(claim, field)}
    _record(actor, "claim.removed", claim, kept)
    claim.delete()


def _record(actor: Actor, verb: str, claim: Claim, changed: dict[str, Any]) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=claim.case,
        context=context_of(claim.case),
        claim=claim.pk,
        debtor=claim.debtor,
        changes=changed,
    )
