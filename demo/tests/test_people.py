from collections import Counter, defaultdict

import phonenumbers
import pytest

from demo.people import DESKS, PERSONAS
from demo.plan import TODAY
from yuanzhi.accounts.roles import ROLES


def test_roles_are_those_of_the_accounts():
    assert {row[0] for row in PERSONAS.values()} == {role.value for role in ROLES}


def test_every_persona_has_one_account_on_the_sign_in_page(full):
    shown = [a for a in full.cast.accounts if a.shown]
    assert sorted(a.persona for a in shown) == sorted(PERSONAS)
    assert len({a.person for a in shown}) == len(shown)  # the three administrators are three people
    names = [a.username for a in full.cast.accounts]
    assert len(names) == len(set(names))
    assert all(name.isascii() and name.islower() for name in names)
    assert {a.persona for a in shown if a.second_factor} == {"system_admin", "security_admin", "auditor"}
    who = {p.key: p.name for p in full.cast.persons}
    assert next(who[a.person] for a in shown if a.persona == "desk_officer") == "林知夏"


def test_posts_are_bound_as_the_accounts_expect(full):
    for post in full.cast.posts:
        assert post.scope == ROLES[post.role][1] or post.persona == "deputy", post
        assert post.until is None or post.until >= post.since


def test_fewer_than_twenty_staff_over_four_desks(full):
    staff = {
        p.person for p in full.cast.posts if p.persona in ("lead", "deputy", "desk_officer", "grid_leader")
    }
    assert 12 <= len(staff) < 20
    desks = Counter(p.scope_key for p in full.cast.posts if p.persona == "desk_officer")
    assert set(desks) == set(DESKS)
    assert 8 <= sum(desks.values()) <= 10


def test_exactly_two_grids_lack_somebody(full):
    seats = defaultdict(Counter)
    for post in full.cast.posts:
        if post.scope == "grid":
            seats[post.scope_key][post.persona] += 1
    short = [
        g.key for g in full.grids if (seats[g.key]["grid_leader"], seats[g.key]["grid_member"]) != (1, 3)
    ]
    assert len(short) == 2
    assert sorted((seats[g]["grid_leader"], seats[g]["grid_member"]) for g in short) == [(0, 3), (1, 2)]
    assert all(seats[g.key]["part_timer"] >= 2 for g in full.grids)


def test_captains_work_in_their_park_and_some_terms_have_run_out(full):
    captains = [p for p in full.cast.posts if p.persona == "captain"]
    assert sorted(p.scope_key for p in captains) == [park.key for park in full.parks]
    sits = {(t.enterprise, t.unit.split("-")[0]) for t in full.tenancies if t.until is None}
    assert all((p.employer, p.scope_key) in sits for p in captains)
    expired = [p for p in captains if p.until < TODAY]
    assert 3 <= len(expired) <= 8


def test_contacts_one_to_three_each_with_a_head(full):
    by_firm = defaultdict(list)
    for c in full.cast.contacts:
        by_firm[c.enterprise].append(c)
    active = {e.key for e in full.enterprises if e.active}
    assert set(by_firm) == active
    for contacts in by_firm.values():
        assert 1 <= len(contacts) <= 3
        assert contacts[0].purpose == "head"
        assert len({c.purpose for c in contacts}) == len(contacts)
    assert all(c.consent == (c.consent_on is not None) for c in full.cast.contacts)
    assert 0.75 < sum(c.consent for c in full.cast.contacts) / len(full.cast.contacts) < 0.9


def test_phones_are_valid_in_form_and_plainly_made_up(full):
    phones = [c.phone for c in full.cast.contacts] + [p.phone for p in full.cast.persons]
    assert len(phones) == len(set(phones))
    assert all(phone.startswith("19900") and len(phone) == 11 for phone in phones)
    for phone in phones[::500]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone, "CN"))


@pytest.mark.parametrize("kind", ["law", "accounting", "tax", "finance", "ip", "hr", "policy"])
def test_partners_have_experts_on_duty(full, kind):
    partners = [p for p in full.cast.partners if p.kind == kind]
    people = {p.key for p in full.cast.persons}
    assert partners
    for partner in partners:
        assert partner.experts
        for expert in partner.experts:
            assert expert.person in people
            assert expert.valid_until > TODAY
            assert all(0 <= day <= 4 and half in ("am", "pm") for day, half in expert.duty)


def test_departments_each_have_an_officer(full):
    officers = {p.scope_key for p in full.cast.posts if p.persona == "department"}
    assert officers == {d.key for d in full.cast.departments}
    assert [d.short for d in full.cast.departments] == [
        "经信",
        "科技",
        "卫健",
        "残联",
        "公安",
        "人社",
        "教育",
        "市场监管",
        "税务",
        "消防",
    ]
