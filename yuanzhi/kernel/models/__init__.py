from .cache import CacheRow
from .history import ChainHead, HistoryEntry
from .imports import ImportBatch, ImportFinding
from .notice import Notice
from .number import Sequence

__all__ = ["CacheRow", "ChainHead", "HistoryEntry", "ImportBatch", "ImportFinding", "Notice", "Sequence"]
