"""A spreadsheet comes in: upload, columns, dry run, import, undo; on desktop and phone, light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.imports import run
from yuanzhi.kernel.imports.states import Move
from yuanzhi.kernel.imports.store import move
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.models import ImportBatch
from yuanzhi.registry.tests.importing import HEAD, brought_in, code_of, csv_of, line, uploaded, xlsx_of


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def table(tmp_path):
    short = line(703)
    short[1] = code_of(703)[:17]
    rows = [
        HEAD,
        line(700, "杭州微澜智能科技有限公司", 成立日期="2019-03-05", 注册资本="750万元", 园区="云溪1号园", 楼栋="A座", 房间="603", 联系人="王小二", 联系电话="13800001234"),
        line(701, "杭州拓源电子有限公司", 成立日期="2019年3月", 注册资本="很多", 从业人数="若干"),
        line(702, "杭州天目启真数字科技有限公司", 园区="不认识的园区"),
        short,
        line(700, "杭州微澜智能科技有限公司"),
    ]  # fmt: skip
    path = tmp_path / "云溪 1 号园企业名单.xlsx"
    path.write_bytes(xlsx_of(rows))
    return path


def test_from_upload_to_undo(page, sign_in, axe, no_sideways_scroll, shots, transactional_db, world, table):
    sign_in(page, world.user(Role.LEAD))
    brought_in(world, csv_of([HEAD, line(790)]), "上个月的名单.csv")
    page.goto("/imports/")
    shots(page, "import_list")
    axe(page)
    no_sideways_scroll(page)
    page.get_by_label("表格文件").set_input_files(table)
    page.get_by_role("button", name="上传并看看").click()
    expect(page.get_by_role("heading", name="对一对列")).to_be_visible()
    shots(page, "import_columns")
    axe(page)
    no_sideways_scroll(page)
    page.get_by_role("button", name="检查一遍").click()
    expect(page.get_by_text("可以离开这一页")).to_be_visible()
    shots(page, "import_running")
    axe(page)
    no_sideways_scroll(page)
    drain()
    expect(page.get_by_text("还什么都没有写入")).to_be_visible()
    shots(page, "import_checked")
    axe(page)
    no_sideways_scroll(page)
    page.get_by_role("button", name="导入 3 行").click()
    expect(page.get_by_text("可以离开这一页")).to_be_visible()
    drain()
    expect(page.get_by_role("button", name="撤销这次导入")).to_be_visible()
    shots(page, "import_done", full_page=True)
    axe(page)
    page.get_by_role("button", name="撤销这次导入").click()
    page.get_by_role("button", name="撤销导入", exact=True).click()
    expect(page.get_by_text("可以离开这一页")).to_be_visible()
    drain()
    expect(page.get_by_text("撤干净了")).to_be_visible()
    shots(page, "import_undone")


def test_stalled_and_failed(page, sign_in, axe, shots, transactional_db, world):
    sign_in(page, world.user(Role.LEAD))
    batch = run.check(uploaded(world, csv_of([HEAD, line(700)])).pk)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state="committing", options=batch.options | {"stage": "rows"}
    )
    page.goto(f"/imports/{batch.pk}/")
    expect(page.get_by_role("button", name="接着做")).to_be_visible()
    shots(page, "import_stalled")
    axe(page)
    move(run.load(batch.pk), Move.FAIL, message="原文件已经清理掉了（只保留一段时间）。请重新上传一次。")
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("请重新上传")
    shots(page, "import_failed")
    axe(page)
