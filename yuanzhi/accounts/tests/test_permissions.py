"""The permission tables: complete, named once, and the page in docs is fresh."""

from yuanzhi.accounts.access import Extent, Reach, Verb
from yuanzhi.accounts.actor import ANONYMOUS, Actor, Bond, by_link, system
from yuanzhi.accounts.permissions import _SHORT, COMMAND, PAGE, render, verbs_by_app
from yuanzhi.accounts.roles import ADMINISTRATORS, Kind, Role

VERBS = [verb for verbs in verbs_by_app().values() for verb in verbs]


def test_the_page_is_fresh():
    assert PAGE.exists() and PAGE.read_text(encoding="utf-8") == render(), (
        f"docs/permissions.md is stale: run `{COMMAND}`"
    )


def test_codes_are_unique_and_belong_to_their_app():
    codes = [verb.code for verb in VERBS]
    assert len(codes) == len(set(codes))
    for label, verbs in verbs_by_app().items():
        assert all(verb.code.startswith(f"{label}.") for verb in verbs)


def test_every_verb_is_somebodys():
    assert not [verb.code for verb in VERBS if not verb.table]


def test_every_role_has_a_short_name():
    assert set(_SHORT) == set(Role)


def test_no_administrator_reads_the_register_or_the_cases():
    """Settings and the house's calendar apart, which the system administrator shares with the lead."""
    shared = {"registry.settings", "registry.calendar.publish"}
    for verb in VERBS:
        if verb.code.startswith(("registry.", "cases.", "partners.")) and verb.code not in shared:
            assert not set(verb.table) & ADMINISTRATORS, verb.code


def test_the_three_administrators_share_no_power():
    """What changes something belongs to one of them alone."""
    for verb in VERBS:
        if verb.code.startswith("accounts.") and not verb.code.endswith((".view", ".self")):
            assert len(set(verb.table) & ADMINISTRATORS) <= 1, verb.code


# -- reach ---------------------------------------------------------------------------------------------

VERB = Verb(
    "test.verb", "试", {Role.LEAD: Extent.ALL, Role.GRID_MEMBER: Extent.OWN, Role.CAPTAIN: Extent.OWN}
)


def actor(*bonds):
    return Actor(user_id=1, community_id=1, bonds=tuple(Bond(*bond) for bond in bonds))


def test_reach():
    member = (Role.GRID_MEMBER, Kind.GRID, 3)
    captain = (Role.CAPTAIN, Kind.PARK, 7)
    assert actor(member).reach(VERB) == Reach(own={Kind.GRID: frozenset({3})})
    both = actor(member, (Role.GRID_MEMBER, Kind.GRID, 4), captain).reach(VERB)
    assert (both.ids(Kind.GRID), both.ids(Kind.PARK), both.everything) == ({3, 4}, {7}, False)
    assert actor(member, (Role.LEAD, Kind.COMMUNITY, None)).reach(VERB).everything
    assert not actor((Role.VIEWER, Kind.COMMUNITY, None)).reach(VERB)
    assert not actor((Role.GRID_MEMBER, Kind.GRID, None)).may(VERB)  # bound to nothing reaches nothing
    assert not ANONYMOUS.may(VERB) and not by_link(1, "云图").may(VERB)
    assert system(1).reach(VERB).everything
