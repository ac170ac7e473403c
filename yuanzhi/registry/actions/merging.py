"""Two rows that are one enterprise: merge, and undo.

The snapshot of a merge holds all that the undo needs: nothing is guessed from what the rows look like later.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import index, signals, twins
from ..access import MERGE
from ..models import Contact, Enterprise, FormerName, Merge, Tenancy
from ..rules.facts import FACTS
from ..values import as_kept
from .guard import permit
from .tenancies import close_seats

SEAT = ("park_id", "building_id", "unit_id", "placement")
_EMPTY = (None, "")


@action
def merge(*, actor: Actor, kept: Enterprise, gone: Enterprise) -> Merge:
    """Make `gone` part of `kept`: empty facts are filled, contacts, branches and former names follow.

    The seats follow when `kept` sits nowhere, else those of `gone` are closed. What other apps hold of `gone`
    follows by the `enterprises_merged` signal, inside the transaction.
    """
    permit(actor, MERGE)
    if kept.pk == gone.pk:
        raise Refused("要合并的是两家企业，选的却是同一家")
    if {kept.community_id, gone.community_id} != {actor.community_id}:
        raise Refused("只能合并本社区的企业")
    kept.refresh_from_db()
    gone.refresh_from_db()
    if kept.merged_into_id or gone.merged_into_id:
        raise Overtaken("其中一家已经被合并了：请刷新")
    now = timezone.now()
    won = Enterprise.objects.filter(pk=gone.pk, merged_into=None, version=gone.version).update(
        merged_into=kept, updated_at=now, version=F("version") + 1
    )
    if not won:
        raise Overtaken("这家企业刚刚被别人改过或合并了：请刷新")
    snapshot = _facts_follow(kept, gone, now) | _seats_follow(kept, gone) | _others_follow(kept, gone)
    made = Merge.objects.create(kept=kept, gone=gone, snapshot=snapshot)
    signals.enterprises_merged.send(sender=Merge, merge=made, undo=False)
    kept.refresh_from_db()
    index.forget([gone.pk])
    index.refresh([kept.pk])
    twins.leave_out(kept.community_id, gone.pk)
    record(actor=actor, verb="enterprise.merged", subject=kept, context=gone, gone=gone.name)
    return made


def _facts_follow(kept: Enterprise, gone: Enterprise, now: dt.datetime) -> dict[str, Any]:
    filled = _fill(kept, gone)
    snapshot = {
        "filled": {field: _plain(getattr(kept, field)) for field in filled},
        "taken": {field: _plain(getattr(gone, field)) for field in filled},
        "provenance": {field: kept.provenance.get(field) for field in filled},
    }
    provenance = dict(kept.provenance)
    provenance.update({f: gone.provenance[f] for f in filled if f in gone.provenance})
    Enterprise.objects.filter(pk=kept.pk).update(
        **{field: getattr(gone, field) for field in filled},
        provenance=provenance,
        updated_at=now,
        version=F("version") + 1,  # a form opened before must not overwrite what just came
    )
    return snapshot


def _fill(kept: Enterprise, gone: Enterprise) -> list[str]:
    skip = {"name", "short_name", "uscc", "status", "is_abnormal", "currency"}
    filled = [
        field
        for field in FACTS
        if field not in skip and getattr(kept, field) in _EMPTY and getattr(gone, field) not in _EMPTY
    ]
    if "capital" in filled:
        filled.append("currency")  # an amount means nothing without it
    if not kept.uscc and gone.uscc:
        filled.append("uscc")
    return filled


def _seats_follow(kept: Enterprise, gone: Enterprise) -> dict[str, Any]:
    adopt = kept.placement == Enterprise.Placement.TO_PLACE and gone.park_id is not None
    if not adopt:
        return {"closed": close_seats(gone, timezone.localdate()), "moved": [], "seat": None}
    moved = list(gone.tenancies.values_list("pk", flat=True))
    Tenancy.objects.filter(pk__in=moved).update(enterprise=kept)
    before = {field: getattr(kept, field) for field in SEAT}
    Enterprise.objects.filter(pk=kept.pk).update(**{field: getattr(gone, field) for field in SEAT})
    return {"closed": [], "moved": moved, "seat": before}


def _others_follow(kept: Enterprise, gone: Enterprise) -> dict[str, Any]:
    contacts = list(gone.contacts.values_list("pk", flat=True))
    Contact.objects.filter(pk__in=contacts).update(enterprise=kept)
    branches = list(gone.branches.exclude(pk=kept.pk).values_list("pk", flat=True))
    Enterprise.objects.filter(pk__in=branches).update(parent=kept)
    known = {kept.name, *kept.former_names.values_list("name", flat=True)}
    names = [gone.name, *gone.former_names.values_list("name", flat=True)]
    added = [
        FormerName.objects.create(enterprise=kept, name=name).pk
        for name in dict.fromkeys(names)
        if name not in known
    ]
    return {"contacts": contacts, "branches": branches, "former": added}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else str(value)


@action
def unmerge(*, actor: Actor, made: Merge) -> None:
    """Undo a merge: both are as they were, apart from what was changed at the kept one since."""
    permit(actor, MERGE)
    if made.kept.community_id != actor.community_id:
        raise Refused("只能撤销本社区的合并")
    kept = Enterprise.objects.get(pk=made.kept_id)
    gone = Enterprise.objects.get(pk=made.gone_id)
    if kept.merged_into_id:
        raise Refused(f"{kept.name}后来又并入了别家：先撤销那一次")
    if not Merge.objects.filter(pk=made.pk, undone_at=None).update(undone_at=timezone.now()):
        raise Overtaken("这次合并已经撤销过了")
    _facts_back(kept, made.snapshot)
    _check_free(gone)
    Enterprise.objects.filter(pk=gone.pk).update(
        merged_into=None, updated_at=timezone.now(), version=F("version") + 1
    )
    _seats_back(kept, gone, made.snapshot)
    Contact.objects.filter(pk__in=made.snapshot["contacts"]).update(enterprise=gone)
    Enterprise.objects.filter(pk__in=made.snapshot["branches"], parent=kept).update(parent=gone)
    FormerName.objects.filter(pk__in=made.snapshot["former"], enterprise=kept).delete()
    signals.enterprises_merged.send(sender=Merge, merge=made, undo=True)
    index.refresh([kept.pk, gone.pk])
    record(actor=actor, verb="enterprise.unmerged", subject=kept, context=gone, gone=gone.name)


def _check_free(gone: Enterprise) -> None:
    if not gone.uscc:
        return
    rows = Enterprise.objects.filter(community_id=gone.community_id, uscc=gone.uscc, merged_into=None)
    if (holder := rows.exclude(pk=gone.pk).first()) is not None:
        raise Refused(f"代码 {gone.uscc} 现在是{holder.name}在用，没法恢复{gone.name}：先更正那一家")


def _facts_back(kept: Enterprise, snapshot: dict[str, Any]) -> None:
    """Empty again what the merge had filled, unless somebody changed it since."""
    restored = {
        field: as_kept(field, old)
        for field, old in snapshot["filled"].items()
        if _plain(getattr(kept, field)) == snapshot["taken"][field]
    }
    if not restored:
        return
    provenance = dict(kept.provenance)
    for field in restored:
        if (before := snapshot["provenance"][field]) is None:
            provenance.pop(field, None)
        else:
            provenance[field] = before
    Enterprise.objects.filter(pk=kept.pk).update(
        **restored, provenance=provenance, updated_at=timezone.now(), version=F("version") + 1
    )


def _seats_back(kept: Enterprise, gone: Enterprise, snapshot: dict[str, Any]) -> None:
    Tenancy.objects.filter(pk__in=snapshot["closed"]).update(valid_to=None)
    if snapshot["seat"] is None:
        return
    Tenancy.objects.filter(pk__in=snapshot["moved"]).update(enterprise=gone)
    if all(getattr(kept, field) == getattr(gone, field) for field in SEAT):
        Enterprise.objects.filter(pk=kept.pk).update(**snapshot["seat"])
