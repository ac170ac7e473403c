"""Who acts, in which community, and how far: handed to every query and every action."""

from __future__ import annotations

from dataclasses import dataclass

from .access import NOWHERE, Extent, Reach, Verb
from .roles import ADMINISTRATORS, SERVING, STAFF, Kind, Role


@dataclass(frozen=True)
class Bond:
    """A membership in force, as a plain value: a role and what it is bound to."""

    role: Role
    kind: Kind
    scope_id: int | None  # None: the whole community (or a desk officer of every desk)
    membership_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """An account in one community, a link in somebody's hand, or the system.

    `label` is what history keeps of the name. An anonymous actor has no bonds and so no permissions.
    """

    user_id: int | None = None
    name: str = ""
    community_id: int = 0  # 0: no community, or the house itself
    bonds: tuple[Bond, ...] = ()
    is_system: bool = False

    @property
    def label(self) -> str:
        """The name and first role, as history keeps it: "林知夏（窗口专员）"."""
        from .roles import role_name

        if not self.bonds:
            return (self.name or "未登录")[:80]
        return f"{self.name}（{role_name(self.bonds[0].role)}）"[:80]

    def reach(self, verb: Verb) -> Reach:
        """How far this actor may do `verb`; falsy when not at all."""
        if self.is_system:
            return Reach(everything=True)
        own: dict[Kind, set[int]] = {}
        for bond in self.bonds:
            extent = verb.table.get(bond.role)
            if extent is None:
                continue
            if extent is Extent.ALL:
                return Reach(everything=True)
            if bond.scope_id is not None:
                own.setdefault(bond.kind, set()).add(bond.scope_id)
        return Reach(own={kind: frozenset(ids) for kind, ids in own.items()}) if own else NOWHERE

    def may(self, verb: Verb) -> bool:
        """Whether this actor may do `verb` to anything at all."""
        return bool(self.reach(verb))

    def has(self, *wanted: Role) -> bool:
        """Whether one of these roles is held."""
        return any(bond.role in wanted for bond in self.bonds)

    def bound_to(self, kind: Kind) -> frozenset[int]:
        """Ids of this kind that the actor is bound to, by whatever role."""
        return frozenset(b.scope_id for b in self.bonds if b.kind is kind and b.scope_id is not None)

    @property
    def is_staff(self) -> bool:
        return any(bond.role in STAFF for bond in self.bonds)

    @property
    def is_administrator(self) -> bool:
        return any(bond.role in ADMINISTRATORS for bond in self.bonds)

    @property
    def serves(self) -> bool:
        """Whether this is somebody on the serving side, who never judges in an enterprise's place."""
        return any(bond.role in SERVING for bond in self.bonds)

    @property
    def is_signed_in(self) -> bool:
        return self.user_id is not None


ANONYMOUS = Actor()


def system(community_id: int = 0, name: str = "系统") -> Actor:
    """The house acting by itself: scheduler, import from the command line, demo."""
    return Actor(name=name, community_id=community_id, is_system=True)


def by_link(community_id: int, name: str) -> Actor:
    """Somebody without an account who holds a link, e.g. the enterprise on its tracking page."""
    return Actor(name=name, community_id=community_id)
