"""The pieces of the matrix: every url of the house, every persona, and what each may expect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.world import PASSWORD, World, build
from yuanzhi.accounts import actions
from yuanzhi.accounts.actor import ANONYMOUS, Actor
from yuanzhi.accounts.models import User
from yuanzhi.accounts.queries import actor_for
from yuanzhi.accounts.roles import ADMINISTRATORS, Role

from .samples import furnish

# Views that aren't ours to decorate, or that stand below accounts. Each with the reason why that is safe.
UNGUARDED = {
    "account_login": "the door itself",
    "account_logout": "harmless when signed out; POST only",
    "account_inactive": "says that an account is closed",
    "account_change_password": "allauth: login_required",
    "account_reauthenticate": "allauth: login_required",
    "mfa_index": "allauth: login_required",
    "mfa_authenticate": "allauth: only in the middle of signing in",
    "mfa_reauthenticate": "allauth: login_required",
    "mfa_activate_totp": "allauth: login and the password again",
    "mfa_deactivate_totp": "allauth: login and the password again",
    "mfa_view_recovery_codes": "allauth: login and the password again",
    "mfa_generate_recovery_codes": "allauth: login and the password again",
    "mfa_download_recovery_codes": "allauth: login and the password again",
    "theme": "sets a cookie",
    "style": "shows components with made-up data",
    "style_find": "part of the style page",
    "style_drawer": "part of the style page",
}
OPEN_TO_ALL = {"account_login", "account_logout", "account_inactive", "mfa_authenticate", "theme"}
OPEN_TO_ALL |= {name for name in UNGUARDED if name.startswith("style")}
# What signing in and being seen writes; not what a view is asked to do.
PASSING = {"session", "usersession", "cacherow", "contenttype"}


@dataclass(frozen=True)
class Page:
    """A url pattern: its full name, its view, and the names of its arguments."""

    name: str
    view: Callable[..., Any]
    arguments: tuple[str, ...]

    @property
    def has_verb(self) -> bool:
        return hasattr(self.view, "verb")

    @property
    def verb(self) -> Any:
        return getattr(self.view, "verb", None)


def pages(resolver: URLResolver | None = None, namespace: str = "", route: str = "") -> Iterator[Page]:
    """Every page of the house."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from pages(entry, inner, here)
        elif isinstance(entry, URLPattern):
            arguments = tuple(get_arguments(entry)) or tuple(inherited(here))
            yield Page(f"{namespace}{entry.name or '(unnamed) ' + here}", entry.callback, arguments)


def get_arguments(entry: URLPattern) -> list[str]:
    """Names of a pattern's arguments."""
    return [*entry.pattern.converters, *getattr(getattr(entry.pattern, "regex", None), "groupindex", {})]


def inherited(route: str) -> list[str]:
    """Names of arguments that stand in the prefix of an include."""
    return [part.split(":")[-1].rstrip(">") for part in route.split("<")[1:]]


@dataclass(frozen=True)
class Persona:
    """Somebody who knocks: an account (or none), in one of the two communities (or none)."""

    label: str
    user: User | None
    home: World
    away: World
    role: Role | None

    @property
    def actor(self) -> Actor:
        return actor_for(self.user, self.home.community.pk) if self.user else ANONYMOUS

    def client(self) -> Client:
        client = Client(raise_request_exception=False)
        if self.user is not None:
            client.force_login(self.user)
        return client

    def counterpart(self) -> User:
        """The same persona next door."""
        return self.away.user(self.role or Role.LEAD)


LABELS = [*(role.value for role in Role), "anonymous", "outsider", "neighbour_lead"]


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])
def build_personas() -> dict[str, Persona]:
    """Two communities; all roles of one, nobody, an account without a role, the lead of the other."""
    here, there = build(), build("linqu", "邻渠社区", parks=2, enterprises=3)
    for world in (here, there):
        furnish(world)
        for role in ADMINISTRATORS:
            totp = Authenticator.Type.TOTP
            Authenticator.objects.create(user=world.user(role), type=totp, data={"secret": "unused"})
    outsider = actions.open_account(
        actor=here.house, username="outsider", name="外人", password=PASSWORD, must_change_password=False
    )
    people = {role.value: Persona(role.value, here.user(role), here, there, role) for role in Role}
    people["anonymous"] = Persona("anonymous", None, here, there, None)
    people["outsider"] = Persona("outsider", outsider, here, there, None)
    people["neighbour_lead"] = Persona("neighbour_lead", there.user(Role.LEAD), there, here, Role.LEAD)
    assert list(people) == LABELS
    return people


def knock(
    client: Client, method: str, page: Page, kwargs: dict[str, Any], *, undo: bool = True
) -> HttpResponse:
    """GET or POST a page. With `undo` whatever it wrote is taken back, so that the order doesn't matter."""
    with transaction.atomic():
        response = getattr(client, method)(reverse(page.name, kwargs=kwargs))
        if undo:
            transaction.set_rollback(True)
    return response


def to_the_door(response: HttpResponse) -> bool:
    """Whether a response sends one to the sign-in page."""
    return response.status_code == 302 and response.url.startswith(reverse("account_login"))


def everything_written() -> dict[str, list[tuple]]:
    """All rows of all tables but those that only say who is signed in."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.model_name not in PASSING
    }
