"""The seed's stories, from the first word to the enterprise's own: unpaid final payments, a school place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.world import PASSWORD, START, build
from yuanzhi.accounts import actions as accounts
from yuanzhi.accounts.roles import Role
from yuanzhi.cases.models import Case, Verdict
from yuanzhi.kernel.history import verify
from yuanzhi.kernel.jobs import drain
from yuanzhi.partners.models import Coordination, GuestLink, PartnerRating, Referral
from yuanzhi.registry import actions as registry
from yuanzhi.registry.tests.importing import xlsx_of

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = ["欠款方", "项目", "金额（元）", "应付日", "已收回（元）", "固定微信聊天记录"]
WORDS = "四十三笔工程尾款要不回来，都是熟人，微信聊天记录都在，能不能请律师看看"


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def stop(axe, no_sideways_scroll):
    """`stop(page)`: a main stop of the journey, where the page must be clean."""

    def look(page) -> None:
        axe(page)
        no_sideways_scroll(page)

    return look


def officer_of(world, role, scope_id, name):
    """One more person, for a desk or a department the world's own people don't have."""
    user = accounts.open_account(
        actor=world.house,
        username=f"story_{role.value}",
        name=name,
        password=PASSWORD,
        must_change_password=False,
    )
    accounts.grant_role(actor=world.house, user=user, role=role, scope_id=scope_id, valid_from=START)
    return user


def sheet_of(tmp_path, recovered):
    """43 lines, the first so many of them recovered."""
    rows = [HEAD]
    for number in range(43):
        amount = 10_000 + number * 100
        rows.append(
            [f"杭州甲方{number}号有限公司", f"{number}号楼弱电", amount, "2026-06-30",
             amount if number < recovered else 0, "有"]
        )  # fmt: skip
    path = tmp_path / f"欠款清单-{recovered}.xlsx"
    path.write_bytes(xlsx_of(rows))
    return path


def bring_in(page, case, path, button):
    """Upload the list on the case's page of claims; back there when it is in."""
    page.goto(f"/cases/{case.pk}/claims/")
    page.get_by_label("填好的表格").set_input_files(path)
    page.get_by_role("button", name="传上来看看").click()
    page.get_by_role("button", name="检查一遍").click()
    page.get_by_text("可以离开这一页").wait_for()
    drain()
    page.get_by_role("button", name=button).click()
    page.get_by_text("可以离开这一页").wait_for()
    drain()
    page.get_by_role("button", name="撤销这次导入").wait_for()
    page.goto(f"/cases/{case.pk}/claims/")


