"""What the demo's departments were asked is about cases and departments that exist."""

from demo.departments import ASKED, DUTIES, INSTEAD, PATHS
from demo.people import DEPARTMENTS
from demo.stories import STORIES

KEYS = {key for key, _, _ in DEPARTMENTS}
# Asked after a case was accepted; a story that ends before that can't have been.
ACCEPTED = {story.title for story in STORIES if story.state not in ("received", "declined", "merged")}


def test_every_department_has_its_duties_and_somebody_to_call():
    assert set(DUTIES) == KEYS
    assert len(KEYS) >= 10


def test_what_is_asked_is_about_cases_of_the_stories():
    assert set(ASKED) <= ACCEPTED
    assert set(INSTEAD) <= set(ASKED) and set(INSTEAD.values()) <= KEYS


def test_there_is_every_fate():
    fates = [(key, fate, words) for asked in ASKED.values() for key, fate, words in asked.fates]
    assert {fate for _, fate, _ in fates} == set(PATHS)
    assert {key for key, _, _ in fates} == KEYS
    assert all(words for _, fate, words in fates if fate in ("answered", "closed", "returned"))


def test_the_helpers_of_the_stories_are_asked():
    """Who the stories say helped was asked, where somebody could be."""
    helped = {s.title for s in STORIES if s.helper in KEYS and s.title in ACCEPTED}
    assert helped <= set(ASKED)
