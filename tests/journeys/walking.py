"""Every page of the house, each with somebody who may see it: what test_every_page.py walks through.

Pages come from the url configuration and their arguments from tests/architecture/samples.py, so a new page is
walked as soon as it exists. Who opens it, and whether it is a page at all, Django's test client finds out
beforehand (`itinerary`); the browser then opens what is there to be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.architecture.matrix import OPEN_TO_ALL, Page, Persona, build_personas, pages
from tests.architecture.samples import SAMPLES
from yuanzhi.accounts.roles import Role

# Who is asked first. The lead sees most; the anonymous visitor comes last but for pages that are for him.
ORDER = [
    Role.LEAD.value,
    *(role.value for role in Role if role is not Role.LEAD),
    "anonymous",
    "outsider",
]
FOR_STRANGERS = {"account_login", "cases:scan", "cases:track"}
# Pieces of a page that the browser fetches by itself; each is seen on the page that has it.
PIECES = {
    "style_find", "style_drawer", "accounts:scopes", "registry:new_twins", "registry:pick_enterprise",
    "registry:pick_seat", "registry:pick_park", "registry:pick_person", "registry:import_progress", "cases:pick",
}  # fmt: skip
HOME = "insights:home"
# Shown only in the middle of something; test_every_page.py goes there by itself.
ON_THE_WAY = {"mfa_authenticate"}


@dataclass
class Stop:
    """A page and the address at which it is seen."""

    page: Page
    url: str

    @property
    def name(self) -> str:
        return self.page.name.replace(":", "-")


@dataclass
class Itinerary:
    """Who looks at what, and what nobody could look at."""

    people: dict[str, Persona]
    stops: dict[str, list[Stop]] = field(default_factory=dict)
    without_page: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)


def session_of(persona: Persona) -> Client:
    """A client that has just given its password (and code), so that pages about safety open."""
    client = persona.client()
    if persona.user is not None:
        request = RequestFactory().get("/")
        request.session = client.session
        record_authentication(request, persona.user, method="password", reauthenticated=True)
        request.session.save()
    return client


def cookie_of(client: Client, url: str) -> list[dict]:
    """The client's session as the browser wants it."""
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return [{"name": cookie.key, "value": cookie.value, "url": url}] if cookie else []


def itinerary(only: str = "") -> Itinerary:
    """Build both communities and find out who opens which page; `only`: a part of the names of its urls."""
    people = build_personas()
    RecoveryCodes.activate(people[Role.SYSTEM_ADMIN.value].user)
    plan = Itinerary(people)
    clients = {label: session_of(people[label]) for label in ORDER}
    for page in pages():
        if page.name in PIECES | ON_THE_WAY or only not in page.name:
            continue
        _visit(plan, page, clients)
        if page.name == HOME:
            _everybodys_home(plan, page, clients)
    return plan


def _everybodys_home(plan: Itinerary, page: Page, clients: dict[str, Client]) -> None:
    """The first page differs most from one to the next."""
    for label in ORDER[1:]:
        if label != "anonymous" and is_page(_look(clients[label], reverse(page.name))):
            plan.stops.setdefault(label, []).append(Stop(page, reverse(page.name)))


def _visit(plan: Itinerary, page: Page, clients: dict[str, Client]) -> None:
    said = set()
    for label in _candidates(plan, page):
        person = plan.people[label]
        url = reverse(page.name, kwargs=_arguments(page, person))
        response = _look(clients[label], url)
        said.add(response.status_code)
        if is_page(response):
            plan.stops.setdefault(label, []).append(Stop(page, url))
            return
        if response.status_code == 405 or (response.status_code == 200 and not _is_html(response)):
            plan.without_page.add(page.name)  # an act, a download or data
            return
    if said <= {302}:
        plan.without_page.add(page.name)
    else:
        plan.lost.append(f"{page.name}: nobody sees it ({', '.join(map(str, sorted(said)))})")


def _candidates(plan: Itinerary, page: Page) -> Iterator[str]:
    if page.name in FOR_STRANGERS:
        yield "anonymous"
    for label in ORDER:
        person = plan.people[label]
        if page.verb is None:
            # pages of the door, of one's own factor: a leader, then an administrator who has one
            if label in (Role.LEAD.value, Role.SYSTEM_ADMIN.value, "anonymous"):
                yield label
        elif person.user is not None and person.actor.may(page.verb):
            yield label
    if page.name in OPEN_TO_ALL:
        yield "anonymous"


def _arguments(page: Page, person: Persona) -> dict:
    if page.name not in SAMPLES:
        assert not page.arguments, f"{page.name}: add a line to tests/architecture/samples.py"
        return {}
    user = person.user if person.role else person.home.user(Role.LEAD)
    return SAMPLES[page.name].row(person.home, user)


def _look(client: Client, url: str) -> HttpResponse:
    with transaction.atomic():
        response = client.get(url)
        transaction.set_rollback(True)
    return response


def _is_html(response: HttpResponse) -> bool:
    return response.get("Content-Type", "").startswith("text/html") and "attachment" not in response.get(
        "Content-Disposition", ""
    )


def is_page(response: HttpResponse) -> bool:
    """Whether this is a whole page to look at."""
    return (
        response.status_code == 200
        and not response.streaming
        and _is_html(response)
        and b"<html" in response.content[:600]
    )


def sent_empty(client: Client, stops: Iterable[Stop]) -> Iterator[tuple[Stop, HttpResponse]]:
    """Each form sent with nothing in it, taken back at once: the answers that are pages again."""
    for stop in stops:
        with transaction.atomic():
            response = client.post(stop.url)
            transaction.set_rollback(True)
        if is_page(response) or (response.status_code == 422 and b"<html" in response.content[:600]):
            yield stop, response
