"""Headers find their columns, rows become records, and each doubt and refusal names its cell."""

from __future__ import annotations

import pytest
from openpyxl import Workbook

from yuanzhi.kernel.tabular.findings import ERROR, WARNING, BadCell, DoubtfulCell, cell_text
from yuanzhi.kernel.tabular.mapping import Column, Layout, match, normal, open_matching, read_records
from yuanzhi.kernel.tabular.reader import open_table

from .tabular_files import saved, with_sheet, xlsx


def number(cell):
    text = cell_text(cell)
    if text.startswith("约"):
        raise DoubtfulCell("是约数。", int(text[1:]))
    if not text.isdigit():
        raise BadCell(f"「{text}」不是数字。")
    return int(text)


def code(cell):
    text = cell_text(cell)
    if len(text) == 18:
        raise BadCell("像身份证号。", private=True)
    return text


LAYOUT = Layout(
    "企业",
    (
        Column("name", "企业名称", ("单位名称", "名称"), required=True, example="示例有限公司"),
        Column("code", "信用代码", ("代码",), required=True, unique=True, parse=code, example="91"),
        Column("staff", "员工数", ("人数",), parse=number),
        Column("capital", "注册资本", bind=lambda header: lambda cell: (cell_text(cell), "万元" in header)),
    ),
)


def records(rows, **options):
    table = open_table(xlsx(rows, **options))
    matching = match(table, LAYOUT)
    assert matching.problems == ()
    return list(read_records(table, matching))


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("企业名称", "name"),
        ("*企业名称", "name"),
        (" 企 业 名 称：", "name"),
        ("企业名称（盖章）", "name"),
        ("企业名称(必填)", "name"),
        ("【必填】企业名称", "name"),
        ("单位名称/姓名", "name"),
        ("注册资本（万元）", "capital"),
        ("ＣＯＤＥ", None),
        ("企业", None),
        ("", None),
    ],
)
def test_a_header_finds_its_column(header: str, key: str | None):
    found = LAYOUT.find(header) if normal(header) else None
    assert (found[0].key if found else None) == key


def test_two_columns_can_not_share_a_header():
    with pytest.raises(ValueError, match="names two columns"):
        Layout("企业", (Column("a", "名称"), Column("b", "名称（全）")))


def test_the_header_is_found_below_titles_and_instructions():
    rows = [
        ("某某园区企业名单",),
        ("请如实填写企业名称和信用代码，不要改动表头。",),
        (),
        ("序号", "单位名称", "代码", "人数"),
        (1, "甲公司", "91A", 5),
    ]
    table = open_table(xlsx(rows, merge=["A1:D1", "A2:D2"]))
    matching = match(table, LAYOUT)
    assert (matching.header_row, matching.first_row) == (4, 5)
    assert matching.places == {"name": 1, "code": 2, "staff": 3}
    assert matching.unknown == ("序号",)
    assert "「序号」" in matching.notes[0]
    [record] = read_records(table, matching)
    assert (record.row, record.ok) == (5, True)
    assert record.values == {"name": "甲公司", "code": "91A", "staff": 5, "capital": None}


def test_a_header_of_two_storeys_is_joined():
    rows = [
        ("企业名称", "信用代码", "负责人", None),
        (None, None, "姓名", "电话"),
        ("甲公司", "91A", "王", "138"),
    ]
    table = open_table(xlsx(rows, merge=["A1:A2", "B1:B2", "C1:D1"]))
    matching = match(table, LAYOUT)
    assert matching.headers == ("企业名称", "信用代码", "负责人姓名", "负责人电话")
    assert [record.values["name"] for record in read_records(table, matching)] == ["甲公司"]


def test_missing_required_columns_are_named_with_what_was_found():
    matching = match(open_table(xlsx([("企业名称", "人数", "电话")])), LAYOUT)
    assert matching.problems == (
        "第 1 行的表头里没有「信用代码」；现有：企业名称、人数、电话。请补上，或在下面指定它对应哪一列。",
    )


def test_a_file_without_a_header_says_what_was_seen():
    matching = match(open_table(xlsx([("张三", "语文", 90), ("李四", "数学", 80)])), LAYOUT)
    assert "前 15 行里没有找到表头（至少要有「企业名称」、「信用代码」）" in matching.problems[0]
    assert "张三、语文、90" in matching.problems[0]


