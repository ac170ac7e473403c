"""Forms with other people's rows in them, old pages, floods of signs, requests from elsewhere."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client, TestCase

from tests.architecture.matrix import build_personas, everything_written
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.cases.actions.attachments import attach
from yuanzhi.cases.attachments import examine
from yuanzhi.partners import actions
from yuanzhi.partners.models import Coordination, Department, GuestLink, Reply

from .attacking import known_pages, signed_in, url_of

# Everything any form of these pages asks for, in one: good enough to be let in, wherever one may.
FILLED = {
    "name": "外来的部门", "short": "外来", "duties": "什么都管", "liaison": "某人", "phone": "13812345678",
    "reply_days": "3", "seen": "1", "reason": "看看", "confirmed": "1", "question": "问一句", "why": "没有为什么",
    "days": "7", "ask-departments": "1", "ask-question": "问一句", "accept-handler": "我",
    "answer-answer": "我来答复", "answer-audience": "public", "back-why": "不归我们", "words": "我来写",
    "title": "律师", "licence_no": "1", "free_terms": "免费", "text": "我来写一句",
}  # fmt: skip

BAD = ("a\x00b", "\x01\x1b[31m\x7f", "�", "长" * 100_000, "9" * 400, "-1", "１２", "\u202e倒")


class Outsiders(TestCase):
    """Who may not do it can't, however well the form is filled in."""

    @classmethod
    def setUpTestData(cls) -> None:
        cache.clear()
        cls.personas = build_personas()

    def doors(self, labels, apps, allowed, **options):
        """(label, page, browser, url) of every page of these apps that each of them may (not) open."""
        found = []
        for label in labels:
            persona = self.personas[label]
            client = signed_in(persona.user, **options)
            for page in known_pages(*apps):
                may = page.verb is None or (persona.user is not None and persona.actor.may(page.verb))
                if may is allowed:
                    user = persona.user if persona.role else persona.home.user(Role.LEAD)
                    found.append((label, page.name, client, url_of(page, persona.home, user)))
        return found

    def knock(self, doors, fine) -> None:
        """Send the good form everywhere: each answer is one of `fine`, and nothing is written."""
        before = everything_written()
        wrong = [
            f"{label} {name}: {status}"
            for label, name, client, url in doors
            if (status := client.post(url, FILLED).status_code) not in fine
        ]
        assert not wrong, wrong
        after = everything_written()
        assert [name for name in before if before[name] != after[name]] == []

    def test_good_forms_from_the_wrong_people_change_nothing(self) -> None:
        labels = (
            "anonymous",
            "outsider",
            "contact",
            "employee",
            "captain",
            "auditor",
            "partner",
            "department",
        )
        self.knock(self.doors(labels, ("partners",), allowed=False), {302, 403})

    def test_good_forms_from_next_door_change_nothing(self) -> None:
        """The lead of the other community may do everything, at home."""
        home, client = self.personas["lead"].home, signed_in(self.personas["neighbour_lead"].user)
        doors = [
            ("neighbour", page.name, client, url_of(page, home, home.user(Role.LEAD)))
            for page in known_pages("partners")
            if page.arguments and page.verb is not None
        ]
        self.knock(doors, {403, 404, 405})

    def test_a_request_from_another_site_changes_nothing(self) -> None:
        """Without the form's own token, signed in as those who may: 403, and nothing is written."""
        labels = ("lead", "desk_officer", "department", "contact", "partner", "anonymous")
        doors = self.doors(labels, ("partners", "cases"), allowed=True, enforce_csrf_checks=True)
        self.knock(doors, {403, 405})

    def test_signs_no_database_takes_get_an_answer(self) -> None:
        """NUL, control characters, half a surrogate, a hundred thousand letters: never a 500."""
        wrong = []
        for label in ("lead", "desk_officer", "department", "contact", "anonymous"):
            persona = self.personas[label]
            client = signed_in(persona.user)
            for page in known_pages("partners"):
                if page.verb is not None and not persona.actor.may(page.verb):
                    continue
                user = persona.user or persona.home.user(Role.LEAD)
                url = url_of(page, persona.home, user)
                for bad in BAD if label == "lead" else BAD[:1]:  # the lead opens every door there is
                    said = dict.fromkeys(FILLED, bad)
                    half = {**FILLED, "once": bad, "seen": bad, "ask-departments": bad, "days": bad}
                    answers = [
                        client.post(url, said),
                        client.post(url, half),
                        client.get(
                            url, {"tab": bad, "department": bad, "said": bad, "q": bad, "before": bad}
                        ),
                    ]
                    wrong += [
                        f"{label} {page.name} {bad[:8]!r}: {one.status_code}"
                        for one in answers
                        if one.status_code >= 500
                    ]
        assert not wrong, wrong[:10]
        for table in (Department, Coordination, Reply, GuestLink):
            assert "\x00" not in str(list(table.objects.values_list()))


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters():
    cache.clear()


@pytest.fixture
def officer(world):
    return world.actor(Role.DESK_OFFICER)


def case_of(world, number=0):
    return cases.open_case(
        actor=world.actor(Role.DESK_OFFICER), enterprise=world.enterprises[number], words=f"第{number}家的事"
    )


def ask(world, case, department=0, **more):
    return actions.send_coordinations(
        actor=world.actor(Role.DESK_OFFICER),
        case=case,
        departments=[world.departments[department]],
        **{"question": "问一句", **more},
    )[0]


