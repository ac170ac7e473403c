"""What a community says of itself."""

from __future__ import annotations

from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.history import action, changes, record
from yuanzhi.kernel.refusals import Refused

from ..access import SETTINGS
from ..models import Community
from .guard import permit
from .places import set_office_hours


@action
def edit_community(
    *,
    actor: Actor,
    community: Community,
    name: str,
    phone: str = "",
    address_words: list[str] | None = None,
    office_hours: list[list[str]] | None = None,
) -> dict[str, list]:
    """Change name, phone, address words and office hours; None leaves a part as it is.

    Returns {field: [old, new]} of what changed. Given promises stay as they were given.
    """
    permit(actor, SETTINGS)
    if community.pk != actor.community_id:
        raise Refused("只能改自己社区的设置")
    if not name.strip():
        raise Refused("社区名称还没填")
    values: dict[str, object] = {"name": name.strip(), "phone": phone.strip()}
    if address_words is not None:
        values["address_words"] = list(dict.fromkeys(word.strip() for word in address_words if word.strip()))
    diff = changes({field: getattr(community, field) for field in values}, values)
    for field in diff:
        setattr(community, field, values[field])
    if diff:
        community.save(update_fields=list(diff))
        record(actor=actor, verb="community.changed", subject=community, changes=diff)
    if office_hours is not None and office_hours != community.office_hours:
        before = community.office_hours
        set_office_hours(actor=actor, community=community, spans=office_hours)
        diff["office_hours"] = [before, office_hours]
    return diff