def test_the_sheet_whose_headers_fit_is_taken():
    book = Workbook()
    book.active.append(["填表说明", "请看清楚"])
    book.create_sheet("空表")
    fitting = book.create_sheet("名单")
    fitting.append(["企业名称", "信用代码"])
    fitting.append(["甲", "91A"])
    file = saved(book)
    table, matching = open_matching(file, LAYOUT, "名单.xlsx")
    assert (table.sheet, matching.problems) == ("名单", ())
    assert "读的是「名单」" in table.notes[0]
    assert [record.values["name"] for record in read_records(table, matching)] == ["甲"]
    _, named = open_matching(file, LAYOUT, sheet="Sheet")
    assert named.problems


def test_the_same_column_twice_is_a_problem_and_a_weaker_one_only_a_note():
    twice = match(open_table(xlsx([("企业名称", "代码", "企业名称")])), LAYOUT)
    assert "有两列都是「企业名称」：A 列「企业名称」和 C 列「企业名称」" in twice.problems[0]
    weaker = match(open_table(xlsx([("名称", "代码", "企业名称")])), LAYOUT)
    assert weaker.problems == ()
    assert weaker.places["name"] == 2
    assert "A 列「名称」也像「企业名称」" in weaker.notes[0]


def test_the_users_own_choice_wins():
    table = open_table(xlsx([("企业名称", "编码", "备注", "企业名称")]))
    matching = match(table, LAYOUT, {"编码": "code", 3: None, "备注": "staff"})
    assert matching.problems == ()
    assert matching.places == {"name": 0, "code": 1, "staff": 2}


def test_cells_become_values_and_each_trouble_names_its_row_and_column():
    good, doubtful, bad, missing, twice = records(
        [
            ("企业名称", "信用代码", "员工数", "注册资本(万元)"),
            ("甲", "91A", 5.0, 100),
            ("乙", "91B", "约7", None),
            ("丙", "91C", "很多", None),
            (None, "91D", 1, None),
            ("戊", "91A", 2, None),
        ]
    )
    assert good.values == {"name": "甲", "code": "91A", "staff": 5, "capital": ("100", True)}
    assert (doubtful.ok, doubtful.values["staff"]) == (True, 7)
    assert doubtful.findings == [(3, "员工数", WARNING, "是约数。", "约7")]
    assert (bad.ok, bad.values["staff"]) == (True, None)
    assert bad.findings == [(4, "员工数", WARNING, "「很多」不是数字。这一格先留空。", "很多")]
    assert not missing.ok
    assert missing.findings == [(5, "企业名称", ERROR, "没有填。", "")]
    assert not twice.ok
    assert twice.findings == [(6, "信用代码", ERROR, "与第 2 行重复；请核对后只留一行。", "91A")]


def test_a_private_value_is_never_repeated():
    [record] = records([("企业名称", "信用代码"), ("甲", "330106199001011234")])
    assert not record.ok
    assert record.findings == [(2, "信用代码", ERROR, "像身份证号。", "")]


def test_blank_rows_and_the_example_row_are_passed_over():
    rows = [("企业名称", "信用代码"), ("示例有限公司", "91"), (), (" ", None), ("甲", "91A")]
    assert [(record.row, record.values["name"]) for record in records(rows)] == [(5, "甲")]


def test_a_formula_without_a_result_is_explained_at_its_cell():
    def cell(at, text):
        return f'<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'

    xml = (
        f'<row r="1">{cell("A1", "企业名称")}{cell("B1", "信用代码")}{cell("C1", "员工数")}</row>'
        f'<row r="2"><c r="A2"><f>D2</f></c>{cell("B2", "91A")}<c r="C2" t="e"><v>#REF!</v></c></row>'
    )
    table = open_table(with_sheet(xml))
    [record] = read_records(table, match(table, LAYOUT))
    assert not record.ok
    (_, column, level, formula, _), (_, _, mild, error, _) = record.findings
    assert (column, level, mild) == ("企业名称", ERROR, WARNING)
    assert "没有存下计算结果" in formula
    assert "公式错误" in error


def test_a_remembered_result_never_answers_for_another_kind_of_cell():
    rows = [("企业名称", "信用代码", "员工数"), ("甲", "91A", 1), ("乙", "91B", True)]
    first, second = records(rows)
    assert first.values["staff"] == 1
    assert second.values["staff"] is None


def test_more_can_be_said_about_a_record():
    [record] = records([("企业名称", "信用代码"), ("甲", "91A")])
    record.add("信用代码", WARNING, "库里叫另一个名字。")
    assert record.ok
    record.add("", ERROR, "整行有问题。")
    assert not record.ok
    assert [finding.sentence() for finding in record.findings] == [
        "「信用代码」库里叫另一个名字。（已导入，请核对）",
        "整行有问题。",
    ]
