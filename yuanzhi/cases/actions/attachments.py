"""Files on cases: handed in, removed, and what of them is kept on disk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel import clock
from yuanzhi.kernel.history import action, record
from yuanzhi.kernel.refusals import Overtaken, Refused

from .. import storage
from ..access import SEE_CASE, SEE_PORTAL, WORK_CASE
from ..attachments import DESK, Examined
from ..models import Attachment, Case, Note
from ..needs import LONGEST
from ..queries import visible_to
from ..states import OPEN, State
from .steps import add_note, write_note
from .telling import context_of, tell_desk

KEPT = dt.timedelta(days=30)  # a removed file can be brought back from a backup; then it goes from the disk


@action
def attach(
    *,
    actor: Actor,
    case: Case,
    files: Sequence[Examined],
    note: Note | None = None,
    is_public: bool = True,
    by_token: str = "",
) -> list[Attachment]:
    """Put files on a case: by who sees it, or by who holds its link. The same file is there once.

    Raises Refused where the case has as many as it can hold.
    """
    holds_link = bool(by_token) and by_token == case.token
    seen = visible_to(actor, SEE_CASE).filter(pk=case.pk).exists
    if not (actor.is_system or holds_link or seen()):
        raise Refused("您看不到这件诉求，不能往上面放文件")
    room = DESK.count - Attachment.objects.filter(case=case, removed_at=None).count()
    if len(files) > room:
        raise Refused(f"一件诉求最多放 {DESK.count} 个文件，还能放 {max(room, 0)} 个：先去掉不用的")
    # What somebody outside hands in, they see; staff may keep a file among colleagues.
    return write_files(actor, case, files, note=note, is_public=is_public or not actor.is_staff)


def write_files(
    actor: Actor, case: Case, files: Iterable[Examined], *, note: Note | None = None, is_public: bool = True
) -> list[Attachment]:
    """The rows of files, inside an action that allowed them; those on the case already are left alone."""
    made = []
    for file in files:
        stored = storage.put(case.community_id, file.sha256, file.data)
        try:
            with transaction.atomic():
                row = Attachment.objects.create(
                    community_id=case.community_id,
                    case=case,
                    note=note,
                    name=file.name,
                    mime=file.mime,
                    size=len(file.data),
                    sha256=file.sha256,
                    stored=stored,
                    is_public=is_public,
                    author_id=actor.user_id,
                    author_label=actor.label,
                )
        except IntegrityError:  # the same bytes are on this case: the constraint attachment_once
            continue
        made.append(row)
        record(
            actor=actor,
            verb="attachment.added",
            subject=case,
            context=context_of(case),
            attachment=row.pk,
            name=row.name,
            public=is_public,
        )
    return made


@action
def add_note_with_files(
    *,
    actor: Actor,
    case: Case,
    text: str,
    files: Sequence[Examined] = (),
    is_public: bool = False,
    once: str | None = None,
) -> Note:
    """Write on a case and hand in files with it: both or nothing. Files may come without words."""
    said = text.strip() or (f"发来 {len(files)} 个文件" if files else "")
    note = add_note(actor=actor, case=case, text=said, is_public=is_public, once=once)
    if files:
        attach(actor=actor, case=case, files=files, note=note, is_public=note.is_public)
    return note


@action
def add_by_link(
    *,
    actor: Actor,
    case: Case,
    token: str,
    text: str,
    files: Sequence[Examined] = (),
    once: str | None = None,
) -> Note:
    """Say more by the tracking link: the enterprise reads it, the owner is told. Raises Refused."""
    if not token or token != case.token:
        raise Refused("链接不对：请核对是否复制完整")
    if State(case.state) not in OPEN:
        raise Refused("这件事已经办完了：有新的事，请再扫一次码或找社区")
    said = text.strip() or (f"发来 {len(files)} 个文件" if files else "")
    if not said:
        raise Refused("写一句，或者选一个文件")
    if len(said) > LONGEST:
        raise Refused(f"一次最多写 {LONGEST} 字，这里有 {len(said)} 字：请分几次写")
    if once and (twin := Note.objects.filter(once=once).first()) is not None:
        return twin
    note = write_note(actor, case, said, is_public=True, once=once)
    if files:
        attach(actor=actor, case=case, files=files, note=note, by_token=token)
    tell_desk(case, f"企业补充了：{case.title}", key=f"case:{case.pk}:added:{note.pk}")
    return note


@action
def remove_attachment(*, actor: Actor, attachment: Attachment) -> None:
    """Take a file off a case: whoever works it, or who handed it in. Its name stays in the history."""
    case = attachment.case
    own = actor.user_id is not None and attachment.author_id == actor.user_id
    works = visible_to(actor, WORK_CASE).filter(pk=case.pk).exists()
    shown = own and visible_to(actor, SEE_PORTAL).filter(pk=case.pk).exists()
    if not (actor.is_system or works or shown):
        raise Refused("这个文件不是您放的：请找经办人去掉")
    rows = Attachment.objects.filter(pk=attachment.pk, removed_at=None)
    if not rows.update(removed_at=clock.now()):
        raise Overtaken("这个文件刚才已经去掉了")
    record(
        actor=actor,
        verb="attachment.removed",
        subject=case,
        context=context_of(case),
        attachment=attachment.pk,
        name=attachment.name,
        public=attachment.is_public,
    )


def sweep(age: float | None = None) -> int:
    """Delete from the disk what no row needs: files removed KEPT ago, and files whose row never came.

    Returns how many went. Idempotent; may be cut off anywhere.
    """
    limit = clock.now() - KEPT
    ages = {} if age is None else {"age": age}
    gone = 0
    for stored, path in storage.old_files(**ages):
        home = storage.left_half_gone(path)
        wanted = stored.removesuffix(path.suffix) if home else stored
        needed = Attachment.objects.filter(stored=wanted).exclude(removed_at__lt=limit).exists()
        if home and needed and not home.exists():
            path.replace(home)
        elif home:
            path.unlink(missing_ok=True)
        elif not needed and storage.take_away(path, **ages):
            gone += 1
    return gone