class TestRowsOfOthers:
    """What a form names must belong to what it is about."""

    def post(self, world, case, **data):
        client = signed_in(world.user(Role.DESK_OFFICER))
        base = {"ask-departments": [world.departments[0].pk], "ask-question": "问一句"}
        return client.post(f"/cases/{case.pk}/departments/ask/", {**base, **data})

    def test_notes_and_files_of_another_case_are_not_shown(self, world, officer):
        mine, other = case_of(world), case_of(world, 1)
        note = cases.add_note(actor=officer, case=other, text="另一家的话", is_public=True)
        file = attach(actor=officer, case=other, files=[examine("别家.txt", b"x")])[0]
        own = cases.add_note(actor=officer, case=mine, text="自己的话", is_public=True)
        attach(actor=officer, case=mine, files=[examine("自己.txt", b"y")])
        for data in ({"ask-shown_notes": [own.pk, note.pk]}, {"ask-shown_files": [file.pk]}):
            assert self.post(world, mine, **data).status_code == 422
        assert not Coordination.objects.exists()

    def test_notes_among_colleagues_are_not_shown(self, world, officer):
        mine = case_of(world)
        cases.add_note(actor=officer, case=mine, text="给企业看的", is_public=True)
        inside = cases.add_note(actor=officer, case=mine, text="给同事看的")
        assert self.post(world, mine, **{"ask-shown_notes": [inside.pk]}).status_code == 422

    def test_departments_of_the_neighbour_are_not_asked(self, world, neighbour):
        theirs = neighbour.departments[0].pk
        for data in ({"ask-departments": [theirs]}, {"ask-lead": theirs}):
            assert self.post(world, case_of(world), **data).status_code == 422
        assert not Coordination.objects.exists()

    def test_the_neighbour_s_department_is_not_named_instead(self, world, neighbour):
        row = ask(world, case_of(world))
        client = signed_in(world.user(Role.DEPARTMENT))
        data = {"seen": 1, "back-why": "归他们", "back-instead": neighbour.departments[0].pk}
        assert client.post(f"/department/{row.pk}/return/", data).status_code == 422
        row.refresh_from_db()
        assert row.state == "sent"

    def test_files_of_another_case_are_not_given_out(self, world, officer):
        other = case_of(world, 1)
        file = attach(actor=officer, case=other, files=[examine("别家.txt", b"x")])[0]
        row = ask(world, case_of(world))
        link = actions.make_link(actor=officer, coordination=row, name="韩立")
        assert Client().get(f"/g/{link.token}/files/{file.pk}/").status_code == 404
        department = signed_in(world.user(Role.DEPARTMENT))
        assert department.get(f"/department/{row.pk}/files/{file.pk}/").status_code == 404

    def test_a_grid_takes_back_no_link_of_another_grid(self, world, officer):
        far = ask(world, case_of(world, 2))
        link = actions.make_link(actor=officer, coordination=far, name="韩立").link
        client = signed_in(world.user(Role.GRID_LEADER))
        for url in (f"/links/{link.pk}/revoke/", f"/coordinations/{far.pk}/link/"):
            assert client.post(url, {"confirmed": "1", "name": "我", "days": "7"}).status_code == 404
        link.refresh_from_db()
        assert (link.revoked_at, GuestLink.objects.count()) == (None, 1)

    def test_the_same_key_in_another_s_form_gives_nothing_away(self, world, officer):
        """A form's `once` belongs to its case: who guesses it gets rows of no other."""
        first = ask(world, case_of(world), once="k")
        second = ask(world, case_of(world, 1), once="k")
        assert first.pk != second.pk
        one = actions.make_link(actor=officer, coordination=first, name="甲", once="k")
        two = actions.make_link(actor=officer, coordination=second, name="乙", once="k")
        assert one.link.pk != two.link.pk and two.token


OLD = [
    ("/department/{pk}/accept/", Role.DEPARTMENT, {}),
    (
        "/department/{pk}/answer/",
        Role.DEPARTMENT,
        {"answer-answer": "老页面的话", "answer-audience": "public"},
    ),
    ("/department/{pk}/return/", Role.DEPARTMENT, {"back-why": "老页面的话"}),
    ("/coordinations/{pk}/call_off/", Role.DESK_OFFICER, {"why": "老页面的话"}),
]


@pytest.mark.parametrize(("url", "role", "data"), OLD)
@pytest.mark.parametrize("seen", ["0", "2", "999999999", "", "x", "-1", "1" * 50])
def test_an_old_page_does_nothing_and_loses_nothing(world, url, role, data, seen):
    row = ask(world, case_of(world))
    page = signed_in(world.user(role)).post(url.format(pk=row.pk), {**data, "seen": seen})
    assert page.status_code in (404, 409)
    if page.status_code == 409 and data:
        assert "老页面的话" in page.content.decode()
    row.refresh_from_db()
    assert (row.state, row.version) == ("sent", 1)


def test_a_link_opens_nothing_beside_its_page(world, officer):
    """Whoever holds a link is nobody anywhere else."""
    row = ask(world, case_of(world))
    client = Client()
    client.get(f"/g/{actions.make_link(actor=officer, coordination=row, name='韩立').token}/")
    for url in (
        f"/cases/{row.case_id}/", f"/department/{row.pk}/", f"/cases/{row.case_id}/departments/",
        f"/portal/cases/{row.case_id}/departments/", "/departments/", "/department/",
    ):  # fmt: skip
        assert client.get(url).status_code == 302
