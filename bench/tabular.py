"""Reading a spreadsheet of enterprises: 100,000 rows × 12 columns, opened, guarded, mapped and validated."""

from __future__ import annotations

import datetime as dt
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 100_000
_HEADERS = (
    "企业名称", "统一社会信用代码", "成立日期", "登记状态", "注册资本", "经营范围",
    "区县", "注册地址", "联系人", "联系电话", "员工人数", "行业",
)  # fmt: skip


def write_sample(path: Path, rows: int = ROWS) -> None:
    """A plausible spreadsheet: valid codes that differ, dates as dates, texts of usual length."""
    from openpyxl import Workbook

    from yuanzhi.registry.rules.uscc import ALPHABET, check_sign, organisation_sign

    chance = random.Random(7)
    signs = (
        "的一是在有中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多"
    )
    book = Workbook(write_only=True)
    sheet = book.create_sheet("企业")
    sheet.append(_HEADERS)
    for number in range(rows):
        body = f"MA{number:06d}" if number % 2 else "".join(chance.choices(ALPHABET[:10], k=8))
        code = f"91330110{body}{organisation_sign(body)}"
        sheet.append(
            (
                f"杭州{''.join(chance.choices(signs, k=4))}{number}科技有限公司",
                code + check_sign(code),
                dt.date(2000, 1, 1) + dt.timedelta(days=chance.randrange(9_000)),
                "存续",
                f"{chance.choice((10, 50, 100, 500, 1000))}万元",
                "技术服务、技术开发、技术咨询；软件开发；" + "".join(chance.choices(signs, k=40)),
                "余杭",
                f"浙江省杭州市余杭区仓前街道文一西路{chance.randrange(900, 2000)}号{chance.randrange(1, 9)}幢"
                f"{chance.randrange(101, 2020)}室",
                "".join(chance.choices(signs, k=3)),
                f"1{chance.randrange(30, 100)}{chance.randrange(10**8):08d}",
                chance.randrange(1, 300),
                "I65 软件和信息技术服务业",
            )
        )
    book.save(path)


def read_all(path: Path, *, fast: bool = True) -> tuple[int, int, float, float]:
    """(records, records taken, seconds, CPU seconds) for one pass over a file."""
    from yuanzhi.kernel.tabular.limits import Limits
    from yuanzhi.kernel.tabular.mapping import match, read_records
    from yuanzhi.kernel.tabular.reader import open_table
    from yuanzhi.registry.rules.sheet import enterprise_layout

    layout = enterprise_layout(dt.date(2026, 11, 24))
    started, worked = time.perf_counter(), time.process_time()
    table = open_table(path, limits=Limits() if fast else Limits(fast=0))
    matching = match(table, layout)
    if matching.problems:
        raise SystemExit("\n".join(matching.problems))
    records = taken = 0
    for record in read_records(table, matching):
        records += 1
        taken += record.ok
    return records, taken, time.perf_counter() - started, time.process_time() - worked


def _measured(path: Path, way: str) -> tuple[int, int, float, float, float]:
    """One pass in a process of its own: (records, taken, seconds, seconds of its own work, peak MB)."""
    out = subprocess.run(
        [sys.executable, "-m", "bench.tabular", way, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    ).stdout.split()
    return int(out[0]), int(out[1]), *map(float, out[2:])  # type: ignore[return-value]


def _reading(path: Path) -> list[dict]:
    size = path.stat().st_size / 2**20
    rows = []
    for way, label, bound in (("fast", "calamine", 23_000), ("stream", "内存恒定的流式读法", None)):
        records, taken, seconds, work, memory = _measured(path, way)
        note = f"{records:,} 行 × 12 列，{size:.1f} MB，{taken:,} 行合格；{seconds:.2f} 秒，CPU {work:.2f} 秒"
        rows.append(
            _row(
                f"读表：打开、防护、对列、逐格校验（{label}）", round(records / seconds), "行/秒", bound, note
            )
        )
        rows.append(_row(f"读表：内存峰值（{label}）", round(memory), "MB", 250, "整个进程，含解释器"))
    return rows


def _returning(path: Path) -> dict:
    """The same file back, every tenth row with a finding."""
    from yuanzhi.kernel.tabular.findings import ERROR, Finding
    from yuanzhi.kernel.tabular.mapping import open_matching
    from yuanzhi.kernel.tabular.returning import write_back
    from yuanzhi.registry.rules.sheet import enterprise_layout

    table, matching = open_matching(path, enterprise_layout(dt.date(2026, 11, 24)))
    findings = [Finding(row, "企业名称", ERROR, "没有填。") for row in range(2, ROWS, 10)]
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        write_back(path, table, matching, findings, out)
    seconds = time.perf_counter() - started
    note = f"{ROWS:,} 行，{len(findings):,} 行有错误信息"
    return _row("原表加「错误信息」列还回", round(seconds, 2), "秒", None, note)


def _placing() -> dict:
    """Addresses placed among 600 parks with three buildings each."""
    from yuanzhi.registry.rules.address import BuildingEntry, Gazetteer, ParkEntry

    parks = [
        ParkEntry(
            at,
            f"{chr(0x4E00 + at)}{chr(0x5200 + at)}创新园",
            (),
            (f"文{chr(0x4E00 + at % 40)}路{at}号",),
        )
        for at in range(600)
    ]
    buildings = [BuildingEntry((at, n), at, f"{n}幢", (), 12) for at in range(600) for n in (1, 2, 3)]
    places = Gazetteer(parks, buildings, {"省": ("浙江",), "市": ("杭州",), "区": ("余杭",)})
    chance = random.Random(7)
    texts = [
        f"浙江省杭州市{parks[at].addresses[0]}{chance.randrange(1, 4)}号楼{chance.randrange(101, 1299)}室"
        for at in chance.choices(range(600), k=30_000)
    ]
    started = time.perf_counter()
    placed = sum(places.place(text).placed for text in texts)
    seconds = time.perf_counter() - started
    return _row(
        "地址落图", round(len(texts) / seconds), "个/秒", 30_000, f"600 个园区；{placed:,} 个落到园区以内"
    )


def _row(name: str, figure: float, unit: str, bound: float | None, note: str) -> dict:
    return {"name": name, "figure": figure, "unit": unit, "bound": bound, "note": note}


def run() -> list[dict]:
    """The figures of this bench."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "enterprises.xlsx"
        write_sample(path)
        return [*_reading(path), _returning(path), _placing()]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        result = read_all(Path(sys.argv[2]), fast=sys.argv[1] == "fast")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(*result, peak)
    else:
        for figure in run():
            print(figure)
