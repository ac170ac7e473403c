"""Every url × every persona: who is let in, who is told no; nobody sees or changes what isn't theirs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import TestCase

from yuanzhi.accounts.roles import Role
from yuanzhi.partners.access import ANSWER_COORDINATION
from yuanzhi.partners.queries.departments import coordinations_visible_to
from yuanzhi.partners.queries.referrals import asks_visible_to
from yuanzhi.registry.access import SEE_ENTERPRISE
from yuanzhi.registry.models import Enterprise
from yuanzhi.registry.queries import visible_to

from .matrix import (
    LABELS,
    OPEN_TO_ALL,
    UNGUARDED,
    Page,
    Persona,
    build_personas,
    everything_written,
    knock,
    pages,
    to_the_door,
)
from .samples import SAMPLES, Sample

PAGES = list(pages())
# A page whose sample is missing fails a test of its own, and doesn't hide what is wrong with the others.
KNOCKED = [page for page in PAGES if page.name in SAMPLES or not page.arguments]
NEXT_DOOR = "the neighbour's"
LET_IN = {200, 204, 302, 304, 405}


def for_everybody(case: type[TestCase]) -> type[TestCase]:
    """Make a test of each `persona_…` method for each persona.

    On a TestCase, so that both communities are built once, in a transaction of the test database.
    """
    for name, method in list(vars(case).items()):
        if name.startswith("persona_"):
            for label in LABELS:
                setattr(case, f"test_{name.removeprefix('persona_')}__{label}", _one(method, label))
    return case


def _one(method: Callable, label: str) -> Callable:
    return lambda self: method(self, self.personas[label])


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_view_says_who_may_see_it(page):
    assert page.has_verb or page.name in UNGUARDED, (
        f"{page.name}: decorate the view with @needs(VERB), @signed_in or @public (accounts/guards.py)"
    )


def test_every_url_with_arguments_has_a_sample():
    missing = sorted({p.name for p in PAGES if p.arguments and p.name not in SAMPLES})
    assert not missing, f"add a line for each to tests/architecture/samples.py: {', '.join(missing)}"


def test_there_are_no_samples_of_pages_that_are_gone():
    assert not set(SAMPLES) - {p.name for p in PAGES}


def test_names_are_unique():
    names = [p.name for p in PAGES]
    assert sorted(names) == sorted(set(names))


@for_everybody
class Matrix(TestCase):
    """Each method becomes one test for each persona."""

    @classmethod
    def setUpTestData(cls) -> None:
        cls.personas = build_personas()

    def persona_who_is_let_in(self, persona: Persona) -> None:
        """The persona's own row: by the permission table and nothing else."""
        client, wrong = persona.client(), []
        for page in KNOCKED:
            response = knock(client, "get", page, own_row(page, persona))
            if (said := _expected(page, persona, response)) is not None:
                wrong.append(f"{page.name}: {said}, got {response.status_code}")
        assert not wrong, "\n".join(wrong)

    def persona_rows_of_others_do_not_exist(self, persona: Persona) -> None:
        """Rows of the neighbour, and rows at home that one is not bound to: 404, by GET and by POST."""
        client, wrong = persona.client(), []
        for page in KNOCKED:
            if not page.arguments or not page.verb or not persona.actor.may(page.verb):
                continue
            for whose, kwargs in foreign_rows(page, persona):
                response = knock(client, "get", page, kwargs)
                if response.status_code == 405:
                    response = knock(client, "post", page, kwargs)
                sample = sample_of(page)
                if response.status_code not in (sample.gone_is if whose == NEXT_DOOR else sample.refused_is):
                    wrong.append(f"{page.name} ({whose}): not there, got {response.status_code}")
        assert not wrong, "\n".join(wrong)

    def persona_a_post_without_permission_changes_nothing(self, persona: Persona) -> None:
        client, wrong = persona.client(), []
        before = everything_written()
        for page in KNOCKED:
            if page.name in UNGUARDED or page.verb is None:
                continue
            rows = [("own", own_row(page, persona))]
            if persona.user is not None and persona.actor.may(page.verb):
                rows = foreign_rows(page, persona) if page.arguments else []
            for whose, kwargs in rows:
                status = knock(client, "post", page, kwargs, undo=False).status_code
                if status >= 500 or (whose == "own" and status not in {302, 403}):
                    wrong.append(f"{page.name} ({whose}): refused, got {status}")
                if whose == "own" and persona.user is not None and status == 302:
                    wrong.append(f"{page.name} ({whose}): 403, got 302")
        assert not wrong, "\n".join(wrong)
        after = everything_written()
        changed = [label for label in before if before[label] != after[label]]
        assert not changed, changed

    def persona_pages_name_nothing_that_is_not_ones_own(self, persona: Persona) -> None:
        """No page lets slip a name of the neighbour, nor an enterprise outside one's reach."""
        client, found = persona.client(), []
        strange, hidden = names_next_door(persona), names_out_of_reach(persona)
        for page in KNOCKED:
            response = knock(client, "get", page, own_row(page, persona))
            if response.status_code == 200 and not response.streaming:
                text = response.content.decode(errors="replace")
                words = strange + (hidden if page.verb else [])  # a link shows what it leads to
                found += [f"{page.name} shows {word}" for word in words if word in text]
        assert not found, "\n".join(found)


