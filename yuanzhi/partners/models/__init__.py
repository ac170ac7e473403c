from .department import Coordination, Department, GuestLink, Reply
from .partner import Duty, Expert, Partner, PartnerKind, Tie
from .referral import Ask, JointVisit, PartnerRating, Referral

__all__ = [
    "Ask",
    "Coordination",
    "Department",
    "Duty",
    "Expert",
    "GuestLink",
    "JointVisit",
    "Partner",
    "PartnerKind",
    "PartnerRating",
    "Referral",
    "Reply",
    "Tie",
]
