"""What every action of the register asks first."""

from __future__ import annotations

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.accounts.roles import Kind
from yuanzhi.kernel.refusals import Refused

from ..models import Enterprise
from ..queries import visible_to


def permit(actor: Actor, verb: Verb) -> None:
    """Raise Refused unless the actor may do `verb` at all."""
    if not actor.may(verb):
        raise Refused(f"您没有“{verb.name}”的权限：需要的话，请社区书记或安全管理员调整您的身份")


def as_house(actor: Actor) -> Actor:
    """The lead appoints captains and gives grids up, and with them ends roles (every other one is the
    security administrator's to grant)."""
    return Actor(
        user_id=actor.user_id,
        name=actor.name,
        community_id=actor.community_id,
        bonds=actor.bonds,
        is_system=True,
    )


def permit_on(actor: Actor, verb: Verb, enterprise: Enterprise) -> None:
    """Raise Refused unless the actor may do `verb` to this enterprise."""
    permit(actor, verb)
    if enterprise.community_id != actor.community_id:
        raise Refused("这家企业不在您的社区")
    if enterprise.pk in actor.reach(verb).ids(Kind.ENTERPRISE):
        return
    if not visible_to(actor, verb).filter(pk=enterprise.pk).exists():
        raise Refused(f"{enterprise.name}不在您负责的范围内：请它所在网格的同事来办")
