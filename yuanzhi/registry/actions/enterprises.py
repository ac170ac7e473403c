"""Registering enterprises and stating facts about them, each with source and date."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import index
from ..access import EDIT_ENTERPRISE
from ..models import Enterprise, FactConflict, FormerName, Source
from ..rules.facts import FACTS, Outcome, Statement, weigh
from ..rules.names import name_key
from ..values import as_kept
from .guard import permit, permit_on
from .sources import source_for


def _existing(community_id: int, facts: dict[str, Any]) -> Enterprise | None:
    rows = Enterprise.objects.filter(community_id=community_id, merged_into=None)
    if facts.get("uscc"):
        return rows.filter(uscc=facts["uscc"]).first()
    return rows.filter(name_key=name_key(facts["name"]), uscc="").first()


@action
def register_enterprise(*, actor: Actor, facts: dict[str, Any], source: Source | None = None) -> Enterprise:
    """Enter an enterprise. `facts` are already parsed values by field name (see FACTS); `name` is needed.

    Raises Refused when it is there already (naming it) or has no name.
    """
    permit(actor, EDIT_ENTERPRISE)
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"not facts: {sorted(unknown)}")
    if not (facts.get("name") or "").strip():
        raise Refused("企业名称还没填")
    if (twin := _existing(actor.community_id, facts)) is not None:
        raise Refused(f"名录里已经有{twin.name}（{twin.uscc or '无代码'}）了：请直接打开它来更正")
    source = source or source_for(actor)
    given = {key: value for key, value in facts.items() if value not in (None, "")}
    given.setdefault("short_name", index.brand(given["name"]))
    enterprise = Enterprise(
        community_id=actor.community_id,
        name_key=name_key(given["name"]),
        provenance={key: [source.pk, source.day.isoformat()] for key in given},
        confirmed_on=source.day if source.kind != Source.Kind.IMPORT else None,
        updated_at=timezone.now(),
        **given,
    )
    try:
        with transaction.atomic():
            enterprise.save(force_insert=True)
    except IntegrityError as error:
        raise Overtaken(f"{given['name']}刚刚被别人登记了：刷新后直接打开它") from error
    index.refresh([enterprise.pk])
    record(
        actor=actor,
        verb="enterprise.registered",
        subject=enterprise,
        source=source.label,
        day=source.day,
        facts=given,
    )
    return enterprise


@action
def state_facts(
    *,
    actor: Actor,
    enterprise: Enterprise,
    facts: dict[str, Any],
    source: Source | None = None,
    seen_version: int | None = None,
    clear: bool = False,
) -> dict[str, list[Any]]:
    """Say something about an enterprise; returns {field: [old, new]} of what changed.

    A statement that is older or less well founded than what is known becomes a conflict for a person to
    decide. `clear` lets an empty value wipe out a fact (a form does, a table never). `seen_version`: the
    version the person saw; raises Overtaken when someone else has changed the enterprise since.
    """
    permit_on(actor, EDIT_ENTERPRISE, enterprise)
    source = source or source_for(actor)
    current = Enterprise.objects.get(pk=enterprise.pk)
    if seen_version is not None and current.version != seen_version:
        raise Overtaken(f"{current.name}刚被别人改过：请刷新看看他改了什么，您填的内容还在下面")
    kinds = _source_kinds(current)
    taken: dict[str, Any] = {}
    for field in FACTS:
        if field not in facts:
            continue
        value = facts[field]
        if clear and value in (None, "") and getattr(current, field) not in (None, ""):
            taken[field] = None if Enterprise._meta.get_field(field).null else ""
            continue
        known = _known(current, field, kinds)
        outcome = weigh(known, Statement(value, source.day, source.kind))
        if outcome is Outcome.TAKE:
            taken[field] = value
        elif outcome is Outcome.CONFLICT:
            _note_conflict(current, field, value, source)
    if not taken:
        return {}
    diff = _take(actor, current, taken, source)
    enterprise.refresh_from_db()
    return diff


def _take(actor: Actor, current: Enterprise, taken: dict[str, Any], source: Source) -> dict[str, list[Any]]:
    """Write what holds now, with source, former name, index and history; returns what changed."""
    before = {field: getattr(current, field) for field in taken}
    _check_code(current, taken)
    _write(current, taken, source)
    _keep_former_name(current, before, taken, source.day)
    _settle_conflicts(current, taken)
    index.refresh([current.pk])
    diff = changes(before, taken)
    record(
        actor=actor,
        verb="enterprise.changed",
        subject=current,
        source=source.label,
        day=source.day,
        changes=diff,
    )
    return diff


def _source_kinds(enterprise: Enterprise) -> dict[int, str]:
    ids = {entry[0] for entry in enterprise.provenance.values()}
    return dict(Source.objects.filter(pk__in=ids).values_list("pk", "kind"))


def _known(enterprise: Enterprise, field: str, kinds: dict[int, str]) -> Statement | None:
    entry = enterprise.provenance.get(field)
    if entry is None:
        return None
    return Statement(
        getattr(enterprise, field), dt.date.fromisoformat(entry[1]), kinds.get(entry[0], "import")
    )


def _check_code(enterprise: Enterprise, taken: dict[str, Any]) -> None:
    code = taken.get("uscc")
    if not code:
        return
    twin = (
        Enterprise.objects.filter(community_id=enterprise.community_id, uscc=code, merged_into=None)
        .exclude(pk=enterprise.pk)
        .first()
    )
    if twin is not None:
        raise Refused(f"代码 {code} 已经是{twin.name}的：如果是同一家，请用“合并”")


def _write(enterprise: Enterprise, taken: dict[str, Any], source: Source) -> None:
    values: dict[str, Any] = dict(taken)
    if "name" in taken:
        values["name_key"] = name_key(taken["name"])
        if "short_name" not in taken:
            values["short_name"] = index.brand(taken["name"])
    provenance = dict(enterprise.provenance)
    provenance.update({field: [source.pk, source.day.isoformat()] for field in taken})
    won = Enterprise.objects.filter(pk=enterprise.pk, version=enterprise.version).update(
        **values,
        provenance=provenance,
        updated_at=timezone.now(),
        version=enterprise.version + 1,
        **({"confirmed_on": source.day} if source.kind != Source.Kind.IMPORT else {}),
    )
    if not won:
        raise Overtaken(f"{enterprise.name}刚被别人改过：请刷新后再试")


def _keep_former_name(
    enterprise: Enterprise, before: dict[str, Any], taken: dict[str, Any], day: dt.date
) -> None:
    if (old := before.get("name")) and old != taken["name"]:
        FormerName.objects.get_or_create(enterprise=enterprise, name=old, defaults={"until": day})


def _settle_conflicts(enterprise: Enterprise, taken: dict[str, Any]) -> None:
    """A contradiction whose other value has become ours is none any more."""
    for field, value in taken.items():
        FactConflict.objects.filter(
            enterprise=enterprise, field=field, value=str(value)[:400], resolved_at=None
        ).update(resolved_at=timezone.now(), taken=True)


def _note_conflict(enterprise: Enterprise, field: str, value: Any, source: Source) -> None:
    FactConflict.objects.get_or_create(
        enterprise=enterprise,
        field=field,
        value=str(value)[:400],
        resolved_at=None,
        defaults={"source": source},
    )


@action
def resolve_conflict(*, actor: Actor, conflict: FactConflict, take_new: bool) -> None:
    """Decide a conflict: the new value, or what we have. Raises Overtaken when it is decided already."""
    permit_on(actor, EDIT_ENTERPRISE, conflict.enterprise)
    won = FactConflict.objects.filter(pk=conflict.pk, resolved_at=None).update(
        resolved_at=timezone.now(), taken=take_new
    )
    if not won:
        raise Overtaken("这处矛盾已经有人处理了")
    if take_new:
        # Not weighed again: a person has looked at both and decides, whoever said the other thing.
        value = as_kept(conflict.field, conflict.value)
        current = Enterprise.objects.get(pk=conflict.enterprise_id)
        if getattr(current, conflict.field) != value:
            _take(actor, current, {conflict.field: value}, source_for(actor))
    record(
        actor=actor,
        verb="conflict.resolved",
        subject=conflict.enterprise,
        field=FACTS[conflict.field],
        value=conflict.value,
        taken=take_new,
    )


@action
def confirm_facts(*, actor: Actor, enterprise: Enterprise) -> None:
    """Somebody looked: what stands in the register is right today."""
    permit_on(actor, EDIT_ENTERPRISE, enterprise)
    today = timezone.localdate()
    Enterprise.objects.filter(pk=enterprise.pk).update(confirmed_on=today)
    enterprise.confirmed_on = today
    record(actor=actor, verb="enterprise.confirmed", subject=enterprise)


@action
def link_parent(*, actor: Actor, enterprise: Enterprise, parent: Enterprise | None) -> None:
    """Say whose branch an enterprise is (None: nobody's). Raises Refused for itself or a circle."""
    permit_on(actor, EDIT_ENTERPRISE, enterprise)
    seen = parent
    while seen is not None:
        if seen.pk == enterprise.pk:
            raise Refused("上级企业不能是它自己，也不能绕一圈又回到它")
        seen = seen.parent
    if parent is not None and parent.community_id != enterprise.community_id:
        raise Refused(f"{parent.name}不在本社区的名录里")
    before = enterprise.parent
    Enterprise.objects.filter(pk=enterprise.pk).update(parent=parent, updated_at=timezone.now())
    enterprise.parent = parent
    record(
        actor=actor,
        verb="enterprise.linked",
        subject=enterprise,
        context=parent or "",
        changes={"parent": [before.name if before else "", parent.name if parent else ""]},
    )
