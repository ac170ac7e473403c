"""Scripts in every text on every page; a confidential case nowhere where its employer looks."""

from __future__ import annotations

from django.core.cache import cache
from django.test import Client, TestCase

from tests.architecture.matrix import build_personas
from tests.architecture.samples_departments import TOKENS
from yuanzhi.accounts.roles import Role
from yuanzhi.cases import actions as cases
from yuanzhi.cases.actions.attachments import attach
from yuanzhi.cases.attachments import examine
from yuanzhi.cases.models import (
    Answer,
    Attachment,
    Case,
    CaseStage,
    Claim,
    Extension,
    Note,
    ReplyTemplate,
    ServiceItem,
    Verdict,
)
from yuanzhi.kernel.models import Notice
from yuanzhi.partners import actions
from yuanzhi.partners.models import (
    Ask,
    Coordination,
    Department,
    Expert,
    GuestLink,
    JointVisit,
    Partner,
    PartnerKind,
    PartnerRating,
    Referral,
    Reply,
    Tie,
)
from yuanzhi.registry.figures import figures_for
from yuanzhi.registry.models import Contact, Enterprise

from .attacking import BOLD, html_of, known_pages, plant, signed_in, url_of

TABLES = (
    Answer, Ask, Attachment, Case, CaseStage, Claim, Contact, Coordination, Department, Enterprise, Expert,
    Extension, GuestLink, JointVisit, Note, Notice, Partner, PartnerKind, PartnerRating, Referral, Reply,
    ReplyTemplate, ServiceItem, Tie, Verdict,
)  # fmt: skip
READERS = (
    "lead", "desk_officer", "grid_leader", "viewer", "contact", "employee", "captain", "operator", "partner",
    "department", "auditor", "security_admin", "anonymous",
)  # fmt: skip
ESCAPED = "&lt;script&gt;alert(1)"


class Scripts(TestCase):
    """Whatever somebody wrote is text, wherever it is shown."""

    @classmethod
    def setUpTestData(cls) -> None:
        cache.clear()
        cls.personas = build_personas()
        world = cls.personas["lead"].home
        desk, dept = world.actor(Role.DESK_OFFICER), world.actor(Role.DEPARTMENT)
        case = world.enterprises[0].cases.order_by("pk")[0]
        cases.add_note(actor=desk, case=case, text="x", is_public=True)
        cases.add_note(actor=desk, case=case, text="x")
        Department.objects.update(short=BOLD)  # before the steps, so that the history has it, too
        row = Coordination.objects.get(case=case)
        row = actions.answer_coordination(
            actor=dept, coordination=row, answer=f"{BOLD}答", handler=f"{BOLD}经办"
        )
        actions.ask_again(actor=desk, coordination=row, question=f"{BOLD}问")
        # Where everything is, before nothing can be found by its name any more.
        cls.urls = {
            (label, page.name): url_of(page, persona.home, persona.user or persona.home.user(Role.LEAD))
            for label, persona in cls.personas.items()
            if label in READERS
            for page in known_pages()
            if page.verb is None or (persona.user and persona.actor.may(page.verb))
        }
        plant(TABLES)

    def test_no_page_lets_a_script_through(self) -> None:
        wrong, shown = [], set()
        clients = {label: signed_in(self.personas[label].user) for label in READERS}
        for (label, name), url in self.urls.items():
            for headers in ({}, {"HX-Request": "true"}):
                text = html_of(clients[label].get(url, headers=headers))
                if "<script>alert(1)" in text or BOLD in text:
                    wrong.append(f"{label}: {name}")
                if ESCAPED in text:
                    shown.add(name)
        assert not wrong, wrong
        # The texts are really on these pages: the test would notice.
        assert shown >= {
            "partners:departments", "partners:department", "partners:of_case", "partners:portal_part",
            "partners:department_home", "partners:department_coordination", "partners:guest", "cases:case",
            "cases:list", "cases:portal", "cases:portal_case", "cases:track", "registry:enterprise",
        }, shown  # fmt: skip

    def test_what_a_form_gives_back_is_text_as_well(self) -> None:
        world = self.personas["lead"].home
        row = Coordination.objects.get(department=world.departments[0])
        names = (
            "name", "short", "duties", "liaison", "phone", "reply_days", "seen", "reason", "why", "question",
            "words", "days", "ask-question", "ask-departments", "ask-confidential_why", "answer-answer",
            "answer-audience", "answer-handler", "back-why", "back-instead", "accept-handler", "once",
        )  # fmt: skip
        harm = dict.fromkeys(names, f'"></textarea><script>alert(1)</script>{BOLD}')
        token = TOKENS[world.community.pk]
        for label, urls in {
            "lead": ("/departments/new/", f"/departments/{row.department_id}/edit/", "/departments/export/"),
            "desk_officer": (
                f"/cases/{row.case_id}/departments/ask/", f"/coordinations/{row.pk}/link/",
                f"/coordinations/{row.pk}/call_off/", f"/coordinations/{row.pk}/ask_again/",
            ),
            "department": tuple(f"/department/{row.pk}/{step}/" for step in ("accept", "answer", "return")),
            "anonymous": tuple(f"/g/{token}/{step}/" for step in ("accept", "answer", "return")),
        }.items():  # fmt: skip
            client = signed_in(self.personas[label].user)
            for url in urls:
                text = html_of(client.post(url, {**harm, "seen": "1"})) + html_of(client.post(url, harm))
                assert "<script>alert(1)" not in text and BOLD not in text, url


SECRET = ("暗语甲子", "暗语乙丑")  # what is searched for, and what must not turn up


