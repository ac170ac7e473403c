"""Permissions as tables: a `Verb` says which role may do it, and how far.

Each app lists its verbs in its own `access.py`. "ALL" reaches the whole community, "OWN" only what the
membership is bound to (a grid, a park, an enterprise …). A role that is not listed may not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .roles import ADMINISTRATORS, STAFF, Kind, Role

if TYPE_CHECKING:
    from collections.abc import Iterable


class Extent(StrEnum):
    """How far a role's permission reaches."""

    ALL = "all"
    OWN = "own"


ALL, OWN = Extent.ALL, Extent.OWN


@dataclass(frozen=True)
class Verb:
    """Something one may do: a code, its Chinese name, and role → extent."""

    code: str
    name: str
    table: dict[Role, Extent]

    def __hash__(self) -> int:
        return hash(self.code)


def roles(extent: Extent, *members: Role | Iterable[Role]) -> dict[Role, Extent]:
    """{role: extent} for roles and sets of roles: `roles(ALL, STAFF, Role.VIEWER)`."""
    table: dict[Role, Extent] = {}
    for member in members:
        for role in [member] if isinstance(member, Role) else member:
            table[role] = extent
    return table


@dataclass(frozen=True)
class Reach:
    """How far one actor's permission for one verb goes, all memberships taken together."""

    everything: bool = False
    own: dict[Kind, frozenset[int]] = field(default_factory=dict)

    def ids(self, kind: Kind) -> frozenset[int]:
        """The bound rows of this kind, e.g. the grids."""
        return self.own.get(kind, frozenset())

    def __bool__(self) -> bool:
        return self.everything or any(self.own.values())


NOWHERE = Reach()

# -- the verbs of this app -----------------------------------------------------------------------------

EVERYONE = frozenset(Role)

SEE_SELF = Verb("accounts.self", "自己的账号、登录设备与通知", roles(ALL, EVERYONE))
SEE_PEOPLE = Verb(
    "accounts.people.view",
    "查看人员与身份",
    roles(ALL, Role.LEAD, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR),
)
EDIT_PEOPLE = Verb("accounts.people.edit", "开设账号", roles(ALL, Role.SYSTEM_ADMIN))
GRANT_ROLE = Verb("accounts.role.grant", "授予、结束身份", roles(ALL, Role.SECURITY_ADMIN))
RESET_FACTOR = Verb("accounts.factor.reset", "重置他人的两步验证", roles(ALL, Role.SECURITY_ADMIN))
SEE_HISTORY = Verb("accounts.history.view", "查看与核验操作历史", roles(ALL, Role.AUDITOR))
SEE_JOBS = Verb("accounts.jobs.view", "查看后台任务与系统状态", roles(ALL, Role.SYSTEM_ADMIN))

__all__ = ["ADMINISTRATORS", "ALL", "OWN", "STAFF", "Extent", "Reach", "Verb", "roles"]
