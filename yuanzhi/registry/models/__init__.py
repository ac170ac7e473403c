from .districting import DistrictingProposal
from .enterprise import Contact, Enterprise, FactConflict, FormerName, Merge, SavedFilter, Source, Tenancy
from .industry import IndustryDivision
from .place import Building, Community, Grid, GridTerm, Park, ParkCaptain, Unit
from .quality import TwinSearch

__all__ = [
    "Building",
    "Community",
    "Contact",
    "DistrictingProposal",
    "Enterprise",
    "FactConflict",
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
    "TwinSearch",
    "Unit",
]
