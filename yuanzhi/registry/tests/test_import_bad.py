"""Bad input: each gets a sentence that says what is wrong, where, and what to do; nothing half-written."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest

from yuanzhi.kernel.imports import run
from yuanzhi.kernel.imports.store import LIMITS, choose_columns, opened, propose, same_before
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.tabular.limits import MB
from yuanzhi.registry.models import Enterprise

from .importing import HEAD, brought_in, code_of, counts, csv_of, line, said, uploaded, xlsx_of

pytestmark = pytest.mark.django_db


def bomb() -> bytes:
    """A small .xlsx whose sheet unpacks to 60 MB of spaces."""
    good, out = zipfile.ZipFile(io.BytesIO(xlsx_of([HEAD, line(1)]))), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in good.namelist():
            data = good.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"<sheetData>", b"<sheetData>" + b" " * 60 * MB)
            target.writestr(name, data)
    return out.getvalue()


# An encrypted workbook is an OLE container with this name in its directory.
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")

WHOLE_FILES = {
    "empty": (b"", "名单.xlsx", "0 字节"),
    "only spaces": (b" \r\n \r\n", "名单.csv", "没有内容"),
    "zip bomb": (bomb, "名单.xlsx", "大得不正常"),
    "password": (LOCKED, "名单.xlsx", "密码"),
    "picture": (b"\x89PNG\r\n\x1a\n....", "名单.xlsx", "图片"),
    "word": (b"PK\x03\x04 not really a zip", "名单.xlsx", "损坏"),
    "web page": (b"<html><table><tr><td>1</td></tr></table></html>", "名单.xls", "网页"),
}


@pytest.mark.parametrize("what", WHOLE_FILES)
def test_a_file_that_can_not_be_read_is_refused_at_the_door(world, what, settings):
    data, name, sentence = WHOLE_FILES[what]
    with pytest.raises(Refused, match=sentence):
        uploaded(world, data() if callable(data) else data, name)
    folder = settings.MEDIA_ROOT / "imports"
    assert not any(folder.iterdir()), "nothing of it is kept"


def test_a_file_beyond_the_limit_is_refused_while_it_comes_in(world):
    from yuanzhi.kernel.imports.store import upload
    from yuanzhi.registry.imports.kind import options_for
    from yuanzhi.registry.imports.layout import KIND

    pieces = (b"a,b\n" * (MB // 4) for _ in range(LIMITS.file // MB + 2))
    with pytest.raises(Refused, match="超过了 64 MB"):
        upload(actor=world.house, kind=KIND, pieces=pieces, filename="大.csv", options=options_for())


def test_wrong_headers_are_named_and_can_be_put_right_by_hand(world):
    rows = [("甲", "乙", "丙"), ("杭州甲一有限公司", code_of(700), "12")]
    batch = uploaded(world, csv_of(rows))
    assert "没有找到表头" in propose(batch).problems[0]
    assert run.check(batch.pk).state == "failed" and not Enterprise.objects.filter(uscc=code_of(700)).exists()
    batch.refresh_from_db()
    headers = {heading.position: heading.header for heading in propose(batch).headings}
    assert headers == {0: "甲", 1: "乙", 2: "丙"}
    choose_columns(
        actor=world.house, batch=batch, chosen={0: "name", 1: "uscc", 2: "headcount"}, headers=headers
    )
    assert propose(batch).problems == ()
    run.commit(batch.pk)
    assert counts(batch) == (1, 0, 0, 0)
    assert Enterprise.objects.get(uscc=code_of(700)).headcount == 12


def test_one_column_can_not_be_two_things_and_one_thing_not_two_columns(world):
    batch = uploaded(world, csv_of([HEAD, line(700)]))
    with pytest.raises(Refused, match="A 列和 B 列都选了“企业名称”"):
        choose_columns(actor=world.house, batch=batch, chosen={0: "name", 1: "name"}, headers={})
    doubled = uploaded(
        world, csv_of([("名称", "信用代码", "信用代码"), ("杭州甲一有限公司", code_of(701), "")])
    )
    assert "有两列都是" in propose(doubled).problems[0]


def test_titles_merged_cells_and_two_storeys(world):
    rows = [
        ["云溪社区企业名录（2026 年）", *[""] * 4],
        ["企业名称", "信用代码", "联系人", "", "园区"],
        ["", "", "姓名", "电话", ""],
        ["杭州甲一有限公司", code_of(700), "王", "13800001234", world.parks[0].name],
        ["杭州乙二有限公司", code_of(701), "李", "13800001235", ""],
    ]
    merge = ["A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3", "E4:E5"]
    batch = brought_in(world, xlsx_of(rows, merge), "名录.xlsx")
    assert counts(batch) == (2, 0, 0, 0), said(batch)
    both = Enterprise.objects.filter(uscc__in=[code_of(700), code_of(701)])
    assert {row.park_id for row in both} == {world.parks[0].pk}
    assert [row.contacts.get().name for row in both.order_by("uscc")] == ["王", "李"]


def test_formulas_without_a_result_and_formula_errors(world):
    rows = [HEAD, line(700, 从业人数="=1+1"), ["=A2", code_of(701), *[""] * 8], line(702)]
    batch = brought_in(world, xlsx_of(rows), "名单.xlsx")
    told = said(batch)
    assert counts(batch) == (2, 0, 0, 1)
    assert "公式" in told[2] and told[2].startswith("warning") and "公式" in told[3]


def test_two_hundred_columns(world):
    more = [f"多余{n}" for n in range(200 - len(HEAD))]
    rows = [[*HEAD, *more], [*line(700), *["x"] * len(more)]]
    batch = brought_in(world, xlsx_of(rows), "宽.xlsx")
    assert counts(batch) == (1, 0, 0, 0)
    assert "等 190 列" in "".join(batch.options["notes"])


DAYS = {
    "2019-03-05": (2019, 3, 5), "2019/3/5": (2019, 3, 5), "2019.3.5": (2019, 3, 5), "20190305": (2019, 3, 5),
    "2019年3月5日": (2019, 3, 5), "二〇一九年三月五日": (2019, 3, 5), "二零一九年十二月三十一日": (2019, 12, 31),
    "43529": (2019, 3, 5), "2019年3月": (2019, 3, 1), "二〇一九年": (2019, 1, 1), "2019": (2019, 1, 1),
}  # fmt: skip
BAD_DAYS = ["2019-02-30", "2019年13月1日", "2999-01-01", "昨天"]


def test_days_in_every_notation(world):
    texts = [*DAYS, *BAD_DAYS]
    rows = [HEAD, *(line(700 + n, 成立日期=text) for n, text in enumerate(texts))]
    rows.append(line(790, 成立日期=dt.date(2019, 3, 5)))
    batch = brought_in(world, xlsx_of(rows), "日期.xlsx")
    assert counts(batch)[0] == len(texts) + 1 and batch.rejected == 0
    told = said(batch)
    for n, text in enumerate(texts):
        day = Enterprise.objects.get(uscc=code_of(700 + n)).established_on
        assert day == (dt.date(*DAYS[text]) if text in DAYS else None), text
        assert (n + 2 in told) == (text in BAD_DAYS or text in {"2019年3月", "二〇一九年", "2019"}), text
    assert Enterprise.objects.get(uscc=code_of(790)).established_on == dt.date(2019, 3, 5)


CAPITAL = {
    "750(万元人民币)": (7_500_000, "CNY"), "5,000万元": (50_000_000, "CNY"), "1.2亿": (120_000_000, "CNY"),
    "伍佰万元整": (5_000_000, "CNY"), "100万美元": (1_000_000, "USD"), "港币 300 万": (3_000_000, "HKD"),
    "￥500万": (5_000_000, "CNY"), "500.5万人民币": (5_005_000, "CNY"), "10000000元": (10_000_000, "CNY"),
    "人民币壹仟万元整": (10_000_000, "CNY"), "-": (None, "CNY"), "很多": (None, "CNY"),
}  # fmt: skip


def test_capital_in_ten_notations(world):
    rows = [HEAD, *(line(700 + n, 注册资本=text) for n, text in enumerate(CAPITAL))]
    batch = brought_in(world, csv_of(rows))
    assert counts(batch) == (len(CAPITAL), 0, 0, 0)
    for n, (amount, currency) in enumerate(CAPITAL.values()):
        row = Enterprise.objects.get(uscc=code_of(700 + n))
        assert (row.capital, row.currency) == (None if amount is None else Decimal(amount), currency)
    assert "看不懂是多少钱" in said(batch)[len(CAPITAL) + 1]


CODES = {
    "320404000005886": (True, "旧注册号"),
    code_of(701)[:17] + ("0" if code_of(701)[17] != "0" else "1"): (False, "校验不通过"),
    code_of(702)[:17]: (False, "少了 1 位"),
    "330106199003071234": (False, "身份证号"),
    "暂无": (True, "先按名称登记"),
}


@pytest.mark.parametrize("code", CODES)
def test_codes_that_are_none(world, code):
    taken, sentence = CODES[code]
    batch = brought_in(world, csv_of([HEAD, ["杭州甲一有限公司", code, *[""] * 8]]))
    assert counts(batch) == (int(taken), 0, 0, int(not taken)) and sentence in said(batch)[2]
    if "身份证" in sentence:
        assert code not in str(list(batch.findings.values()))


def test_gb18030_and_a_text_that_is_no_formula(world):
    rows = [HEAD, line(700, "杭州喆囧有限公司")]
    assert counts(brought_in(world, csv_of(rows).decode().encode("gb18030"))) == (1, 0, 0, 0)
    batch = brought_in(world, csv_of([HEAD, line(701, "=HYPERLINK(1)")]))
    out = io.BytesIO()
    from yuanzhi.kernel.imports.back import give_back

    assert give_back(batch, out) == "名单-错误信息.csv" and "'=HYPERLINK" in out.getvalue().decode()


def test_the_same_file_back_with_what_is_wrong(world):
    from python_calamine import CalamineWorkbook

    from yuanzhi.kernel.imports.back import give_back

    batch = brought_in(world, xlsx_of([HEAD, line(700), line(700), ["", *line(702)[1:]]]), "名单.xlsx")
    out = io.BytesIO()
    assert give_back(batch, out) == "名单-错误信息.xlsx"
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(out.getvalue())).get_sheet_by_index(0).to_python()
    assert [row[-1] for row in sheet][:2] == ["错误信息", ""]
    assert "与第 2 行重复" in sheet[2][-1] and "没有填" in sheet[3][-1]
    again = brought_in(world, out.getvalue(), "名单-错误信息.xlsx")
    assert counts(again) == (0, 0, 1, 2), "it can be mended and uploaded as it is"


def test_the_same_file_twice_is_said_and_allowed(world):
    data = csv_of([HEAD, line(700)])
    first = brought_in(world, data)
    second = uploaded(world, data, "改了名.csv")
    assert same_before(second) == first
    run.commit(second.pk)
    assert counts(second) == (0, 0, 1, 0)


def test_fifty_megabytes_are_streamed(world, monkeypatch):
    """A 50 MB csv is opened, checked and mapped without being held in memory."""
    import tracemalloc

    row = ",".join(["杭州长长长长长长长长长有限公司", "", "", "", "", "", "", "", "", ""])
    data = (",".join(HEAD) + "\n").encode() + f"{row}\n".encode() * (50 * MB // len(f"{row}\n".encode()))
    assert len(data) > 49 * MB
    batch = uploaded(world, data, "大.csv")
    tracemalloc.start()
    table, matching = opened(batch)
    seen = sum(1 for _ in table.rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert matching.problems == () and seen > 500_000 and peak < 12 * MB
