"""Real rows: valid codes all taken, invalid ones all explained, notations understood.

The rows are other people's: nothing of them is printed but counts and shapes.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import Workbook

from yuanzhi.kernel.tabular.findings import ERROR
from yuanzhi.kernel.tabular.mapping import match, read_records
from yuanzhi.kernel.tabular.reader import open_table
from yuanzhi.kernel.tabular.returning import write_back
from yuanzhi.registry.rules.address import Gazetteer, ParkEntry
from yuanzhi.registry.rules.capital import parse_capital
from yuanzhi.registry.rules.dates import parse_day
from yuanzhi.registry.rules.names import check_name, name_key
from yuanzhi.registry.rules.sheet import enterprise_layout
from yuanzhi.registry.rules.uscc import check_uscc

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REGISTER = DATA / "enterprises_hangzhou.csv.gz"
INVALID = DATA / "uscc_invalid.csv.gz"
TODAY = dt.date(2026, 11, 24)

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REGISTER.exists(), reason=f"没有真实数据（{DATA}），跳过"),
]


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def register() -> list[dict[str, str]]:
    return rows(REGISTER)


def shape(text: str) -> str:
    """A text with its digits and letters blotted out."""
    return re.sub(r"[A-Za-z]+", "A", re.sub(r"\d+", "9", text))[:40]


def test_every_real_code_is_taken(register):
    wrong = Counter(check_uscc(row["统一社会信用代码"]).kind for row in register)
    assert wrong == {"uscc": len(register)}


def test_every_invalid_code_is_refused_with_an_explanation():
    codes = [row["code"] for row in rows(INVALID)]
    answers = [check_uscc(code) for code in codes]
    assert len(codes) > 4_000
    assert not [shape(code) for code, answer in zip(codes, answers, strict=True) if answer.value]
    assert all(len(answer.problem) > 8 and answer.problem[-1] in "。？" for answer in answers)
    kinds = Counter(answer.kind for answer in answers)
    print(f"\n无效代码 {len(codes)} 个：{dict(kinds)}")
    # Nearly all are old numbers, and are called so rather than "wrong length".
    assert kinds["old"] > 0.9 * len(codes)
    assert kinds["person"] == 0


def test_capital_is_understood_in_its_real_notations(register):
    texts = [row["注册资本"] for row in register if row["注册资本"].strip()]
    failed = Counter(shape(text) for text in texts if parse_capital(text).value is None)
    share = 1 - sum(failed.values()) / len(texts)
    print(f"\n注册资本 {len(texts)} 个，读懂 {share:.2%}；没读懂的样子：{failed.most_common(5)}")
    assert share >= 0.99


def test_days_are_understood(register):
    texts = [row["成立日期"] for row in register if row["成立日期"].strip()]
    failed = Counter(shape(text) for text in texts if parse_day(text, TODAY).value is None)
    share = 1 - sum(failed.values()) / len(texts)
    print(f"\n成立日期 {len(texts)} 个，读懂 {share:.2%}；没读懂的样子：{failed.most_common(5)}")
    assert share >= 0.99


def test_real_names_are_taken_and_seldom_doubted(register):
    names = [row["企业名称"] for row in register]
    readings = [check_name(name) for name in names]
    assert all(reading.value for reading in readings)
    doubted = sum(bool(reading.doubt) for reading in readings)
    print(f"\n企业名称 {len(names)} 个，存疑 {doubted} 个")
    assert doubted < 0.01 * len(names)
    assert len({name_key(name) for name in names}) > 0.999 * len(set(names))


def test_the_whole_register_is_read_and_no_row_is_lost(register):
    table = open_table(REGISTER)
    matching = match(table, enterprise_layout(TODAY))
    assert matching.problems == ()
    assert len(matching.places) == len(register[0])
    records = list(read_records(table, matching))
    assert len(records) == len(register)
    refused = [record for record in records if not record.ok]
    assert all(any(item.level == ERROR for item in record.findings) for record in refused)
    print(f"\n{len(records)} 行，不合格 {len(refused)} 行")
    assert len(refused) == 0


def test_the_invalid_rows_come_back_with_an_explanation_each(tmp_path):
    source, back = tmp_path / "名单.xlsx", tmp_path / "还回.xlsx"
    book = Workbook(write_only=True)
    sheet = book.create_sheet("企业")
    sheet.append(["企业名称", "统一社会信用代码"])
    invalid = rows(INVALID)
    for row in invalid:
        sheet.append([row["name"], row["code"]])
    book.save(source)
    table = open_table(source)
    matching = match(table, enterprise_layout(TODAY))
    findings = [item for record in read_records(table, matching) for item in record.findings]
    with back.open("wb") as out:
        write_back(source, table, matching, findings, out)
    returned = list(open_table(back).rows())
    assert returned[0][1][2] == "错误信息"
    assert len(returned) == len(invalid) + 1
    assert all("统一社会信用代码" in str(cells[2]) for _, cells in returned[1:])


def test_real_addresses_are_placed_without_an_exception(register):
    addresses = [row["地址"] for row in register]
    parks = [ParkEntry(at, f"园区{at}号地块", (), (address,)) for at, address in enumerate(addresses[::300])]
    places = Gazetteer(parks, (), {"省": ("浙江",), "市": ("杭州",)})
    placements = [places.place(address) for address in addresses]
    assert all(placement.reason for placement in placements)
    # A park made from an address with a street number is found again by that very address, or is ambiguous.
    for park in parks:
        placement = places.place(park.addresses[0])
        assert placement.park in (park.id, None) or park.id in placement.candidates


def test_a_gb18030_copy_of_the_register_reads_the_same(register):
    sample = register[:2_000]
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(sample[0]))
    writer.writeheader()
    writer.writerows(sample)
    table = open_table(io.BytesIO(out.getvalue().encode("gb18030")), "名单.csv")
    assert table.encoding == "gb18030"
    read = [tuple(cells) for _, cells in table.rows()][1:]
    assert read == [tuple(row.values()) for row in sample]
