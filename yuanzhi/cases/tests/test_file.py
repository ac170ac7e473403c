"""A case's file: everything in it, on paper, as Word and as PDF; recorded, marked, and not for everybody."""

from __future__ import annotations

import io
import zipfile
from decimal import Decimal

import pytest
from django.urls import reverse
from docx import Document

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.kernel.models import HistoryEntry


@pytest.fixture
def case(world):
    officer = world.actor(Role.DESK_OFFICER)
    case = actions.open_case(
        actor=officer,
        enterprise=world.enterprises[0],
        words="尾款拖了五个月<script>alert(1)</script>\x0b，想走支付令",
    )
    actions.add_claim(actor=officer, case=case, debtor="甲工程", amount=Decimal(380000))
    case = actions.accept(actor=officer, case=case)
    actions.add_note(actor=officer, case=case, text="内部：对方要破产", is_public=False)
    case = actions.resolve(actor=officer, case=case, outcome="支付令下来了")
    actions.give_verdict(
        actor=world.actor(Role.CONTACT), case=case, is_solved=True, satisfaction=5, words="没想到这么快"
    )
    case.refresh_from_db()
    return case


SAYS = (
    "尾款拖了五个月",
    "支付令下来了",
    "甲工程",
    "380,000.00",
    "没想到这么快",
    "内部：对方要破产",
    "交给律师立案",
    "窗口专员",
)


def take(client, case, form, reason="交给律师立案"):
    return client.post(reverse("cases:case_file", args=[case.pk]), {"reason": reason, "form": form})


@pytest.mark.django_db
def test_on_paper(client, world, case):
    client.force_login(world.user(Role.DESK_OFFICER))
    page = take(client, case, "paper").content.decode()
    for text in SAYS:
        assert text in page, text
    assert "<script>alert" not in page


@pytest.mark.django_db
def test_as_word(client, world, case):
    client.force_login(world.user(Role.DESK_OFFICER))
    answer = take(client, case, "docx")
    assert "attachment" in answer["Content-Disposition"] and answer["Cache-Control"] == "no-store"
    data = b"".join(answer.streaming_content)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    document = Document(io.BytesIO(data))
    text = "\n".join(p.text for p in document.paragraphs)
    text += "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    text += document.sections[0].footer.paragraphs[0].text
    for said in SAYS:
        assert said in text, said


@pytest.mark.django_db
def test_as_pdf(client, world, case):
    client.force_login(world.user(Role.LEAD))
    data = b"".join(take(client, case, "pdf").streaming_content)
    assert data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF") and b"STSong-Light" in data


@pytest.mark.django_db
def test_it_is_recorded_with_its_reason_and_not_without(client, world, case):
    client.force_login(world.user(Role.DESK_OFFICER))
    page = take(client, case, "pdf", reason="用")
    assert page.status_code == 422 and "给谁、做什么用" in page.content.decode()
    assert not HistoryEntry.objects.filter(verb="case.exported").exists()
    take(client, case, "pdf")
    entry = HistoryEntry.objects.get(verb="case.exported")
    assert (entry.subject, entry.details["reason"], entry.details["form"]) == (
        f"case:{case.pk}", "交给律师立案", "pdf",
    )  # fmt: skip
    client.force_login(world.user(Role.GRID_LEADER))
    assert take(client, case, "pdf").status_code == 403


@pytest.mark.django_db
def test_the_code_leads_to_the_tracking_page(client, world, case):
    client.force_login(world.user(Role.DESK_OFFICER))
    shown = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert (
        reverse("cases:code", args=[case.pk]) in shown and reverse("cases:case_file", args=[case.pk]) in shown
    )
    answer = client.get(reverse("cases:code", args=[case.pk]))
    assert answer["Content-Type"] == "image/svg+xml" and b"<svg" in answer.content
