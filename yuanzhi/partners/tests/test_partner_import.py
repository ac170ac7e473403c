"""The list of partners as a spreadsheet: in, again, back out, and its own export back in."""

import csv
import io

import pytest
from django.test import Client

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.imports import run
from yuanzhi.kernel.imports.store import upload
from yuanzhi.kernel.models import ImportFinding
from yuanzhi.partners import actions
from yuanzhi.partners.imports.partners import KIND
from yuanzhi.partners.models import Expert, Partner, PartnerKind

pytestmark = pytest.mark.django_db
HEAD = [
    "律所",
    "类型",
    "信用代码",
    "许可到期",
    "免费服务",
    "收费标准",
    "姓名",
    "职务",
    "擅长领域",
    "语种",
    "手机",
]
ONE = ["杭州砺知会计师事务所", "会计审计", "", "2028年6月30日", "看账免费", "审计 3000 起", "贺清", "会计师", "高企，审计", "普通话", "13812345678"]  # fmt: skip  # noqa: E501
TWO = [*ONE[:6], "戴秋禾", "会计师", "内控", "", ""]


def table(*rows):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEAD, *rows])
    return out.getvalue().encode()


def bring(world, *rows, data=None, name="合伙人.csv"):
    batch = upload(actor=world.house, kind=KIND, pieces=[data or table(*rows)], filename=name, options={})
    run.commit(batch.pk)
    batch.refresh_from_db()
    assert batch.state == "done", batch.message
    return batch


def counts(batch):
    return batch.created, batch.updated, batch.unchanged, batch.rejected


def told(batch):
    return "".join(ImportFinding.objects.filter(batch=batch).values_list("message", flat=True))


def test_in_and_again(world):
    assert counts(bring(world, ONE, TWO)) == (2, 0, 0, 0)
    firm = Partner.objects.get(name=ONE[0])
    assert (firm.state, str(firm.licence_until), firm.kind.name) == ("candidate", "2028-06-30", "会计审计")
    heqing = Expert.objects.get(name="贺清")
    assert (heqing.specialities, heqing.phone_masked) == (["高企", "审计"], "138****5678")
    assert Expert.objects.filter(partner=firm).count() == 2
    assert counts(bring(world, ONE, TWO)) == (0, 0, 2, 0)
    assert counts(bring(world, [*ONE[:4], "看账、答疑免费", *ONE[5:]])) == (0, 1, 0, 0)
    firm.refresh_from_db()
    assert firm.free_terms == "看账、答疑免费"


def test_a_new_kind_is_a_row(world):
    bring(world, ["某检测公司", "检测认证", "", "", "免费初检", "", "", "", "", "", ""])
    assert PartnerKind.objects.get(name="检测认证").is_active


def test_bad_lines_are_told_and_the_others_go_in(world):
    batch = bring(
        world,
        ["没说免费的所", "法律", "", "", "", "", "甲", "", "", "", ""],
        ["没姓名的所", "法律", "", "", "免费", "", "", "律师", "", "", ""],
        ["坏代码的所", "法律", "9133", "", "免费", "", "", "", "", "", ""],
        ONE,
    )
    assert counts(batch)[0] >= 1
    assert Partner.objects.filter(name=ONE[0]).exists()
    assert not Partner.objects.filter(name__in=["没说免费的所", "没姓名的所"]).exists()
    assert "什么免费" in told(batch)
    assert "没有姓名" in told(batch)


def test_back_out(world):
    before = (Partner.objects.count(), Expert.objects.count())
    batch = bring(world, ONE, TWO)
    run.undo(batch.pk)
    assert (Partner.objects.count(), Expert.objects.count()) == before


def test_what_was_used_since_stays(world):
    batch = bring(world, ONE, TWO)
    actions.edit_expert(actor=world.house, expert=Expert.objects.get(name="贺清"), facts={"title": "合伙人"})
    run.undo(batch.pk)
    assert Expert.objects.filter(name="贺清").exists()
    assert not Expert.objects.filter(name="戴秋禾").exists()
    batch.refresh_from_db()
    assert "后来有人用过" in "".join(batch.options["kept"])


def test_changed_facts_come_back(world):
    bring(world, ONE)
    batch = bring(world, [*ONE[:3], "2030-01-01", *ONE[4:]])
    run.undo(batch.pk)
    assert str(Partner.objects.get(name=ONE[0]).licence_until) == "2028-06-30"


def test_ones_own_export_changes_nothing(world):
    lead = Client()
    lead.force_login(world.user(Role.LEAD))
    answer = lead.post("/partners/export/", {"why": "核对"})
    data = b"".join(answer.streaming_content)
    batch = bring(world, data=data, name="名册.xlsx")
    assert counts(batch)[0] == 0
    assert counts(batch)[1] == 0
    assert counts(batch)[3] == 0
    assert counts(batch)[2] == 2


def test_who_may_bring_it_in(world):
    page = Client()
    page.force_login(world.user(Role.DESK_OFFICER))
    assert "合伙人" in page.get("/imports/?kind=partners").content.decode()
