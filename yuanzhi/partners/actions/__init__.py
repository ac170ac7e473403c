"""All writes of partners and departments."""

from .accreditation import decide, warn_of_ends
from .answers import accept_coordination, answer_coordination, return_coordination
from .asks import accept, decline, expire, give_back
from .coordination import (
    ask_again,
    call_off_coordination,
    close_coordination,
    recompute_coordinations,
    send_coordinations,
)
from .departments import (
    add_department,
    edit_department,
    note_department_export,
    reveal_liaison,
    set_department_active,
)
from .duty import add_duty, cancel_duty
from .help import finish, mark_contacted, move_visit, propose_visit, rate, reveal
from .links import make_link, revoke_link
from .referrals import call_off, refer, settle
from .register import (
    EXPERT_FACTS,
    PARTNER_FACTS,
    add_expert,
    add_kind,
    add_partner,
    add_tie,
    edit_expert,
    edit_partner,
    end_tie,
    open_kinds,
    set_kind_active,
)

__all__ = [
    "EXPERT_FACTS",
    "PARTNER_FACTS",
    "accept",
    "decline",
    "expire",
    "give_back",
    "add_duty",
    "cancel_duty",
    "finish",
    "mark_contacted",
    "move_visit",
    "propose_visit",
    "rate",
    "reveal",
    "call_off",
    "refer",
    "settle",
    "accept_coordination",
    "add_department",
    "add_expert",
    "add_kind",
    "add_partner",
    "add_tie",
    "answer_coordination",
    "ask_again",
    "call_off_coordination",
    "close_coordination",
    "decide",
    "edit_department",
    "edit_expert",
    "edit_partner",
    "end_tie",
    "make_link",
    "note_department_export",
    "open_kinds",
    "recompute_coordinations",
    "return_coordination",
    "reveal_liaison",
    "revoke_link",
    "send_coordinations",
    "set_department_active",
    "set_kind_active",
    "warn_of_ends",
]
