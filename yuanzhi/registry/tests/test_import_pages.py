"""The pages of the import: from the upload to the undo, by hand and without JavaScript."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.imports import run
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.models import ImportBatch
from yuanzhi.registry.models import Enterprise

from .importing import HEAD, brought_in, code_of, csv_of, line, uploaded, xlsx_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(client, world):
    client.force_login(world.user(Role.LEAD))
    return client


def send(client, data: bytes, name: str = "名单.csv", **more):
    file = SimpleUploadedFile(name, data)
    return client.post(reverse("registry:imports"), {"file": file, **more})


def latest(client, path: str = "") -> str:
    batch = ImportBatch.objects.latest("id")
    return client.get(reverse("registry:import", args=[batch.pk]) + path).content.decode()


def press(client, what: str, **data):
    batch = ImportBatch.objects.latest("id")
    return client.post(reverse(f"registry:import_{what}", args=[batch.pk]), data)


def columns(page: str) -> dict[str, str]:
    """What the selects of the page would send."""
    chosen = {}
    for name, body in re.findall(r'<select name="(column_\d+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen[name] = (re.findall(r'value="(\w*)" selected', body) or [""])[0]
    return chosen


def test_from_upload_to_undo(lead, world):
    bad = line(702)
    bad[1] = code_of(702)[:17]
    assert "还没有导入过" in lead.get(reverse("registry:imports")).content.decode()
    assert (
        send(lead, xlsx_of([HEAD, line(700), line(701, 从业人数="很多"), bad]), "名单.xlsx").status_code
        == 302
    )
    page = latest(lead)
    assert "对一对列" in page and columns(page)["column_1"] == "uscc"
    press(lead, "columns", **columns(page))
    assert "正在检查" in latest(lead) and 'http-equiv="refresh"' in latest(lead)
    drain()
    page = latest(lead)
    assert "还什么都没有写入" in page and "少了 1 位" in page and "导入 2 行" in page
    assert not Enterprise.objects.filter(uscc=code_of(700)).exists()
    press(lead, "commit")
    drain()
    page = latest(lead)
    assert "撤销这次导入" in page and Enterprise.objects.filter(uscc=code_of(700)).exists()
    only = latest(lead, "?level=warning")
    assert "不是人数" in only and "少了 1 位" not in only
    asked = press(lead, "undo")
    assert "撤销“名单.xlsx”这次导入？" in asked.content.decode()
    press(lead, "undo", confirmed="1")
    drain()
    assert "撤干净了" in latest(lead) and not Enterprise.objects.filter(uscc=code_of(700)).exists()


def test_the_progress_asks_for_itself_and_at_the_end_for_the_page(lead, world):
    send(lead, csv_of([HEAD, line(700)]))
    press(lead, "columns", **columns(latest(lead)))
    url = reverse("registry:import_progress", args=[ImportBatch.objects.latest("id").pk])
    assert lead.get(url).status_code == 302
    piece = lead.get(url, headers={"HX-Request": "true"})
    assert "every 1s" in piece.content.decode() and "<html" not in piece.content.decode()
    assert "HX-Refresh" not in piece.headers
    drain()
    assert lead.get(url, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_what_can_not_be_read_is_said_beside_the_field(lead):
    page = send(lead, b"%PDF-1.7", "名单.pdf")
    assert page.status_code == 422 and "这是 PDF 文件" in page.content.decode()
    page = send(lead, csv_of([HEAD, line(1)]), day="2999-01-01")
    assert page.status_code == 422 and "还没有到" in page.content.decode()
    page = lead.post(reverse("registry:imports"), {})
    assert "还没有选文件" in page.content.decode()
    assert not ImportBatch.objects.exists()


def test_columns_that_make_no_sense_are_said_and_nothing_begins(lead):
    send(lead, csv_of([HEAD, line(700)]))
    chosen = columns(latest(lead))
    page = press(lead, "columns", **{**chosen, "column_0": ""})
    assert page.status_code == 422 and "没有「企业名称」" in page.content.decode()
    press(lead, "columns", **{**chosen, "column_2": "name"})
    assert "都选了“企业名称”" in latest(lead)
    assert ImportBatch.objects.get().state == "uploaded"


def test_unknown_headers_are_mapped_by_hand(lead):
    send(lead, csv_of([("甲", "乙"), ("杭州甲一有限公司", code_of(700))]))
    assert "没有找到表头" in latest(lead)
    press(lead, "columns", column_0="name", column_1="uscc")
    drain()
    assert "导入 1 行" in latest(lead)
    press(lead, "remap")
    assert "对一对列" in latest(lead)


def test_another_sheet(lead, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "说明"
    book.active.append(["填表说明"])
    sheet = book.create_sheet("名单")
    sheet.append(HEAD)
    sheet.append(line(700))
    book.save(tmp_path / "两张.xlsx")
    send(lead, (tmp_path / "两张.xlsx").read_bytes(), "两张.xlsx")
    assert "读哪张工作表" in latest(lead)
    press(lead, "columns", sheet="名单")
    assert columns(latest(lead))["column_0"] == "name"


def test_the_template_and_the_file_back(lead, world):
    template = b"".join(lead.get(reverse("registry:import_template")).streaming_content)
    send(lead, template, "模板.xlsx")
    press(lead, "columns", **columns(latest(lead)))
    drain()
    assert "表头下面没有数据" in latest(lead), "the template itself, untouched, brings nothing"
    batch = brought_in(world, xlsx_of([HEAD, line(700), line(700)]), "名单.xlsx")
    answer = lead.get(reverse("registry:import_back", args=[batch.pk]))
    data = b"".join(answer.streaming_content)

    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert rows[0][-1] == "错误信息" and "重复" in rows[2][-1]
    only = lead.get(reverse("registry:import_back", args=[batch.pk]) + "?only=1")
    rows = (
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(only.streaming_content)))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert len(rows) == 2


def test_a_stalled_import_is_offered_to_go_on(lead, world):
    batch = run.check(uploaded(world, csv_of([HEAD, line(700)])).pk)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state="committing", options=batch.options | {"stage": "rows"}
    )
    page = latest(lead)
    assert "接着做" in page and "every 1s" not in page
    press(lead, "again")
    drain()
    assert run.load(batch.pk).state == "done"


def test_clicks_that_come_too_late_are_told(lead, world):
    brought_in(world, csv_of([HEAD, line(700)]))
    for what in ("commit", "remap", "columns"):
        press(lead, what)
        assert "请刷新" in latest(lead), what


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CAPTAIN, Role.CONTACT, Role.GRID_MEMBER])
def test_others_may_not(client, world, role):
    batch = uploaded(world, csv_of([HEAD, line(700)]))
    client.force_login(world.user(role))
    for name, args in (
        ("imports", []),
        ("import", [batch.pk]),
        ("import_back", [batch.pk]),
        ("import_template", []),
    ):
        assert client.get(reverse(f"registry:{name}", args=args)).status_code == 403


def test_the_neighbour_sees_nothing_of_it(client, world, neighbour):
    batch = brought_in(world, csv_of([HEAD, line(700)]))
    client.force_login(neighbour.user(Role.LEAD))
    for name in ("import", "import_progress", "import_back"):
        assert client.get(reverse(f"registry:{name}", args=[batch.pk])).status_code == 404
    for name in ("columns", "remap", "commit", "again", "undo"):
        assert client.post(reverse(f"registry:import_{name}", args=[batch.pk])).status_code == 404
    assert "名单.csv" not in client.get(reverse("registry:imports")).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_however_long_it_is(lead, world, count, django_assert_max_num_queries):
    for number in range(count):
        uploaded(world, csv_of([HEAD, line(700 + number)]))
    lead.get(reverse("registry:imports"))
    with django_assert_max_num_queries(12):
        lead.get(reverse("registry:imports"))


def test_another_kind_of_table_gets_a_tab_and_a_template_of_its_own(lead, monkeypatch):
    from yuanzhi.registry.imports import pages
    from yuanzhi.registry.imports.kind import PAGE

    other = pages.ImportPage(PAGE.code, "others", "别的表", "件", PAGE.verb, PAGE.options, promises=("放心",))
    monkeypatch.setitem(pages._pages, "test.other", other)
    page = lead.get(reverse("registry:imports") + "?kind=others").content.decode()
    assert "别的表" in page and "?kind=enterprises" in page and "放心" in page
    answer = lead.get(reverse("registry:import_template") + "?kind=others")
    assert answer.status_code == 200 and "attachment" in answer["Content-Disposition"]
    assert lead.get(reverse("registry:import_template") + "?kind=nothing").status_code == 404