def _expected(page: Page, persona: Persona, response) -> str | None:
    """What should have been, when it is not so."""
    status = response.status_code
    if page.name in OPEN_TO_ALL or (page.has_verb and page.verb is None):
        return None if status in LET_IN | {404} else "open to all"
    if persona.user is None:
        return None if to_the_door(response) else "to the sign-in page"
    if page.name in UNGUARDED:
        return None if status in LET_IN | {404} and not to_the_door(response) else "open to whoever signed in"
    if not persona.actor.may(page.verb):
        return None if status == 403 else "403"
    if persona.role in sample_of(page).hidden_from:
        return None if status in {404, 405} else "404"
    return None if status in LET_IN and not to_the_door(response) else "let in"


# -- rows ----------------------------------------------------------------------------------------------


def sample_of(page: Page) -> Sample:
    """The page's sample; a page without arguments needs none."""
    return SAMPLES.get(page.name) or Sample(lambda world, user: {}, shared=True)


def own_row(page: Page, persona: Persona) -> dict:
    """Arguments of a row that the persona would reach if its role allowed it."""
    user = persona.user if persona.role else persona.home.user(Role.LEAD)
    return sample_of(page).row(persona.home, user)


def foreign_rows(page: Page, persona: Persona) -> list[tuple[str, dict]]:
    """Rows that must not exist for the persona."""
    sample, rows = sample_of(page), []
    if not sample.shared:
        rows.append((NEXT_DOOR, sample.row(persona.away, persona.counterpart())))
    if page.verb and not persona.actor.reach(page.verb).everything:
        assert sample.outside, f"{page.name}: some role has OWN here, so its sample needs `outside`"
        rows.append(("outside one's reach", sample.outside(persona.home)))
    return rows


def names_next_door(persona: Persona) -> list[str]:
    """What no page may show this persona: anything of the other community."""
    away = persona.away
    found = [away.community.name, *(park.name for park in away.parks), *(e.uscc for e in away.enterprises)]
    return [word for word in found if word]


def names_out_of_reach(persona: Persona) -> list[str]:
    """Enterprises of one's own community that one doesn't reach.

    The administrators are left out: people and history name enterprises to them.
    """
    if persona.actor.is_administrator or persona.actor.reach(SEE_ENTERPRISE).everything:
        return []
    reached = set(visible_to(persona.actor).values_list("pk", flat=True))
    # Who is asked about an enterprise's case gets to know whose it is.
    asked = coordinations_visible_to(persona.actor, ANSWER_COORDINATION)
    reached |= set(asked.values_list("case__enterprise", flat=True))
    helped = asks_visible_to(persona.actor).filter(state__in=["asked", "accepted"])
    reached |= set(helped.values_list("referral__case__enterprise", flat=True))
    home = Enterprise.objects.filter(community=persona.home.community).exclude(pk__in=reached)
    return [word for e in home for word in (e.uscc, e.name) if word]
