"""The list of departments as a spreadsheet: in, again, back out, and its own export back in."""

import csv
import io

import pytest
from django.test import Client

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.imports import run
from yuanzhi.kernel.imports.store import upload
from yuanzhi.kernel.models import HistoryEntry, ImportFinding
from yuanzhi.kernel.sealed import unseal
from yuanzhi.kernel.tabular.findings import BadCell
from yuanzhi.partners import actions
from yuanzhi.partners.imports.departments import KIND, read_days, read_phone
from yuanzhi.partners.models import Department

pytestmark = pytest.mark.django_db
HEAD = ["单位", "简称", "职责", "对接人", "联系电话", "答复时限"]


def table(*rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEAD, *rows])
    return out.getvalue().encode()


def bring(world, *rows):
    batch = upload(actor=world.house, kind=KIND, pieces=[table(*rows)], filename="部门.csv", options={})
    run.commit(batch.pk)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize(
    ("cell", "days"), [(3, 3), (3.0, 3), ("3 天", 3), ("5个工作日", 5), ("10日", 10), ("30", 30)]
)
def test_days_as_people_write_them(cell, days):
    assert read_days(cell) == days


@pytest.mark.parametrize("cell", ["三天", "0", "31", "-1", "1-3天", "尽快", "3.5"])
def test_what_are_no_days(cell):
    with pytest.raises(BadCell):
        read_days(cell)


@pytest.mark.parametrize("cell", ["138****1234", "12", "13812345678 13912345678"])
def test_a_bad_number_is_told_without_the_number(cell):
    with pytest.raises(BadCell) as bad:
        read_phone(cell)
    assert bad.value.private


def test_in_and_again_and_undone(world):
    rows = [
        ["云溪区残疾人联合会", "残联", "残保金", "陶安", "0571-86001007", "3天"],
        ["云溪区消防救援大队", "消防", "", "", "", ""],
        ["云溪区残疾人联合会", "又一遍", "", "", "", ""],
        ["", "没有名称", "", "", "", ""],
        ["云溪区税务局", "税务", "", "", "", "尽快"],
    ]
    batch = bring(world, *rows)
    assert (batch.created, batch.rejected) == (3, 2)
    made = Department.objects.get(short="残联")
    assert (made.reply_days, unseal(made.phone_sealed), made.liaison) == (3, "0571-86001007", "陶安")
    assert Department.objects.get(short="税务").reply_days == 3  # said so, and the default stands
    assert ImportFinding.objects.filter(batch=batch, message__contains="尽快").exists()
    again = bring(world, *rows[:2])
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    changed = bring(world, ["云溪区残疾人联合会", "", "残保金、辅具", "", "", "5"])
    assert changed.updated == 1
    made.refresh_from_db()
    assert (made.duties, made.reply_days, made.liaison) == ("残保金、辅具", 5, "陶安")
    told = "".join(HistoryEntry.objects.values_list("data", flat=True))
    assert "86001007" not in told


def take_back(batch):
    run.undo(batch.pk)
    batch.refresh_from_db()
    return batch


def test_undone_it_leaves_nothing_but_what_somebody_used(world):
    before = list(Department.objects.order_by("pk").values())
    lead, name = world.actor(Role.LEAD), world.departments[0].name
    batch = bring(
        world,
        ["云溪区残疾人联合会", "残联", "", "", "", ""],
        ["云溪区税务局", "税务", "", "", "", ""],
        [name, "", "技改", "", "", "9"],
    )
    used = Department.objects.get(short="税务")
    actions.edit_department(
        actor=lead, department=used, name=used.name, short="税务", duties="发票", reply_days=3
    )
    batch = take_back(batch)
    assert (batch.state, batch.options["kept_count"]) == ("undone", 1)
    left = [row for row in Department.objects.order_by("pk").values() if row["id"] != used.pk]
    assert [{**row, "version": 1} for row in left] == before
    assert HistoryEntry.objects.filter(verb="department.withdrawn").count() == 1


def test_only_the_lead_finds_the_tab(world):
    client = Client()
    client.force_login(world.user(Role.LEAD))
    assert "kind=departments" in client.get("/imports/?kind=departments").content.decode()
    client.force_login(world.user(Role.DESK_OFFICER))
    assert "kind=departments" not in client.get("/imports/").content.decode()
