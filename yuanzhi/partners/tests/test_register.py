"""Registering firms and experts, accrediting and suspending them, and the word before something ends."""

import datetime as dt

import pytest
from django.utils import timezone

from yuanzhi.accounts import scopes
from yuanzhi.accounts.roles import Kind, Role
from yuanzhi.kernel import clock, history
from yuanzhi.kernel.models import HistoryEntry, Notice
from yuanzhi.kernel.refusals import Overtaken, Refused
from yuanzhi.partners import actions
from yuanzhi.partners.models import Partner, PartnerKind, Tie
from yuanzhi.registry.rules.uscc import check_sign, organisation_sign

pytestmark = pytest.mark.django_db
LATER = dt.date(2099, 1, 1)


def code_of(number):
    body = f"MA{number:06d}"
    stem = f"31330000{body}{organisation_sign(body)}"
    return stem + check_sign(stem)


def facts(world, **more):
    return {
        "name": "杭州砺知会计师事务所",
        "kind": world.kinds["accounting"],
        "free_terms": "看账免费",
        **more,
    }


def test_a_firm_begins_unaccredited_and_its_facts_are_told(world):
    officer = world.actor(Role.DESK_OFFICER)
    firm = actions.add_partner(actor=officer, facts=facts(world, uscc=f" {code_of(7)} "), phone="13812345678")
    assert (firm.state, firm.uscc, firm.phone_masked) == ("candidate", code_of(7), "138****5678")
    entry = HistoryEntry.objects.get(subject=f"partner:{firm.pk}")
    assert entry.verb == "partner.added"
    assert "13812345678" not in entry.data
    assert scopes.label(Kind.PARTNER, world.community.pk, firm.pk) == firm.name
    assert history.verify(world.community.pk) is None


REFUSED = [
    ({"uscc": "91330110MA0000000X"}, "代码|校验|核对"),
    ({"name": " "}, "机构名称还没填"),
    ({"free_terms": ""}, "什么免费"),
    ({"name": "所" * 81}, "现在有 81 字"),
]


@pytest.mark.parametrize(("wrong", "sentence"), REFUSED)
def test_bad_input_gets_a_sentence(world, wrong, sentence):
    count = Partner.objects.count()
    with pytest.raises(Refused, match=sentence):
        actions.add_partner(actor=world.actor(Role.LEAD), facts=facts(world, **wrong))
    assert Partner.objects.count() == count


def test_a_firm_is_registered_once(world):
    lead = world.actor(Role.LEAD)
    actions.add_partner(actor=lead, facts=facts(world, uscc=code_of(1)))
    with pytest.raises(Refused, match="已经登记过"):
        actions.add_partner(actor=lead, facts=facts(world))
    with pytest.raises(Refused, match="已经登记过"):
        actions.add_partner(actor=lead, facts=facts(world, name="别的名字", uscc=code_of(1)))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.PARTNER, Role.CONTACT, Role.GRID_LEADER, Role.AUDITOR])
def test_who_may_not_register(world, role):
    with pytest.raises(Refused, match="没有"):
        actions.add_partner(actor=world.actor(role), facts=facts(world))


def test_somebody_was_faster(world):
    lead, firm = world.actor(Role.LEAD), world.partners[0]
    seen = Partner.objects.get(pk=firm.pk)
    actions.edit_partner(actor=lead, partner=firm, facts={"intro": "劳动"})
    with pytest.raises(Overtaken, match="刚被别人改过"):
        actions.edit_partner(actor=lead, partner=seen, facts={"intro": "合同"})


# -- the lead's decisions: state, decision, allowed
DECISIONS = [
    ("candidate", "accredit", "accredited"),
    ("candidate", "suspend", None),
    ("candidate", "end", "ended"),
    ("accredited", "accredit", "accredited"),
    ("accredited", "suspend", "suspended"),
    ("accredited", "end", "ended"),
    ("suspended", "accredit", "accredited"),
    ("suspended", "suspend", None),
    ("suspended", "end", "ended"),
    ("ended", "accredit", "accredited"),
    ("ended", "suspend", None),
    ("ended", "end", None),
]


@pytest.mark.parametrize(("state", "move", "after"), DECISIONS)
def test_decisions(world, state, move, after):
    firm = world.partners[0]
    Partner.objects.filter(pk=firm.pk).update(state=state)
    firm.refresh_from_db()
    decide = lambda: actions.decide(  # noqa: E731
        actor=world.actor(Role.LEAD), partner=firm, move=move, why="年审", until=LATER
    )
    if after is None:
        with pytest.raises(Refused, match="不能"):
            decide()
    else:
        assert decide().state == after
        entry = HistoryEntry.objects.filter(subject=f"partner:{firm.pk}").latest("seq")
        assert entry.details["reason"] == "年审"


