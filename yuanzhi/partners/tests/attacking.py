"""Shared by the attacks: every page that exists, somebody to knock at it, and texts that do harm if let."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.architecture.matrix import UNGUARDED, Page, pages
from tests.architecture.samples import SAMPLES
from tests.world import World
from yuanzhi.accounts.models import User

SCRIPT = '"><script>alert(1)</script>'
BOLD = "<b>x</b>"
# What is no text of somebody's: keys, digests, codes, what a machine reads.
_NO_WORDS = {
    "basket", "channel", "code", "digest", "intake_key", "kind", "mark", "mime", "number", "once", "partner_kind",
    "phone_masked", "phone_sealed", "sha256", "speaker_phone_masked", "speaker_phone_sealed", "state",
    "stored", "token", "uscc",
}  # fmt: skip


def signed_in(user: User | None, **options: Any) -> Client:
    """A browser of this account (of nobody)."""
    client = Client(raise_request_exception=False, **options)
    if user is not None:
        client.force_login(user)
    return client


def known_pages(*apps: str) -> Iterator[Page]:
    """Every page of these apps (of all) for which there is a sample row."""
    for page in pages():
        ours = not apps or page.name.partition(":")[0] in apps
        if ours and page.name not in UNGUARDED and (page.name in SAMPLES or not page.arguments):
            yield page


def url_of(page: Page, world: World, user: User) -> str:
    """The page's url for the row that this account would reach."""
    return reverse(page.name, kwargs=SAMPLES[page.name].row(world, user) if page.arguments else {})


def html_of(response: HttpResponse) -> str:
    """What a browser would draw; "" for tables, pictures and data."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return ""
    return response.content.decode(errors="replace")


def plant(tables: Iterable[type[models.Model]]) -> int:
    """Write a script into every text that somebody can give, past all forms; how many it were."""
    count = 0
    for table in tables:
        names = [
            field
            for field in table._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and field.name not in _NO_WORDS
        ]
        for row in table._base_manager.all():
            values = {field.name: _harm(field, row.pk) for field in names}
            count += len(values)
            table._base_manager.filter(pk=row.pk).update(**values)
    return count


def _harm(field: models.Field, pk: int) -> str:
    room = getattr(field, "max_length", None) or 200
    text = f"{pk}{SCRIPT}"
    return text if len(text) <= room else f"{pk}{BOLD}"[:room]
