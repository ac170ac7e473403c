"""Two rows that are one enterprise: merge, and undo."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import index, signals
from ..access import MERGE
from ..models import Contact, Enterprise, FormerName, Merge, Tenancy
from ..rules.facts import FACTS
from .guard import permit


@action
def merge(*, actor: Actor, kept: Enterprise, gone: Enterprise) -> Merge:
    """Make `gone` part of `kept`: empty facts are filled, contacts and past seats move, the name is kept.

    What other apps hold of `gone` follows by the `enterprises_merged` signal, inside the transaction.
    """
    permit(actor, MERGE)
    if kept.pk == gone.pk:
        raise Refused("要合并的是两家企业，选的却是同一家")
    if {kept.community_id, gone.community_id} != {actor.community_id}:
        raise Refused("只能合并本社区的企业")
    if kept.merged_into_id or gone.merged_into_id:
        raise Overtaken("其中一家已经被合并了：请刷新")
    filled = _fill(kept, gone)
    snapshot: dict[str, Any] = {
        "filled": {field: _plain(getattr(kept, field)) for field in filled},
        "provenance": {field: kept.provenance.get(field) for field in filled},
        "contacts": list(gone.contacts.values_list("pk", flat=True)),
        "open_tenancies": list(gone.tenancies.filter(valid_to=None).values_list("pk", flat=True)),
        "new_former": not kept.former_names.filter(name=gone.name).exists() and kept.name != gone.name,
    }
    now = timezone.now()
    won = Enterprise.objects.filter(pk=gone.pk, merged_into=None).update(
        merged_into=kept, updated_at=now, version=gone.version + 1
    )
    if not won:
        raise Overtaken("这家企业刚刚被别人合并了")
    if filled:
        provenance = dict(kept.provenance)
        provenance.update({f: gone.provenance[f] for f in filled if f in gone.provenance})
        Enterprise.objects.filter(pk=kept.pk).update(
            **{field: getattr(gone, field) for field in filled}, provenance=provenance, updated_at=now
        )
    Contact.objects.filter(pk__in=snapshot["contacts"]).update(enterprise=kept)
    Tenancy.objects.filter(pk__in=snapshot["open_tenancies"]).update(valid_to=timezone.localdate())
    if snapshot["new_former"]:
        FormerName.objects.create(enterprise=kept, name=gone.name)
    made = Merge.objects.create(kept=kept, gone=gone, snapshot=snapshot)
    signals.enterprises_merged.send(sender=Merge, merge=made, undo=False)
    kept.refresh_from_db()
    index.forget([gone.pk])
    index.refresh([kept.pk])
    record(actor=actor, verb="enterprise.merged", subject=kept, context=gone, gone=gone.name)
    return made


def _fill(kept: Enterprise, gone: Enterprise) -> list[str]:
    skip = {"name", "short_name", "uscc", "status", "is_abnormal", "currency"}
    empty = (None, "")
    return [
        field
        for field in FACTS
        if field not in skip and getattr(kept, field) in empty and getattr(gone, field) not in empty
    ]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else str(value)


@action
def unmerge(*, actor: Actor, made: Merge) -> None:
    """Undo a merge: both are as they were, apart from what was changed at the kept one since."""
    permit(actor, MERGE)
    if made.kept.community_id != actor.community_id:
        raise Refused("只能撤销本社区的合并")
    if not Merge.objects.filter(pk=made.pk, undone_at=None).update(undone_at=timezone.now()):
        raise Overtaken("这次合并已经撤销过了")
    kept, gone, snapshot = made.kept, made.gone, made.snapshot
    if (
        gone.uscc
        and Enterprise.objects.filter(community_id=gone.community_id, uscc=gone.uscc, merged_into=None)
        .exclude(pk=gone.pk)
        .exists()
    ):
        raise Refused(f"代码 {gone.uscc} 现在有别的企业在用，没法恢复{gone.name}：先更正那一家")
    Enterprise.objects.filter(pk=gone.pk).update(merged_into=None, updated_at=timezone.now())
    restored = {
        field: Enterprise._meta.get_field(field).to_python(old)
        for field, old in snapshot["filled"].items()
        if getattr(kept, field) == getattr(gone, field)  # changed since: leave it
    }
    if restored:
        provenance = {k: v for k, v in kept.provenance.items() if k not in restored}
        Enterprise.objects.filter(pk=kept.pk).update(**restored, provenance=provenance)
    Contact.objects.filter(pk__in=snapshot["contacts"]).update(enterprise=gone)
    Tenancy.objects.filter(pk__in=snapshot["open_tenancies"]).update(valid_to=None)
    if snapshot["new_former"]:
        FormerName.objects.filter(enterprise=kept, name=gone.name).delete()
    signals.enterprises_merged.send(sender=Merge, merge=made, undo=True)
    index.refresh([kept.pk, gone.pk])
    record(actor=actor, verb="enterprise.unmerged", subject=kept, context=gone, gone=gone.name)
