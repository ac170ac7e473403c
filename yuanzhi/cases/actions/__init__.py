"""All writes of cases: the way from a need to the enterprise's own verdict."""

from .calendar import recompute_promises
from .claims import add_claim, change_claim, remove_claim
from .exports import note_file, note_list
from .extension import ask_extension, decide_extension
from .intake import open_case
from .joining import Part, link, merge, split, unlink
from .knowledge import count_help, revise_answer, set_answer_state, write_answer
from .steps import (
    accept,
    add_note,
    decline,
    hand_over,
    owed_or_worked,
    resolve,
    resume,
    return_case,
    start,
    wait_for_enterprise,
)
from .urging import called_back, urge
from .verdict import give_verdict, hand_of, link_actor, withdraw

__all__ = [
    "Part",
    "ask_extension",
    "called_back",
    "decide_extension",
    "link",
    "merge",
    "return_case",
    "split",
    "unlink",
    "urge",
    "accept",
    "add_claim",
    "count_help",
    "note_file",
    "note_list",
    "revise_answer",
    "set_answer_state",
    "write_answer",
    "change_claim",
    "remove_claim",
    "add_note",
    "decline",
    "give_verdict",
    "hand_of",
    "hand_over",
    "link_actor",
    "open_case",
    "owed_or_worked",
    "recompute_promises",
    "resolve",
    "resume",
    "start",
    "wait_for_enterprise",
    "withdraw",
]
