"""The real register through the import: nothing lost, nothing unexplained, nothing left after an undo."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import pytest
from openpyxl import Workbook

from yuanzhi.kernel.imports import run
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.registry.imports import command
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.tests.importing import counts, dump, said, uploaded

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
REGISTER, INVALID = DATA / "enterprises_hangzhou.csv.gz", DATA / "uscc_invalid.csv.gz"
pytestmark = [
    pytest.mark.real,
    pytest.mark.django_db,
    pytest.mark.skipif(not REGISTER.exists(), reason=f"没有真实数据 {DATA}，跳过"),
]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def table(path: Path) -> list[list[str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_xlsx(rows: list[list[str]], to: Path) -> Path:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("企业")
    for row in rows:
        sheet.append(row)
    book.save(to)
    return to


@pytest.mark.parametrize("kind", ["csv.gz", "xlsx"])
def test_the_real_register_goes_in_stays_and_comes_out_again(world, tmp_path, capsys, kind):
    rows = table(REGISTER)
    path = REGISTER if kind == "csv.gz" else as_xlsx(rows, tmp_path / "杭州.xlsx")
    before = dump()
    assert command.run(actor=world.house, path=path, back=str(tmp_path / "back")) == 0
    first = ImportBatch.objects.latest("id")
    created, updated, unchanged, rejected = counts(first)
    assert created + updated + unchanged + rejected == len(rows) - 1 == 17_784, "none lost"
    errors = {item.row for item in first.findings.filter(level="error")}
    assert len(errors) == rejected, "every rejected row explained"
    codes = {row[1].upper() for number, row in enumerate(rows[1:], 2) if number not in errors}
    found = dict(
        Enterprise.objects.filter(community=world.community, uscc__in=codes).values_list("uscc", "name")
    )
    assert codes == set(found)
    assert "共 17784 行" in capsys.readouterr().out

    after, entries = dump(), HistoryEntry.objects.count()
    assert command.run(actor=world.house, path=path) == 0
    second = ImportBatch.objects.latest("id")
    assert counts(second) == (0, 0, created, rejected)
    assert dump() == after and HistoryEntry.objects.count() == entries, "the second run changes nothing"
    assert "已经导入过" in capsys.readouterr().out

    assert command.undo(batch_id=first.pk) == 0
    assert run.load(first.pk).options["kept_count"] == 0
    assert dump() == before, "undo restores the register exactly"


def test_rows_with_invalid_codes_survive_and_are_explained(world):
    rows = table(INVALID)
    batch = uploaded(world, INVALID.read_bytes(), INVALID.name)
    run.commit(batch.pk)
    created, updated, unchanged, rejected = counts(batch)
    assert created + updated + unchanged + rejected == len(rows) - 1
    told = said(batch)
    assert set(told) == set(range(2, len(rows) + 1)), "each row explained"
    assert sum("error" in text for text in told.values()) == rejected
    entries = HistoryEntry.objects.filter(cause=f"import:{batch.pk}", verb="enterprise.registered")
    assert entries.count() == created > 4_700, "old registration numbers are taken, with a word"
    before = HistoryEntry.objects.count()
    again = uploaded(world, INVALID.read_bytes(), INVALID.name)
    run.commit(again.pk)
    assert counts(again) == (0, 0, created, rejected) and HistoryEntry.objects.count() == before


def test_a_dry_run_from_the_command_line_writes_nothing(world, tmp_path, capsys):
    before = dump()
    back = tmp_path / "back.csv"
    assert command.run(actor=world.house, path=INVALID, dry_run=True, back=str(back)) == 0
    assert dump() == before and "检查完成" in capsys.readouterr().out
    lines = list(csv.reader(io.StringIO(back.read_text(encoding="utf-8"))))
    assert lines[0][-1] == "错误信息" and all(line[-1] for line in lines[1:])
