from .cache import CacheRow
from .calendar import CalendarDay, PublishedYear
from .history import ChainHead, HistoryEntry
from .imports import ImportBatch, ImportFinding
from .jobs import Effect, Lease, Schedule
from .notice import Notice
from .number import Sequence

__all__ = [
    "CacheRow",
    "CalendarDay",
    "ChainHead",
    "Effect",
    "HistoryEntry",
    "ImportBatch",
    "ImportFinding",
    "Lease",
    "Notice",
    "PublishedYear",
    "Schedule",
    "Sequence",
]
