"""What the pages of the import say about each kind of table. An app lends its own when it is ready:

    pages.provide(ImportPage("partners.partner", "partners", "合伙人", "家", MANAGE_PARTNERS, …))

The engine (`kernel/imports`) does the work; the pages in `views/imports.py` and `yuanzhi import` serve all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor, system
from yuanzhi.accounts.models import User
from yuanzhi.accounts.queries import actor_for
from yuanzhi.kernel.models import ImportBatch
from yuanzhi.kernel.refusals import Refused


@dataclass(frozen=True)
class ImportPage:
    """`code`: the engine's kind. `slug`: in urls and on the command line. `unit`: how its rows are counted.

    `options(day)`: those of a new batch; `asks_day`: whether the form asks for which day the table holds.
    `promises`: sentences beside the upload. `leads_to`: (url name, words) of where to look afterwards.
    `starts_here`: False where the upload is elsewhere (lines of one case), so that no tab is shown for it.
    """

    code: str
    slug: str
    label: str
    unit: str
    verb: Verb
    options: Callable[[dt.date | None], dict[str, Any]]
    promises: tuple[str, ...] = ()
    leads_to: tuple[tuple[str, str], ...] = ()
    asks_day: bool = False
    starts_here: bool = True
    adds: str = "新登记"
    renews: str = "更新"


_pages: dict[str, ImportPage] = {}


def provide(page: ImportPage) -> None:
    """Offer a kind. A second one of the same code takes the first one's place."""
    _pages[page.code] = page


def pages_for(actor: Actor) -> list[ImportPage]:
    """The kinds this actor may bring in."""
    return [page for page in _pages.values() if actor.may(page.verb)]


def page_of(slug: str) -> ImportPage | None:
    """The kind by its word in urls and on the command line."""
    return next((page for page in _pages.values() if page.slug == slug), None)


def page_for(batch: ImportBatch) -> ImportPage:
    """The kind of a batch. Raises KeyError."""
    return _pages[batch.kind]


def slugs() -> list[str]:
    """Words for the command line."""
    return [page.slug for page in _pages.values() if page.starts_here]


def actor_of(batch: ImportBatch, verb: Verb) -> Actor:
    """Who acts when a batch runs in the background: the person who brought it, as they are today.

    Raises Refused when they may no longer.
    """
    user_id = batch.options.get("by_id", batch.user_id)
    if user_id is None:
        return system(batch.chain, batch.user_label or "系统")
    user = User.objects.filter(pk=user_id).first()
    actor = actor_for(user, batch.chain) if user else Actor()
    if actor.community_id != batch.chain or not actor.may(verb):
        raise Refused(f"{batch.user_label}现在没有“{verb.name}”的权限，这次导入停在这里")
    return actor
