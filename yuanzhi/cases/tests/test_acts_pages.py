"""Pages of what is done with a case: dialogs and their pages, what stays typed, the enterprise's withdrawal."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions
from yuanzhi.cases.models import Case, CaseLink, Extension
from yuanzhi.cases.states import State
from yuanzhi.cases.views.acts import DEEDS
from yuanzhi.kernel.models import HistoryEntry

from .lives import in_state, judge, opened

pytestmark = pytest.mark.django_db


def visit(world, role):
    client = Client()
    client.force_login(world.user(role))
    return client


def text(response):
    return response.content.decode()


def send(world, role, case, code, **data):
    return visit(world, role).post(f"/cases/{case.pk}/act/{code}/", data)


def test_a_form_opens_as_a_page_and_as_a_dialog(world):
    case, client = in_state(world, State.ACCEPTED), visit(world, Role.LEAD)
    for code, deed in DEEDS.items():
        page = client.get(f"/cases/{case.pk}/act/{code}/")
        assert page.status_code == 200 and "<html" in text(page) and deed.name in text(page)
        part = client.get(f"/cases/{case.pk}/act/{code}/", headers={"HX-Request": "true"})
        assert "<html" not in text(part) and "act-title" in text(part)
    assert client.get(f"/cases/{case.pk}/act/nonsense/").status_code == 404


EMPTY = [
    ("hand-over", {"desk": "1", "why": " "}, "为什么转"),
    ("wait", {}, "写清楚要企业补充什么"),
    ("extend", {"days": "x", "reason": "等"}, "填一个数"),
    ("extend", {"days": "3"}, "为什么要延期"),
    ("split", {"title1": "只有一件"}, "至少写两件"),
    ("merge", {"other": "没有这件"}, "没有找到“没有这件”"),
    ("link", {}, "请选另一件"),
    ("return", {}, "写一句为什么不该您办"),
    ("decline", {}, "说明原因"),
    ("urge", {"words": ""}, "光催没有用"),
]


@pytest.mark.parametrize(("code", "data", "said"), EMPTY)
def test_bad_input_gets_a_sentence_and_nothing_is_lost(world, code, data, said):
    case = in_state(world, State.RECEIVED if code == "decline" else State.ACCEPTED)
    if "desk" in data:
        data["desk"] = case.desk_id
    before = HistoryEntry.objects.count()
    response = send(world, Role.LEAD, case, code, **data)
    assert response.status_code == 422 and said in text(response)
    assert HistoryEntry.objects.count() == before
    for value in data.values():
        assert str(value).strip() in text(response)


def test_what_the_house_refuses_stays_typed(world):
    case, other = in_state(world, State.ACCEPTED), opened(world, "别家的", enterprise=world.enterprises[1])
    response = send(world, Role.LEAD, case, "merge", other=other.pk)
    assert response.status_code == 409 and "不是同一家" in text(response) and other.number in text(response)


def test_the_dialogs_do_what_they_say(world):
    case = in_state(world, State.ACCEPTED)
    lead = world.user(Role.LEAD)
    member = world.user(Role.GRID_MEMBER)
    steps = [
        ("hand-over", {"desk": world.desks["public"].pk, "owner": member.pk, "why": "归公共"}),
        ("link", {"other": opened(world, "另一件").number}),
        ("urge", {"words": "周五前给准信"}),
        ("extend", {"days": 2, "reason": "等回函"}),
        ("split", {"title1": "网线", "title2": "电话", "desk2": world.desks["party"].pk, "once": "s"}),
        ("wait", {"words": "几楼？"}),
    ]
    for code, data in steps:
        response = send(world, Role.LEAD, case, code, **data)
        assert response.status_code == 302, (code, text(response))
    case.refresh_from_db()
    assert (case.owner_id, case.desk.code, case.state) == (member.pk, "public", "waiting")
    assert [part.desk.code for part in case.parts.order_by("pk")] == ["public", "party"]
    assert CaseLink.objects.count() == 1 and Extension.objects.get().asked_by_id == lead.pk
    page = text(visit(world, Role.LEAD).get(f"/cases/{case.pk}/"))
    assert "拆出去的，还有 2 件没办完" in page and "关联的" in page and "申请延期 2 个工作日" in page


def test_the_lead_decides_on_its_page(world):
    case = in_state(world, State.ACCEPTED)
    actions.ask_extension(actor=world.actor(Role.DESK_OFFICER), case=case, days=2, reason="等回函")
    assert "批一下" in text(visit(world, Role.LEAD).get(f"/cases/{case.pk}/"))
    assert "批一下" not in text(visit(world, Role.DESK_OFFICER).get(f"/cases/{case.pk}/"))
    assert send(world, Role.DESK_OFFICER, case, "decide", grant="1").status_code == 403
    assert send(world, Role.LEAD, case, "decide", grant="1").status_code == 302
    case.refresh_from_db()
    assert case.extended_days == 2
    assert send(world, Role.LEAD, case, "decide", grant="1").status_code == 409


def test_called_back_from_the_page(world):
    case = judge(in_state(world, State.RESOLVED), 1)
    assert "打过了，记下来" in text(visit(world, Role.DESK_OFFICER).get(f"/cases/{case.pk}/"))
    assert send(world, Role.DESK_OFFICER, case, "call-back", words="网速不够").status_code == 302
    case.refresh_from_db()
    assert case.call_back_due is None


@pytest.mark.parametrize(
    ("state", "first"),
    [("received", "受理"), ("accepted", "办结"), ("waiting", "继续办理"), ("reopened", "办结")],
)
def test_one_obvious_step(world, state, first):
    case = in_state(world, State(state))
    page = text(visit(world, Role.DESK_OFFICER).get(f"/cases/{case.pk}/"))
    steps = page[page.index("actions steps") : page.index("act-menu")]
    assert steps.count("button primary") in (1, 2)  # a step with words has the button of its form as well
    assert steps.index("button primary") < steps.index(first)


def test_nothing_is_offered_where_nothing_can_be_done(world):
    for state in (State.MERGED, State.DECLINED, State.WITHDRAWN):
        page = text(visit(world, Role.DESK_OFFICER).get(f"/cases/{in_state(world, state).pk}/"))
        for code in ("hand-over", "split", "merge", "extend", "urge"):
            assert f"/act/{code}/" not in page


def test_picking_a_case(world, neighbour):
    case = opened(world, "电梯坏了")
    same, other = opened(world, "门禁坏了"), opened(world, "门禁不灵", enterprise=world.enterprises[1])
    away = opened(neighbour, "门禁隔壁的")
    client = visit(world, Role.DESK_OFFICER)
    nothing_typed = text(client.get(f"/cases/pick/?for={case.pk}"))
    assert same.number in nothing_typed and other.title not in nothing_typed
    typed = text(client.get(f"/cases/pick/?for={case.pk}&q=门禁"))
    assert typed.index(same.title) < typed.index(other.title) and away.title not in typed
    assert other.title in text(client.get(f"/cases/pick/?q={other.number[:9]}"))
    assert "电梯坏了" not in text(client.get(f"/cases/pick/?for={case.pk}&q=电梯"))


def test_unlink_from_the_page(world):
    case, other = opened(world, "一"), opened(world, "二")
    actions.link(actor=world.actor(Role.DESK_OFFICER), case=case, other=other)
    client = visit(world, Role.DESK_OFFICER)
    assert client.post(f"/cases/{case.pk}/unlink/{other.pk}/").status_code == 302
    assert not CaseLink.objects.exists()
    assert client.post(f"/cases/{case.pk}/unlink/{other.pk}/").status_code == 302  # said on the page


# -- the enterprise's side -----------------------------------------------------------------------------------


def test_the_enterprise_withdraws_in_its_portal(world):
    case, client = in_state(world, State.IN_PROGRESS), visit(world, Role.CONTACT)
    assert f"/portal/cases/{case.pk}/withdraw/" in text(client.get(f"/portal/cases/{case.pk}/"))
    assert "撤回这件事" in text(client.get(f"/portal/cases/{case.pk}/withdraw/"))
    client.post(f"/portal/cases/{case.pk}/withdraw/", {"reason": "自己装好了"})
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert "withdraw/" not in text(client.get(f"/portal/cases/{case.pk}/"))


def test_the_enterprise_withdraws_by_its_link(world):
    case = in_state(world, State.ACCEPTED)
    client = Client()
    assert f"/t/{case.token}/withdraw/" in text(client.get(f"/t/{case.token}/"))
    answer = client.post(f"/t/{case.token}/withdraw/", {"reason": "不用了"}, follow=True)
    case.refresh_from_db()
    assert case.state == "withdrawn" and "已经撤回" in text(answer)
    assert "现在不能撤回" in text(client.get(f"/t/{case.token}/withdraw/"))
    assert client.get("/t/nonsense/withdraw/").status_code == 404


def test_staff_with_the_link_do_not_withdraw(world):
    case = in_state(world, State.ACCEPTED)
    answer = visit(world, Role.LEAD).post(f"/t/{case.token}/withdraw/", {"reason": "x"})
    case.refresh_from_db()
    assert answer.status_code == 409 and "只有企业自己" in text(answer) and case.state == "accepted"


def test_a_merged_ones_link_shows_how_the_other_goes(world):
    case = in_state(world, State.MERGED)
    into = Case.objects.get(pk=case.merged_into_id)
    page = text(Client().get(f"/t/{case.token}/"))
    assert into.number in page and f"/t/{into.token}/" in page and "待受理" in page
    portal = text(visit(world, Role.CONTACT).get(f"/portal/cases/{case.pk}/"))
    assert f"/portal/cases/{into.pk}/" in portal


def test_a_nameless_link_shows_the_way_but_not_the_page_of_the_other(world):
    officer = world.actor(Role.DESK_OFFICER)
    nameless, into = opened(world, "扫码来的", enterprise=None), opened(world, "登记过的")
    actions.merge(actor=officer, case=nameless, into=into)
    page = text(Client().get(f"/t/{nameless.token}/"))
    assert into.number in page and into.token not in page and into.title not in page


def test_an_employee_does_not_get_a_way_they_cannot_go(world):
    employee = world.actor(Role.EMPLOYEE)
    mine = actions.open_case(actor=employee, enterprise=world.enterprises[0], words="空调停了")
    into = opened(world, "整栋空调停了")
    actions.merge(actor=world.actor(Role.DESK_OFFICER), case=mine, into=into)
    page = text(visit(world, Role.EMPLOYEE).get(f"/portal/cases/{mine.pk}/"))
    assert into.number in page and f"/portal/cases/{into.pk}/" not in page


# -- questions -----------------------------------------------------------------------------------------------


def questions(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen.captured_queries)


def test_a_long_life_costs_no_more_questions(world):
    client, officer = visit(world, Role.DESK_OFFICER), world.actor(Role.DESK_OFFICER)
    plain = in_state(world, State.ACCEPTED)
    few = questions(client, f"/cases/{plain.pk}/")
    assert few <= 32
    busy = in_state(world, State.ACCEPTED, "热闹的一件")
    actions.split(actor=officer, case=busy, parts=[actions.Part(f"第{n}") for n in range(6)])
    for number in range(6):
        busy.refresh_from_db()
        actions.add_note(actor=officer, case=busy, text=f"第 {number} 句")
        actions.link(actor=officer, case=busy, other=opened(world, f"另 {number}"))
        actions.merge(actor=officer, case=opened(world, f"并 {number}"), into=busy)
    assert questions(client, f"/cases/{busy.pk}/") <= few + 1  # those linked, as far as one sees them
