"""Needs and the catalogue as spreadsheets: dry run, in, the same again, undone."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.imports import items, needs
from yuanzhi.cases.models import Case, ServiceItem
from yuanzhi.kernel.imports import run
from yuanzhi.kernel.imports.back import give_back
from yuanzhi.kernel.imports.store import upload
from yuanzhi.kernel.models import ImportFinding, Notice
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.findings import BadCell

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


def sheet(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(world, role, kind, data, name="台账.xlsx"):
    batch = upload(actor=world.actor(role), kind=kind, pieces=[data], filename=name, options={})
    return run.check(batch.pk)


HEAD = ["问题描述", "单位名称", "信用代码", "反映时间", "来源", "反映人", "联系方式", "窗口", "事项", "保密"]


def ledger(world):
    one, two = world.enterprises[0], world.enterprises[1]
    return sheet(
        [
            ["2026 年 11 月诉求台账"],
            HEAD,
            [
                "尾款拖了五个月",
                one.name,
                "",
                "2026-11-02",
                "微信群",
                "李女士",
                "13800001234",
                "经济发展",
                "",
                "",
            ],
            ["楼道堆了纸箱", "", two.uscc, "2026-11-03", "来电", "", "", "", "消防与安全隐患", ""],
            ["两个月没发工资", one.name, "", "2026-11-04", "走访", "王强", "", "", "劳动纠纷", "是"],
            ["路灯坏了", "", "", "", "", "", "", "不知道窗口", "", ""],
            ["查无此家", "杭州不存在有限公司", "", "2026-11-04", "", "", "", "", "", ""],
            ["尾款拖了五个月", one.name, "", "2026-11-02", "微信", "", "", "", "", ""],
            ["", one.name, "", "2026-11-02", "", "", "", "", "", ""],
            ["电话不对", one.name, "", "2030-01-01", "传真", "", "12", "", "", ""],
        ]
    )


def test_a_ledger_in_and_again_and_undone(world):
    officer = Role.DESK_OFFICER
    batch = bring(world, officer, needs.KIND, ledger(world))
    assert (batch.state, batch.created, batch.rejected) == ("checked", 5, 3)
    assert not Case.objects.exists()
    batch = run.commit(batch.pk)
    assert (batch.state, batch.created) == ("done", 5)
    first, fire, wage, lamp, odd = Case.objects.order_by("pk")
    assert (first.enterprise, first.channel, first.speaker) == (world.enterprises[0], "wechat", "李女士")
    assert first.speaker_phone_masked == "138****1234" and first.desk.code == "economy"
    assert timezone.localtime(first.opened_at).isoformat()[:16] == "2026-11-02T09:00"
    assert (fire.enterprise, fire.item.name, fire.channel) == (
        world.enterprises[1],
        "消防与安全隐患",
        "phone",
    )
    assert wage.is_confidential and wage.channel == "visit"
    assert lamp.enterprise is None and lamp.channel == "sheet"
    assert odd.speaker_phone_masked == ""  # a bad number doesn't keep a need out
    assert all("13800001234" not in f.value for f in ImportFinding.objects.all())
    again = run.commit(bring(world, officer, needs.KIND, ledger(world)).pk)
    assert (again.created, again.unchanged) == (0, 5) and Case.objects.count() == 5
    actions.accept(actor=world.actor(officer), case=fire)
    undone = run.undo(batch.pk)
    assert undone.state == "undone" and undone.options["kept_count"] == 1
    assert "已经有人在办" in undone.options["kept"][0]
    states = dict(Case.objects.values_list("pk", "state"))
    assert states[fire.pk] == "accepted" and sorted(states.values()).count("withdrawn") == 4
    third = run.commit(bring(world, officer, needs.KIND, ledger(world)).pk)
    assert (third.created, third.unchanged) == (4, 1)


def test_one_notice_for_a_table_and_none_for_each_row(world):
    run.commit(bring(world, Role.LEAD, needs.KIND, ledger(world)).pk)
    titles = list(Notice.objects.values_list("title", flat=True))
    assert titles == ["用表格登记了 5 件诉求"]


def test_the_file_comes_back_with_what_was_found(world):
    batch = bring(world, Role.DESK_OFFICER, needs.KIND, ledger(world))
    out = io.BytesIO()
    give_back(batch, out)
    texts = [str(cell.value) for row in openpyxl.load_workbook(out).active for cell in row if cell.value]
    assert any("名录里没有这家企业" in text for text in texts)
    assert any("与第 3 行是同一件" in text for text in texts)
    assert any("没有叫“不知道”的窗口" in text for text in texts)


def test_grid_staff_bring_no_ledger_and_the_neighbour_sees_none(world, neighbour):
    with pytest.raises(Refused):
        needs.Needs().actor(
            upload(
                actor=world.actor(Role.GRID_MEMBER),
                kind=needs.KIND,
                pieces=[ledger(world)],
                filename="a.xlsx",
            )
        )
    run.commit(bring(neighbour, Role.LEAD, needs.KIND, ledger(world)).pk)
    communities = {case.enterprise.community_id for case in Case.objects.exclude(enterprise=None)}
    assert communities <= {neighbour.community.pk}


def rows_of(data):
    return [[cell.value or "" for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data)).active]


def exported(world):
    out = io.BytesIO()
    lead = world.actor(Role.LEAD)
    from yuanzhi.cases.queries_catalogue import catalogue

    items.write_catalogue(list(catalogue(lead)), out)
    return rows_of(out.getvalue())


def test_the_catalogue_goes_out_and_in_unchanged(world):
    rows = exported(world)
    assert len(rows) == 14
    batch = bring(world, Role.LEAD, items.KIND, sheet(rows), "服务事项.xlsx")
    assert (batch.unchanged, batch.created, batch.updated, batch.rejected) == (13, 0, 0, 0)


def test_what_changed_in_the_sheet_is_a_new_dated_row(world):
    rows = exported(world)
    place = {title: at for at, title in enumerate(rows[0])}
    for row in rows[1:]:
        if row[place["事项"]] == "融资对接":
            row[place["办结（工作日）"]] = 7
            row[place["材料"]] = "营业执照；近两年报表（盖章）"
    rows.append(
        [
            "公共事务",
            "人才公寓",
            4,
            "15个工作日",
            20,
            "杭政办〔2024〕1 号",
            "学历证书",
            "预审/专员/3；公示/住建/12",
            "",
            "",
            "是",
        ]
    )
    rows.append(["公共事务", "太久", 4, 10, "", "", "", "一步/专员/30", "", "", "否"])
    rows.append(["没有的窗口", "哪儿", 4, 10, "", "", "", "", "", "", ""])
    batch = run.commit(bring(world, Role.LEAD, items.KIND, sheet(rows), "服务事项.xlsx").pk)
    assert (batch.created, batch.updated, batch.unchanged, batch.rejected) == (1, 1, 12, 2)
    money = ServiceItem.objects.get(name="融资对接", valid_to=None)
    assert money.resolution_days == 7 and money.replaces.resolution_days == 10
    assert [(s.name, s.hint) for s in money.stages.all()] == [("营业执照", ""), ("近两年报表", "盖章")]
    flat = ServiceItem.objects.get(name="人才公寓")
    assert [(s.name, s.who, s.workdays) for s in flat.stages.filter(kind="stage")] == [
        ("预审", "专员", 3),
        ("公示", "住建", 12),
    ]
    assert run.undo(batch.pk).state == "undone"
    assert ServiceItem.objects.get(name="融资对接", valid_to=None).resolution_days == 10
    assert not ServiceItem.objects.filter(name="人才公寓", valid_to=None).exists()


@pytest.mark.parametrize("text", ["/专员/3", "执照/专员/三天", "执照/专员/3/4"])
def test_a_line_that_cannot_be_read_is_said(text):
    with pytest.raises(BadCell, match="没看懂"):
        items.read_steps(text)


def test_the_template_has_an_example_that_is_never_imported(client, world):
    client.force_login(world.user(Role.LEAD))
    for slug, kind in (("cases", needs.KIND), ("items", items.KIND)):
        assert "诉求台账" in client.get(f"/imports/?kind={slug}").content.decode()
        answer = client.get(f"/imports/template/?kind={slug}")
        data = b"".join(answer.streaming_content)
        assert bring(world, Role.LEAD, kind, data, "模板.xlsx").created == 0
    data = b"".join(client.get("/items/export/").streaming_content)
    assert rows_of(data)[0][:2] == ["窗口", "事项"]
