"""Pages of departments: the list, one of them, a case's panel, the department's own portal."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.cases.actions.attachments import attach
from yuanzhi.cases.attachments import examine
from yuanzhi.kernel import clock
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.kernel.sealed import unseal
from yuanzhi.partners import actions
from yuanzhi.partners.models import Coordination, Department, Reply

pytestmark = pytest.mark.django_db


def visit(world, role):
    client = Client()
    client.force_login(world.user(role))
    return client


@pytest.fixture
def lead(world):
    return visit(world, Role.LEAD)


@pytest.fixture
def officer(world):
    return visit(world, Role.DESK_OFFICER)


@pytest.fixture
def department(world):
    return visit(world, Role.DEPARTMENT)


@pytest.fixture
def case(world):
    actor = world.actor(Role.DESK_OFFICER)
    row = cases.open_case(
        actor=actor, enterprise=world.enterprises[0], title="子女转学", words="三年级转入，学位怎么落实"
    )
    return cases.accept(actor=actor, case=row)


def ask(world, case, number=0, **more):
    return actions.send_coordinations(
        actor=world.actor(Role.DESK_OFFICER),
        case=case,
        departments=[world.departments[number]],
        **{"question": "有没有学位", **more},
    )[0]


def text_of(response):
    return response.content.decode()


# -- the list and one of them ------------------------------------------------------------------------------


def test_the_lead_keeps_the_list(world, lead):
    data = {
        "name": "云溪区残疾人联合会", "short": "残联", "duties": "残保金", "liaison": "陶安",
        "phone": "0571-86001234", "reply_days": "5",
    }  # fmt: skip
    made_at = lead.post("/departments/new/", data).headers["Location"]
    made = Department.objects.get(short="残联")
    assert made_at == f"/departments/{made.pk}/"
    assert unseal(made.phone_sealed) == "0571-86001234" and "86001234" not in made.phone_masked
    again = lead.post("/departments/new/", data)
    assert (again.status_code, "已经在名单里" in text_of(again)) == (422, True)
    edit = {**data, "phone": "", "reply_days": "7", "seen": str(made.version)}
    assert lead.post(f"/departments/{made.pk}/edit/", edit).status_code == 302
    made.refresh_from_db()
    assert (made.reply_days, unseal(made.phone_sealed)) == (7, "0571-86001234")
    stale = lead.post(f"/departments/{made.pk}/edit/", {**edit, "reply_days": "9"})
    assert (stale.status_code, "刚被别人改过" in text_of(stale)) == (422, True)
    lead.post(f"/departments/{made.pk}/edit/", {**edit, "no_phone": "on", "seen": str(made.version)})
    made.refresh_from_db()
    assert (made.phone_sealed, made.phone_masked) == ("", "")
    told = "".join(
        HistoryEntry.objects.filter(subject=f"department:{made.pk}").values_list("data", flat=True)
    )
    assert "86001234" not in told


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "部门名称还没写"),
        ("name", "长" * 41, "太长"),
        ("reply_days", "0", "1 到 30"),
        ("reply_days", "31", "1 到 30"),
        ("reply_days", "三天", "整数"),
        ("phone", "12", "电话"),
    ],
)
def test_bad_input_gets_a_sentence_beside_its_field(lead, field, value, sentence):
    data = {"name": "消防", "reply_days": "1", "duties": "写过的留着", field: value}
    page = lead.post("/departments/new/", data)
    assert (page.status_code, sentence in text_of(page), "写过的留着" in text_of(page)) == (422, True, True)


def test_deactivating_asks_first_and_keeps_what_is_under_way(world, lead, case):
    row = ask(world, case)
    url = f"/departments/{row.department_id}/active/"
    assert "停用" in text_of(lead.post(url))
    assert Department.objects.get(pk=row.department_id).is_active
    lead.post(url, {"confirmed": "1"})
    assert not Department.objects.get(pk=row.department_id).is_active
    done = actions.answer_coordination(actor=world.actor(Role.DEPARTMENT), coordination=row, answer="有")
    assert done.state == "answered"
    lead.post(url)
    assert Department.objects.get(pk=row.department_id).is_active
    verbs = HistoryEntry.objects.filter(subject=f"department:{row.department_id}").values_list(
        "verb", flat=True
    )
    assert {"department.retired", "department.restored"} <= set(verbs)


def test_only_the_lead_changes_it(world, officer):
    assert officer.get("/departments/").status_code == 200
    pk = world.departments[0].pk
    for url in ("/departments/new/", f"/departments/{pk}/edit/", f"/departments/{pk}/active/"):
        assert officer.post(url, {"name": "x", "reply_days": 3}).status_code == 403


def test_looking_at_the_number_is_recorded(world, officer):
    page = officer.post(f"/departments/{world.departments[0].pk}/reveal/")
    assert "138-1234-9999" in text_of(page).replace(" ", "-") or "13812349999" in text_of(page)
    entry = HistoryEntry.objects.get(verb="department.revealed")
    assert "13812349999" not in entry.data


def test_how_soon_a_department_answers_is_an_honest_number(world, officer):
    """Three answered (1, 2 and 4 workdays), one open, one returned: the middle one of three, of four."""
    desk, dept = world.actor(Role.DESK_OFFICER), world.actor(Role.DEPARTMENT)
    start = timezone.make_aware(dt.datetime(2026, 11, 2, 9))
    now = timezone.make_aware(dt.datetime(2026, 11, 20, 9))
    for number, days in enumerate((1, 2, 4)):
        with clock.at(start):
            row = cases.open_case(actor=desk, enterprise=world.enterprises[number], words="x")
            sent = ask(world, row)
        with clock.at(start + dt.timedelta(days=days)):
            actions.answer_coordination(actor=dept, coordination=sent, answer="好")
    with clock.at(start):
        for number in (3, 4):
            sent = ask(world, cases.open_case(actor=desk, enterprise=world.enterprises[number], words="x"))
        actions.return_coordination(actor=dept, coordination=sent, why="归科技")
    import time_machine

    with time_machine.travel(now, tick=False):
        text = text_of(officer.get(f"/departments/{world.departments[0].pk}/"))
    plain = " ".join(text.split())
    assert "2<small>个工作日" in plain.replace(" ", "") or "2 <small>" in plain
    assert "中间那一件" in text and "分母" in text
    from yuanzhi.partners.answering import reply_figures
    from yuanzhi.partners.queries import departments as queries

    here = queries.reply_spans(world.departments[0], now)
    from yuanzhi.cases.promises import clock_of

    figures = reply_figures(
        here,
        **queries.asked_counts(world.departments[0], now),
        calendar=clock_of(world.community.pk).calendar,
        hours=clock_of(world.community.pk).hours,
    )
    assert (figures.median_minutes, figures.answered, figures.asked) == (2 * 420, 3, 4)
    assert (figures.returned, figures.sent) == (1, 5)


def test_export_says_who_and_why_and_masks_the_number(world, officer):
    assert officer.post("/departments/export/", {"reason": " "}).status_code == 422
    response = officer.post("/departments/export/", {"reason": "年度通讯录"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    lines = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert "年度通讯录" in lines[0][0] and "勿转发" in lines[0][0]
    assert lines[2][:2] == ["云溪区经济信息化局", "经信"]
    assert "13812349999" not in str(lines)
    assert HistoryEntry.objects.get(verb="department.exported").details["count"] == 2


# -- a case's panel ----------------------------------------------------------------------------------------


def test_asking_from_the_case(world, officer, case):
    first, second = world.departments
    data = {
        "ask-departments": [first.pk, second.pk], "ask-lead": second.pk, "ask-question": "有没有学位",
        "once": "k1",
    }  # fmt: skip
    for _ in range(2):
        response = officer.post(f"/cases/{case.pk}/departments/ask/", data)
        assert response.headers["Location"] == f"/cases/{case.pk}/#coordinations-panel"
    assert sorted(Coordination.objects.values_list("department__short", "part")) == [
        ("教育", "lead"),
        ("经信", "joint"),
    ]
    text = text_of(officer.get(f"/cases/{case.pk}/departments/"))
    assert "有没有学位" in text and "待部门签收" in text and "剩" in text
    fragment = text_of(officer.get(f"/cases/{case.pk}/departments/", headers={"HX-Request": "true"}))
    assert "<html" not in fragment and "有没有学位" in fragment
    assert f"/cases/{case.pk}/departments/" in text_of(officer.get(f"/cases/{case.pk}/"))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"ask-departments": [], "ask-question": "写过的话"}, 422),
        ({"ask-departments": ["999999"], "ask-question": "写过的话"}, 422),
        ({"ask-departments": ["x"], "ask-question": "写过的话"}, 422),
        ({"ask-departments": [], "ask-question": "写过的话", "ask-reply_days": "99"}, 422),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(officer, case, data, status):
    page = officer.post(f"/cases/{case.pk}/departments/ask/", data)
    assert (page.status_code, "写过的话" in text_of(page)) == (status, True)
    assert not Coordination.objects.exists()


def test_a_confidential_case_is_opened_by_a_tick_and_a_reason(world, officer):
    case = cases.open_case(
        actor=world.actor(Role.EMPLOYEE), enterprise=world.enterprises[0], words="拖欠工资",
        is_confidential=True,
    )  # fmt: skip
    data = {"ask-departments": [world.departments[0].pk], "ask-question": "请核实"}
    url = f"/cases/{case.pk}/departments/ask/"
    assert "私下反映" in text_of(officer.get(f"/cases/{case.pk}/departments/"))
    assert officer.post(url, {**data, "ask-confidential_why": "只写了原因"}).status_code == 409
    assert officer.post(url, {**data, "ask-opens_confidential": "on"}).status_code == 422
    assert not Coordination.objects.exists()
    ok = officer.post(url, {**data, "ask-opens_confidential": "on", "ask-confidential_why": "要立案"})
    assert ok.status_code == 302
    assert Coordination.objects.get().confidential_why == "要立案"


def test_steps_on_the_panel(world, officer, case):
    row = ask(world, case)
    dept = world.actor(Role.DEPARTMENT)
    row = actions.answer_coordination(actor=dept, coordination=row, answer="有两个")
    stale = officer.post(f"/coordinations/{row.pk}/close/", {"seen": "1"})
    assert (stale.status_code, "刚被别人动过" in text_of(stale)) == (409, True)
    again = officer.post(f"/coordinations/{row.pk}/ask_again/", {"seen": row.version, "question": " "})
    assert again.status_code == 422
    officer.post(f"/coordinations/{row.pk}/ask_again/", {"seen": row.version, "question": "哪所学校"})
    row.refresh_from_db()
    assert (row.state, row.round, row.question) == ("sent", 2, "哪所学校")
    kept = officer.post(f"/coordinations/{row.pk}/call_off/", {"seen": "1", "why": "家里换了主意"})
    assert (kept.status_code, "家里换了主意" in text_of(kept)) == (409, True)
    officer.post(f"/coordinations/{row.pk}/call_off/", {"seen": row.version, "why": "家里换了主意"})
    row.refresh_from_db()
    assert row.state == "called_off"
    assert officer.post(f"/coordinations/{row.pk}/accept/", {"seen": row.version}).status_code == 404


def test_sent_back_offers_the_department_it_named(world, officer, case):
    row = ask(world, case)
    actions.return_coordination(
        actor=world.actor(Role.DEPARTMENT), coordination=row, why="归教育", instead=world.departments[1]
    )
    text = text_of(officer.get(f"/cases/{case.pk}/departments/"))
    assert f"?department={world.departments[1].pk}#new-coordination" in text and "改请教育" in text
    picked = text_of(officer.get(f"/cases/{case.pk}/departments/?department={world.departments[1].pk}"))
    assert f'value="{world.departments[1].pk}"' in picked and "checked" in picked


def test_the_enterprise_sees_who_works_on_it_and_public_answers_only(world, case):
    row = ask(world, case)
    contact = visit(world, Role.CONTACT)
    url = f"/portal/cases/{case.pk}/departments/"
    text = text_of(contact.get(url))
    assert "部门在办：云溪区经济信息化局" in text and "最晚" in text
    row = actions.answer_coordination(
        actor=world.actor(Role.DEPARTMENT), coordination=row, answer="内部口径", is_public=False
    )
    assert "内部口径" not in text_of(contact.get(url))
    row = actions.ask_again(actor=world.actor(Role.DESK_OFFICER), coordination=row, question="给企业一句话")
    actions.answer_coordination(actor=world.actor(Role.DEPARTMENT), coordination=row, answer="下周一来办")
    text = text_of(contact.get(url))
    assert "下周一来办" in text and "内部口径" not in text and "给企业一句话" not in text


# -- the department's own portal ---------------------------------------------------------------------------


def test_a_department_lands_on_its_list_by_the_clock(world, department, case):
    assert department.get("/").headers["Location"] == "/department/"
    other = cases.open_case(
        actor=world.actor(Role.DESK_OFFICER), enterprise=world.enterprises[1], title="急的", words="x"
    )
    ask(world, case)
    ask(world, other, reply_days=1)
    text = text_of(department.get("/department/"))
    assert text.index("急的") < text.index("子女转学")
    assert "2 件</b>等您签收" in text
    assert "部门协同" in text  # the navigation


def test_from_signing_to_answering(world, department, case):
    row = ask(world, case)
    url = f"/department/{row.pk}/"
    assert "有没有学位" in text_of(department.get(url))
    assert department.post(f"{url}accept/", {"seen": "1", "accept-handler": "韩立"}).status_code == 302
    assert "子女转学" in text_of(department.get("/department/?tab=accepted"))
    stale = department.post(
        f"{url}answer/", {"seen": "1", "answer-answer": "写了半天", "answer-audience": "public"}
    )
    assert (stale.status_code, "写了半天" in text_of(stale)) == (409, True)
    done = department.post(
        f"{url}answer/", {"seen": "2", "answer-answer": "有学位", "answer-audience": "public"}
    )
    assert done.status_code == 302
    assert Reply.objects.get().author_label == "经信 韩立"
    assert "子女转学" in text_of(department.get("/department/?tab=answered"))


def test_a_department_sees_of_a_case_what_it_needs_and_no_more(world, department, case):
    desk = world.actor(Role.DESK_OFFICER)
    shown = cases.add_note(actor=desk, case=case, text="户口本在附件", is_public=True)
    cases.add_note(actor=desk, case=case, text="没勾选的补充", is_public=True)
    cases.add_note(actor=desk, case=case, text="内部备注里的话")
    files = attach(
        actor=desk, case=case, files=[examine("户口.txt", "一".encode()), examine("别的.txt", "二".encode())]
    )
    row = ask(world, case, notes=[shown], files=files[:1])
    text = text_of(department.get(f"/department/{row.pk}/"))
    for word in ("子女转学", "学位怎么落实", case.enterprise.name, "户口本在附件", "户口.txt"):
        assert word in text
    for word in ("没勾选的补充", "内部备注里的话", "别的.txt"):
        assert word not in text
    file = department.get(f"/department/{row.pk}/files/{files[0].pk}/")
    assert b"".join(file.streaming_content) == "一".encode()
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert department.get(f"/department/{row.pk}/files/{files[1].pk}/").status_code == 404
    for url in (f"/cases/{case.pk}/", f"/portal/cases/{case.pk}/", f"/enterprises/{case.enterprise_id}/"):
        assert department.get(url).status_code in (403, 404)


# -- the number of queries hangs on nothing ----------------------------------------------------------------


def queries_of(client, url):
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def fill(world, count):
    """So many cases, each with a coordination of the first department, every third answered."""
    desk, dept = world.actor(Role.DESK_OFFICER), world.actor(Role.DEPARTMENT)
    for number in range(count):
        case = cases.open_case(actor=desk, enterprise=world.enterprises[number % 12], words=f"第{number}件")
        row = ask(world, case)
        if number % 3 == 0:
            actions.answer_coordination(actor=dept, coordination=row, answer="好")


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.LEAD, "/departments/"),
        (Role.LEAD, "/departments/{pk}/"),
        (Role.LEAD, "/departments/{pk}/?tab=done"),
        (Role.DEPARTMENT, "/department/"),
        (Role.DEPARTMENT, "/department/?tab=answered"),
    ],
)
def test_lists_ask_as_often_for_thirty_as_for_one(world, role, path):
    client, url = visit(world, role), path.format(pk=world.departments[0].pk)
    fill(world, 1)
    one = queries_of(client, url)
    fill(world, 29)
    for number in range(29):
        actions.add_department(actor=world.house, name=f"第{number}局", reply_days=3)
    assert queries_of(client, url) == one <= PINNED[path]


PINNED = {
    "/departments/": 7,
    "/departments/{pk}/": 12,
    "/departments/{pk}/?tab=done": 12,
    "/department/": 11,
    "/department/?tab=answered": 11,
}


def test_a_panel_asks_as_often_for_ten_as_for_one(world, officer, case):
    desk, dept = world.actor(Role.DESK_OFFICER), world.actor(Role.DEPARTMENT)
    url = f"/cases/{case.pk}/departments/"
    row = ask(world, case)
    actions.make_link(actor=desk, coordination=row, name="韩立")
    one = queries_of(officer, url)
    for _ in range(9):
        row = actions.answer_coordination(actor=dept, coordination=row, answer="好")
        row = ask(world, case)
        actions.make_link(actor=desk, coordination=row, name="韩立")
    assert queries_of(officer, url) == one
