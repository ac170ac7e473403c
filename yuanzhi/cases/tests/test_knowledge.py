"""Answered questions: nothing is published that names somebody; what fits is offered; help counts once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions, knowledge
from yuanzhi.cases.models import Answer
from yuanzhi.cases.queries_knowledge import most_asked, offer
from yuanzhi.kernel.refusals import Overtaken, Refused


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("带上劳动合同去区人社窗口", ""),
        ("云图数视就是这样办的", "还有“云图数视”"),
        ("打 13812345678 找他", "有电话 138****"),
        ("打 0571-87654321", "有电话 057****"),
        ("代码 91330110MA2CFRE41W", "信用代码"),
        ("找王经理就行", "“王经理”"),
        ("请李女士帮忙", "“李女士”"),
        ("刘总签字就行", "“刘总”"),
        ("资金总部在上海，工程师傅上门", ""),
        ("总经理办公会定的", ""),
        ("2026 年 11 月起执行，12345 可查", ""),
    ],
)
def test_what_must_not_be_published(text, says):
    why = knowledge.reveals(text, ["杭州云图数视科技有限公司", "云图数视"])
    assert says in why if says else not why


ASKED = [
    knowledge.Asked(1, "电子合同能申请人才公寓吗", "电子劳动合同、人才房", 1, 3),
    knowledge.Asked(2, "社保断缴怎么补缴", "补缴证明", 2, 9),
    knowledge.Asked(3, "高企复审要哪些材料", "高新技术企业", 3, 1),
    knowledge.Asked(4, "公寓怎么退租", "", None, 0),
]


@pytest.mark.parametrize(
    ("said", "best"),
    [
        ("两名博士申请人才公寓，合同是电子签的，系统不认", 1),
        ("两名员工社保断缴，要开补缴证明", 2),
        ("高企复审材料缺专项审计报告", 3),
        ("楼下路灯坏了", None),
        ("请问怎么办", None),
        ("", None),
    ],
)
def test_what_fits_comes_first(said, best):
    found = knowledge.rank(said, ASKED)
    assert (found[0] if found else None) == best


@pytest.fixture
def officer(world):
    return world.actor(Role.DESK_OFFICER)


@pytest.fixture
def closed(world, officer):
    enterprise = world.enterprises[0]
    case = actions.open_case(
        actor=officer, enterprise=enterprise, words="人才公寓申请缺劳动合同，合同是电子签的"
    )
    case = actions.accept(actor=officer, case=case)
    return actions.resolve(
        actor=officer, case=case, outcome=f"帮{enterprise.short_name}打印了带签章验证码的合同，窗口收了"
    )


def write(officer, **more):
    given = {"question": "电子合同能申请人才公寓吗？", "answer": "能。打印带签章验证码的版本，去区人社窗口。"}
    return actions.write_answer(actor=officer, **given | more)


@pytest.mark.django_db
def test_from_a_closed_case_without_names(client, world, officer, closed):
    client.force_login(world.user(Role.DESK_OFFICER))
    shown = client.get(reverse("cases:case", args=[closed.pk])).content.decode()
    assert "写成解答" in shown
    url = f"{reverse('cases:answer_new')}?case={closed.pk}"
    form = client.get(url).content.decode()
    assert "帮一家企业打印" in form
    name = closed.enterprise.short_name or closed.enterprise.name
    no = client.post(url, {"question": "电子合同行不行？", "answer": f"{name}这样办成的：打印验证码版本"})
    assert no.status_code == 422 and "不能认出是哪家" in no.content.decode() and name in no.content.decode()
    yes = client.post(url, {"question": "电子合同行不行？", "answer": "行：打印带验证码的版本，去区人社窗口"})
    answer = Answer.objects.get()
    assert yes.url == reverse("cases:answer", args=[answer.pk]) and answer.case_id == closed.pk
    assert "写成了解答" in client.get(reverse("cases:case", args=[closed.pk])).content.decode()
    with pytest.raises(Refused, match="已经写成解答"):
        write(officer, case=closed)


@pytest.mark.django_db
def test_what_may_not_become_an_answer(world, officer, closed):
    open_case = actions.open_case(actor=officer, words="还没办的事")
    secret = actions.open_case(actor=officer, words="公司拖欠工资", is_confidential=True)
    secret = actions.resolve(
        actor=officer, case=actions.accept(actor=officer, case=secret), outcome="已协调补发"
    )
    for case, why in ((open_case, "办结以后"), (secret, "私下反映")):
        with pytest.raises(Refused, match=why):
            write(officer, case=case)
    for role in (Role.GRID_LEADER, Role.CONTACT, Role.VIEWER, Role.AUDITOR):
        with pytest.raises(Refused, match="窗口专员和书记"):
            write(world.actor(role))


@pytest.mark.django_db
def test_two_people_revise_and_one_is_told(officer, world):
    answer = write(officer)
    actions.revise_answer(
        actor=officer, answer=answer, seen=1, question=answer.question, text="能。自助机上也能打印。"
    )
    with pytest.raises(Overtaken):
        actions.revise_answer(
            actor=world.actor(Role.LEAD),
            answer=answer,
            seen=1,
            question=answer.question,
            text="不能，要纸质的版本。",
        )


@pytest.mark.django_db
def test_published_for_all_taken_down_for_nobody_and_help_counts_once(client, world, officer):
    answer = write(officer, words="电子劳动合同、人才房")
    assert [a.pk for a in offer(world.community.pk, "人才公寓的合同是电子的")] == [answer.pk]
    client.force_login(world.user(Role.CONTACT))
    page = reverse("cases:answer", args=[answer.pk])
    assert "这就够了" in client.get(page).content.decode()
    for _ in range(2):
        client.post(reverse("cases:answer_helped", args=[answer.pk]))
    answer.refresh_from_db()
    assert answer.helped == 1
    actions.set_answer_state(actor=officer, answer=answer, publish=False)
    assert client.get(page).status_code == 404
    assert answer.question not in client.get(reverse("cases:answers")).content.decode()
    assert not offer(world.community.pk, "人才公寓的合同是电子的")
    client.force_login(world.user(Role.LEAD))
    assert client.get(page).status_code == 200
    assert answer.question in client.get(reverse("cases:answers") + "?state=retired").content.decode()


@pytest.mark.django_db
def test_the_list_costs_the_same_however_long(client, world, officer):
    client.force_login(world.user(Role.CONTACT))
    for q in ("", "?q=人才公寓"):
        url = reverse("cases:answers") + q
        if not Answer.objects.exists():
            write(officer)
        client.get(url)
        with CaptureQueriesContext(connection) as before:
            client.get(url)
        for number in range(29):
            write(officer, question=f"人才公寓第 {number} 种情况怎么办？{q}")
        with CaptureQueriesContext(connection) as after:
            client.get(url)
        assert len(after) == len(before)


@pytest.mark.django_db
def test_most_asked_says_where_an_answer_is_missing(world, officer):
    item = world.desks["economy"].items.first()
    for number in range(3):
        actions.open_case(actor=officer, words=f"入驻要带什么 {number}", item=item)
    (line,) = most_asked(officer)
    assert (line.item_id, line.count, line.answers) == (item.pk, 3, 0)
    write(officer, item=item)
    assert most_asked(officer)[0].answers == 1