class Confidential(TestCase):
    """An employee's own matter: open to the desks, and never to the employer or anybody around."""

    @classmethod
    def setUpTestData(cls) -> None:
        cache.clear()
        cls.personas = build_personas()
        cls.world = world = cls.personas["lead"].home
        leader = world.actor(Role.GRID_LEADER)
        cls.before = {code: f.of(world.community.pk, leader) for code, f in figures_for(leader).items()}
        one, two = SECRET
        employee, desk = world.actor(Role.EMPLOYEE), world.actor(Role.DESK_OFFICER)
        case = cases.open_case(
            actor=employee, enterprise=world.enterprises[0], title=f"{one}{two}", words=f"{one}{two}",
            speaker=two, is_confidential=True,
        )  # fmt: skip
        case = cases.accept(actor=desk, case=case)
        cases.add_note(actor=employee, case=case, text=f"{one}{two}", is_public=True)
        attach(actor=employee, case=case, files=[examine(f"{two}.txt", two.encode())])
        row = actions.send_coordinations(
            actor=desk, case=case, departments=[world.departments[1]], question=f"{one}{two}",
            confidential_why=two,
        )[0]  # fmt: skip
        made = actions.make_link(actor=desk, coordination=row, name=two)
        actions.answer_coordination(
            actor=actions.links.guest(made.link), coordination=row, answer=f"{one}{two}", link=made.link
        )
        cls.case = Case.objects.get(pk=case.pk)

    OTHERS = (
        "contact", "captain", "operator", "property", "grid_leader", "grid_member", "part_timer", "partner",
        "department", "neighbour_lead", "outsider", "anonymous",
    )  # fmt: skip

    def urls(self, persona) -> list[str]:
        """Every page there is, and those that would lead to it: by search, by number, by its own address."""
        case, user = self.case, persona.user or persona.home.user(Role.LEAD)
        found = [
            url_of(page, persona.home, user)
            for page in known_pages()
            if page.verb is None or (persona.user and persona.actor.may(page.verb))
        ]
        words = (SECRET[0], case.number, case.number[-4:], self.world.enterprises[0].name[2:4])
        found += [
            f"{path}?q={word}"
            for path in ("/find/", "/cases/", "/enterprises/", "/answers/")
            for word in words
        ]
        found += [f"/?tab={tab}" for tab in ("todo", "verdict", "raised", "done")]
        found += [f"/cases/?state={state}" for state in ("open", "resolved", "")]
        found += [
            f"/{place}/{case.pk}/{part}"
            for place in ("cases", "portal/cases")
            for part in (
                "",
                "departments/",
                "referrals/",
                "claims/",
                "claims/sheet/",
                "help/",
                "print/",
                "file/",
            )
        ]
        row = case.coordinations.get()
        found += [f"/department/{row.pk}/", f"/department/{row.pk}/files/1/", "/department/?tab=answered"]
        return found

    def test_nobody_around_finds_it_anywhere(self) -> None:
        self.look()

    def test_nor_when_it_waits_for_its_verdict(self) -> None:
        desk = self.world.actor(Role.DESK_OFFICER)
        cases.resolve(actor=desk, case=self.case, outcome="".join(SECRET))
        self.look("contact", "captain", "grid_leader", "department")

    def look(self, *labels: str) -> None:
        """Knock everywhere, as each of these."""
        wrong = []
        for label in labels or self.OTHERS:
            persona = self.personas[label]
            client = signed_in(persona.user)
            for url in self.urls(persona):
                for headers in ({}, {"HX-Request": "true"}):
                    response = client.get(url, headers=headers)
                    body = b"".join(response.streaming_content) if response.streaming else response.content
                    text = body.decode(errors="replace")
                    if SECRET[1] in text or (self.case.number in text and self.case.number not in url):
                        wrong.append(f"{label}: {url}")
        assert not wrong, wrong

    def test_no_news_of_it_reaches_the_employer(self) -> None:
        contact = self.world.user(Role.CONTACT)
        assert not Notice.objects.filter(user_id=contact.pk, title__contains=SECRET[1]).exists()
        assert Notice.objects.filter(
            user_id=self.world.user(Role.EMPLOYEE).pk, title__contains=SECRET[1]
        ).exists()

    def test_the_map_s_figures_do_not_betray_it(self) -> None:
        leader = self.world.actor(Role.GRID_LEADER)
        after = {code: f.of(self.world.community.pk, leader) for code, f in figures_for(leader).items()}
        assert after == self.before

    def test_who_raised_it_and_the_desks_do_see_it(self) -> None:
        """Or the tests above would prove nothing."""
        employee = signed_in(self.world.user(Role.EMPLOYEE))
        for url in (
            f"/portal/cases/{self.case.pk}/",
            f"/portal/cases/{self.case.pk}/departments/",
            "/portal/",
        ):
            assert SECRET[1] in employee.get(url).content.decode(), url
        desk = signed_in(self.world.user(Role.DESK_OFFICER))
        for url in (
            f"/cases/{self.case.pk}/",
            f"/cases/{self.case.pk}/departments/",
            f"/find/?q={SECRET[0]}",
        ):
            assert SECRET[1] in desk.get(url).content.decode(), url

    def test_the_contact_cannot_judge_or_write_on_it(self) -> None:
        client: Client = signed_in(self.world.user(Role.CONTACT))
        for part, data in (
            ("verdict/", {"is_solved": "1", "satisfaction": "5"}), ("note/", {"text": "是谁说的"}),
        ):  # fmt: skip
            assert client.post(f"/portal/cases/{self.case.pk}/{part}", data).status_code == 404
        desk = self.world.actor(Role.DESK_OFFICER)
        cases.resolve(actor=desk, case=self.case, outcome="办好了")
        assert (
            client.post(
                f"/portal/cases/{self.case.pk}/verdict/", {"is_solved": "1", "satisfaction": "5"}
            ).status_code
            == 404
        )
        assert not Verdict.objects.exists()
