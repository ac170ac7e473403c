"""Templates to fill in, and the same file back with its findings: mended, it goes in again."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import xlwt
from openpyxl import Workbook, load_workbook

from yuanzhi.kernel.imports.store import LIMITS
from yuanzhi.kernel.tabular.findings import ERROR, WARNING, Finding, TableError, cell_text, neutral
from yuanzhi.kernel.tabular.limits import MB, Limits
from yuanzhi.kernel.tabular.mapping import Column, Layout, match, read_records
from yuanzhi.kernel.tabular.reader import open_table
from yuanzhi.kernel.tabular.returning import messages, returned_name, write_back
from yuanzhi.kernel.tabular.writer import write_template

from .tabular_files import saved, sharing, with_parts, with_sheet, xlsx

LAYOUT = Layout(
    "企业",
    (
        Column("name", "企业名称", required=True, example="示例有限公司", note="营业执照上的全称"),
        Column("code", "信用代码", required=True, text=True, example="91330100MA00000001"),
        Column("scale", "规模", choices=("大型", "小型"), example="小型"),
        Column("trade", "行业", choices=tuple(f"行业{n}，其他" for n in range(99))),
    ),
)
ROWS = [("企业名称", "信用代码", "规模"), ("甲", "91A", "大型"), ("", "91B", "小型"), ("丙", "91C", "")]
FINDINGS = [
    Finding(3, "企业名称", ERROR, "没有填。"),
    Finding(4, "规模", WARNING, "像是空的。"),
    Finding(4, "", ERROR, "整行重复。"),
]


def as_csv(encoding: str = "gb18030", delimiter: str = ",") -> io.BytesIO:
    return io.BytesIO("".join(delimiter.join(row) + "\r\n" for row in ROWS).encode(encoding))


def as_xls() -> io.BytesIO:
    book = xlwt.Workbook()
    sheet = book.add_sheet("企业")
    for number, row in enumerate(ROWS):
        for position, value in enumerate(row):
            sheet.write(number, position, value)
    out = io.BytesIO()
    book.save(out)
    return out


def back(file: io.BytesIO, name: str, findings=FINDINGS, **options) -> io.BytesIO:
    table = open_table(file, name)
    out = io.BytesIO()
    write_back(file, table, match(table, LAYOUT), findings, out, **options)
    out.seek(0)
    return out


def texts(file: io.BytesIO) -> dict[int, list[str]]:
    return {number: [cell_text(cell) for cell in cells] for number, cells in open_table(file).rows()}


def test_the_template_is_read_back_without_its_example():
    out = io.BytesIO()
    write_template(LAYOUT, out)
    table = open_table(out, "模板.xlsx")
    matching = match(table, LAYOUT)
    assert (matching.header_row, matching.problems, matching.unknown) == (2, (), ())
    assert list(matching.places) == ["name", "code", "scale", "trade"]
    assert list(read_records(table, matching)) == []


def test_the_template_guides_the_hand():
    out = io.BytesIO()
    write_template(LAYOUT, out)
    book = load_workbook(out)
    sheet = book["企业"]
    assert "必填" in sheet["A1"].value
    assert [cell.value for cell in sheet[2]] == ["*企业名称", "*信用代码", "规模", "行业"]
    assert sheet["B3"].number_format == "@"
    assert sheet["B100"].number_format == "@"
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert rules["C3:C5000"].formula1 == '"大型,小型"'
    assert rules["D3:D5000"].formula1 == "'选项'!$D$1:$D$99"
    assert rules["A3:A5000"].prompt == "营业执照上的全称"
    assert book["选项"].sheet_state == "hidden"


def test_findings_of_a_row_are_gathered_errors_first():
    assert messages(FINDINGS) == {
        3: "「企业名称」没有填。",
        4: "整行重复。\n「规模」像是空的。",
    }
    assert messages([FINDINGS[1]]) == {4: "「规模」像是空的。（已导入，请核对）"}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("名单.xlsx", "名单-错误信息.xlsx"),
        ("名单.XLS", "名单-错误信息.xlsx"),
        ("名单-错误信息.xlsx", "名单-错误信息.xlsx"),
        ("", "表格-错误信息.xlsx"),
    ],
)
def test_the_file_that_goes_back_is_named_after_the_one_that_came(name: str, wanted: str):
    table = open_table(as_xls() if name.endswith("XLS") else xlsx(ROWS), name)
    assert returned_name(table) == wanted
    assert returned_name(open_table(as_csv(), "名单.csv.gz")) == "名单-错误信息.csv"


@pytest.mark.parametrize(
    "file", [xlsx(ROWS), sharing(xlsx(ROWS)), as_xls(), as_csv()], ids=["xlsx", "shared", "xls", "csv"]
)
def test_the_same_file_comes_back_with_a_column_more(file: io.BytesIO):
    got = texts(back(file, "名单"))
    assert [cell for cell in got[1] if cell] == ["企业名称", "信用代码", "规模", "错误信息"]
    assert got[2][:3] == ["甲", "91A", "大型"]
    assert "".join(got[2][3:]) == ""
    assert got[3][3] == "「企业名称」没有填。"
    assert got[4][3].startswith("整行重复。")


@pytest.mark.parametrize(("encoding", "delimiter"), [("gb18030", ";"), ("utf-8-sig", ","), ("utf-16", "\t")])
def test_csv_goes_back_in_its_own_encoding(encoding: str, delimiter: str):
    data = back(as_csv(encoding, delimiter), "名单.csv").getvalue()
    lines = data.decode(encoding).splitlines()
    assert lines[0] == delimiter.join(["企业名称", "信用代码", "规模", "错误信息"])
    assert lines[1] == delimiter.join(["甲", "91A", "大型", ""])


def test_the_mended_file_is_taken_and_old_findings_are_overwritten():
    once = back(xlsx(ROWS), "名单.xlsx")
    table = open_table(once)
    matching = match(table, LAYOUT)
    assert matching.unknown == ()
    assert [record.ok for record in read_records(table, matching)] == [True, False, True]
    twice = texts(back(once, "名单.xlsx", [Finding(2, "规模", ERROR, "又错了。")]))
    assert twice[1][:4] == ["企业名称", "信用代码", "规模", "错误信息"]
    assert len(twice[1]) == 4
    assert twice[2][3] == "「规模」又错了。"
    assert "".join(twice[3][3:]) == ""


def test_old_findings_in_the_middle_are_replaced_where_they_stand():
    rows = [("企业名称", "错误信息", "信用代码"), ("甲", "旧话", "91A"), ("乙", None, "91B")]
    findings = [Finding(3, "", ERROR, "新话。")]
    file = back(xlsx(rows), "名单.xlsx", findings)
    sheet = load_workbook(file).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["企业名称", "错误信息", "信用代码"],
        ["甲", None, "91A"],
        ["乙", "新话。", "91B"],
    ]


def test_formats_pictures_and_other_sheets_are_kept():
    book = Workbook()
    sheet = book.active
    for row in ROWS:
        sheet.append(row)
    sheet.merge_cells("A6:C6")
    sheet.column_dimensions["A"].width = 33
    sheet["A2"].number_format = "0.00%"
    book.create_sheet("说明").append(["别动我"])
    file = with_parts(saved(book), {"xl/media/photo.png": b"picture"})
    out = back(file, "名单.xlsx")
    assert zipfile.ZipFile(out).read("xl/media/photo.png") == b"picture"
    again = load_workbook(out)
    assert again["说明"]["A1"].value == "别动我"
    first = again.worksheets[0]
    assert first["A2"].number_format == "0.00%"
    assert [str(area) for area in first.merged_cells.ranges] == ["A6:C6"]
    assert (first.column_dimensions["A"].width, first.column_dimensions["D"].width) == (33, 60)
    assert first["D1"].value == "错误信息"


ODD_ROWS = {
    "empty rows between": (
        '<row r="1"><c r="A1" t="str"><v>企业名称</v></c><c r="B1" t="str"><v>信用代码</v></c></row>'
        '<row r="2"/><row r="3" ht="20"/><row r="4" spans="1:2"><c r="A4" t="str"><v>甲</v></c></row>'
    ),
    "rows without numbers": (
        '<row><c r="A1" t="str"><v>企业名称</v></c><c r="B1" t="str"><v>信用代码</v></c></row>'
        '<row/><row></row><row><c r="A4" t="str"><v>甲</v></c></row>'
    ),
}


@pytest.mark.parametrize("rows", ODD_ROWS.values(), ids=list(ODD_ROWS))
@pytest.mark.parametrize("prefix", ["", "x:"])
def test_a_message_finds_its_row_however_the_rows_are_written(rows: str, prefix: str):
    file = with_sheet(rows)
    if prefix:
        xml = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
        xml = re.sub(r"<(/?)(\w)", rf"<\1{prefix}\2", xml).replace("xmlns=", "xmlns:x=")
        file = with_parts(file, {"xl/worksheets/sheet1.xml": xml.encode()})
    out = back(file, "名单.xlsx", [Finding(4, "", ERROR, "就是这一行 <&>。")])
    sheet = load_workbook(out).active
    assert (sheet["C1"].value, sheet["C4"].value) == ("错误信息", "就是这一行 <&>。")
    assert texts(out)[4][:3] == ["甲", "", "就是这一行 <&>。"]


def test_nothing_of_the_users_is_written_over():
    rows = [("企业名称", "信用代码"), ("甲", "91A", "旁注"), ("", "91B")]
    for file, name in (
        (xlsx(rows), "a.xlsx"),
        (io.BytesIO("企业名称,信用代码\n甲,91A,旁注\n,91B\n".encode()), "a.csv"),
    ):
        got = texts(back(file, name, [Finding(3, "", ERROR, "错。")]))
        assert got[2][2] == "旁注"
        assert got[3][3] == "错。"


@pytest.mark.parametrize("file", [xlsx(ROWS), as_csv()], ids=["xlsx", "csv"])
def test_only_the_rejected_rows_can_be_had(file: io.BytesIO):
    got = texts(back(file, "名单", only_rejected=True))
    assert [row[1] for row in got.values()] == ["信用代码", "91B", "91C"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|'/c calc'!A1", "'+cmd|'/c calc'!A1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("-5", "-5"),
        ("+8613800001234", "+8613800001234"),
        ("-1,234.5", "-1,234.5"),
        ("杭州=甲", "杭州=甲"),
        ("", ""),
    ],
)
def test_no_text_becomes_a_formula_and_comes_back_as_it_was(text: str, wanted: str):
    assert neutral(text) == wanted
    assert cell_text(neutral(text)) == text


def test_a_formula_in_a_name_stays_text_in_every_kind_of_file():
    rows = [("企业名称", "信用代码"), ('=HYPERLINK("http://x")', "91A")]
    findings = [Finding(2, "", ERROR, "=坏话")]
    data = '企业名称,信用代码\n"=HYPERLINK(""http://x"")",91A\n'.encode()
    assert b"'=HYPERLINK" in back(io.BytesIO(data), "a.csv", findings).getvalue()
    file = xlsx([rows[0], ("x", "91A")])
    cell = load_workbook(back(file, "a.xlsx", findings)).active["C2"]
    assert (cell.value, cell.data_type) == ("'=坏话", "s")


@pytest.mark.parametrize("make", [as_csv, as_xls, lambda: xlsx(ROWS)], ids=["csv", "xls", "xlsx"])
def test_what_is_too_large_on_the_way_in_is_not_given_back_either(make):
    file = make()
    with pytest.raises(TableError, match="上限"):
        back(file, "名单", limits=Limits(file=len(file.getvalue()) - 1))
    assert back(file, "名单", limits=Limits(file=len(file.getvalue()))).getvalue()


def test_uploads_and_files_given_back_have_one_limit():
    assert Limits() == LIMITS and LIMITS.file == 64 * MB
