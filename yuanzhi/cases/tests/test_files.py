"""Files on cases: who may hand in and see them, once, removed with history, and nothing left over on the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, queries_catalogue, storage
from yuanzhi.cases.actions import attachments
from yuanzhi.cases.attachments import DESK, examine
from yuanzhi.cases.models import Attachment, Case
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.refusals import Overtaken, Refused

from .test_attachments import jpeg, pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def case(world):
    return actions.open_case(
        actor=world.actor(Role.DESK_OFFICER), enterprise=world.enterprises[0], words="尾款拖了五个月"
    )


def files_on_disk(root):
    return sorted(path for path in Path(root).rglob("*") if path.is_file())


def test_a_file_lies_on_disk_under_its_digest_and_is_told(world, case, media):
    (row,) = attachments.attach(
        actor=world.actor(Role.DESK_OFFICER), case=case, files=[examine("合同.pdf", pdf())]
    )
    assert storage.path_of(row.stored).read_bytes() == pdf()
    assert row.stored == f"attachments/{world.community.pk}/{row.sha256[:2]}/{row.sha256}"
    assert oct(storage.path_of(row.stored).stat().st_mode)[-3:] == "600"
    entry = HistoryEntry.objects.get(verb="attachment.added")
    assert (entry.subject, entry.context) == (f"case:{case.pk}", f"enterprise:{case.enterprise_id}")


def test_the_same_file_is_on_a_case_once_and_on_disk_once(world, case, media):
    officer = world.actor(Role.DESK_OFFICER)
    photo = examine("a.jpg", jpeg())
    assert len(attachments.attach(actor=officer, case=case, files=[photo, photo])) == 1
    assert attachments.attach(actor=officer, case=case, files=[examine("b.jpg", jpeg())]) == []
    other = actions.open_case(actor=officer, words="另一件", files=[photo])
    assert other.attachments.count() == 1
    assert len(files_on_disk(media)) == 1


def test_a_case_holds_so_many_files_and_says_so(world, case):
    officer = world.actor(Role.DESK_OFFICER)
    many = [examine(f"{n}.txt", f"第 {n} 份".encode()) for n in range(DESK.count)]
    attachments.attach(actor=officer, case=case, files=many)
    with pytest.raises(Refused, match="最多放 20 个"):
        attachments.attach(actor=officer, case=case, files=[examine("x.txt", b"one more")])
    assert case.attachments.count() == DESK.count


SEES = [
    (Role.LEAD, True, True),
    (Role.DESK_OFFICER, True, True),
    (Role.GRID_MEMBER, True, True),
    (Role.CONTACT, True, False),
    (Role.EMPLOYEE, False, False),
    (Role.CAPTAIN, False, False),
    (Role.PARTNER, False, False),
    (Role.AUDITOR, False, False),
]


@pytest.mark.parametrize(("role", "public", "internal"), SEES)
def test_who_sees_which_file(world, case, role, public, internal):
    officer = world.actor(Role.DESK_OFFICER)
    (shown,) = attachments.attach(actor=officer, case=case, files=[examine("a.txt", b"a")])
    (kept,) = attachments.attach(actor=officer, case=case, files=[examine("b.txt", b"b")], is_public=False)
    actor = world.actor(role)
    assert (queries_catalogue.attachment_for(actor, shown.pk) is not None) is public
    assert (queries_catalogue.attachment_for(actor, kept.pk) is not None) is internal
    assert queries_catalogue.attachment_by_link(case, kept.pk) is None
    assert queries_catalogue.attachment_by_link(case, shown.pk) == shown


def test_files_of_a_confidential_case_are_hidden_from_the_employer(world):
    employee, contact = world.actor(Role.EMPLOYEE), world.actor(Role.CONTACT)
    case = actions.open_case(
        actor=employee,
        enterprise=world.enterprises[0],
        words="两个月没发工资",
        is_confidential=True,
        files=[examine("工资条.jpg", jpeg())],
    )
    row = case.attachments.get()
    assert queries_catalogue.attachment_for(employee, row.pk) == row
    assert queries_catalogue.attachment_for(contact, row.pk) is None
    assert not HistoryEntry.objects.filter(verb="attachment.added").exclude(context="").exists()
    with pytest.raises(Refused):
        attachments.attach(actor=contact, case=case, files=[examine("x.txt", b"x")])


def test_who_takes_a_file_off(world, case):
    officer, contact = world.actor(Role.DESK_OFFICER), world.actor(Role.CONTACT)
    (theirs,) = attachments.attach(actor=contact, case=case, files=[examine("a.txt", b"a")])
    (ours,) = attachments.attach(actor=officer, case=case, files=[examine("b.txt", b"b")])
    with pytest.raises(Refused, match="不是您放的"):
        attachments.remove_attachment(actor=contact, attachment=ours)
    attachments.remove_attachment(actor=contact, attachment=theirs)
    with pytest.raises(Overtaken):
        attachments.remove_attachment(actor=officer, attachment=theirs)
    assert HistoryEntry.objects.filter(verb="attachment.removed").count() == 1
    assert len(attachments.attach(actor=contact, case=case, files=[examine("a.txt", b"a")])) == 1, "again"


def test_a_note_and_its_files_come_together_or_not_at_all(world, case):
    contact = world.actor(Role.CONTACT)
    note = attachments.add_note_with_files(
        actor=contact, case=case, text="", files=[examine("a.txt", b"a")], once="k"
    )
    assert note.text == "发来 1 个文件" and note.attachments.count() == 1
    again = attachments.add_note_with_files(
        actor=contact, case=case, text="", files=[examine("a.txt", b"a")], once="k"
    )
    assert again.pk == note.pk and case.attachments.count() == 1
    many = [examine(f"{n}.txt", f"{n}".encode()) for n in range(DESK.count)]
    with pytest.raises(Refused):
        attachments.add_note_with_files(actor=contact, case=case, text="太多了", files=many, once="k2")
    assert not case.notes.filter(text="太多了").exists()


def test_a_removed_file_goes_from_the_disk_a_month_later(world, case, media):
    officer = world.actor(Role.DESK_OFFICER)
    (row,) = attachments.attach(actor=officer, case=case, files=[examine("a.txt", b"a")])
    attachments.remove_attachment(actor=officer, attachment=row)
    _grow_old(media)
    assert attachments.sweep() == 0
    with time_machine.travel(timezone.now() + attachments.KEPT + attachments.KEPT / 30):
        _grow_old(media)
        assert attachments.sweep() == 1
        assert attachments.sweep() == 0
    assert files_on_disk(media) == []
    assert Attachment.objects.get(pk=row.pk).name == "a.txt"


def _grow_old(root):
    for path in files_on_disk(root):
        os.utime(path, (1, 1))


def test_what_never_got_a_row_is_swept_and_what_has_one_stays(world, case, media):
    officer = world.actor(Role.DESK_OFFICER)
    attachments.attach(actor=officer, case=case, files=[examine("a.txt", b"a")])
    lost = examine("b.txt", b"b")
    with pytest.raises(RuntimeError), transaction.atomic():
        attachments.attach(actor=officer, case=case, files=[lost])
        raise RuntimeError
    assert len(files_on_disk(media)) == 2 and case.attachments.count() == 1
    assert attachments.sweep() == 0, "young: its row may be on the way"
    _grow_old(media)
    assert attachments.sweep() == 1
    assert [path.read_bytes() for path in files_on_disk(media)] == [b"a"]


def test_a_file_asked_for_again_while_it_is_swept_stays(world, case, media):
    stored = storage.put(1, "ab" * 32, b"x")
    path = storage.path_of(stored)
    os.utime(path, (1, 1))
    assert storage.put(1, "ab" * 32, b"x") == stored  # touched
    assert not storage.take_away(path) and path.exists()
    # cut off between moving it away and deciding: the next sweep puts it back where it is needed
    (row,) = attachments.attach(actor=world.house, case=case, files=[examine("c.txt", b"c")])
    home = storage.path_of(row.stored)
    home.rename(home.with_name(home.name + ".gone"))
    attachments.sweep()
    assert home.read_bytes() == b"c"


def test_names_out_of_the_folder_are_not_opened(media):
    for stored in ("../../etc/passwd", "attachments/../../keys/data", "/etc/passwd"):
        with pytest.raises(FileNotFoundError):
            storage.path_of(stored)


KILLED = """
import os, signal, sys, django
django.setup()
from yuanzhi.cases import storage
from yuanzhi.cases.actions import attachments
from yuanzhi.cases.attachments import examine
from yuanzhi.cases.models import Attachment, Case
from yuanzhi.accounts.actor import system
put = storage.put
def die(*args):
    put(*args)
    print("stored", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
storage.put = die
case = Case.objects.get(pk=int(sys.argv[1]))
attachments.attach(actor=system(case.community_id), case=case, files=[examine("a.txt", b"killed")])
"""


@pytest.mark.django_db(transaction=True)
def test_killed_between_file_and_row_leaves_no_row(media):
    from tests.world import build

    world = build()
    case = actions.open_case(actor=world.house, words="文件传到一半")
    name = connection.settings_dict["NAME"]
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "yuanzhi.config.settings"}
    if connection.vendor == "sqlite":
        env["YUANZHI_HOME"] = str(media.parent / "home")
        code = KILLED.replace(
            "django.setup()",
            f"from django.conf import settings\nsettings.DATABASES['default']['NAME'] = {str(name)!r}\n"
            f"settings.MEDIA_ROOT = {str(media)!r}\ndjango.setup()",
        )
    else:
        options = connection.settings_dict
        env["DATABASE_URL"] = f"postgres://{options['USER']}@{options['HOST']}:{options['PORT']}/{name}"
        code = KILLED.replace(
            "django.setup()",
            f"from django.conf import settings\nsettings.MEDIA_ROOT = {str(media)!r}\ndjango.setup()",
        )
    keys = Path(env.get("YUANZHI_HOME", django_settings.HOME)) / "keys"
    keys.mkdir(parents=True, exist_ok=True)
    (keys / "data").write_text(django_settings.DATA_KEY)
    done = subprocess.run(
        [sys.executable, "-c", code, str(case.pk)], env=env, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "stored", done.stderr[-500:]
    assert not Attachment.objects.exists()
    assert len(files_on_disk(media)) == 1
    _grow_old(media)
    assert attachments.sweep() == 1
    assert Case.objects.filter(pk=case.pk).exists()
