"""One row for every url that takes arguments, so that the matrix test can knock at it.

Adding a page with arguments? Add its url name here:

    "registry:park": Sample(
        row=lambda world, user: {"pk": world.parks[0].pk},       # what bound roles of tests/world.py reach
        outside=lambda world: {"pk": world.parks[-1].pk},         # theirs not: another grid, park, enterprise
    ),

`outside` is only needed where some role has OWN in the verb's table. The neighbour's row is the other world's
`row`. A page without arguments needs no line at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.world import World
from yuanzhi.accounts.models import User
from yuanzhi.accounts.roles import Role
from yuanzhi.kernel.notices import notices_of

Kwargs = dict[str, Any]


@dataclass(frozen=True)
class Sample:
    """`row(world, user)`: arguments that this account reaches in its own community.

    shared: the arguments name no row of a community (a kind of thing), so there is no neighbour's one.
    hidden_from: roles whose verb says OWN but who in the test world are bound to nothing that reaches `row`.
    """

    row: Callable[[World, User], Kwargs]
    outside: Callable[[World], Kwargs] | None = None
    shared: bool = False
    hidden_from: frozenset[Role] = field(default_factory=frozenset)


def _person(world: World, user: User) -> Kwargs:
    return {"pk": world.user(Role.VIEWER).pk}


SAMPLES: dict[str, Sample] = {
    # -- accounts
    "accounts:person": Sample(_person),
    "accounts:edit": Sample(_person),
    "accounts:reset_password": Sample(_person),
    "accounts:set_active": Sample(_person),
    "accounts:end_sessions": Sample(_person),
    "accounts:reset_factor": Sample(_person),
    "accounts:grant": Sample(_person),
    "accounts:grant_role": Sample(lambda world, user: {**_person(world, user), "role": "viewer"}),
    "accounts:end_role": Sample(lambda world, user: {"pk": world.user(Role.VIEWER).memberships.get().pk}),
    "accounts:scopes": Sample(lambda world, user: {"kind": "grid"}, shared=True),
    "accounts:demo_sign_in": Sample(lambda world, user: {"username": "demo_lead"}, shared=True),
    "accounts:open_notice": Sample(lambda world, user: {"pk": notices_of(user.pk)[0].pk}),
}
