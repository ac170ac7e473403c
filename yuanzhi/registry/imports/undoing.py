"""Taking an import back, entry by entry: what it made goes, what it changed is as before.

What somebody has touched since stays, and the undo says so: people's work is never thrown away with a table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.models import Membership
from yuanzhi.accounts.roles import Kind
from yuanzhi.kernel.history import Draft, action, draft, record_many
from yuanzhi.kernel.imports.step import UndoStep
from yuanzhi.kernel.imports.table import Table
from yuanzhi.kernel.models import HistoryEntry

from .. import index
from ..access import IMPORT
from ..actions.guard import permit
from ..models import Contact, Enterprise, FactConflict, FormerName, Source, Tenancy, Unit
from ..rules.facts import FACTS
from ..rules.names import name_key
from ..values import as_kept
from .take import LEAP

_OWN = (Contact, Tenancy, FormerName, FactConflict)  # what an import hangs on an enterprise itself
_SEAT = ("placement", "park_id", "building_id", "unit_id")
_ADDED = {Contact: "联系人", Tenancy: "入驻记录", FactConflict: "待核对的信息"}
_LOOKS = ("contact.revealed", "register.exported")  # leave no trace in the register


@action
def undo_rows(*, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
    """Take back these entries of an import (the newest first). Raises Ahead."""
    permit(actor, IMPORT)
    taker = Taker(actor, entries, step)
    drafts, kept = taker.run()
    step.note(kept)
    record_many(drafts)


class Taker:
    """Takes back one chunk of entries."""

    def __init__(self, actor: Actor, entries: Sequence[HistoryEntry], step: UndoStep) -> None:
        self.actor, self.entries = actor, entries
        self.batch = step.batch
        self.source = Source.objects.filter(
            community_id=self.batch.chain, kind=Source.Kind.IMPORT, batch_id=self.batch.pk
        ).first()
        self.kept: list[str] = []
        self.drafts: list[Draft] = []

    def run(self) -> tuple[list[Draft], list[str]]:
        """(history of the undo, sentences about what stays)."""
        by_verb: dict[str, list[HistoryEntry]] = defaultdict(list)
        for entry in self.entries:
            by_verb[entry.verb].append(entry)
        self._withdraw(by_verb["enterprise.registered"])
        self._restore(by_verb["enterprise.changed"])
        self._remove_rooms(by_verb["units.added"])
        return self.drafts, self.kept

    # -- enterprises the import made ---------------------------------------------------------------------

    def _withdraw(self, entries: list[HistoryEntry]) -> None:
        made = {_id(entry): entry for entry in entries}
        rows = {row.pk: row for row in Enterprise.objects.filter(pk__in=made).order_by("pk")}
        touched = self._touched(entries, rows)
        gone = [pk for pk in rows if pk not in touched]
        for pk, why in touched.items():
            self.kept.append(f"{rows[pk].name}：{why}，留着")
        for model in _OWN:
            model.objects.filter(enterprise_id__in=gone)._raw_delete("default")
        Enterprise.objects.filter(pk__in=gone)._raw_delete("default")
        index.forget(gone)
        self.drafts += [
            draft(
                actor=self.actor, verb="enterprise.withdrawn", subject=f"enterprise:{pk}", name=rows[pk].name
            )
            for pk in gone
        ]

    def _touched(self, entries: list[HistoryEntry], rows: dict[int, Enterprise]) -> dict[int, str]:
        """{enterprise: why it stays} for those that somebody has worked with since."""
        why: dict[int, str] = {}
        for entry in entries:
            row = rows.get(_id(entry))
            if row is None:
                continue
            if row.merged_into_id is not None:
                why[row.pk] = "后来并入了另一家"
            elif row.version != 1 or row.updated_at != entry.at or row.confirmed_on is not None:
                why[row.pk] = "后来又有人改过"
        ids = list(rows)
        for pk in self._worked_with(entries, ids):
            why.setdefault(pk, "后来又有人处理过")
        for pk, what in _hanging(ids).items():
            why.setdefault(pk, f"已经有{what}")
        own = Q(source=self.source) if self.source else Q(pk__in=[])
        for model, word in _LATER.items():
            foreign = model.objects.filter(enterprise_id__in=ids).exclude(own)
            for pk in foreign.values_list("enterprise_id", flat=True):
                why.setdefault(pk, f"后来又记了{word}")
        return why

    def _worked_with(self, entries: list[HistoryEntry], ids: list[int]) -> set[int]:
        """Those with an entry by somebody's hand (no import, no undo) after the import's own."""
        if not entries:
            return set()
        since = min(entry.seq for entry in entries)
        later = HistoryEntry.objects.filter(chain=self.batch.chain, seq__gt=since, cause="").exclude(
            verb__in=_LOOKS
        )
        names = [f"enterprise:{pk}" for pk in ids]
        found = set(later.filter(subject__in=names).values_list("subject", flat=True))
        found |= set(later.filter(context__in=names).values_list("context", flat=True))
        return {int(name.rpartition(":")[2]) for name in found}

    # -- enterprises it changed --------------------------------------------------------------------------

    def _restore(self, entries: list[HistoryEntry]) -> None:
        ids = [_id(entry) for entry in entries]
        rows = {row.pk: row for row in Enterprise.objects.filter(pk__in=ids)}
        worked = self._worked_with(entries, ids)
        updates: list[tuple[int, dict[str, Any]]] = []
        for entry in sorted(entries, key=_id):
            row = rows.get(_id(entry))
            if row is None:
                continue
            details = entry.details
            undo = details["undo"]
            whole = row.version == undo["version"] + LEAP and row.updated_at == entry.at
            back = self._facts_back(row, details, whole)
            back |= self._seat_back(row, undo, entry, whole)
            self._extras_back(row, undo, worked)
            if whole:
                back |= {"version": undo["version"], "updated_at": parse_datetime(undo["updated_at"])}
            elif back:
                back |= {"version": row.version + 1, "updated_at": timezone.now()}
            if back:
                updates.append((row.pk, {**back, "seen": row.version}))
                self.drafts.append(self._restored(row, details, back))
        Table(Enterprise).update(updates, version=True)
        index.refresh(rows)

    def _restored(self, row: Enterprise, details: dict[str, Any], back: dict[str, Any]) -> Draft:
        turned = {name: [new, old] for name, (old, new) in details["changes"].items() if name in back}
        return draft(
            actor=self.actor,
            verb="enterprise.changed",
            subject=row,
            changes=turned,
            undone=self.batch.filename,
        )

    def _facts_back(self, row: Enterprise, details: dict[str, Any], whole: bool) -> dict[str, Any]:
        """Facts that still stand as the import put them, with where they came from before."""
        before, back = details["undo"]["provenance"], {}
        provenance = dict(row.provenance)
        mine = [self.source.pk, self.source.day.isoformat()] if self.source else None
        for name, entry in before.items():
            if provenance.get(name) != mine:
                self.kept.append(f"{row.name}的{FACTS[name]}：后来又有人改过，没有恢复")
                continue
            if name in details["changes"]:
                back[name] = _typed(name, details["changes"][name][0])
            if entry is None:
                provenance.pop(name)
            else:
                provenance[name] = entry
        if before:
            back["provenance"] = provenance
        if "name" in back:
            back["name_key"] = name_key(back["name"])
            if "short_name" not in before and row.short_name == index.brand(row.name):
                back["short_name"] = index.brand(back["name"])
        return back

    def _seat_back(
        self, row: Enterprise, undo: dict[str, Any], entry: HistoryEntry, whole: bool
    ) -> dict[str, Any]:
        if (seat := undo.get("seat")) is None:
            return {}
        mine = Tenancy.objects.filter(enterprise=row, source=self.source, valid_to=None, is_main=True)
        old = undo.get("tenancy")
        if not whole and (row.updated_at != entry.at):
            self.kept.append(f"{row.name}的入驻地点：后来又有人动过，没有恢复")
            return {}
        if old is None or not Tenancy.objects.filter(pk=old[0], valid_to=None).exists():
            mine.delete()
        if old is not None:
            pk, valid_to, building, unit = old
            Tenancy.objects.filter(pk=pk).update(
                valid_to=parse_date(valid_to) if valid_to else None, building_id=building, unit_id=unit
            )
        return {key: seat[key] for key in _SEAT}

    def _extras_back(self, row: Enterprise, undo: dict[str, Any], worked: set[int]) -> None:
        if names := undo.get("former"):
            FormerName.objects.filter(enterprise=row, name__in=names).delete()
        people = Contact.objects.filter(enterprise=row, source=self.source)
        if row.pk in worked and people.exists():
            self.kept.append(f"{row.name}的联系人：后来又有人处理过，留着")
        else:
            people.delete()

    # -- rooms -------------------------------------------------------------------------------------------

    def _remove_rooms(self, entries: list[HistoryEntry]) -> None:
        ids = {pk for entry in entries for pk in entry.details["undo"]["units"]}
        used = set(Tenancy.objects.filter(unit_id__in=ids).values_list("unit_id", flat=True))
        used |= set(Enterprise.objects.filter(unit_id__in=ids).values_list("unit_id", flat=True))
        Unit.objects.filter(pk__in=ids - used).delete()


@action
def clear_source(*, actor: Actor, community_id: int, batch_id: int) -> None:
    """The last step of an undo: open conflicts of the import go, and its source if nothing names it."""
    permit(actor, IMPORT)
    for source in Source.objects.filter(
        community_id=community_id, kind=Source.Kind.IMPORT, batch_id=batch_id
    ):
        FactConflict.objects.filter(source=source, resolved_at=None).delete()
        used = any(model.objects.filter(source=source).exists() for model in (Tenancy, Contact, FactConflict))
        if not used and not _named_in_provenance(community_id, source.pk):
            source.delete()


def _named_in_provenance(community_id: int, source_id: int) -> bool:
    """Whether a fact still says that it comes from this source (one pass, only at the end of an undo)."""
    rows = Enterprise.objects.filter(community_id=community_id).values_list("provenance", flat=True)
    return any(entry[0] == source_id for provenance in rows.iterator() for entry in provenance.values())


# What somebody may have added to an enterprise since the import, in words.
_LATER: dict[Any, str] = {Tenancy: "入驻", Contact: "联系人", FactConflict: "不同的说法"}


def _id(entry: HistoryEntry) -> int:
    return int(entry.subject.rpartition(":")[2])


def _typed(name: str, value: Any) -> Any:
    """A value out of the history, as the column holds it."""
    return None if value is None else as_kept(name, value)


def _hanging(ids: list[int]) -> dict[int, str]:
    """{enterprise: what hangs on it} among the tables of all apps, those of imports left out."""
    found: dict[int, str] = {}
    for relation in Enterprise._meta.related_objects:
        model, name = relation.related_model, relation.field.attname
        if model in _OWN:
            continue
        rows = model._base_manager.filter(**{f"{name}__in": ids})
        for pk in rows.values_list(name, flat=True):
            found.setdefault(pk, "诉求、合并等别的记录")
    bound = Membership.objects.filter(kind=Kind.ENTERPRISE, scope_id__in=ids)
    for scope_id in bound.values_list("scope_id", flat=True):
        found.setdefault(scope_id or 0, "绑定的账号")
    return found
