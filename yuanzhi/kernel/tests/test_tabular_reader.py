"""Opening what people upload: every kind of table is read, everything else is refused in a sentence."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import tracemalloc
import zipfile

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from yuanzhi.kernel.tabular.findings import TableError, cell_text
from yuanzhi.kernel.tabular.limits import MB, Limits
from yuanzhi.kernel.tabular.reader import Table, open_table

from .tabular_files import (
    HEADER,
    bomb,
    ole,
    saved,
    sharing,
    with_parts,
    with_shared_strings,
    with_sheet,
    xlsx,
)

ROWS = (HEADER, ("杭州甲科技有限公司", "91330100A", 35), ("杭州乙（中国）有限公司", "91330100B", 7))


def texts(table: Table) -> list[list[str]]:
    return [[cell_text(cell) for cell in cells] for _, cells in table.rows()]


WANTED = [[cell_text(cell) for cell in row] for row in ROWS]


def as_text(delimiter: str) -> str:
    return "".join(delimiter.join(row) + "\r\n" for row in WANTED)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
    ],
)
def test_text_is_read_in_any_encoding_with_any_delimiter(delimiter: str, encoding: str, found: str):
    table = open_table(io.BytesIO(as_text(delimiter).encode(encoding)), "名单.csv")
    assert (table.kind, table.encoding, table.delimiter) == ("csv", found, delimiter)
    assert texts(table) == WANTED
    assert table.rows_hint == 3


def test_a_gzipped_csv_is_read():
    table = open_table(io.BytesIO(gzip.compress(as_text(",").encode())), "名单.csv.gz")
    assert texts(table) == WANTED


def test_a_table_can_be_read_again_and_from_a_path(tmp_path):
    path = tmp_path / "名单.csv"
    path.write_text(as_text(","), encoding="gb18030")
    table = open_table(path)
    assert table.filename == "名单.csv"
    assert [number for number, _ in table.head(1)] == [1]
    assert texts(table) == WANTED
    assert texts(table) == WANTED


def test_excels_own_csv_with_a_sep_line_and_protected_codes():
    table = open_table(io.BytesIO('sep=;\r\n名称;代码\r\n甲;="0012"\r\n'.encode("utf-8-sig")))
    assert texts(table) == [["名称", "代码"], ["甲", "0012"]]


def test_line_breaks_inside_quotes_keep_the_numbers_excel_shows():
    table = open_table(io.BytesIO('名称,范围\n甲,"一\n二"\n乙,三\n'.encode()))
    assert [number for number, _ in table.rows()] == [1, 2, 3]


def test_one_bad_byte_does_not_keep_the_file_out_but_is_told():
    data = as_text(",").encode() + b"\xff\xe4\xb8,x,1\r\n" + "丙,y,2\r\n".encode()
    table = open_table(io.BytesIO(data))
    assert any("读不出来" in note for note in table.notes)
    assert texts(table)[-1] == ["丙", "y", "2"]


@pytest.mark.parametrize("limits", [Limits(), Limits(fast=0)], ids=["calamine", "streamed"])
def test_an_xlsx_is_read_with_kinds_and_row_numbers(limits: Limits):
    rows = [
        ("填表说明：请勿合并单元格",),
        (),
        HEADER,
        ("甲", 1.5, dt.date(2019, 3, 5), True, dt.datetime(2019, 3, 5, 8, 30)),
    ]
    table = open_table(xlsx(rows), "名单.xlsx", limits=limits)
    assert table.fast is (limits.fast > 0)
    got = dict(table.rows())
    assert got[3][:3] == HEADER
    assert got[4][:5] == ("甲", 1.5, dt.date(2019, 3, 5), True, dt.datetime(2019, 3, 5, 8, 30))


def test_an_xls_is_read():
    table = open_table(as_xls(), "名单.xls")
    assert (table.kind, table.sheet) == ("xls", "企业")
    assert texts(table) == WANTED


CELLS = st.one_of(
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x9FFF, exclude_categories=("Cs", "Cc")), max_size=8
    ),
    st.integers(-(10**9), 10**9),
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda number: round(number, 3)),
    st.dates(dt.date(1950, 1, 1), dt.date(2090, 1, 1)),
    st.booleans(),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8), st.booleans())
def test_both_ways_of_reading_an_xlsx_agree(rows, shared):
    file = xlsx([["头"], *rows])
    if shared:
        file = sharing(file)

    def read(limits: Limits) -> dict:
        table = open_table(file, limits=limits)
        stripped = {}
        for number, cells in table.rows():
            kept = list(cells)
            while kept and kept[-1] == "":
                kept.pop()
            if kept:
                stripped[number] = kept
        return stripped

    assert read(Limits()) == read(Limits(fast=0))


def test_the_first_visible_sheet_with_content_is_read_and_the_others_are_told():
    book = Workbook()
    book.active.title = "空的"
    book.create_sheet("藏的").append(["x"])
    book["藏的"].sheet_state = "hidden"
    for row in ROWS:
        (book["企业"] if "企业" in book.sheetnames else book.create_sheet("企业")).append(row)
    file = saved(book)
    table = open_table(file)
    assert table.sheet == "企业"
    assert table.sheets == ("空的", "企业")
    assert "2 张工作表" in table.notes[0]
    with pytest.raises(TableError, match="没有找到工作表「没有」"):
        open_table(file, sheet="没有")


def test_a_value_merged_over_rows_belongs_to_each_of_them():
    rows = [("园区", "企业名称"), ("海创园", "甲"), (None, "乙"), (None, "丙"), ("别处", "丁")]
    table = open_table(xlsx(rows, merge=["A2:A4"]))
    assert texts(table)[1:] == [["海创园", "甲"], ["海创园", "乙"], ["海创园", "丙"], ["别处", "丁"]]


def test_formulas_without_results_and_formula_errors_are_known_by_their_place():
    xml = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>企业名称</t></is></c></row>'
        '<row r="2"><c r="A2"><f>B2&amp;"x"</f></c><c r="B2" t="e"><v>#N/A</v></c>'
        '<c r="C2"><f>1+1</f><v>2</v></c></row>'
    )
    table = open_table(with_sheet(xml))
    assert table.gaps == {(2, 0): "formula", (2, 1): "error"}
    assert dict(table.rows())[2][2] == 2.0


def test_two_hundred_columns_are_fine_and_too_many_are_refused():
    wide = open_table(xlsx([[f"列{n}" for n in range(200)], list(range(200))]))
    assert len(dict(wide.rows())[2]) == 200
    table = open_table(xlsx([[f"列{n}" for n in range(501)]]))
    with pytest.raises(TableError, match="第 1 行有 501 列，超过了 500 列"):
        list(table.rows())


DOCX = {"word/document.xml": b"<x/>", "xl/workbook.xml": None}
REFUSED = {
    "empty": (io.BytesIO(b""), "空的（0 字节）"),
    "blank text": (io.BytesIO(b"\xef\xbb\xbf \r\n\r\n"), "没有内容"),
    "empty sheet": (xlsx([]), "一个字也没有"),
    "pdf": (io.BytesIO(b"%PDF-1.7 ..."), "PDF"),
    "png": (io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(100)), "图片"),
    "docx": (with_parts(xlsx([HEADER]), DOCX), "Word 文档"),
    "ods": (with_parts(xlsx([HEADER]), {"content.xml": b"", "xl/workbook.xml": None}), "OpenDocument"),
    "xlsb": (with_parts(xlsx([HEADER]), {"xl/workbook.bin": b"", "xl/workbook.xml": None}), "xlsb"),
    "zip": (with_parts(xlsx([HEADER]), {"xl/workbook.xml": None}), "压缩包，里面没有"),
    "cut off": (io.BytesIO(xlsx([HEADER]).getvalue()[:3000]), "损坏"),
    "web page": (
        io.BytesIO("<html><body><table><tr><td>企业</td></tr></table></body></html>".encode()),
        "网页",
    ),
    "xml": (io.BytesIO(b'<?xml version="1.0"?><Workbook/>'), "XML"),
    "password": (ole("EncryptionInfo", "EncryptedPackage"), "加了密码"),
    "doc": (ole("WordDocument"), "Word 文档"),
    "damaged xls": (ole("Workbook"), "损坏"),
    "other ole": (ole("什么"), "不是 Excel"),
    "binary": (io.BytesIO(bytes(range(256)) * 20), "二进制"),
    "rar": (io.BytesIO(b"Rar!\x1a\x07"), "RAR"),
    "damaged gzip": (io.BytesIO(gzip.compress(bytes(range(48, 58)) * 999)[:-12]), ".gz"),
    "open quote": (io.BytesIO(('名称,范围\n甲,"一\n' + "乙,二\n" * 99).encode()), "引号没有配对"),
    "entities": (
        with_parts(xlsx([HEADER]), {"xl/workbook.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><workbook/>'}),
        "不安全",
    ),
    "broken xml": (with_sheet("<row r='1'><c r='A1'><v>1</v></row>"), "结构损坏"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_in_a_sentence(name: str):
    file, word = REFUSED[name]
    with pytest.raises(TableError) as refusal:
        list(open_table(file, "名单.xlsx").rows())
    sentence = str(refusal.value)
    assert word in sentence
    assert sentence.endswith("。")


def stored(file: io.BytesIO) -> bytes:
    """The same zip uncompressed, so that damage reaches the XML inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


