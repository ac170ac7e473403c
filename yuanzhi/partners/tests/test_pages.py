"""The pages: what is shown, what is kept when the house says no, and how many queries a list takes."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.kernel.calendar import load_published_calendar
from yuanzhi.kernel.models import HistoryEntry
from yuanzhi.partners import actions
from yuanzhi.partners.models import Ask, Duty, Partner, PartnerRating, Referral
from yuanzhi.registry import actions as registry

from .helping import TUESDAY, ask_of, asks, at, expert, fresh, open_case, refer

pytestmark = pytest.mark.django_db


@pytest.fixture
def tuesday():
    with time_machine.travel(at(TUESDAY), tick=False) as clock:
        yield clock


def visit(user):
    page = Client()
    page.force_login(user)
    return page


def text(answer):
    return answer.content.decode()


def queries(page, url):
    page.get(url)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert page.get(url).status_code == 200
    return len(found)


# -- the register --------------------------------------------------------------------------------------


def test_a_firm_is_registered_accredited_and_shown(world):
    lead = visit(world.user(Role.LEAD))
    form = {"name": "杭州砺知会计师事务所", "kind": world.kinds["accounting"].pk, "free_terms": "看账免费"}
    answer = lead.post("/partners/new/", form)
    firm = Partner.objects.get(name="杭州砺知会计师事务所")
    assert answer.headers["Location"] == f"/partners/{firm.pk}/"
    assert "还没认证" in text(lead.get(f"/partners/{firm.pk}/"))
    lead.post(f"/partners/{firm.pk}/decide/accredit/", {"until": "2099-01-01", "why": "材料齐全"})
    person = {"name": "贺清", "specialities": "专项审计，高企", "most_open": "6", "is_active": "on"}
    assert lead.post(f"/partners/{firm.pk}/experts/new/", person).status_code == 302
    page = text(lead.get(f"/partners/{firm.pk}/"))
    assert "贺清" in page
    assert "专项审计" in page
    assert "材料齐全" in page
    assert "砺知" in text(lead.get("/partners/?kind=accounting"))
    assert "衡砚" not in text(lead.get("/partners/?kind=accounting"))
    assert "砺知" in text(lead.get("/partners/?q=贺清"))


def test_what_was_typed_stays(world):
    lead = visit(world.user(Role.LEAD))
    answer = lead.post("/partners/new/", {"name": "某某所", "uscc": "9133", "kind": world.kinds["law"].pk})
    assert answer.status_code == 422
    assert "某某所" in text(answer)


def test_an_officer_registers_but_does_not_accredit(world):
    officer = visit(world.user(Role.DESK_OFFICER))
    assert officer.get("/partners/new/").status_code == 200
    assert officer.get(f"/partners/{world.partners[0].pk}/decide/suspend/").status_code == 403


def test_ties_and_kinds(world):
    lead, firm = visit(world.user(Role.LEAD)), world.partners[0]
    name = world.enterprises[1].name
    lead.post(f"/partners/{firm.pk}/ties/new/", {"kind": "acts_for", "name": name, "source": "申报"})
    tie = firm.ties.get()
    assert tie.enterprise == world.enterprises[1]
    assert name in text(lead.get(f"/partners/{firm.pk}/"))
    assert "结束了" in text(lead.post(f"/ties/{tie.pk}/end/"))  # asks first
    lead.post(f"/ties/{tie.pk}/end/", {"confirmed": "1"})
    tie.refresh_from_db()
    assert tie.until < timezone.localdate()
    lead.post("/partners/kinds/", {"name": "检测认证"})
    assert "检测认证" in text(lead.get("/partners/kinds/"))


def test_the_list_leaves_with_a_reason(world):
    lead = visit(world.user(Role.LEAD))
    assert lead.post("/partners/export/", {"why": ""}).status_code == 422
    answer = lead.post("/partners/export/", {"why": "街道要一份名单"})
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    assert HistoryEntry.objects.get(verb="partners.exported").details["reason"] == "街道要一份名单"


def many(world, number):
    for at_ in range(number):
        firm = actions.add_partner(
            actor=world.house,
            facts={"name": f"第{at_}律所", "kind": world.kinds["law"], "free_terms": "免费"},
        )
        actions.decide(actor=world.house, partner=firm, move="accredit", why="好", until=dt.date(2099, 1, 1))
        actions.add_expert(actor=world.house, partner=firm, facts={"name": f"律师{at_}"})


def test_lists_keep_their_queries(world, tuesday):
    officer = visit(world.user(Role.DESK_OFFICER))
    case = open_case(world)
    urls = ["/partners/", "/duty/", f"/cases/{case.pk}/refer/", f"/partners/{world.partners[0].pk}/"]
    before = {url: queries(officer, url) for url in urls}
    many(world, 30)
    for at_, person in enumerate(["甲", "乙", "丙", "丁"] * 7):
        expert(world, f"{person}{at_}")
    for one in world.partners[0].experts.all():
        actions.add_duty(actor=world.house, expert=one, date=dt.date(2026, 11, 25), half="am")
    assert {url: queries(officer, url) for url in urls} == before


def test_the_partners_own_list_keeps_its_queries(world, tuesday):
    actions.edit_expert(actor=world.house, expert=world.experts[0], facts={"most_open": 99})
    page = visit(world.user(Role.PARTNER))
    refer(world, open_case(world), way="named", experts=[world.experts[0]])
    before = queries(page, "/partner/")
    for number in range(30):
        refer(world, open_case(world, title=f"第{number}件"), way="named", experts=[fresh(world.experts[0])])
    assert queries(page, "/partner/") == before


# -- the roster ----------------------------------------------------------------------------------------


def test_the_week_and_who_is_there_today(world, tuesday):
    officer = visit(world.user(Role.DESK_OFFICER))
    form = {"expert": world.experts[0].pk, "date": "2026-11-24", "half": "am", "weeks": "2", "place": "一楼"}
    assert officer.post("/duty/", form).status_code == 302
    assert Duty.objects.count() == 2
    again = officer.post("/duty/", {**form, "weeks": "1"})
    assert again.status_code == 422
    assert "顾明 11 月 24 日上午已经排了" in text(again)
    page = text(officer.get("/duty/?week=2026-11-24"))
    assert "顾明" in page
    assert "一楼" in page
    assert "现场到 12:00" in text(officer.get("/duty/today/"))
    assert "现场到 12:00" in text(officer.get("/"))
    duty = Duty.objects.order_by("date")[1]
    officer.post(f"/duty/{duty.pk}/cancel/", {"why": "出差"})
    assert fresh(duty).is_cancelled


def test_days_off_are_left_out_and_said(world):
    load_published_calendar(actor=world.house)
    with time_machine.travel(at("2026-09-24 10:00"), tick=False):
        lead = world.actor(Role.LEAD)
        done = actions.add_duty(
            actor=lead, expert=world.experts[0], date=dt.date(2026, 9, 24), half="pm", weeks=3
        )
        assert [duty.date.day for duty in done.made] == [24, 8]
        assert done.skipped == ["10 月 1 日国庆节放假，没有排"]
        page = text(visit(world.user(Role.LEAD)).get("/duty/?week=2026-10-01"))
        assert "国庆节放假" in page


def test_an_expert_says_no_to_a_half_day(world, tuesday):
    done = actions.add_duty(actor=world.house, expert=world.experts[0], date=dt.date(2026, 11, 26), half="am")
    page = visit(world.user(Role.PARTNER))
    assert "11 月 26 日" in text(page.get("/partner/"))
    page.post(f"/partner/duty/{done.made[0].pk}/cancel/", {"why": "开庭"})
    assert fresh(done.made[0]).is_cancelled


# -- a referral, on the pages --------------------------------------------------------------------------


def test_asked_from_the_case_answered_in_the_portal_and_rated(world, tuesday):
    officer, lawyer = visit(world.user(Role.DESK_OFFICER)), visit(world.user(Role.PARTNER))
    contact = visit(world.user(Role.CONTACT))
    person = registry.add_contact(
        actor=world.house, enterprise=world.enterprises[0], name="周敏", phone="13812345678"
    )
    case = open_case(world, speaker="周敏", speaker_phone="13812345670")
    page = text(officer.get(f"/cases/{case.pk}/refer/"))
    assert "首次咨询一小时免费" in page
    assert "顾明" in page
    form = {
        "kind": world.kinds["law"].pk,
        "question": "能不能走支付令",
        "way": "rotation",
        "accept_hours": "4",
        "free_terms": "首次咨询一小时免费",
        "once": "k",
    }
    answer = officer.post(f"/cases/{case.pk}/refer/", form)
    assert answer.status_code == 422
    assert "能不能走支付令" in text(answer)
    assert not Referral.objects.exists()
    assert officer.post(f"/cases/{case.pk}/refer/", {**form, "told": "on"}).status_code == 302
    officer.post(f"/cases/{case.pk}/refer/", {**form, "told": "on"})
    referral = Referral.objects.get()
    assert "剩 4 小时" in text(officer.get(f"/cases/{case.pk}/referrals/"))
    ask = ask_of(referral, "顾明")
    assert lawyer.get("/").headers["Location"] == "/partner/"
    assert case.title in text(lawyer.get("/partner/"))
    before = text(lawyer.get(f"/partner/asks/{ask.pk}/"))
    assert "能不能走支付令" in before
    assert "138****" not in before  # no numbers before it is taken on
    lawyer.post(f"/partner/asks/{ask.pk}/accept/")
    assert fresh(referral).state == "taken"
    page = text(lawyer.get(f"/partner/asks/{ask.pk}/"))
    assert "138****5678" in page
    assert "13812345678" not in page
    shown = text(lawyer.post(f"/partner/asks/{ask.pk}/phone/", {"contact": person.pk}))
    assert "138 1234 5678" in shown or "13812345678" in shown
    lawyer.post(f"/partner/asks/{ask.pk}/contacted/", {"words": "约了周五"})
    bad = lawyer.post(f"/partner/asks/{ask.pk}/visit/", {"at": "2020-01-01T10:00", "place": "企业"})
    assert bad.status_code == 409
    assert 'value="企业"' in text(bad)
    lawyer.post(f"/partner/asks/{ask.pk}/visit/", {"at": "2026-11-27T10:00"})
    joint = referral.visits.get()
    officer.post(f"/joint-visits/{joint.pk}/agree/")
    assert fresh(joint).state == "agreed"
    done = {"outcome": "写好了支付令申请", "hours": "2.5", "recovered": "80000"}
    lawyer.post(f"/partner/asks/{ask.pk}/finish/", done)
    assert "评一评" in text(contact.get(f"/portal/cases/{case.pk}/help/"))
    contact.post(f"/portal/referrals/{referral.pk}/rate/", {"satisfaction": "5", "words": "谢谢"})
    assert PartnerRating.objects.get().satisfaction == 5
    panel = text(officer.get(f"/cases/{case.pk}/referrals/"))
    assert "企业评 5 分" in panel
    firm = text(officer.get(f"/partners/{world.partners[0].pk}/"))
    assert "80,000" in firm
    assert "分子 1，分母 1" in firm


def test_the_list_of_candidates_follows_the_other_side(world, tuesday):
    other = world.enterprises[1]
    actions.add_tie(
        actor=world.house, partner=world.partners[0], kind="acts_for", enterprise=other, source="申报"
    )
    officer, case = visit(world.user(Role.DESK_OFFICER)), open_case(world)
    form = {"kind": world.kinds["law"].pk, "other_side": str(other.pk), "look": "1"}
    page = text(officer.post(f"/cases/{case.pk}/refer/", form))
    assert f"正在代理对方{other.name}" in page
    posted = {
        **form,
        "question": "x",
        "way": "named",
        "expert": world.experts[0].pk,
        "accept_hours": "4",
        "free_terms": "免费",
        "told": "on",
    }
    del posted["look"]
    answer = officer.post(f"/cases/{case.pk}/refer/", posted)
    assert answer.status_code == 422
    assert "利益冲突" in text(answer)
    assert not Ask.objects.exists()


def test_the_portal_shows_no_case_that_is_not_mine(world, tuesday):
    lawyer = visit(world.user(Role.PARTNER))
    referral = refer(world, open_case(world), way="named", experts=[world.experts[1]])
    ask = referral.asks.get()
    assert lawyer.get(f"/partner/asks/{ask.pk}/").status_code == 404
    assert lawyer.post(f"/partner/asks/{ask.pk}/accept/").status_code == 404
    assert lawyer.get(f"/cases/{referral.case_id}/").status_code == 403


def test_who_declined_no_longer_sees_the_case(world, tuesday):
    lawyer = visit(world.user(Role.PARTNER))
    case = open_case(world)
    ask = ask_of(refer(world, case), "顾明")
    lawyer.post(f"/partner/asks/{ask.pk}/decline/", {"words": "忙"})
    for url in ("/partner/?tab=done", f"/partner/asks/{ask.pk}/"):
        page = text(lawyer.get(url))
        assert case.title not in page
        assert world.enterprises[0].name not in page


def test_a_confidential_case_shows_its_question_only(world, tuesday):
    lawyer = visit(world.user(Role.PARTNER))
    registry.add_contact(actor=world.house, enterprise=world.enterprises[0], name="老板", phone="13812345678")
    case = open_case(world, is_confidential=True, speaker="毛小满")
    ask = ask_of(refer(world, case), "顾明")
    lawyer.post(f"/partner/asks/{ask.pk}/accept/")
    page = text(lawyer.get(f"/partner/asks/{ask.pk}/"))
    assert world.enterprises[0].name not in page
    assert case.words not in page
    assert "老板" not in page
    assert "不要让单位知道" in page
    contact = visit(world.user(Role.CONTACT))
    assert contact.get(f"/portal/cases/{case.pk}/help/").status_code == 404


def test_rating_by_link_is_the_enterprises(world, tuesday):
    case = open_case(world)
    referral = refer(world, case, way="named", experts=[world.experts[0]])
    actions.accept(actor=world.house, ask=referral.asks.get())
    actions.finish(actor=world.house, referral=fresh(referral), outcome="好了")
    url = f"/t/{case.token}/help/{referral.pk}/"
    assert "评价只能由企业自己做" in text(visit(world.user(Role.LEAD)).get(url))
    assert visit(world.user(Role.LEAD)).post(url, {"satisfaction": "5"}).status_code == 409
    assert visit(world.user(Role.PARTNER)).post(url, {"satisfaction": "5"}).status_code == 409
    assert Client().post(f"/t/wrong/help/{referral.pk}/", {"satisfaction": "5"}).status_code == 404
    assert Client().post(url, {"satisfaction": "4"}).status_code == 302
    assert PartnerRating.objects.get().channel == "link"
    assert asks(referral) == [("顾明", "accepted")]


def test_the_board_has_those_who_are_silent(world, tuesday):
    from yuanzhi.partners.queries.referrals import silent

    case = open_case(world)
    rows = type(case).objects.all()
    referral = refer(world, case)
    assert not silent(rows, timezone.now()).exists()
    tuesday.move_to(at("2026-11-24 16:00"))
    assert silent(rows, timezone.now()).get() == case
    tuesday.move_to(at("2026-11-24 15:00"))
    actions.accept(actor=world.house, ask=ask_of(referral, "顾明"))
    tuesday.move_to(at("2026-11-25 18:00"))
    assert silent(rows, timezone.now()).get() == case
    actions.mark_contacted(actor=world.house, referral=fresh(referral))
    assert not silent(rows, timezone.now()).exists()
    cases.add_note(actor=world.house, case=case, text="x")


def test_what_is_lent_to_other_pages(world, tuesday):
    case = open_case(world)
    officer, contact = visit(world.user(Role.DESK_OFFICER)), visit(world.user(Role.CONTACT))
    assert "/duty/today/" in text(officer.get("/cases/new/"))
    assert "referrals-panel" in text(officer.get(f"/cases/{case.pk}/"))
    assert "help-panel" not in text(contact.get(f"/portal/cases/{case.pk}/"))
    referral = refer(world, case, way="named", experts=[world.experts[0]])
    assert "help-panel" in text(contact.get(f"/portal/cases/{case.pk}/"))
    actions.accept(actor=world.house, ask=referral.asks.get())
    assert "评一评" not in text(Client().get(f"/t/{case.token}/"))
    actions.finish(actor=world.house, referral=fresh(referral), outcome="好了")
    assert "顾明帮得怎么样，评一评" in text(Client().get(f"/t/{case.token}/"))
    shown = text(Client().get(f"/t/{case.token}/"))
    assert "已跟企业说明：免费：首次咨询一小时免费" in shown
    assert "能不能接" not in shown  # whom else the community asked stays inside


# at what time of 24 November, what is said of a morning's and of an afternoon's duty
THERE = [
    ("00:20", ["上午来", "下午来"]),
    ("09:00", ["现场到 12:00", "下午来"]),
    ("12:30", ["下午来"]),
    ("13:30", ["现场到 17:30"]),
    ("17:30", []),
]


@pytest.mark.parametrize(("clock", "said"), THERE)
def test_who_is_there_at_which_hour(world, clock, said):
    with time_machine.travel(at(f"2026-11-24 {clock}"), tick=False):
        for half, one in zip(("am", "pm"), world.experts, strict=True):
            actions.add_duty(actor=world.house, expert=one, date=dt.date(2026, 11, 24), half=half)
        page = text(visit(world.user(Role.DESK_OFFICER)).get("/duty/today/"))
        found = [words for words in ("上午来", "现场到 12:00", "下午来", "现场到 17:30") if words in page]
        assert found == said
