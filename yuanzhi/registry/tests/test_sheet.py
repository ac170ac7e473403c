"""The enterprise spreadsheet as a whole: from a file to records ready for the register."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

from yuanzhi.kernel.tabular.findings import ERROR, WARNING
from yuanzhi.kernel.tabular.mapping import match, read_records
from yuanzhi.kernel.tabular.reader import open_table
from yuanzhi.kernel.tabular.writer import write_template
from yuanzhi.registry.rules.sheet import enterprise_layout

LAYOUT = enterprise_layout(dt.date(2026, 11, 24))
HEADER = "企业全称,信用代码,成立时间,注册资金（万元）,员工人数,企业规模,经营状态,行业代码,住所,手机号,备注"


def read(*lines: str):
    table = open_table(io.BytesIO("\n".join((HEADER, *lines)).encode()), "名单.csv")
    matching = match(table, LAYOUT)
    assert matching.problems == ()
    assert matching.unknown == ()
    return list(read_records(table, matching))


def test_a_good_row_is_ready_for_the_register():
    [record] = read(
        "甲(杭州)科技有限公司,9111 0000 6000 3734 1l,2019.3.5,500,35人,小型企业,存续（在营）,I65,"
        "文一西路998号,13800001234,-"
    )
    assert (record.ok, record.findings) == (True, [])
    values = record.values
    assert (values["name"], values["uscc"]) == ("甲（杭州）科技有限公司", "91110000600037341L")
    assert values["established_on"] == (dt.date(2019, 3, 5), "day")
    assert values["capital"] == (Decimal(5_000_000), "CNY")
    assert (values["headcount"], values["scale"], values["status"]) == (35, "small", "active")
    assert values["division"].code == "65"
    assert values["phones"][0].number == "13800001234"
    assert (values["registered_address"], values["note"], values["website"]) == ("文一西路998号", None, None)


def test_a_wrong_code_refuses_the_row_and_a_wrong_date_does_not():
    refused, doubted = read(
        "甲有限公司,330106000012345,,,,,,,,,",
        "乙科技有限公司,91110000600037341L,2019-02-30,很多,多,,,,,12,",
    )
    assert [finding[1:3] for finding in refused.findings] == [("统一社会信用代码", ERROR)]
    assert "旧注册号" in refused.findings[0].message
    assert doubted.ok
    assert [finding.column for finding in doubted.findings] == [
        "成立日期",
        "注册资本",
        "从业人数",
        "联系电话",
    ]
    assert {finding.level for finding in doubted.findings} == {WARNING}


def test_the_template_fits_its_own_layout_and_its_example_is_not_imported():
    out = io.BytesIO()
    write_template(LAYOUT, out)
    table = open_table(out, "模板.xlsx")
    matching = match(table, LAYOUT)
    assert (matching.problems, matching.unknown) == ((), ())
    assert len(matching.places) == len(LAYOUT.columns)
    assert list(read_records(table, matching)) == []