def as_xls() -> io.BytesIO:
    book = xlwt.Workbook()
    sheet = book.add_sheet("企业")
    for number, row in enumerate(ROWS):
        for position, value in enumerate(row):
            sheet.write(number, position, value)
    out = io.BytesIO()
    book.save(out)
    return out


SOUND = {
    "xlsx": xlsx(ROWS).getvalue(),
    "stored": stored(sharing(xlsx(ROWS))),
    "csv": as_text(",").encode("gb18030"),
    "gzip": gzip.compress(as_text(",").encode()),
}
DAMAGE = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=3)), max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(SOUND)), DAMAGE, st.sampled_from([Limits(), Limits(fast=0)]))
def test_a_damaged_file_is_read_or_refused_but_never_breaks(kind: str, damage, limits: Limits):
    data = bytearray(SOUND[kind])
    for where, what in damage:
        at = int(where * len(data))
        data[at : at + 1] = what
    try:
        list(open_table(io.BytesIO(bytes(data)), limits=limits).rows())
    except TableError as refusal:
        assert str(refusal).endswith("。")


@settings(max_examples=25, deadline=None)
@given(DAMAGE.filter(bool))
def test_a_damaged_xls_never_ends_the_process(damage):
    data = bytearray(as_xls().getvalue())
    for where, what in damage:
        at = int(where * len(data))
        data[at : at + 1] = what
    try:
        list(open_table(io.BytesIO(bytes(data))).rows())
    except TableError as refusal:
        assert str(refusal).endswith("。")


