"""Bulk claims: the arithmetic, the write door, the spreadsheet there and back, the pages."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, claims
from yuanzhi.cases.imports.claims import read_money
from yuanzhi.cases.models import Claim
from yuanzhi.kernel.jobs import drain
from yuanzhi.kernel.models import HistoryEntry, ImportBatch
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.kernel.tabular.findings import BadCell

TODAY = dt.date(2026, 11, 24)
ALL = dict.fromkeys(claims.CODES, True)


def line(amount, recovered=0, state="open", due=None, evidence=None):
    return claims.Line(Decimal(amount), Decimal(recovered), state, due, evidence or {})


def test_what_a_list_adds_up_to():
    totals = claims.add_up(
        [
            line(8000, 8000, "recovered", TODAY),
            line(120_000, 20_000, "promised", TODAY - dt.timedelta(days=1), ALL),
            line(30_000, 0, "dropped", TODAY - dt.timedelta(days=9)),
        ],
        TODAY,
    )
    assert (totals.count, totals.amount, totals.recovered) == (3, 158_000, 28_000)
    assert (totals.whole, totals.touched, totals.ready, totals.overdue, totals.dropped) == (1, 2, 1, 2, 1)
    assert totals.left == 130_000 and round(totals.share, 3) == 0.177
    assert claims.add_up([], TODAY).share is None


@pytest.mark.parametrize(
    ("amount", "recovered", "debtor", "says"),
    [
        (100, 0, "甲", ""),
        (100, 100, "甲", ""),
        (100, 0, " ", "谁欠的还没写"),
        (0, 0, "甲", "大于零"),
        (100, -1, "甲", "不能是负数"),
        (100, 101, "甲", "还多"),
    ],
)
def test_a_line_that_cannot_be(amount, recovered, debtor, says):
    why = claims.problem(Decimal(amount), Decimal(recovered), debtor)
    assert says in why if says else not why


@pytest.mark.parametrize(
    ("text", "yuan"),
    [("38000", 38_000), ("38,000.50", "38000.50"), ("3.8万", 38_000), ("￥3.8 万元", 38_000), (38000, 38_000),
     ("1.2亿", 120_000_000), ("500元", 500)],
)  # fmt: skip
def test_money_as_people_write_it(text, yuan):
    assert read_money(text) == Decimal(yuan)


@pytest.mark.parametrize("text", ["", "若干", "三万八", "1e99"])
def test_money_that_cannot_be_read(text):
    with pytest.raises(BadCell):
        read_money(text)


@pytest.mark.parametrize(
    ("value", "says"),
    [("380000", "38 万元"), ("12500", "1.25 万元"), ("8000", "8,000 元"), ("99.5", "99.5 元")],
)
def test_money_as_it_is_said(value, says):
    assert claims.money(Decimal(value)) == says


@pytest.fixture
def case(world):
    return actions.open_case(
        actor=world.actor(Role.DESK_OFFICER), enterprise=world.enterprises[0], words="四十多笔尾款要不回来"
    )


@pytest.mark.django_db
def test_money_comes_back_and_the_line_is_done(world, case):
    officer = world.actor(Role.DESK_OFFICER)
    claim = actions.add_claim(actor=officer, case=case, debtor="甲工程", amount=Decimal(38000))
    claim = actions.change_claim(actor=officer, claim=claim, seen=1, recovered=Decimal(20000))
    assert (claim.state, claim.recovered) == ("open", 20000)
    claim = actions.change_claim(actor=officer, claim=claim, seen=2, recovered=Decimal(38000))
    assert claim.state == Claim.State.RECOVERED
    entry = HistoryEntry.objects.filter(subject=f"case:{case.pk}", verb="claim.changed").latest("seq")
    assert entry.details["changes"]["recovered"] == ["20000", "38000"]
    claim = actions.change_claim(actor=officer, claim=claim, seen=3, recovered=Decimal(38000))
    assert claim.version == 3, "nothing changed, nothing recorded"


@pytest.mark.django_db
def test_two_people_on_one_line_and_the_same_line_twice(world, case):
    officer, contact = world.actor(Role.DESK_OFFICER), world.actor(Role.CONTACT)
    claim = actions.add_claim(actor=contact, case=case, debtor="甲工程", amount=Decimal(38000))
    actions.change_claim(actor=officer, claim=claim, seen=1, note="电话里说年底付")
    with pytest.raises(Overtaken):
        actions.change_claim(actor=contact, claim=claim, seen=1, note="不认账")
    with pytest.raises(Refused, match="已经在清单里"):
        actions.add_claim(actor=contact, case=case, debtor="甲工程", amount=Decimal("38000.00"))
    with pytest.raises(Refused, match="还多"):
        actions.change_claim(actor=officer, claim=claim, seen=2, recovered=Decimal(99999))


@pytest.mark.django_db
def test_who_may_not_and_when_not(world, case):
    for role in (Role.VIEWER, Role.CAPTAIN, Role.SYSTEM_ADMIN, Role.PARTNER):
        with pytest.raises(Refused):
            actions.add_claim(actor=world.actor(role), case=case, debtor="甲", amount=Decimal(1))
    case = actions.withdraw(actor=world.actor(Role.CONTACT), case=case)
    with pytest.raises(Refused, match="另提一件"):
        actions.add_claim(actor=world.actor(Role.LEAD), case=case, debtor="甲", amount=Decimal(1))


SHEET = """欠款单位,工程名称,金额（万元）,到期日,合同或订单,已收
甲工程,一号楼,3.8,2026-06-30,有,
乙建设,,12,2026年7月,无,20000
,二号楼,1,,,
甲工程,一号楼,3.8,,,
"""


@pytest.mark.django_db
def test_the_sheet_in_out_in_again_and_undone(client, world, case):
    client.force_login(world.user(Role.DESK_OFFICER))
    page = reverse("cases:claims", args=[case.pk])
    url = reverse("cases:claims_sheet", args=[case.pk])

    def send(data: bytes, name: str) -> ImportBatch:
        answer = client.post(url, {"file": SimpleUploadedFile(name, data)})
        batch = ImportBatch.objects.latest("id")
        assert answer.url == reverse("registry:import", args=[batch.pk])
        shown = client.get(answer.url).content.decode()
        assert "对一对列" in shown
        from yuanzhi.registry.tests.test_import_pages import columns

        client.post(reverse("registry:import_columns", args=[batch.pk]), columns(shown))
        drain()
        client.post(reverse("registry:import_commit", args=[batch.pk]))
        drain()
        batch.refresh_from_db()
        assert batch.state == "done", batch.message
        return batch

    first = send(SHEET.encode(), "欠款.csv")
    assert (first.created, first.rejected) == (2, 2)
    rows = list(case.claims.all())
    assert [(r.debtor, r.amount, r.recovered, r.evidence) for r in rows] == [
        ("甲工程", 38000, 0, {"contract": True}),
        ("乙建设", 120000, 20000, {}),
    ]
    assert rows[0].due_on == dt.date(2026, 6, 30)
    back = b"".join(client.get(url).streaming_content)
    table = CalamineWorkbook.from_filelike(io.BytesIO(back)).get_sheet_by_index(0).to_python()
    assert len(table) == 3 and table[1][0] == "甲工程"
    again = send(back, "欠款清单.xlsx")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    assert "乙建设" in client.get(page).content.decode()
    actions.change_claim(actor=world.house, claim=rows[1], seen=1, note="走访时说月底付")
    client.post(reverse("registry:import_undo", args=[first.pk]), {"confirmed": "1"})
    drain()
    assert list(case.claims.values_list("debtor", flat=True)) == []


@pytest.mark.django_db
def test_what_was_typed_stays(client, world, case):
    client.force_login(world.user(Role.CONTACT))
    page = client.post(reverse("cases:claims", args=[case.pk]), {"debtor": "甲工程", "amount": "若干"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "金额写数字" in text and 'value="甲工程"' in text
    done = client.post(reverse("cases:claims", args=[case.pk]), {"debtor": "甲工程", "amount": "38000"})
    assert done.status_code == 302
    claim = case.claims.get()
    url = reverse("cases:claim", args=[case.pk, claim.pk])
    assert (
        client.post(
            url, {"debtor": "甲工程", "amount": "38000", "recovered": "8000", "seen": "1"}
        ).status_code
        == 302
    )
    late = client.post(url, {"debtor": "甲工程", "amount": "38000", "recovered": "9000", "seen": "1"})
    assert (
        late.status_code == 422
        and "刚被别人改过" in late.content.decode()
        and "9000" in late.content.decode()
    )
    gone = client.post(reverse("cases:claim_remove", args=[case.pk, claim.pk]))
    assert "去掉" in gone.content.decode()
    client.post(reverse("cases:claim_remove", args=[case.pk, claim.pk]), {"confirmed": "1"})
    assert not case.claims.exists()


@pytest.mark.django_db
def test_the_list_costs_the_same_for_one_line_and_for_thirty(client, world, case, django_assert_num_queries):
    client.force_login(world.user(Role.DESK_OFFICER))
    url = reverse("cases:claims", args=[case.pk])
    actions.add_claim(actor=world.house, case=case, debtor="甲", amount=Decimal(1))
    client.get(url)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url)
    for number in range(29):
        actions.add_claim(actor=world.house, case=case, debtor=f"乙{number}", amount=Decimal(1))
    with django_assert_num_queries(len(one)):
        client.get(url)


@pytest.mark.django_db
def test_a_case_shows_its_totals_and_offers_a_list_where_money_is_owed(client, world, case):
    url = reverse("cases:claims", args=[case.pk])
    for role, page in ((Role.DESK_OFFICER, "cases:case"), (Role.CONTACT, "cases:portal_case")):
        client.force_login(world.user(role))
        shown = client.get(reverse(page, args=[case.pk])).content.decode()
        assert "是好几笔欠款吗" in shown and url in shown
    actions.add_claim(actor=world.house, case=case, debtor="甲工程", amount=Decimal(38000))
    shown = client.get(reverse("cases:portal_case", args=[case.pk])).content.decode()
    assert "1 笔，共 3.8 万元" in shown and url in shown
    other = actions.open_case(actor=world.house, enterprise=world.enterprises[0], words="空调坏了")
    shown = client.get(reverse("cases:portal_case", args=[other.pk])).content.decode()
    assert "欠款" not in shown
    client.force_login(world.user(Role.VIEWER))
    shown = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    assert "1 笔，共 3.8 万元" in shown and url not in shown