def test_unpaid_final_payments(page, sign_in, stop, tmp_path):
    world = build()
    registry.add_contact(actor=world.house, enterprise=world.enterprises[0], name="周敏", phone="13812345678")
    officer, contact, lawyer = (world.user(r) for r in (Role.DESK_OFFICER, Role.CONTACT, Role.PARTNER))

    # the enterprise says it in its own portal
    sign_in(page, contact)
    page.goto("/portal/")
    page.get_by_label("有什么事要办").fill(WORDS)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/portal/cases/*/**")
    case = Case.objects.get()
    stop(page)

    # the desk takes it on and asks for a lawyer; what is free and what is paid is said before
    sign_in(page, officer)
    page.goto(f"/cases/{case.pk}/")
    page.get_by_role("button", name="受理", exact=True).click()
    page.get_by_text("已受理").first.wait_for()
    page.locator("#referrals-panel").get_by_role("link", name="请合伙人").click()
    page.wait_for_url("**/refer/")
    page.get_by_text("法律", exact=True).first.click()
    page.get_by_label("请专家做什么").fill("请看看能不能走支付令，聊天记录怎么固定")
    page.get_by_text("指名", exact=False).first.click()
    page.locator("#candidates").get_by_role("checkbox").first.check()
    assert page.get_by_label("什么免费", exact=True).input_value() == "首次咨询一小时免费"
    stop(page)
    page.get_by_label("已经把什么免费、什么收费告诉企业").check()
    page.get_by_role("button", name="发出").click()
    page.wait_for_url(f"**/cases/{case.pk}/**")
    page.locator("#referrals-panel").get_by_text("顾明").first.wait_for()
    stop(page)

    # the lawyer takes it on, sees by when she is to call, calls, and proposes a day to go there together
    sign_in(page, lawyer)
    page.goto("/")
    page.wait_for_url("**/partner/")
    stop(page)
    page.get_by_role("link", name="答复", exact=True).click()
    page.get_by_role("button", name="接下").click()
    page.get_by_text("联系企业").first.wait_for()
    referral = Referral.objects.get()
    assert (referral.contact_due.date() - referral.taken_at.date()).days >= 1, (
        "not later than the next workday"
    )
    stop(page)
    page.locator("summary", has_text="已联系企业").click()
    page.get_by_label("说了什么").fill("先别删聊天记录，录屏翻到对方资料页")
    page.get_by_role("button", name="记下").click()
    page.locator("summary", has_text="约一起上门").wait_for()
    page.locator("summary", has_text="约一起上门").click()
    page.get_by_label("什么时候一起上门").fill("2099-11-27T10:00")
    page.get_by_role("button", name="提这个时间").click()
    page.get_by_text("11 月 27 日").first.wait_for()
    sign_in(page, officer)
    page.goto(f"/cases/{case.pk}/")
    page.get_by_role("button", name="就这么定").click()
    page.get_by_text("已约好").first.wait_for()

    # the list comes in as a spreadsheet, and once more when twenty have paid
    bring_in(page, case, sheet_of(tmp_path, 0), "导入 43 行")
    assert (case.claims.count(), case.claims.filter(evidence__chat=True).count()) == (43, 43)
    stop(page)
    bring_in(page, case, sheet_of(tmp_path, 20), "导入 43 行")
    assert case.claims.count() == 43 and case.claims.filter(recovered__gt=0).count() == 20
    page.goto(f"/cases/{case.pk}/")
    page.get_by_text("20 笔有钱回来").wait_for()

    # the lawyer says what came of it, the desk resolves
    sign_in(page, lawyer)
    page.goto(f"/partner/asks/{referral.asks.get().pk}/")
    page.locator("summary", has_text="办完了").click()
    page.get_by_label("结果和建议").fill("逐笔固定了聊天记录，二十笔已经付清，其余走支付令")
    page.get_by_label("用了几小时").fill("11.5")
    page.get_by_label("追回或省下多少元").fill("219000")
    page.get_by_role("button", name="办完，请企业评价").click()
    page.get_by_text("用了 11.5 小时").wait_for()
    referral.refresh_from_db()
    assert (referral.hours, referral.recovered) == (Decimal("11.5"), Decimal(219_000))
    sign_in(page, officer)
    page.goto(f"/cases/{case.pk}/")
    resolve(page, "四十三笔追回二十笔，其余已申请支付令")

    # the enterprise judges the matter and the lawyer
    sign_in(page, contact)
    page.goto(f"/portal/cases/{case.pk}/")
    page.get_by_role("link", name="评一评这次帮忙").wait_for()
    stop(page)
    judge(page, "非常满意", "二十笔回来了，够发年终奖")
    page.get_by_text("谢谢").first.wait_for()
    page.get_by_role("link", name="评一评这次帮忙").click()
    page.get_by_text("非常满意").click()
    page.get_by_role("button", name="提交评价").click()
    page.get_by_text("您评了 5 分").or_(page.get_by_text("已经评过了")).first.wait_for()
    assert Verdict.objects.get(case=case).channel == "portal"
    assert PartnerRating.objects.get().satisfaction == 5

    # and everything stands in the case's course
    sign_in(page, officer)
    page.goto(f"/cases/{case.pk}/")
    course = page.locator(".timeline").first
    for words in (
        "请法律",
        "顾明",
        "接下了",
        "联系了企业",
        "一起上门",
        "办完了",
        "企业评价专家",
        "企业评价：",
    ):
        course.get_by_text(words).first.wait_for()
    stop(page)
    assert verify(world.community.pk) is None


def resolve(page, outcome):
    """With the checklist's open lines named, and resolved all the same."""
    steps = page.locator("main .steps").first
    steps.locator("summary", has_text="办结").click()
    steps.get_by_label("办成了什么").fill(outcome)
    steps.get_by_role("button", name="办结").click()
    sure, done = page.get_by_role("button", name="确定"), page.get_by_text("待企业评价").first
    sure.or_(done).first.wait_for()
    if sure.is_visible():
        sure.click()
    done.wait_for()


def judge(page, satisfaction, words, *, anonymous=False):
    page.get_by_text("解决了", exact=True).click()
    page.get_by_text(satisfaction, exact=True).click()
    page.get_by_label("想说的话").fill(words)
    if anonymous:
        page.get_by_text("匿名").first.click()
    page.get_by_role("button", name="提交评价").click()


