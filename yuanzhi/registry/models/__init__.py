from .enterprise import Contact, Enterprise, FormerName, Merge, SavedFilter, Source, Tenancy
from .industry import IndustryDivision
from .place import Building, Community, Grid, GridTerm, Park, ParkCaptain, Unit

__all__ = [
    "Building",
    "Community",
    "Contact",
    "Enterprise",
    "FormerName",
    "Grid",
    "GridTerm",
    "IndustryDivision",
    "Merge",
    "Park",
    "ParkCaptain",
    "SavedFilter",
    "Source",
    "Tenancy",
    "Unit",
]