def test_an_xls_on_which_its_parser_dies_is_refused(monkeypatch):
    monkeypatch.setattr("yuanzhi.kernel.tabular.reader._PROBE", "import os; os.abort()")
    with pytest.raises(TableError, match="结构损坏"):
        open_table(as_xls())


def test_a_file_over_the_limit_is_refused_with_both_numbers():
    with pytest.raises(TableError, match="3 MB，超过了 2 MB"):
        open_table(io.BytesIO(b"a,b\n" * (3 * MB // 4)), limits=Limits(file=2 * MB))


@pytest.mark.parametrize("lie", [False, True], ids=["honest", "lying headers"])
def test_a_zip_bomb_is_stopped_before_it_unfolds(lie: bool):
    file = bomb(300 * MB, lie=lie)
    tracemalloc.start()
    with pytest.raises(TableError, match="解压后大得不正常"):
        open_table(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * MB


def test_a_gzip_bomb_and_a_crowd_of_entries_are_stopped():
    with pytest.raises(TableError, match="大得不正常"):
        open_table(io.BytesIO(gzip.compress(b"a,b\n" * (10 * MB))))
    crowd = with_parts(xlsx([HEADER]), {f"xl/media/{n}.bin": b"" for n in range(2_100)})
    with pytest.raises(TableError, match="大得不正常"):
        open_table(crowd)


def test_two_cells_at_opposite_ends_do_not_fill_the_memory_between_them():
    xml = (
        '<row r="1"><c r="A1" t="str"><v>企业名称</v></c></row>'
        '<row r="1048576"><c r="XFC1048576"><v>1</v></c></row>'
    )
    table = open_table(with_sheet(xml))
    assert not table.fast
    with pytest.raises(TableError, match="列的上限"):
        list(table.rows())


@pytest.mark.parametrize(
    ("cell", "fast"),
    [
        ('<c r="B2"><v>1</v></c>', True),
        ('<c r="B2" s="0" t="n"><v>1</v></c>', True),
        ("<c r='B2'><v>1</v></c>", False),
        ('<c s="0" r="B2"><v>1</v></c>', False),
        ('<c\nr="B2"><v>1</v></c>', False),
        ("<c><v>1</v></c>", False),
        ('<c r="ZZ222222"><v>1</v></c>', False),
        ('<c r="2B"><v>1</v></c>', False),
        ('<c r="B"><v>1</v></c>', False),
    ],
)
def test_only_cells_whose_place_is_certain_are_read_the_fast_way(cell: str, fast: bool):
    first = '<row r="1"><c r="A1" t="str"><v>企业名称</v></c></row>'
    try:
        assert open_table(with_sheet(f'{first}<row r="2">{cell}</row>')).fast is fast
    except TableError:
        assert not fast


def test_a_long_text_used_a_thousand_times_is_kept_once():
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 2001))
    file = with_shared_strings([f"<t>{'长' * 30_000}</t>"], cells)
    table = open_table(file)
    assert not table.fast
    tracemalloc.start()
    assert sum(1 for _ in table.rows()) == 2000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * MB


@pytest.mark.parametrize("limits", [Limits(), Limits(fast=0)], ids=["calamine", "streamed"])
def test_rich_text_is_joined_and_its_reading_aid_left_out(limits: Limits):
    rich = "<r><t>杭州</t></r><r><rPr><b/></rPr><t>甲</t></r><rPh><t>jia</t></rPh>"
    file = with_shared_strings([rich], '<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    assert texts(open_table(file, limits=limits)) == [["杭州甲"]]


def test_cells_without_addresses_and_with_a_namespace_prefix_are_read():
    head = '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
    rows = '<x:row><x:c t="str"><x:v>企业名称</x:v></x:c><x:c><x:v>5</x:v></x:c></x:row>'
    xml = f"{head}{rows}</x:sheetData></x:worksheet>".encode()
    table = open_table(with_parts(xlsx([HEADER]), {"xl/worksheets/sheet1.xml": xml}))
    assert list(table.rows()) == [(1, ("企业名称", 5.0))]


def test_a_large_text_file_streams_in_constant_memory():
    data = io.BytesIO(
        ("企业名称,代码,范围\n" + "杭州某某有限公司,9133,软件开发和技术服务\n" * 200_000).encode()
    )
    tracemalloc.start()
    table = open_table(data)
    assert sum(1 for _ in table.rows()) == 200_001
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * MB
