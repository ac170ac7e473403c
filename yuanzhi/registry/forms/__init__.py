"""Forms of the register. They check what was typed; actions decide."""

from .enterprise import ContactForm, ElsewhereForm, FactsForm, LeaveForm, MergeForm, NewForm, SeatForm
from .filters import ExportForm, FilterForm, SaveFilterForm
from .places import (
    AssignForm,
    BuildingForm,
    CaptainForm,
    DismissForm,
    EndGridForm,
    GridForm,
    ParkForm,
    RoomsForm,
)
from .settings import CommunityForm, YearForm

__all__ = [
    "AssignForm",
    "BuildingForm",
    "CaptainForm",
    "CommunityForm",
    "ContactForm",
    "DismissForm",
    "ElsewhereForm",
    "EndGridForm",
    "ExportForm",
    "FactsForm",
    "FilterForm",
    "GridForm",
    "LeaveForm",
    "MergeForm",
    "NewForm",
    "ParkForm",
    "RoomsForm",
    "SaveFilterForm",
    "SeatForm",
    "YearForm",
]
