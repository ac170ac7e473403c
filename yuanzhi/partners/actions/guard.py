"""What the actions of partners ask first, and how they read what was typed."""

from __future__ import annotations

from typing import Any

from yuanzhi.accounts.access import Verb
from yuanzhi.accounts.actor import Actor
from yuanzhi.kernel.refusals import Refused
from yuanzhi.kernel.sealed import seal
from yuanzhi.registry.actions.contacts import one_phone
from yuanzhi.registry.rules.uscc import check_uscc

from ..models import Partner
from .said import said


def permit(actor: Actor, verb: Verb, community_id: int | None = None) -> None:
    """Raise Refused unless the actor may do `verb` in this community."""
    if not actor.may(verb):
        raise Refused(f"您没有“{verb.name}”的权限：需要的话，请社区书记或安全管理员调整您的身份")
    if community_id is not None and community_id != actor.community_id:
        raise Refused("这不是您社区的")


def permit_on(actor: Actor, verb: Verb, partner: Partner) -> None:
    """Raise Refused unless the actor may do `verb` to this partner."""
    permit(actor, verb, partner.community_id)


def read_code(text: str) -> str:
    """A 统一社会信用代码 in its standard form. Raises Refused with the reason."""
    code = check_uscc(text)
    if code.kind == "blank":
        return ""
    if code.problem or not code.value:
        raise Refused(code.problem or "统一社会信用代码不对，请照营业执照或执业许可证填 18 位")
    return code.value


def sealed_phone(text: str) -> dict[str, str]:
    """The two stored forms of a number. Raises Refused when it is none."""
    if not text.strip():
        return {"phone_sealed": "", "phone_masked": ""}
    number = one_phone(text)
    return {"phone_sealed": seal(number.display()), "phone_masked": number.masked()}


def line_of(value: Any, most: int, *, required: str = "") -> str:
    """One line of text. Raises Refused with `required` when it is empty, or when it is too long."""
    return said(str(value or ""), most, missing=required, line=True)


def list_of(value: Any, most: int = 12) -> list[str]:
    """Words in a list or a text with 、，between, without repetitions."""
    if isinstance(value, str):
        for sign in "，,；;/|\n":
            value = value.replace(sign, "、")
        value = value.split("、")
    found = [str(part).strip()[:20] for part in value or ()]
    return list(dict.fromkeys(part for part in found if part))[:most]
