from .case import Case, Note, Verdict, tracking_token
from .catalogue import CaseTerms, Desk, ItemStage, ReplyTemplate, ServiceItem
from .claims import Claim
from .handling import Absence, Attachment, CaseLink, CaseStage, Extension, Reminder, Stumble
from .knowledge import Answer
from .routing import CaseShingle, DeskSeat, RoutingRule, RoutingTrial, TextModel

__all__ = [
    "Absence",
    "Answer",
    "Attachment",
    "Case",
    "CaseLink",
    "CaseShingle",
    "CaseStage",
    "CaseTerms",
    "Claim",
    "Desk",
    "DeskSeat",
    "Extension",
    "ItemStage",
    "Note",
    "Reminder",
    "ReplyTemplate",
    "RoutingRule",
    "RoutingTrial",
    "ServiceItem",
    "Stumble",
    "TextModel",
    "Verdict",
    "tracking_token",
]