def test_only_the_lead_decides_and_says_why(world):
    firm = world.partners[0]
    with pytest.raises(Refused, match="认证、暂停合伙人"):
        actions.decide(actor=world.actor(Role.DESK_OFFICER), partner=firm, move="suspend", why="投诉")
    with pytest.raises(Refused, match="原因"):
        actions.decide(actor=world.actor(Role.LEAD), partner=firm, move="suspend", why=" ")
    with pytest.raises(Refused, match="认证到哪一天"):
        actions.decide(actor=world.actor(Role.LEAD), partner=firm, move="accredit", why="续", until=None)


def test_a_firm_without_licence_is_not_accredited(world):
    firm = actions.edit_partner(
        actor=world.house, partner=world.partners[0], facts={"licence_until": dt.date(2020, 1, 1)}
    )
    with pytest.raises(Refused, match="已经到期"):
        actions.decide(actor=world.actor(Role.LEAD), partner=firm, move="accredit", why="续", until=LATER)


def test_neighbours_do_not_reach_over(world, neighbour):
    lead = neighbour.actor(Role.LEAD)
    with pytest.raises(Refused):
        actions.edit_partner(actor=lead, partner=world.partners[0], facts={"intro": "x"})
    with pytest.raises(Refused):
        actions.decide(actor=lead, partner=world.partners[0], move="end", why="x")


# -- experts and ties ----------------------------------------------------------------------------------


def test_an_expert_once_and_with_an_account_of_the_same_firm(world):
    lead, firm = world.actor(Role.LEAD), world.partners[0]
    one = actions.add_expert(
        actor=lead, partner=firm, facts={"name": "翁书白", "specialities": "知识产权，股权"}
    )
    assert actions.add_expert(actor=lead, partner=firm, facts={"name": "翁书白"}).pk == one.pk
    assert one.specialities == ["知识产权", "股权"]
    with pytest.raises(Refused, match="合伙人身份"):
        actions.add_expert(actor=lead, partner=firm, facts={"name": "外人"}, user=world.user(Role.CONTACT))
    with pytest.raises(Refused, match="1 到 99"):
        actions.edit_expert(actor=lead, expert=one, facts={"most_open": 200})


def test_ties_are_noted_once_and_ended(world):
    lead, firm = world.actor(Role.LEAD), world.partners[0]
    told = {"kind": "acts_for", "name": "云图科技", "source": "机构申报"}
    tie = actions.add_tie(actor=lead, partner=firm, **told)
    assert actions.add_tie(actor=lead, partner=firm, **told).pk == tie.pk
    assert actions.end_tie(actor=lead, tie=tie).until < timezone.localdate()
    assert Tie.objects.count() == 1
    with pytest.raises(Refused, match="来源"):
        actions.add_tie(actor=lead, partner=firm, kind="against", name="x公司", source="")
    with pytest.raises(Refused, match="不是"):
        actions.add_tie(
            actor=lead, partner=firm, kind="employer", name="某厂", source="本人说", expert=world.experts[1]
        )


def test_kinds_are_rows(world):
    lead = world.actor(Role.LEAD)
    own = actions.add_kind(actor=lead, name="检测认证")
    assert actions.add_kind(actor=lead, name="检测认证").pk == own.pk
    assert not actions.set_kind_active(actor=lead, kind=own, is_active=False).is_active
    assert actions.add_kind(actor=lead, name="检测认证").is_active
    count = PartnerKind.objects.count()
    actions.open_kinds(actor=world.house, community=world.community)
    assert PartnerKind.objects.count() == count


def test_thirty_days_before_an_end_the_lead_is_told_once(world):
    firm = world.partners[0]
    today = timezone.localdate()
    soon = today + dt.timedelta(days=20)
    actions.decide(actor=world.house, partner=firm, move="accredit", why="续", until=soon)
    actions.edit_expert(actor=world.house, expert=world.experts[0], facts={"licence_until": soon})
    firm.refresh_from_db()
    assert actions.warn_of_ends(actor=world.house, partner=firm) == 2
    assert actions.warn_of_ends(actor=world.house, partner=firm) == 0
    told = Notice.objects.filter(user_id=world.user(Role.LEAD).pk, key__contains=":ends:")
    assert {n.title[:2] for n in told} == {firm.name[:2], "顾明"}
    with clock.at(timezone.now() - dt.timedelta(days=60)):
        assert actions.warn_of_ends(actor=world.house, partner=firm) == 0  # far off then
    with pytest.raises(Refused):
        actions.warn_of_ends(actor=world.actor(Role.LEAD), partner=firm)
