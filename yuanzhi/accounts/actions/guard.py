"""What every action on an account asks first."""

from __future__ import annotations

from yuanzhi.kernel.refusals import Refused

from ..access import Verb
from ..actor import Actor
from ..models import User


def permit(actor: Actor, allowed: bool, what: str) -> None:
    """Raise Refused unless `allowed`."""
    if not allowed:
        raise Refused(f"{actor.name or '您'}没有{what}的权限：请找社区安全管理员核对身份")


def permit_on(actor: Actor, verb: Verb, user: User) -> None:
    """Raise Refused unless the actor may do `verb` to this account.

    An account is looked after by the community that opened it: an administrator who once had this person
    in the team must not be able to reset the password of what is now the neighbour's lead.
    """
    permit(actor, actor.may(verb), verb.name)
    if not actor.is_system and user.community_id != actor.community_id:
        raise Refused(f"{user.name}的账号由别的社区管理，请联系那边的管理员")