def school_place(world, sign_in, page, officer):
    """The need is heard at the desk for public matters, and the education department is asked."""
    sign_in(page, officer)
    page.goto(f"/cases/new/?enterprise={world.enterprises[0].pk}")
    page.get_by_label("企业说了什么").fill("孩子三年级要转学过来，对口学校的学位怎么落实")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/cases/*/")
    case = Case.objects.get()
    assert case.desk == world.desks["public"]
    page.get_by_role("button", name="受理", exact=True).click()
    page.get_by_text("已受理").first.wait_for()
    panel = page.locator("#coordinations-panel")
    panel.locator("summary", has_text="请部门").click()
    panel.get_by_text("教育 3 天").click()
    panel.get_by_label("请部门做什么").fill("三年级转入，请告知对口学校有没有学位")
    panel.get_by_role("button", name="发给部门").click()
    page.locator("#coordinations-panel").get_by_text("教育", exact=True).first.wait_for()
    return case


def resolve_and_judge(world, sign_in, page, officer, case, stop):
    """The desk resolves; the enterprise reads the department's answer and judges by the link, without a name."""
    sign_in(page, officer)
    page.goto(f"/cases/{case.pk}/")
    page.get_by_text("文一街小学有两个学位").first.wait_for()
    page.get_by_role("button", name="采用答复").click()
    page.get_by_text("已采用").first.wait_for()
    resolve(page, "文一街小学有学位，下周一带材料去办")
    link = page.get_by_label("跟踪链接").input_value()

    page.context.clear_cookies()
    page.goto(link)
    page.get_by_text("教育答复了").first.wait_for()
    stop(page)
    judge(page, "满意", "开学前办好了", anonymous=True)
    page.get_by_text("这件事就此了结").wait_for()
    verdict = Verdict.objects.get()
    assert (verdict.satisfaction, verdict.channel, verdict.is_anonymous) == (4, "link", True)
    sign_in(page, officer)
    page.goto(f"/cases/{case.pk}/")
    page.get_by_text("开学前办好了").first.wait_for()
    stop(page)
    assert verify(world.community.pk) is None


def test_a_school_place_with_the_department_in_its_portal(page, sign_in, stop):
    world = build()
    officer = officer_of(world, Role.DESK_OFFICER, world.desks["public"].pk, "方棠")
    teacher = officer_of(world, Role.DEPARTMENT, world.departments[1].pk, "孟书瑶")
    case = school_place(world, sign_in, page, officer)
    stop(page)

    sign_in(page, teacher)
    page.goto("/")
    page.wait_for_url("**/department/")
    page.get_by_text("等您签收").first.wait_for()
    stop(page)
    page.get_by_role("link", name=case.title).click()
    page.locator("summary", has_text="签收").click()
    page.get_by_role("button", name="签收", exact=True).click()
    page.get_by_text("孟书瑶经办").first.wait_for()
    page.get_by_label("答复", exact=True).fill("文一街小学有两个学位，下周一带居住证来办")
    stop(page)
    page.get_by_role("button", name="送出答复").click()
    page.get_by_text("企业也看得到").first.wait_for()
    assert Coordination.objects.get().state == "answered"

    # the enterprise sees it in its portal, beside the course of the matter
    sign_in(page, world.user(Role.CONTACT))
    page.goto(f"/portal/cases/{case.pk}/")
    page.get_by_text("文一街小学有两个学位").first.wait_for()
    stop(page)
    resolve_and_judge(world, sign_in, page, officer, case, stop)


def test_a_school_place_on_the_phone_with_a_department_that_has_no_account(phone, sign_in, stop):
    world = build()
    officer = officer_of(world, Role.DESK_OFFICER, world.desks["public"].pk, "方棠")
    case = school_place(world, sign_in, phone, officer)
    stop(phone)
    panel = phone.locator("#coordinations-panel")
    panel.locator("summary", has_text="发链接").click()
    panel.get_by_label("给谁").fill("孟书瑶")
    panel.get_by_role("button", name="做一个链接").click()
    phone.get_by_text("只显示这一次").wait_for()
    stop(phone)
    link = phone.get_by_label("链接", exact=True).input_value()

    phone.context.clear_cookies()
    phone.goto(link)
    phone.get_by_role("heading", name=case.title).wait_for()
    stop(phone)
    phone.locator("summary", has_text="签收").click()
    phone.get_by_role("button", name="签收", exact=True).click()
    phone.get_by_text("孟书瑶").first.wait_for()
    phone.get_by_label("答复", exact=True).fill("文一街小学有两个学位，下周一带居住证来办")
    phone.get_by_role("button", name="送出答复").click()
    phone.get_by_text("企业也看得到").first.wait_for()
    stop(phone)
    assert GuestLink.objects.get().uses >= 1
    resolve_and_judge(world, sign_in, phone, officer, case, stop)
